"""The INT8 network: quantise and dequantise nodes (QDQ) around everything that is not left at FP32.

Method: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference";
each channel of a weight has a scale of its own (Krishnamoorthi 2018, section 3.2.2).
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from pathlib import Path
from typing import Any

from trackside.core import ModelError
from trackside.models.quantise.calibration import Ranges
from trackside.models.quantise.graph import HEAVY, Graph, quiet
from trackside.models.quantise.settings import Target

# What stays at FP32 wherever it stands: normalisations and softmax lose most and cost least.
_NEVER = {"Softmax", "LayerNormalization", "InstanceNormalization", "BatchNormalization", "ArgMax", "LSTM", "Attention"}
_NEVER |= {"EmbedLayerNormalization"}
# TensorRT fuses activations and additions into its kernels itself; nodes between them would only forbid that.
_TENSORRT = {*HEAVY, "MaxPool", "AveragePool", "GlobalAveragePool"}


def quantised(graph: Graph, ranges: Ranges, kept: Collection[str], target: Target, path: Path) -> Path:
    """Write the INT8 network.

    Args:
        graph: the prepared network.
        ranges: of its tensors.
        kept: nodes that stay at FP32.
        target: what it is laid out for: `cpu` has unsigned activations with a zero point, as processors multiply them;
            `tensorrt` signed ones without, which is all that TensorRT takes.
        path: the file to write.

    Returns:
        `path`.

    Raises:
        ModelError: the graph cannot be quantised.
    """
    with quiet():
        try:
            quantizer = _quantizer(graph, ranges, kept, target)
            quantizer.quantize_model()
            quantizer.model.save_model_to_file(str(path), False)
        except Exception as error:  # It raises ValueErrors, KeyErrors and those of Protobuf for graphs that it cannot read.
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise ModelError(f"it cannot be quantised ({reason})", where=str(graph.path), fix="export it again") from error
    return path


def op_types(target: Target) -> list[str]:
    """The operators that are quantised.

    On a processor all that can be: leaving activations at FP32 between eight-bit convolutions costs two conversions a layer
    (measured on a SiLU network: 96 pictures a second with all operators, 55 with convolutions only).
    """
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    return sorted(_TENSORRT if target == "tensorrt" else {*QDQRegistry, *QLinearOpsRegistry} - _NEVER)


def _quantizer(graph: Graph, ranges: Ranges, kept: Collection[str], target: Target) -> Any:
    from onnxruntime.quantization import QDQQuantizer, QuantType

    for_gpu = target == "tensorrt"
    options: dict[str, Any] = {"WeightSymmetric": True, "ActivationSymmetric": for_gpu}
    if for_gpu:
        # TensorRT wants its own pair for each consumer, a pair at each weight, biases in FP32, and no pair at outputs.
        outputs = sorted(HEAVY)
        options |= {"DedicatedQDQPair": True, "AddQDQPairToWeight": True, "QuantizeBias": False}
        options |= {"OpTypesToExcludeOutputQuantization": outputs}
    activation = QuantType.QInt8 if for_gpu else QuantType.QUInt8
    return QDQQuantizer(
        copy.deepcopy(graph.model),
        True,  # a scale for each channel of a weight
        False,  # all eight bits: what saturates on processors without VNNI costs less than the eighth bit of every weight
        QuantType.QInt8,
        activation,
        ranges,
        [],
        sorted(kept),
        op_types(target),
        options,
    )
