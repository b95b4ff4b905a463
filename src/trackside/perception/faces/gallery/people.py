"""A gallery: people who agreed to be recognised, and what is needed for that and no more.

Kept of each: a sealed record (name, consent) and a sealed template for each model. Never a picture.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, nearest
from trackside.perception.faces.gallery import log
from trackside.perception.faces.gallery.consent import Consent
from trackside.perception.faces.gallery.keys import Vault
from trackside.perception.faces.gallery.storage import Storage
from trackside.perception.faces.rates import Calibration, Rate
from trackside.perception.faces.switch import require_on

_CANARY = b"the right key"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a gallery.

    Attributes:
        id: twelve hexadecimal digits, random.
        name: as enrolled.
        consent: what they agreed to.
        models: the tags of the models that there are templates for.
    """

    id: str
    name: str
    consent: Consent
    models: tuple[str, ...]


class Gallery:
    """An opened gallery. Safe to use from several threads.

    Args:
        folder: its folder.
        master: the master key, 32 bytes, see `read_master`.
        create: make it if it is not there.
        now: the clock, seconds since 1970.

    Raises:
        InputError: there is no gallery, or the key is another one's.
        OutputError: it cannot be made.
    """

    def __init__(self, folder: Path, master: bytes, *, create: bool = False, now: Callable[[], float] = time.time) -> None:
        self.storage = Storage(folder, create=create)
        self.vault = Vault(master, self.storage.name)
        self.now = now
        self._check_key(folder)

    def enrol(self, name: str, vectors: NDArray[np.float32], model: str, consent: Consent) -> str:
        """Put somebody in. Their template is the mean direction of their pictures.

        Args:
            name: what they are called; names may occur twice.
            vectors: float32 [n, d], one a picture, unit length, finite; that they are good enough and of one person is for
                the caller to check, see `enrolment`.
            model: the tag of the model that made them.
            consent: their consent.

        Returns:
            their id.

        Raises:
            SettingError: recognising people is off.
            InputError: the consent is not whole, or there is no vector.
        """
        require_on()
        now = self.now()
        consent.check(now)
        if not name.strip():
            raise InputError("a person needs a name", where="name", fix="give one, or a pseudonym")
        template = _mean_direction(vectors)
        person = secrets.token_hex(6)
        key, wrapped = self.vault.new_key(person)
        record = json.dumps({"name": name.strip(), "consent": consent.as_json()}).encode()
        details = {"person": person, "model": model, "pictures": len(vectors), "until": consent.until}
        with self.storage.change():
            self.storage.run("INSERT INTO keys.wrapped VALUES (?, ?)", person, wrapped)
            sealed = self.vault.seal(key, record, f"record {person}")
            self.storage.run("INSERT INTO people VALUES (?, ?, ?)", person, sealed, consent.until)
            sealed = self.vault.seal(key, template.tobytes(), f"template {person} {model}")
            self.storage.run("INSERT INTO templates VALUES (?, ?, ?, ?, ?)", person, model, sealed, len(vectors), now)
            self.storage.next_generation()
            log.append(self.storage, self.vault, (now, "enrol", consent.recorded_by, details))
        return person

    def people(self) -> list[Person]:
        """Everybody in it, also those whose consent has ended, by name."""
        rows = self.storage.all("SELECT id, record FROM people")
        return sorted((self._person(row["id"], row["record"]) for row in rows), key=lambda person: (person.name, person.id))

    def find(self, who: str) -> Person:
        """The person of this id, or of this name if it is only one's. Raises InputError if it is nobody's or several's."""
        everybody = self.people()
        found = [p for p in everybody if p.id == who] or [p for p in everybody if p.name == who]
        if len(found) > 1:
            ids = ", ".join(person.id for person in found)
            raise InputError(f"{len(found)} people are called {who!r}", fix=f"say which by the id: {ids}")
        if not found:
            raise InputError(f"there is no {who!r} in the gallery", fix=nearest(who, [person.name for person in everybody]))
        return found[0]

    def delete(self, person: str, by: str) -> None:
        """Destroy somebody's key, then all that it sealed: nothing brings them back, not even a copy of `gallery.db`.

        Raises:
            InputError: there is no such id.
        """
        self._destroy([person], "delete", by)

    def purge(self, by: str) -> list[str]:
        """Delete everybody whose consent has ended; gives their ids."""
        rows = self.storage.all("SELECT id FROM people WHERE until <= ?", self.now())
        gone = [str(row["id"]) for row in rows]
        if gone:
            self._destroy(gone, "expire", by)
        return gone

    def export(self, who: str, by: str) -> dict[str, Any]:
        """All that is known of somebody, for them to see (GDPR article 15). It is logged."""
        person = self.find(who)
        with self.storage.change():
            log.append(self.storage, self.vault, (self.now(), "export", by, {"person": person.id}))
        templates = {tag: self.template(person.id, tag).tolist() for tag in person.models}
        told = [
            {"time": entry.when, "action": entry.action, "by": entry.by}
            for entry in log.entries(self.storage)
            if entry.details.get("person") == person.id or person.id in entry.details.get("matched", ())
        ]
        return {
            "id": person.id,
            "name": person.name,
            "consent": person.consent.as_json(),
            "templates": templates,
            "log": told,
        }

    def template(self, person: str, model: str) -> NDArray[np.float32]:
        """Somebody's template for a model, float32 [d]. Raises InputError if there is none or it was changed."""
        row = self.storage.one("SELECT sealed FROM templates WHERE person = ? AND model = ?", person, model)
        if row is None:
            raise InputError(f"there is no template for {model}", where=person, fix="enrol the person with this model")
        return np.frombuffer(self.vault.open(self._key(person), row["sealed"], f"template {person} {model}"), np.float32)

    def keep_threshold(self, model: str, found: Calibration, by: str) -> None:
        """Store the threshold of a model; one that is there is replaced."""
        fields = {
            "threshold": found.threshold,
            "asked": found.asked,
            "fmr": [found.fmr.errors, found.fmr.count],
            "fnmr": [found.fnmr.errors, found.fnmr.count],
            "people": found.people,
        }
        text = json.dumps(fields, sort_keys=True)
        with self.storage.change():
            seal = self.vault.sign(f"threshold {model}|{text}".encode())
            self.storage.run("INSERT OR REPLACE INTO thresholds VALUES (?, ?, ?)", model, text, seal)
            self.storage.next_generation()
            log.append(self.storage, self.vault, (self.now(), "calibrate", by, {"model": model, **fields}))

    def threshold(self, model: str) -> Calibration:
        """The threshold of a model. Raises InputError if there is none, or it was changed."""
        row = self.storage.one("SELECT data, seal FROM thresholds WHERE model = ?", model)
        if row is None:
            fix = "choose one with `trackside faces calibrate` on pictures of your own"
            raise InputError(f"there is no threshold for {model}", where=str(self.storage.folder), fix=fix)
        if self.vault.sign(f"threshold {model}|{row['data']}".encode()) != row["seal"]:
            raise InputError("its threshold was changed", where=str(self.storage.folder), fix="calibrate again")
        data = json.loads(row["data"])
        return Calibration(data["threshold"], data["asked"], Rate(*data["fmr"]), Rate(*data["fnmr"]), data["people"])

    def verify(self, noted: str = "") -> list[str]:
        """What is wrong with the gallery, one clause each: its log, its records, its thresholds. None if it is whole."""
        found = log.broken(self.storage, self.vault, noted)
        found += self._unlogged() if not found else []
        for row in self.storage.all("SELECT id, record, until FROM people"):
            try:
                person = self._person(row["id"], row["record"])
                for model in person.models:
                    self.template(person.id, model)
                if person.consent.until != row["until"]:
                    found.append(f"the end of the consent of {person.id} was changed")
            except InputError as error:
                found.append(f"the record of {row['id']} does not open ({error.what})")
        for row in self.storage.all("SELECT model FROM thresholds"):
            try:
                self.threshold(row["model"])
            except InputError as error:
                found.append(f"{row['model']}: {error.what}")
        return found

    def close(self) -> None:
        """Close its files."""
        self.storage.close()

    def _unlogged(self) -> list[str]:
        """Who came or went without the log knowing."""
        logged: set[str] = set()
        for entry in log.entries(self.storage):
            if entry.action == "enrol":
                logged.add(entry.details["person"])
            elif entry.action in ("delete", "expire"):
                logged.discard(entry.details["person"])
        here = {str(row["id"]) for row in self.storage.all("SELECT id FROM people")}
        gone = [f"{person} was enrolled and is gone without having been deleted" for person in sorted(logged - here)]
        return gone + [f"{person} is here without having been enrolled" for person in sorted(here - logged)]

    def _destroy(self, people: list[str], action: str, by: str) -> None:
        now = self.now()
        with self.storage.change():
            for person in people:
                known = self.storage.run("DELETE FROM keys.wrapped WHERE person = ?", person)
                known += self.storage.run("DELETE FROM people WHERE id = ?", person)
                if not known:
                    raise InputError(
                        f"there is no {person!r} in the gallery", fix="list the people with `trackside faces list`"
                    )
                self.storage.run("DELETE FROM templates WHERE person = ?", person)
                log.append(self.storage, self.vault, (now, action, by, {"person": person}))
            self.storage.next_generation()
        self.storage.compact()

    def _person(self, person: str, record: bytes) -> Person:
        data = json.loads(self.vault.open(self._key(person), record, f"record {person}"))
        rows = self.storage.all("SELECT model FROM templates WHERE person = ? ORDER BY model", person)
        return Person(person, data["name"], Consent.from_json(data["consent"]), tuple(row["model"] for row in rows))

    def _key(self, person: str) -> bytes:
        row = self.storage.one("SELECT key FROM keys.wrapped WHERE person = ?", person)
        if row is None:
            raise InputError("the key is gone", where=person)
        return self.vault.unwrap(row["key"], person)

    def _check_key(self, folder: Path) -> None:
        """A wrong key is told at once and by its name, not by whatever cannot be opened first."""
        canary = self.vault.sign(_CANARY).hex()
        known = self.storage.fact("canary")
        if not known:
            with self.storage.change():
                self.storage.set_fact("canary", canary)
        elif known != canary:
            self.storage.close()
            raise InputError(
                "the master key is not this gallery's", where=str(folder), fix="give the key that it was made with"
            )


def _mean_direction(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    found = np.asarray(vectors, np.float64)
    if found.ndim != 2 or not len(found) or not np.isfinite(found).all():
        raise InputError("there is no usable picture of the person", fix="give a sharp picture from the front")
    mean = found.mean(axis=0)
    length = float(np.sqrt(mean @ mean))
    if length <= 1e-6:
        raise InputError("the pictures have nothing in common", fix="give pictures of one person")
    return np.asarray(mean / length, np.float32)
