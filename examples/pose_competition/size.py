"""How much of everything: the whole project, or a quick look at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much of everything: the whole project, or a quick look.

    Attributes:
        each: pictures a class and split.
        side: of the squares that the network sees, pixels.
        epochs: of the transfer.
        point_epochs: of the small network on body points.
        preflight: seconds.
        diagnosis: seconds.
        video: seconds of the video.
        checks: of the data; all if empty.
    """

    each: dict[str, int]
    side: int
    epochs: int
    point_epochs: int
    preflight: float
    diagnosis: float
    video: float
    checks: tuple[str, ...]


WHOLE = Size(
    each={"train": 90, "val": 15}, side=128, epochs=6, point_epochs=60, preflight=45, diagnosis=45, video=6, checks=()
)
QUICK = Size(
    each={"train": 6, "val": 2}, side=64, epochs=2, point_epochs=20, preflight=5, diagnosis=4, video=0.4,
    checks=("class-balance", "shortcuts"),
)  # fmt: skip
