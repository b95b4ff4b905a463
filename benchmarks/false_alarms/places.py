"""Where the rules watch, and the two pipelines: raw rules, and rules with hysteresis. Both have the ladder behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from trackside.pipelines import Pipeline
from trackside.pipelines.graph import parse_pipeline

COLUMNS, ROWS = 4, 3
DWELL = 2.0
# Of each random layout.
ZONES, LINES = 3, 2
_LEAST_SIDE, _MOST_SIDE = 0.15, 0.45
_LEAST_LINE = 0.3

RAW_TRACKER: Mapping[str, Any] = {"tracker": "bytetrack", "high": 0.25, "low": 0.1}
# Of the template `guard-an-area`, with its defaults.
TEMPLATE_TRACKER: Mapping[str, Any] = {"tracker": "evidence"}

Corners = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Places:
    """Zones and lines, and which of their events are alarms.

    Attributes:
        zones: corners by name.
        lines: two ends by name.
        coordinates: `fraction` or `pixels`.
        dwell: seconds after which a stay in a zone is an alarm too; None for not asked.
    """

    zones: Mapping[str, Corners]
    lines: Mapping[str, Corners]
    coordinates: str = "fraction"
    dwell: float | None = DWELL

    @property
    def wanted(self) -> list[str]:
        """The events that are alarms."""
        return ["enter", "cross_in", "cross_out", *(["dwell"] if self.dwell is not None else [])]


def grid() -> Places:
    """4 x 3 zones that cover the picture, and the five lines between them."""
    xs, ys = np.linspace(0, 1, COLUMNS + 1).tolist(), np.linspace(0, 1, ROWS + 1).tolist()
    zones = {
        f"zone{column}{row}": [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
        for column, (x1, x2) in enumerate(pairwise(xs))
        for row, (y1, y2) in enumerate(pairwise(ys))
    }
    lines = {f"vertical{n}": [[x, 0], [x, 1]] for n, x in enumerate(xs[1:-1])}
    return Places(zones, lines | {f"horizontal{n}": [[0, y], [1, y]] for n, y in enumerate(ys[1:-1])})


def random_layout(seed: int) -> Places:
    """Three turned rectangles and two lines, anywhere in the picture.

    Centres are even over the picture's inner 80 %, sides from 0.15 to 0.45 of it, angles even; a line's ends are even
    over the picture, at least 0.3 of it apart.
    """
    rng = np.random.default_rng([2015, seed])
    zones, lines = {}, {}
    for number in range(ZONES):
        centre, half = rng.uniform(0.1, 0.9, 2), rng.uniform(_LEAST_SIDE, _MOST_SIDE, 2) / 2
        angle = rng.uniform(0, np.pi)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = centre + (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half) @ turn
        zones[f"zone{number}"] = np.clip(corners, 0, 1).round(4).tolist()
    for number in range(LINES):
        ends = rng.uniform(0, 1, (2, 2))
        while np.linalg.norm(ends[1] - ends[0]) < _LEAST_LINE:
            ends = rng.uniform(0, 1, (2, 2))
        lines[f"line{number}"] = ends.round(4).tolist()
    return Places(zones, lines)


def pipelines(places: Places, model: str = "fastestdet") -> dict[str, Pipeline]:
    """`raw` rules; `calm` ones with hysteresis behind the same tracker; `guarded` ones behind that of `guard-an-area`."""
    return {
        "raw": raw_rules(places, model),
        "calm": calm_rules(places, model),
        "guarded": calm_rules(places, model, TEMPLATE_TRACKER),
    }


def raw_rules(places: Places, model: str = "fastestdet") -> Pipeline:
    """Rules without hysteresis: an event at every look at which feet are on the other side."""
    common = {"tracks": "track", "coordinates": places.coordinates}
    blocks: dict[str, Any] = {"zones": {"use": "zone.count@1", **common, "zones": places.zones}}
    for name, ends in places.lines.items():
        blocks[name] = {"use": "line.crossing@1", **common, "line": ends, "name": name}
    return _pipeline(places, model, blocks | _dwells(places, common), RAW_TRACKER)


def calm_rules(places: Places, model: str = "fastestdet", tracker: Mapping[str, Any] | None = None) -> Pipeline:
    """The rules that have hysteresis."""
    common = {"tracks": "track", "coordinates": places.coordinates}
    blocks: dict[str, Any] = {
        f"zone-{name}": {"use": "rule.presence@1", **common, "zone": corners, "name": name}
        for name, corners in places.zones.items()
    }
    ends, names = list(places.lines.values()), list(places.lines)
    blocks["lines"] = {"use": "rule.line@1", **common, "lines": ends, "names": names}
    return _pipeline(places, model, blocks | _dwells(places, common), tracker or RAW_TRACKER)


def of_example(given: Mapping[str, Any]) -> Places:
    """The places of `examples/alarms/vtest.yaml`."""
    blocks = given["blocks"]
    return Places(blocks["zones"]["zones"], {blocks["line"]["name"]: blocks["line"]["line"]}, "pixels", None)


def settings_of(pipeline: Pipeline, height: float, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a choice means for each block: `{"block.setting": value}`.

    Args:
        pipeline: of `calm_rules`.
        height: the picture's, in the unit of its coordinates.
        chosen: `zone_margin` and `line_margin` in shares of the picture's height, `enter_after`, `leave_after`, `gap`, and
            settings of the ladder.
    """
    found: dict[str, Any] = {}
    for name, value in chosen.items():
        if name == "line_margin":
            found["lines.margin"] = value * height
            continue
        kinds: dict[str, tuple[str, ...]] = {
            "zone_margin": ("zone-", "dwell-"),
            "leave_after": ("zone-", "dwell-"),
            "gap": ("zone-", "dwell-"),
        }
        kinds["enter_after"] = ("zone-",)
        if name not in kinds:
            found[f"alarm.{name}"] = value
            continue
        setting, number = ("margin", value * height) if name == "zone_margin" else (name, value)
        found |= {f"{block}.{setting}": number for block in pipeline.blocks if block.startswith(kinds[name])}
    return found


def _dwells(places: Places, common: Mapping[str, Any]) -> dict[str, Any]:
    if places.dwell is None:
        return {}
    return {
        f"dwell-{name}": {"use": "rule.dwell@1", **common, "zone": corners, "name": name, "at_least": places.dwell}
        for name, corners in places.zones.items()
    }


def _pipeline(places: Places, model: str, rules: Mapping[str, Any], tracker: Mapping[str, Any]) -> Pipeline:
    blocks: dict[str, Any] = {
        "detect": {
            "use": "detect.objects@1", "images": "source.images", "model": model, "classes": ["person"], "threshold": 0.1,
        },
        "track": {"use": "track.objects@2", "detections": "detect", **tracker},
        **rules,
    }  # fmt: skip
    events = [f"{name}.events" for name in rules]
    blocks["alarm"] = {"use": "alarm.raise@1", "events": events, "tracks": "track", "only": places.wanted}
    return parse_pipeline({"pipeline": "false-alarms", "blocks": blocks})
