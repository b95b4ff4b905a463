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


def test_overexposed_is_cut_off_in_some_channels_before_the_others_and_unusual_in_its_set():
    def over(usual, clipped, partly):
        return outliers.overexposed(column(usual, clipped), column(0.0, partly)).nonzero()[0].tolist()

    assert over(0.02, 0.7, 0.3) == [50]
    assert over(0.02, 0.9, 0.02) == []  # White paper.
    assert over(0.02, 0.3, 0.3) == []
    assert over(0.5, 0.7, 0.3) == []


def test_bright_needs_light_blacks_and_a_set_with_dark_ones():
    def bright(dark, middle, least=(0, 0), plain=0.3):
        columns = (column(*least), dark, middle, column(250, 250), column(255, 255), column(plain, plain))
        return outliers.bright(outliers.Tones(*columns)).nonzero()[0].tolist()

    assert bright(column(10, 140), column(120, 220)) == [50]
    assert bright(column(140, 140), column(220, 220)) == []
    assert bright(column(10, 140), column(120, 160)) == []
    # On paper the ink is asked, not the quantile that one short word does not reach.
    assert bright(column(60, 240), column(240, 240), (20, 30), plain=0.8) == []
    assert bright(column(60, 240), column(240, 240), (20, 150), plain=0.8) == [50]


def test_on_a_page_the_ink_counts_and_in_a_photograph_the_quantiles():
    page, photograph = (outliers.Tones(*np.array([[20.0], [250], [252], [254], [255], [plain]])) for plain in (0.97, 0.4))
    assert (page.darkest[0], page.lightest[0]) == (20, 255)
    assert (photograph.darkest[0], photograph.lightest[0]) == (250, 254)


@pytest.mark.parametrize(("pages", "paper"), [(0, False), (3, False), (10, True), (50, True)])
def test_white_is_paper_where_pages_are_usual(pages, paper):
    def mixed(of_page, of_photograph):
        return np.array([of_page] * pages + [of_photograph] * (50 - pages) + [np.nan], float)

    pairs = ((20, 5), (120, 15), (250, 110), (254, 240), (255, 250), (0.8, 0.3))
    assert outliers.white_is_paper(outliers.Tones(*(mixed(*pair) for pair in pairs))) is paper


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
