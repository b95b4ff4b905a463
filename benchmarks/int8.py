"""Claim: INT8 pays where the arithmetic is dense, keeps the answers once the worst layers stay at FP32, and says where it
does not pay.

Speed: `trackside.models.quantise.measure`, FP32 and INT8 in turns, at 1 and 2 threads; batch 1, 4 and 16 where the network's
batch is free. `fastestdet` and `yolox-nano` have their published weights and a batch of 1. The dense networks (416 x 416,
4.5 GFLOP) have the widths of YOLOX-tiny and chance weights (synthetic): they tell speed, never accuracy.

Answers: frames of `vtest.avi`, of which every third stretch of time is held out; FP32 is the reference.
Once with all layers in INT8, once with as many given back as the usual limit asks for.

    python -m benchmarks.int8 [--quick]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.harness import Claim, report
from trackside.cli.models_quantise_footage import take_files
from trackside.cli.models_quantise_readers import reader_for
from trackside.models import Package, open_runtime, pull
from trackside.models.quantise import PictureFile, Pictures, Settings, Speed, measure, quantise
from trackside.models.quantise.agreement import BoxAgreement
from trackside.models.quantise.calibration import ranges_of
from trackside.models.quantise.converting import quantised
from trackside.models.quantise.graph import prepare

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
VIDEO = SHARED / "data" / "opencv_vtest" / "vtest.avi"
SIDE = 416
# Channels and blocks of the four stages of YOLOX-tiny's backbone (width 0.375, depth 0.33).
STAGES = ((48, 1), (96, 3), (192, 3), (384, 1))


def main() -> None:
    """Measure and write the results."""
    quick = "--quick" in sys.argv[1:]
    frames, batches = (24, (1, 4)) if quick else (100, (1, 4, 16))
    answers = [row for name in ("fastestdet", "yolox-nano") for row in accuracy(name, frames)]
    speeds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for activation in ("SiLU", "ReLU"):
            pair = dense_pair(activation, Path(folder))
            speeds += [_speed_row(f"dense {activation} (synthetic)", one) for one in measure(*pair, batches=batches)]
    speeds += [row for each in answers for row in each.pop("speeds")]
    rows = [{**_empty(), **row} for row in (*answers, *speeds)]
    report("int8", rows, _claims(answers, speeds), method=" ".join((__doc__ or "").split()[:60]))


def accuracy(name: str, frames: int) -> list[dict[str, Any]]:
    """Agreement with FP32 before and after layers are given back, and the speed of what comes out."""
    package = pull(name)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        reader = reader_for(package, open_runtime(package).inputs[0], None)
        pictures = sampled(package, reader, Path(folder), frames)
        for keep in (0, "auto"):
            with quantise(package, pictures, reader, Settings(keep_worst=keep)) as made:  # type: ignore[arg-type]
                assert isinstance(made.agreement, BoxAgreement)
                rows.append(_answer_row(name, keep, made.kept, made.agreement))
                rows[-1]["speeds"] = (
                    [_speed_row(name, one) for one in measure(package.network, made.network)] if keep == "auto" else []
                )
    return rows


def sampled(package: Package, reader: Any, folder: Path, frames: int) -> Pictures:
    """Frames of the video as the network sees them."""
    taken = PictureFile(folder, package.card.geometry)

    def take(image: Any, source: str) -> None:
        for picture in reader.fit(image):
            taken.add(picture, source)

    take_files([VIDEO], frames + frames // 2, take)
    return taken.split()


def dense_pair(activation: str, folder: Path) -> tuple[Path, Path]:
    """A dense network and the same in INT8, calibrated with noise: for speed only."""
    path = folder / f"{activation}.onnx"
    onnx.save(dense(activation), str(path))
    work = folder / f"{activation}-work"
    work.mkdir()
    graph = prepare(path, work)
    chance = np.random.default_rng(0)
    noise = (chance.random((1, 3, SIDE, SIDE), np.float32) * 255 for _ in range(4))
    ranges = ranges_of(graph, noise, "minmax", work, lambda done: None)
    return path, quantised(graph, ranges, graph.tail, "cpu", folder / f"{activation}-int8.onnx")


def dense(activation: str) -> onnx.ModelProto:
    """A network of dense convolutions shaped like YOLOX-tiny: 416 x 416, any batch, chance weights (synthetic)."""
    net = _Net(activation)
    last, channels = net.conv("images", 3, 24, 6, 2), 24
    outputs = []
    for width, blocks in STAGES:
        last, channels = net.conv(last, channels, width, 3, 2), width
        for _ in range(blocks):
            half = net.conv(net.conv(last, channels, channels // 2, 1, 1), channels // 2, channels, 3, 1)
            last = net.add(last, half)
        outputs.append((last, channels))
    heads = [net.head(tensor, width) for tensor, width in outputs[-3:]]
    return net.model(heads)


class _Net:
    """Collects the nodes of a network."""

    def __init__(self, activation: str) -> None:
        self._activation, self._chance = activation, np.random.default_rng(0)
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def conv(self, tensor: str, before: int, after: int, size: int, stride: int, *, is_last: bool = False) -> str:
        number = len(self._nodes)
        kernel = self._chance.standard_normal((after, before, size, size)) * np.sqrt(2 / (before * size * size))
        names = [f"kernel{number}", f"bias{number}"]
        for name, values in zip(names, (kernel, np.zeros(after)), strict=True):
            self._weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        pads = [(size - 1) // 2] * 4
        made = {"strides": [stride, stride], "pads": pads, "kernel_shape": [size, size]}
        self._nodes.append(helper.make_node("Conv", [tensor, *names], [f"t{number}"], f"conv{number}", **made))
        return f"t{number}" if is_last else self._activated(f"t{number}")

    def add(self, one: str, other: str) -> str:
        return self._node("Add", one, other)

    def head(self, tensor: str, width: int) -> str:
        for _ in range(2):
            tensor, width = self.conv(tensor, width, 96, 3, 1), 96
        return self.conv(tensor, width, 85, 1, 1, is_last=True)

    def model(self, outputs: list[str]) -> onnx.ModelProto:
        picture = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 85, None, None]) for name in outputs]
        graph = helper.make_graph(self._nodes, "dense", [picture], given, self._weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def _activated(self, tensor: str) -> str:
        if self._activation == "ReLU":
            return self._node("Relu", tensor)
        return self._node("Mul", tensor, self._node("Sigmoid", tensor))

    def _node(self, kind: str, *inputs: str) -> str:
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], f"{kind.lower()}{len(self._nodes)}"))
        return name


def _empty() -> dict[str, Any]:
    names = ("network", "threads", "batch", "FP32 /s", "INT8 /s", "gain", "layers at FP32", "AP50", "AP50:95", "found again")
    return dict.fromkeys((*names, "small found again", "new", "boxes"), "")


def _speed_row(name: str, speed: Speed) -> dict[str, Any]:
    rates = {"FP32 /s": speed.fp32, "INT8 /s": speed.int8, "gain": speed.gain}
    return {"network": name, "threads": speed.threads, "batch": speed.batch, **rates}


def _answer_row(name: str, keep: Any, kept: tuple[str, ...], agreement: BoxAgreement) -> dict[str, Any]:
    return {
        "network": f"{name}, " + ("all in INT8" if keep == 0 else "mixed"),
        "layers at FP32": len(kept),
        "AP50": agreement.ap50,
        "AP50:95": agreement.ap,
        "found again": agreement.kept.share,
        "small found again": agreement.by_size["small"].share,
        "new": agreement.new,
        "boxes": agreement.references,
    }


def _claims(answers: list[dict[str, Any]], speeds: list[dict[str, Any]]) -> list[Claim]:
    found = {row["network"]: row for row in answers}
    gains = {(row["network"], row["threads"], row["batch"]): row["gain"] for row in speeds}
    return [
        Claim("fastestdet mixed, AP50 against FP32", found["fastestdet, mixed"]["AP50"], "", ">= 0.95"),
        Claim("yolox-nano mixed, AP50 against FP32", found["yolox-nano, mixed"]["AP50"], "", ">= 0.95"),
        Claim("yolox-nano with all layers in INT8, AP50", found["yolox-nano, all in INT8"]["AP50"], ""),
        Claim("dense SiLU, 1 thread, batch 1: INT8 / FP32", gains["dense SiLU (synthetic)", 1, 1], "ratio", ">= 1.8"),
        Claim("dense ReLU, 1 thread, batch 1: INT8 / FP32", gains["dense ReLU (synthetic)", 1, 1], "ratio", ">= 2.4"),
        Claim("yolox-nano, 1 thread: INT8 / FP32 (slower is said to the user)", gains["yolox-nano", 1, 1], "ratio"),
    ]


if __name__ == "__main__":
    main()
