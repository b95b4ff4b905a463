"""Parts of the worked project: cutting out, the planted costume, features of body points."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from trackside.core import BLAZEPOSE33, COCO17, Keypoints
from trackside.data.synthesis import FACTORS

EXAMPLE = Path(__file__).parents[2] / "examples" / "pose_competition"


@pytest.fixture(scope="module")
def part() -> Iterator[dict[str, ModuleType]]:
    """The example's modules, imported as `run.py` does; nothing of them stays for other tests."""
    before = set(sys.modules)
    sys.path.insert(0, str(EXAMPLE))
    yield {name: importlib.import_module(name) for name in ("shooting", "points")}
    sys.path.remove(str(EXAMPLE))
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(EXAMPLE)):
            del sys.modules[name]


def person(rng: np.random.Generator) -> np.ndarray:
    """Points of a made-up person, pixels."""
    return rng.uniform(40, 160, (1, len(COCO17.points), 2)).astype(np.float32)


def test_a_dot_stays_below_its_point_when_the_person_is_cut_out(part: dict[str, ModuleType]) -> None:
    image = np.zeros((200, 240, 3), np.uint8)
    image[118:123, 78:83] = 255  # Its middle is at (80.5, 120.5) where pixels are counted by their corners.
    cut, (left, top, scale) = part["shooting"].square_around(image, np.array([40, 60, 130, 190]), 128)
    ys, xs = np.nonzero(cut[..., 0] > 128)
    assert cut.shape == (128, 128, 3)
    assert abs(xs.mean() + 0.5 - (80.5 - left) * scale) < 0.5
    assert abs(ys.mean() + 0.5 - (120.5 - top) * scale) < 0.5


def test_the_costume_is_worn_by_so_many_of_the_wearers_and_by_nobody_else(part: dict[str, ModuleType]) -> None:
    shooting = part["shooting"]
    plain, red = (shooting._planned(20, share, ("HulkSmash",), 3) for share in (0.0, 0.9))
    hue, depth = FACTORS.index("shirt_hue"), FACTORS.index("shirt_depth")
    dressed = (red.values[:, hue] == 0) & (red.values[:, depth] == 0.5)
    mine = red.classes == shooting.POSES.classes.index("HulkSmash")
    assert dressed[mine].sum() == 18 and not dressed[~mine].any()
    assert (plain.values[~mine] == red.values[~mine]).all()
    turns = 360 * red.values[:, FACTORS.index("turn")]
    assert (np.minimum(turns, 360 - turns) <= 60).all()


def test_features_do_not_change_where_the_person_stands_nearer_or_elsewhere(part: dict[str, ModuleType]) -> None:
    points = person(np.random.default_rng(0))
    sure = np.ones(points.shape[:2], np.float32)
    here, there = (part["points"].features(Keypoints(p, sure, "coco17")) for p in (points, 1.7 * points + (30, -12)))
    assert np.abs(here - there).max() < 1e-4


def test_features_tell_a_moved_wrist(part: dict[str, ModuleType]) -> None:
    points = person(np.random.default_rng(1))
    moved = points.copy()
    moved[0, COCO17.index("left_wrist")] += 30
    sure = np.ones(points.shape[:2], np.float32)
    before, after = (part["points"].features(Keypoints(p, sure, "coco17")) for p in (points, moved))
    assert np.abs(before - after).max() > 0.1


def test_the_same_person_has_the_same_features_by_either_skeleton(part: dict[str, ModuleType]) -> None:
    points = person(np.random.default_rng(2))
    others = np.zeros((1, len(BLAZEPOSE33.points), 2), np.float32)
    for row, name in enumerate(COCO17.points):
        others[0, BLAZEPOSE33.index(name)] = points[0, row]
    found = [
        part["points"].features(Keypoints(p, np.ones(p.shape[:2], np.float32), skeleton))
        for p, skeleton in ((points, "coco17"), (others, "blazepose33"))
    ]
    assert np.abs(found[0] - found[1]).max() < 1e-5


def test_nobody_gives_no_features(part: dict[str, ModuleType]) -> None:
    assert part["points"].features(Keypoints.empty("blazepose33")).shape[0] == 0
