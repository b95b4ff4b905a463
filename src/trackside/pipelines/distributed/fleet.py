"""The hosts of an engine: started where shares are free, replaced when they die, with patience."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count

from trackside.pipelines.distributed.cluster import Cluster, HostAway, Machine
from trackside.pipelines.distributed.link import Link
from trackside.pipelines.distributed.messages import Ask, News
from trackside.pipelines.distributed.options import RayOptions

# Seconds before a host is started again where one was lost; the last one from then on. The first is short: a process that
# died once is most likely well again.
_WAITS = (1.0, 5.0, 20.0, 60.0)
# A host that has lived for so long counts as a good one.
_GOOD = 120.0
# Lost hosts that are still told of.
_MOST_LOST = 20
# Seconds without a camera after which a host is ended, where hosts come and go with the cameras.
_IDLE = 60.0


class Fleet:
    """All hosts.

    Args:
        cluster: the machines.
        options: how cameras are spread.
        refused: whether refused events are wanted.
        make_ask: as `Link`.
        on_news: as `Link`.
        on_state: as `Link`.
    """

    def __init__(
        self,
        cluster: Cluster,
        options: RayOptions,
        *,
        refused: bool,
        make_ask: Callable[[Link], Ask],
        on_news: Callable[[Link, News], None],
        on_state: Callable[[Link], None],
    ) -> None:
        self._cluster, self._options, self._refused = cluster, options, refused
        self._make_ask, self._on_news, self._on_state = make_ask, on_news, on_state
        self._lock = threading.RLock()
        self._links: dict[str, Link] = {}
        self._machines: dict[str, Machine] = {}
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._idle: dict[str, float] = {}
        self._numbers = count(1)

    def links(self) -> list[Link]:
        """Hosts that start or work, by name."""
        with self._lock:
            return [link for link in self._links.values() if link.state in ("starting", "ready")]

    def all(self) -> list[Link]:
        """Those, and the last one lost of each machine."""
        with self._lock:
            return list(self._links.values())

    def get(self, name: str) -> Link | None:
        """A host that starts or works, by name; None if there is none."""
        with self._lock:
            link = self._links.get(name)
        return link if link is not None and link.state in ("starting", "ready") else None

    @property
    def has_room(self) -> bool:
        """Whether any machine can hold a host at all."""
        with self._lock:
            return any(machine.slots(self._options) for machine in self._machines.values())

    def look(self) -> None:
        """See which machines there are; hosts of those that have gone are lost. Nothing happens while the head is silent."""
        try:
            machines = {machine.key: machine for machine in self._cluster.machines()}
        except HostAway:
            return
        with self._lock:
            self._machines = machines
            for kept in (self._failures, self._not_before):
                for key in [key for key in kept if key not in machines]:
                    del kept[key]
            gone = [link for link in self.links() if link.machine.key not in machines]
        for link in gone:
            link.lose("its machine has left the cluster")

    def grow(self, missing: int) -> None:
        """Start hosts: where they are bounded as many as are missing, else wherever a share is free."""
        starting = sum(link.state == "starting" for link in self.links())
        for machine in self._free():
            if self._options.cameras_per_host is not None and starting >= missing:
                return
            self._start(machine)
            starting += 1

    def shrink(self, used: Callable[[Link], bool]) -> None:
        """End hosts that had no camera for a while, where they come and go with the cameras."""
        if self._options.cameras_per_host is None:
            return
        now = time.monotonic()
        for link in self.links():
            if used(link) or link.state != "ready":
                self._idle.pop(link.name, None)
            elif now - self._idle.setdefault(link.name, now) > _IDLE:
                self._idle.pop(link.name)
                link.close()
                with self._lock:
                    self._links.pop(link.name, None)

    def lost(self, link: Link) -> None:
        """A host was lost: another one may be started on its machine, after a while."""
        now = time.monotonic()
        key = link.machine.key
        with self._lock:
            failures = 0 if now - link.born > _GOOD else self._failures.get(key, 0)
            self._failures[key] = failures + 1
            self._not_before[key] = now + _WAITS[min(failures, len(_WAITS) - 1)]
            lost = [one for one in self._links.values() if one.state == "lost"]
            for one in [*(one for one in lost if one.machine.key == key and one is not link), *lost[:-_MOST_LOST]]:
                self._links.pop(one.name, None)

    def close(self) -> None:
        """End all hosts, side by side: each may take seconds."""
        threads = [threading.Thread(target=link.close, daemon=True) for link in self.links()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20.0)

    def _free(self) -> list[Machine]:
        """Machines with a free share, one entry for each, emptiest machine first."""
        now = time.monotonic()
        with self._lock:
            taken = dict.fromkeys(self._machines, 0)
            for link in self.links():
                taken[link.machine.key] = taken.get(link.machine.key, 0) + 1
            found = []
            for key, machine in self._machines.items():
                if self._not_before.get(key, 0.0) <= now:
                    found += [(number, machine) for number in range(taken[key], machine.slots(self._options))]
        return [machine for _, machine in sorted(found, key=lambda one: (one[0], one[1].key))]

    def _start(self, machine: Machine) -> None:
        name = f"host-{next(self._numbers)}"
        share = machine.share(self._options)
        handle = self._cluster.start(machine, share, name, self._options, refused=self._refused)
        link = Link(
            name,
            machine,
            share,
            handle,
            make_ask=self._make_ask,
            on_news=self._on_news,
            on_state=self._on_state,
            silence=self._options.silence,
        )
        with self._lock:
            self._links[name] = link
        link.start()
