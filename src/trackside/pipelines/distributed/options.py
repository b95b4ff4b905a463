"""How cameras are spread over machines; everything is derived where not told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trackside.core import SettingError
from trackside.pipelines.live import EngineOptions

# Seconds without a word after which a host is given up. It answers once a second; one whose cores are all busy may be late.
SILENCE = 5.0
# Seconds without being asked after which a host lets go of its cameras.
LEASE = 10.0


@dataclass(frozen=True, slots=True)
class Share:
    """What a host may use of its machine.

    Attributes:
        cpus: cores.
        gpus: GPUs, or a part of one.
    """

    cpus: float
    gpus: float = 0.0


def engine_options(share: Share) -> EngineOptions:
    """Threads for a share: two device threads where there is a GPU, else one a core."""
    cores = max(1, int(share.cpus))
    return EngineOptions(devices=2 if share.gpus else cores, feeders=max(1, cores // 8), lanes=max(2, cores // 2))


@dataclass(frozen=True, slots=True)
class RayOptions:
    """How cameras are spread.

    Attributes:
        cpus: cores of each host; by default all of its machine, divided by the GPUs.
        gpus: GPUs of each host, or a part of one (0.25); by default one where there are any.
        cameras_per_host: most cameras of a host; further hosts are started where shares are free. None: no bound.
        silence: seconds without a word after which a host is given up.
        lease: seconds without being asked after which a host lets go of its cameras.
        patience: seconds to wait for the first host.
        engine: makes a host's engine options from its share; called in the host's process, so it must be importable there.
    """

    cpus: float | None = None
    gpus: float | None = None
    cameras_per_host: int | None = None
    silence: float = SILENCE
    lease: float = LEASE
    patience: float = 60.0
    engine: Callable[[Share], EngineOptions] = engine_options

    def __post_init__(self) -> None:
        checks = {
            "cpus": self.cpus is None or 0 < self.cpus < float("inf"),
            "gpus": self.gpus is None or 0 <= self.gpus < float("inf"),
            "cameras_per_host": self.cameras_per_host is None or self.cameras_per_host >= 1,
            "silence": 2.0 <= self.silence <= 600.0,
            "lease": self.silence <= self.lease <= 3600.0,
        }
        for name, good in checks.items():
            if not good:
                fix = "give `silence` of 2 to 600 seconds, a `lease` that is no shorter, and shares above 0"
                raise SettingError(f"{name} = {getattr(self, name)} makes no sense", fix=fix)
