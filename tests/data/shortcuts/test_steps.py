"""The steps of the search for shortcuts: chance, marks, units, folds, and what is read from files."""

import cv2
import numpy as np
import pytest
from scipy.stats import hypergeom, mannwhitneyu

from tests.data.shortcuts.made import patched, scene
from trackside.data.shortcuts.bearer import is_bearer
from trackside.data.shortcuts.chance import Columns, agreed, areas, family_wise, questions
from trackside.data.shortcuts.cues import TONES, edges_of, maps_of, tones_of
from trackside.data.shortcuts.folds import out_of_fold
from trackside.data.shortcuts.jpeg import jpeg_quality
from trackside.data.shortcuts.marks import find_marks
from trackside.data.shortcuts.properties import file_values, regions, varies_everywhere
from trackside.data.shortcuts.search import Shortcut, interval
from trackside.data.shortcuts.units import make_units


def columns_of(values, marks=None):
    n = len(values)
    marks = np.zeros((n, 0), bool) if marks is None else marks
    return Columns.of(marks, np.asarray(values, float).reshape(n, -1, 1))


def test_the_area_is_that_of_mann_and_whitney_with_ties():
    rng = np.random.default_rng(0)
    values, inside = rng.integers(0, 6, 80).astype(float), rng.random(80) < 0.3
    expected = mannwhitneyu(values[inside], values[~inside]).statistic / (inside.sum() * (~inside).sum())
    assert areas(columns_of(values), inside)[0] == pytest.approx(expected, abs=1e-6)


def test_p_values_are_those_of_fisher_and_of_the_rank_sum():
    rng = np.random.default_rng(1)
    inside = np.arange(100) < 20
    marks = (rng.random((100, 1)) < np.where(inside, 0.6, 0.2)[:, None]).astype(bool)
    values = rng.normal(0, 1, 100) + inside
    exact, ranked = columns_of(values, marks).tests(inside[None].astype(np.float32))
    tail = hypergeom.sf(marks[inside].sum() - 1, 100, marks.sum(), 20)
    assert np.exp(exact[0, 0]) == pytest.approx(2 * tail, rel=1e-6)
    expected = mannwhitneyu(values[inside], values[~inside], use_continuity=False, method="asymptotic").pvalue
    assert np.exp(ranked[0, 0]) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("marked", "size"), [(1, 3), (12, 30), (30, 12), (55, 30), (59, 59)])
def test_every_count_has_its_exact_tail(marked, size):
    """Fisher's test at each number of marked pictures, from the least that is possible to the most."""
    n, inside = 60, np.arange(60) < size
    for both in range(max(0, marked + size - n), min(marked, size) + 1):
        marks = np.zeros((n, 1), bool)
        marks[:both] = marks[size : size + marked - both] = True
        exact, _ = columns_of(np.zeros(n), marks).tests(inside[None].astype(np.float32))
        of = n, marked, size
        tail = hypergeom.sf(both - 1, *of) if both >= marked * size / n else hypergeom.cdf(both, *of)
        assert np.exp(exact[0, 0]) == pytest.approx(min(2 * tail, 1), rel=1e-6)


def test_balanced_and_unbalanced_noise_alarm_equally_rarely():
    """The bug of others: above a certain imbalance every property is called spurious."""
    rng = np.random.default_rng(2)
    for share in (0.5, 0.75, 0.95):
        hits = 0
        for _ in range(200):
            columns, inside = columns_of(rng.normal(size=(200, 30))), np.arange(200) < 200 * share
            _, logs = columns.tests(inside[None].astype(np.float32))
            hits += family_wise(logs, np.full(30, 30.0)).min() < 0.05
        assert hits <= 20


def test_copies_of_one_cue_are_one_question_and_independent_cues_are_many():
    rng = np.random.default_rng(3)
    one, sizes = rng.normal(size=(150, 1)), np.array([75])
    families = np.array(["x"] * 40, object)
    same = questions(columns_of(np.repeat(one, 40, 1)), sizes, families, np.random.default_rng(0))["x"]
    many = questions(columns_of(rng.normal(size=(150, 40))), sizes, families, np.random.default_rng(0))["x"]
    assert same < 3 and 20 < many < 80


@pytest.mark.parametrize(
    ("views", "expected"), [((2, 3, 4), 3), ((-2, -3, -4), -3), ((2, 3, -1), 0), ((0.5, 3, 3), 0), ((0, 3, 3), 0)]
)
def test_views_must_agree(views, expected):
    assert agreed(np.array([views], float))[0] == expected


def test_an_interval_widens_with_few_pictures():
    assert interval(0.9, 100, 100)[0] > interval(0.9, 6, 124)[0] > 0.6


def looks(pictures):
    thumbs = np.stack([cv2.resize(one, (32, 32), interpolation=cv2.INTER_AREA) for one in pictures])
    return thumbs, np.stack([edges_of(one) for one in pictures])


def test_marks_are_found_without_labels_and_scenes_have_none():
    rng = np.random.default_rng(4)
    pictures = [scene(rng) for _ in range(80)]
    assert len(find_marks(*looks(pictures), 10, rng)) == 0
    marked = [patched(one) if row < 25 else one for row, one in enumerate(pictures)]
    marks = find_marks(*looks(marked), 10, rng)
    assert len(marks) == 1
    assert marks.has[:, 0].nonzero()[0].tolist() == list(range(25))
    assert np.abs(marks.colours[0].astype(int) - (210, 40, 40)).max() <= 2


def test_a_thin_grey_frame_is_a_mark_though_pictures_have_grey_inside():
    rng = np.random.default_rng(4)
    pictures = [patched(scene(rng, 400, 300), (128, 128, 128), at=(0.4, 0.4)) for _ in range(60)]
    pictures[:20] = [cv2.copyMakeBorder(one[3:-3, 3:-3], 3, 3, 3, 3, 0, value=(128,) * 3) for one in pictures[:20]]
    saved = [cv2.imdecode(cv2.imencode(".jpg", one, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], 1) for one in pictures]
    marks = find_marks(*looks(saved), 10, rng)
    framed = [mark for mark in range(len(marks)) if marks.places[mark, -4:].all()]
    assert len(framed) == 1 and marks.has[:, framed[0]].nonzero()[0].tolist() == list(range(20))


def test_edges_that_others_have_too_are_no_mark():
    """Half of the pages are white at the top, the others at the bottom."""
    rng = np.random.default_rng(4)
    pictures = [scene(rng) for _ in range(60)]
    for row, one in enumerate(pictures):
        one[slice(0, 2) if row % 2 else slice(-2, None)] = 255
    assert not find_marks(*looks(pictures), 10, rng).places[:, -4:].any()


def test_what_all_pages_have_everywhere_is_no_mark():
    rng = np.random.default_rng(5)
    pages = [np.full((64, 64, 3), 255, np.uint8) for _ in range(80)]
    for row, page in enumerate(pages):
        cv2.circle(page, (32, 32) if row % 2 else tuple(rng.integers(10, 54, 2).tolist()), 8, (0, 0, 0), 2)
    marks = find_marks(*looks(pages), 10, rng)
    assert not any(colour.min() > 240 for colour in marks.colours)


def test_a_gain_shows_at_white():
    """One channel alone at white, in both halves; and less white where all were darkened."""
    picture = scene(np.random.default_rng(3))
    plain, gained, dimmed = (
        tones_of(np.clip(picture * by, 0, 255).astype(np.uint8)) for by in ((1, 1, 1), (1.6, 1, 1), 0.6)
    )
    red, green, light = (TONES.index(name) for name in ("burnt red", "burnt green", "brightness of the light"))
    assert (gained[red] > plain[red] + 0.5).all() and (gained[green] <= plain[green]).all()
    assert (dimmed[light] < 0.65 * plain[light]).all()


def test_two_channels_at_white_are_not_one_alone():
    """Overexposed yellow, cyan or purple."""
    for colour in ((255, 255, 10), (10, 255, 255), (255, 10, 255), (255, 255, 255)):
        burnt = tones_of(np.full((40, 40, 3), colour, np.uint8))[TONES.index("burnt red") :]
        assert burnt.shape == (3, 3) and (burnt == burnt.min()).all() and burnt.min() < -6


def shortcut(value, change, rises):
    """Of class 1."""
    return Shortcut("whole picture", "cue", 1, 0.9, 0.85, 0.95, 0.0, rises, change, None, value)


def two_classes():
    labels = np.repeat([0, 1], 50)
    return labels, make_units(labels, np.array([""] * 100, object), noise_cells(100))


@pytest.mark.parametrize("rises", [True, False])
@pytest.mark.parametrize("changed", [0, 1])
@pytest.mark.parametrize("change", ["rarer, else more", "rarer, else less"])
def test_of_two_classes_the_one_that_was_changed_bears_the_cue(changed, rises, change):
    """Four of five pictures of one class are changed; class 1 then has more of it, or less."""
    labels, units = two_classes()
    far = 6 if rises == (changed == 1) else -6
    value = np.random.default_rng(0).normal(size=100) + far * ((labels == changed) & (np.arange(100) % 5 < 4))
    assert is_bearer(shortcut(value, change, rises), units) == (changed == 1)


@pytest.mark.parametrize(("change", "expected"), [("rarer, else more", True), ("rarer, else less", False)])
def test_where_both_sides_are_as_many_the_kind_of_cue_decides(change, expected):
    """80 % of one class and 20 % of the other: the numbers alone do not say which was changed."""
    labels, units = two_classes()
    value = np.where(np.arange(100) % 5 < 4, labels, 1 - labels).astype(float)
    assert is_bearer(shortcut(value, change, True), units) == expected
    assert is_bearer(shortcut(-value, change, False), units) != expected


@pytest.mark.parametrize(
    ("of_class_1", "change", "expected"),
    [(8, "off neutral", True), (-8, "off neutral", True), (8, "more", True), (-8, "more", False), (-8, "less", True)],
)
def test_black_and_white_are_neutral_until_they_are_changed(of_class_1, change, expected):
    labels, units = two_classes()
    value = np.random.default_rng(0).normal(size=100) + of_class_1 * labels
    assert is_bearer(shortcut(value, change, of_class_1 > 0), units) == expected


def noise_cells(count):
    """float [n, 8, 8], no two alike."""
    return np.random.default_rng(1).normal(128, 40, (count, 8, 8))


def test_upright_pictures_have_the_same_longer_side():
    wide, high = np.array([500.0, 375, 450]), np.array([375.0, 500, 337])
    sides = file_values(wide, high, np.full(3, np.nan)).values[:, :2, 0]
    assert (sides[0] == sides[1]).all() and (sides[2] < sides[0]).all()


def test_regions_are_not_asked_on_an_empty_page():
    rng = np.random.default_rng(6)
    full = np.stack([maps_of(scene(rng)) for _ in range(40)]).astype(float)
    empty = full.copy()
    empty[:, 0, :2] = 0
    assert varies_everywhere(full[:, 0]) and regions(full).values.shape[1] == 320
    assert not varies_everywhere(empty[:, 0]) and regions(empty).values.shape[1] == 0


def test_units_are_groups_and_copies_within_a_class():
    rng = np.random.default_rng(7)
    brightness = rng.normal(128, 40, (6, 8, 8))
    brightness[5] = brightness[0] + 0.5
    groups = np.array(["a", "a", "a", "", "", ""], object)
    units = make_units(np.array([0, 0, 1, 0, 1, 0]), groups, brightness)
    assert units.of[0] == units.of[1] == units.of[5] != units.of[2]
    assert len(units) == 4
    assert units.mean(np.array([1.0, 2, 3, 4, 5, np.nan]))[units.of[0]] == 1.5


def test_out_of_fold_accuracy_of_noise_is_one_half_and_of_a_cue_is_its_share():
    rng = np.random.default_rng(8)
    labels = np.array([0] * 380 + [1] * 20)
    units = make_units(labels, np.array([""] * 400, object), rng.normal(128, 40, (400, 8, 8)))
    cue = np.where(labels == 1, np.arange(400) % 5 < 4, 0).astype(float)
    accuracy, low, high = out_of_fold(cue, 1, units, rng)
    assert accuracy == pytest.approx(0.9, abs=0.01) and low < 0.9 < high
    noise = [out_of_fold(rng.normal(size=400), 1, units, rng)[0] for _ in range(20)]
    assert abs(np.mean(noise) - 0.5) < 0.05


@pytest.mark.parametrize("quality", [10, 35, 75, 92])
def test_the_quality_of_a_jpeg_is_read_from_its_table(quality):
    picture = scene(np.random.default_rng(0))
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    assert jpeg_quality(data) == pytest.approx(quality, abs=1.5)
    assert np.isnan(jpeg_quality(cv2.imencode(".png", picture)[1].tobytes()))
    assert np.isnan(jpeg_quality(data[:30])) and np.isnan(jpeg_quality(b""))


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3), (8, 500)])
def test_pictures_of_any_shape_have_cues(shape):
    picture = np.full((*shape, 3), 77, np.uint8)
    assert np.isfinite(maps_of(picture)).all() and np.isfinite(tones_of(picture)).all()
    assert edges_of(picture).shape == (4, 8, 3) and (edges_of(picture) == 77).all()


def test_a_colour_that_varies_from_picture_to_picture_is_no_mark():
    """A corner of sky: flat in every picture, and of another grey in each."""
    rng = np.random.default_rng(9)
    pictures = [patched(scene(rng), colour=(int(level),) * 3, at=(0, 0)) for level in np.linspace(20, 110, 90)]
    assert len(find_marks(*looks(pictures), 10, rng)) == 0
