"""What all models of flight give: the path of one throw, and where many come down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.flight.checks import Floats
from trackside.geometry.flight.release import Release

Contact = Literal["nose first", "flat", "tail first", "ball"]


@dataclass(frozen=True, slots=True, eq=False)
class Landings:
    """Where throws come down.

    Attributes:
        distance: float64 [n], metres forward of the release point; of a javelin the place where the tip strikes.
        side: float64 [n], metres to the left.
        time: float64 [n], of flight, seconds.
        valid: bool [n]; False for a javelin that lands flat or tail first.
    """

    distance: Floats
    side: Floats
    time: Floats
    valid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """The path of one throw.

    Attributes:
        times: float64 [k], seconds from release.
        positions: float64 [k, 3], of the centre of mass, metres.
        velocities: float64 [k, 3], m/s.
        distance: metres forward of the release point; of a javelin the place where the tip strikes.
        time: of flight, seconds.
        pitch: float64 [k], attitude above the horizontal, radians; empty for a ball.
        attack: float64 [k], angle of attack against the air, radians; empty for a ball.
        pitch_rate: float64 [k], rad/s; empty for a ball.
        contact: what touches the ground first; a javelin within 3 degrees of level lands `flat`.
    """

    times: Floats
    positions: Floats
    velocities: Floats
    distance: float
    time: float
    pitch: Floats = field(default_factory=lambda: np.empty(0))
    attack: Floats = field(default_factory=lambda: np.empty(0))
    pitch_rate: Floats = field(default_factory=lambda: np.empty(0))
    contact: Contact = "ball"

    @property
    def valid(self) -> bool:
        """Whether the throw counts: the tip of a javelin must strike first (World Athletics technical rules)."""
        return self.contact in ("nose first", "ball")

    @property
    def apex(self) -> float:
        """Greatest height of the sampled path, metres."""
        return float(self.positions[:, 2].max())


class Model(Protocol):
    """A way to compute flights; `used` names the fields of a release that it heeds."""

    @property
    def used(self) -> tuple[str, ...]: ...

    def land(self, throws: Floats) -> Landings:
        """Where throws come down: float64 [7, n], rows in the order of `FIELDS`."""
        ...

    def fly(self, release: Release, *, points: int = 200) -> Flight:
        """The path of one throw, sampled at `points` times."""
        ...
