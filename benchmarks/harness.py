"""What every benchmark shares: measuring in turns, saying on what machine, printing a table and writing the claims.

A claim is a number with a goal. Timings are medians over rounds; in each round the things compared run one after the
other, so that a change of the machine's speed meets all of them.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_LIBRARIES = (
    "av", "geomdl", "motpy", "norfair", "numba", "numpy", "onnxruntime", "opencv-python-headless", "opencv-python", "scipy",
    "splinepy", "torch", "fastapi", "pg8000", "sqlalchemy", "uvicorn",
    "supervision", "trackers", "cleanlab", "cleanvision", "imagededup", "scikit-learn", "accelerate", "mlflow-skinny",
    "onnxruntime-gpu", "onnxruntime-openvino", "playwright", "plotly", "timm", "torchvision", "trackside",
)  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """A measured number and what it should be.

    Attributes:
        name: what was measured.
        value: the number.
        unit: of the number; `ratio` for a quotient of two times.
        goal: `<= 1.1`, `>= 1.5`, or empty where there is none.
    """

    name: str
    value: float
    unit: str
    goal: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if not self.goal:
            return None
        sign, _, bound = self.goal.partition(" ")
        return self.value <= float(bound) if sign == "<=" else self.value >= float(bound)


@dataclass(frozen=True)
class Timing:
    """One call: wall seconds, and CPU seconds of all threads of this process."""

    wall: float
    cpu: float


def timed(call: Callable[[], Any]) -> Timing:
    """Run once and time it."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


def in_turns(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Timing]]:
    """Time each call once a round, one after the other."""
    found: dict[str, list[Timing]] = {name: [] for name in calls}
    for number in range(rounds):
        for name, call in calls.items():
            found[name].append(timed(call))
            print(f"  round {number + 1}/{rounds} {name}: {found[name][-1].wall:.2f} s", flush=True)
    return found


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def ratios(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of the quotients, round by round."""
    return median([a / b for a, b in zip(above, below, strict=True)])


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system."""
    info = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(), "processor": ""}
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        info["processor"] = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        info["processor"] = platform.processor()
    return info


def versions() -> dict[str, str]:
    """Versions of the libraries that are measured."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def report(name: str, rows: Sequence[Mapping[str, Any]], claims: Sequence[Claim], *, method: str, command: str = "") -> None:
    """Print the table and the claims, and write `results/<name>.json`.

    Args:
        name: the benchmark's.
        rows: the table; all with the same keys.
        claims: what it comes to.
        method: how it was measured, one or two sentences.
        command: what measures it again, if that is not the usual `make bench NAME=...`.
    """
    print(f"\n{name} on {machine()['processor']}, {machine()['cores']} cores; " + ", ".join(
        f"{library} {version}" for library, version in versions().items()
    ))  # fmt: skip
    _print_table([{key: _short(value) for key, value in row.items()} for row in rows])
    print()
    _print_table(
        [
            {
                "claim": c.name,
                "value": f"{c.value:.3g} {c.unit}",
                "goal": c.goal,
                "met": {None: "", True: "yes", False: "NO"}[c.met],
            }
            for c in claims
        ]
    )
    RESULTS.mkdir(exist_ok=True)
    document = {
        "benchmark": name,
        "command": command or f"make bench NAME={name}",
        "date": datetime.now(UTC).date().isoformat(),
        "method": method,
        "machine": machine(),
        "versions": versions(),
        "rows": list(rows),
        "claims": [{**asdict(claim), "met": claim.met} for claim in claims],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print_table(rows: Sequence[Mapping[str, str]]) -> None:
    if not rows:
        return
    widths = {key: max(len(key), *(len(row[key]) for row in rows)) for key in rows[0]}
    for row in [{key: key for key in widths}, *rows]:
        print("  ".join(row[key].ljust(width) for key, width in widths.items()))
