"""Features that somebody computed elsewhere: a .npy array, or a .parquet table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError

_NAMES = ("item", "path", "image", "file", "name")
_VECTORS = ("vector", "features", "embedding")
_FIX = "write one row a picture: .npy float [n, d] in the data set's order, or .parquet with the columns `item` and `vector`"


def read_features(path: Path, names: Sequence[str]) -> NDArray[np.float32]:
    """The features of these items, float32 [n, d]; rows of NaN for items that the file does not have.

    Args:
        path: .npy, an array [n, d] in the order of `names`; or .parquet with a column of item names and either one column of
            lists or one column of numbers a dimension.
        names: of the data set's items.

    Raises:
        InputError: the file is absent, broken, or does not fit the data set.
    """
    suffix = path.suffix.lower()
    if suffix not in {".npy", ".parquet"}:
        raise InputError("is no table of features", where=str(path), fix=_FIX)
    if not path.is_file():
        raise InputError("there is no such file", where=str(path), fix="give the path of a .npy or .parquet file")
    return _from_npy(path, len(names)) if suffix == ".npy" else _from_parquet(path, names)


def _from_npy(path: Path, count: int) -> NDArray[np.float32]:
    try:
        values = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"is no array that can be read ({error})", where=str(path), fix=_FIX) from None
    if values.ndim != 2 or values.dtype.kind not in "fiu" or not values.shape[1]:
        raise InputError(
            f"holds {values.dtype} {list(values.shape)}, features are numbers [n, d]", where=str(path), fix=_FIX
        )
    if len(values) != count:
        raise InputError(f"has {len(values)} rows, but the data set has {count} items", where=str(path), fix=_FIX)
    return np.asarray(values, np.float32)


def _from_parquet(path: Path, names: Sequence[str]) -> NDArray[np.float32]:
    import pyarrow.parquet as parquet
    from pyarrow import ArrowException

    try:
        table = parquet.read_table(path)
    except (ArrowException, OSError, ValueError) as error:
        raise InputError(
            f"is no table that can be read ({str(error).partition(chr(10))[0]})", where=str(path), fix=_FIX
        ) from None
    key = next((name for name in _NAMES if name in table.column_names), None)
    if key is None:
        raise InputError("has no column of item names", where=str(path), fix=_FIX)
    rows = _vectors(table, key, path)
    place = {str(name): row for row, name in enumerate(table[key].to_pylist())}
    wanted = np.array([place.get(str(name), -1) for name in names], np.intp)
    if len(wanted) and not (wanted >= 0).any():
        raise InputError(
            "has none of the data set's items", where=str(path), fix="name items by their path below the data set"
        )
    found = np.full((len(wanted), rows.shape[1]), np.nan, np.float32)
    found[wanted >= 0] = rows[wanted[wanted >= 0]]
    return found


def _vectors(table: object, key: str, path: Path) -> NDArray[np.float32]:
    columns = [name for name in table.column_names if name != key]  # type: ignore[attr-defined]
    named = next((name for name in _VECTORS if name in columns), None)
    try:
        if named is not None:
            return np.stack([np.asarray(row, np.float32) for row in table[named].to_pylist()])  # type: ignore[index]
        return np.column_stack([np.asarray(table[name].to_numpy(), np.float32) for name in columns])  # type: ignore[index]
    except (ValueError, TypeError) as error:
        raise InputError(f"its features are no table of numbers ({error})", where=str(path), fix=_FIX) from None
