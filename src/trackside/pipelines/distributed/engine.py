"""Cameras on many machines, with the methods of `LiveEngine`: the same cameras, the same alarms, one place to ask."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from trackside.core import RGB, InputError
from trackside.pipelines.distributed.arrival import arrived, pipeline_of
from trackside.pipelines.distributed.cluster import Cluster, HostAway, HostDied
from trackside.pipelines.distributed.delivery import Delivery
from trackside.pipelines.distributed.fleet import Fleet
from trackside.pipelines.distributed.keeper import Keeper
from trackside.pipelines.distributed.link import Link
from trackside.pipelines.distributed.messages import Ask, News
from trackside.pipelines.distributed.options import RayOptions
from trackside.pipelines.distributed.ray_cluster import RayCluster
from trackside.pipelines.distributed.roster import Record, Roster
from trackside.pipelines.distributed.summing import HostHealth, summed
from trackside.pipelines.live import Camera, CameraAlarm, CameraHealth, EngineHealth

log = logging.getLogger("trackside.live")

# Seconds for a host to send a picture, and to do what else it is told.
_PICTURE, _CALL = 5.0, 15.0


class RayEngine:
    """Runs pipelines on cameras on all machines of a Ray cluster until it is closed. Call any method from any thread.

    Args:
        on_alarm: told of each raised alarm, one after the other, in a thread of its own; if it raises, it is called again
            with the same alarm later. It may be called twice with one alarm, never without it having been decided.
        address: None for this machine alone, "auto" for the cluster that this machine belongs to, or the head's address.
        on_refused: the same for events that the ladder refused.
        on_state: told when a camera changes its state.
        options: how cameras are spread.
        cluster: in place of `address`.

    Raises:
        InputError: Ray is not installed, no cluster answers, or none of its machines has room for cameras.
    """

    def __init__(
        self,
        on_alarm: Callable[[CameraAlarm], None] = lambda alarm: None,
        address: str | None = None,
        *,
        on_refused: Callable[[CameraAlarm], None] | None = None,
        on_state: Callable[[CameraHealth], None] | None = None,
        options: RayOptions | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        self._options = options or RayOptions()
        self._cluster: Cluster = cluster or RayCluster(address)
        self._began = time.monotonic()
        self._closing = threading.Event()
        self._roster = Roster()
        self._delivery = Delivery(on_alarm, on_refused, on_state)
        self._fleet = Fleet(
            self._cluster,
            self._options,
            refused=on_refused is not None,
            make_ask=self._make_ask,
            on_news=self._hear,
            on_state=self._link_changed,
        )
        self._keeper = Keeper(self._roster, self._fleet, self._options, self._tell_state)
        try:
            self._wait_for_host()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RayEngine:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def add(self, camera: Camera) -> None:
        """Take a camera; returns when a host has compiled its pipeline, and it is connected in the background.

        While no host has room the camera waits, and what is wrong with its pipeline shows in its state later.

        Raises:
            InputError: there is one of this name, or its pipeline is not there.
            PipelineError: its pipeline is wrong.
            ModelError: a model is not installed on the machine that was to run it.
        """
        if self._closing.is_set():
            raise InputError("the engine is closed", fix="start it again")
        record = self._roster.add(camera, pipeline_of(camera))
        try:
            for link, orders in self._keeper.place([record]).values():
                trouble = self._keeper.assign(link, orders).get(camera.name)
                if trouble is not None:
                    self._roster.remove(camera.name)
                    raise trouble.error()
        finally:
            record.is_new = False
            self._keeper.wake()

    def remove(self, name: str) -> None:
        """End a camera and free all that was kept for it. Raises InputError if there is none of this name."""
        record = self._roster.remove(name)
        self._call(record, "drop", {name: record.generation})
        self._delivery.state(replace(record.shown(), state="stopped", problem=""))

    def pause(self, name: str) -> None:
        """Let go of a camera until `resume`. Raises InputError if there is none of this name."""
        self._pause(name, True)

    def resume(self, name: str) -> None:
        """Connect a paused camera again. Raises InputError if there is none of this name."""
        self._pause(name, False)

    def cameras(self) -> list[CameraHealth]:
        """All cameras, by name, as their hosts told them less than a second or so ago."""
        with self._roster.lock:
            return [record.shown() for record in self._roster.all()]

    def camera(self, name: str) -> CameraHealth:
        """One camera. Raises InputError if there is none of this name."""
        with self._roster.lock:
            return self._roster.get(name).shown()

    def health(self) -> EngineHealth:
        """How all hosts together are, and which stage on which machine holds up the rest."""
        seconds = time.monotonic() - self._began
        return summed(self._fleet.links(), self.cameras(), seconds, not self._closing.is_set())

    def hosts(self) -> list[HostHealth]:
        """The hosts, and the last one lost of each machine."""
        loads = {load.host: load for load in self._keeper.loads()}
        now = time.monotonic()
        return [
            HostHealth(
                name=link.name,
                machine=link.machine.label,
                state=link.state,
                problem=link.problem,
                since=link.since,
                cameras=len(self._roster.on(link.name)),
                load=round(loads[link.name].share, 3) if link.name in loads else 0.0,
                heard=round(now - link.heard, 1),
                lost_alarms=link.lost_alarms,
                engine=link.engine,
            )
            for link in self._fleet.all()
        ]

    def host_of(self, name: str) -> str:
        """The name of the host that runs a camera; empty while none does. Raises InputError if there is no such camera."""
        with self._roster.lock:
            return self._roster.get(name).host

    def picture(self, name: str, boxes: bool = True) -> RGB | None:
        """The last picture of a camera that went through, uint8 [h, w, 3] RGB, after JPEG; None if there is none now.

        Raises:
            InputError: there is none of this name.
        """
        import cv2

        data = self._call(self._roster.get(name), "picture", name, boxes, timeout=_PICTURE)
        if not data:
            return None
        pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return np.ascontiguousarray(pixels[..., ::-1], dtype=np.uint8)

    def close(self) -> None:
        """Stop all cameras and hosts; alarms that have arrived are handed on first."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._keeper.close()
        self._fleet.close()
        left = self._delivery.close()
        if left:
            log.warning("%d alarms could not be handed on before the end", left)
        self._cluster.close()

    def _wait_for_host(self) -> None:
        self._fleet.look()
        if not self._fleet.has_room:
            fix = "join machines to it with `ray start`, or ask for smaller shares"
            raise InputError("no machine of the cluster has room for cameras", fix=fix)
        self._fleet.grow(1)
        self._keeper.start()
        end = time.monotonic() + self._options.patience
        while not any(link.state == "ready" for link in self._fleet.links()):
            problem = next((link.problem for link in self._fleet.all() if link.state == "lost"), "")
            if time.monotonic() > end:
                fix = "look at what else takes the cores of the cluster (`ray status`)"
                raise InputError(f"no camera host came up ({problem or 'no free share'})", fix=fix)
            time.sleep(0.05)

    def _pause(self, name: str, paused: bool) -> None:
        with self._roster.lock:
            record = self._roster.get(name)
            record.paused = paused
        self._call(record, "pause", name, paused)

    def _call(self, record: Record, method: str, *arguments: object, timeout: float = _CALL) -> Any:
        """Call the host of a camera; one that is just being lost hears the same when it is asked, or never matters again."""
        link = self._fleet.get(record.host)
        if link is None:
            return None
        try:
            return link.call(method, *arguments, timeout=timeout)
        except (HostAway, HostDied):
            return None

    def _make_ask(self, link: Link) -> Ask:
        with self._roster.lock:
            wanted = {record.camera.name: (record.generation, record.sure) for record in self._roster.on(link.name)}
            return Ask(wanted, self._roster.newest, most=self._delivery.room)

    def _hear(self, link: Link, news: News) -> None:
        for parcel in news.parcels:
            if parcel.generation in link.revoked:
                link.handled(parcel.number)
            else:
                alarm = arrived(parcel, link)
                done = functools.partial(link.handled, parcel.number)
                self._delivery.alarm(alarm, refused=parcel.refused, done=done)
        for generation, health in news.states:
            if (record := self._update(link, generation, health)) is not None:
                self._delivery.state(record.shown())
        for generation, health in news.cameras:
            self._update(link, generation, health)
        if news.missing:
            self._keeper.missing(link, news.missing)

    def _update(self, link: Link, generation: int, health: CameraHealth) -> Record | None:
        """Note what a host tells of a camera; None if it is not its camera any more."""
        with self._roster.lock:
            record = self._roster.find(health.name)
            if record is None or record.host != link.name or record.generation != generation:
                return None
            record.health = health
            return record

    def _link_changed(self, link: Link) -> None:
        self._keeper.link_changed(link)

    def _tell_state(self, record: Record) -> None:
        with self._roster.lock:
            shown = record.shown()
        self._delivery.state(shown)
