"""Makes EVIDENCE.md of recorded runs: the last record of each program counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.diagnosis.programs import PROGRAMS
from benchmarks.diagnosis.programs.expectations import EXPECTED

HEAD = """# What the programs reach without diagnosis

Made by `python -m benchmarks.diagnosis.programs.check '*' --mended --record FILE --evidence FILE` (one thread).
Loss and score are of the whole validation split after the last step, in evaluation mode;
the score is accuracy for classes, R² for numbers. Seconds are of a machine shared with other work: some are far too long.
Whoever tunes the diagnosis should not read on: the tables tell what each program suffers from.

"""


def write(record: Path) -> None:
    """Write EVIDENCE.md beside this file."""
    rows = {(row["name"], row["mended"]): row for row in map(json.loads, record.read_text(encoding="utf-8").splitlines())}
    text = HEAD + _faulty(rows) + "\n" + _healthy(rows)
    Path(__file__).with_name("EVIDENCE.md").write_text(text, encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 100 else f"{value:.3f}"


def _cells(row: dict[str, Any]) -> str:
    return f"{_number(row['train loss'])} | {_number(row['loss'])} | {_number(row['score'])}"


def _faulty(rows: dict[tuple[str, bool], dict[str, Any]]) -> str:
    programs = sorted((program for program in PROGRAMS if program.fault), key=lambda program: (program.fault, program.name))
    lines = [f"## {len(programs)} faulty programs, each beside itself mended", ""]
    lines += [
        "| fault | program | score is | train loss | loss | score | mended: train loss | loss | score | seconds |",
        "|" + "---|" * 10,
    ]
    for program in programs:
        faulty, mended = rows[program.name, False], rows[program.name, True]
        kind = f"{faulty['kind']} ({faulty['items']})"
        lines.append(
            f"| {program.fault} | {program.name} | {kind} | {_cells(faulty)} | {_cells(mended)} | {faulty['seconds']} |"
        )
    return "\n".join([*lines, ""])


def _healthy(rows: dict[tuple[str, bool], dict[str, Any]]) -> str:
    programs = [program for program in PROGRAMS if not program.fault]
    lines = [f"## {len(programs)} healthy programs, and what is expected of them", ""]
    lines += ["| program | data | score is | train loss | loss | score | expected | met | seconds |", "|" + "---|" * 9]
    for program in programs:
        row, (what, bar, why) = rows[program.name, False], EXPECTED[program.name]
        met = row["score"] >= bar if what == "score" else row["loss"] <= bar
        expected = f"{what} {'≥' if what == 'score' else '≤'} {bar:g}: {why}"
        kind, yes = f"{row['kind']} ({row['items']})", "yes" if met else "**no**"
        lines.append(f"| {program.name} | {program.data} | {kind} | {_cells(row)} | {expected} | {yes} | {row['seconds']} |")
    return "\n".join([*lines, ""])
