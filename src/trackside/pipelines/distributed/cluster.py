"""What the engine needs of a cluster, whoever runs it: its machines, and hosts that can be started, called and killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trackside.pipelines.distributed.options import RayOptions, Share


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine (in Ray's words: node) that can hold cameras.

    Attributes:
        key: unique in the cluster, never used again.
        label: for people.
        cpus: cores that may be shared out.
        gpus: GPUs.
    """

    key: str
    label: str
    cpus: float
    gpus: float = 0.0

    def share(self, options: RayOptions) -> Share:
        """The share of each host here."""
        gpus = (1.0 if self.gpus else 0.0) if options.gpus is None else options.gpus
        cpus = options.cpus or max(1.0, self.cpus // max(1.0, self.gpus if gpus else 1.0) * min(1.0, gpus or 1.0))
        return Share(cpus, gpus)

    def slots(self, options: RayOptions) -> int:
        """How many hosts fit here; 0 where a share asks for more than there is."""
        share = self.share(options)
        by_cpu = int(self.cpus / share.cpus + 1e-6)
        # Parts of GPUs do not add up over GPUs: a share of 0.4 fits twice on each of them.
        if share.gpus > 1:
            by_gpu = int(self.gpus / share.gpus + 1e-6)
        else:
            by_gpu = int(1 / share.gpus + 1e-6) * int(self.gpus) if share.gpus else by_cpu
        return min(by_cpu, by_gpu)


class HostAway(Exception):
    """A host did not answer in time; it may yet.

    Args:
        what: a few words.
        cut: whether the connection to it is broken, as when its machine has lost its power.
    """

    def __init__(self, what: str, *, cut: bool = False) -> None:
        super().__init__(what)
        self.cut = cut


class HostDied(Exception):
    """A host is gone for good, with the reason in a few words."""


class Handle(Protocol):
    """One host, seen from the driver."""

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        """Call a method of its `CameraHost`. Raises HostAway after `timeout` seconds, HostDied."""
        ...

    def kill(self) -> None:
        """End its process, whatever it does."""
        ...


class Cluster(Protocol):
    """Machines, and hosts on them."""

    def machines(self) -> Sequence[Machine]:
        """Those that are there now."""
        ...

    def start(self, machine: Machine, share: Share, name: str, options: RayOptions, *, refused: bool) -> Handle:
        """Start a host; returns at once, and its first answer comes when it is up."""
        ...

    def close(self) -> None:
        """Let go of the cluster; hosts must be closed first."""
        ...
