"""The landscape as a report: a slice, the path, flatness along it, and what neither can show."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from trackside.core.findings import Finding, Measurement, Number, Plot, Verdict
from trackside.core.report import Report
from trackside.lab.landscape.flatness import Flatness, flatness
from trackside.lab.landscape.path import WeightPath
from trackside.lab.landscape.slices import Slice, path_slice, random_slice
from trackside.lab.landscape.weights import borrowed, put
from trackside.lab.training import Training

CAVEATS = (
    "a slice shows two of very many directions: what looks like a valley may have a way out, and a barrier a way round",
    "flatness changes when layers are rescaled without changing what the network computes (Dinh et al. 2017)",
    "loss and curvature are those of a few batches, in evaluation mode",
)


def landscape(
    training: Training, path: WeightPath | None = None, *, batches: int = 2, size: int = 21, seed: int = 0
) -> Report:
    """A slice through the loss around a model, and its flatness, along the path of training where one was kept.

    Args:
        training: model, loss and batches; the model is left as it was.
        path: weights that were kept during training.
        batches: how many training batches the loss is measured on.
        size: of the grid.
        seed: of random directions.

    Raises:
        InputError: there is no batch, nothing is trainable, or the path is another model's.
    """
    some = list(itertools.islice(iter(training.train), batches))
    points = path.points if path is not None else torch.zeros(0, 0)
    along = len(points) >= 3
    found = path_slice(training, some, points, size=size) if along else random_slice(training, some, size=size, seed=seed)
    findings = (_slice(found, along), _flatness(training, some, points if along else None))
    return Report("Loss landscape", findings, {f"caveat {number}": text for number, text in enumerate(CAVEATS, 1)})


def _slice(found: Slice, along: bool) -> Finding:
    centre = found.losses[np.argmin(abs(found.up)), np.argmin(abs(found.across))]
    numbers = [
        Number("loss at the centre", float(centre)),
        Number("highest loss of the slice", float(np.nanmax(found.losses))),
    ]
    says = "the loss on a plane of two random directions, each filter scaled to its own size"
    if along:
        numbers.append(Number("share of the path's spread in the plane", found.explained))
        says = f"the loss on the plane of the path, which holds {found.explained:.0%} of the path's spread"
    evidence = Measurement(tuple(numbers), (_picture(found),))
    return Finding(
        "slice", "What does the loss look like around the model?", Verdict.OK, says, evidence, reference="Li et al. 2018"
    )


def _flatness(training: Training, batches: Sequence[Any], points: torch.Tensor | None) -> Finding:
    measured = [flatness(training, batches)] if points is None else _along(training, batches, points)
    last = measured[-1]
    rate = _rate(training)
    numbers = [
        Number("sharpness", last.sharpness),
        Number("trace", last.trace),
        Number("trace, standard error", last.trace_error),
    ]
    says = f"the largest curvature at the end is {last.sharpness:.3g}{'' if last.settled else ' (not settled)'}"
    if rate:
        numbers.append(Number("2 / rate", 2 / rate))
        says += f"; descent at the rate {rate:g} is stable up to {2 / rate:.3g}"
    plots = (_curve(measured),) if points is not None else ()
    asks = "How flat is the loss where the model stands?"
    return Finding("flatness", asks, Verdict.OK, says, Measurement(tuple(numbers), plots), reference="Cohen et al. 2021")


def _along(training: Training, batches: Sequence[Any], points: torch.Tensor, most: int = 12) -> list[Flatness]:
    """Flatness at up to a dozen points of the path, the last among them."""
    chosen = sorted({*np.linspace(0, len(points) - 1, min(most, len(points))).round().astype(int).tolist()})
    found = []
    with borrowed(training.model):
        for place in chosen:
            put(training.model, points[place].double())
            found.append(flatness(training, batches))
    return found


def _rate(training: Training) -> float:
    """The rate of plain descent; 0 for optimisers whose steps are scaled otherwise."""
    optimizer = training.optimizer
    return float(optimizer.param_groups[0]["lr"]) if isinstance(optimizer, torch.optim.SGD) else 0.0


def _picture(found: Slice) -> Plot:
    """Contours of the logarithm of the loss above its lowest value, with the path."""
    height = np.log10(
        np.maximum(found.losses - np.nanmin(found.losses), 0)
        + 1e-3 * (np.nanmax(found.losses) - np.nanmin(found.losses) + 1e-12)
    )
    data: list[dict[str, Any]] = [
        {"type": "contour", "x": found.across, "y": found.up, "z": height, "colorscale": "Viridis", "ncontours": 24,
         "customdata": found.losses, "hovertemplate": "loss %{customdata:.4g}<extra></extra>", "showscale": False}
    ]  # fmt: skip
    if len(found.path):
        line = {"type": "scatter", "x": found.path[:, 0], "y": found.path[:, 1], "mode": "lines+markers", "name": "path"}
        data.append({**line, "line": {"color": "white"}, "marker": {"color": "white", "size": 5}})
    layout = {"xaxis": {"title": {"text": "first direction"}}, "yaxis": {"title": {"text": "second direction"}}}
    return Plot("Loss around the model (logarithm of the height above the lowest point)", {"data": data, "layout": layout})


def _curve(measured: Sequence[Flatness]) -> Plot:
    places = list(range(len(measured)))
    data = [
        {
            "type": "scatter",
            "x": places,
            "y": [one.sharpness for one in measured],
            "mode": "lines+markers",
            "name": "sharpness",
        }
    ]
    return Plot("Sharpness along the path", {"data": data, "layout": {"xaxis": {"title": {"text": "point of the path"}}}})
