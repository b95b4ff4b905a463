"""Each family is held against a plain decoding of the same raw output, written for the test with loops."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models import ZOO, Package, Silent, open_runtime, pull
from trackside.models.families import FAMILIES, Candidates
from trackside.models.families.blazepose import anchors, decode_landmarks, decode_people, refined
from trackside.models.families.fastestdet import decode_grid
from trackside.models.families.yolox import decode_cells, grid_cells
from trackside.models.runtimes import Arrays

Found = list[tuple[float, float, float, float, float, int]]


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _assert_same(found: Candidates, expected: Found) -> None:
    assert len(found) == len(expected)
    order = sorted(range(len(found)), key=lambda row: tuple(found.boxes[row]))
    rows = np.array(sorted(expected), np.float64).reshape(-1, 6)
    np.testing.assert_allclose(found.boxes[order], rows[:, :4], rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(found.scores[order], rows[:, 4], rtol=1e-5)
    np.testing.assert_array_equal(found.classes[order], rows[:, 5])


def _plain_fastestdet(head: NDArray[np.float32], size: int, threshold: float) -> Found:
    found: Found = []
    _, rows, columns = head.shape
    for row in range(rows):
        for column in range(columns):
            cell = [float(v) for v in head[:, row, column]]
            best = max(range(80), key=lambda k: cell[5 + k])
            score = cell[0] ** 0.6 * cell[5 + best] ** 0.4
            if score < threshold:
                continue
            cx, cy = (column + math.tanh(cell[1])) / columns * size, (row + math.tanh(cell[2])) / rows * size
            w, h = _sigmoid(cell[3]) * size, _sigmoid(cell[4]) * size
            found.append((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, score, best))
    return found


def _plain_yolox(head: NDArray[np.float32], size: int, threshold: float) -> Found:
    found: Found = []
    row = 0
    for stride in (8, 16, 32):
        for y in range(size // stride):
            for x in range(size // stride):
                cell = [float(v) for v in head[row]]
                row += 1
                best = max(range(80), key=lambda k: cell[5 + k])
                score = cell[4] * cell[5 + best]
                if score < threshold:
                    continue
                cx, cy = (x + cell[0]) * stride, (y + cell[1]) * stride
                w, h = math.exp(cell[2]) * stride, math.exp(cell[3]) * stride
                found.append((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, score, best))
    assert row == len(head)
    return found


PLAIN = {"fastestdet": _plain_fastestdet, "yolox-nano": _plain_yolox}


@pytest.mark.parametrize("name", list(PLAIN))
@pytest.mark.parametrize("threshold", [0.02, 0.35])
def test_a_real_head_is_read_as_by_plain_loops(
    name: str, threshold: float, shared_models: Path, vtest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cv2

    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    package = pull(name, reporter=Silent())
    _, frame = cv2.VideoCapture(str(vtest)).read()
    size = package.card.geometry.width
    picture = cv2.resize(frame, (size, size)).transpose(2, 0, 1)[None].astype(np.float32) * package.card.geometry.scale
    runtime = open_runtime(package)
    outputs = runtime.run({runtime.inputs[0].name: picture.astype(np.float32)})
    (found,) = FAMILIES[package.card.family].decoder(package.card)(outputs, threshold)
    (head,) = outputs.values()
    expected = PLAIN[name](head[0], size, threshold)
    assert len(expected) > 3
    _assert_same(found, expected)


@pytest.mark.parametrize("seed", range(5))
def test_random_heads_are_read_as_by_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = rng.random((85, 4, 4), np.float32)
    grid[1:5] = rng.normal(size=(4, 4, 4)) * 3
    _assert_same(decode_grid(grid, 64, 64, 0.5), _plain_fastestdet(grid, 64, 0.5))
    rows = rng.random((84, 85), np.float32)
    rows[:, :4] = rng.normal(size=(84, 4))
    _assert_same(decode_cells(rows, grid_cells(64, 64), 0.5), _plain_yolox(rows, 64, 0.5))


def test_wanted_classes_are_those_that_filtering_afterwards_leaves() -> None:
    rng = np.random.default_rng(1)
    grid, rows = rng.random((85, 6, 6), np.float32), rng.random((84, 85), np.float32)
    wanted = np.array([3, 40, 77])
    cells = grid_cells(64, 64)
    pairs = [
        (decode_grid(grid, 96, 96, 0.3), decode_grid(grid, 96, 96, 0.3, wanted)),
        (decode_cells(rows, cells, 0.3), decode_cells(rows, cells, 0.3, wanted)),
    ]
    for everything, some in pairs:
        assert len(some) < len(everything)
        np.testing.assert_array_equal(some.boxes, everything.boxes[np.isin(everything.classes, wanted)])


def test_heads_with_nothing_or_rubbish_give_nothing() -> None:
    empty, rubbish = np.zeros((85, 4, 4), np.float32), np.full((85, 4, 4), np.nan, np.float32)
    assert len(decode_grid(empty, 64, 64, 0.3)) == len(decode_grid(rubbish, 64, 64, 0.3)) == 0
    assert len(decode_cells(np.full((84, 85), np.nan, np.float32), grid_cells(64, 64), 0.3)) == 0


def test_a_head_of_another_size_than_on_the_card_is_refused() -> None:
    decode = FAMILIES["yolox"].decoder(ZOO["yolox-nano"].card)
    with pytest.raises(ModelError, match="84 cells"):
        decode({"output": np.zeros((1, 84, 85), np.float32)}, 0.3)


def test_anchors_are_those_of_the_published_graph() -> None:
    expected = []
    # SsdAnchorsCalculator: consecutive layers of one stride share a grid; each layer gives two anchors a cell.
    for stride, layers in ((8, 1), (16, 1), (32, 3)):
        cells = 224 // stride
        for y in range(cells):
            for x in range(cells):
                expected += [((x + 0.5) / cells, (y + 0.5) / cells)] * (2 * layers)
    assert len(expected) == 2254
    np.testing.assert_allclose(anchors(224), expected, rtol=1e-6)


def test_people_are_read_as_by_plain_loops() -> None:
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(1, 2254, 12)).astype(np.float32) * 20
    logits = rng.normal(size=(1, 2254, 1)).astype(np.float32) * 2 - 4
    logits[0, 7] = 1e6
    found = decode_people({"b": raw, "s": logits}, 224, 0.5)
    row = 0
    for k, (x, y) in enumerate(anchors(224) * 224):
        score = _sigmoid(max(-100.0, min(100.0, float(logits[0, k, 0]))))
        if score < 0.5:
            continue
        cx, cy, w, h = raw[0, k, :4] + [x, y, 0, 0]
        np.testing.assert_allclose(found.boxes[row], [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], atol=1e-3)
        np.testing.assert_allclose(found.points[row], raw[0, k, 4:].reshape(4, 2) + np.array([x, y]), atol=1e-3)
        assert found.scores[row] == pytest.approx(score, abs=1e-5)
        row += 1
    assert row == len(found.scores) > 10


def _crop(video: Path, number: int, box: tuple[int, int, int], pixels: int) -> NDArray[np.float32]:
    """A square of a frame (left, top, side) as RGB from 0 to 1, [1, pixels, pixels, 3]."""
    import cv2

    reader = cv2.VideoCapture(str(video))
    reader.set(cv2.CAP_PROP_POS_FRAMES, number)
    left, top, side = box
    square = reader.read()[1][top : top + side, left : left + side, ::-1]
    return cv2.resize(np.ascontiguousarray(square), (pixels, pixels))[None].astype(np.float32) / 255


def _raw(package: Package, picture: NDArray[np.float32]) -> Arrays:
    runtime = open_runtime(package)
    return runtime.run({runtime.inputs[0].name: picture})


@pytest.mark.parametrize("threshold", [0.05, 0.5])
def test_people_in_a_real_picture_are_read_as_by_plain_loops(
    threshold: float, blazepose: tuple[Package, Package], demo_video: Path
) -> None:
    # The network wants -1 to 1. The woman walks in this square.
    outputs = _raw(blazepose[0], _crop(demo_video, 100, (700, 450, 544), 224) * 2 - 1)
    found = decode_people(outputs, 224, threshold)
    boxes, logits = (next(a for a in outputs.values() if a.shape == shape)[0] for shape in ((1, 2254, 12), (1, 2254, 1)))
    expected = []
    for k, (x, y) in enumerate(anchors(224) * 224):
        score = _sigmoid(float(logits[k, 0]))
        if score >= threshold:
            cx, cy, w, h = boxes[k, :4] + [x, y, 0, 0]
            points = [(boxes[k, 4 + 2 * p] + x, boxes[k, 5 + 2 * p] + y) for p in range(4)]
            expected.append(([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], points, score))
    assert expected
    assert len(found.scores) == len(expected)
    for row, (box, points, score) in enumerate(expected):
        np.testing.assert_allclose(found.boxes[row], box, atol=1e-3)
        np.testing.assert_allclose(found.points[row], points, atol=1e-3)
        assert found.scores[row] == pytest.approx(score, abs=1e-5)


def test_landmarks_of_a_real_person_are_read_as_by_plain_loops(blazepose: tuple[Package, Package], demo_video: Path) -> None:
    outputs = _raw(blazepose[1], _crop(demo_video, 100, (700, 450, 544), 256))
    found = decode_landmarks(outputs)
    # The outputs by their shapes: 39 points of x, y, z, visibility and presence; heat maps; the flag.
    values, heat, flag = (
        next(a for a in outputs.values() if a.shape == shape)[0] for shape in ((1, 195), (1, 64, 64, 39), (1, 1))
    )
    raw = [[float(values[5 * k + c]) for c in range(5)] for k in range(35)]
    moved = _plain_refined(np.array([row[:2] for row in raw], np.float32), heat[:, :, :35], 256)
    np.testing.assert_allclose(found.points, moved[:33], atol=1e-2)
    np.testing.assert_allclose(found.alignment, moved[33:], atol=1e-2)
    np.testing.assert_allclose(found.visibility, [_sigmoid(row[3]) for row in raw[:33]], atol=1e-5)
    np.testing.assert_allclose(found.presence, [_sigmoid(row[4]) for row in raw[:33]], atol=1e-5)
    assert found.flag == pytest.approx(float(flag[0]))
    assert found.flag > 0.9


def _plain_refined(points: NDArray[np.float32], heat: NDArray[np.float32], size: int) -> list[list[float]]:
    height, width, _ = heat.shape
    out = []
    for k, (x, y) in enumerate(points):
        column, row = math.floor(x / size * width), math.floor(y / size * height)
        total = sx = sy = best = 0.0
        if 0 <= column < width and 0 <= row < height:
            for r in range(max(0, row - 3), min(height, row + 4)):
                for c in range(max(0, column - 3), min(width, column + 4)):
                    weight = _sigmoid(float(heat[r, c, k]))
                    total, sx, sy, best = total + weight, sx + weight * c, sy + weight * r, max(best, weight)
        moved = best >= 0.5
        out.append([sx / total / width * size, sy / total / height * size] if moved else [float(x), float(y)])
    return out


def test_points_are_moved_by_their_heat_as_by_plain_loops() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform(-20, 276, (33, 2)).astype(np.float32)
    heat = rng.normal(size=(64, 64, 33)).astype(np.float32) * 2 - 5
    expected = _plain_refined(points, heat, 256)
    np.testing.assert_allclose(refined(points, heat, 256), expected, atol=1e-2)
    stayed = np.isclose(expected, points, atol=1e-4).all(axis=1)
    assert 0 < stayed.sum() < 33


def _generic(decoding: dict[str, Any]) -> Any:
    from trackside.models.card import parse_card

    files = [{"name": "net.onnx", "sha256": "0" * 64, "bytes": 1}]
    data = {"name": "a", "task": "detection", "family": "generic", "runtime": "onnx", "licence": "MIT", "files": files}
    card = parse_card({**data, "geometry": {"width": 100, "height": 50}, "decoding": decoding}, where="test")
    return FAMILIES["generic"].decoder(card)


BOX = [10.0, 20.0, 30.0, 60.0]
SCORED = {"b": [[BOX, BOX]], "s": [[[0.9, 0.2], [0.1, 0.3]]]}


@pytest.mark.parametrize(
    ("decoding", "outputs"),
    [
        ({"boxes": "b", "scores": "s"}, SCORED),
        ({"boxes": "b", "scores": "s", "box": "cxcywh"}, {"b": [[[20, 40, 20, 40]] * 2], "s": SCORED["s"]}),
        ({"boxes": "b", "scores": "s", "box": "xywh"}, {"b": [[[10, 20, 20, 40]] * 2], "s": SCORED["s"]}),
        ({"boxes": "b", "scores": "s", "normalised": True}, {"b": [[[0.1, 0.4, 0.3, 1.2]] * 2], "s": SCORED["s"]}),
        ({"boxes": "b", "scores": "s", "activation": "sigmoid"}, {"b": SCORED["b"], "s": [[[2.2, -9], [-9, -9]]]}),
        ({"boxes": "b", "scores": "s", "classes": "c", "nms": True}, {"b": [[BOX] * 2], "s": [[0.9, 0]], "c": [[0, -1]]}),
        ({"boxes": "b", "scores": "s", "classes": "c", "first_class": 1}, {"b": [[BOX]], "s": [[0.9]], "c": [[1]]}),
        ({"combined": "o"}, {"o": [[[*BOX, 0.9, 0.1], [*BOX, 0.2, 0.1]]]}),
        ({"combined": "o", "transposed": True}, {"o": [[[v] for v in (*BOX, 0.9, 0.1)]]}),
        ({"combined": "o", "columns": "objectness+scores"}, {"o": [[[*BOX, 0.95, 0.947, 0.1]]]}),
        ({"combined": "o", "columns": "score+class"}, {"o": [[[*BOX, 0.9, 0]]]}),
    ],
)
def test_a_card_describes_how_outputs_are_read(decoding: dict[str, Any], outputs: dict[str, Any]) -> None:
    arrays = {name: np.array(value, np.float32) for name, value in outputs.items()}
    (found,) = _generic(decoding)(arrays, 0.5)
    np.testing.assert_allclose(found.boxes, [BOX], rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9], atol=1e-3)
    np.testing.assert_array_equal(found.classes, [0])


def test_an_output_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ModelError, match="its outputs are boxes, scores"):
        _generic({"combined": "o"})({"boxes": np.zeros(1), "scores": np.zeros(1)}, 0.5)
