"""A server with one of everything, so that requests made by chance reach what lies deep."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from starlette.testclient import TestClient

from tests.server.alarms.making import alarm, picture
from tests.server.datasets.making import folders, taken_in
from tests.server.experiments.making import Made
from tests.server.live.engine import GATE, FakeEngine
from tests.server.packages.conftest import tiny_network
from tests.server.results.conftest import FPS, graph, keep
from trackside.core import InputError
from trackside.data.queue import Queue
from trackside.data.suspects import Suspect
from trackside.data.workbench import WORK, Workbench
from trackside.media import VideoWriter
from trackside.models import ZOO
from trackside.pipelines.graph import parse_pipeline
from trackside.pipelines.runs import run_files
from trackside.server.access import accounts, tokens
from trackside.server.access.tables import PersonRow
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.packages import pulls
from trackside.server.phone.service import PhoneService
from trackside.server.runs.tables import RunVideoRow

TUS = {
    "tus-resumable": "1.0.0",
    "upload-length": "9",
    "content-type": "application/offset+octet-stream",
    "upload-offset": "0",
}
DRAWN = {
    "pipeline": "drawn",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": ["draw.annotated"],
}
CARD = {
    "name": "tiny", "task": "detection", "family": "generic", "classes": ["cat", "dog"], "licence": "MIT",
    "geometry": {"width": 8, "height": 8, "fit": "stretch"}, "decoding": {"boxes": "boxes", "scores": "scores"},
}  # fmt: skip


@dataclass
class World:
    """A server and the ids of what is on it.

    Attributes:
        app: the application.
        headers: of who asks.
        known: real values by the name of a parameter, or by the beginning of a path for `name`.
    """

    app: Any
    headers: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[Any]] = field(default_factory=dict)

    def at(self, path: str, name: str) -> list[Any]:
        """Real values of a path's parameter."""
        return next((values for key, values in self.known.items() if path.startswith(key)), self.known.get(name, []))


@contextmanager
def furnished(site: Site, folder: Path) -> Iterator[World]:
    """A server without accounts, or one that an analyst uses by token, with one of everything. It fetches no model."""
    site = replace(site, settings=site.settings.model_copy(update={"data_sets": (folder / "place",)}))
    site.services["phone"] = PhoneService(site, lambda: "127.0.0.1")
    world = World(create_app(site, with_workers=False))
    if site.settings.accounts:
        world.headers["authorization"] = f"Bearer {_token(site, world)}"
    quiet = patch.object(pulls, "pull", _no_network), patch.dict(os.environ, {WORK: str(folder / "work")})
    with quiet[0], quiet[1], TestClient(world.app, base_url="http://127.0.0.1") as client:
        client.headers.update(world.headers)
        _results(site, world, folder)
        _drawn(client, world)
        _models(client, world)
        _dataset(site, client, world, folder)
        _records(site, world)
        _alarms(site, client, world)
        _rest(site, client, world)
        try:
            yield world
        finally:
            for name in ("phone", "previews"):
                site.services[name].stop()


def _no_network(name: str, **_: Any) -> None:
    raise InputError(f"{name} is not fetched in tests")


def _token(site: Site, world: World) -> str:
    with site.database.session() as db:
        person: PersonRow = accounts.add(db, "analyst", "analyst", "no hash")
        row, token = tokens.make(db, person.id, "fuzz", "analyst", None)
        world.known |= {"person_id": [person.id], "token_id": [row.id]}
    return token


def _results(site: Site, world: World, folder: Path) -> None:
    """A synthetic video, and a finished run over it with tables, events, a report and a drawn video."""
    video = folder / "clip.mp4"
    with VideoWriter(video, fps=FPS) as writer:
        for number in range(20):
            writer.write(np.full((48, 64, 3), 20 + 5 * number, np.uint8), number / FPS)
    (folder / "boxes.txt").write_text("".join(f"{n + 1},-1,{2 * n},10,8,16,0.9\n" for n in range(20)))
    plan = graph(folder)
    [file] = run_files(parse_pipeline(plan), [video], folder / "out").files
    assert file.ok, file.error
    names = sorted(path.name for path in file.folder.iterdir())
    done = keep(site, file.folder, plan, video, name="clip.mp4")
    with site.database.session() as db:
        row = db.get_one(RunVideoRow, done)
        world.known |= {key: [done] for key in ("run_video_id", "left", "right")}
        world.known |= {"run_id": [row.run_id], "video_id": [row.video_id], "video": [row.video_id]}
        world.known["videos"] = [[row.video_id]]
    tables = sorted({name.rpartition(".")[0] for name in names if name.endswith((".csv", ".parquet"))})
    assert tables
    world.known["/api/results/{run_video_id}/files"] = names
    world.known["/api/results/{run_video_id}/tables"] = [*tables, *names]
    world.known["sort"] = ["time", "id"]


def _drawn(client: TestClient, world: World) -> None:
    """A saved pipeline with two versions, a queued run and a try."""
    [video] = world.known["video"]
    made = _json(client.post("/api/pipelines", json={"graph": DRAWN}))
    _json(client.put(f"/api/pipelines/{made['id']}", json={"graph": {**DRAWN, "about": "again"}, "base": 1}))
    queued = _json(client.post("/api/runs", json={"videos": [video], "graph": DRAWN}))
    world.known["run_id"].append(queued["id"])
    world.known["run_video_id"].append(queued["items"][0]["id"])
    tried = _json(client.post("/api/previews", json={"graph": DRAWN, "video": video, "start": 0, "seconds": 1}))
    world.known |= {"pipeline_id": [made["id"]], "pipeline": [made["id"]], "number": [0, 1, 2], "base": [1, 2]}
    world.known |= {"preview_id": [tried["id"]], "block": ["draw"], "graph": [DRAWN], "text": ["pipeline: a\nblocks: {}\n"]}
    world.known["/api/templates"] = [one["name"] for one in _json(client.get("/api/templates"))]


def _models(client: TestClient, world: World) -> None:
    """An installed network, and a draft."""
    drafts = [_json(client.post("/api/drafts", files={"file": ("tiny.onnx", tiny_network())}))["id"] for _ in range(2)]
    _json(client.put(f"/api/drafts/{drafts[0]}/card", json={"card": CARD}))
    _json(client.post(f"/api/drafts/{drafts[0]}/install"))
    card = {**CARD, "name": "other"}
    other = "nanodet" if "nanodet" in ZOO else sorted(ZOO)[0]
    world.known |= {"draft_id": [drafts[1]], "card": [card], "licence": [ZOO[other].card.licence]}
    world.known["/api/models"] = ["tiny", other]


def _dataset(site: Site, client: TestClient, world: World, folder: Path) -> None:
    """A data set that was checked, with a queue and a study; and a folder that may become one."""
    root = folders(folder / "place" / "shapes", each=2)
    folders(folder / "place" / "others", each=1)
    made = _json(client.post("/api/datasets", json={"place": "place", "folder": "shapes"}))["id"]
    taken_in(site, made)
    Queue(Workbench.of(root).queue_path).feed([Suspect("blur", "train/red/red 0.png", 0.5, "blurred")])
    [entry] = _json(client.get(f"/api/datasets/{made}/queue?check=blur"))["entries"]
    study = {"name": "first", "predictions": "item,truth,prediction\ntrain/red/red 0.png,red,blue\nb,red,red\n"}
    world.known |= {"dataset_id": [made], "row": [0, 1, 7], "entry": [entry["id"]], "action": ["keep", "skip"]}
    world.known |= {"place": ["place"], "folder": ["others", "shapes"], "check": ["blur", ""], "label": ["red", "blue"]}
    world.known["study_id"] = world.known["other_id"] = [
        _json(client.post(f"/api/datasets/{made}/studies", json=study))["id"]
    ]
    world.known |= {"predictions": [study["predictions"]], "recipe": [[{"use": "flip"}]], "side": [64, 700]}
    world.known |= {"decisions": [[{"entry": entry["id"], "action": "keep"}]], "tags": [[{"mistake": 0, "tags": ["dark"]}]]}


def _records(site: Site, world: World) -> None:
    """Two recorded trainings with numbers, one of which is none, and a file."""
    store = Made(site.settings.data / "experiments")
    first = store.run("first", {"rate": 0.1, "kind": "a"}, {"loss": [2, 1]}, files={"more/a.png": b"png"})
    second = store.run("second", {"rate": 0.2}, {"loss": [2, float("nan")]}, status="RUNNING")
    world.known |= {"experiment": ["poses"], "run": [first, second], "runs": [[first, second]], "names": [["loss"]]}
    world.known["path"] = ["more/a.png"]


def _alarms(site: Site, client: TestClient, world: World) -> None:
    """An engine with a camera, three alarms of it, one of them false, a snoozed rule, and a channel of a file."""
    site.services["live"].set_port(FakeEngine(GATE))
    store = site.services["alarms"]
    ids = [store.take(alarm(told={"picture": picture()})) for _ in range(3)]
    assert store._move()
    _json(client.post(f"/api/alarms/{ids[0]}/false-alarm", json={}))
    _json(client.post(f"/api/alarms/{ids[1]}/snooze", json={"minutes": 30, "scope": "rule"}))
    world.known |= {"alarm_id": ids, "camera": ["gate"], "rule": ["yard"], "state": ["open", "false"], "minutes": [5]}
    world.known["snooze_id"] = [one["id"] for one in _json(client.get("/api/alarms/snoozes"))]
    world.known["/api/live/cameras"] = ["gate"]
    if not site.settings.accounts:
        made = _json(client.post("/api/alarm-channels", json={"settings": {"kind": "file"}}))
        world.known["channel_id"] = [made["id"]]


def _rest(site: Site, client: TestClient, world: World) -> None:
    """An upload that has begun, a page for a phone, a webhook that nobody hears."""
    told = client.post("/api/uploads", headers={key: TUS[key] for key in ("tus-resumable", "upload-length")})
    world.known["upload_id"] = [told.headers["location"].rpartition("/")[2]]
    world.known["invitation_id"] = [_json(client.post("/api/phone"))["id"]]
    if not site.settings.accounts:
        world.known["webhook_id"] = [_json(client.post("/api/webhooks", json={"url": "http://127.0.0.1:9/"}))["id"]]


def _json(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()
