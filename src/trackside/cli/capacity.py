"""`trackside capacity`: how many of these cameras fit on this machine, and what is full first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.core import SettingError

if TYPE_CHECKING:
    from trackside.pipelines.live import Capacity, Trial


def capacity(
    cameras: Annotated[Path, typer.Argument(help="A YAML file of cameras; they are taken in turn.")],
    fps: Annotated[
        float | None, typer.Option(help="Pictures a second that each must reach; its own rate if left out.")
    ] = None,
    most: Annotated[int, typer.Option(help="Cameras that are tried at most.")] = 1024,
    seconds: Annotated[float, typer.Option(help="Seconds of measuring for each number of cameras.")] = 10.0,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write all trials as JSON.")] = None,
) -> None:
    """Find how many of these cameras this machine can carry: double, then bisect; and say what is full first."""
    from trackside.core.files import write_json
    from trackside.pipelines.live import measure_capacity, read_cameras
    from trackside.pipelines.live.engine import options_from

    if not seconds >= 1 or most < 1 or (fps is not None and not fps > 0):
        raise SettingError(
            "no such measurement", where="capacity", fix="give --seconds from 1, --most from 1, --fps above 0"
        )
    file = read_cameras(cameras)
    typer.echo("cameras  slowest  median  95 % of pictures reach the model within", err=True)
    found = measure_capacity(
        file.cameras, floor=fps, most=most, seconds=seconds, options=options_from(file.engine), listener=_show
    )
    typer.echo(verdict(found))
    if out is not None:
        write_json(out, _facts(found))


def verdict(found: Capacity) -> str:
    """What was found, in two sentences at most."""
    rate = f"{found.floor:g} pictures a second each"
    if found.limit:
        return f"{found.cameras} cameras fit at {rate}; more were not tried (--most)."
    fitting = f"{found.cameras} cameras fit" if found.cameras else "Not even one camera fits"
    full = f" Full first: {found.first_full} ({found.why})." if found.first_full else ""
    return f"{fitting} at {rate}.{full}"


def _show(trial: Trial) -> None:
    stale = f"{trial.staleness_ms:.0f} ms" if trial.staleness_ms is not None else "-"
    held = f"  {trial.held_up_by}" if not trial.fits else ""
    typer.echo(f"{trial.cameras:7d}  {trial.slowest:7.2f}  {trial.median:6.2f}  {stale}{held}", err=True)


def _facts(found: Capacity) -> dict[str, object]:
    keys = ("cameras", "fits", "slowest", "median", "staleness_ms", "held_up_by")
    trials = [{key: getattr(trial, key) for key in keys} for trial in found.trials]
    same = ("cameras", "floor", "limit", "first_full", "why")
    return {key: getattr(found, key) for key in same} | {"trials": trials}
