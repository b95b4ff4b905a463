"""What MLflow itself wrote is shown as what the tables of these tests hold."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mlflow", reason="needs the extra `train`")

from tests.lab.records.made import empty_store, kept
from tests.server.experiments.conftest import Api
from trackside.lab.records import MlflowRecorder
from trackside.server.settings import ServerSettings


def test_runs_of_the_recorder_are_shown(api: Api, settings: ServerSettings, tmp_path: Path) -> None:
    store = empty_store(settings.data / "experiments")
    assert api.get()["items"] == []
    nan, inf = float("nan"), float("inf")
    first = kept(store, "first", {"rate": 0.1, "seed": 0}, {"loss": [2, inf, 1]}, experiment="poses")
    second = kept(store, "second", {"rate": 0.2, "seed": 0}, {"loss": [2, nan]}, experiment="poses")
    assert [(one["name"], one["runs"]) for one in api.get()["items"]] == [("poses", 2)]
    page = api.get("/runs", experiment="poses", order="metric:loss")
    assert [row["id"] for row in page["rows"]] == [first, second]
    assert [row["metrics"]["loss"]["odd"] for row in page["rows"]] == [None, "nan"]
    one = api.get(f"/runs/{first}")
    assert (one["seed"], one["status"], one["experiment"]) == ("0", "finished", "poses")
    assert one["machine"]["host"] and one["versions"]["python"] and one["metrics"][0]["not_finite"] == 1
    assert api.get(f"/runs/{first}/curves")["curves"][0]["values"] == [2, None, 1]
    compared = api.get("/compare", runs=[first, second])
    assert compared["settings"] == [{"name": "rate", "values": ["0.1", "0.2"]}]
    assert api.client.get("/api/experiments/parallel", params={"experiment": "poses"}).status_code == 200


def test_a_report_that_comes_after_the_end_is_among_the_files(api: Api, settings: ServerSettings, tmp_path: Path) -> None:
    recorder = MlflowRecorder(empty_store(settings.data / "experiments"), "poses")
    (tmp_path / "a.txt").write_text("found out later")
    recorder.file(tmp_path / "a.txt", "early.txt")
    recorder.start("a", {})
    recorder.finish("finished")
    recorder.file(tmp_path / "a.txt", "reports/a.txt")
    [file] = [one for one in api.get(f"/runs/{recorder.run_id}")["files"] if not one["path"].startswith("code/")]
    assert file["path"] == "reports/a.txt"
    assert api.client.get(file["address"]).text == "found out later"
