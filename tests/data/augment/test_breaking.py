"""Recipes that break labels are told, those that do not stay silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trackside.core import COCO17, InputError
from trackside.data.annotations import Annotations
from trackside.data.augment import LabelWarning, label_risk, recipe_of, warnings_of
from trackside.data.dataset import Dataset
from trackside.data.items import Items


def classes_of(*names: str, each: int = 2, **columns: object) -> Dataset:
    labels = np.repeat(np.arange(len(names)), each).astype(np.int32)
    items = Items.of([f"{n}.png" for n in range(len(labels))], labels=labels, **columns)
    return Dataset(Path("set"), items, classes=names)


def boxes_of(*names: str, box: tuple[float, ...] = (20, 20, 60, 60), keypoints: tuple[str, ...] = ()) -> Dataset:
    items = Items.of(["a.png"], sizes=[[100, 100]])
    points = np.full((1, len(keypoints), 3), 2.0)
    annotations = Annotations.of([0], classes=[0], boxes=[box], points=points)
    return Dataset(Path("set"), items, annotations, names, keypoints)


def told(dataset: Dataset, *steps: dict[str, object], **more: object) -> tuple[LabelWarning, ...]:
    return warnings_of(dataset, recipe_of({"steps": list(steps), **more}))


DIGITS = tuple("0123456789")
GENTLE: tuple[dict[str, object], ...] = (
    {"use": "rotate", "by": 10},
    {"use": "scale", "by": 0.1},
    {"use": "translate", "by": 0.05},
    {"use": "shear", "by": 5},
    {"use": "perspective", "by": 0.05},
    {"use": "crop", "smallest": 0.8},
    {"use": "brightness"},
    {"use": "contrast"},
    {"use": "gamma", "by": 0.2},
    {"use": "saturation"},
    {"use": "hue", "by": 5},
    {"use": "blur"},
    {"use": "noise"},
    {"use": "jpeg"},
    {"use": "cutout"},
    {"use": "erase"},
)
HEALTHY = {
    "animals": (
        classes_of("ants", "bees", "blackbird", "cat"),
        (*GENTLE, *({"use": name} for name in ("flip", "mixup", "cutmix", "grey"))),
    ),
    "digits": (classes_of(*DIGITS), GENTLE),
    "letters": (classes_of(*"abcdefgh"), GENTLE),
    "hands with swap": (classes_of("left hand", "right hand"), GENTLE),
    "people": (boxes_of("person", keypoints=COCO17.points), (*GENTLE, {"use": "flip"})),
    "cells": (
        classes_of("mitosis", "normal"),
        (*GENTLE, *({"use": name} for name in ("flip", "flip_vertical", "quarter_turn")), {"use": "rotate", "by": 180}),
    ),
    "one coloured class": (classes_of("red panda", "giant panda"), (*GENTLE, {"use": "flip"}, {"use": "hue", "by": 30})),
    "symmetric letters": (classes_of(*"AHIMT"), (*GENTLE, {"use": "flip"})),
    "digits without a pair": (classes_of(*"01234"), (*GENTLE, {"use": "rotate", "by": 90})),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_healthy_recipes_stay_silent(name: str) -> None:
    dataset, steps = HEALTHY[name]
    assert [str(one) for one in told(dataset, *steps)] == []


def test_a_flip_of_swapped_classes_stays_silent() -> None:
    hands = classes_of("left hand", "right hand")
    assert told(hands, {"use": "flip"})
    assert not told(hands, {"use": "flip"}, swap=[["left hand", "right hand"]])


BROKEN = [
    (classes_of("left hand", "right hand"), {"use": "flip"}, "left hand"),
    (classes_of("turn right", "turn left", "stop"), {"use": "flip"}, "turn right"),
    (classes_of("arrow_left", "arrow_right"), {"use": "flip"}, "arrow_left"),
    (classes_of("arrow_left", "arrow_right"), {"use": "rotate", "by": 90}, "arrow_left"),
    (classes_of("clockwise", "counterclockwise"), {"use": "flip"}, "clockwise"),
    (classes_of("thumbs up", "thumbs down"), {"use": "flip_vertical"}, "thumbs up"),
    (classes_of(*DIGITS), {"use": "flip"}, "2 like 5"),
    (classes_of(*DIGITS), {"use": "flip_vertical"}, "6"),
    (classes_of(*DIGITS), {"use": "rotate", "by": 180}, "6 becomes 9"),
    (classes_of(*DIGITS), {"use": "quarter_turn"}, "6 becomes 9"),
    (classes_of("six", "nine", "three"), {"use": "quarter_turn", "turns": [2]}, "6 becomes 9"),
    (classes_of("letter b", "letter d"), {"use": "flip"}, "b like d"),
    (classes_of("character01", "character02"), {"use": "flip"}, "character01"),
    (classes_of("a", each=1, texts=["hello"]), {"use": "flip"}, "'hello'"),
    (classes_of("a", each=1, texts=["hello"]), {"use": "crop"}, "'hello'"),
    (boxes_of("person", keypoints=("nose", "left_eye", "left_ear")), {"use": "flip"}, "left_eye"),
    (boxes_of("fox", keypoints=("kp1", "kp2", "kp3")), {"use": "flip"}, "kp1"),
    (classes_of("red light", "green light"), {"use": "hue", "by": 60}, "red light"),
    (classes_of("ripe", "unripe"), {"use": "grey"}, "unripe"),
    (classes_of("pedestrian", "background"), {"use": "flip_vertical"}, "pedestrian"),
    (boxes_of("human", keypoints=COCO17.points), {"use": "rotate", "by": 170}, "left_hip"),
    (boxes_of("cat", box=(0, 0, 15, 15)), {"use": "crop", "smallest": 0.1}, "of 20 draws"),
    (boxes_of("cat"), {"use": "mixup"}, "1 boxes"),
    (classes_of("small dog", "big dog"), {"use": "scale"}, "small dog"),
    (classes_of("day", "night"), {"use": "brightness", "by": 0.6}, "night"),
    (classes_of("blurry", "sharp"), {"use": "blur"}, "blurry"),
    (classes_of("ants", "bees"), {"use": "crop", "smallest": 0.05}, "5%"),
    (classes_of("ants", "bees"), {"use": "erase", "largest": 0.9}, "90%"),
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "step", "evidence"), BROKEN)
def test_what_breaks_labels_is_told_with_its_evidence(dataset: Dataset, step: dict[str, object], evidence: str) -> None:
    found = told(dataset, {"use": "contrast"}, step)
    assert {one.step for one in found} == {2}
    assert any(evidence in one for warning in found for one in warning.evidence), [str(one) for one in found]
    assert all(one.fix and one.what for one in found)
    assert not told(dataset, {"use": "contrast"}, {**step, "chance": 0})


@pytest.mark.parametrize(
    "dataset", [Dataset(Path(), Items.of([])), classes_of("a"), classes_of(*(f"class {n}" for n in range(100_000)), each=1)]
)
def test_sets_that_are_empty_or_huge_are_no_trouble(dataset: Dataset) -> None:
    assert all(
        isinstance(str(one), str)
        for one in told(dataset, {"use": "flip"}, {"use": "crop"}, {"use": "rotate", "by": 180}, {"use": "hue"})
    )


def arrows(count: int, seed: int, mirror: bool = False) -> tuple[Dataset, list[np.ndarray]]:
    """Arrows to the left and to the right, of many sizes, on noise; or, as a healthy set, crosses and rings."""
    import cv2

    rng = np.random.default_rng(seed)
    pictures = []
    for number in range(2 * count):
        image = rng.integers(0, 60, (48, 48, 3), np.uint8)
        x, y, side = (int(v) for v in (*rng.integers(18, 31, 2), rng.integers(9, 16)))
        ink = tuple(int(v) for v in rng.integers(140, 256, 3))
        if mirror:
            tip = x + (side if number % 2 else -side)
            cv2.arrowedLine(image, (2 * x - tip, y), (tip, y), ink, 3, tipLength=0.6)
        elif number % 2:
            cv2.circle(image, (x, y), side - 2, ink, 3)
        else:
            cv2.drawMarker(image, (x, y), ink, cv2.MARKER_CROSS, 2 * side - 4, 3)
        pictures.append(image)
    labels = np.arange(2 * count, dtype=np.int32) % 2
    return Dataset(
        Path("set"), Items.of([f"{n}" for n in range(2 * count)], labels=labels), classes=("this", "that")
    ), pictures


def look(pictures: object) -> np.ndarray:
    """Gradients' directions over a coarse grid: enough to tell an arrow's head from its tail."""
    from trackside.data.features.plain import describe

    return np.stack([describe(picture) for picture in pictures])  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(4))
def test_measured_flipped_arrows_become_the_other_class_although_no_name_says_so(seed: int) -> None:
    dataset, pictures = arrows(40, seed, mirror=True)
    recipe = recipe_of([{"use": "flip"}])
    assert warnings_of(dataset, recipe) == ()
    risk = label_risk(dataset, recipe, look, pictures=pictures.__getitem__, seed=seed)
    assert risk.at_risk.all()
    assert risk.becomes.tolist() == [1, 0]
    assert (risk.plain > 0.8).all()
    assert "become good examples of that" in str(risk.warnings(dataset.classes)[0])


@pytest.mark.parametrize("seed", range(4))
def test_measured_flipped_arrows_with_swapped_labels_keep_them(seed: int) -> None:
    dataset, pictures = arrows(40, seed, mirror=True)
    recipe = recipe_of({"steps": [{"use": "flip"}], "swap": [["this", "that"]]})
    assert not label_risk(dataset, recipe, look, pictures=pictures.__getitem__, seed=seed).at_risk.any()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "step",
    [
        {"use": "flip"},
        {"use": "rotate"},
        {"use": "noise", "up_to": 0.3},
        {"use": "brightness"},
        {"use": "crop"},
        {"use": "erase"},
    ],
)
def test_measured_harmless_steps_stay_silent(step: dict[str, object], seed: int) -> None:
    dataset, pictures = arrows(40, seed + 10)
    risk = label_risk(dataset, recipe_of([step]), look, pictures=pictures.__getitem__, seed=seed)
    assert not risk.at_risk.any()
    assert risk.warnings(dataset.classes) == ()


def test_measuring_gives_the_same_answer_twice_and_takes_another_probe() -> None:
    dataset, pictures = arrows(12, 3)
    recipe = recipe_of([{"use": "rotate", "by": 180}])
    one, two = (label_risk(dataset, recipe, look, pictures=pictures.__getitem__, seed=9) for _ in "ab")
    assert np.array_equal(one.taken, two.taken)
    asked = []

    def always_one(known: object, labels: np.ndarray, questions: np.ndarray) -> np.ndarray:
        asked.append(len(questions))
        return np.ones(len(questions), np.int32)

    third = label_risk(dataset, recipe, look, always_one, pictures=pictures.__getitem__)
    assert sum(asked) == 2 * 24
    assert third.plain.tolist() == [0, 1]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_measuring_too_little_is_one_sentence(count: int) -> None:
    dataset, pictures = arrows(count, 0)
    with pytest.raises(InputError, match="fewer than two classes"):
        label_risk(dataset, recipe_of([{"use": "flip"}]), look, pictures=pictures.__getitem__)


def test_measuring_leaves_unreadable_pictures_out_and_refuses_features_that_are_none() -> None:
    dataset, pictures = arrows(20, 0)

    def sometimes(row: int) -> np.ndarray:
        if row % 5 == 0:
            raise InputError("cannot be read as a picture", where=str(row))
        return pictures[row]

    risk = label_risk(dataset, recipe_of([{"use": "contrast"}]), look, pictures=sometimes)
    assert risk.counts.sum() == 32
    with pytest.raises(InputError, match="features"):
        label_risk(
            dataset, recipe_of([{"use": "contrast"}]), lambda some: np.full((len(some), 4), np.nan), pictures=sometimes
        )


def test_measured_digits_turned_round_are_told_and_gentle_ones_are_not(shared_data: Path) -> None:
    import gzip

    folder = shared_data / "mnist_t10k"
    found = sorted(folder.rglob("*images*")), sorted(folder.rglob("*labels*"))
    if not all(found):
        pytest.skip(f"needs real digits: nothing in {folder}")
    images, labels = (gzip.decompress(files[0].read_bytes()) for files in found)
    grey = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    numbers = np.frombuffer(labels, np.uint8, offset=8).astype(np.int32)
    dataset = Dataset(Path("mnist"), Items.of([str(n) for n in range(len(numbers))], labels=numbers), classes=DIGITS)

    def picture(row: int) -> np.ndarray:
        return np.repeat(grey[row][..., None], 3, axis=2)

    half = label_risk(dataset, recipe_of([{"use": "quarter_turn", "turns": [2]}]), look, pictures=picture, seed=21)
    assert half.at_risk[6]
    assert half.at_risk[9]
    assert half.becomes[9] == 6
    for step in ({"use": "rotate", "by": 12}, {"use": "contrast"}, {"use": "shear"}):
        assert not label_risk(dataset, recipe_of([step]), look, pictures=picture, seed=22).at_risk.any()
