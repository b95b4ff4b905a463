"""A camera simulator: GStreamer's RTSP server, each given file a mount that plays for ever. Runs with the system's Python.

    /usr/bin/python3 server.py '{"yard": "/path/yard.mp4", ...}'

prints `port N` when it listens on 127.0.0.1, then obeys lines on its standard input, and ends with it:

    kill NAME      the camera is gone: its connections are cut, new ones are told that there is no such stream
    hang NAME      connections stay, nothing more is sent
    corrupt NAME   what is sent from now on is rubbish behind each NAL unit's first bytes
    revive NAME    all is well again

Files are read once. Their coded pictures are handed to the payloader at their times with ever growing time stamps, so that
a loop is no jump; nothing is encoded or parsed here, and all clients of a mount share one pipeline. Mounts begin at
different key frames of their file, as cameras do.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

_PAYLOADERS = {"video/x-h264": "rtph264pay", "video/x-h265": "rtph265pay"}
_TICK = 0.004
_THREADS = 16
# A camera does not push an hour of pictures at once because its process slept: what is later than this is passed over.
_LATEST = 1.0


class Clip:
    """A file's coded pictures in memory: buffers in the order of decoding, with times in ns from 0, and its caps."""

    def __init__(self, path: str) -> None:
        text = "filesrc name=file ! qtdemux ! appsink name=out sync=false"
        pipeline = Gst.parse_launch(text)
        pipeline.get_by_name("file").set_property("location", path)
        out = pipeline.get_by_name("out")
        pipeline.set_state(Gst.State.PLAYING)
        self.buffers: list[Gst.Buffer] = []
        while (sample := out.emit("pull-sample")) is not None:
            self.caps = sample.get_caps()
            self.buffers.append(sample.get_buffer())
        pipeline.set_state(Gst.State.NULL)
        if not self.buffers:
            raise SystemExit(f"{path}: no H.264 or H.265 in it that can be served")
        first = min(b.pts for b in self.buffers)
        self.times = [((b.dts if b.dts != Gst.CLOCK_TIME_NONE else b.pts) - first, b.pts - first) for b in self.buffers]
        self.length = max(pts + b.duration for (_, pts), b in zip(self.times, self.buffers, strict=True))
        self.keys = [i for i, b in enumerate(self.buffers) if not b.has_flags(Gst.BufferFlags.DELTA_UNIT)]
        self.payloader = _PAYLOADERS[self.caps.get_structure(0).get_name()]

    def spoiled(self, index: int) -> Gst.Buffer:
        """One picture whose NAL units keep their length, header and nothing else."""
        data = bytearray(self.buffers[index].extract_dup(0, self.buffers[index].get_size()))
        at = 0
        while at + 4 < len(data):
            length = int.from_bytes(data[at : at + 4], "big")
            start, end = at + 5, min(at + 4 + length, len(data))
            data[start:end] = random.randbytes(max(end - start, 0))
            at += 4 + length
        return Gst.Buffer.new_wrapped(bytes(data))


def _twin(buffer: Gst.Buffer) -> Gst.Buffer:
    """A buffer with time stamps of its own and the same memory. Python's `copy()` gives the same buffer again."""
    parts = Gst.BufferCopyFlags.FLAGS | Gst.BufferCopyFlags.MEMORY
    return buffer.copy_region(parts, 0, buffer.get_size())


class Mount:
    """One camera: a clip, where in it we are, and the pipelines that want it."""

    def __init__(self, name: str, clip: Clip, number: int) -> None:
        self.name, self.clip = name, clip
        self.is_hanging = self.is_corrupt = False
        self._sources: dict[object, list] = {}  # appsrc, and the time in ns at which its first picture was due
        self._lock = threading.Lock()
        self._next = clip.keys[(7 * number) % len(clip.keys)]
        # Media time 0 of the present round through the clip, on the wall's clock in ns; cameras do not tick in step.
        self._began = time.monotonic_ns() - clip.times[self._next][0] + random.randrange(40_000_000)

    def wanted(self, media: object) -> None:
        """A pipeline was made for this mount."""
        with self._lock:
            self._sources[media] = [media.get_element().get_child_by_name("src"), None]

    def unwanted(self, media: object) -> None:
        """A pipeline is gone."""
        with self._lock:
            self._sources.pop(media, None)

    def feed(self) -> None:
        """Push what is due."""
        now = time.monotonic_ns()
        while True:
            dts, pts = self.clip.times[self._next]
            due = self._began + dts
            if due > now:
                return
            if now - due < _LATEST * 1e9:
                self._push(self._next, due, pts - dts)
            self._next += 1
            if self._next == len(self.clip.buffers):
                self._next, self._began = 0, self._began + self.clip.length

    def _push(self, index: int, due: int, reorder: int) -> None:
        with self._lock:
            sources = [] if self.is_hanging else list(self._sources.values())
        for source in sources:
            # Time stamps count from the pipeline's first picture, not by its clock, which is set anew when playing begins.
            source[1] = due if source[1] is None else source[1]
            buffer = self.clip.spoiled(index) if self.is_corrupt else _twin(self.clip.buffers[index])
            buffer.dts, buffer.pts = due - source[1], due - source[1] + reorder
            source[0].emit("push-buffer", buffer)


class Cameras:
    """The server and its mounts."""

    def __init__(self, files: dict[str, str]) -> None:
        clips = {path: Clip(path) for path in sorted(set(files.values()))}
        self.mounts = {name: Mount(name, clips[path], number) for number, (name, path) in enumerate(files.items())}
        self.server = GstRtspServer.RTSPServer.new()
        self.server.set_address("127.0.0.1")
        self.server.set_service("0")
        self.server.set_backlog(512)
        # One thread would prepare one camera after the other, each as long as its first picture takes to come.
        self.server.get_thread_pool().set_max_threads(_THREADS)
        self.server.connect("client-connected", self._connected)
        self._clients: dict[object, str] = {}
        for name in self.mounts:
            self._offer(name)
        self.server.attach(None)
        threading.Thread(target=self._feed, daemon=True).start()

    def obey(self, order: str, name: str) -> None:
        """One command; in the main loop's thread."""
        mount = self.mounts[name]
        if order == "kill":
            self.server.get_mount_points().remove_factory(f"/{name}")
            for client in [client for client, path in self._clients.items() if path == name]:
                client.close()
        elif order == "revive":
            mount.is_hanging = mount.is_corrupt = False
            self._offer(name)
        else:
            mount.is_hanging |= order == "hang"
            mount.is_corrupt |= order == "corrupt"

    def _offer(self, name: str) -> None:
        mount = self.mounts[name]
        factory = GstRtspServer.RTSPMediaFactory.new()
        source = "appsrc name=src is-live=true format=time max-bytes=4000000 block=false"
        factory.set_launch(f"( {source} ! {mount.clip.payloader} name=pay0 pt=96 config-interval=-1 )")
        factory.set_shared(True)
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)
        factory.connect("media-configure", self._configure, mount)
        self.server.get_mount_points().add_factory(f"/{name}", factory)

    def _configure(self, _factory: object, media: object, mount: Mount) -> None:
        media.get_element().get_child_by_name("src").set_property("caps", mount.clip.caps)
        media.connect("unprepared", mount.unwanted)
        mount.wanted(media)

    def _connected(self, _server: object, client: object) -> None:
        client.connect("describe-request", self._described)
        client.connect("closed", lambda gone: self._clients.pop(gone, None))

    def _described(self, client: object, context: object) -> None:
        self._clients[client] = context.uri.abspath.lstrip("/")

    def _feed(self) -> None:
        while True:
            for mount in self.mounts.values():
                mount.feed()
            time.sleep(_TICK)


def main() -> None:
    """Serve until the standard input ends."""
    Gst.init(None)
    loop = GLib.MainLoop()
    cameras = Cameras(json.loads(sys.argv[1]))

    def listen() -> None:
        for line in sys.stdin:
            order, _, name = line.strip().partition(" ")
            if name in cameras.mounts and order in ("kill", "hang", "corrupt", "revive"):
                GLib.idle_add(cameras.obey, order, name)
        GLib.idle_add(loop.quit)

    threading.Thread(target=listen, daemon=True).start()
    print(f"port {cameras.server.get_bound_port()}", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
