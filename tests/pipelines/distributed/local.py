"""A cluster without Ray: hosts are `CameraHost`s in this process, which can be killed, hung and cut off at a word.

Their cameras are synthetic readers. Messages are pickled as they would be on their way between machines.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.pipelines.live.live_toys import Judge
from tests.pipelines.live.sources import Cameras, SyntheticReader
from trackside.pipelines.distributed.cluster import HostAway, HostDied, Machine
from trackside.pipelines.distributed.host import CameraHost
from trackside.pipelines.distributed.options import RayOptions, Share
from trackside.pipelines.live import Camera, EngineOptions

Judge.made.clear()


@dataclass
class Watched(Cameras):
    """Synthetic cameras that know how many readers each has at a time."""

    rate: float = 40.0
    readers: list[tuple[str, SyntheticReader]] = field(default_factory=list)

    def __call__(self, camera: Camera) -> SyntheticReader:
        reader = super().__call__(camera)
        self.readers.append((camera.name, reader))
        return reader

    def open_now(self) -> Counter[str]:
        return Counter(name for name, reader in self.readers if not reader.closed.is_set())


SYNTHETIC = Watched()


def synthetic_engine(share: Share) -> EngineOptions:
    """Engines of all hosts of this process share the synthetic cameras."""
    return EngineOptions(devices=1, feeders=1, lanes=2, batch=4, open_reader=SYNTHETIC)


class LocalHandle:
    """A host in this process."""

    def __init__(self, host: CameraHost) -> None:
        self.host = host
        self.dead = self.hung = False
        self.unheard: set[str] = set()

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        end = time.monotonic() + timeout
        answers: list[Any] = []
        sent = pickle.loads(pickle.dumps(arguments))
        if not self.hung:
            thread = threading.Thread(target=lambda: answers.append(getattr(self.host, method)(*sent)), daemon=True)
            thread.start()
        while not answers and not self.dead and time.monotonic() < end:
            time.sleep(0.005)
        if self.dead:
            raise HostDied("its process ended")
        if method in self.unheard:
            raise HostAway("the answer got lost")
        if not answers or self.hung:
            time.sleep(max(0.0, end - time.monotonic()))
            raise HostAway("no answer")
        return pickle.loads(pickle.dumps(answers[0]))

    def kill(self) -> None:
        """Like a process that is killed: nothing comes from it any more. One that hangs cannot be reached."""
        if not self.dead and not self.hung:
            self.dead = True
            self.host.close()


class LocalCluster:
    """Machines in name only."""

    def __init__(self, *keys: str, cpus: float = 1) -> None:
        self.here = {key: Machine(key, key, cpus) for key in keys}
        self.handles: dict[str, LocalHandle] = {}
        self.silent = False
        self.closed = False

    def machines(self) -> list[Machine]:
        if self.silent:
            raise HostAway("the head does not answer")
        return list(self.here.values())

    def start(self, machine: Machine, share: Share, name: str, options: RayOptions, *, refused: bool) -> LocalHandle:
        host = CameraHost(name, share, options, refused=refused, leave=lambda: None)
        handle = self.handles[name] = LocalHandle(host)
        return handle

    def close(self) -> None:
        self.closed = True
        for handle in self.handles.values():
            handle.host.close()
