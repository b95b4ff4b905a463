"""Checkpoints of PyTorch are read as PyTorch reads them, and nothing in them is ever run."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trackside.core import ModelError
from trackside.models.conversion import read_checkpoint


def _save(path: Path, state: Any) -> Path:
    torch.save(state, path, _use_new_zipfile_serialization=False)
    return path


def test_arrays_are_those_that_torch_saved(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(1)
    whole = torch.randn(6, 5, generator=generator)
    state = {
        "plain": whole,
        "turned": whole.T,
        "part": whole[2:4, 1:],
        "double": whole.double(),
        "half": whole.half(),
        "count": torch.tensor(7),
    }
    found = read_checkpoint(_save(tmp_path / "net.pth", state))
    assert found.keys() == state.keys()
    for name, tensor in state.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
        assert found[name].dtype == tensor.numpy().dtype


class _Evil:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, ("echo harm",)


def test_a_checkpoint_that_calls_something_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError, match="asks for"):
        read_checkpoint(_save(tmp_path / "evil.pth", {"a": torch.ones(2), "b": _Evil()}))
    assert "harm" not in capfd.readouterr().out


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps(5), pickle.dumps(0x1950A86A20F9469CFC6C)])
def test_what_is_no_checkpoint_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.pth").write_bytes(content)
    with pytest.raises(ModelError, match="is no checkpoint that can be read"):
        read_checkpoint(tmp_path / "net.pth")


def test_a_checkpoint_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = _save(tmp_path / "net.pth", {"a": torch.ones(100)})
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelError, match="cut off"):
        read_checkpoint(path)


def test_a_tensor_outside_its_storage_is_refused(tmp_path: Path) -> None:
    path = _save(tmp_path / "net.pth", {"a": torch.ones(5)})
    # The tensor's size, 5, is pickled as `K\x05\x85` (a tuple of one byte); 6 elements are one too many.
    data = path.read_bytes()
    assert data.count(b"K\x05\x85") == 1
    path.write_bytes(data.replace(b"K\x05\x85", b"K\x06\x85"))
    with pytest.raises(ModelError, match="outside its storage"):
        read_checkpoint(path)
