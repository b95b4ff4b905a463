"""Networks in ONNX, executed by ONNX Runtime."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.core.files import sha256_of
from trackside.models.runtimes.base import Arrays, Runtime, TensorSpec
from trackside.models.runtimes.engines import engine_folder
from trackside.models.runtimes.providers import (
    PROVIDERS,
    SHOWN,
    Options,
    Provider,
    options_for,
    parse_provider,
    settled,
)

# Warnings of ONNX Runtime speak of graph details that no user can act on.
_ERRORS_ONLY = 3
# Levels of the process's log: the second one is where it stands of itself.
_FATAL_ONLY, _WARNINGS = 4, 2
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
        provider: a key of `PROVIDERS`, with a precision where it offers one (`tensorrt:fp16`); None for the processor.
        precision: the one in which the network is stored.
    """

    def __init__(self, network: Path, *, threads: int = 1, provider: str | None = None, precision: str = "fp32") -> None:
        wanted, self.fallback = _choose(provider, precision, onnxruntime.get_available_providers())
        self._session, used, failed = _opened(network, threads, wanted)
        self.fallback = "; ".join(filter(None, (failed, self.fallback)))
        self.provider = used.shown
        self.inputs = tuple(_spec(node) for node in self._session.get_inputs())
        self.outputs = tuple(_spec(node) for node in self._session.get_outputs())
        self._names = [spec.name for spec in self.outputs]

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        try:
            return dict(zip(self._names, self._session.run(None, dict(inputs)), strict=True))
        except Exception as error:  # ONNX Runtime's own classes have no common public base.
            raise ModelError(f"the network cannot be run on this input ({_first_line(error)})") from error


def _choose(text: str | None, stored: str, available: list[str]) -> tuple[Provider, str]:
    """The provider to use, and why it is not the one that was asked for (empty if it is)."""
    wanted = parse_provider(text)
    if wanted.name != "cpu" and wanted.execution not in available:
        return Provider("cpu"), f"this ONNX Runtime has no {wanted.name} provider, so the processor is used"
    return settled(wanted, stored)


def _opened(network: Path, threads: int, wanted: Provider) -> tuple[Any, Provider, str]:
    """A session, what it really runs on, and why that is not what was wanted (empty if it is)."""
    if wanted.name == "cpu":
        return _session(network, threads, [(PROVIDERS["cpu"], {})]), wanted, ""
    why = ""
    for provider in _in_order(wanted):
        try:
            session = _accelerated(network, threads, provider)
        except ModelError as error:
            why = why or error.what
            continue
        if session.get_providers()[0] == provider.execution:
            return session, provider, _told(wanted, provider, why)
    cpu = Provider("cpu")
    return _session(network, threads, [(PROVIDERS["cpu"], {})]), cpu, _told(wanted, cpu, why)


def _in_order(wanted: Provider) -> list[Provider]:
    """What is tried: CUDA executes what TensorRT cannot, and is far better than the processor where TensorRT is broken."""
    has_cuda = PROVIDERS["cuda"] in onnxruntime.get_available_providers()
    return [wanted, Provider("cuda")] if wanted.name == "tensorrt" and has_cuda else [wanted]


def _told(wanted: Provider, used: Provider, why: str) -> str:
    if used == wanted:
        return ""
    place = "the processor is used" if used.name == "cpu" else f"{SHOWN[used.name]} is used"
    reason = f" ({why})" if why else ""
    return f"{SHOWN[wanted.name]} could not start on this machine{reason}, so {place}"


def _accelerated(network: Path, threads: int, provider: Provider) -> Any:
    folder = engine_folder(provider, sha256_of(network)) if provider.name in ("tensorrt", "openvino") else None
    inputs = _inputs(network) if provider.name == "tensorrt" else ()
    chain = [(provider.execution, options_for(provider, threads, folder, inputs))]
    if provider.name == "tensorrt":
        chain += [(one.execution, options_for(one, threads, None, ())) for one in _in_order(provider)[1:]]
    return _session(network, threads, [*chain, (PROVIDERS["cpu"], {})])


def _inputs(network: Path) -> tuple[TensorSpec, ...]:
    """The network's inputs, for providers that must know them before the session is made."""
    options = _options(1)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(network), options, providers=[PROVIDERS["cpu"]])
    return tuple(_spec(node) for node in session.get_inputs())


def _options(threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Spinning workers burn a core that decoding could use; with one thread there are none to spin.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _session(network: Path, threads: int, chain: list[tuple[str, Options]]) -> Any:
    """A session on the first provider of a chain that starts.

    ONNX Runtime prints its own account of a provider that cannot start; ours is the sentence in `fallback`.

    Raises:
        ModelError: none of them opens it.
    """
    names, settings = [name for name, _ in chain], [options for _, options in chain]
    try:
        with _quiet() if len(chain) > 1 else contextlib.nullcontext():
            return onnxruntime.InferenceSession(
                str(network), _options(threads), providers=names, provider_options=settings, enable_fallback=0
            )
    except Exception as error:
        raise ModelError(
            f"ONNX Runtime cannot open it ({_first_line(error)})", where=str(network), fix="check that it is an ONNX file"
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Providers write to the process's log while they start, whatever level the session has."""
    onnxruntime.set_default_logger_severity(_FATAL_ONLY)
    try:
        yield
    finally:
        onnxruntime.set_default_logger_severity(_WARNINGS)


def _spec(node: Any) -> TensorSpec:
    shape = tuple(length if isinstance(length, int) and length > 0 else None for length in node.shape)
    return TensorSpec(node.name, shape, np.dtype(_DTYPES.get(node.type, np.float32)))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
