"""What came out of every block at some moments of a try. Bounded: what is kept does not grow with the video."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trackside.core import Detections, Keypoints, Shapes, Table, as_rgb, size_of
from trackside.core.images import Picture
from trackside.pipelines.calls import Item
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.plan import Node, Plan
from trackside.server.previews.pictures import drawn, jpeg, small
from trackside.server.previews.words import in_rows, in_words

MOST_MOMENTS = 60
# Pictures of all blocks and moments together, each of some 50 kB.
_MOST_PICTURES = 600
_FEWEST_MOMENTS = 4
_DRAWABLE = (Detections, Keypoints, Shapes)
_FOUND = (Detections, Keypoints)


@dataclass(frozen=True, slots=True)
class Card:
    """What one block gave at one moment."""

    picture: bytes
    words: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A record that is kept: its time, and the card of every block that gave something."""

    number: int
    time: float
    cards: dict[str, Card]


@dataclass
class Gallery:
    """Fills while the video runs; read by other threads at the same time.

    Args:
        plan: what runs.
        start: media time of the first moment.
        seconds: how long the try is.
    """

    plan: Plan
    start: float
    seconds: float
    records: dict[str, int] = field(default_factory=dict)
    _moments: list[Moment] = field(default_factory=list)
    _next: float = -1.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        share = _MOST_PICTURES // (len(self.plan.nodes) + 1)
        self._most = max(_FEWEST_MOMENTS, min(MOST_MOMENTS, share))

    @property
    def blocks(self) -> list[str]:
        """All blocks, the source first."""
        return [SOURCE, *(node.name for node in self.plan.nodes)]

    def take(self, item: Item) -> bool:
        """Count a finished record, and keep it if its moment has come. Tells whether it was kept."""
        given = {block for block, _ in item.values}
        self.records.update({block: self.records.get(block, 0) + 1 for block in given})
        if item.record.time < self._next or len(self._moments) >= self._most:
            return False
        self._next = max(self._next, item.record.time) + self.seconds / self._most
        moment = Moment(len(self._moments), item.record.time, _cards(self.plan, item))
        with self._lock:
            self._moments.append(moment)
        return True

    def moments(self) -> list[Moment]:
        """Those kept so far, in order."""
        with self._lock:
            return list(self._moments)

    def at(self, block: str, time: float | None) -> tuple[Moment, Card] | None:
        """The moment nearest to `time` (the newest, if None) at which a block gave something, and its card."""
        having = [moment for moment in self.moments() if block in moment.cards]
        if not having:
            return None
        found = having[-1] if time is None else min(having, key=lambda moment: abs(moment.time - time))
        return found, found.cards[block]

    def picture(self, block: str, number: int) -> bytes | None:
        """A picture, None if there is none of this number and block."""
        moments = self.moments()
        card = moments[number].cards.get(block) if 0 <= number < len(moments) else None
        return card.picture if card else None


def _cards(plan: Plan, item: Item) -> dict[str, Card]:
    image = item.record.data
    frame = small(image)
    scale = frame.shape[1] / size_of(image)[0]
    cards = {SOURCE: _card([image], jpeg(frame), item)}
    for node in plan.nodes:
        outputs = _outputs(node, item)
        if outputs:
            cards[node.name] = _card(outputs, jpeg(_picture(node, outputs, item, frame, scale)), item)
    return cards


def _card(outputs: Sequence[Any], picture: bytes, item: Item) -> Card:
    columns, rows = in_rows(outputs, item.record.index, item.record.time)
    return Card(picture, in_words(outputs), columns, rows)


def _outputs(node: Node, item: Item) -> list[Any]:
    keys = [(node.name, port) for port in node.spec.outputs]
    return [item.values[key] for key in keys if key in item.values]


def _picture(node: Node, outputs: list[Any], item: Item, frame: Any, scale: float) -> Any:
    """The block's own picture, or the frame with what it gave. What it was told of is drawn where it found nothing itself:
    people below a zone's count, bodies below their angles."""
    own = next((value for value in outputs if isinstance(value, Picture) or _is_array(value)), None)
    if own is not None:
        return small(own)
    values = [value for value in outputs if isinstance(value, (*_DRAWABLE, Table))]
    if not any(isinstance(value, _FOUND) for value in values):
        values += [value for value in _inputs(node, item) if isinstance(value, _FOUND)]
    return drawn(frame, scale, values)


def _inputs(node: Node, item: Item) -> list[Any]:
    keys = [(wire.block, wire.port) for wires in node.wires.values() for wire in wires]
    return [item.values[key] for key in keys if key in item.values]


def _is_array(value: Any) -> bool:
    try:
        as_rgb(value)
    except TypeError:
        return False
    return True
