from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.lab.tasks.making import boxed, coloured, tiny
from trackside.core import InputError
from trackside.lab.fitting import fit
from trackside.lab.tasks.keypoints import PointLoss
from trackside.lab.tasks.metrics import point_error, position_error, share_of_points, turn_error
from trackside.lab.tasks.preparing import prepare
from trackside.lab.tasks.six_degrees import PoseLoss, upright
from trackside.models import check_package

KEYPOINTS, POSE = "keypoints", "six-degree-pose"


def posed(folder: Path, **changed: Any) -> Any:
    """SYNTHETIC: positions and turns without any tie to the pictures, for reading and refusing."""
    rng = np.random.default_rng(0)
    extras = [
        {"x": n % 2 * 4.0, "y": float(rng.normal()), "z": 2.0, "qw": 0.0, "qx": -0.6 * 2, "qy": 0.0, "qz": 0.8 * 2}
        for n in range(24)
    ]
    for number, one in changed.items():
        extras[int(number.removeprefix("item"))] |= one
    return coloured(folder, extras=extras)


def test_points_are_places_within_the_cut(tmp_path: Path) -> None:
    dataset = boxed(tmp_path)
    ready = prepare(dataset, task=KEYPOINTS, recipe=tiny(KEYPOINTS, side=32))
    row = int(dataset.in_split("train")[0])
    x1, y1, x2, y2 = dataset.annotations.boxes[row]
    half = max(x2 - x1, y2 - y1) * 1.25 / 2
    left, top = round((x1 + x2) / 2 - half), round((y1 + y2) / 2 - half)
    right, low = round((x1 + x2) / 2 + half), round((y1 + y2) / 2 + half)
    wanted = (dataset.annotations.points[row][:, :2] - [left, top]) / [right - left, low - top]
    assert np.allclose(ready.plain[0][0][1][:, :2].numpy(), wanted, atol=1e-6)


def test_a_mirror_exchanges_left_and_right_points(tmp_path: Path) -> None:
    ready = prepare(boxed(tmp_path), task=KEYPOINTS, recipe=tiny(KEYPOINTS, side=32, augment=({"use": "flip"},)))
    plain, mirrored = ready.plain[0][0][1], ready.training.train.dataset[0][1]  # type: ignore[attr-defined]
    assert torch.allclose(mirrored[0, :2], torch.stack([1 - plain[1, 0], plain[1, 1]]), atol=1e-5)


def test_points_leave_as_a_package(tmp_path: Path) -> None:
    ready = prepare(boxed(tmp_path), task=KEYPOINTS, recipe=tiny(KEYPOINTS, side=32))
    assert ready.export(tmp_path / "model").difference < 1e-3, "pixels"
    assert check_package(tmp_path / "model").verdict.value == "ok"


def test_points_that_are_no_numbers_are_named_and_count_as_unlabelled(tmp_path: Path) -> None:
    dataset = boxed(tmp_path)
    points = dataset.annotations.points.copy()
    points[0, 1, 0] = np.nan
    spoilt = replace(dataset, annotations=replace(dataset.annotations, points=points))
    ready = prepare(spoilt, task=KEYPOINTS, recipe=tiny(KEYPOINTS, side=32))
    assert [str(one) for one in ready.left] == ["0.png: 'right corner' is no finite place; it was left out"]
    assert ready.plain[0][0][1][:, 2].tolist() == [1.0, 0.0]
    assert prepare(dataset, task=KEYPOINTS, recipe=tiny(KEYPOINTS, side=32)).left == ()


def test_unlabelled_points_cost_nothing() -> None:
    targets = torch.tensor([[[0.5, 0.5, 1.0], [0.0, 0.0, 0.0]]])
    outputs = torch.tensor([[[0.5, 0.5, 20.0], [0.9, 0.9, -20.0]]])
    assert float(PointLoss()(outputs, targets)) < 1e-6
    assert point_error(outputs, targets) == 0.0
    assert share_of_points(outputs, targets) == 1.0
    assert float(PointLoss()(outputs + torch.tensor([0.1, 0, 0]), targets)) == pytest.approx(1.0, rel=1e-4)


def test_a_quaternion_and_its_negative_are_one_turn() -> None:
    rng = np.random.default_rng(1)
    turns = torch.nn.functional.normalize(torch.from_numpy(rng.normal(size=(5, 4))).float(), dim=1)
    places = torch.from_numpy(rng.normal(size=(5, 3))).float()
    one, other = torch.cat([places, turns], dim=1), torch.cat([places, -turns], dim=1)
    loss = PoseLoss((1.0, 1.0, 1.0), 1.0)
    assert float(loss(one, other)) < 1e-5
    assert turn_error(one, other) < 1e-3
    assert position_error(one, other) == 0.0
    assert upright(np.array([0.0, -0.6, 0.0, 0.8])).tolist() == [0.0, 0.6, 0.0, -0.8]


def test_a_right_angle_is_ninety_degrees() -> None:
    still = torch.tensor([[0.0, 0, 0, 1, 0, 0, 0]])
    turned = torch.tensor([[3.0, 4, 0, np.sqrt(0.5), np.sqrt(0.5), 0, 0]])
    assert turn_error(still, turned) == pytest.approx(90, abs=1e-4)
    assert position_error(still, turned) == pytest.approx(5)


def test_the_loss_has_gradients_where_it_is_zero() -> None:
    pose = torch.tensor([[0.0, 0, 0, 1, 0, 0, 0]], requires_grad=True)
    PoseLoss((1.0, 1.0, 1.0), 1.0)(pose, pose.detach().clone()).backward()
    assert pose.grad is not None
    assert bool(pose.grad.isfinite().all())


def test_positions_that_a_picture_tells_are_learnt_and_exported(tmp_path: Path, means: str) -> None:
    ready = prepare(posed(tmp_path), task=POSE, recipe=tiny(POSE, backbone=means, rate=0.05))
    target = ready.plain[0][0][1]
    assert target[3:].tolist() == pytest.approx([0.0, 0.6, 0.0, -0.8]), "unit length, first number positive"
    fitted = fit(ready.training, epochs=15, metrics=ready.metrics, progress=False)
    assert fitted.best is not None
    assert fitted.best.value < 1.7, "the colour tells x: 0 or 4; the mean alone is 2 off"
    assert ready.export(tmp_path / "model").difference < 1e-4
    assert check_package(tmp_path / "model").verdict.value == "ok"


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"x": "nan"}, "its x is 'nan', which is no finite number"),
        ({"qz": None}, "its qz is 'None'"),
        ({"qx": 0.0, "qz": 0.0}, "its quaternion is zero"),
    ],
)
def test_poses_that_are_none_are_named(tmp_path: Path, spoilt: dict[str, Any], says: str) -> None:
    ready = prepare(posed(tmp_path, item0=spoilt), task=POSE, recipe=tiny(POSE))
    assert ready.counts == (17, 6)
    assert says in str(ready.left[0])


def test_a_set_without_poses_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no x; the task needs pictures with the columns x, y, z"):
        prepare(coloured(tmp_path), task=POSE, recipe=tiny(POSE))
