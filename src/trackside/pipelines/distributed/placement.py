"""Which host gets a camera, and when one moves: pure arithmetic over what hosts have told.

A host's load is the pictures a second that its cameras are to have looked at, over those that it can do. What it can do is
measured (pictures that went through, over the share of time in which its busiest stage worked); before there is anything to
measure it is what the others do with the same share.

A move interrupts a camera for a second or more and its tracker forgets, so cameras move only when their host has dropped
pictures for a while and another one would not be filled by them; each camera stays for a while after a move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from trackside.pipelines.distributed.options import Share
from trackside.pipelines.live import EngineHealth

# Pictures a second of a core before anything is measured, and how many cores a GPU counts for. Only the order of hosts
# depends on them, and only until they work.
_FIRST_GUESS, _CORES_OF_A_GPU = 10.0, 30.0
# Below this share of time the measured capacity is a guess from too little.
_BUSY_ENOUGH = 0.3
# A host drops too much if less than this share of the wanted pictures went through.
_SUFFERS = 0.9
# A host that takes over a camera must not come above this load.
_MOST_AFTER = 0.8


@dataclass(frozen=True, slots=True)
class Load:
    """One host, for placing.

    Attributes:
        host: its name.
        cameras: how many it has.
        wanted: pictures a second that they are to have looked at.
        capacity: pictures a second that it can do.
        suffers: whether it drops pictures for want of time.
        room: cameras that it may yet take; None for any number.
    """

    host: str
    cameras: int
    wanted: float
    capacity: float
    suffers: bool = False
    room: int | None = None

    @property
    def share(self) -> float:
        """Wanted over possible."""
        return self.wanted / max(self.capacity, 1e-6)

    def with_camera(self, rate: float) -> Load:
        """The same with one camera more."""
        room = None if self.room is None else self.room - 1
        return replace(self, cameras=self.cameras + 1, wanted=self.wanted + rate, room=room)


def capacities(hosts: Mapping[str, tuple[Share, EngineHealth | None]]) -> dict[str, float]:
    """Pictures a second that each host can do."""
    weights = {name: share.cpus + _CORES_OF_A_GPU * share.gpus for name, (share, _) in hosts.items()}
    measured = {name: _measured(health) for name, (_, health) in hosts.items()}
    sure = [value / weights[name] for name, (value, is_sure) in measured.items() if is_sure]
    # What an idle one does is the least that it can do, and so is it for its like.
    least = max((value / weights[name] for name, (value, _) in measured.items()), default=0.0)
    each = median(sure) if sure else max(_FIRST_GUESS, least)
    return {name: value if is_sure else max(value, each * weights[name]) for name, (value, is_sure) in measured.items()}


def suffers(health: EngineHealth | None) -> bool:
    """Whether a host drops pictures for want of time; one whose cameras send fewer than wanted does not."""
    return health is not None and bool(health.bottleneck) and health.fps_analysed < _SUFFERS * health.fps_wanted


def choose(loads: Sequence[Load], rate: float, *, avoid: frozenset[str] = frozenset()) -> str | None:
    """The host for a new camera of this rate: the one with the least load after it; None if none has room."""
    free = [load for load in loads if load.host not in avoid and (load.room is None or load.room > 0)]
    if not free:
        return None
    return min(free, key=lambda load: (load.suffers, load.with_camera(rate).share, load.cameras, load.host)).host


@dataclass(frozen=True, slots=True)
class Move:
    """A camera that is to change its host."""

    camera: str
    source: str
    target: str


def choose_moves(loads: Sequence[Load], movable: Mapping[str, Sequence[tuple[str, float]]]) -> list[Move]:
    """What to move now, so that no host drops pictures while another has time.

    Args:
        loads: all hosts.
        movable: of each host the cameras that may move, with their rates.
    """
    now = {load.host: load for load in loads}
    moves: list[Move] = []
    for source in sorted((load for load in loads if load.suffers), key=lambda load: -load.share):
        excess = source.wanted - _MOST_AFTER * source.capacity
        left = source.cameras
        for camera, rate in sorted(movable.get(source.host, ()), key=lambda one: (-one[1], one[0])):
            others = [load for load in now.values() if not load.suffers and load.host != source.host]
            target = choose(others, rate)
            # A host with one camera only gains nothing by giving it to a like one.
            if excess <= 0 or left <= 1 or target is None:
                break
            after = now[target].with_camera(rate)
            if after.share > _MOST_AFTER:
                continue
            now[target] = after
            moves.append(Move(camera, source.host, target))
            excess -= rate
            left -= 1
    return moves


def _measured(health: EngineHealth | None) -> tuple[float, bool]:
    """Pictures a second at full work, and whether that rests on enough."""
    if health is None or health.fps_analysed <= 0:
        return 0.0, False
    busy = max((stage.busy for stage in health.stages if stage.name != "decode"), default=0.0)
    if suffers(health):
        return health.fps_analysed, True
    return health.fps_analysed / max(busy, _BUSY_ENOUGH), busy >= _BUSY_ENOUGH
