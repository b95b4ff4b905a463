"""Rules of quality: each asks whether a picture is bad by itself, and whether its set is better."""

import numpy as np
import pytest

from trackside.data.quality import outliers


def column(usual, last, count=50):
    return np.array([usual] * count + [last], float)


@pytest.mark.parametrize(
    ("rule", "usual", "bad", "only_apart", "only_bad"),
    [
        (outliers.blurred, 1.3, 0.3, 0.7, 0.4),
        (outliers.dark, 230.0, 40.0, 100.0, 70.0),
        (outliers.hazy, 200.0, 20.0, 60.0, 35.0),
    ],
)
def test_both_are_asked(rule, usual, bad, only_apart, only_bad):
    assert rule(column(usual, bad)).nonzero()[0].tolist() == [50]
    assert not rule(column(usual, only_apart)).any()
    assert not rule(column(only_bad, only_bad)).any()


def test_bright_needs_light_blacks_and_a_set_with_dark_ones():
    assert outliers.bright(column(10, 140), column(120, 220)).nonzero()[0].tolist() == [50]
    assert not outliers.bright(column(140, 140), column(220, 220)).any()
    assert not outliers.bright(column(10, 140), column(120, 160)).any()


def test_sizes_of_two_sources_are_usual_and_a_thumbnail_is_not():
    width = np.array([640] * 40 + [1920] * 40 + [8.0])
    assert outliers.odd_size(width, width * 0.75).nonzero()[0].tolist() == [80]
    turned = outliers.odd_aspect(np.array([4.0] * 20 + [3.0] * 20 + [20]), np.array([3.0] * 20 + [4.0] * 20 + [2]))
    assert turned.nonzero()[0].tolist() == [40]


def test_unreadable_rows_and_empty_sets_are_not_flagged():
    gap = np.array([np.nan, 1.0, 1.0])
    for rule in (outliers.blurred, outliers.dark, outliers.hazy, outliers.blank):
        assert not rule(gap)[0] and rule(np.zeros(0)).shape == (0,)
    assert not outliers.odd_size(gap, gap)[0] and not outliers.odd_size(np.array([np.nan]), np.array([np.nan])).any()
