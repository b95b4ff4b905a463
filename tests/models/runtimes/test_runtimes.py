"""Both runtimes: named arrays in and out, the same numbers every time and from every thread, clear errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import ModelError, SettingError
from trackside.models import Package, Silent, Store, open_runtime, plateau_batch, pull, shared_runtime
from trackside.models.card import parse_card
from trackside.models.runtimes import Arrays, Runtime, TensorSpec
from trackside.models.runtimes.onnx import OnnxRuntime


@pytest.fixture
def fastestdet(shared_models: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Package:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    return pull("fastestdet", reporter=Silent())


def _picture(runtime: Runtime) -> dict[str, NDArray[np.float32]]:
    spec = runtime.inputs[0]
    return {spec.name: np.random.default_rng(0).random(tuple(n or 1 for n in spec.shape), np.float32)}


def test_a_network_names_its_inputs_and_outputs(fastestdet: Package) -> None:
    runtime = open_runtime(fastestdet)
    assert runtime.inputs == (TensorSpec("input.1", (1, 3, 352, 352), np.dtype(np.float32)),)
    assert [spec.shape for spec in runtime.outputs] == [(1, 85, 22, 22)]
    assert (runtime.provider, runtime.fallback, runtime.batch) == ("CPU", "", 1)
    assert np.isfinite(runtime.warm_up()["758"]).all()


def test_numbers_are_the_same_with_any_number_of_threads(fastestdet: Package) -> None:
    one, two = open_runtime(fastestdet), open_runtime(fastestdet, threads=2)
    expected = one.run(_picture(one))["758"]
    np.testing.assert_array_equal(two.run(_picture(two))["758"], expected)
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(lambda _: one.run(_picture(one))["758"], range(8)):
            np.testing.assert_array_equal(answer, expected)


def test_a_provider_that_is_not_here_gives_way_with_a_reason(fastestdet: Package) -> None:
    runtime = open_runtime(fastestdet, provider="tensorrt")
    assert runtime.provider == "CPU"
    assert "no tensorrt provider" in runtime.fallback
    with pytest.raises(SettingError, match="did you mean 'cuda'"):
        open_runtime(fastestdet, provider="cudaa")


def test_a_wrong_input_is_a_model_error(fastestdet: Package) -> None:
    runtime = open_runtime(fastestdet)
    with pytest.raises(ModelError, match="cannot be run"):
        runtime.run({"input.1": np.zeros((1, 3, 8, 8), np.float32)})
    with pytest.raises(ModelError, match="cannot be run"):
        runtime.run({"picture": np.zeros((1, 3, 352, 352), np.float32)})


@pytest.mark.parametrize("suffix", ["onnx", "tflite"])
def test_a_file_that_is_no_network_is_a_model_error(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"net.{suffix}").write_bytes(b"no network at all")
    files = [{"name": f"net.{suffix}", "sha256": "0" * 64, "bytes": 17}]
    data = {"name": "a", "task": "embedding", "family": "embedding", "licence": "MIT", "files": files, "runtime": suffix}
    card = parse_card({**data, "geometry": {"width": 4, "height": 2}}, where="test")
    with pytest.raises(ModelError, match="cannot open it"):
        open_runtime(Package(tmp_path, card))


def test_a_shared_runtime_is_opened_once_whoever_asks_first(fastestdet: Package) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: id(shared_runtime(fastestdet)), range(8)))
    assert len(found) == 1
    assert id(shared_runtime(fastestdet, threads=2)) not in found


def test_a_fixed_batch_is_its_own_plateau(tiny_network: Callable[..., Path], tiny_outputs: dict[str, Any]) -> None:
    assert plateau_batch(OnnxRuntime(tiny_network(tiny_outputs))) == 1


class Modelled(Runtime):
    """A network of any batch whose run takes a fixed time and a time for each picture."""

    inputs = (TensorSpec("x", (None, 2), np.dtype(np.float32)),)
    outputs = ()
    provider = "none"

    def __init__(self, fixed: float, each: float) -> None:
        self.fixed, self.each, self.now = fixed, each, 0.0

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        self.now += self.fixed + self.each * len(inputs["x"])
        return {}


@pytest.mark.parametrize(("fixed", "each", "batch"), [(0.0, 1.0, 1), (0.09, 1.0, 1), (1.0, 1.0, 16), (1.0, 0.0, 32)])
def test_the_plateau_is_where_doubling_gains_under_five_percent(
    fixed: float, each: float, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Modelled(fixed, each)
    monkeypatch.setattr("trackside.models.runtimes.opening.time.perf_counter", lambda: runtime.now)
    assert plateau_batch(runtime) == batch
