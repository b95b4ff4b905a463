"""Providers and precisions: what a setting means, which options follow, and what happens where one is absent or broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from trackside.core import SettingError
from trackside.models.runtimes import TensorSpec, engines, onnx
from trackside.models.runtimes.engines import engine_folder
from trackside.models.runtimes.onnx import OnnxRuntime
from trackside.models.runtimes.providers import Provider, options_for, parse_provider, settled

FREE = (TensorSpec("images", (None, 3, 416, 416), np.dtype(np.float32)),)
FIXED = (TensorSpec("images", (1, 3, 416, 416), np.dtype(np.float32)),)


@pytest.mark.parametrize(
    ("text", "name", "precision", "shown"),
    [
        (None, "cpu", "", "CPU"),
        ("cpu", "cpu", "", "CPU"),
        ("TensorRT:FP16", "tensorrt", "fp16", "TensorRT fp16"),
        ("openvino:bf16", "openvino", "bf16", "OpenVINO bf16"),
        ("cuda", "cuda", "", "CUDA"),
    ],
)
def test_a_setting_names_a_provider_and_a_precision(text: str | None, name: str, precision: str, shown: str) -> None:
    provider = parse_provider(text)
    assert (provider.name, provider.precision, provider.shown) == (name, precision, shown)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tensorr", "did you mean 'tensorrt'"),
        ("tensorrt:fp17", "did you mean 'fp16'"),
        ("openvino:", "offers no precision ''"),
        ("cpu:int8", "trackside models quantise"),
        ("coreml:fp16", "the package decides"),
    ],
)
def test_what_is_not_offered_is_told_with_what_is(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        parse_provider(text)


def test_int8_needs_a_quantised_package_and_gives_way_with_a_reason() -> None:
    wanted = parse_provider("tensorrt:int8")
    assert settled(wanted, "int8") == (wanted, "")
    instead, why = settled(wanted, "fp32")
    assert instead == Provider("tensorrt", "fp16")
    assert "not quantised" in why
    assert settled(parse_provider("openvino:int8"), "fp32")[0] == Provider("openvino")
    assert settled(parse_provider("tensorrt:fp16"), "fp32") == (Provider("tensorrt", "fp16"), "")


def test_tensorrt_is_told_its_precision_its_caches_and_the_batches_to_prepare_for(tmp_path: Path) -> None:
    options = options_for(Provider("tensorrt", "int8"), 1, tmp_path / "engines", FREE)
    assert (options["trt_int8_enable"], options["trt_fp16_enable"]) == ("1", "1")
    assert options["trt_engine_cache_path"] == str(tmp_path / "engines")
    assert options["trt_timing_cache_path"] == str(tmp_path)
    assert options["trt_profile_min_shapes"] == "images:1x3x416x416"
    assert options["trt_profile_max_shapes"] == "images:32x3x416x416"
    plain = options_for(Provider("tensorrt", "fp32"), 1, None, FIXED)
    assert (plain["trt_int8_enable"], plain["trt_fp16_enable"]) == ("0", "0")
    assert not [name for name in plain if "cache" in name or "profile" in name]


def test_cuda_is_exact_only_where_that_is_asked_for() -> None:
    assert options_for(Provider("cuda", "fp32"), 1, None, ())["use_tf32"] == "0"
    assert options_for(Provider("cuda"), 1, None, ())["use_tf32"] == "1"


def test_openvino_gets_threads_precision_and_cache(tmp_path: Path) -> None:
    options = options_for(Provider("openvino", "bf16"), 3, tmp_path, ())
    assert (options["num_of_threads"], options["cache_dir"]) == ("3", str(tmp_path))
    assert json.loads(options["load_config"]) == {"CPU": {"INFERENCE_PRECISION_HINT": "bf16"}}
    assert "load_config" not in options_for(Provider("openvino"), 1, None, ())
    assert options_for(Provider("cpu"), 1, None, ()) == {}


def test_engines_of_other_networks_precisions_and_versions_lie_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "card", lambda: "card-1")
    folders = {
        engine_folder(Provider("tensorrt", "fp16"), "a" * 64),
        engine_folder(Provider("tensorrt", "int8"), "a" * 64),
        engine_folder(Provider("tensorrt", "fp16"), "b" * 64),
    }
    monkeypatch.setattr(engines, "card", lambda: "card-2")
    folders.add(engine_folder(Provider("tensorrt", "fp16"), "a" * 64))
    assert len(folders) == 4
    assert all(folder is not None and folder.is_dir() for folder in folders)
    assert engine_folder(Provider("cpu"), "a" * 64) is None


def test_where_no_engine_can_be_kept_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "file"))
    assert engine_folder(Provider("openvino"), "a" * 64) is None


def test_the_card_is_named_by_its_driver_and_a_broken_driver_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setattr(engines.shutil, "which", lambda name: str(tool))
    tool.write_text("#!/bin/sh\necho 'NVIDIA H200, 570.1'\necho 'NVIDIA H200, 570.1'\n")
    tool.chmod(0o755)
    assert engines.card.__wrapped__() == "nvidia-h200-570.1"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert engines.card.__wrapped__() == "card"
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    assert engines.card.__wrapped__() == "card"


class _Sessions:
    """ONNX Runtime with providers that do not start (made up: no such device is here)."""

    def __init__(self, starts: set[str]) -> None:
        self.starts, self.asked = starts, []

    def __call__(self, path: str, options: Any, providers: list[str], **other: Any) -> Any:
        self.asked.append(providers)
        if providers[0] not in self.starts:
            raise RuntimeError(f"{providers[0]}: no device\nand more")
        return SimpleNamespace(get_providers=lambda: providers, get_inputs=list, get_outputs=list)


def _with(monkeypatch: pytest.MonkeyPatch, available: list[str], starts: set[str]) -> _Sessions:
    sessions = _Sessions(starts)
    monkeypatch.setattr(onnx.onnxruntime, "get_available_providers", lambda: available)
    monkeypatch.setattr(onnx.onnxruntime, "InferenceSession", sessions)
    return sessions


TRT, CUDA, CPU = "TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"


def test_a_tensorrt_that_cannot_start_gives_way_to_cuda_and_then_to_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"x")
    _with(monkeypatch, [TRT, CUDA, CPU], {CUDA, CPU})
    runtime = OnnxRuntime(path, provider="tensorrt:fp16")
    assert runtime.provider == "CUDA"
    assert "TensorRT could not start on this machine" in runtime.fallback
    assert "no device" in runtime.fallback and "CUDA is used" in runtime.fallback
    assert "and more" not in runtime.fallback
    _with(monkeypatch, [TRT, CUDA, CPU], {CPU})
    assert OnnxRuntime(path, provider="tensorrt").provider == "CPU"
    _with(monkeypatch, [CUDA, CPU], {CUDA, CPU})
    healthy = OnnxRuntime(path, provider="cuda:fp32")
    assert (healthy.provider, healthy.fallback) == ("CUDA fp32", "")


def test_what_tensorrt_cannot_run_goes_to_cuda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"x")
    sessions = _with(monkeypatch, [TRT, CUDA, CPU], {TRT, CUDA, CPU})
    runtime = OnnxRuntime(path, provider="tensorrt:int8", precision="fp32")
    assert sessions.asked[-1] == [TRT, CUDA, CPU]
    assert runtime.provider == "TensorRT fp16"
    assert "not quantised" in runtime.fallback


def test_openvino_gives_the_numbers_of_the_processor(
    tiny_network: Callable[..., Path], tiny_outputs: dict[str, Any]
) -> None:
    if "OpenVINOExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("needs ONNX Runtime with OpenVINO: pip install onnxruntime-openvino in place of onnxruntime")
    path = tiny_network(tiny_outputs)
    picture = {"picture": np.zeros((1, 3, 8, 8), np.float32)}
    expected = OnnxRuntime(path).run(picture)
    for setting, shown in (("openvino", "OpenVINO"), ("openvino:fp32", "OpenVINO fp32"), ("openvino:bf16", "OpenVINO bf16")):
        runtime = OnnxRuntime(path, provider=setting)
        assert (runtime.provider, runtime.fallback) == (shown, "")
        for name, value in runtime.run(picture).items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-2)
