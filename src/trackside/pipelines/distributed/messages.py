"""What driver and hosts say to each other. Nothing that is printed of it holds an address: those have passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trackside.core import (
    Cancelled,
    InputError,
    ModelError,
    OutputError,
    PipelineError,
    Problem,
    SettingError,
    TracksideError,
)
from trackside.pipelines.live import Camera, CameraAlarm, CameraHealth, EngineHealth

_KINDS = {one.__name__: one for one in (InputError, ModelError, OutputError, SettingError, Cancelled)}


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """Run this camera.

    Attributes:
        camera: what is known of it, with its password.
        pipeline: the pipeline as YAML, as the driver read it; hosts need no such file.
        generation: number of the decision.
        paused: let go of it at once.
    """

    camera: Camera
    pipeline: str
    generation: int
    paused: bool = False

    def __repr__(self) -> str:
        return f"<order {self.generation} for camera {self.camera.name!r}>"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error for users, as data: exceptions lose their parts on the way between processes."""

    kind: str
    what: str
    where: str = ""
    fix: str = ""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, error: Exception) -> Trouble:
        """The parts of an error; one that is a mistake of ours becomes one clause."""
        if isinstance(error, PipelineError):
            return cls("PipelineError", error.what, error.source, error.fix, error.problems)
        if isinstance(error, TracksideError):
            return cls(type(error).__name__, error.what, error.where, error.fix)
        return cls("TracksideError", f"{type(error).__name__}: {error}")

    def error(self) -> TracksideError:
        """The error again."""
        if self.problems:
            return PipelineError(self.problems, source=self.where)
        return _KINDS.get(self.kind, TracksideError)(self.what, where=self.where, fix=self.fix)


@dataclass(frozen=True, slots=True)
class Ask:
    """What the driver tells and asks a host, once a second.

    Attributes:
        wanted: the cameras that the host is to have: generation, and whether it has said that it has it.
        as_of: newest generation at the time of asking; what the host has of later ones is not judged by `wanted`.
        handled: numbers of the parcels whose callback has returned.
        after: number of the newest parcel that has arrived.
        most: parcels to bring now.
        wait: seconds to wait for news.
    """

    wanted: Mapping[str, tuple[int, bool]]
    as_of: int
    handled: tuple[int, ...] = ()
    after: int = 0
    most: int = 100
    wait: float = 1.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """One alarm on its way to the driver.

    Attributes:
        number: counts up on its host, from 1.
        generation: of the camera when it was decided.
        refused: whether the ladder refused it.
        alarm: without `clip`, which cannot travel.
        has_clip: whether the host can write one.
    """

    number: int
    generation: int
    refused: bool
    alarm: CameraAlarm
    has_clip: bool


@dataclass(frozen=True, slots=True)
class News:
    """A host's answer.

    Attributes:
        parcels: alarms, oldest first.
        states: changes of cameras' states with their generation, oldest first.
        cameras: health of all cameras with their generation; empty if it has been told lately.
        engine: health of the engine; None if it has been told lately.
        missing: cameras that the host is to have and has not.
        lost: alarms that the host had to let go of because nobody took them, since it began.
    """

    parcels: tuple[Parcel, ...] = ()
    states: tuple[tuple[int, CameraHealth], ...] = ()
    cameras: tuple[tuple[int, CameraHealth], ...] = ()
    engine: EngineHealth | None = None
    missing: tuple[str, ...] = ()
    lost: int = 0


@dataclass(slots=True)
class Seats:
    """The cameras of a host and their generations, and the newest generation heard of each name."""

    now: dict[str, int] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
