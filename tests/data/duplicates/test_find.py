"""Altered copies are found, and pictures that only look alike are not."""

import gzip

import numpy as np
import pytest

from tests.data.duplicates.made import cell, line_of_text, scene, scenes
from trackside.data.duplicates import ALTERATIONS, altered, find_duplicates
from trackside.data.duplicates.alterations import scaled
from trackside.data.duplicates.find import SAME_SCENE
from trackside.data.looking import look_at


def planted(pictures, count: int, seed: int, names=None):
    """The pictures and altered copies of some; the original of each."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(pictures), count, replace=count > len(pictures))
    kinds = list(ALTERATIONS)
    done = [names or tuple(rng.choice(kinds, int(rng.integers(1, 4)), replace=False)) for _ in rows]
    copies = [altered(pictures[row], these, rng) for row, these in zip(rows, done, strict=True)]
    return [*pictures, *copies], np.concatenate([np.arange(len(pictures)), rows])


def scored(pairs, origins):
    """Recall of the copies, and precision."""
    right = origins[pairs.first] == origins[pairs.second]
    whole = len(np.unique(origins))
    found = np.unique(pairs.second[right & (pairs.second >= whole)])
    return len(found) / (len(origins) - whole), float(right.mean()) if len(pairs) else 1.0


def test_different_pictures_have_no_pairs():
    pairs = find_duplicates(scenes(80))
    assert len(pairs) == 0 and len(np.unique(pairs.groups)) == 80
    assert pairs.calibration.recall > 0.9, "and copies of them would have been found"


@pytest.mark.parametrize("name", ALTERATIONS)
def test_each_alteration_is_found(name):
    pictures, origins = planted(scenes(60, 1000), 20, 5, names=(name,))
    recall, precision = scored(find_duplicates(pictures, planted=0), origins)
    assert recall >= 0.9 and precision == 1


def test_alterations_together_are_found():
    pictures, origins = planted(scenes(80, 2000), 60, 6)
    recall, precision = scored(find_duplicates(pictures, planted=0), origins)
    assert recall >= 0.9 and precision >= 0.95


def test_copies_resized_to_squares_are_found():
    pictures = scenes(60, 2500)
    wide = [scaled(one, 266, 150) for one in pictures]  # 16 to 9, as videos are.
    copies = [scaled(one, 160, 160) for one in wide[:20]]
    recall, precision = scored(find_duplicates([*wide, *copies], planted=0), np.concatenate([np.arange(60), np.arange(20)]))
    assert recall >= 0.9 and precision == 1


def test_cropped_lines_of_text_are_found():
    """Random letters of one typeface, which are the most alike that a text can be."""
    pictures, origins = planted([line_of_text(seed) for seed in range(120)], 40, 10, names=("crop", "recompress"))
    recall, precision = scored(find_duplicates(pictures, planted=0), origins)
    assert recall >= 0.7 and precision >= 0.75


def test_tiny_drawings_that_were_squeezed_are_found():
    """They have hardly any features, and other ones when their sides are stretched against each other.

    Of 120 random drawings some are alike: over twelve draws one pair in eleven was wrong.
    """
    cells = [cell(seed) for seed in range(120)]
    copies = [np.ascontiguousarray(scaled(one, 44, 22)[:, ::-1]) for one in cells[:30]]
    recall, precision = scored(
        find_duplicates([*cells, *copies], planted=0), np.concatenate([np.arange(120), np.arange(30)])
    )
    assert recall >= 0.9 and precision >= 0.8


def test_windows_that_were_turned_are_found():
    """Their corners are filled, where the original has something: the hardest of all, with fewest features left."""
    pictures, origins = planted(scenes(90, 2600), 90, 9, names=("crop", "rotate"))
    recall, precision = scored(find_duplicates(pictures, planted=0), origins)
    assert recall >= 0.75 and precision == 1


def test_many_copies_of_each_picture_do_not_hide_each_other():
    pictures, origins = planted(scenes(30, 3000), 150, 7)
    recall, precision = scored(find_duplicates(pictures, planted=0), origins)
    assert recall >= 0.9 and precision >= 0.95


def test_the_measured_recall_is_the_true_one():
    pictures, origins = planted(scenes(100, 4000), 100, 8)
    pairs = find_duplicates(pictures)
    low, high = pairs.calibration.recall_interval()
    recall, precision = scored(pairs, origins)
    assert low - 0.03 <= recall <= high + 0.03
    assert abs(pairs.calibration.precision - precision) <= 0.05


@pytest.mark.parametrize("seed", [0, 1])
def test_threads_change_nothing(seed):
    pictures, _ = planted(scenes(30), 10, seed)
    one, three = (find_duplicates(pictures, threads=threads, planted=20, seed=seed) for threads in (1, 3))
    for name in ("first", "second", "scores", "kinds"):
        assert (getattr(one, name) == getattr(three, name)).all()
    assert one.calibration == three.calibration


@pytest.mark.parametrize(
    "pictures",
    [
        [],
        [scene(0)],
        [np.zeros((40, 40, 3), np.uint8)] * 5,
        [np.full((1, 1, 3), 7, np.uint8)] * 3,
        [np.full((2, 700, 3), 7, np.uint8), scene(1), np.zeros((300, 3, 3), np.uint8)],
    ],
    ids=["none", "one", "blank", "one pixel", "thin"],
)
def test_what_cannot_be_compared_has_no_pairs(pictures):
    pairs = find_duplicates(pictures)
    assert len(pairs) == 0 and pairs.count == len(pictures)


def test_blank_pictures_are_counted_as_too_plain():
    assert find_duplicates([np.zeros((40, 40, 3), np.uint8)] * 4 + scenes(3)).weak == 4


def test_a_logo_that_all_pictures_share_makes_them_no_copies():
    pictures = scenes(60, 5000)
    for picture in pictures:
        picture[:40, :60] = scene(1)[:40, :60]
    assert len(find_duplicates(pictures, planted=0)) == 0


def test_what_was_done_is_said():
    pictures = scenes(30, 6000)
    copies = [pictures[0][:, ::-1], np.rot90(pictures[1]), pictures[2][20:160, 30:216], pictures[3] // 2 + 60]
    found = find_duplicates([*pictures, *map(np.ascontiguousarray, copies)], planted=0)
    kinds = {int(a): str(kind) for a, kind in zip(found.first, found.kinds, strict=True)}
    assert kinds[0] == "mirrored" and kinds[3] == "the same frame"
    assert kinds[1] == "turned by 90 degrees anticlockwise" and kinds[2].startswith("cropped to 4")


def test_a_scene_in_which_things_moved_is_no_copy():
    pictures, rng = scenes(40, 7000), np.random.default_rng(0)
    moved = pictures[0].copy()
    for _ in range(12):  # A third of the picture changes.
        y, x = rng.integers(0, 150), rng.integers(0, 210)
        moved[y : y + 50, x : x + 50] = scene(1)[y : y + 50, x : x + 50]
    found = find_duplicates([*pictures, moved], planted=0)
    assert [str(kind) for kind in found.kinds] == [SAME_SCENE] and len(np.unique(found.groups)) == 41


@pytest.mark.slow
def test_photographs(shared_data):
    """Nothing among real photographs, and what is planted among them is found. Seeds not used while this was made."""
    pictures = [look_at(path).rgb for path in sorted((shared_data / "hymenoptera").rglob("*.jpg"))]
    assert len(find_duplicates(pictures)) == 0
    for seed in (501, 502):
        altered_too, origins = planted(pictures, 100, seed)
        recall, precision = scored(find_duplicates(altered_too, planted=0), origins)
        assert recall >= 0.95 and precision >= 0.98


@pytest.mark.slow
def test_digits_raise_no_false_alarm(shared_data):
    """Different digits look alike: no pair where there are no copies, and pairs that hold where there are."""
    with gzip.open(shared_data / "mnist_t10k" / "t10k-images-idx3-ubyte.gz") as stream:
        pixels = np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, 28, 28)[4000:6000]
    digits = [np.repeat(one[..., None], 3, axis=2) for one in pixels]
    assert len(find_duplicates(digits, planted=0)) <= 1
    with_copies, origins = planted(digits, 200, 503)
    recall, precision = scored(find_duplicates(with_copies, planted=0), origins)
    assert precision >= 0.93 and recall >= 0.5


def test_the_known_cases_of_imagededup(shared_data):
    """Turned, mirrored and smaller copies of one picture among others."""
    folder = shared_data / "imagededup_cases" / "tests" / "data"
    paths = [path for path in sorted((folder / "mixed_images").glob("*.jpg")) if "corrupt" not in path.name]
    paths += [
        path
        for path in sorted((folder / "base_images").glob("*.jpg"))
        if path.name[:12] not in ("ukbench00120", "ukbench09268")
    ]
    pairs = find_duplicates([look_at(path).rgb for path in paths], planted=0)
    one = {number for number, path in enumerate(paths) if "00120" in path.name}
    group = pairs.groups
    assert len({int(group[number]) for number in one}) == 1
    assert len(np.unique(group)) == len(paths) - len(one) + 1
