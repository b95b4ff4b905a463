"""Putting pictures of the grid into the relabel queue by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.server.datasets.making import taken_in
from tests.server.datasets.test_queue import as_person, decide, queue, queue_of
from trackside.data.suspects import Suspect
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow


def put(client: TestClient, dataset: str, rows: list[int], **more: Any) -> Any:
    said = client.post(f"/api/datasets/{dataset}/queue/by-hand", json={"rows": rows, **more})
    assert said.status_code == 200, said.text
    return said.json()


def rows_of(client: TestClient, dataset: str) -> dict[str, int]:
    told = client.get(f"/api/datasets/{dataset}/items?limit=500").json()
    return dict(zip(told["names"], told["rows"], strict=True))


def test_chosen_pictures_come_first_and_once(shapes: str, client: TestClient, site: Site) -> None:
    queue_of(site, shapes).feed([Suspect("blur", "test/red/red 0.png", 0.9, "blurred")])
    rows = rows_of(client, shapes)
    chosen = [rows["train/red/red 2.png"], rows["test/blue/blue 1.png"], rows["train/red/red 2.png"]]
    assert put(client, shapes, chosen) == {"waiting": 2, "decided": 0, "absent": 0}
    assert put(client, shapes, chosen) == {"waiting": 2, "decided": 0, "absent": 0}
    told = queue(client, shapes)
    assert [one["item"] for one in told["entries"]][2:] == ["test/red/red 0.png"]
    assert {one["item"] for one in told["entries"][:2]} == {"train/red/red 2.png", "test/blue/blue 1.png"}
    assert told["checks"]["by-hand"] == 2
    [said] = told["entries"][0]["suspects"]
    assert "put it here" in said["reason"]
    assert client.get(f"/api/datasets/{shapes}/items/{chosen[0]}").json()["entry"] in [e["id"] for e in told["entries"]]


def test_what_was_decided_stays_so_unless_it_is_asked_again(shapes: str, client: TestClient) -> None:
    rows = rows_of(client, shapes)
    chosen = [rows["train/red/red 2.png"], rows["test/blue/blue 1.png"]]
    put(client, shapes, chosen)
    first, second = queue(client, shapes)["entries"]
    decide(client, shapes, {"entry": first["id"], "action": "keep"}, {"entry": second["id"], "action": "skip"})
    assert client.get(f"/api/datasets/{shapes}/items/{first['row']}").json()["entry"] is None
    # What somebody passed on is for others, and so is open again at once.
    assert put(client, shapes, chosen) == {"waiting": 1, "decided": 1, "absent": 0}
    assert [one["id"] for one in queue(client, shapes)["entries"]] == [second["id"]]
    assert put(client, shapes, chosen, again=True) == {"waiting": 2, "decided": 0, "absent": 0}
    assert {one["id"] for one in queue(client, shapes)["entries"]} == {first["id"], second["id"]}


def test_a_later_check_leaves_what_was_put_and_decided_as_it_is(shapes: str, client: TestClient, site: Site) -> None:
    rows = rows_of(client, shapes)
    put(client, shapes, [rows["train/red/red 2.png"], rows["train/red/red 3.png"]])
    first, second = queue(client, shapes)["entries"]
    decide(client, shapes, {"entry": first["id"], "action": "keep"})
    queue_of(site, shapes).feed([Suspect("blur", first["item"], 0.9, "blurred")], dataset=None)
    with site.database.session() as db:
        db.get_one(DatasetRow, shapes).state = "waiting"
    taken_in(site, shapes)
    assert [one["id"] for one in queue(client, shapes, check="by-hand")["entries"]] == [second["id"]]


def test_boxes_that_did_not_change_keep_a_decision(boxes: str, client: TestClient, site: Site, place: Path) -> None:
    from trackside.data.reading import read_dataset

    put(client, boxes, [1])
    [entry] = queue(client, boxes)["entries"]
    decide(client, boxes, {"entry": entry["id"], "action": "keep"})
    told = queue_of(site, boxes).feed([Suspect("b", entry["item"], 1.0, "odd")], dataset=read_dataset(place / "boxes"))
    assert told.reopened == 0


def test_what_cannot_be_put_is_one_sentence(shapes: str, client: TestClient, place: Path, tmp_path: Path) -> None:
    address = f"/api/datasets/{shapes}/queue/by-hand"
    for body, status in (
        ({"rows": []}, 422),
        ({"rows": [99]}, 404),
        ({"rows": [0], "version": "another"}, 409),
        ({"rows": list(range(1001))}, 422),
    ):
        assert client.post(address, json=body).status_code == status, body
    rows = rows_of(client, shapes)
    gone, kept = place / "shapes/train/red/red 2.png", rows["train/red/red 3.png"]
    (tmp_path / "secret.png").write_bytes(gone.read_bytes())
    gone.unlink()
    gone.symlink_to(tmp_path / "secret.png")
    assert put(client, shapes, [rows["train/red/red 2.png"], kept]) == {"waiting": 1, "decided": 0, "absent": 1}
    assert client.post(address, json={"rows": [rows["train/red/red 2.png"]]}).status_code == 404
    assert [one["row"] for one in queue(client, shapes)["entries"]] == [kept]


def test_who_may_only_look_puts_nothing(accounts_site: Site) -> None:
    app = create_app(accounts_site, with_workers=False)
    ann, guest = as_person(accounts_site, app, "ann", "analyst"), as_person(accounts_site, app, "guest", "viewer")
    made = ann.post("/api/datasets", json={"place": "place", "folder": "shapes"}).json()["id"]
    taken_in(accounts_site, made)
    assert guest.post(f"/api/datasets/{made}/queue/by-hand", json={"rows": [0]}).status_code == 403
    assert put(ann, made, [0])["waiting"] == 1
    assert queue(guest, made)["entries"][0]["suspects"][0]["reason"] == "ann put it here"
