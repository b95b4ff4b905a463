"""`trackside data agree`: how far annotators agree, and a draft of the labelling guide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackside.core import InputError

_CHECKS = ("label-agreement", "box-agreement", "keypoint-agreement")


def agree(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A data set whose annotations name their annotators.")],
    form: Annotated[str, typer.Option("--format", help="Its format, if it is not found out by looking.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for agreement.html, agreement.json and guide.html.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the resampling behind the intervals.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure the agreement of annotators: Krippendorff's alpha and kappa, boxes, keypoints; per class, per annotator.

    With -o, a draft of the labelling guide is written, with the disputed items to decide about.
    """
    from trackside.data.agreement import ratings_of, write_guide
    from trackside.data.checking import Subject
    from trackside.data.health import check_dataset
    from trackside.data.reading import read_dataset
    from trackside.data.scan import scan_pictures

    dataset = read_dataset(path, form)
    report = check_dataset(dataset, only=_CHECKS, features="none", seed=seed).report
    if not report.findings:
        fix = "give labels of the same items by several named annotators (in a CSV: the column annotator)"
        raise InputError("nothing was judged by two annotators", where=str(path), fix=fix)
    typer.echo(report.to_json()) if as_json else report.show()
    if out is None:
        return
    report.save(out / "agreement.json")
    report.save(out / "agreement.html")
    if ratings_of(dataset).shared.any():
        write_guide(Subject(dataset, scan_pictures(dataset), seed), out / "guide.html")
    if not as_json:
        typer.echo(f"\nreport: {out / 'agreement.html'}, draft of the guide: {out / 'guide.html'}")
