"""The chapters on models: transfer, body points, a spoiled run, mistakes, use; `run.py` tells them in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from answering import answers
from mistakes import moved, predictions, sheet
from numpy.typing import NDArray
from points import blazepose_points, drawn_points, export, features, fitted, probabilities, training
from shooting import DRESSED
from size import Size
from spoiling import FAULTS, diagnosed
from story import Story, confusion, recall
from video import film

from trackside.core import Plot, Report, Verdict
from trackside.data import Dataset
from trackside.lab import RECIPES, Prepared, Training, fit, prepare
from trackside.lab.preflight import preflight
from trackside.models import pull

Floats = NDArray[np.float32]
# As the data check advises of sharpness: what tells a class by how it was cut out is varied in training.
_BLUR = {"use": "blur", "up_to": 0.02, "chance": 0.5}


def by_picture(story: Story, dataset: Dataset, size: Size) -> tuple[Floats, Path]:
    """Pre-flight and transfer; the package's answers on the validation part, and its folder."""
    recipe = RECIPES["discriminative"]
    recipe = recipe.but(epochs=size.epochs, augment=(*recipe.augment, _BLUR))
    ready = prepare(dataset, recipe=recipe, image_size=size.side)
    _preflight(story, ready, size)
    fit(ready.training, epochs=size.epochs, schedule=ready.schedule, progress=None)
    rows = dataset.in_split("val")
    package = ready.export(story.out / "pose-competition")
    given = answers(package.folder, dataset, rows)
    right = given.argmax(axis=1) == dataset.items.labels[rows]
    story.accuracy("transfer, EfficientNet-Lite0, all layers: accuracy", right)
    recall(story, f"transfer: {DRESSED}", dataset, rows, given, DRESSED)
    story.figures.append(confusion("Transfer: which pose is taken for which", dataset, rows, given))
    return given, ready.export(package.folder, measured={"accuracy": float(right.mean())}).folder


def _preflight(story: Story, ready: Prepared, size: Size) -> None:
    report = preflight(
        ready.training, metrics=ready.metrics, task=ready.task, expected=ready.expected, epochs=size.epochs,
        seconds=size.preflight,
    )  # fmt: skip
    _tell(story, report, "pre-flight of the transfer", "preflight.html")


def _tell(story: Story, report: Report, what: str, page: str) -> None:
    report.save(story.out / page)
    quiet = (Verdict.OK, Verdict.NOTE)
    loud = [f"{one.check} ({one.verdict.value})" for one in report.sorted_findings if one.verdict not in quiet]
    story.note(what, f"{len(report.findings)} questions; {', '.join(loud) or 'nothing to mend'}")


def by_points(story: Story, dataset: Dataset, size: Size) -> tuple[Floats, Training, Path]:
    """Train on drawn points and on BlazePose's, measure on BlazePose's: what will be there at use."""
    for name in ("blazepose-detector", "blazepose-full"):
        pull(name)
    rows, labels = dataset.in_split("val"), dataset.items.labels.astype(np.int64)
    values = {"drawn": features(drawn_points(dataset)), "BlazePose": features(blazepose_points(dataset))}
    for learnt, seen in (("drawn", "drawn"), ("drawn", "BlazePose"), ("BlazePose", "BlazePose")):
        plan = training(values[learnt], labels, dataset.in_split("train"), rows, seed=0)
        if learnt == seen == "BlazePose":
            report = preflight(plan, epochs=size.point_epochs, seconds=size.preflight)
            _tell(story, report, "pre-flight of body points", "preflight-points.html")
        model = fitted(plan, size.point_epochs)
        given = probabilities(model, values[seen][rows])
        right = given.argmax(axis=1) == labels[rows]
        story.accuracy(f"body points: trained on {learnt}, measured on {seen} points: accuracy", right)
    story.figures.append(confusion("Body points: which pose is taken for which", dataset, rows, given))
    folder = export(model, values["BlazePose"].shape[1], dataset.classes, story.out / "pose-points")
    return given, training(values["BlazePose"], labels, dataset.in_split("train"), rows, seed=0), folder


def spoil(story: Story, plan: Training, size: Size) -> None:
    """Each faulty loop, and a healthy one: what the diagnosis names first."""
    for fault in FAULTS:
        report = diagnosed(plan, fault, epochs=size.point_epochs, seconds=size.diagnosis)
        report.save(story.out / f"diagnosis-{fault.replace(' ', '-')}.html")
        first = report.causes[0]
        story.note(f"diagnosis, done to the loop: {fault}", f"{first.id} ({first.probability or 0:.0%})")


def study_mistakes(story: Story, dataset: Dataset, pictures: Floats, points: Floats) -> None:
    """The error sheet of the transfer, and what body points change."""
    rows = dataset.in_split("val")
    first, second = (predictions(dataset, rows, given) for given in (pictures, points))
    found = sheet(dataset, first, story.out)
    if found is not None:
        story.figures.append(Plot("Mistakes of the transfer", png=(story.out / "mistakes.png").read_bytes()))
        for idea in found.single[:3]:
            share = f"{idea.share:.0%} of {found.mistakes}"
            story.note(f"mistakes: {idea.name}", f"{share}; error rate without them {idea.ceiling:.1%}")
    story.note("from pictures to body points", moved(first, second, story.out))


def name_in_video(story: Story, package: Path, small: Path, size: Size) -> None:
    """The pipeline on the demo video; what it says of people who do none of the poses."""
    for what, value in film(story.out, package, small, size.video):
        story.note(what, value)
