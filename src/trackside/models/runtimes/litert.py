"""Networks in TFLite, executed by LiteRT with XNNPACK."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.runtimes.base import Arrays, Runtime, TensorSpec

_STDERR = 2
_NOISE = b"Created TensorFlow Lite XNNPACK delegate"
_diverting = threading.Lock()


class LiteRtRuntime(Runtime):
    """An interpreter a thread, because one interpreter cannot be called from two threads.

    Args:
        network: the file.
        threads: threads within one run.
        provider: only the processor is offered; anything else is answered with a fallback message.
    """

    provider = "XNNPACK"

    def __init__(self, network: Path, *, threads: int = 1, provider: str | None = None) -> None:
        self._network = network
        self._threads = threads
        self._local = threading.local()
        if provider not in (None, "cpu"):
            self.fallback = f"LiteRT runs on the processor here, not on {provider}"
        interpreter = self._interpreter()
        self.inputs = tuple(_spec(detail) for detail in interpreter.get_input_details())
        self.outputs = tuple(_spec(detail) for detail in interpreter.get_output_details())
        self._input_rows = {detail["name"]: detail["index"] for detail in interpreter.get_input_details()}
        self._output_rows = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        interpreter = self._interpreter()
        try:
            for name, row in self._input_rows.items():
                interpreter.set_tensor(row, inputs[name])
            interpreter.invoke()
        except (KeyError, ValueError, RuntimeError) as error:
            raise ModelError(f"the network cannot be run on this input ({error})") from error
        return {name: interpreter.get_tensor(row) for name, row in self._output_rows.items()}

    def _interpreter(self) -> Any:
        if not hasattr(self._local, "interpreter"):
            self._local.interpreter = _open(self._network, self._threads)
        return self._local.interpreter


def _open(network: Path, threads: int) -> Any:
    try:
        with _quiet():
            interpreter = Interpreter(str(network), num_threads=threads)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"LiteRT cannot open it ({reason})", where=str(network), fix="check that it is a TFLite file"
        ) from error
    return interpreter


def _spec(detail: Mapping[str, Any]) -> TensorSpec:
    shape = tuple(int(length) for length in detail["shape"])
    return TensorSpec(str(detail["name"]), shape, np.dtype(detail["dtype"]))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep LiteRT's "Created TensorFlow Lite XNNPACK delegate" off the user's terminal; all else passes.

    LiteRT has no setting for that line and writes it to file descriptor 2 itself, so the descriptor is diverted for the
    few milliseconds in which an interpreter is made, and whatever else was written meanwhile is written afterwards.
    """
    with _diverting, tempfile.TemporaryFile() as caught:
        sys.stderr.flush()
        kept = os.dup(_STDERR)
        os.dup2(caught.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
            caught.seek(0)
            for line in caught:
                if _NOISE not in line:
                    os.write(_STDERR, line)
