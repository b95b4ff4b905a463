"""Reading the arrays of a PyTorch checkpoint without PyTorch, and without running what a stranger put into it.

A checkpoint of the old kind (`torch.save` before 1.6) is four pickles, magic number, protocol, system and tensors, then one
of the storages' keys, then the storages: the number of elements (int64) and the elements, little-endian. A pickle can call
anything; here it can call three harmless things, and all else is refused. Source: `torch/serialization.py`, `_legacy_load`.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4"}


@dataclass(slots=True)
class _Storage:
    """A flat run of numbers; the file gives its numbers after all that refers to it."""

    dtype: np.dtype[Any]
    count: int
    values: NDArray[Any] | None = None


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage: offset, size and stride in elements."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        values = self.storage.values
        last = self.offset + sum((n - 1) * step for n, step in zip(self.size, self.stride, strict=True))
        if values is None or min((self.offset, *self.size, *self.stride)) < 0 or last >= len(values):
            raise ValueError("a tensor lies outside its storage")
        steps = [step * values.itemsize for step in self.stride]
        return np.lib.stride_tricks.as_strided(values[self.offset :], self.size, steps).copy()


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a state dict, by name.

    Args:
        path: a checkpoint of the old kind. Check its hash first: what is read here is what its author meant, or an error.

    Raises:
        ModelError: the file is none, is cut off, or asks for anything but arrays of numbers.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except (pickle.UnpicklingError, ValueError, EOFError, KeyError, TypeError, IndexError, AttributeError) as error:
        what = f"is no checkpoint that can be read ({error})"
        raise ModelError(what, where=str(path), fix="get the file again from its source") from error


def _read(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    storages: dict[str, _Storage] = {}
    if _Reader(file, storages).load() != _MAGIC or _Reader(file, storages).load() != _PROTOCOL:
        raise ValueError("it does not begin as one")
    if not _Reader(file, storages).load()["little_endian"]:
        raise ValueError("its numbers are big-endian")
    tensors = _Reader(file, storages).load()
    for key in _Reader(file, storages).load():
        _read_storage(file, storages[key])
    return {str(name): tensor.array() for name, tensor in tensors.items() if isinstance(tensor, _Tensor)}


def _read_storage(file: IO[bytes], storage: _Storage) -> None:
    count = int.from_bytes(file.read(8), "little", signed=True)
    if count != storage.count:
        raise ValueError("a storage has another length than its tensors say")
    data = file.read(count * storage.dtype.itemsize)
    if len(data) != count * storage.dtype.itemsize:
        raise ValueError("the file is cut off")
    storage.values = np.frombuffer(data, storage.dtype)


class _Reader(pickle.Unpickler):
    """An unpickler that knows an ordered dictionary, a tensor and a storage, and nothing else."""

    def __init__(self, file: IO[bytes], storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _DTYPES:
            return np.dtype(_DTYPES[name])
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no array of numbers needs")

    def persistent_load(self, reference: Any) -> _Storage:
        kind, dtype, key, _, count, view = reference
        if kind != "storage" or view is not None or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("it refers to something other than a storage")
        return self._storages.setdefault(str(key), _Storage(dtype, int(count)))


def _tensor(storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> _Tensor:
    return _Tensor(storage, int(offset), tuple(map(int, size)), tuple(map(int, stride)))
