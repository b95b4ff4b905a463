"""The relabel queue over the API."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.server.datasets.making import taken_in
from trackside.data.queue import Queue
from trackside.data.reading import read_dataset
from trackside.data.suspects import Suspect
from trackside.data.workbench import Workbench
from trackside.server.access import accounts, tokens
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow
from trackside.server.shapes import Role


def queue_of(site: Site, dataset: str) -> Queue:
    with site.database.session() as db:
        return Queue(Workbench(Path(db.get_one(DatasetRow, dataset).work)).queue_path)


@pytest.fixture
def fed(shapes: str, site: Site, place: Path) -> str:
    """A data set whose queue has four entries."""
    suspects = [
        Suspect("labels", "train/red/red 0.png", 0.9, "its neighbours are blue", "label", "blue"),
        Suspect("labels", "train/red/red 1.png", 0.5, "its neighbours are blue", "label", "blue"),
        Suspect("blur", "train/red/red 1.png", 0.6, "blurred", "image"),
        Suspect("copies", "train/blue/blue 0.png", 0.4, "a copy", "pair", partner="test/blue/blue 0.png"),
        Suspect("blur", "test/blue/blue 2.png", 0.1, "blurred", "image"),
    ]
    queue_of(site, shapes).feed(suspects, dataset=read_dataset(place / "shapes"))
    return shapes


def queue(client: TestClient, dataset: str, **asked: Any) -> Any:
    said = client.get(f"/api/datasets/{dataset}/queue", params=asked)
    assert said.status_code == 200, said.text
    return said.json()


def decide(client: TestClient, dataset: str, *decisions: dict[str, Any]) -> Any:
    return client.post(f"/api/datasets/{dataset}/queue/decisions", json={"decisions": list(decisions)})


def test_entries_come_most_suspicious_first_with_all_that_a_page_needs(fed: str, client: TestClient) -> None:
    told = queue(client, fed)
    assert [one["item"] for one in told["entries"]][:2] == ["train/red/red 0.png", "train/red/red 1.png"]
    first, second, third = told["entries"][:3]
    assert (first["label"], first["width"], first["height"], first["state"]) == ("red", 64, 48, "open")
    assert first["suspects"][0]["suggestion"] == "blue"
    assert {one["check"] for one in second["suspects"]} == {"labels", "blur"}
    names = client.get(f"/api/datasets/{fed}/items?limit=500").json()
    assert names["names"][names["rows"].index(third["suspects"][0]["partner_row"])] == "test/blue/blue 0.png"
    assert told["total"] == told["counts"]["open"] == 4
    assert told["checks"] == {"blur": 2, "copies": 1, "labels": 2}
    assert told["classes"] == ["blue", "red"]
    assert queue(client, fed, check="labels")["total"] == 2
    assert len(queue(client, fed, kind="pair")["entries"]) == 1
    assert queue(client, fed, check="other") | {"checks": None, "counts": None} == {
        "entries": [], "total": 0, "counts": None, "checks": None, "classes": ["blue", "red"], "speed": None,
        "decided_by_me": 0,
    }  # fmt: skip


def test_decisions_count_and_the_last_one_is_taken_back(fed: str, client: TestClient) -> None:
    first, second, *_ = queue(client, fed)["entries"]
    wanted = [{"entry": first["id"], "action": "relabel", "label": "blue"}, {"entry": second["id"], "action": "keep"}]
    told = decide(client, fed, *wanted).json()
    assert (told["counts"]["open"], told["counts"]["decided"], told["decided_by_me"]) == (2, 2, 2)
    decided = queue(client, fed, state="decided")["entries"]
    assert decided[0]["decision"]["label"] == "blue"
    undone = client.post(f"/api/datasets/{fed}/queue/undo").json()
    assert (undone["undone"], undone["counts"]["open"]) == (second["id"], 3)
    client.post(f"/api/datasets/{fed}/queue/undo")
    assert client.post(f"/api/datasets/{fed}/queue/undo").json()["undone"] is None
    shape = client.get(f"/api/datasets/{fed}").json()
    assert (shape["open"], shape["decided"]) == (4, 0)


def test_what_is_sent_twice_counts_once(fed: str, client: TestClient) -> None:
    """The answer to a decision, or to an undo, was lost: the page sends the same again."""
    first, second, *_ = (one["id"] for one in queue(client, fed)["entries"])
    one, two = ({"entry": entry, "action": "keep", "key": f"page-{entry}"} for entry in (first, second))
    for sent in (one, one, two, two, one):
        told = decide(client, fed, sent)
        assert told.status_code == 200, told.text
    assert (told.json()["counts"]["decided"], told.json()["decided_by_me"]) == (2, 2)
    address = f"/api/datasets/{fed}/queue/undo"
    undone = [client.post(address, json={"key": "page-undo"}).json() for _ in range(2)]
    assert [told["undone"] for told in undone] == [second, second]
    assert undone[1]["counts"]["decided"] == 1
    # The same decision made anew has a key of its own.
    assert decide(client, fed, two | {"key": "anew"}).json()["counts"]["decided"] == 2
    assert client.post(address, json={}).json()["undone"] == second
    assert client.post(address).json()["undone"] == first


def test_a_pair_names_the_entry_of_the_other(fed: str, client: TestClient, site: Site) -> None:
    [entry] = queue(client, fed, kind="pair")["entries"]
    [pair] = entry["suspects"]
    assert pair["partner_entry"] is None
    copy = Suspect("copies", "test/blue/blue 0.png", 0.4, "a copy", "pair", partner=entry["item"])
    queue_of(site, fed).feed([copy])
    other, again = queue(client, fed, kind="pair")["entries"]
    by_item = {one["item"]: one["suspects"][0]["partner_entry"] for one in (other, again)}
    assert by_item == {
        copy.item: entry["id"],
        entry["item"]: next(i for i in (other["id"], again["id"]) if i != entry["id"]),
    }
    one = client.get(f"/api/datasets/{fed}/queue/{by_item[entry['item']]}").json()
    assert (one["item"], one["state"], one["suspects"][0]["partner_entry"]) == (copy.item, "open", entry["id"])
    decide(client, fed, {"entry": one["id"], "action": "remove"})
    assert client.get(f"/api/datasets/{fed}/queue/{one['id']}").json()["decision"]["action"] == "remove"
    assert client.get(f"/api/datasets/{fed}/queue/99999").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "relabel"},
        {"action": "relabel", "label": ""},
        {"action": "unknown"},
        {"action": "edit", "annotations": [{"label": "red", "box": [5, 5, 1, 1]}]},
        {"action": "edit", "annotations": [{"label": "red", "box": [0, 0, 1, 1]}, {"label": "red"}]},
        {"action": "keep", "entry": 999},
        {"action": "keep", "comment": "\ud800"},
    ],
)
def test_decisions_that_cannot_be_are_refused_and_change_nothing(
    wrong: dict[str, Any], fed: str, client: TestClient
) -> None:
    first = queue(client, fed)["entries"][0]["id"]
    content = json.dumps({"decisions": [{"entry": first, **wrong}]}).encode()
    headers = {"content-type": "application/json"}
    said = client.post(f"/api/datasets/{fed}/queue/decisions", content=content, headers=headers)
    assert said.status_code == 422, said.text
    assert queue(client, fed)["counts"]["decided"] == 0


def as_person(site: Site, app: Any, name: str, role: Role) -> TestClient:
    """Requests of somebody."""
    with site.database.session() as db:
        _, token = tokens.make(db, accounts.add(db, name, role, "no hash").id, "test", role, None)
    return TestClient(app, base_url="http://127.0.0.1", headers={"authorization": f"Bearer {token}"})


def test_two_people_get_different_entries(accounts_site: Site) -> None:
    app = create_app(accounts_site, with_workers=False)
    ann, ben = as_person(accounts_site, app, "ann", "analyst"), as_person(accounts_site, app, "ben", "admin")
    guest = as_person(accounts_site, app, "guest", "viewer")
    made = ann.post("/api/datasets", json={"place": "place", "folder": "shapes"}).json()["id"]
    taken_in(accounts_site, made)
    found = [Suspect("labels", f"train/red/red {n}.png", 0.5, "odd", "label") for n in range(4)]
    queue_of(accounts_site, made).feed(found, complete=("blur",))
    mine, theirs = (queue(one, made, limit=2, check="labels")["entries"] for one in (ann, ben))
    assert len({one["id"] for one in (*mine, *theirs)}) == 4
    assert queue(ann, made, limit=2, check="labels")["entries"] == mine
    assert decide(ben, made, {"entry": mine[0]["id"], "action": "keep"}).status_code == 422
    assert decide(ann, made, {"entry": mine[0]["id"], "action": "keep"}).status_code == 200
    # Who may only look claims nothing, and sees who does; nobody is told of their own claims.
    seen = queue(guest, made, limit=4, check="labels")["entries"]
    assert sorted(one["claimed"] for one in seen) == ["ann", "ben", "ben"]
    assert {one["claimed"] for one in (*mine, *theirs)} == {""}
    assert decide(guest, made, {"entry": mine[1]["id"], "action": "keep"}).status_code == 403


def test_boxes_are_edited_by_their_annotation(boxes: str, site: Site, client: TestClient, place: Path) -> None:
    queue_of(site, boxes).feed([Suspect("boxes", "images/1.png", 0.8, "too small", "box", annotation=3)])
    [entry] = queue(client, boxes)["entries"]
    assert [one["annotation"] for one in entry["annotations"]] == [2, 3]
    person, ball = entry["annotations"]
    edited = [
        {"annotation": ball["annotation"], "label": "ball", "box": [30, 6, 41, 21], "points": ball["points"]},
        {"annotation": -1, "label": "person", "box": [0, 0, 10, 10]},
    ]
    assert person
    said = decide(client, boxes, {"entry": entry["id"], "action": "edit", "annotations": edited})
    assert said.status_code == 200, said.text
    [decided] = queue_of(site, boxes).get(entry["id"]).decided
    assert decided is not None
    assert decided.decision.places == (1, -1)
    answer = client.get(f"/api/datasets/{boxes}/queue/export?to=data-set")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(place.parent / "corrected")
    corrected = read_dataset(place.parent / "corrected", "coco")
    row = corrected.row_of("images/1.png")
    rows = corrected.of_item(row)
    found = {
        corrected.classes[corrected.annotations.classes[one]]: corrected.annotations.boxes[one].tolist() for one in rows
    }
    assert found == {"ball": [30, 6, 41, 21], "person": [0, 0, 10, 10]}
    assert len(corrected.of_item(corrected.row_of("images/0.png"))) == 2


def test_all_boxes_can_be_taken_away(boxes: str, site: Site, client: TestClient) -> None:
    queue_of(site, boxes).feed([Suspect("boxes", "images/1.png", 0.8, "too small", "box", annotation=3)])
    [entry] = queue(client, boxes)["entries"]
    said = decide(client, boxes, {"entry": entry["id"], "action": "edit", "annotations": []})
    assert said.status_code == 200, said.text
    assert queue_of(site, boxes).get(entry["id"]).decided[0].decision.boxes == ()  # type: ignore[union-attr]


def test_decisions_leave_as_a_table(fed: str, client: TestClient, site: Site) -> None:
    first = queue(client, fed)["entries"][0]
    decide(client, fed, {"entry": first["id"], "action": "relabel", "label": "blue", "comment": "=1+1"})
    answer = client.get(f"/api/datasets/{fed}/queue/export")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 4
    [decided] = [row for row in rows if row["action"]]
    assert (decided["item"], decided["new_label"], decided["comment"]) == (first["item"], "blue", "'=1+1")
    assert not list(site.settings.data.glob("export-*"))


def test_label_studio_takes_tasks_and_gives_decisions_back(fed: str, client: TestClient) -> None:
    answer = client.get(f"/api/datasets/{fed}/queue/export?to=label-studio")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert sorted(packed.namelist()) == ["tasks.config.xml", "tasks.json"]
        tasks = json.loads(packed.read("tasks.json"))
    assert len(tasks) == 4
    choice = {"type": "choices", "from_name": "label", "to_name": "image", "value": {"choices": ["blue"]}}
    done = {"id": 7, "result": [choice], "completed_by": {"email": "ann@example.org"}}
    tasks[0]["annotations"] = [done]
    form = {"file": ("export.json", json.dumps(tasks).encode())}
    told = client.post(f"/api/datasets/{fed}/queue/import", files=form).json()
    assert (told["new"], told["known"], told["counts"]["decided"]) == (1, 0, 1), told
    again = client.post(f"/api/datasets/{fed}/queue/import", files=form).json()
    assert (again["new"], again["known"]) == (0, 1)
    said = client.post(f"/api/datasets/{fed}/queue/import", files={"file": ("x.json", b"no json")})
    assert said.status_code == 422
