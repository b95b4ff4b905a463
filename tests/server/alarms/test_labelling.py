"""False alarms as a data set: kept, taken back, given out in COCO's format, read by our own reader."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.server.alarms.making import alarm, kept, picture
from trackside.data.reading import read_dataset
from trackside.server.alarms.store import AlarmStore
from trackside.server.alarms.tables import LabelTaskRow
from trackside.server.context import Site


def taken(taking: AlarmStore, **more: Any) -> str:
    alarm_id = taking.take(alarm(**more, told={"picture": picture()}))
    assert taking._move()
    return alarm_id


def tasks(site: Site) -> list[LabelTaskRow]:
    with site.database.session() as db:
        return list(db.scalars(select(LabelTaskRow).order_by(LabelTaskRow.created)))


def call_false(client: TestClient, alarm_id: str, why: str = "") -> None:
    assert client.post(f"/api/alarms/{alarm_id}/false-alarm", json={"why": why}).status_code == 200


def test_a_false_alarm_waits_for_labels_with_its_clean_picture(client: TestClient, site: Site, taking: AlarmStore) -> None:
    alarm_id = taken(taking)
    call_false(client, alarm_id, "a shadow")
    call_false(client, alarm_id)
    [task] = tasks(site)
    assert (task.alarm_id, task.camera, task.why, task.who) == (alarm_id, "gate", "a shadow", "you")
    assert (task.width, task.height) == (160, 90)
    assert task.boxes == [{"time": 10.0, "box": [42.0, 30.0, 72.0, 80.0], "score": 0.72, "label": "person"}]
    assert task.claimed["rule"] == "yard"
    assert site.files.read(task.picture) == site.files.read(f"alarms/{alarm_id}/clean.jpg")


def test_one_without_a_picture_has_nothing_to_label(client: TestClient, site: Site) -> None:
    call_false(client, kept(site))
    assert tasks(site) == []


def test_what_was_called_false_by_mistake_is_taken_back(client: TestClient, site: Site, taking: AlarmStore) -> None:
    alarm_id = taken(taking)
    call_false(client, alarm_id)
    [task] = tasks(site)
    client.post(f"/api/alarms/{alarm_id}/reopen", json={})
    assert tasks(site) == []
    assert not site.files.exists(task.picture)
    assert site.files.exists(f"alarms/{alarm_id}/picture.jpg")


def test_the_zip_is_a_data_set_that_our_reader_takes(
    client: TestClient, site: Site, taking: AlarmStore, tmp_path: Path
) -> None:
    call_false(client, taken(taking), "a shadow")
    call_false(client, taken(taking, camera="roof", looks=()), "")
    taken(taking, label="a true one")
    answer = client.get("/api/alarms/false.zip")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "false")
    told = json.loads((tmp_path / "false" / "annotations.json").read_text())
    assert [one["trackside"]["why_false"] for one in told["images"]] == ["a shadow", ""]
    assert told["annotations"][0]["bbox"] == [42.0, 30.0, 30.0, 50.0]
    data = read_dataset(tmp_path / "false")
    assert len(data) == 2
    assert list(data.classes) == ["false person"]
    assert len(data.annotations) == 1
    assert [path.suffix for path in sorted((tmp_path / "false" / "images").iterdir())] == [".jpg", ".jpg"]


def test_a_picture_that_is_gone_is_left_out(client: TestClient, site: Site, taking: AlarmStore) -> None:
    for _ in range(2):
        call_false(client, taken(taking))
    site.files.delete(tasks(site)[0].picture)
    with ZipFile(io.BytesIO(client.get("/api/alarms/false.zip").content)) as archive:
        assert len(json.loads(archive.read("annotations.json"))["images"]) == len(archive.namelist()) - 1 == 1


def test_without_false_alarms_the_zip_is_empty(client: TestClient) -> None:
    with ZipFile(io.BytesIO(client.get("/api/alarms/false.zip").content)) as archive:
        assert archive.namelist() == ["annotations.json"]


@pytest.mark.parametrize(
    ("box", "extent"),
    [
        ([-10.0, -10.0, 20.0, 20.0], [0.0, 0.0, 20.0, 20.0]),
        ([150.0, 80.0, 300.0, 300.0], [150.0, 80.0, 10.0, 10.0]),
        ([200.0, 10.0, 300.0, 20.0], None),
    ],
    ids=["left", "right", "outside"],
)
def test_boxes_end_where_the_picture_ends(box: list[float], extent: list[float] | None) -> None:
    from trackside.server.alarms.labelling import described_as
    from trackside.server.database import now

    one = LabelTaskRow(
        id="a", picture="k", width=160, height=90, claimed={"label": "person"}, wall=now(), camera="c", who="", why=""
    )
    one.boxes = [{"box": box, "score": 0.5}]
    found = described_as([one])["annotations"]
    assert [each["bbox"] for each in found] == ([] if extent is None else [extent])
