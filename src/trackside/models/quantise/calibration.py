"""The range of every tensor, from pictures that went through the network.

Methods: ONNX Runtime's calibrators; entropy after Migacz, "8-bit inference with TensorRT", GTC 2017 (KL divergence).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.quantise.graph import Graph, quiet
from trackside.models.quantise.settings import Method

# The outermost values of a tensor that `percentile` leaves outside: one in a hundred thousand, half of them on each side.
_PERCENTILE = 99.999
# Bins of a histogram. Entropy tries a range for each pair of bins and compares all bins for each, so it has fewer; with ONNX
# Runtime's own 128 it would have one range to choose from.
_BINS = {"percentile": 2048, "entropy": 256}

Ranges = Any  # onnxruntime.quantization.TensorsData


class _Part:
    """One network input at a time, in the form in which a calibrator asks for it."""

    def __init__(self, name: str, tensor: NDArray[Any]) -> None:
        self._left: dict[str, NDArray[Any]] | None = {name: tensor}

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        left, self._left = self._left, None
        return left


def ranges_of(
    graph: Graph, tensors: Iterable[NDArray[Any]], method: Method, folder: Path, hear: Callable[[int], None]
) -> Ranges:
    """Run the network on every input and take the ranges of its tensors.

    The memory is that of one input's tensors whatever their number: a calibrator that is given all at once would keep the
    tensors of all.

    Args:
        graph: of the network.
        tensors: its inputs, one after the other.
        method: how a range is chosen from the values seen.
        folder: for the file of the network whose tensors are all outputs.
        hear: told how many inputs are done.

    Raises:
        ModelError: the network cannot be run on them.
    """
    calibrator = _calibrator(graph, method, folder)
    name = graph.model.graph.input[0].name
    for count, tensor in enumerate(tensors, 1):
        with quiet():
            try:
                calibrator.collect_data(_Part(name, tensor))
            except Exception as error:  # ONNX Runtime's own classes have no common public base.
                reason = str(error).strip().partition("\n")[0]
                raise ModelError(f"the network cannot be calibrated ({reason})", where=str(graph.path)) from error
        hear(count)
    with quiet(), np.errstate(all="ignore"):
        return calibrator.compute_data()


def _calibrator(graph: Graph, method: Method, folder: Path) -> Any:
    from onnxruntime.quantization import CalibrationMethod, create_calibrator

    options: dict[str, Any] = {}
    if method != "minmax":
        options = {"num_bins": _BINS[method], "symmetric": False}
    if method == "percentile":
        options["percentile"] = _PERCENTILE
    kinds = {
        "minmax": CalibrationMethod.MinMax,
        "entropy": CalibrationMethod.Entropy,
        "percentile": CalibrationMethod.Percentile,
    }
    with quiet():
        return create_calibrator(
            graph.path,
            augmented_model_path=str(folder / "augmented.onnx"),
            calibrate_method=kinds[method],
            extra_options=options,
        )
