"""From what a user writes for a model to the package."""

from __future__ import annotations

from pathlib import Path

from trackside.core import ModelError, nearest
from trackside.models.card import CARD_FILE
from trackside.models.package import Package, load_package
from trackside.models.store import Store


def resolve(ref: str, *, store: Store | None = None, paths: bool = True) -> Package:
    """The package that a name or path means. Nothing is downloaded.

    Args:
        ref: the name of an installed package, else a path to a package folder.
        store: where to look; None for the machine's own.
        paths: whether paths count. A server that takes `ref` from strangers says False.

    Raises:
        ModelError: known but not installed (with the command that brings it), unknown (with the nearest name), or damaged.
    """
    return load_package(locate(ref, store or Store(), paths=paths))


def locate(ref: str, store: Store, *, paths: bool = True) -> Path:
    """The package folder that a name or path means, not yet verified. Arguments and errors as for `resolve`."""
    if ref in store:
        return store.folder(ref)
    if paths and _looks_like_folder(ref):
        return Path(ref).expanduser()
    raise not_found(ref, store)


def not_found(ref: str, store: Store) -> ModelError:
    """The error for a name that is not installed: how to bring it, or the name that was probably meant."""
    from trackside.models.zoo import ZOO

    models = [name for name, entry in ZOO.items() if not entry.is_sample]
    if ref in models:
        return ModelError(f"the model {ref!r} is not installed", fix=f"run `trackside models pull {ref}`")
    return ModelError(f"unknown model {ref!r}", fix=nearest(ref, {*models, *store.names()}))


def _looks_like_folder(ref: str) -> bool:
    try:
        return (Path(ref).expanduser() / CARD_FILE).is_file() or (("/" in ref or "\\" in ref) and Path(ref).is_dir())
    except (OSError, ValueError, RuntimeError):
        return False
