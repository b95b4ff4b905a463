"""Pictures, boxes, points and labels change together: dots drawn in the picture land where the points say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import COCO17, SettingError
from trackside.data.augment import TRANSFORMS, Sample, augment, augment_batch, point_pairs, recipe_of, sample_of
from trackside.data.augment.sides import other_side
from trackside.data.augment.transform import Kind

GEOMETRY = sorted(name for name in TRANSFORMS if TRANSFORMS[name].kind is Kind.GEOMETRIC)
NEEDED = {"resize": {"width": 333, "height": 211}}


def dotted(places: np.ndarray, size: tuple[int, int] = (320, 240)) -> np.ndarray:
    """A black picture with a soft white dot around each place, whose centre of mass is the place."""
    xs, ys = np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5
    grey = np.zeros((size[1], size[0]))
    for x, y in places:
        grey += np.exp(-((xs - x) ** 2 + (ys[:, None] - y) ** 2) / (2 * 3.0**2))
    return np.repeat((255 * np.clip(grey, 0, 1)).astype(np.uint8)[..., None], 3, axis=2)


def centre_near(image: np.ndarray, place: np.ndarray, reach: int = 16) -> np.ndarray:
    x, y = np.round(place).astype(int)
    top, left = max(y - reach, 0), max(x - reach, 0)
    part = image[top : y + reach, left : x + reach, 0].astype(float)
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    return np.array([left + (columns * part).sum() / part.sum() + 0.5, top + (rows * part).sum() / part.sum() + 0.5])


PLACES = np.array([[100.0, 80.0], [230.0, 95.0], [160.0, 170.0]])


def with_points(places: np.ndarray = PLACES) -> Sample:
    points = np.concatenate([places, np.full((len(places), 1), 2.0)], axis=1)[None]
    return sample_of(dotted(places), boxes=[[60, 50, 260, 200]], points=points, point_names=("a", "b", "c"))


def agreed(done: Sample, margin: float = 24) -> int:
    """Checks every point that is well inside; gives how many those are."""
    count = 0
    for x, y, visibility in done.points[0]:
        if visibility and margin < x < done.size[0] - margin and margin < y < done.size[1] - margin:
            assert np.abs(centre_near(done.image, np.array([x, y])) - (x, y)).max() < 0.5
            count += 1
    return count


@pytest.mark.parametrize("name", GEOMETRY)
def test_dots_in_the_picture_lie_where_the_points_say(name: str) -> None:
    recipe = recipe_of(
        {"steps": [{"use": name, **NEEDED.get(name, {})}], "border": "constant", "fill": [0, 0, 0], "least_visible": 0}
    )
    assert sum(agreed(augment(with_points(), recipe, seed)) for seed in range(6)) >= 5


def test_a_long_recipe_is_one_resampling_and_still_exact() -> None:
    steps = [{"use": "rotate", "by": 20}, {"use": "flip"}, {"use": "scale"}, {"use": "perspective"}, {"use": "shear"}]
    recipe = recipe_of({"steps": steps, "border": "constant", "fill": [0, 0, 0], "least_visible": 0})
    assert sum(agreed(augment(with_points(), recipe, seed)) for seed in range(8)) >= 8


def test_turning_forth_and_back_resamples_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = with_points()
    twice = augment(sample, recipe_of([{"use": "flip"}, {"use": "flip"}]), 0)
    assert np.array_equal(twice.image, sample.image)
    assert np.array_equal(twice.points, sample.points)
    calls = []
    monkeypatch.setattr(cv2, "warpAffine", lambda *a, real=cv2.warpAffine, **k: calls.append(1) or real(*a, **k))
    augment(sample, recipe_of([{"use": "rotate"}, {"use": "scale"}, {"use": "translate"}]), 0)
    assert len(calls) == 1


@pytest.mark.parametrize("name", ["flip", "flip_vertical", "quarter_turn"])
def test_flips_and_quarter_turns_are_exact(name: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (7, 11, 3), np.uint8)
    done = augment(sample_of(image), recipe_of([{"use": name}]), 0).image
    assert sorted(done.reshape(-1, 3).tolist()) == sorted(image.reshape(-1, 3).tolist())
    assert not np.array_equal(done, image)


def test_quarter_turns_go_clockwise() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 255
    done = augment(sample_of(image, boxes=[[0, 0, 1, 1]]), recipe_of([{"use": "quarter_turn", "turns": [1]}]), 0)
    assert done.size == (2, 3)
    assert done.image[0, 1].tolist() == [255] * 3
    assert done.boxes.tolist() == [[1, 0, 2, 1]]


def test_a_flip_exchanges_left_and_right_points_and_a_second_one_puts_them_back() -> None:
    points = np.zeros((1, 17, 3))
    points[0, :, 0], points[0, :, 1], points[0, :, 2] = np.arange(17) * 10 + 5, 50, 2
    sample = sample_of(np.zeros((100, 200, 3), np.uint8), points=points, point_names=COCO17.points)
    once = augment(sample, recipe_of([{"use": "flip"}]), 0)
    left, right = COCO17.index("left_wrist"), COCO17.index("right_wrist")
    assert once.points[0, left, 0] == 200 - points[0, right, 0]
    assert once.points[0, 0, 0] == 200 - points[0, 0, 0]
    assert np.array_equal(augment(sample, recipe_of([{"use": "flip"}, {"use": "flip"}]), 0).points, points)
    assert np.array_equal(
        augment(sample, recipe_of([{"use": "quarter_turn", "turns": [2]}]), 0).points[0, :, 0], 200 - points[0, :, 0]
    )


def test_a_flip_exchanges_classes_that_the_recipe_names() -> None:
    sample = sample_of(np.zeros((9, 9, 3), np.uint8), label=0, boxes=[[1, 1, 4, 4]], classes=[1])
    recipe = recipe_of([{"use": "flip"}])
    done = augment(sample, recipe, 0, swap={0: 1, 1: 0})
    assert (done.labels.tolist(), done.classes.tolist()) == ([1], [0])
    kept = augment(sample, recipe_of([{"use": "rotate"}]), 0, swap={0: 1, 1: 0})
    assert kept.labels.tolist() == [0]


@pytest.mark.parametrize(
    ("name", "other"),
    [("left_hand", "right_hand"), ("turn right", "turn left"), ("LeftArm", "RightArm"), ("arrow-left", "arrow-right"),
     ("l_eye", "r_eye"), ("LShoulder", "RShoulder"), ("RIGHT", "LEFT"), ("armLeft", "armRight")],
)  # fmt: skip
def test_names_of_the_other_side(name: str, other: str) -> None:
    assert (other_side(name), other_side(other)) == (other, name)


@pytest.mark.parametrize("name", ["bright light", "cleft", "copyright", "nose", "Lamp", "tiller", "righteous", "Leftover"])
def test_names_without_a_side_stay(name: str) -> None:
    assert other_side(name) == name


def test_pairs_of_points() -> None:
    assert point_pairs(("nose", "left_eye", "right_eye", "left_ear")).tolist() == [0, 2, 1, 3]


def test_boxes_are_those_around_their_turned_corners_and_know_what_is_seen() -> None:
    sample = sample_of(np.zeros((100, 100, 3), np.uint8), boxes=[[0, 40, 50, 60], [40, 40, 60, 60], [np.nan] * 4])
    moved = augment(
        sample, recipe_of({"steps": [{"use": "translate", "by": 0.0}, {"use": "quarter_turn", "turns": [1]}]}), 0
    )
    assert np.allclose(moved.boxes[:2], [[40, 0, 60, 50], [40, 40, 60, 60]])
    assert np.isnan(moved.boxes[2]).all()
    half = augment(sample, recipe_of([{"use": "resize", "width": 50, "height": 100, "keep_shape": False}]), 0)
    assert half.visible.tolist() == [1, 1, 1]


def test_a_box_that_left_the_picture_is_dropped_and_one_on_the_edge_stays_unclipped() -> None:
    sample = sample_of(np.zeros((100, 100, 3), np.uint8), boxes=[[0, 0, 10, 10], [60, 60, 100, 100]], classes=[3, 4])
    recipe = recipe_of({"steps": [{"use": "crop", "smallest": 0.3, "stretch": 0}], "least_visible": 0.25})
    seen = [augment(sample, recipe, seed) for seed in range(40)]
    assert any(len(one.rows) == 1 for one in seen)
    for one in seen:
        assert (one.visible >= 0.25).all()
        assert len(one.boxes) == len(one.classes) == len(one.visible)
        assert ((one.boxes[:, 2:] - one.boxes[:, :2])[one.classes == 4] > 40).all(), (
            "a crop enlarges, and nothing is clipped"
        )


def test_points_outside_lose_their_visibility_and_unlabelled_ones_stay_so() -> None:
    points = [[[5, 5, 2], [50, 50, 1], [0, 0, 0], [np.nan, np.nan, np.nan]]]
    sample = sample_of(np.zeros((100, 100, 3), np.uint8), points=points)
    recipe = recipe_of({"steps": [{"use": "scale", "by": 0.4}], "least_visible": 0})
    for seed in range(20):
        done = augment(sample, recipe, seed).points[0]
        grew = done[1, 2] == 1 and done[0, 2] == 0
        assert done[1].tolist() == [50, 50, 1]
        assert done[2].tolist() == [0, 0, 0]
        assert np.isnan(done[3]).all()
        if grew:
            return
    raise AssertionError("no draw enlarged the picture")


def test_what_is_covered_is_hidden_and_counts_against_its_box() -> None:
    image = np.full((100, 100, 3), 200, np.uint8)
    sample = sample_of(image, boxes=[[0, 0, 100, 100]], points=[[[50, 50, 2], [50, 50, 0]]])
    recipe = recipe_of({"steps": [{"use": "cutout", "side": 0.5, "holes": 4}], "least_visible": 0})
    hidden = 0
    for seed in range(10):
        done = augment(sample, recipe, seed)
        changed = (done.image != image).any(axis=-1)
        assert done.visible[0] == pytest.approx(1 - changed.mean(), abs=0.02)
        assert done.points[0, :, 2].tolist() == [1 if changed[50, 50] else 2, 0]
        hidden += int(changed[50, 50])
    assert 0 < hidden < 10
    assert (image == 200).all(), "the given picture is not written into"


def test_mixup_and_cutmix_share_out_the_labels_by_what_is_seen() -> None:
    black, white = np.zeros((80, 80, 3), np.uint8), np.full((80, 80, 3), 255, np.uint8)
    for use in ("mixup", "cutmix"):
        for seed in range(8):
            done = augment(
                sample_of(black, label=2), recipe_of([{"use": use, "alpha": 1}]), seed, other=sample_of(white, label=5)
            )
            share = dict(zip(done.labels.tolist(), done.weights.tolist(), strict=True))
            assert share.get(5, 0) == pytest.approx(done.image.mean() / 255, abs=0.01)
            assert sum(share.values()) == pytest.approx(1)


def test_cutmix_keeps_boxes_as_far_as_they_are_seen() -> None:
    black, white = np.zeros((80, 80, 3), np.uint8), np.full((80, 80, 3), 255, np.uint8)
    first = sample_of(black, boxes=[[0, 0, 80, 80]], classes=[0])
    second = sample_of(white, boxes=[[0, 0, 80, 80]], classes=[1])
    recipe = recipe_of({"steps": [{"use": "cutmix"}], "least_visible": 0})
    for seed in range(8):
        done = augment(first, recipe, seed, other=second)
        seen = dict(zip(done.classes.tolist(), done.visible.tolist(), strict=True))
        assert seen.get(1, 0) == pytest.approx(done.image.mean() / 255, abs=0.01)
        assert seen.get(0, 0) == pytest.approx(1 - done.image.mean() / 255, abs=0.01)


def test_mixing_without_another_sample_does_nothing() -> None:
    sample = sample_of(np.full((8, 8, 3), 7, np.uint8), label=1)
    done = augment(sample, recipe_of([{"use": "mixup"}]), 0)
    assert np.array_equal(done.image, sample.image)
    assert done.weights.tolist() == [1]


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (64, 64)])
def test_every_transform_takes_every_picture_and_is_repeatable(name: str, shape: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    sample = sample_of(image, label=0, boxes=[[0, 0, 1, 1], [np.nan] * 4], points=np.zeros((2, 2, 3)))
    before = image.copy()
    recipe = recipe_of([{"use": name, **NEEDED.get(name, {})}])
    one, two = (
        augment(
            sample,
            recipe,
            [4, 2],
            other=sample_of(image[::-1].copy(), label=1, boxes=[[0, 0, 1, 1]], points=np.zeros((1, 2, 3))),
        )
        for _ in "ab"
    )
    assert one.image.dtype == np.uint8
    assert one.image.shape[2] == 3
    assert np.array_equal(one.image, two.image)
    assert np.array_equal(image, before)


@pytest.mark.parametrize("name", sorted(n for n in TRANSFORMS if TRANSFORMS[n].kind is Kind.PHOTOMETRIC))
def test_photometric_transforms_change_colours_and_keep_places(name: str) -> None:
    image = dotted(PLACES) // 2 + np.array([60, 90, 20], np.uint8)
    sample = sample_of(image, boxes=[[1, 2, 3, 4]])
    done = [augment(sample, recipe_of([{"use": name}]), seed) for seed in range(5)]
    assert any(not np.array_equal(one.image, image) for one in done)
    for one in done:
        assert one.image.shape == image.shape
        assert np.array_equal(one.boxes, sample.boxes)


def test_settings_change_how_much() -> None:
    image = np.full((16, 16, 3), 100, np.uint8)
    weak, strong = (
        max(
            abs(int(augment(sample_of(image), recipe_of([{"use": "brightness", "by": by}]), seed).image[0, 0, 0]) - 100)
            for seed in range(30)
        )
        for by in (0.1, 0.5)
    )
    assert weak <= 26 < strong <= 128
    assert augment(sample_of(image), recipe_of([{"use": "solarise", "above": 0.3}]), 0).image[0, 0, 0] == 155
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 200
    assert np.ptp(augment(sample_of(red), recipe_of([{"use": "grey"}]), 0).image[0, 0].astype(int)) == 0


def test_chance_is_kept() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:, 0] = 255
    recipe = recipe_of([{"use": "flip", "chance": 0.3}])
    flipped = sum(bool(augment(sample_of(image), recipe, [0, n]).image[0, 3, 0]) for n in range(1000))
    assert 250 < flipped < 350


def test_a_batch_mixes_within_itself_and_does_not_depend_on_order_of_work() -> None:
    samples = [sample_of(np.full((6, 6, 3), 40 * n, np.uint8), label=n) for n in range(5)]
    recipe = recipe_of([{"use": "mixup", "alpha": 1}])
    first, again = augment_batch(samples, recipe, 3), augment_batch(samples, recipe, 3)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))
    assert any(len(one.labels) == 2 for one in first)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(GEOMETRY), min_size=1, max_size=5), st.integers(0, 10_000))
def test_any_geometry_keeps_boxes_around_their_points(names: list[str], seed: int) -> None:
    sample = sample_of(
        np.zeros((60, 90, 3), np.uint8), boxes=[[20, 10, 70, 50]], points=[[[20, 10, 2], [70, 50, 2], [45, 30, 2]]]
    )
    steps = [{"use": name, **NEEDED.get(name, {})} for name in names]
    done = augment(sample, recipe_of({"steps": steps, "least_visible": 0}), seed)
    for box, points in zip(done.boxes, done.points, strict=True):
        known = points[points[:, 2] > 0][:, :2]
        assert (known >= box[:2] - 1e-6).all()
        assert (known <= box[2:] + 1e-6).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([{"use": "flop"}], "did you mean 'flip'"),
        ([{"use": "rotate", "by": "far"}], "rotate: by"),
        ([{"use": "rotate", "degrees": 3}], "its settings are by"),
        ([{"use": "flip", "chance": 2}], "2 is no chance"),
        ({"steps": [{"use": "flip"}], "border": "wild"}, "border"),
        ("flip", "is no recipe"),
        ([{"chance": 1}], "names no transform"),
        ([{"use": "crop", "smallest": float("nan")}], "smallest"),
    ],
)
def test_a_wrong_recipe_is_one_sentence(data: object, said: str) -> None:
    with pytest.raises(SettingError) as error:
        recipe_of(data)
    assert said in str(error.value)


def test_recipes_are_plain_data() -> None:
    recipe = recipe_of({"steps": [{"use": "rotate", "by": 7, "chance": 0.4}, {"use": "quarter_turn"}], "swap": [["a", "b"]]})
    assert recipe_of(recipe.to_data()) == recipe
    assert [step.chance for step in recipe] == [0.4, 1.0]


def test_every_transform_has_a_form() -> None:
    for name in TRANSFORMS:
        form = TRANSFORMS[name].form()
        assert form["description"]
        assert all(one["description"] for one in form.get("properties", {}).values()), name
