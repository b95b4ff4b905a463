"""What camera hosts and tasks on a real Ray cluster of tests need: toy blocks, synthetic cameras, clusters that end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.pipelines import toys  # noqa: F401 - registers the toy blocks in the host's process
from tests.pipelines.live import live_toys  # noqa: F401
from tests.pipelines.live.sources import Cameras
from trackside.pipelines.distributed.options import Share
from trackside.pipelines.distributed.session import load_ray
from trackside.pipelines.live import EngineOptions

ROOT = str(Path(__file__).resolve().parents[3])


def synthetic_engine(share: Share) -> EngineOptions:
    """An engine whose cameras are synthetic."""
    return EngineOptions(devices=1, feeders=1, lanes=2, batch=4, open_reader=Cameras(rate=20))


class Nodes:
    """A Ray cluster on this machine: a head that holds nothing, and nodes of one core each."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self.cluster = Cluster()
        self.head = self.add(cpus=0)
        self.address: str = self.cluster.address

    def add(self, cpus: int = 1) -> Any:
        return self.cluster.add_node(num_cpus=cpus, object_store_memory=80 << 20, include_dashboard=False)

    def kill_one(self) -> str:
        """Kill a node that holds things, but not the one that the driver hangs on: several share this machine. Its key."""
        ray = load_ray()
        here = ray.get_runtime_context().get_node_id()
        nodes = [node for node in self.cluster.list_all_nodes() if node.node_id not in (here, self.head.node_id)]
        victim = nodes[-1]
        self.cluster.remove_node(victim, allow_graceful=False)
        return str(victim.node_id)

    def logs(self) -> Iterator[str]:
        for path in Path(self.head.get_session_dir_path()).rglob("*"):
            if path.is_file():
                yield path.read_text(errors="replace")


@contextlib.contextmanager
def ray_nodes(count: int) -> Iterator[Nodes]:
    """A cluster that is gone afterwards, with all its processes."""
    ray = load_ray()
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = ROOT
    nodes = Nodes()
    try:
        for _ in range(count):
            nodes.add()
        yield nodes
    finally:
        ray.shutdown()
        nodes.cluster.shutdown()
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
