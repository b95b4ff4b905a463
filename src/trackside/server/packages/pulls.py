"""Models on their way from the zoo: one thread each, and two people who ask for the same one wait for the same."""

from __future__ import annotations

import logging
import threading

from trackside.core import TracksideError
from trackside.models import Store
from trackside.models.card import Card
from trackside.models.fetch import pull
from trackside.server.context import Site
from trackside.server.packages.shapes import Pull

NAME = "pulls"
log = logging.getLogger("trackside.server")


class Pulls:
    """The pulls of one server. A restart forgets them: the store holds whole models only, so nothing is half done."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pulls: dict[str, Pull] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Nothing: a pull begins when it is asked for."""

    def stop(self) -> None:
        """Nothing: the threads end with the process."""

    def begin(self, card: Card) -> Pull:
        """Fetch a model; what is under way already, or is here, is not fetched again."""
        with self._lock:
            held = self._pulls.get(card.name)
            if held and held.state == "running":
                return held.model_copy()
            found = self._pulls[card.name] = Pull(name=card.name, state="running", bytes=card.network.bytes)
        threading.Thread(target=self._fetch, args=(found,), name=f"pull-{card.name}", daemon=True).start()
        return found.model_copy()

    def of(self, card: Card) -> Pull:
        """How far a pull is."""
        with self._lock:
            held = self._pulls.get(card.name)
            if held and (held.state != "done" or card.name in self._store):
                return held.model_copy()
        size = card.network.bytes
        if card.name in self._store:
            return Pull(name=card.name, state="done", received=size, bytes=size)
        return Pull(name=card.name, state="none", bytes=size)

    def _fetch(self, progress: Pull) -> None:
        try:
            pull(progress.name, store=self._store, reporter=_Reporter(progress))
        except TracksideError as error:
            self._end(progress, "failed", f"{error.what}; {error.fix}" if error.fix else error.what)
        except Exception as error:
            log.error("pulling %s failed", progress.name, exc_info=error)
            self._end(progress, "failed", f"it could not be fetched ({type(error).__name__}); try again")
        else:
            self._end(progress, "done", "")

    def _end(self, progress: Pull, state: str, problem: str) -> None:
        with self._lock:
            progress.problem = problem
            progress.received = progress.bytes if state == "done" else progress.received
            progress.state = "done" if state == "done" else "failed"


class _Reporter:
    """Writes into a pull how far it is."""

    def __init__(self, progress: Pull) -> None:
        self._progress = progress

    def start(self, name: str, total: int, licence: str, source: str) -> None:
        """A file begins: of a wheel, the whole wheel comes."""
        self._progress.received, self._progress.bytes = 0, total

    def advance(self, count: int) -> None:
        """More bytes are here."""
        self._progress.received += count

    def finish(self) -> None:
        """The file is here."""


def pulls_of(site: Site) -> Pulls:
    """The pulls of a site."""
    found: Pulls = site.services.setdefault(NAME, Pulls(site.store))
    return found
