"""`trackside faces` as its user meets it: a gallery from the first key to the last deletion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.told import mistake_in
from tests.perception.faces.pictures import pulled_mtcnn, real_pictures
from tests.perception.faces.standin import standin

pytest.importorskip("cryptography", reason="needs the extra `faces`")

Run = Callable[..., subprocess.CompletedProcess[str]]
NEXT_YEAR = (datetime.now(UTC) + timedelta(days=365)).date().isoformat()
CONSENT = ("--purpose", "door", "--until", NEXT_YEAR, "--given-by", "Anna")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `trackside faces ...` in the test's folder; `on=True` switches recognising on."""

    def call(*words: object, on: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TRACKSIDE_FACES")}
        environment |= {"TRACKSIDE_FACES": "on"} if on else {}
        command = [sys.executable, "-m", "trackside.cli.main", "faces", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)

    return call


@pytest.fixture
def people(tmp_path: Path, shared_data: Path) -> Path:
    """Two people with real faces, each in six pictures that differ in light only, the one enlarged so that it is large
    enough; blurred as they are, they enrol nobody."""
    pulled_mtcnn()
    pictures = real_pictures(shared_data)
    for name, picture in (("a", pictures["large"][60:420, 300:700]), ("b", pictures["team"][40:200, 20:200])):
        (tmp_path / "people" / name).mkdir(parents=True)
        for number in range(6):
            dimmed = (picture * (1 - 0.02 * number)).astype(np.uint8)
            cv2.imwrite(str(tmp_path / "people" / name / f"{number}.png"), dimmed[:, :, ::-1])
    return tmp_path / "people"


def test_a_gallery_from_its_key_to_a_deletion(run: Run, people: Path, tmp_path: Path) -> None:
    model = standin(tmp_path / "model").folder
    assert "a new key" in run("key", "key").stdout
    said = run(
        "calibrate", people, "--fmr", 0.1, "--model", model, "--gallery", "gallery", "--key-file", "key", "--by", "Eva"
    )
    assert said.returncode == 0, said.stderr
    assert "threshold" in said.stdout
    assert "(0 of 36)" in said.stdout
    refused = mistake_in(
        run("enrol", "gallery", "Anna", people / "a", *CONSENT, "--model", model, "--key-file", "key", on=True)
    )
    assert "no picture is good enough" in refused
    _enrolled(tmp_path, model, people)
    listed = run("list", "gallery", "--key-file", "key").stdout
    assert "Anna" in listed
    found = run("search", "gallery", people / "a/0.png", people / "b/0.png", "--purpose", "try", "--model", model,
                "--key-file", "key", on=True).stdout.splitlines()  # fmt: skip
    assert "Anna (" in found[1]
    assert "unknown" in found[2]
    assert json.loads(run("export", "gallery", "Anna", "--key-file", "key").stdout)["name"] == "Anna"
    assert "nobody's consent has ended" in run("purge", "gallery", "--key-file", "key").stdout
    assert "deleted" in run("delete", "gallery", "Anna", "--key-file", "key", "--by", "Eva").stdout
    said = run("verify", "gallery", "--key-file", "key")
    assert said.returncode == 0
    assert "whole: 0 people, 6 entries" in said.stdout
    log = run("log", "gallery", "--key-file", "key").stdout
    actions = [line.split()[2] for line in log.splitlines()[1:]]
    assert actions == ["calibrate", "enrol", "search", "search", "export", "delete"]
    assert "Anna" not in log


def _enrolled(folder: Path, model: Path, people: Path) -> None:
    """Anna is put in past the check of quality, which the pictures at hand do not pass."""
    from trackside.media import read_image
    from trackside.perception.faces import FaceDescriber, FaceFinder
    from trackside.perception.faces.gallery import Consent, Gallery, end_of, read_master

    picture = read_image(people / "a" / "0.png")
    finder, describer = FaceFinder("mtcnn"), FaceDescriber(str(model))
    gallery = Gallery(folder / "gallery", read_master(folder / "key"))
    vectors = describer(picture, finder([picture])[0].points.points)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKSIDE_FACES", "on")
        consent = Consent("Anna", "Eva", "door", gallery.now(), gallery.now() + 1e6)
        gallery.enrol("Anna", vectors, describer.tag, consent)
    gallery.close()
    assert end_of("2026-12-31") < end_of("2027-01-01")


def test_tampering_is_told_and_is_a_failure(run: Run, tmp_path: Path, people: Path) -> None:
    import sqlite3

    model = standin(tmp_path / "model").folder
    run("key", "key")
    run("calibrate", people, "--fmr", 0.1, "--model", model, "--gallery", "gallery", "--key-file", "key")
    db = sqlite3.connect(tmp_path / "gallery" / "gallery.db")
    db.execute("UPDATE log SET entry = replace(entry, 'calibrate', 'enrolled')")
    db.commit()
    said = run("verify", "gallery", "--key-file", "key")
    assert said.returncode == 1
    assert "entry 1 of the log was changed" in said.stdout


def test_a_rate_that_the_pictures_cannot_show_is_refused(run: Run, people: Path, tmp_path: Path) -> None:
    said = mistake_in(run("calibrate", people, "--fmr", 0.001, "--model", standin(tmp_path / "model").folder))
    assert "36 impostor pairs show 0.083 at best" in said
    assert "at least 3,000 pairs" in said


def test_groups_are_told_apart(run: Run, people: Path, tmp_path: Path) -> None:
    (tmp_path / "groups.csv").write_text("person,group\na,first\nb,second\n")
    model = standin(tmp_path / "model").folder
    said = run("calibrate", people, "--fmr", 0.1, "--model", model, "--groups", "groups.csv")
    rows = [line.split() for line in said.stdout.splitlines() if line.startswith(("first", "second"))]
    assert [row[:2] for row in rows] == [["first", "1"], ["second", "1"]]
    (tmp_path / "groups.csv").write_text("who\na\n")
    assert "no columns person and group" in mistake_in(
        run("calibrate", people, "--fmr", 0.1, "--model", model, "--groups", "groups.csv")
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("enrol", "gallery", "Anna", "x.png", *CONSENT), "recognising people by their faces is off"),
        (("search", "gallery", "x.png", "--purpose", "try"), "recognising people by their faces is off"),
        (("list", "gallery"), "a gallery needs its master key"),
        (("list", "gallery", "--key-file", "nowhere"), "the key cannot be read"),
    ],
    ids=["enrol", "search", "keyless", "lost"],
)
def test_refusals_are_one_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in mistake_in(run(*words))


def test_a_key_in_the_gallery_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "gallery").mkdir()
    run("key", "gallery/key")
    assert "the key lies in the gallery" in mistake_in(run("list", "gallery", "--key-file", "gallery/key"))
