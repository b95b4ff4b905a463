"""From FP32 to INT8: what changes, what is written down, what is given back, and that nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.models.quantise.conftest import TinyReader
from trackside.core import ModelError, SettingError
from trackside.models import Package, Store, check_package
from trackside.models.package import load_package
from trackside.models.quantise import Pictures, Settings, making, quantise
from trackside.models.quantise.calibration import ranges_of
from trackside.models.quantise.graph import prepare
from trackside.models.quantise.speed import Speed


@pytest.fixture(autouse=True)
def _untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "measure", lambda fp32, int8: [Speed(1, 1, 100, 200)])


def test_the_package_says_what_it_was_made_of_and_how(package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package()
    with quantise(parent, pictures, TinyReader(parent)) as made:
        child = Store().add_package(made.card, {made.card.network.name: made.network})
    card = load_package(child.folder).card
    assert (card.name, card.precision, card.classes) == ("tiny-int8", "int8", parent.card.classes)
    assert card.quantised is not None
    assert (card.quantised.parent, card.quantised.parent_sha256) == ("tiny", parent.sha256)
    assert (card.quantised.frames, card.quantised.held_out) == (24, 36)
    assert card.quantised.frames_sha256 == pictures.sha256
    assert [metric.name for metric in card.metrics] == ["agreement: same class"]
    assert check_package("tiny-int8").verdict == "ok"


def test_an_easy_network_keeps_its_answers_with_all_layers_in_int8(
    package: Callable[..., Package], pictures: Pictures
) -> None:
    parent = package()
    with quantise(parent, pictures, TinyReader(parent)) as made:
        kinds = [node.op_type for node in onnx.load(str(made.network)).graph.node]
        assert made.kept == ()
        assert made.agreement.score >= 0.95
        assert made.report.findings[0].check == "same-answers"
    assert kinds.count("DequantizeLinear") >= 10
    assert not made.network.exists()


def test_the_layers_that_ruin_it_are_given_back_and_no_others(package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package(trap=True)
    with quantise(parent, pictures, TinyReader(parent), Settings(least=0.9, keep_worst=0)) as ruined:
        assert ruined.kept == ()
        lost = ruined.agreement.score
    with quantise(parent, pictures, TinyReader(parent), Settings(least=0.9)) as made:
        assert set(made.kept) == {"conv1", "conv2"}
        assert made.agreement.score >= 0.9 > 0.7 > lost
        assert made.card.quantised is not None
        assert set(made.card.quantised.kept) == {"conv1", "conv2"}


def test_a_node_to_exclude_stays_and_an_unknown_one_is_named(package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package()
    with quantise(parent, pictures, TinyReader(parent), Settings(exclude=("conv0",))) as made:
        model = onnx.load(str(made.network))
        first = next(node for node in model.graph.node if node.name == "conv0")
        assert first.input[0] == "picture"
    with (
        pytest.raises(SettingError, match="did you mean 'conv"),
        quantise(parent, pictures, TinyReader(parent), Settings(exclude=("conv00",))),
    ):
        pass


@pytest.mark.parametrize("method", ["minmax", "percentile", "entropy"])
def test_every_method_gives_a_network_that_answers(method: str, package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package(layers=2)
    few = Pictures(pictures.calibration[:8], pictures.held_out, pictures.footage)
    with quantise(parent, few, TinyReader(parent), Settings(method=method)) as made:  # type: ignore[arg-type]
        assert made.agreement.score > 0.8


def test_for_tensorrt_activations_have_no_zero_point(package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package(layers=2)
    with quantise(parent, pictures, TinyReader(parent), Settings(target="tensorrt")) as made:
        model = onnx.load(str(made.network))
    points = {node.input[2] for node in model.graph.node if node.op_type == "QuantizeLinear"}
    values = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name in points}
    assert values
    assert all(value.dtype == np.int8 and not value.any() for value in values.values())


def test_what_cannot_be_quantised_is_refused(package: Callable[..., Package], pictures: Pictures) -> None:
    parent = package()
    with quantise(parent, pictures, TinyReader(parent)) as made:
        child = Store().add_package(made.card, {made.card.network.name: made.network})
    with pytest.raises(ModelError, match="quantised already"), quantise(child, pictures, TinyReader(child)):
        pass
    lite = Package(parent.folder, parent.card.model_copy(update={"runtime": "tflite"}))
    with pytest.raises(ModelError, match="only ONNX"), quantise(lite, pictures, TinyReader(lite)):
        pass


def test_whoever_stops_it_midway_leaves_nothing(
    package: Callable[..., Package], pictures: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = package()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    def stop(doing: str, done: int, of: int) -> None:
        if doing == "asking INT8":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), quantise(parent, pictures, TinyReader(parent), hear=stop):
        pass
    assert list(scratch.iterdir()) == []
    assert Store().names() == ["tiny"]


def test_ranges_are_those_of_all_pictures_and_one_picture_is_held_at_a_time(
    package: Callable[..., Package], pictures: Pictures, tmp_path: Path
) -> None:
    parent = package()
    graph = prepare(parent.network, tmp_path)
    alive = []

    def tensors() -> object:
        for picture in pictures.calibration:
            tensor = (picture.transpose(2, 0, 1)[None] / 255).astype(np.float32)
            yield tensor
            alive.append(len(alive))

    ranges = ranges_of(graph, tensors(), "minmax", tmp_path, lambda done: None)  # type: ignore[arg-type]
    low, high = (float(np.ravel(value)[0]) for value in ranges["picture"].range_value)
    everything = np.array(pictures.calibration) / np.float32(255)
    assert (low, high) == (pytest.approx(everything.min()), pytest.approx(everything.max()))
    assert len(alive) == 24
