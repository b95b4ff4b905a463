"""A program of the benchmark: somebody's plain PyTorch training, with one fault or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Watch = Callable[..., Any]
"""`trackside.lab.watch`, or something with the same arguments that only lets the loop run."""


@dataclass(frozen=True)
class Program:
    """A training run.

    Attributes:
        name: unique within its set.
        fault: the id of the one cause that was injected, or None for a healthy run.
        also: ids that a fair judge would accept as the same cause, in other words.
        data: what it trains on.
        kind: `images`, `table` or `text`.
        run: runs the whole program inside `watch(...)` and returns what `watch` gave.
    """

    name: str
    fault: str | None
    also: tuple[str, ...]
    data: str
    kind: str
    run: Callable[[Watch], Any]


class Programs:
    """A set of programs that register themselves."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}

    def __call__(
        self, name: str, *, fault: str | None, data: str, kind: str, also: tuple[str, ...] = ()
    ) -> Callable[[Callable[[Watch], Any]], Callable[[Watch], Any]]:
        """Decorate a function that takes `watch`, trains, and returns what `watch(...)` gave as context."""

        def registered(run: Callable[[Watch], Any]) -> Callable[[Watch], Any]:
            if name in self._programs:
                raise ValueError(f"there are two programs {name}")
            self._programs[name] = Program(name, fault, also, data, kind, run)
            return run

        return registered

    def __iter__(self) -> Iterator[Program]:
        return iter(self._programs.values())

    def __len__(self) -> int:
        return len(self._programs)
