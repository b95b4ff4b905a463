"""Sends what waits for one channel, in order, in a thread of its own: one that is down costs the others nothing."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from time import monotonic

from trackside.server.alarms import outbox
from trackside.server.alarms.channels.message import Answer, Outcome, Sender, message_of
from trackside.server.alarms.channels.opening import open_sender
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmRow
from trackside.server.context import Site

log = logging.getLogger("trackside.server.alarms")

# Seconds until a channel that could not be reached is tried again.
BACK_OFF = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_BATCH = 50


class ChannelWorker:
    """One channel's thread.

    Args:
        site: where the outbox is.
        channel: as it was when the worker was made.
        poll: seconds between two looks into the outbox.
    """

    def __init__(self, site: Site, channel: AlarmChannelRow, poll: float) -> None:
        self._site = site
        self._channel = channel
        self._poll = poll
        self._news = threading.Event()
        self._over = threading.Event()
        self._failures = 0
        self._resume = 0.0
        self._sender: Sender | None = None
        self._thread = threading.Thread(target=self._run, name=f"alarms to {channel.title}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def kick(self) -> None:
        """There is something new to send."""
        self._news.set()

    def end(self) -> None:
        """Send no more; what is under way may still be taken."""
        self._over.set()
        self._news.set()

    def join(self, patience: float) -> None:
        """Wait for the end."""
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._news.clear()
                left = self._resume - monotonic()
                if left > 0:
                    self._over.wait(left)
                elif not self._send_some():
                    self._news.wait(self._poll)
        finally:
            if self._sender is not None:
                with suppress(Exception):
                    self._sender.close()

    def _send_some(self) -> bool:
        """Send what is due; whether there may be more. Trouble with the database is told, and tried again."""
        try:
            with self._site.database.session() as db:
                found = outbox.due(db, self._channel.id, _BATCH)
            for place, alarm in found:
                if self._over.is_set() or not self._deliver(place, alarm):
                    return False
        except Exception:
            log.exception("the outbox of alarms cannot be read")
            self._back_off()
            return False
        return len(found) == _BATCH

    def _deliver(self, place: int, alarm: AlarmRow) -> bool:
        """Try one message; whether the next one may be tried."""
        answer = self._tried(alarm)
        with self._site.database.session() as db:
            row = db.get(AlarmDeliveryRow, place)
            if row is not None:
                outbox.record(row, answer)
        if answer.outcome is Outcome.UNREACHABLE:
            self._back_off()
            return False
        self._failures = 0
        return True

    def _tried(self, alarm: AlarmRow) -> Answer:
        try:
            if self._sender is None:
                self._sender = open_sender(self._site, self._channel)
            return self._sender.send(message_of(self._site, alarm))
        except Exception as error:
            log.exception("the alarm %s was not sent through %s", alarm.id, self._channel.title)
            return Answer(Outcome.REFUSED, f"{type(error).__name__}: {error}")

    def _back_off(self) -> None:
        self._resume = monotonic() + BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
