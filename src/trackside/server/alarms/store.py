"""Where the engine puts its alarms. What `take` has taken is not lost, not even if the process is killed right afterwards.

`take` writes the facts to a spool on the disk and returns when they are there; one thread moves them into the database, in
the order in which they came, together with the messages that tell of them. While the database is away they wait on the disk.
Pictures follow within moments and clips when they are complete: an alarm whose process is killed before may lack them.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from trackside.core import RGB, OutputError
from trackside.pipelines.live.evidence import CameraAlarm
from trackside.server.alarms import keys, news
from trackside.server.alarms.clips import Clips
from trackside.server.alarms.drawing import jpegs
from trackside.server.alarms.facts import Facts, facts_of
from trackside.server.alarms.spool import Spool
from trackside.server.alarms.writing import write
from trackside.server.context import Site
from trackside.server.database import new_id

log = logging.getLogger("trackside.server.alarms")

# Pictures in memory that wait to be encoded. Beyond, whoever brings one encodes it.
_MOST_PICTURES = 32
# Seconds between two tries while the database is away: first, longest.
_WAITS = 0.5, 15.0
_PATIENCE = 5.0
_CLEAN, _DRAWN = ".clean.jpg", ".drawn.jpg"


class AlarmStore:
    """Takes alarms from any thread.

    Attributes:
        taken: how many were taken since it was made, by camera and rule.
        lost: how many could not be kept, for want of room on the disk.
    """

    def __init__(self, site: Site) -> None:
        self.taken: dict[tuple[str, str], int] = {}
        self.lost = 0
        self._site = site
        self._spool = Spool(site.settings.data / "alarms" / "spool", site.settings.most_waiting_alarms)
        self._clips = Clips(site, self._spool)
        self._lock = threading.Lock()
        self._pictures: dict[str, tuple[Facts, RGB]] = {}
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many are on the disk and not in the database yet."""
        return len(self._spool.waiting())

    def take(self, told: CameraAlarm) -> str:
        """Take an alarm; refused ones are left aside. It takes some milliseconds: the disk has to say that it has it.

        Returns:
            Its id; empty for one that was refused.

        Raises:
            OutputError: neither the disk nor the database took it.
        """
        if not told.alarm.raised:
            return ""
        facts = facts_of(new_id(), told)
        try:
            self._spool.add(facts)
        except OutputError as error:
            self._write_now(facts, error)
        self._remember(facts, told)
        self._news.set()
        return str(facts["id"])

    def start(self) -> None:
        """Begin to move alarms into the database, those first that a killed process left."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()
        self._clips.start()

    def stop(self) -> None:
        """End; what is not in the database yet is moved there after the next start."""
        self._stopping.set()
        self._news.set()
        self._clips.stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
            self._thread = None

    def _write_now(self, facts: Facts, error: OutputError) -> None:
        """The disk does not take it; perhaps the database does."""
        log.error("an alarm cannot be put on the disk: %s", error)
        try:
            with self._site.database.session() as db:
                write(db, facts, "")
        except SQLAlchemyError:
            self.lost += 1
            raise error from None
        self._tell(facts["id"])

    def _remember(self, facts: Facts, told: CameraAlarm) -> None:
        key = facts["camera"], facts["rule"]
        with self._lock:
            self.taken[key] = self.taken.get(key, 0) + 1
            full = len(self._pictures) >= _MOST_PICTURES
            if told.picture is not None and not full:
                self._pictures[facts["id"]] = facts, told.picture
        if told.picture is not None and full:
            self._encode(facts, told.picture)
        if told.clip is not None:
            self._clips.put(facts["id"], told.clip, told.clip_ready)

    def _run(self) -> None:
        wait = _WAITS[0]
        while not self._stopping.is_set():
            self._news.clear()
            if self._move():
                wait = _WAITS[0]
                self._news.wait(_WAITS[1])
            else:
                self._stopping.wait(wait)
                wait = min(2 * wait, _WAITS[1])
        self._encode_all()

    def _move(self) -> bool:
        """Move what waits into the database; whether it took all."""
        try:
            for name in self._spool.waiting():
                self._encode_all()
                facts = self._spool.read(name)
                if facts is not None:
                    self._keep(facts)
                    self._spool.remove(name)
                if self._stopping.is_set():
                    break
        except Exception as error:
            log.error("alarms wait on the disk for the database: %s", str(error).partition("\n")[0])
            self._encode_all()
            return False
        return True

    def _keep(self, facts: Facts) -> None:
        """Put one alarm and its picture where they belong."""
        picture = self._take_pictures(facts["id"])
        with self._site.database.session() as db:
            new = write(db, facts, picture)
        if new:
            self._tell(facts["id"])

    def _take_pictures(self, alarm_id: str) -> str:
        """Move the pictures of an alarm in; gives the key of the drawn one, empty without."""
        drawn = keys.picture(alarm_id)
        for suffix, key in ((_CLEAN, keys.clean(alarm_id)), (_DRAWN, drawn)):
            path = self._spool.beside(alarm_id, suffix)
            if path.exists():
                self._site.files.take(path, key)
        return drawn if self._site.files.exists(drawn) else ""

    def _encode_all(self) -> None:
        """Put all pictures on the disk that are in memory: they take a hundred times less there."""
        while True:
            with self._lock:
                if not self._pictures:
                    return
                _, (facts, picture) = self._pictures.popitem()
            self._encode(facts, picture)

    def _encode(self, facts: Facts, picture: RGB) -> None:
        # An alarm without a picture is better than none.
        try:
            for data, suffix in zip(jpegs(picture, facts), (_DRAWN, _CLEAN), strict=True):
                self._spool.beside(facts["id"], suffix).write_bytes(data)
        except Exception as error:
            log.warning("the alarm %s has no picture: %s", facts["id"], str(error).partition("\n")[0])

    def _tell(self, alarm_id: str) -> None:
        news.publish(self._site, alarm_id)
        if service := self._site.services.get("alarms-out"):
            service.kick()
