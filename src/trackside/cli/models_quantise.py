"""`trackside models quantise`: an INT8 package from footage of one's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trackside.cli.models_quantise_readers import Fitting
    from trackside.models import Package
    from trackside.models.quantise import Hear, Made, Pictures, Settings

# Held-out pictures for each one to calibrate with.
_HELD_OUT = 0.5
# Seconds for which each camera is watched if not told otherwise.
_WATCH = 60.0


def quantise(
    model: Annotated[str, typer.Argument(help="A model's name or a package folder, in FP32.")],
    frames: Annotated[list[Path] | None, typer.Option(help="A video or a folder of images; give it again for more.")] = None,
    cameras: Annotated[Path | None, typer.Option(help="A cameras file: pictures are taken live.")] = None,
    name: Annotated[str, typer.Option(help="Name of the new package; the model's with -int8 if not given.")] = "",
    method: Annotated[str, typer.Option(help="How ranges are chosen: minmax, entropy or percentile.")] = "minmax",
    frames_count: Annotated[int, typer.Option(help="Pictures to calibrate with; half as many more are held out.")] = 200,
    exclude: Annotated[
        list[str] | None, typer.Option(help="A node of the network that stays at FP32; again for more.")
    ] = None,
    keep_worst: Annotated[
        str, typer.Option(help="Layers given back to FP32 where too much is lost: auto, or at most so many (0 for none).")
    ] = "auto",
    limit: Annotated[
        float | None, typer.Option(help="Loss of agreement with FP32 that is allowed: 0.05 for detectors if not given.")
    ] = None,
    target: Annotated[str, typer.Option("--for", help="What it is laid out for: cpu (also OpenVINO) or tensorrt.")] = "cpu",
    crops: Annotated[
        str, typer.Option(help="For classifiers and embeddings: the detector whose boxes they look at, instead of frames.")
    ] = "",
    watch: Annotated[float, typer.Option(help="Seconds for which each camera is watched.")] = _WATCH,
    accept: Annotated[bool, typer.Option(help="Install it even if too much is lost, or the loss is unknown.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the report here: .html or .json.")] = None,
) -> None:
    """Make an INT8 package of a model, calibrated with your own footage.

    Ranges are taken from some of the pictures; on others of the same footage INT8 is held against FP32, and the loss is
    reported, also for small objects. Where it is above the limit, the layers that hurt most stay at FP32. Both are timed:
    if INT8 is no faster on this machine, the report says so.
    """
    from trackside.models.quantise import quantise as quantised, refuse

    settings = _settings(method, target, exclude or [], keep_worst, limit)
    parent = _parent(model)
    refuse(parent)
    new_name = _free_name(name or f"{parent.card.name}-int8", parent)
    with tempfile.TemporaryDirectory(prefix="trackside-frames-") as folder:
        reader = _reader(parent, crops)
        pictures = _pictures(parent, reader, Path(folder), frames or [], cameras, frames_count, watch)
        with _bars() as hear, quantised(parent, pictures, reader, settings, name=new_name, hear=hear) as made:
            _finish(made, accept, report)


def _settings(method: str, target: str, exclude: Sequence[str], keep_worst: str, limit: float | None) -> Settings:
    from trackside.core import SettingError
    from trackside.models.quantise import Settings

    if keep_worst != "auto" and not keep_worst.isdecimal():
        raise SettingError(f"{keep_worst!r} is no number of layers", where="--keep-worst", fix="give auto or a number")
    if limit is not None and not 0 <= limit <= 1:
        raise SettingError(f"{limit} is no loss", where="--limit", fix="give a number from 0 to 1, 0.05 say")
    keep = "auto" if keep_worst == "auto" else int(keep_worst)
    least = None if limit is None else 1 - limit
    return Settings(method, target, tuple(exclude), keep, least)  # type: ignore[arg-type]  # Settings checks the words.


def _parent(model: str) -> Package:
    from trackside.models import resolve

    return resolve(model)


def _free_name(name: str, parent: Package) -> str:
    """The name, if it takes no other model's place."""
    from trackside.core import SettingError
    from trackside.models import ZOO, Store
    from trackside.models.card import safe_name

    try:
        safe_name(name)
    except ValueError as error:
        raise SettingError(str(error), where="--name", fix="give another name") from None
    taken = name in ZOO or (name in Store() and Store().package(name).card.quantised is None)
    if taken or name == parent.card.name:
        raise SettingError(f"{name} is another model's name", where="--name", fix=f"give another one: {name}-2")
    return name


def _reader(parent: Package, crops: str) -> Fitting:
    from trackside.cli.models_quantise_readers import reader_for
    from trackside.core import SettingError
    from trackside.models import open_runtime
    from trackside.perception.detector import Detector

    if crops and parent.card.task == "detection":
        raise SettingError(f"{parent.card.name} is a detector: it looks at frames", where="--crops", fix="leave it out")
    return reader_for(parent, open_runtime(parent, provider="cpu").inputs[0], Detector(crops) if crops else None)


def _pictures(
    parent: Package, reader: Fitting, folder: Path, frames: Sequence[Path], cameras: Path | None, count: int, watch: float
) -> Pictures:
    from dataclasses import replace

    from trackside.cli.models_quantise_footage import open_live_camera, read_addresses, take_cameras, take_files
    from trackside.core import Image, SettingError
    from trackside.models.quantise import LEAST_PICTURES, PictureFile

    if bool(frames) == (cameras is not None):
        raise SettingError(
            "pictures are needed", where="--frames", fix="give --frames with footage, or --cameras with a file"
        )
    if count < LEAST_PICTURES:
        raise SettingError(f"{count} pictures are too few", where="--frames-count", fix=f"give at least {LEAST_PICTURES}")
    taken = PictureFile(folder, parent.card.geometry)

    def take(image: Image, source: str) -> None:
        for picture in reader.fit(image):
            taken.add(picture, source)

    wanted = count + round(count * _HELD_OUT)
    typer.echo(f"taking about {wanted} pictures", err=True)
    frames_wanted = wanted // reader.a_frame
    if cameras is not None:
        notes = take_cameras(read_addresses(cameras), frames_wanted, watch, take, open_live_camera)
    else:
        notes = take_files(frames, frames_wanted, take)
    found = taken.split()
    short = len(found.calibration) < count // 2
    few = [f"only {len(taken)} different pictures were there to be taken, {wanted} were asked for"] if short else []
    return replace(found, notes=(*found.notes, *notes, *few))


@contextmanager
def _bars() -> Iterator[Hear]:
    """A bar for each step, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def hear(doing: str, done: int, of: int) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=of)
            bars.update(tasks[doing], completed=done, total=of)

        yield hear


def _finish(made: Made, accept: bool, report: Path | None) -> None:
    """Show what became of it, and install it if it is good enough."""
    from trackside.core import Verdict
    from trackside.models import Store

    for name, fact in made.report.facts.items():
        typer.echo(f"{name}: {fact}")
    made.report.show()
    if report is not None:
        made.report.save(report)
    agreed = made.report.findings[0].verdict
    if agreed in (Verdict.FAIL, Verdict.UNKNOWN) and not accept:
        why = "INT8 loses too much" if agreed is Verdict.FAIL else "the loss could not be measured"
        typer.echo(f"not installed: {why}; --accept installs it all the same", err=True)
        raise typer.Exit(1)
    package = Store().add_package(made.card, {made.card.network.name: made.network})
    typer.echo(f"installed {package.card.name}; use it in a pipeline as `model: {package.card.name}`")
