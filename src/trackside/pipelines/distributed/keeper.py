"""What goes on by itself in the driver: hosts are started and replaced, cameras placed, and moved if the balance is bad."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from trackside.core import ModelError
from trackside.pipelines.distributed.cluster import HostAway, HostDied
from trackside.pipelines.distributed.fleet import Fleet
from trackside.pipelines.distributed.link import Link
from trackside.pipelines.distributed.messages import Order, Trouble
from trackside.pipelines.distributed.options import RayOptions
from trackside.pipelines.distributed.placement import Load, Move, capacities, choose, choose_moves, suffers
from trackside.pipelines.distributed.roster import Record, Roster

log = logging.getLogger("trackside.live")

_TURN, _LOOK, _BALANCE = 0.25, 1.0, 5.0
# A host suffers if it did at so many looks in a row.
_LOOKS = 3
# Seconds for which a camera stays where it has been moved to.
_SETTLE = 120.0
# Seconds for a host to open cameras: the first of a kind loads its models.
_OPEN = 300.0
# Seconds until a camera is tried again that every host refused.
_AGAIN = 60.0
_DROP = 15.0


class Keeper:
    """One thread that keeps cameras on hosts.

    Args:
        roster: the cameras.
        fleet: the hosts.
        options: how cameras are spread.
        tell: told of each camera that came to have no host.
    """

    def __init__(self, roster: Roster, fleet: Fleet, options: RayOptions, tell: Callable[[Record], None]) -> None:
        self._roster, self._fleet, self._options, self._tell = roster, fleet, options, tell
        self._wake, self._over = threading.Event(), threading.Event()
        self._looked = self._balanced = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; no host is started and no camera placed afterwards."""
        self._over.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def link_changed(self, link: Link) -> None:
        """A host is ready, or lost: its cameras go to others."""
        if link.state == "lost":
            log.warning("%s on %s was given up: %s", link.name, link.machine.label, link.problem)
            self._fleet.lost(link)
            for record in self._roster.on(link.name):
                self._unseat(record, link, f"its machine was lost ({link.problem}); it goes to another machine")
        self._wake.set()

    def missing(self, link: Link, names: Sequence[str]) -> None:
        """A host says that it does not run what it should."""
        for name in names:
            record = self._roster.find(name)
            if record is not None:
                self._unseat(record, link, "its host let go of it; it goes to a machine again", only_sure=True)
        self._wake.set()

    def loads(self) -> list[Load]:
        """The hosts that work."""
        links = {link.name: link for link in self._fleet.links() if link.state == "ready"}
        able = capacities({name: (link.share, link.engine) for name, link in links.items()})
        found = []
        for name, link in links.items():
            with self._roster.lock:
                records = self._roster.on(name)
                wanted = sum(record.camera.rate for record in records if not record.paused)
            most = self._options.cameras_per_host
            room = None if most is None else most - len(records)
            found.append(Load(name, len(records), wanted, able[name], link.suffered >= _LOOKS, room))
        return found

    def place(self, records: Sequence[Record]) -> dict[str, tuple[Link, list[Order]]]:
        """Choose a host for each; returns the orders by host. Those without room stay without one."""
        orders: dict[str, tuple[Link, list[Order]]] = {}
        with self._roster.lock:
            loads = {load.host: load for load in self.loads()}
            for record in records:
                if record.host or self._roster.find(record.camera.name) is not record:
                    continue
                name = self._host_for(record, list(loads.values()))
                link = self._fleet.get(name) if name else None
                if name is None or link is None:
                    continue
                loads[name] = loads[name].with_camera(record.camera.rate)
                orders.setdefault(name, (link, []))[1].append(self._roster.decide(record, name))
        return orders

    def assign(self, link: Link, orders: Sequence[Order]) -> dict[str, Trouble]:
        """Tell a host to run cameras, and wait until it has them; what it cannot run, by camera."""
        troubles: dict[str, Trouble] = {}
        try:
            answers = link.call("assign", orders, timeout=_OPEN)
        except (HostAway, HostDied) as error:
            for order in orders:
                self._give_up(link, order, f"its machine did not take it ({error}); it goes to another machine")
            self._wake.set()
            return troubles
        for order, trouble in zip(orders, answers, strict=True):
            with self._roster.lock:
                record = self._roster.find(order.camera.name)
                if record is None or record.generation != order.generation or record.host != link.name:
                    continue  # It was decided otherwise meanwhile; the host hears so when it is asked next.
                if trouble is None:
                    record.sure, record.refused = True, False
                    record.refusers.clear()
                    self._catch_up(link, record, order)
                else:
                    troubles[order.camera.name] = trouble
                    self._refuse(link, record, trouble)
        return troubles

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._turn()
            except Exception:  # Ray raises much; a camera that waits must not wait for ever.
                log.exception("spreading cameras met an error, and goes on")
            self._wake.wait(_TURN)
            self._wake.clear()

    def _turn(self) -> None:
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            self._fleet.look()
        waiting = self._roster.waiting()
        self._fleet.grow(math.ceil(len(waiting) / (self._options.cameras_per_host or 1)))
        for link, orders in self.place(waiting).values():
            _in_background(lambda link=link, orders=orders: self.assign(link, orders))  # type: ignore[misc]
        if now - self._balanced >= _BALANCE:
            self._balanced = now
            self._balance()
            self._fleet.shrink(lambda link: bool(self._roster.on(link.name)))

    def _host_for(self, record: Record, loads: Sequence[Load]) -> str | None:
        wish = next((load for load in loads if load.host == record.wish and load.room != 0), None)
        if wish is not None:
            return wish.host
        name = choose(loads, record.camera.rate, avoid=frozenset(record.refusers))
        if name is None and record.refusers and loads:
            record.refusers.clear()
            record.refused, record.try_at = True, time.monotonic() + _AGAIN
            self._tell(record)
        return name

    def _unseat(self, record: Record, link: Link, problem: str, *, only_sure: bool = False) -> None:
        with self._roster.lock:
            if record.host != link.name or (only_sure and not record.sure):
                return
            record.leave(problem)
        self._tell(record)

    def _give_up(self, link: Link, order: Order, problem: str) -> None:
        """Nobody knows whether a host has taken a camera: whatever it says of it from now on is not heard."""
        link.revoked.add(order.generation)
        record = self._roster.find(order.camera.name)
        if record is not None and record.generation == order.generation:
            self._unseat(record, link, problem)

    def _refuse(self, link: Link, record: Record, trouble: Trouble) -> None:
        """A host cannot run a camera; another one may, if it is for want of something there. The caller holds the lock."""
        record.leave(f"{trouble.error()} (on {link.machine.label})")
        record.refusers.add(link.name)
        if not (isinstance(trouble.error(), ModelError) or record.is_new):
            record.refused, record.try_at = True, time.monotonic() + _AGAIN
            record.refusers.clear()
            self._tell(record)

    def _catch_up(self, link: Link, record: Record, order: Order) -> None:
        """It was paused or resumed while the host opened it."""
        if record.paused != order.paused:
            name, paused = record.camera.name, record.paused
            _in_background(lambda: link.call("pause", name, paused, timeout=_DROP))

    def _balance(self) -> None:
        links = [link for link in self._fleet.links() if link.state == "ready"]
        for link in links:
            link.suffered = link.suffered + 1 if suffers(link.engine) else 0
        settled = time.monotonic() - _SETTLE
        movable = {}
        with self._roster.lock:
            for link in links:
                movable[link.name] = [
                    (record.camera.name, record.camera.rate)
                    for record in self._roster.on(link.name)
                    if record.sure and not record.paused and record.moved < settled
                ]
        moves: dict[str, list[Move]] = defaultdict(list)
        for move in choose_moves(self.loads(), movable):
            moves[move.source].append(move)
        for group in moves.values():
            _in_background(lambda group=group: self._move(group))  # type: ignore[misc]

    def _move(self, moves: Sequence[Move]) -> None:
        """Have cameras of one host end there, and only then begin elsewhere."""
        link = self._fleet.get(moves[0].source)
        if link is None:
            return
        link.suffered = 0
        with self._roster.lock:
            found = [(move, self._roster.find(move.camera)) for move in moves]
            going = [(move, record) for move, record in found if record is not None and record.host == link.name]
            seats = {record.camera.name: record.generation for _, record in going}
            for _, record in going:
                record.sure = False  # Meanwhile nobody is to wonder that it is not there.
        try:
            link.call("drop", seats, timeout=_DROP * 2)
            ended = True
        except (HostAway, HostDied):
            ended = False
        for move, record in going:
            with self._roster.lock:
                if record.host != link.name or record.generation != seats[record.camera.name]:
                    continue
                record.sure = not ended
                if ended:
                    record.moved, record.wish = time.monotonic(), move.target
                    record.leave("it moves to a machine with more time")
        self._wake.set()


def _in_background(work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        except (HostAway, HostDied):
            return

    threading.Thread(target=run, name="assign", daemon=True).start()
