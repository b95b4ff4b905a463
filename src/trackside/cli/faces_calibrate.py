"""`trackside faces calibrate`: a threshold from a stated false-match rate, and what it costs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackside.cli.faces_options import By, Finder, KeyFile, Model, opened, operator
from trackside.cli.screen import print_table
from trackside.core import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trackside.perception.faces import Calibration, FaceDescriber, FaceFinder, Pairs, Rate

_SIZES = (1, 10, 100, 1000)
# A face that the finder is less sure of is often none, and must not make two of one.
_SURE = 0.9


def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="PICTURES", help="A folder with a folder of pictures for each person.")],
    fmr: Annotated[float, typer.Option("--fmr", help="The false-match rate that must be kept, such as 0.001.")],
    gallery: Annotated[Path | None, typer.Option("--gallery", help="The gallery that is to use the threshold.")] = None,
    groups: Annotated[
        Path | None, typer.Option("--groups", help="CSV with columns person and group: a table a group.")
    ] = None,
    model: Model = "sface",
    finder: Finder = "mtcnn",
    key_file: KeyFile = None,
    by: By = "",
) -> None:
    """Choose the threshold that keeps a false-match rate, on pictures of people like those that will be seen.

    A rate is claimed only if the pictures can show it: none in n pairs of strangers shows 3 / n at best (the rule of three).
    """
    from trackside.perception.faces import choose_threshold, load_describer, load_finder, pairs_of

    describer = load_describer(model)
    of = _groups(groups) if groups else {}
    vectors, people = _described(folder, load_finder(finder), describer)
    unknown = sorted(set(people) - of.keys()) if groups else []
    if unknown:
        typer.secho(f"note: no group for {', '.join(unknown[:5])}", fg="yellow", err=True)
    pairs = pairs_of(vectors, people, of)
    found = choose_threshold(pairs[""], fmr)
    _show(found, describer.tag)
    if groups:
        _show_groups(pairs, found)
    if gallery is not None:
        opened(gallery, key_file, create=True).keep_threshold(describer.tag, found, operator(by))
        typer.echo(f"\n{gallery}: uses this threshold from now on")


def _described(folder: Path, finder: FaceFinder, describer: FaceDescriber) -> tuple[NDArray[np.float32], list[str]]:
    """A vector and a person's name a picture; pictures without exactly one face are left out and counted."""
    import numpy as np

    from trackside.cli.faces_options import read_picture
    from trackside.media.images import IMAGE_SUFFIXES

    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), fix="give a folder with a folder of pictures for each person")
    vectors, people, left_out = [], [], 0
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        for file in sorted(path for path in person.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES):
            picture = read_picture(file)
            (faces,) = finder([picture], threshold=_SURE)
            if len(faces) != 1:
                left_out += 1
                continue
            vectors.append(describer(picture, faces.points.points)[0])
            people.append(person.name)
    if left_out:
        typer.secho(f"note: {left_out} pictures without exactly one face were left out", fg="yellow", err=True)
    if not vectors:
        raise InputError(
            "there is no picture with one face", where=str(folder), fix="give a folder of pictures for each person"
        )
    return np.stack(vectors), people


def _groups(path: Path) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("cannot be read", where=str(path), fix="give a CSV with columns person and group") from error
    if not rows or not {"person", "group"} <= rows[0].keys():
        raise InputError("has no columns person and group", where=str(path), fix="give a CSV with both")
    return {(row["person"] or "").strip(): (row["group"] or "").strip() for row in rows}


def _show(found: Calibration, tag: str) -> None:
    from trackside.perception.faces import identification_rate

    typer.echo(f"model {tag}, {found.people} people")
    rows = [("threshold", f"{found.threshold:.4f}", ""), ("false-match rate", *_told(found.fmr))]
    rows.append(("false-non-match rate", *_told(found.fnmr)))
    print_table(("", "measured", "95 % interval"), rows)
    typer.echo(
        f"\nwith 95 % confidence at most {found.asked:g} of pairs of strangers match. In a gallery, a look at a stranger:"
    )
    sizes = [
        (f"{n}", f"{identification_rate(found.fmr.value, n):.2g}", f"{identification_rate(found.asked, n):.2g}")
        for n in _SIZES
    ]
    print_table(("people", "taken for one of them", "at most"), sizes)
    typer.echo("\npairs that share a person are not independent: few people make these intervals too narrow")


def _show_groups(pairs: Mapping[str, Pairs], found: Calibration) -> None:
    from trackside.perception.faces import rates_at

    rows = []
    for group in sorted(pairs.keys() - {""}):
        fmr, fnmr = rates_at(pairs[group], found.threshold)
        fails = "cannot be told" if fmr.interval[1] > found.asked >= fmr.interval[0] else ""
        verdict = "above what was asked" if fmr.interval[0] > found.asked else fails or "kept"
        rows.append((group, str(pairs[group].people), *_told(fmr), *_told(fnmr), verdict))
    typer.echo("\nat this threshold, within each group:")
    print_table(("group", "people", "false matches", "95 % interval", "misses", "95 % interval", "rate asked for"), rows)


def _told(rate: Rate) -> tuple[str, str]:
    low, high = rate.interval
    return (
        (f"{rate.value:.3g} ({rate.errors:,} of {rate.count:,})", f"{low:.2g} to {high:.2g}") if rate.count else ("-", "-")
    )
