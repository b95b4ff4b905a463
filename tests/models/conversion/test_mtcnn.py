"""The networks made of MTCNN's checkpoints compute what PyTorch computes with them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch.nn import functional

from tests.perception.faces.pictures import pulled_mtcnn
from trackside.core import ModelError
from trackside.models import ZOO
from trackside.models.conversion import CONVERSIONS
from trackside.models.conversion.mtcnn import Part, convert

State = dict[str, torch.Tensor]
# Channels in and out and kernel of each convolution, then hidden and answering layers: Zhang et al. 2016, figure 2.
SHAPES: dict[Part, list[tuple[str, tuple[int, ...]]]] = {
    "pnet": [("conv1", (10, 3, 3, 3)), ("conv2", (16, 10, 3, 3)), ("conv3", (32, 16, 3, 3))],
    "rnet": [("conv1", (28, 3, 3, 3)), ("conv2", (48, 28, 3, 3)), ("conv3", (64, 48, 2, 2)), ("dense4", (128, 576))],
    "onet": [
        *[("conv1", (32, 3, 3, 3)), ("conv2", (64, 32, 3, 3)), ("conv3", (64, 64, 3, 3)), ("conv4", (128, 64, 2, 2))],
        ("dense5", (256, 1152)),
    ],
}
ANSWERS: dict[Part, list[tuple[str, tuple[int, ...]]]] = {
    "pnet": [("conv4_1", (2, 32, 1, 1)), ("conv4_2", (4, 32, 1, 1))],
    "rnet": [("dense5_1", (2, 128)), ("dense5_2", (4, 128))],
    "onet": [("dense6_1", (2, 256)), ("dense6_2", (4, 256)), ("dense6_3", (10, 256))],
}
POOLS = {"pnet": [2], "rnet": [3, 3], "onet": [3, 3, 2]}
PARTS: tuple[Part, ...] = ("pnet", "rnet", "onet")


def _state(part: Part) -> State:
    """Random weights of the right shapes; slopes from below 0 to above 1, as the published ones are."""
    generator = torch.Generator().manual_seed(5)
    state: State = {}
    for number, (name, shape) in enumerate(SHAPES[part] + ANSWERS[part], start=1):
        state[f"{name}.weight"] = torch.randn(*shape, generator=generator) * (1.5 / np.prod(shape[1:])) ** 0.5
        state[f"{name}.bias"] = torch.randn(shape[0], generator=generator) * 0.2
        if number <= len(SHAPES[part]):
            state[f"prelu{number}.weight"] = torch.rand(shape[0], generator=generator) * 2 - 0.7
    return state


def _forward(state: State, part: Part, flow: torch.Tensor) -> list[torch.Tensor]:
    """The network as published: face probability, then its other answers."""
    for number, (name, shape) in enumerate(SHAPES[part], start=1):
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        if len(shape) == 2:  # Columns, rows, channels.
            flow = functional.linear(flow.permute(0, 3, 2, 1).flatten(1), weight, bias)
        else:
            flow = functional.conv2d(flow, weight, bias)
        flow = functional.prelu(flow, state[f"prelu{number}.weight"])
        if number <= len(POOLS[part]):
            flow = functional.max_pool2d(flow, POOLS[part][number - 1], 2, ceil_mode=True)
    apply = functional.conv2d if part == "pnet" else functional.linear
    found = [apply(flow, state[f"{name}.weight"], state[f"{name}.bias"]) for name, _ in ANSWERS[part]]
    return [torch.softmax(found[0], dim=1)[:, 1:], *found[1:]]


def _converted(tmp_path: Path, part: Part) -> tuple[State, bytes]:
    state = _state(part)
    torch.save(state, tmp_path / "net.pt", _use_new_zipfile_serialization=False)
    return state, convert(tmp_path / "net.pt", part)


@pytest.mark.parametrize(("part", "sides"), [("pnet", (12, 12)), ("pnet", (41, 30)), ("rnet", (24, 24)), ("onet", (48, 48))])
def test_it_computes_what_torch_computes(tmp_path: Path, part: Part, sides: tuple[int, int]) -> None:
    state, made = _converted(tmp_path, part)
    onnx.checker.check_model(onnx.load_from_string(made))
    pictures = torch.randn(3, 3, *sides, generator=torch.Generator().manual_seed(6))
    (answers,) = onnxruntime.InferenceSession(made).run(None, {"pictures": pictures.numpy()})
    wanted = torch.cat(_forward(state, part, pictures), dim=1).numpy()
    assert answers.shape == wanted.shape
    np.testing.assert_allclose(1 / (1 + np.exp(-answers[:, :1])), wanted[:, :1], atol=1e-5)
    np.testing.assert_allclose(answers[:, 1:], wanted[:, 1:], atol=2e-5)


@pytest.mark.parametrize("part", PARTS)
def test_the_same_checkpoint_makes_the_same_bytes(tmp_path: Path, part: Part) -> None:
    assert _converted(tmp_path, part)[1] == _converted(tmp_path, part)[1]


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    _converted(tmp_path, "rnet")
    with pytest.raises(ModelError, match="is no onet of MTCNN"):
        convert(tmp_path / "net.pt", "onet")


def test_the_zoo_knows_what_the_wheel_makes() -> None:
    package = pulled_mtcnn()
    for file in ZOO["mtcnn"].files:
        assert hashlib.sha256((package.folder / file.name).read_bytes()).hexdigest() == file.sha256
        assert file.source.conversion in CONVERSIONS  # type: ignore[union-attr]
    assert [entry.name for entry in package.card.files] == ["pnet.onnx", "rnet.onnx", "onet.onnx"]
