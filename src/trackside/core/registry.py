"""A table of named things that fails with the nearest right name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from trackside.core.errors import TracksideError, nearest

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Names to things of one kind. Registering a name twice is a mistake in the code, so it raises at import.

    Args:
        noun: what the things are, for error messages ("block", "model family").
        fill: called once before the first look-up; imports the modules that register the built-in things, so that
            a start that needs none of them pays for none.
    """

    def __init__(self, noun: str, fill: Callable[[], None] | None = None) -> None:
        self.noun = noun
        self._things: dict[str, T] = {}
        self._fill = fill
        # Whoever looks up while another thread fills waits for it; the thread that fills may look up itself.
        self._filling = threading.RLock()
        self._is_full = fill is None

    def add(self, name: str, thing: T) -> T:
        """Register `thing` as `name` and return it, so that it serves in decorators."""
        if name in self._things:
            raise ValueError(f"{self.noun} {name=} is registered twice")
        self._things[name] = thing
        return thing

    def __getitem__(self, name: str) -> T:
        self._filled()
        try:
            return self._things[name]
        except KeyError:
            raise UnknownName(f"unknown {self.noun} {name!r}", fix=nearest(name, self._things)) from None

    def __contains__(self, name: object) -> bool:
        self._filled()
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        self._filled()
        return iter(sorted(self._things))

    def __len__(self) -> int:
        self._filled()
        return len(self._things)

    def _filled(self) -> None:
        if self._is_full:
            return
        with self._filling:
            if self._fill is not None:
                fill, self._fill = self._fill, None
                fill()
                self._is_full = True


class UnknownName(TracksideError, KeyError):
    """A name that is not in a registry; the message offers the nearest one."""

    __str__ = TracksideError.__str__
