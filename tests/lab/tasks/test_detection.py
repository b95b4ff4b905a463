from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lab.tasks.making import boxed, tiny
from trackside.core import InputError
from trackside.lab.tasks.average_precision import average_precision, overlaps
from trackside.lab.tasks.boxes import CentreLoss, decode
from trackside.lab.tasks.preparing import prepare
from trackside.models import check_package, load_package, open_runtime
from trackside.models.families import FAMILIES

DETECTION = "object-detection"


def perfect(boxes: list[list[float]], classes: list[int], stride: int = 8, wide: int = 4, count: int = 2) -> torch.Tensor:
    """Outputs of a network that knows the answer."""
    outputs = torch.zeros(1, wide * wide, 4 + count)
    outputs[..., 4:] = -12
    for (x1, y1, x2, y2), number in zip(boxes, classes, strict=True):
        cx, cy = (x1 + x2) / 2 / stride, (y1 + y2) / 2 / stride
        place = int(cy) * wide + int(cx)
        size = [math.log((x2 - x1) / stride), math.log((y2 - y1) / stride)]
        outputs[0, place, :4] = torch.tensor([cx - int(cx), cy - int(cy), *size])
        outputs[0, place, 4 + number] = 12
    return outputs


def test_decoding_undoes_what_the_loss_asks_for() -> None:
    boxes = [[2.0, 3.0, 12.0, 9.0], [18.0, 16.0, 30.0, 31.0]]
    outputs = perfect(boxes, [0, 1])
    found, scores = decode(outputs, 8, 4)
    best = scores[0].max(dim=1).values.topk(2).indices.sort().values
    assert torch.allclose(found[0, best], torch.tensor(boxes), atol=1e-4)
    targets = torch.tensor([[[*boxes[0], 0.0], [*boxes[1], 1.0], [-1.0] * 5]])
    loss = CentreLoss(8, 4)
    good = float(loss(outputs, targets))
    assert good < 1e-3
    assert float(loss(outputs.roll(1, dims=1), targets)) > 10 * max(good, 0.1)


def test_a_picture_without_objects_has_a_loss_for_what_is_invented() -> None:
    nothing = torch.full((1, 1, 5), -1.0)
    quiet, loud = torch.zeros(1, 16, 6), torch.zeros(1, 16, 6)
    quiet[..., 4:] = -12
    assert float(CentreLoss(8, 4)(quiet, nothing)) < 1e-3 < float(CentreLoss(8, 4)(loud, nothing))


def test_average_precision_counts_each_object_once() -> None:
    truth = torch.tensor([[[0.0, 0, 10, 10, 0], [20, 20, 30, 30, 0]]])
    boxes = torch.tensor([[[0.0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]]])
    assert average_precision(boxes, torch.tensor([[[0.9], [0.1], [0.8]]]), truth) == pytest.approx(1.0)
    # The duplicate comes second, so the second object is found at a precision of 2/3.
    assert average_precision(boxes, torch.tensor([[[0.9], [0.8], [0.5]]]), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(boxes, torch.zeros(1, 3, 1), truth) == 0.0
    assert math.isnan(average_precision(boxes, torch.ones(1, 3, 1), truth[:, :0]))


def test_overlaps_are_shares_of_the_union() -> None:
    one, other = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [5, 5, 6, 6]])
    assert torch.allclose(overlaps(one, other), torch.tensor([[1 / 3, 0.0]]))


def test_boxes_scale_with_the_picture_and_move_with_augmentation(tmp_path: Path) -> None:
    dataset = boxed(tmp_path)
    ready = prepare(dataset, task=DETECTION, recipe=tiny(DETECTION, side=64, augment=({"use": "flip"},)))
    told = dataset.annotations.boxes[int(dataset.in_split("train")[0])] * 2  # 32 pixels are seen as 64
    plain = ready.plain[0][0][1].numpy()[0]
    assert np.allclose(plain[:4], told)
    mirrored = ready.training.train.dataset[0][1].numpy()[0]  # type: ignore[attr-defined]
    assert np.allclose(mirrored[:4], [64 - told[2], told[1], 64 - told[0], told[3]])


def test_a_package_of_the_generic_family_gives_what_the_network_gives(tmp_path: Path) -> None:
    ready = prepare(boxed(tmp_path), task=DETECTION, recipe=tiny(DETECTION, side=32))
    folder = ready.export(tmp_path / "model").folder
    package = load_package(folder)
    assert check_package(folder).verdict.value == "ok"
    pictures = torch.zeros(1, 3, 32, 32)
    outputs = open_runtime(package).run({"inputs": pictures.numpy()})
    [found] = FAMILIES["generic"].decoder(package.card)(outputs, 0.0)
    with torch.no_grad():
        boxes, scores = decode(ready.whole.eval()(pictures), 8, 4)
    assert np.allclose(found.boxes, boxes[0].numpy(), atol=1e-3)
    assert np.allclose(found.scores, scores[0].max(dim=1).values.numpy(), atol=1e-4)


def test_broken_boxes_are_named_and_left_out(tmp_path: Path) -> None:
    dataset = boxed(tmp_path)
    boxes = dataset.annotations.boxes.copy()
    boxes[0, 2] = np.nan
    boxes[1, 2] = boxes[1, 0]
    ready = prepare(
        replace(dataset, annotations=replace(dataset.annotations, boxes=boxes)),
        task=DETECTION,
        recipe=tiny(DETECTION, side=32),
    )
    assert [str(trouble) for trouble in ready.left] == [
        "0.png: a box is not four finite numbers; it was left out",
        "1.png: a box is empty or upside down; it was left out",
    ]
    assert (ready.plain[0].__getitems__([0, 1])[1] == -1).all()


def test_a_set_without_boxes_is_refused(tmp_path: Path) -> None:
    dataset = boxed(tmp_path)
    bare = replace(dataset, annotations=dataset.annotations.take(np.array([], int)))
    with pytest.raises(InputError, match="pictures with boxes"):
        prepare(bare, task=DETECTION, recipe=tiny(DETECTION, side=32))
