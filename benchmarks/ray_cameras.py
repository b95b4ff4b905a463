"""Claim: cameras of a machine that is lost are looked at elsewhere within seconds, on Ray nodes on this machine.

Each camera plays the file that is named (real footage) as if it were live, through a template with its network. Measured
over rounds: from killing a host's process, from stopping it (it hangs), and from killing its node's raylet, to the moment at
which the last of its cameras has a picture analysed elsewhere. All nodes share the cores of this machine, so that pictures a
second would say nothing of a real cluster, and are not claimed.

    make bench NAME=ray_cameras ARGS="VIDEO [CAMERAS [ROUNDS]]"
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import Claim, median, report
from trackside.pipelines.distributed import RayEngine, RayOptions
from trackside.pipelines.distributed.session import load_ray
from trackside.pipelines.live import Camera

PATIENCE = 120.0


def main() -> None:
    """Start a cluster, lose hosts, and report."""
    video = Path(sys.argv[1]).resolve()
    count, rounds = (int(sys.argv[number]) if len(sys.argv) > number else 3 for number in (2, 3))
    ray = load_ray()
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        add_node(cluster, 0)
        nodes = [add_node(cluster, 1) for _ in range(2)]
        with RayEngine(address=cluster.address, options=RayOptions()) as engine:
            until(lambda: ready(engine) == 2)
            for number in range(count):
                engine.add(Camera(name=f"c{number}", address=f"file:{video}?speed=1", rate=2))
            until(lambda: all_live(engine))
            times = measure(engine, cluster, nodes, rounds)
    finally:
        ray.shutdown()
        cluster.shutdown()
    rows = [{"what": what, "rounds": len(found), "median s": median(found), "worst s": max(found)} for what, found in times]
    claims = [
        Claim(f"seconds until all cameras are looked at again, {what}", max(found), "s", "<= 10") for what, found in times
    ]
    report("ray_cameras", rows, claims, method=" ".join((__doc__ or "").split()))


def measure(engine: RayEngine, cluster: Any, nodes: list[Any], rounds: int) -> list[tuple[str, list[float]]]:
    """Seconds until the cameras are back, by what was done."""
    killed, hung, gone = [], [], []
    for _ in range(rounds):
        killed.append(lose(engine, lambda link: os.kill(link.pid, signal.SIGKILL)))
        hung.append(lose(engine, lambda link: os.kill(link.pid, signal.SIGSTOP)))

    def end_node(link: Any) -> None:
        node = next(node for node in nodes if node.node_id == link.machine.key)
        cluster.remove_node(node, allow_graceful=False)
        nodes.remove(node)

    for _ in range(rounds):
        gone.append(lose(engine, end_node))
        nodes.append(add_node(cluster, 1))
        until(lambda: ready(engine) == 2)
    return [("its process was killed", killed), ("its process hangs", hung), ("its node was killed", gone)]


def lose(engine: RayEngine, end: Callable[[Any], None]) -> float:
    """Lose the host of the first camera. Returns seconds until all of its cameras have a picture analysed elsewhere."""
    until(lambda: ready(engine) == 2 and all_live(engine))
    victim = engine.host_of("c0")
    names = [camera.name for camera in engine.cameras() if engine.host_of(camera.name) == victim]
    link = next(link for link in engine._fleet.links() if link.name == victim)
    began = time.perf_counter()
    end(link)
    until(lambda: all(engine.host_of(name) not in ("", victim) for name in names))
    before = {name: engine.camera(name).analysed for name in names}
    until(lambda: all(engine.camera(name).state == "live" and engine.camera(name).analysed > before[name] for name in names))
    return time.perf_counter() - began


def add_node(cluster: Any, cpus: int) -> Any:
    """One node on this machine."""
    return cluster.add_node(num_cpus=cpus, object_store_memory=200 << 20, include_dashboard=False)


def ready(engine: RayEngine) -> int:
    """Hosts that work."""
    return sum(host.state == "ready" for host in engine.hosts())


def all_live(engine: RayEngine) -> bool:
    """Whether every camera is looked at."""
    return all(camera.state == "live" and camera.analysed > 0 for camera in engine.cameras())


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {PATIENCE:.0f} s")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
