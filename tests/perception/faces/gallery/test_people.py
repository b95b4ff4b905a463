"""Nobody enters without consent, nobody stays without it, and who is deleted is gone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.perception.faces.gallery.conftest import MASTER, MODEL, START, World, axis, consent
from trackside.core import InputError, OutputError, SettingError
from trackside.perception.faces.gallery import Gallery, end_of


def test_everybody_is_there_with_what_they_agreed_to(world: World) -> None:
    anna, ben = world.again().people()
    assert (anna.name, ben.name) == ("Anna", "Ben")
    assert anna.id == world.people["Anna"]
    assert anna.consent == consent(START)
    assert anna.models == (MODEL,)
    np.testing.assert_array_equal(world.again().template(anna.id, MODEL), axis(0))
    assert world.gallery.verify() == []


def test_without_the_switch_nobody_is_enrolled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKSIDE_FACES")
    with pytest.raises(SettingError, match=r"is off; read docs/faces\.md"):
        world.enrol("Carla", axis(2))
    assert len(world.gallery.people()) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"given_by": " "}, "who gave it"),
        ({"recorded_by": ""}, "who gave it"),
        ({"purpose": ""}, "who gave it"),
        ({"until": START - 1}, "the consent ended"),
        ({"until": START + 6 * 366 * 86400}, "over five years"),
        ({"until": float("nan")}, "when it ends"),
    ],
    ids=["giver", "clerk", "purpose", "ended", "endless", "nan"],
)
def test_a_consent_that_is_not_whole_enrols_nobody(world: World, change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        world.gallery.enrol("Carla", axis(2)[None], MODEL, replace(consent(START), **change))  # type: ignore[arg-type]
    assert [person.name for person in world.gallery.people()] == ["Anna", "Ben"]


@pytest.mark.parametrize("vectors", [np.empty((0, 8)), np.full((1, 8), np.nan), np.stack([axis(0), -axis(0)])], ids=str)
def test_vectors_that_show_nobody_enrol_nobody(world: World, vectors: np.ndarray) -> None:
    with pytest.raises(InputError):
        world.gallery.enrol("Carla", vectors, MODEL, consent(START))
    assert len(world.gallery.people()) == 2


def test_a_template_is_the_mean_direction_of_the_pictures(world: World) -> None:
    person = world.gallery.enrol("Carla", np.stack([axis(2), axis(3)]), MODEL, consent(START))
    np.testing.assert_allclose(world.gallery.template(person, MODEL), (axis(2) + axis(3)) / 2**0.5, rtol=1e-6)


def test_nothing_of_a_person_can_be_read_in_the_files(world: World, files: Callable[[], bytes]) -> None:
    lying = files()
    for secret in (b"Anna", b"hall 3", b"the person", axis(0).tobytes()):
        assert secret not in lying
    assert not [path for path in world.folder.iterdir() if path.name not in ("gallery.db", "keys.db")]
    assert {path.stat().st_mode & 0o777 for path in world.folder.iterdir()} == {0o600}


def test_another_master_key_is_told_at_once(world: World) -> None:
    with pytest.raises(InputError, match="the master key is not this gallery's"):
        Gallery(world.folder, bytes(32))


def test_a_deleted_person_is_in_no_file_and_no_copy_brings_them_back(world: World, tmp_path: Path) -> None:
    kept = tmp_path / "backup.db"
    shutil.copy(world.folder / "gallery.db", kept)
    record = sqlite3.connect(kept).execute("SELECT record FROM people WHERE id = ?", (world.people["Anna"],)).fetchone()[0]
    wrapped = world.gallery.storage.one("SELECT key FROM keys.wrapped WHERE person = ?", world.people["Anna"])
    assert wrapped is not None
    world.gallery.delete(world.people["Anna"], "the clerk")
    assert [person.name for person in world.again().people()] == ["Ben"]
    lying = b"".join(path.read_bytes() for path in world.folder.iterdir())
    assert record not in lying
    assert bytes(wrapped["key"]) not in lying
    # The copy of what was sealed is put back; without the key it opens nothing.
    world.gallery.close()
    shutil.copy(kept, world.folder / "gallery.db")
    restored = world.again()
    with pytest.raises(InputError, match="the key is gone"):
        restored.people()
    assert restored.verify()


def test_a_person_is_found_by_id_or_by_a_name_that_is_only_theirs(world: World) -> None:
    assert world.gallery.find("Anna").id == world.people["Anna"]
    assert world.gallery.find(world.people["Ben"]).name == "Ben"
    with pytest.raises(InputError, match="there is no 'Ana' in the gallery; did you mean 'Anna'"):
        world.gallery.find("Ana")
    world.enrol("Ben", axis(4))
    with pytest.raises(InputError, match="2 people are called 'Ben'"):
        world.gallery.find("Ben")


def test_purging_deletes_those_whose_consent_ended_and_nobody_else(world: World) -> None:
    assert world.gallery.purge("cron") == []
    world.clock.time += 6 * 86400
    assert world.gallery.purge("cron") == [world.people["Ben"]]
    assert [person.name for person in world.gallery.people()] == ["Anna"]
    assert world.gallery.verify() == []


def test_deleting_somebody_unknown_changes_nothing(world: World) -> None:
    with pytest.raises(InputError, match="there is no 'ffff'"):
        world.gallery.delete("ffff", "the clerk")
    assert world.gallery.verify() == []


def test_an_export_holds_all_that_is_known_and_is_logged(world: World) -> None:
    told = world.gallery.export("Anna", "the clerk")
    assert told["name"] == "Anna"
    assert told["consent"]["purpose"] == "the door of hall 3"
    assert told["templates"][MODEL] == axis(0).tolist()
    assert [entry["action"] for entry in told["log"]] == ["enrol", "export"]


def test_a_threshold_belongs_to_its_model_and_cannot_be_changed_unseen(world: World) -> None:
    assert world.again().threshold(MODEL).threshold == 0.5
    with pytest.raises(InputError, match="there is no threshold for other"):
        world.gallery.threshold("other:00")
    with world.gallery.storage.change():
        world.gallery.storage.run("UPDATE thresholds SET data = replace(data, '0.5', '0.1')")
    with pytest.raises(InputError, match="its threshold was changed"):
        world.gallery.threshold(MODEL)


def test_a_folder_that_is_no_gallery_is_one_sentence(tmp_path: Path, world: World) -> None:
    with pytest.raises(InputError, match="there is no gallery"):
        Gallery(tmp_path / "nowhere", MASTER)
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "gallery.db").write_bytes(b"no database" * 100)
    (tmp_path / "torn" / "keys.db").write_bytes(b"")
    with pytest.raises(InputError, match="is no gallery"):
        Gallery(tmp_path / "torn", MASTER)
    (world.folder / "keys.db").rename(tmp_path / "keys.db")
    with pytest.raises(InputError, match=r"has no keys\.db"):
        Gallery(world.folder, MASTER)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot make a gallery"):
        Gallery(tmp_path / "file" / "gallery", MASTER, create=True)


@pytest.mark.parametrize("text", ["2026-13-01", "tomorrow", "", "31.12.2026"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no day; write it as"):
        end_of(text)
