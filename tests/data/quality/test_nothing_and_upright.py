"""Pictures of nothing told from pages with a word, and how sure the set itself must be that a picture lies turned."""

import numpy as np
import pytest

from trackside.data.quality import upright
from trackside.data.quality.nothing import nothing


def thumbnail(tiles):
    return np.broadcast_to(np.asarray(tiles, np.uint8).reshape(1, 16, 16, 1), (1, 16, 16, 3))


WALL = np.linspace(120, 132, 256)
PAGE = np.where(np.arange(256) == 40, 232, 250)


@pytest.mark.parametrize(
    ("tiles", "plain", "most", "found"),
    [
        (np.full(256, 128), 1.0, 130, "blank"),
        (WALL, 1.0, 132, "blank"),
        (PAGE, 0.9997, 255, ""),
        # No pixel is ink: it is a shade of the paper.
        (PAGE, 1.0, 255, "blank"),
        (WALL - 118, 1.0, 15, "black"),
        (np.arange(256) % 2, 1.0, 4, "blank"),
        (PAGE, 0.9, 255, ""),
    ],
)
def test_what_is_nothing(tiles, plain, most, found):
    blank, black = nothing(np.array([plain]), np.array([most], float), thumbnail(tiles))
    assert (bool(blank[0]), bool(black[0])) == (found == "blank", found == "black")


def stood(monkeypatch, margins):
    """How pictures stand whose score for upright lies so far above that of half a turn."""
    scores = np.zeros((len(margins), 4))
    scores[:, 0], scores[:, 2], scores[:, [1, 3]] = margins, 0, -9
    monkeypatch.setattr(upright, "_scores", lambda small, rng: scores)
    return upright.how_they_stand(np.zeros((len(margins), 16, 16, 3), np.uint8), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("usual", "spread", "turned", "told", "flagged"),
    [
        (1.0, 0.03, [-0.9] * 5, True, 5),
        # One in twenty lies turned: they do not count as errors of the rule.
        (1.0, 0.03, [-0.9] * 10, True, 10),
        (0.9, 0.28, [-0.3], True, 0),
        # Digits: their margins spread so far that the one below zero is no wonder.
        (0.55, 0.25, [-0.6], False, 0),
        (0.1, 0.4, [-1.0], False, 0),
    ],
)
def test_the_spread_of_margins_says_what_is_sure(monkeypatch, usual, spread, turned, told, flagged):
    rng = np.random.default_rng(3)
    found = stood(monkeypatch, np.append(np.maximum(rng.normal(usual, spread, 150), usual - 2.5 * spread), turned))
    assert found.told is told
    assert (found.turned == 180).sum() == flagged and not found.turned[:150].any()
