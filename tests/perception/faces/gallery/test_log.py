"""Whatever is done stands in the log, and whoever changes the files behind its back is found out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
import pytest

from tests.perception.faces.gallery.conftest import MODEL, World, axis
from trackside.perception.faces.gallery import Searcher, log


def test_everything_that_is_done_is_logged_without_a_name(world: World) -> None:
    Searcher(world.gallery, MODEL, by="guard", purpose="a look")(np.stack([axis(0), axis(5)]))
    world.gallery.export("Anna", "clerk")
    world.gallery.delete(world.people["Anna"], "clerk")
    world.clock.time += 6 * 86400
    world.gallery.purge("cron")
    entries = log.entries(world.gallery.storage)
    assert [entry.action for entry in entries] == ["calibrate", "enrol", "enrol", "search", "export", "delete", "expire"]
    assert [entry.number for entry in entries] == list(range(1, 8))
    search = entries[3]
    assert (search.by, search.details["purpose"], search.details["probes"]) == ("guard", "a look", 2)
    assert search.details["matched"] == [world.people["Anna"]]
    assert not [entry for entry in entries if "Anna" in str(entry)]
    assert world.gallery.verify() == []


def _sql(*statements: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        for name in ("gallery.db", "keys.db"):
            db = sqlite3.connect(world.folder / name)
            for statement in statements:
                where, _, rest = statement.partition(": ")
                if where in name:
                    db.execute(rest)
            db.commit()
            db.close()

    return change


TAMPERED: dict[str, tuple[Callable[[World], None], str]] = {
    "an entry changed": (
        _sql("gallery: UPDATE log SET entry = replace(entry, 'clerk', 'nobody') WHERE number = 2"),
        "changed",
    ),
    "an entry removed": (_sql("gallery: DELETE FROM log WHERE number = 2"), "entry 2 of the log is missing"),
    "the end cut off": (_sql("gallery: DELETE FROM log WHERE number = 3"), "the log ends at entry 2, 3 were written"),
    "the end cut off in both files": (
        _sql("gallery: DELETE FROM log WHERE number = 3", "keys: UPDATE head SET number = 2"),
        "the log ends",
    ),
    "two entries swapped": (
        _sql(
            "gallery: UPDATE log SET number = -1 WHERE number = 2",
            "gallery: UPDATE log SET number = 2 WHERE number = 3",
            "gallery: UPDATE log SET number = 3 WHERE number = -1",
        ),
        "entry 2 of the log was changed",
    ),
    "a person taken out": (_sql("gallery: DELETE FROM people WHERE until < 1751000000"), "gone without having been deleted"),
    "a consent prolonged": (_sql("gallery: UPDATE people SET until = until + 1"), "the end of the consent"),
    "a record spoilt": (_sql("gallery: UPDATE people SET record = zeroblob(200)"), "does not open"),
    "templates swapped": (
        _sql("gallery: UPDATE templates SET sealed = (SELECT sealed FROM templates ORDER BY person LIMIT 1)"),
        "does not open",
    ),
    "a threshold lowered": (
        _sql("gallery: UPDATE thresholds SET data = replace(data, '0.5', '0.1')"),
        "threshold was changed",
    ),
}


@pytest.mark.parametrize("case", list(TAMPERED))
def test_tampering_is_found(world: World, case: str) -> None:
    change, said = TAMPERED[case]
    assert world.gallery.verify() == []
    world.gallery.close()
    change(world)
    problems = world.again().verify()
    assert any(said in problem for problem in problems), problems


def test_an_older_pair_of_files_is_found_by_a_seal_that_was_noted(world: World) -> None:
    world.gallery.close()
    older = {path.name: path.read_bytes() for path in world.folder.iterdir()}
    gallery = world.again()
    gallery.delete(world.people["Anna"], "clerk")
    noted = log.head(gallery.storage)
    assert gallery.verify(noted) == []
    gallery.close()
    for name, content in older.items():
        (world.folder / name).write_bytes(content)
    assert world.again().verify() == [], "both files are as they once were"
    assert world.again().verify(noted) == ["the seal that was noted is not in the log: it was replaced"]


def test_what_fails_leaves_no_entry(world: World) -> None:
    before = log.head(world.gallery.storage)
    with pytest.raises(RuntimeError), world.gallery.storage.change():
        log.append(world.gallery.storage, world.gallery.vault, (1.0, "delete", "clerk", {"person": "x"}))
        raise RuntimeError
    assert log.head(world.gallery.storage) == before
    assert world.gallery.verify() == []
