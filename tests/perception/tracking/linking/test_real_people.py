"""Eight real people whose labelled ways are cut into pieces: what linking joins again, by motion and by looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.perception.footage import campus
from trackside.core import Tracks
from trackside.models import Silent, pull
from trackside.perception.reid import load_embedder
from trackside.perception.tracking.linking import LinkSettings, link_recording

FPS = 25.0
# Labelled boxes have neither misses nor false ones: all that was seen is believed, and nothing is put in.
BELIEVING = LinkSettings(least=0.0, evidence=-1e6, even=0.5, fill=0.0, extend=0.0)


@dataclass(frozen=True)
class Pieces:
    """A recording of people in pieces, each with an identity of its own.

    Attributes:
        tracks: frame to the pieces in it.
        people: frame to the person that each of these shows.
        vectors: frame to how each of these looks.
        times: frame to seconds.
    """

    tracks: dict[int, Tracks]
    people: dict[int, NDArray[np.int64]]
    vectors: dict[int, NDArray[np.float32]]
    times: dict[int, float]

    def linked(self, *, looks: bool) -> dict[int, Tracks]:
        """What linking makes of them."""
        return link_recording(self.tracks, self.times, BELIEVING, features=self.vectors if looks else None)


@pytest.fixture(scope="module")
def footage(
    shared_data: Path, shared_models: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Tracks], list[NDArray[np.float32]]]:
    """Who is in each frame of TUD-Campus, and how they look to OSNet."""
    frames, people = campus(shared_data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKSIDE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
        pull("osnet-x0-25", reporter=Silent())
        embedder = load_embedder("osnet-x0-25")
    return people, embedder.many(frames, [each.boxes for each in people])


def cut(
    footage: tuple[list[Tracks], list[NDArray[np.float32]]], *stretches: range, pause: float = 0.0, hidden: float = 0.0
) -> Pieces:
    """The frames of some stretches only.

    Args:
        footage: all of it.
        stretches: frames that are kept; each has identities of its own.
        pause: seconds that are put in between stretches, in which nobody is filmed.
        hidden: share of the sightings that are left out besides.
    """
    rng, pieces = np.random.default_rng(0), Pieces({}, {}, {}, {})
    for part, stretch in enumerate(stretches):
        for frame in stretch:
            pieces.times[frame] = frame / FPS + part * pause
            kept = rng.random(len(footage[0][frame])) >= hidden
            people = footage[0][frame][kept]
            pieces.tracks[frame] = Tracks.of(people, people.ids + 100 * (part + 1))
            pieces.people[frame], pieces.vectors[frame] = people.ids, footage[1][frame][kept]
    return pieces


def purity_and_recall(result: Mapping[int, Tracks], pieces: Pieces) -> tuple[float, float]:
    """The share of sightings that are of the person whom their identity shows most, and of the identity that shows their
    person most."""
    pairs: dict[tuple[int, int], int] = {}
    for frame, tracks in result.items():
        boxes = pieces.tracks[frame].boxes
        for identity, box in zip(tracks.ids.tolist(), tracks.boxes, strict=True):
            person = int(pieces.people[frame][np.abs(boxes - box).sum(axis=1).argmin()])
            pairs[identity, person] = pairs.get((identity, person), 0) + 1
    table = np.zeros([1 + max(each) for each in zip(*pairs, strict=True)])
    for pair, count in pairs.items():
        table[pair] = count
    return float(table.max(axis=1).sum() / table.sum()), float(table.max(axis=0).sum() / table.sum())


FIRST, SECOND = range(33), range(38, 71)


def test_after_a_minute_looks_alone_tell_who_is_back(footage: tuple[list[Tracks], list[NDArray[np.float32]]]) -> None:
    """Seven people, a minute in which nobody is filmed, then six, of whom five were there before."""
    pieces = cut(footage, FIRST, SECOND, pause=60.0)
    purity, recall = purity_and_recall(pieces.linked(looks=False), pieces)
    assert (purity, recall) == (1.0, pytest.approx(0.668, abs=0.001)), "nobody is known again"
    purity, known_again = purity_and_recall(pieces.linked(looks=True), pieces)
    # Measured: four of the five, nobody wrongly; recall 0.90.
    assert purity > 0.95
    assert known_again > 0.8


def test_over_two_absences_looks_join_three_pieces(footage: tuple[list[Tracks], list[NDArray[np.float32]]]) -> None:
    pieces = cut(footage, range(20), range(25, 45), range(50, 71), pause=60.0)
    _, recall = purity_and_recall(pieces.linked(looks=False), pieces)
    purity, known_again = purity_and_recall(pieces.linked(looks=True), pieces)
    # Measured: 0.50 without looks; with them 0.87, at a purity of 1.
    assert recall < 0.55
    assert purity > 0.95 and known_again > 0.75


@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("stretches", [(FIRST, SECOND), (range(18), range(28, 44), range(54, 71))])
def test_through_gaps_of_a_few_frames_motion_suffices(
    footage: tuple[list[Tracks], list[NDArray[np.float32]]], stretches: tuple[range, ...], looks: bool
) -> None:
    pieces = cut(footage, *stretches)
    purity, recall = purity_and_recall(pieces.linked(looks=looks), pieces)
    # Measured: purity 0.97 and recall 1 by motion; with looks purity 1, and recall 0.87 at worst, since whoever walks behind
    # others looks like them.
    assert purity > 0.93
    assert recall > (0.8 if looks else 0.95)


def test_when_a_third_of_all_boxes_is_missed_looks_mix_nobody(
    footage: tuple[list[Tracks], list[NDArray[np.float32]]],
) -> None:
    pieces = cut(footage, FIRST, SECOND, pause=60.0, hidden=0.33)
    purity, recall = purity_and_recall(pieces.linked(looks=True), pieces)
    assert purity > 0.93
    assert recall > 0.75
