"""A search finds who is enrolled, nobody else, nobody whose consent has ended, and not too often."""

from __future__ import annotations

import numpy as np
import pytest

from tests.perception.faces.gallery.conftest import MODEL, THRESHOLD, World, axis
from trackside.core import InputError, SettingError
from trackside.perception.faces.gallery import Searcher, TooManySearches, log


def _searcher(world: World, **more: int) -> Searcher:
    return Searcher(world.gallery, MODEL, by="guard", purpose="a look", **more)


def _mixed(similarity: float) -> np.ndarray:
    """So similar to Anna, and to nobody else."""
    return np.asarray(similarity * axis(0) + (1 - similarity**2) ** 0.5 * axis(6), np.float32)


def test_people_are_found_and_strangers_stay_unknown(world: World) -> None:
    found = _searcher(world)(np.stack([axis(1), axis(5), _mixed(0.51), _mixed(0.49), np.full(8, np.nan)]))
    assert [match.person for match in found] == [world.people["Ben"], "", world.people["Anna"], "", ""]
    assert found[2].score == pytest.approx(0.51, abs=1e-6)
    assert np.isnan(found[4].score)


def test_without_the_switch_nobody_is_looked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKSIDE_FACES", "off")
    with pytest.raises(SettingError, match="is off"):
        _searcher(world)


def test_whose_consent_ends_is_not_found_from_then_on(world: World) -> None:
    search = _searcher(world)
    assert search(axis(1)[None])[0].person == world.people["Ben"]
    assert len(search) == 2
    world.clock.time += 5 * 86400 + 1
    assert search(axis(1)[None])[0].person == ""
    assert len(search) == 1


def test_whoever_is_deleted_or_enrolled_elsewhere_is_known_to_a_running_search(world: World) -> None:
    search, other = _searcher(world), world.again()
    assert search(axis(0)[None])[0].person == world.people["Anna"]
    other.delete(world.people["Anna"], "clerk")
    assert search(axis(0)[None])[0].person == ""
    world.enrol("Carla", axis(3))
    assert search(axis(3)[None])[0].person == world.people["Carla"]


def test_templates_of_another_model_are_never_compared(world: World) -> None:
    world.gallery.keep_threshold("other:00", THRESHOLD, "clerk")
    world.enrol("Dora", axis(4), model="other:00")
    assert _searcher(world)(axis(4)[None])[0].person == ""
    other = Searcher(world.gallery, "other:00", by="guard", purpose="a look")
    assert [match.person for match in other(np.stack([axis(4), axis(0)]))] == [world.people["Dora"], ""]


def test_without_a_threshold_there_is_no_search(world: World) -> None:
    with pytest.raises(InputError, match="there is no threshold for new:00"):
        Searcher(world.gallery, "new:00", by="guard", purpose="a look")


@pytest.mark.parametrize(("by", "purpose"), [("", "a look"), ("guard", " ")])
def test_a_search_says_who_and_what_for(world: World, by: str, purpose: str) -> None:
    with pytest.raises(InputError, match="who searches and what for"):
        Searcher(world.gallery, MODEL, by=by, purpose=purpose)


def test_too_many_searches_in_a_minute_are_refused_for_all_together(world: World) -> None:
    search = _searcher(world, most=5)
    search(np.stack([axis(0)] * 3))
    elsewhere = Searcher(world.again(), MODEL, by="guard", purpose="a look", most=5)
    with pytest.raises(TooManySearches, match="more than 5 faces"):
        elsewhere(np.stack([axis(0)] * 3))
    assert len(elsewhere(np.stack([axis(0)] * 2))) == 2
    world.clock.time += 61
    assert len(search(np.stack([axis(0)] * 5))) == 5
    assert [entry.details["probes"] for entry in log.entries(world.gallery.storage) if entry.action == "search"] == [3, 2, 5]


def test_an_empty_gallery_knows_nobody(world: World) -> None:
    for person in world.people.values():
        world.gallery.delete(person, "clerk")
    search = _searcher(world)
    assert search(axis(0)[None])[0].person == ""
    assert search(np.empty((0, 8), np.float32)) == []
    assert search.false_positives == 0


def test_vectors_of_another_length_are_refused(world: World) -> None:
    with pytest.raises(InputError, match="vectors have 5 numbers"):
        _searcher(world)(np.ones((1, 5), np.float32))


def test_false_positives_grow_with_the_gallery(world: World) -> None:
    assert _searcher(world).false_positives == pytest.approx(1 - (1 - 1e-3) ** 2)
