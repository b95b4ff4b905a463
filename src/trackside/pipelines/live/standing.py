"""Which stage holds up the rest, told in one sentence with its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trackside.pipelines.live.board import Board
from trackside.pipelines.live.camera_run import CameraRun
from trackside.pipelines.live.device import Device
from trackside.pipelines.live.health import EngineHealth, StageHealth
from trackside.pipelines.live.lane import LanePool

# A stage whose threads work for more than this share of the time is full.
_FULL = 0.85
# Share of wanted pictures that may be dropped before anything is said to be held up.
_SOME = 0.02


def standing(
    board: Board, device: Device, lanes: LanePool, runs: Sequence[CameraRun], seconds: float, running: bool
) -> EngineHealth:
    """The engine's health, from its parts."""
    healths = [run.health() for run in runs]
    dropped: Counter[str] = Counter()
    for health in healths:
        dropped.update(health.dropped)
    rates = [run.account.rates() for run in runs]
    given, analysed, missed = (sum(rate[number] for rate in rates) for number in range(3))
    stations = board.stations()
    calls = sum(station.calls.per_second() * station.batch for station in stations)
    records = sum(station.records.per_second() for station in stations)
    behind = sum(run.lag > run.camera.staleness for run in runs if run.state == "live")
    stages = (
        StageHealth("decode", round(behind / max(1, len(runs)), 3), behind, len(runs)),
        StageHealth("prepare", round(device.preparing.share(), 3), board.waiting, device.preparing.threads),
        StageHealth("inference", round(device.running.share(), 3), device.waiting, device.running.threads),
        StageHealth("lanes", round(lanes.busy.share(), 3), lanes.waiting, lanes.busy.threads),
    )
    stage, why = _bottleneck(stages, missed / max(given, 1e-6), dropped, running and bool(runs))
    return EngineHealth(
        running=running,
        seconds=round(seconds, 1),
        stages=stages,
        bottleneck=stage,
        why=why,
        cameras=dict(Counter(health.state for health in healths)),
        fps_in=round(sum(health.fps_in for health in healths), 2),
        fps_wanted=round(sum(health.fps_wanted for health in healths if health.state == "live"), 2),
        fps_analysed=round(analysed, 2),
        dropped=dict(dropped),
        batch=max((station.batch for station in stations), default=1),
        occupancy=round(min(1.0, records / calls), 4) if calls else 0.0,
        models=tuple(sorted(station.name for station in stations)),
    )


def _bottleneck(stages: Sequence[StageHealth], missed: float, dropped: Counter[str], running: bool) -> tuple[str, str]:
    """The stage and one sentence; both empty if all wanted pictures are looked at."""
    if not running or missed <= _SOME:
        return "", ""
    decode, prepare, inference, lanes = stages
    share = f"{missed:.0%} of the wanted pictures are dropped"
    if decode.busy > 0.1:
        return "decode", f"{share}: {decode.queue} of {decode.threads} cameras are decoded later than their budget"
    if lanes.busy > _FULL or dropped.get("rules busy", 0) > 0.5 * sum(dropped.values()):
        return "lanes", f"{share}: tracking and rules are busy {lanes.busy:.0%} of the time"
    if inference.busy >= prepare.busy:
        return "inference", f"{share}: the models compute {inference.busy:.0%} of the time"
    return "prepare", f"{share}: pictures are prepared for the models {prepare.busy:.0%} of the time"
