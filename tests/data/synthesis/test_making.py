"""The data set: a COCO file that reads back, balanced so that nothing but the pose tells the class."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from trackside.core import COCO17, InputError, OutputError, SettingError
from trackside.data.reading import read_dataset
from trackside.data.synthesis import (
    FACTORS,
    Settings,
    builtin_poses,
    design,
    drawn_places,
    pictures_of,
    places_of_folder,
    poses_of_dataset,
    read_poses,
    synthesize,
)

SMALL = Settings(size=64)


@pytest.mark.parametrize(("count", "classes"), [(60, 6), (200, 5), (90, 3)])
def test_every_factor_has_the_same_values_in_every_class(count: int, classes: int) -> None:
    plan = design(count, classes, FACTORS, 3)
    each = [np.sort(plan.values[plan.classes == label], axis=0) for label in range(classes)]
    assert all(np.array_equal(each[0], other) for other in each[1:])
    # A Latin hypercube: one value in each stratum.
    assert np.array_equal(
        np.floor(each[0] * (count // classes)), np.repeat(np.arange(count // classes)[:, None], len(FACTORS), 1)
    )


def test_an_uneven_count_differs_by_one_at_most_and_factors_go_their_own_ways() -> None:
    plan = design(500, 6, FACTORS, 0)
    assert np.ptp(np.bincount(plan.classes)) == 1
    correlations = np.corrcoef(plan.values.T) - np.eye(len(FACTORS))
    assert np.abs(correlations).max() < 0.25
    assert len(set(plan.seeds.tolist())) == 500
    assert not np.array_equal(design(500, 6, FACTORS, 1).values, plan.values)


def shortcut_score(values: np.ndarray, labels: np.ndarray) -> float:
    """Share of right answers, out of fold, of the five nearest neighbours on a few numbers of a picture."""
    scaled = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
    distances = ((scaled[:, None] - scaled[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    near = labels[np.argsort(distances, axis=1)[:, :5]]
    votes = np.stack([(near == label).sum(axis=1) for label in np.unique(labels)], axis=1)
    return float((votes.argmax(axis=1) == labels).mean())


def test_border_colour_and_brightness_do_not_tell_the_pose_but_the_points_do() -> None:
    count, poses = 240, builtin_poses(["standing", "squatting", "throwing", "diving_start"])
    plan = design(count, 4, FACTORS, 11)
    pictures = list(pictures_of(plan, poses, drawn_places(15, 11), SMALL))
    labels = np.array([picture.pose for picture in pictures])
    border = np.array(
        [
            np.concatenate([p.image[:4].mean(axis=(0, 1)), p.image[:, :4].mean(axis=(0, 1)), [p.image.mean()]])
            for p in pictures
        ]
    )
    points = np.stack([(p.points[:, :2] - p.points[:, :2].mean(axis=0)).ravel() for p in pictures])
    # Chance is 0.25; three standard errors of 240 answers are 0.084.
    assert shortcut_score(border, labels) < 0.25 + 0.084
    assert shortcut_score(points, labels) > 0.75


def test_a_planted_shortcut_would_be_seen() -> None:
    """The measure above can fail: if one pose stood on brighter pictures, it would tell."""
    plan = design(80, 2, FACTORS, 2)
    pictures = list(pictures_of(plan, builtin_poses(["standing", "walking"]), drawn_places(10, 2), SMALL))
    labels = np.array([picture.pose for picture in pictures])
    bright = np.array([[p.image.mean() + 120 * p.pose] for p in pictures])
    assert shortcut_score(bright, labels) > 0.8


def test_the_written_set_reads_back_as_labelled(tmp_path: Path) -> None:
    made = synthesize(tmp_path / "people", count=18, settings=Settings(size=96, masks=True), seed=4)
    again = read_dataset(tmp_path / "people")
    assert again.troubles == ()
    assert len(again) == 18
    assert again.keypoints == COCO17.points
    assert np.array_equal(again.annotations.points, made.annotations.points)
    assert np.allclose(again.annotations.boxes, made.annotations.boxes)
    assert [again.label_name(row) for row in range(18)] == [made.label_name(row) for row in range(18)]
    assert all(extra["synthetic"] is True for extra in again.items.extras)
    assert list(again.items.groups) == list(made.items.groups)
    told = json.loads((tmp_path / "people" / "annotations.json").read_text())
    assert told["info"]["synthetic"] is True
    assert told["annotations"][0]["segmentation"]["size"] == [96, 96]
    assert all((tmp_path / "people" / name).is_file() for name in again.items.names)


def test_threads_change_nothing_but_the_time(tmp_path: Path) -> None:
    for name, threads in (("one", 1), ("four", 4)):
        synthesize(tmp_path / name, count=6, settings=SMALL, seed=9, threads=threads)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "four" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_few_labelled_examples_become_many_pictures(tmp_path: Path) -> None:
    """The promise: poses of a labelled data set, lifted and drawn again, keep their class apart from others."""
    poses = builtin_poses(["standing", "diving_start"])
    made = synthesize(tmp_path / "few", poses=poses, count=4, settings=Settings(size=160, spread=0, occluded=0), seed=1)
    found = poses_of_dataset(made)
    assert set(found.classes) == {"standing", "diving_start"}
    many = synthesize(tmp_path / "many", poses=found, count=8, settings=SMALL, seed=2)
    assert len(many) == 8
    assert read_poses(tmp_path / "few").classes == found.classes


def test_real_pictures_become_backgrounds(tmp_path: Path, shared_data: Path) -> None:
    places = places_of_folder(shared_data / "hymenoptera", 3, 0)
    assert len(places) == 3
    made = synthesize(tmp_path / "out", count=12, settings=SMALL, backgrounds=shared_data / "hymenoptera")
    assert {str(group) for group in made.items.groups} <= {
        f"background {place.name}" for place in places_of_folder(shared_data / "hymenoptera", 400, 0)
    }


def test_backgrounds_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match="no picture"):
        places_of_folder(tmp_path, 5, 0)
    cv2.imwrite(str(tmp_path / "fine.png"), np.zeros((3, 5, 3), np.uint8))
    assert [place.name for place in places_of_folder(tmp_path, 5, 0)] == ["fine.png"]
    with pytest.raises(InputError, match="no such folder"):
        places_of_folder(tmp_path / "absent", 5, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"settings": Settings(size=8)},
        {"settings": Settings(spread=-1)},
        {"settings": Settings(occluded=float("nan"))},
    ],
)
def test_settings_out_of_range_are_one_sentence(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        synthesize(tmp_path / "out", **{"count": 3, "settings": SMALL, **wrong})  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_somebodys_folder_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        synthesize(tmp_path, count=3, settings=SMALL)
    with pytest.raises(InputError):
        read_poses(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="did you mean"):
        read_poses("builtin:standin")
