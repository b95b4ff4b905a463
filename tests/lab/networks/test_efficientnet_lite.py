from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from trackside.core import ModelError, TracksideError
from trackside.lab.networks.body import stages_of
from trackside.lab.networks.efficientnet_lite import EfficientNetLite0, read_state
from trackside.lab.networks.weights import checkpoint, load_lite0
from trackside.models import Silent, open_runtime, pull


@pytest.fixture(scope="module")
def published() -> EfficientNetLite0:
    try:
        checkpoint(reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs the weights of EfficientNet-Lite0: {error}")
    network = EfficientNetLite0()
    load_lite0(network)
    return network.eval()


def test_published_weights_give_what_the_zoos_package_gives(published: EfficientNetLite0) -> None:
    runtime = open_runtime(pull("efficientnet-lite0", reporter=Silent()))
    pictures = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 3, 96, 96)).astype(np.float32))
    theirs = next(iter(runtime.run({runtime.inputs[0].name: pictures.numpy()}).values()))
    with torch.no_grad():
        ours = published(pictures).numpy()
    assert np.abs(ours - theirs).max() < 1e-4
    assert np.abs(theirs).max() > 0.1


def test_stages_hold_every_weight_once_from_the_input_on() -> None:
    network = EfficientNetLite0()
    told = [id(parameter) for stage in stages_of(network) for parameter in stage.parameters()]
    assert len(told) == len(set(told))
    assert set(told) == {id(parameter) for parameter in network.parameters()}
    assert told[0] == id(network.conv_stem.weight)
    assert told[-1] == id(network.bn1.bias)


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    torch.save({"_fc.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match="is no EfficientNet-Lite0"):
        EfficientNetLite0().load(read_state(str(tmp_path / "other.pth")), "other.pth")


class Harmful:
    """Would make a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.mkdir, (self.path,)


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path) -> None:
    torch.save({"weight": Harmful(str(tmp_path / "made"))}, tmp_path / "bad.pth")
    with pytest.raises(ModelError, match="no checkpoint that can be read"):
        read_state(str(tmp_path / "bad.pth"))
    assert not (tmp_path / "made").exists()
