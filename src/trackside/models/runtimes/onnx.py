"""Networks in ONNX, executed by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from trackside.core import ModelError, SettingError, nearest
from trackside.models.runtimes.base import Arrays, Runtime, TensorSpec

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
# Warnings of ONNX Runtime speak of graph details that no user can act on.
_ERRORS_ONLY = 3
_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


class OnnxRuntime(Runtime):
    """A session of ONNX Runtime.

    Args:
        network: the file.
        threads: threads within one run. One is the default because two runs side by side with one thread each finish
            more pictures a second than one run with two.
        provider: a key of `PROVIDERS`, or None for the processor.
    """

    def __init__(self, network: Path, *, threads: int = 1, provider: str | None = None) -> None:
        wanted, self.fallback = _choose(provider, onnxruntime.get_available_providers())
        self._session = _open(network, _options(threads), wanted)
        in_use = self._session.get_providers()[0]
        if in_use != wanted and not self.fallback:
            self.fallback = f"{wanted} could not start on this machine, so {in_use} is used"
        self.provider = in_use.removesuffix("ExecutionProvider")
        self.inputs = tuple(_spec(node) for node in self._session.get_inputs())
        self.outputs = tuple(_spec(node) for node in self._session.get_outputs())
        self._names = [spec.name for spec in self.outputs]

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        try:
            return dict(zip(self._names, self._session.run(None, dict(inputs)), strict=True))
        except Exception as error:  # ONNX Runtime's own classes have no common public base.
            raise ModelError(f"the network cannot be run on this input ({_first_line(error)})") from error


def _choose(provider: str | None, available: list[str]) -> tuple[str, str]:
    """The provider to use, and why it is not the one that was asked for (empty if it is)."""
    if provider is None:
        return PROVIDERS["cpu"], ""
    if provider not in PROVIDERS:
        raise SettingError(f"unknown provider {provider!r}", fix=nearest(provider, PROVIDERS))
    if PROVIDERS[provider] in available:
        return PROVIDERS[provider], ""
    return PROVIDERS["cpu"], f"this ONNX Runtime has no {provider} provider, so the processor is used"


def _options(threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Spinning workers burn a core that decoding could use; with one thread there are none to spin.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _open(network: Path, options: Any, provider: str) -> Any:
    providers = list(dict.fromkeys([provider, PROVIDERS["cpu"]]))
    try:
        return onnxruntime.InferenceSession(str(network), options, providers=providers)
    except Exception as error:
        raise ModelError(
            f"ONNX Runtime cannot open it ({_first_line(error)})", where=str(network), fix="check that it is an ONNX file"
        ) from error


def _spec(node: Any) -> TensorSpec:
    shape = tuple(length if isinstance(length, int) and length > 0 else None for length in node.shape)
    return TensorSpec(node.name, shape, np.dtype(_DTYPES.get(node.type, np.float32)))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
