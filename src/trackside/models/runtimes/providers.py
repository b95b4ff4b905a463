"""What executes a network, and at which precision: from what a user writes to the options of ONNX Runtime.

A setting is `PROVIDER` or `PROVIDER:PRECISION`, `tensorrt:fp16` say. Without a precision each provider does what it does of
itself. Options: ONNX Runtime's documentation of its TensorRT, CUDA and OpenVINO execution providers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trackside.core import SettingError, nearest
from trackside.models.runtimes.base import LARGEST_BATCH, TensorSpec

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
SHOWN = {"cpu": "CPU", "cuda": "CUDA", "tensorrt": "TensorRT", "coreml": "CoreML", "openvino": "OpenVINO"}
# The processor executes a network at the precision in which its package is stored, so it offers none to choose.
PRECISIONS: Mapping[str, tuple[str, ...]] = {
    "cuda": ("fp32", "tf32"),
    "tensorrt": ("fp32", "fp16", "int8"),
    "openvino": ("fp32", "bf16", "int8"),
}
# Bytes that TensorRT may use while it tries kernels; more finds no faster ones for networks of this size.
_WORKSPACE = 2 << 30
# The batch for which TensorRT chooses its kernels; it runs all from 1 to `LARGEST_BATCH`.
_USUAL_BATCH = 16
_OPENVINO_HINT = {"fp32": "f32", "bf16": "bf16"}

Options = dict[str, str]


@dataclass(frozen=True, slots=True)
class Provider:
    """What executes, and how exactly.

    Attributes:
        name: a key of `PROVIDERS`.
        precision: one of `PRECISIONS[name]`; empty for what the provider does of itself.
    """

    name: str
    precision: str = ""

    @property
    def execution(self) -> str:
        """ONNX Runtime's name for it."""
        return PROVIDERS[self.name]

    @property
    def shown(self) -> str:
        """As people read it: "TensorRT fp16"."""
        return f"{SHOWN[self.name]} {self.precision}".rstrip()


def parse_provider(text: str | None) -> Provider:
    """What a setting means; None is the processor.

    Raises:
        SettingError: an unknown provider, or a precision that it does not offer; with the nearest one.
    """
    name, colon, precision = (text or "cpu").strip().lower().partition(":")
    if name not in PROVIDERS:
        raise SettingError(f"unknown provider {name!r}", fix=nearest(name, PROVIDERS))
    offered = PRECISIONS.get(name, ())
    if colon and not offered:
        fix = f"write {name}; for INT8 use a quantised package (`trackside models quantise`)"
        raise SettingError(f"{name} offers no precision to choose: the package decides", where=str(text), fix=fix)
    if colon and precision not in offered:
        raise SettingError(f"{name} offers no precision {precision!r}", fix=nearest(precision, offered))
    return Provider(name, precision)


def settled(provider: Provider, stored: str) -> tuple[Provider, str]:
    """The precision that can really be had, and why it is another one than was asked for (empty if it is not).

    Args:
        provider: as asked for.
        stored: the precision in which the package is stored.
    """
    if provider.precision != "int8" or stored == "int8":
        return provider, ""
    instead = "fp16" if provider.name == "tensorrt" else ""
    why = f"the package is not quantised, so {SHOWN[provider.name]} runs it at {instead or 'its usual precision'}"
    return Provider(provider.name, instead), f"{why}; `trackside models quantise` makes an INT8 package"


def options_for(provider: Provider, threads: int, folder: Path | None, inputs: tuple[TensorSpec, ...]) -> Options:
    """ONNX Runtime's options.

    Args:
        provider: what executes.
        threads: threads within one run, where the processor executes.
        folder: where engines are kept; None for nowhere.
        inputs: of the network, for the shapes that TensorRT prepares for.
    """
    if provider.name == "cuda":
        return _cuda(provider.precision)
    if provider.name == "tensorrt":
        return _tensorrt(provider.precision, folder, inputs)
    if provider.name == "openvino":
        return _openvino(provider.precision, threads, folder)
    return {}


def _cuda(precision: str) -> Options:
    return {
        # The batch changes from call to call, and an exhaustive search costs seconds for each size that is new.
        "cudnn_conv_algo_search": "HEURISTIC",
        # Grow by what is needed, not by doubling: several models share the card.
        "arena_extend_strategy": "kSameAsRequested",
        "use_tf32": "0" if precision == "fp32" else "1",
    }


def _tensorrt(precision: str, folder: Path | None, inputs: tuple[TensorSpec, ...]) -> Options:
    found = {
        "trt_max_workspace_size": str(_WORKSPACE),
        # INT8 engines fall back to FP16, not FP32, for the layers that were left out of quantisation.
        "trt_fp16_enable": "1" if precision in ("fp16", "int8") else "0",
        "trt_int8_enable": "1" if precision == "int8" else "0",
    }
    if folder is not None:
        found |= {
            "trt_engine_cache_enable": "1",
            "trt_engine_cache_path": str(folder),
            "trt_timing_cache_enable": "1",
            "trt_timing_cache_path": str(folder.parent),  # One for all networks on this card and these versions.
        }
    return found | _profile(inputs)


def _profile(inputs: tuple[TensorSpec, ...]) -> Options:
    """Without stated shapes TensorRT builds its engine again for each batch that it has not met."""
    if not inputs or all(spec.shape and spec.shape[0] is not None for spec in inputs):
        return {}
    batches = {"min": 1, "opt": _USUAL_BATCH, "max": LARGEST_BATCH}
    return {
        f"trt_profile_{name}_shapes": ",".join(f"{spec.name}:{_shape(spec, batch)}" for spec in inputs)
        for name, batch in batches.items()
    }


def _shape(spec: TensorSpec, batch: int) -> str:
    return "x".join(str(length or (batch if axis == 0 else 1)) for axis, length in enumerate(spec.shape))


def _openvino(precision: str, threads: int, folder: Path | None) -> Options:
    found = {"device_type": "CPU", "num_of_threads": str(threads), "num_streams": "1"}
    if precision in _OPENVINO_HINT:
        found["load_config"] = json.dumps({"CPU": {"INFERENCE_PRECISION_HINT": _OPENVINO_HINT[precision]}})
    return found | ({"cache_dir": str(folder)} if folder is not None else {})
