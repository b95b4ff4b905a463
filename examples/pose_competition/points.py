"""A classifier on body points: normalised places and joint angles, and a small network on them.

Places and angles know nothing of shirts, light and background, so a few hundred people go far. In training the points come
from the synthesis, which knows them exactly, or from BlazePose, which also finds them in a real video.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from answering import picture_of
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from trackside.core import COCO17, SKELETONS, Keypoints
from trackside.data import Dataset
from trackside.lab import Training, fit
from trackside.lab.tasks.exporting import write_onnx
from trackside.lab.tasks.metrics import ACCURACY
from trackside.perception import joint_angles
from trackside.perception.pose import load_pose

Floats = NDArray[np.float32]
# The points that BlazePose and COCO share, without eyes and ears: the head's turn is no part of these poses.
_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
BODY = ("nose", *(f"{side}_{joint}" for joint in _JOINTS for side in ("left", "right")))
_BATCH = 64


def features(found: Keypoints) -> Floats:
    """float32 [n, f] of n people: 13 places around their middle in units of their spread, and angles as sine and cosine."""
    skeleton = SKELETONS[found.skeleton].points
    coco = found.points[:, [skeleton.index(name) for name in COCO17.points]]
    places = coco[:, [COCO17.index(name) for name in BODY]].astype(np.float64)
    places = places - places.mean(axis=1, keepdims=True)
    spread = np.sqrt((places**2).sum(axis=2).mean(axis=1))
    places = places / np.maximum(spread, 1e-6)[:, None, None]
    angles = joint_angles(Keypoints(coco, np.ones(coco.shape[:2], np.float32), "coco17"))
    turns = np.nan_to_num(np.radians(np.column_stack(list(angles.values()))))
    return np.asarray(
        np.concatenate([places.reshape(len(places), 2 * len(BODY)), np.sin(turns), np.cos(turns)], axis=1), np.float32
    )


def drawn_points(dataset: Dataset) -> Keypoints:
    """The synthesis' own points of every item, hidden ones too."""
    order = np.argsort(dataset.annotations.items, kind="stable")
    points = dataset.annotations.points[order]
    return Keypoints(points[..., :2].astype(np.float32), (points[..., 2] > 0).astype(np.float32), "coco17")


def blazepose_points(dataset: Dataset) -> Keypoints:
    """What BlazePose sees in every picture, given the person's box: scores are 0 where it sees nobody."""
    estimator = load_pose()
    found = []
    for item in range(len(dataset)):
        box = dataset.annotations.boxes[dataset.of_item(item)[:1]].astype(np.float32)
        found.append(estimator.on_boxes(picture_of(dataset, item), box))
    return Keypoints(np.concatenate([f.points for f in found]), np.concatenate([f.scores for f in found]), found[0].skeleton)


def classifier(inputs: int, classes: int) -> nn.Module:
    """Two layers; outputs are scores before any softmax."""
    return nn.Sequential(
        nn.Linear(inputs, 96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 48), nn.ReLU(), nn.Linear(48, classes)
    )


def training(
    values: Floats, labels: NDArray[np.int64], train: NDArray[np.intp], val: NDArray[np.intp], seed: int
) -> Training:
    """Model, loss, loaders and optimiser for `trackside.lab`: pre-flight, fitting and diagnosis all take it.

    Args:
        values: float32 [n, f].
        labels: int64 [n].
        train: rows to fit on.
        val: rows to measure on.
        seed: of the first weights.
    """
    torch.manual_seed(seed)
    model = classifier(values.shape[1], int(labels.max()) + 1)
    parts = [TensorDataset(torch.from_numpy(values[rows]), torch.from_numpy(labels[rows])) for rows in (train, val)]
    loaders = DataLoader(parts[0], _BATCH, shuffle=True), DataLoader(parts[1], _BATCH)
    return Training(model, nn.CrossEntropyLoss(), *loaders, torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.02))


def fitted(plan: Training, epochs: int) -> nn.Module:
    """The network after so many epochs; the last one, so that no epoch is chosen by the validation part."""
    held_out, plan.validation = plan.validation, None
    model = fit(plan, epochs=epochs, schedule="cosine", metrics=[ACCURACY], progress=False).model.eval()
    plan.validation = held_out
    return model


def probabilities(model: nn.Module, values: Floats) -> Floats:
    """float32 [n, classes]."""
    with torch.no_grad():
        return np.asarray(model(torch.from_numpy(values)).softmax(dim=1).numpy(), np.float32)


def export(model: nn.Module, inputs: int, classes: tuple[str, ...], folder: Path) -> Path:
    """Write the network as ONNX with its class names beside it: what the block `competition.name_points@1` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    network = nn.Sequential(model, nn.Softmax(dim=1)).eval()
    write_onnx(network, torch.zeros(1, inputs), folder / "network.onnx", "probabilities")
    (folder / "model.json").write_text(json.dumps({"classes": classes, "features": inputs}), "utf-8")
    return folder
