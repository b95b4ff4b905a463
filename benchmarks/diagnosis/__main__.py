"""Does diagnosis find what is wrong with a training run, and stay silent where nothing is? Beside random guessing.

Programs of `programs/` were written by somebody who had not seen the diagnosis; those of `development/` served to build
it. Of `programs/` the first, third, fifth ... were run once before, and what they showed was mended; the others, the
blind half, were run for the first time for the published results. Each is a small real training run in plain PyTorch. A
fault counts as detected if the answer is not "healthy"; as found first (among the first three) if the injected cause,
or one that its author noted beforehand as the same in other words, is ranked there.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from benchmarks.diagnosis.program import Program
from benchmarks.harness import Claim, report
from trackside.core.intervals import wilson
from trackside.lab import watch
from trackside.lab.diagnosis.causes import CAUSES, HEALTHY


@dataclass(frozen=True)
class Outcome:
    """What diagnosis said of a program."""

    program: Program
    ranked: tuple[str, ...]
    probability: float
    training_seconds: float
    seconds: float

    @property
    def alarm(self) -> bool:
        """Whether it said that something is wrong."""
        return self.ranked[0] != HEALTHY

    def found(self, among: int) -> bool:
        """Whether the injected fault is among the first causes."""
        right = {self.program.fault, *self.program.also}
        return self.alarm and bool(right & set(self.ranked[:among]))


def run(program: Program, seconds: float) -> Outcome:
    """Train under watch, then diagnose."""
    torch.manual_seed(0)
    began = time.perf_counter()
    watched = program.run(watch)
    trained = time.perf_counter()
    diagnosis = watched.diagnose(seconds=seconds)
    ended = time.perf_counter()
    ranked = tuple(cause.id for cause in diagnosis.causes)
    return Outcome(program, ranked, diagnosis.causes[0].probability or 0.0, trained - began, ended - trained)


def by_fault(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """A row for each fault, and one for healthy programs."""
    groups = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.program.fault or HEALTHY].append(outcome)
    return [
        {
            "fault": name,
            "programs": len(group),
            "alarms": sum(one.alarm for one in group),
            "first": sum(one.found(1) for one in group),
            "in first three": sum(one.found(3) for one in group),
            "median seconds": round(statistics.median(one.seconds for one in group), 1),
        }
        for name, group in sorted(groups.items())
    ]


def claims(outcomes: Sequence[Outcome]) -> list[Claim]:
    """Shares with their goals, and what guessing would reach."""
    faulty = [one for one in outcomes if one.program.fault is not None]
    healthy = [one for one in outcomes if one.program.fault is None]
    alarms = sum(one.alarm for one in healthy)
    share = len(faulty) / len(outcomes)
    accepted = statistics.mean(1 + len(one.program.also) for one in faulty) / len(CAUSES)
    return [
        Claim("faulty programs that are detected", _share(one.alarm for one in faulty), "share", ">= 0.87"),
        Claim("right cause first", _share(one.found(1) for one in faulty), "share", ">= 0.64"),
        Claim("right cause among the first three", _share(one.found(3) for one in faulty), "share", ">= 0.85"),
        Claim("healthy programs that alarm", alarms / max(1, len(healthy)), "share", "<= 0.05"),
        Claim("the same, upper end of the 95 % interval", wilson(alarms, max(1, len(healthy)))[1], "share"),
        Claim("median time of a diagnosis", statistics.median(one.seconds for one in outcomes), "s", "<= 60"),
        Claim("longest time of a diagnosis", max(one.seconds for one in outcomes), "s"),
        Claim("random guessing: detected, and healthy programs that alarm", share, "share"),
        Claim("random guessing: right cause first", share * accepted, "share"),
        Claim("random guessing: right cause among the first three", share * min(1.0, 3 * accepted), "share"),
    ]


def main() -> None:
    """Run the programs of a set and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", default="programs", choices=("programs", "development"))
    parser.add_argument("--seconds", type=float, default=45.0, help="time for experiments of one diagnosis")
    parser.add_argument("--only", help="programs whose name contains this")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    programs = importlib.import_module(f"benchmarks.diagnosis.{chosen.set}").PROGRAMS
    outcomes = []
    for program in programs:
        if chosen.only and chosen.only not in program.name:
            continue
        outcome = run(program, chosen.seconds)
        outcomes.append(outcome)
        print(f"  {len(outcomes)} done, {outcome.seconds:.0f} s", flush=True)  # No names: whoever builds stays blind.
    if not outcomes:
        sys.exit("no program has such a name")
    name = "diagnosis" if chosen.set == "programs" else "diagnosis_development"
    where = f"benchmarks/diagnosis/{chosen.set}"
    method = f"{len(outcomes)} programs of {where}, one thread, experiments of at most {chosen.seconds:g} s"
    found = claims(outcomes)
    if chosen.set == "programs" and not chosen.only:
        found += _blind(outcomes[1::2])
    command = "make bench NAME=diagnosis" + (f" ARGS='--set {chosen.set}'" if chosen.set != "programs" else "")
    report(name, by_fault(outcomes), found, method=method, command=command)


def _blind(outcomes: Sequence[Outcome]) -> list[Claim]:
    """The same shares for the programs that nothing was mended by."""
    return [replace(claim, name=f"blind half: {claim.name}") for claim in claims(outcomes)[:4]]


def _share(values: Any) -> float:
    listed = list(values)
    return sum(listed) / max(1, len(listed))


if __name__ == "__main__":
    main()
