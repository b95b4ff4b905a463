"""The health of all hosts as one, and of each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trackside.pipelines.distributed.link import Link, LinkState
from trackside.pipelines.live import CameraHealth, EngineHealth, StageHealth


@dataclass(frozen=True, slots=True)
class HostHealth:
    """One host now.

    Attributes:
        name: the host's.
        machine: where it runs.
        state: starting, ready or lost.
        problem: why it was lost.
        since: seconds since 1970 at which it came into this state.
        cameras: how many it is to run.
        load: pictures a second wanted, over those that it can do.
        heard: seconds since its last answer.
        lost_alarms: alarms that it had to let go of because nobody took them.
        engine: its engine's health; None before the first.
    """

    name: str
    machine: str
    state: LinkState
    problem: str = ""
    since: float = 0.0
    cameras: int = 0
    load: float = 0.0
    heard: float = 0.0
    lost_alarms: int = 0
    engine: EngineHealth | None = None


def summed(links: Sequence[Link], cameras: Sequence[CameraHealth], seconds: float, running: bool) -> EngineHealth:
    """The health of one engine that spans all hosts."""
    ready = [link for link in links if link.state == "ready"]
    healths = [link.engine for link in ready if link.engine is not None]
    dropped: Counter[str] = Counter()
    for camera in cameras:
        dropped.update(camera.dropped)
    bottleneck, why = _bottleneck(ready, cameras)
    analysed = sum(health.fps_analysed for health in healths)
    return EngineHealth(
        running=running,
        seconds=round(seconds, 1),
        stages=_stages(healths),
        bottleneck=bottleneck,
        why=why,
        cameras=dict(Counter(camera.state for camera in cameras)),
        fps_in=round(sum(camera.fps_in for camera in cameras), 2),
        fps_wanted=round(sum(camera.fps_wanted for camera in cameras if camera.state == "live"), 2),
        fps_analysed=round(analysed, 2),
        dropped=dict(dropped),
        batch=max((health.batch for health in healths), default=1),
        occupancy=round(sum(h.occupancy * h.fps_analysed for h in healths) / analysed, 4) if analysed else 0.0,
        models=tuple(sorted({model for health in healths for model in health.models})),
    )


def _stages(healths: Sequence[EngineHealth]) -> tuple[StageHealth, ...]:
    """Each stage over all hosts: its threads together, and the share of time in which they worked."""
    names = list(dict.fromkeys(stage.name for health in healths for stage in health.stages))
    found = []
    for name in names:
        stages = [stage for health in healths for stage in health.stages if stage.name == name]
        threads = sum(stage.threads for stage in stages)
        busy = sum(stage.busy * stage.threads for stage in stages) / max(1, threads)
        found.append(StageHealth(name, round(busy, 3), sum(stage.queue for stage in stages), threads))
    return tuple(found)


def _bottleneck(ready: Sequence[Link], cameras: Sequence[CameraHealth]) -> tuple[str, str]:
    """Cameras without a host come first; then what the host says that is worst off."""
    nowhere = [
        camera for camera in cameras if camera.state in ("connecting", "reconnecting") and "machine" in camera.problem
    ]
    if nowhere and not ready:
        return "machines", f"no machine of the cluster can take cameras; {len(nowhere)} wait"
    if nowhere:
        return "machines", f"{len(nowhere)} of {len(cameras)} cameras wait for a machine with room"
    held_up = [(link, link.engine) for link in ready if link.engine is not None and link.engine.bottleneck]
    if not held_up:
        return "", ""
    link, health = min(held_up, key=lambda one: one[1].fps_analysed / max(1e-6, one[1].fps_wanted))
    return health.bottleneck, f"on {link.machine.label}: {health.why}"
