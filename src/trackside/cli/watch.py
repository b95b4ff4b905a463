"""`trackside watch`: pipelines on live cameras, with a wall page, alarms and their channels, until Ctrl-C."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.core import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackside.pipelines.live import Camera, CameraAlarm, EngineHealth
    from trackside.server.context import Site

# Seconds between two lines that say how it goes.
_TOLD_EVERY = 10.0


def watch(
    cameras: Annotated[Path, typer.Argument(help="A YAML file of cameras, see docs/live.md.")],
    only: Annotated[list[str] | None, typer.Option(help="Names of cameras to watch; all if left out.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; any but loopback needs --accounts.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the page; 8765 if it is free, 0 for any that is.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for alarms, pictures and clips.")] = None,
    accounts: Annotated[bool | None, typer.Option("--accounts/--no-accounts", help="People sign in.")] = None,
    settings: Annotated[Path | None, typer.Option(help="A YAML file of server settings.")] = None,
    engine: Annotated[str, typer.Option(help="threads: this machine; ray: a Ray cluster.")] = "threads",
    ray_address: Annotated[str | None, typer.Option(help="Address of the Ray cluster; a local one if left out.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after so many seconds.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the wall page in the browser.")] = True,
) -> None:
    """Watch live cameras: run their pipelines, show them on a wall page, raise alarms. Ctrl-C stops it."""
    from trackside.cli.serve import check_installed, read_settings
    from trackside.pipelines.live import read_cameras
    from trackside.server.live.from_file import read_channels

    check_installed()
    if engine not in ("threads", "ray"):
        raise InputError(f"there is no engine {engine!r}", where="--engine", fix="choose threads or ray")
    file = read_cameras(cameras)
    chosen = _chosen(file.cameras, only)
    channels = read_channels(file.alarms, str(cameras))
    given = {"host": host, "port": port, "data": data, "accounts": accounts}
    server_settings = read_settings(settings, {name: value for name, value in given.items() if value is not None})
    _check_pipelines(chosen)
    _watch(
        server_settings,
        chosen,
        channels,
        make=lambda alarms: _make_engine(engine, alarms, file.engine, ray_address),
        seconds=seconds,
        fixed_port=port is not None,
        open_page=open_page,
    )


def _chosen(cameras: Sequence[Camera], only: Sequence[str] | None) -> list[Camera]:
    names = {camera.name: camera for camera in cameras}
    for name in only or ():
        if name not in names:
            raise InputError(f"there is no camera {name!r}", where="--only", fix=nearest(name, names))
    return [camera for camera in cameras if not only or camera.name in only]


def _check_pipelines(cameras: Sequence[Camera]) -> None:
    """Every mistake in a pipeline is told before anything is connected."""
    from trackside.pipelines.live.engine import route_of

    checked: list[tuple[str, dict[str, Any]]] = []
    for camera in cameras:
        key = (camera.pipeline, camera.settings)
        if key not in checked:
            checked.append(key)
            route_of(camera)


def _make_engine(kind: str, on_alarm: Callable[[CameraAlarm], Any], facts: Any, ray_address: str | None) -> Any:
    from trackside.pipelines.live import LiveEngine
    from trackside.pipelines.live.engine import options_from

    if kind == "ray":
        from trackside.pipelines.distributed import RayEngine

        return RayEngine(on_alarm, address=ray_address)
    return LiveEngine(on_alarm, options=options_from(facts))


def _watch(
    settings: Any,
    cameras: Sequence[Camera],
    channels: Sequence[Any],
    *,
    make: Callable[[Callable[[CameraAlarm], Any]], Any],
    seconds: float | None,
    fixed_port: bool,
    open_page: bool,
) -> None:
    from trackside.cli.serve import listen
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.live.from_file import keep_channels
    from trackside.server.locking import alone

    with alone(settings.data):
        server = listen(settings, fixed_port=fixed_port)
        site = open_site(settings)
        over = threading.Event()
        try:
            app = create_app(site)
            with site.database.session() as db:
                for title, secret in keep_channels(db, channels):
                    typer.echo(f"{title} is signed with the secret {secret}", err=True)
            with make(lambda told: _take(site, told)) as engine:
                for camera in cameras:
                    engine.add(camera)
                site.services["live"].set_port(engine)
                typer.echo(f"{len(cameras)} cameras: {server.address}/wall (Ctrl-C stops it)", err=True)
                teller = threading.Thread(target=_tell, args=(engine, site, over), daemon=True)
                teller.start()
                if open_page:
                    typer.launch(f"{server.address}/wall")
                end = time.monotonic() + seconds if seconds else float("inf")
                server.serve(app, lambda: time.monotonic() >= end, site.services["events"].stop)
                over.set()
                site.services["live"].set_port(None)
        finally:
            over.set()
            site.database.close()


def _take(site: Site, told: CameraAlarm) -> None:
    """Keep an alarm, and trace its way if traces are wanted."""
    from trackside.server.live.tracing import spans

    alarm_id = site.services["alarms"].take(told)
    spans(told.camera, told.timings, {"alarm": alarm_id})


def _tell(engine: Any, site: Site, over: threading.Event) -> None:
    """A line every ten seconds: how it goes."""
    while not over.wait(_TOLD_EVERY):
        typer.echo(line(engine.health(), sum(site.services["alarms"].taken.values())), err=True)


def line(health: EngineHealth, alarms: int) -> str:
    """How it goes, in one line."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(health.cameras.items()))
    analysed = f"{health.fps_analysed:.1f} of {health.fps_wanted:.1f} pictures a second looked at"
    held = f"; held up by {health.bottleneck}" if health.bottleneck else ""
    return f"{time.strftime('%H:%M:%S')}  {states}; {analysed}{held}; {alarms} alarms"
