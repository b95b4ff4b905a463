"""LiteRT, on the smallest TFLite network there is: one ADD, written byte by byte by its own schema."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trackside.core import ModelError
from trackside.models.runtimes.litert import LiteRtRuntime, _quiet


def _add_network(path: Path) -> Path:
    """Writes y = x + x for float32 [1, 4]."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    def tensor(name: str) -> object:
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name.encode(), [1, 4], schema.TensorType.FLOAT32, 0
        return made

    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0, 0], [1]
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.AddOptions, schema.AddOptionsT()
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.ADD
    graph = schema.SubGraphT()
    graph.tensors, graph.inputs, graph.outputs, graph.operators = [tensor("x"), tensor("y")], [0], [1], [operator]
    model = schema.ModelT()
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], [schema.BufferT()]
    builder = flatbuffers.Builder(256)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> LiteRtRuntime:
    pytest.importorskip("flatbuffers")
    return LiteRtRuntime(_add_network(tmp_path / "add.tflite"))


def test_arrays_go_in_and_out_by_name(runtime: LiteRtRuntime) -> None:
    assert (runtime.inputs[0].name, runtime.inputs[0].shape, runtime.batch) == ("x", (1, 4), 1)
    out = runtime.run({"x": np.array([[1, 2, 3, 4]], np.float32)})
    np.testing.assert_array_equal(out["y"], [[2, 4, 6, 8]])


def test_answers_belong_to_the_caller(runtime: LiteRtRuntime) -> None:
    first = runtime.run({"x": np.ones((1, 4), np.float32)})["y"]
    runtime.run({"x": np.zeros((1, 4), np.float32)})
    np.testing.assert_array_equal(first, np.full((1, 4), 2))


def test_threads_do_not_mix_their_answers(runtime: LiteRtRuntime) -> None:
    def doubled(value: int) -> bool:
        out = runtime.run({"x": np.full((1, 4), value, np.float32)})["y"]
        return bool((out == 2 * value).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(doubled, range(200)))


def test_a_wrong_input_is_a_model_error(runtime: LiteRtRuntime) -> None:
    with pytest.raises(ModelError, match="cannot be run"):
        runtime.run({"x": np.ones((1, 5), np.float32)})
    with pytest.raises(ModelError, match="cannot be run"):
        runtime.run({"z": np.ones((1, 4), np.float32)})


def test_another_provider_gives_way_with_a_reason(tmp_path: Path) -> None:
    pytest.importorskip("flatbuffers")
    assert "not on cuda" in LiteRtRuntime(_add_network(tmp_path / "add.tflite"), provider="cuda").fallback


def test_only_the_noise_is_kept_off_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with _quiet():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nERROR: something real\n")
    assert capfd.readouterr().err == "ERROR: something real\n"
