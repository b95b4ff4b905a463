"""`trackside tracks score`: how well a tracker did, against ground truth."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.cli.screen import print_table
from trackside.core import InputError

if TYPE_CHECKING:
    from trackside.core import Tracks
    from trackside.perception.tracking.metrics import GapBin, Scores

    Sequences = dict[str, dict[int, Tracks]]

_COMBINED = "COMBINED"
_SHARES, _COUNTS = ("HOTA", "DetA", "AssA", "LocA", "MOTA"), ("IDSW", "Frag")
# What is written where nothing was measured.
_NOTHING = "-"


def score(
    truth: Annotated[Path, typer.Argument(metavar="GT", help="Ground truth: a file, or a folder of SEQ/gt/gt.txt.")],
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="The tracker's result: a file, or a folder of SEQ.txt.")],
    fps: Annotated[float | None, typer.Option("--fps", help="Frames a second; from SEQ/seqinfo.ini if not given.")] = None,
    detections: Annotated[
        Path | None,
        typer.Option("--detections", metavar="DET", help="What the tracker was fed, to define gaps by; as GT or RESULT."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder for scores.json and plots.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score tracks: HOTA, MOTA, IDF1, and how often an object that was out of sight comes back under its identity.

    Files are MOTChallenge text, COCO-video JSON or Parquet tables that a pipeline saved.
    """
    from trackside.perception.tracking.files import read_sequences

    truths = _not_empty(read_sequences(truth, inside="gt/gt.txt"), truth)
    results = _paired(truths, read_sequences(result), result)
    found = None if detections is None else _not_empty(read_sequences(detections, inside="det/det.txt"), detections)
    sightings = None if found is None or detections is None else _paired(truths, found, detections)
    if not any(results.values()):
        raise InputError("holds no boxes", where=str(result), fix="give the file that the tracker wrote")
    rates = {name: _rate(truth, name) if fps is None else fps for name in truths}
    scores = {name: _score(name, truths[name], results[name], rates[name], sightings) for name in truths}
    data = _to_json(scores, rates, (truth, result, detections))
    by = "the result" if detections is None else "the detections"
    if out is not None:
        _save(out, data, scores, by)
    if as_json:
        typer.echo(json.dumps(data, indent=2, allow_nan=False))
        return
    _show(scores, by)
    if out is not None:
        typer.echo(f"\nplots: {out / 'scores.html'}, numbers: {out / 'scores.json'}")


def _not_empty(sequences: Sequences, path: Path) -> Sequences:
    for name, frames in sequences.items():
        if not any(map(len, frames.values())):
            where = str(path) if len(sequences) == 1 else f"{path}, {name}"
            raise InputError("holds no boxes", where=where, fix="give a file with at least one")
    if not sequences:
        raise InputError("holds no sequences", where=str(path), fix="give a file with at least one")
    return sequences


def _paired(truths: Sequences, given: Sequences, path: Path) -> Sequences:
    """What belongs to each sequence of the ground truth, by name; of two single files the names do not matter."""
    if len(truths) == len(given) == 1:
        return dict(zip(truths, given.values(), strict=True))
    absent = [name for name in truths if name not in given]
    if absent:
        fix = f"name sequences as in the ground truth; there are {_listed(given)}"
        raise InputError(f"nothing for the sequence {_listed(absent)}", where=str(path), fix=fix)
    more = [name for name in given if name not in truths]
    if more:
        typer.secho(f"note: {path}: {_listed(more)} left out, for want of ground truth", fg="yellow", err=True)
    return {name: given[name] for name in truths}


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:5]) + (f" and {len(every) - 5} more" if len(every) > 5 else "") or "none"


def _rate(truth: Path, name: str) -> float:
    from trackside.perception.tracking.files import frame_rate

    rate = frame_rate(truth / name if truth.is_dir() else truth)
    if rate is None:
        fix = f"give --fps, or put a seqinfo.ini with frameRate into the folder {name}"
        raise InputError("its frame rate is not known, and gaps are measured in seconds", where=name, fix=fix)
    return rate


def _score(
    name: str, truth: dict[int, Tracks], result: dict[int, Tracks], fps: float, sightings: Sequences | None
) -> Scores:
    from trackside.perception.tracking.metrics import score as score_one

    if not any(map(len, result.values())):
        typer.secho(f"note: {name}: the result holds no boxes", fg="yellow", err=True)
    try:
        return score_one(truth, result, fps=fps, detections=None if sightings is None else sightings[name])
    except InputError as error:
        raise InputError(error.what, where=f"{name}, {error.where}", fix=error.fix) from None


def _to_json(scores: Mapping[str, Scores], rates: Mapping[str, float], paths: tuple[Path | None, ...]) -> dict[str, Any]:
    from trackside.perception.tracking.metrics import combine, mean_numbers

    files = zip(("ground_truth", "result", "detections"), paths, strict=True)
    return {
        **{name: None if path is None else str(path) for name, path in files},
        "gaps_defined_by": "result" if paths[2] is None else "detections",
        "sequences": {name: {"fps": rates[name], **part.to_json()} for name, part in scores.items()},
        "combined": combine(scores.values()).to_json(),
        "mean": mean_numbers(scores.values()),
    }


def _save(folder: Path, data: object, scores: Mapping[str, Scores], sightings: str) -> None:
    from trackside.core.files import write_json
    from trackside.perception.tracking.metrics import scores_report

    scores_report(scores, sightings=sightings).save(folder / "scores.html")
    write_json(folder / "scores.json", data)


def _show(scores: Mapping[str, Scores], sightings: str) -> None:
    from trackside.perception.tracking.metrics import combine

    total = combine(scores.values())
    rows = [_row(name, part) for name, part in (*scores.items(), (_COMBINED, total))]
    print_table(("sequence", *(f"{name} %" for name in _SHARES), *_COUNTS, "IDF1 %"), rows)
    typer.echo(f"\nobjects that were out of sight and came back, sighted by {sightings}:")
    bins = [(part, part.name) for part in total.gaps.bins()] + [(total.gaps.total, "all")]
    recalls = [(name, str(part.count), str(part.kept), _percent(part.recall), _interval(part)) for part, name in bins]
    print_table(("gap", "gaps", "kept", "identity recall %", "95 % interval"), recalls)


def _row(name: str, scores: Scores) -> tuple[str, ...]:
    from rich.markup import escape

    numbers = scores.numbers()
    shares, counts = [_percent(numbers[key]) for key in _SHARES], [str(int(numbers[key])) for key in _COUNTS]
    return (escape(name), *shares, *counts, _percent(numbers["IDF1"]))


def _interval(part: GapBin) -> str:
    return " to ".join(_percent(edge) for edge in part.interval) if part.count else _NOTHING


def _percent(share: float) -> str:
    return _NOTHING if math.isnan(share) else f"{100 * share:.1f}"
