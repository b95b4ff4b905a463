"""Whose face is this? Somebody in the gallery whose similarity reaches the threshold, else nobody: unknown stays unknown."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.perception.faces.gallery import log
from trackside.perception.faces.gallery.people import Gallery
from trackside.perception.faces.rates import Calibration, identification_rate
from trackside.perception.faces.switch import require_on

MOST_A_MINUTE = 300
"""Faces that may be looked up in a minute, by all who use a gallery together: enough for a busy door, too few for trying out
a list of strangers."""
_WINDOW = 60.0


class TooManySearches(InputError):
    """The gallery was searched too often within a minute."""


@dataclass(frozen=True, slots=True)
class Match:
    """The answer to one look.

    Attributes:
        person: the id of who it is; empty for unknown.
        score: similarity to the nearest person, -1 to 1; NaN where there is nobody to compare with.
    """

    person: str
    score: float


class Searcher:
    """Looks faces up in a gallery, for one model. Every search is counted and logged. Safe to call from several threads.

    Args:
        gallery: where to look.
        model: the tag of the model that makes the vectors; templates of another are never compared.
        by: who searches.
        purpose: what for.
        most: faces a minute, for the whole gallery.

    Raises:
        SettingError: recognising people is off.
        InputError: no threshold was chosen for this model.
    """

    def __init__(self, gallery: Gallery, model: str, *, by: str, purpose: str, most: int = MOST_A_MINUTE) -> None:
        require_on()
        if not by.strip() or not purpose.strip():
            raise InputError("a search says who searches and what for", fix="give both")
        self._gallery, self._model, self._most = gallery, model, most
        self._by, self._purpose = by, purpose
        self._lock = threading.Lock()
        self._seen = -1
        self.calibration: Calibration = gallery.threshold(model)
        self._ids: list[str] = []
        self._until = np.empty(0)
        self._templates = np.empty((0, 0), np.float32)
        self._load()

    def __len__(self) -> int:
        """How many people there are to compare with, now."""
        with self._lock:
            self._load()
            return int((self._until > self._gallery.now()).sum())

    @property
    def false_positives(self) -> float:
        """How often somebody who is not in the gallery is taken for one who is, at most, with 95 % confidence (FPIR)."""
        return identification_rate(self.calibration.asked, len(self))

    def __call__(self, vectors: NDArray[np.float32]) -> list[Match]:
        """Look up faces.

        Args:
            vectors: float32 [n, d], unit length; a row of NaN is unknown.

        Raises:
            TooManySearches: nothing was looked up.
        """
        if not len(vectors):
            return []
        with self._lock:
            self._load()
            found = self._nearest(np.asarray(vectors, np.float32))
            self._record(len(vectors), found)
        return found

    def _nearest(self, vectors: NDArray[np.float32]) -> list[Match]:
        rows = np.flatnonzero(self._until > self._gallery.now())
        if not len(rows):
            return [Match("", float("nan"))] * len(vectors)
        if vectors.shape[1] != self._templates.shape[1]:
            raise InputError(
                f"vectors have {vectors.shape[1]} numbers, templates {self._templates.shape[1]}", where=self._model
            )
        scores = np.asarray(vectors, np.float64) @ np.asarray(self._templates[rows], np.float64).T
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        best = scores.argmax(axis=1)
        values = scores[np.arange(len(vectors)), best]
        return [
            Match(self._ids[rows[column]] if value >= self.calibration.threshold else "", _number(value))
            for column, value in zip(best.tolist(), values.tolist(), strict=True)
        ]

    def _record(self, probes: int, found: list[Match]) -> None:
        """Count, refuse or log, in one change: no answer leaves without an entry."""
        gallery, now = self._gallery, self._gallery.now()
        storage = gallery.storage
        matched = sorted({match.person for match in found if match.person})
        details = {"model": self._model, "probes": probes, "matched": matched, "purpose": self._purpose}
        with storage.change():
            storage.run("DELETE FROM searches WHERE time <= ?", now - _WINDOW)
            row = storage.one("SELECT COALESCE(SUM(probes), 0) FROM searches")
            if (int(row[0]) if row else 0) + probes > self._most:
                raise TooManySearches(
                    f"more than {self._most} faces were looked up within a minute",
                    where=str(storage.folder),
                    fix="wait a minute",
                )
            storage.run("INSERT INTO searches VALUES (?, ?)", now, probes)
            log.append(storage, gallery.vault, (now, "search", self._by, details))

    def _load(self) -> None:
        """Read the templates again if anything was changed: who is deleted is not found any more."""
        storage = self._gallery.storage
        generation = storage.generation
        if generation == self._seen:
            return
        self.calibration = self._gallery.threshold(self._model)
        ids = sorted(str(row["person"]) for row in storage.all("SELECT person FROM templates WHERE model = ?", self._model))
        known = {person.id: person.consent.until for person in self._gallery.people()}
        self._ids = [person for person in ids if person in known]
        self._until = np.array([known[person] for person in self._ids], np.float64)
        templates = [self._gallery.template(person, self._model) for person in self._ids]
        self._templates = np.stack(templates) if templates else np.empty((0, 0), np.float32)
        self._seen = generation


def _number(value: float) -> float:
    return value if np.isfinite(value) else float("nan")
