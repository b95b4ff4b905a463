"""Runs side by side: settings, numbers, and code line by line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.server.experiments.conftest import Api
from tests.server.experiments.making import Made
from trackside.server.experiments import comparing

NAN = float("nan")


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *who, "-C", str(folder), *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def coded(made: Made, name: str, commit: str, folder: str, changes: str = "") -> str:
    """A run with code."""
    tags = {"mlflow.source.git.commit": commit, "trackside.code.folder": folder, "trackside.starts": "1"}
    tags["trackside.code.changed"] = str(bool(changes))
    return made.run(name, {}, {}, tags=tags, files={"code/changes-1.diff": changes.encode()} if changes else {})


def test_settings_that_differ_and_last_numbers_stand_side_by_side(api: Api, made: Made) -> None:
    runs = [
        made.run("a", {"rate": 0.1, "seed": 0}, {"loss": [3, 1], "accuracy": [0.5]}),
        made.run("b", {"rate": 0.2, "seed": 0}, {"loss": [3, NAN]}, experiment="others"),
        made.run("c", {"rate": 0.1, "seed": 0, "clip": 1}),
    ]
    found = api.get("/compare", runs=runs)
    assert [(one["name"], one["experiment"]) for one in found["runs"]] == [("a", "poses"), ("b", "others"), ("c", "poses")]
    assert found["settings"] == [
        {"name": "clip", "values": [None, None, "1"]},
        {"name": "rate", "values": ["0.1", "0.2", "0.1"]},
    ]
    accuracy, loss = found["metrics"]
    assert (accuracy["values"], accuracy["odd"], accuracy["lower"]) == ([0.5, None, None], [None] * 3, False)
    assert (loss["values"], loss["odd"], loss["lower"]) == ([1, None, None], [None, "nan", None], True)
    assert found["code"] == {"diff": "", "note": "the code was under Git in neither run", "cut": False}


def test_a_run_beside_itself_does_not_differ(api: Api, made: Made) -> None:
    run = made.run("a", {"rate": 0.1}, {"loss": [1]})
    assert api.get("/compare", runs=[run, run])["settings"] == []


def test_code_is_compared_line_by_line_where_the_checkout_is_there(api: Api, made: Made, tmp_path: Path) -> None:
    checkout = tmp_path / "code"
    checkout.mkdir()
    git(checkout, "init", "-q")
    (checkout / "train.py").write_text("rate = 1\nepochs = 5\n")
    git(checkout, "add", "."), git(checkout, "commit", "-qm", "first")
    first = git(checkout, "rev-parse", "HEAD")
    (checkout / "train.py").write_text("rate = 2\nepochs = 5\n")
    changes = git(checkout, "diff") + "\n"
    runs = [coded(made, "a", first, str(checkout)), coded(made, "b", first, str(checkout), changes)]
    code = api.get("/compare", runs=runs)["code"]
    assert "-rate = 1\n+rate = 2\n epochs = 5\n" in code["diff"] and "with its changes" in code["note"]
    assert api.get("/compare", runs=[runs[0], runs[0]])["code"]["note"] == "the same code"


def test_where_the_checkout_is_gone_the_recorded_changes_are_compared_and_it_says_so(
    api: Api, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [
        coded(made, "a", "a" * 40, "/gone", "-rate = 1\n+rate = 2\n"),
        coded(made, "b", "b" * 40, "/gone", "-rate = 1\n+rate = 3\n"),
    ]
    code = api.get("/compare", runs=runs)["code"]
    assert code["note"].startswith("the checkout is not there") and "-+rate = 2\n++rate = 3\n" in code["diff"]
    monkeypatch.setattr(comparing, "_MOST_DIFF", 60)
    cut = api.get("/compare", runs=runs)["code"]
    assert cut["cut"] and code["diff"].startswith(cut["diff"]) and cut["diff"].endswith("\n")


def test_wrong_questions_are_refused(api: Api, made: Made) -> None:
    run = made.run("a")
    assert api.refused("/compare", runs=[run])[0] == 422
    assert api.refused("/compare")[0] == 422
    assert api.refused("/compare", runs=[run, "a"])[0] == 422
    assert api.refused("/compare", runs=[run] * 21)[0] == 422
    assert api.refused("/compare", runs=[run, "f" * 32])[0] == 404
