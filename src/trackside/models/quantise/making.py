"""From a package in FP32 to one in INT8: calibrate, quantise, measure, give layers back where too much is lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import RGB, ModelError, Report, SettingError, nearest
from trackside.models.card import Card
from trackside.models.package import Package
from trackside.models.quantise.agreement import BoxAgreement, compare_boxes, compare_vectors
from trackside.models.quantise.calibration import Ranges, ranges_of
from trackside.models.quantise.converting import quantised
from trackside.models.quantise.describing import Agreement, card_for, facts_of
from trackside.models.quantise.graph import Graph, prepare
from trackside.models.quantise.judging import box_findings, speed_finding, vector_finding
from trackside.models.quantise.mixing import MOST_KEPT, Mix, fewest, ranked
from trackside.models.quantise.pictures import Pictures
from trackside.models.quantise.reading import Answers, Reader, answers, tensors
from trackside.models.quantise.settings import LEAST, Settings
from trackside.models.quantise.speed import measure
from trackside.models.runtimes.onnx import OnnxRuntime

Hear = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how much."""

# Pictures on which layers are ranked, and on which a choice of them is tried: enough boxes to tell layers apart.
_RANKED_ON, _TRIED_ON = 8, 48


@dataclass(frozen=True, slots=True)
class Made:
    """A quantised network, not yet in any store.

    Attributes:
        network: its file, which is gone when the block of `quantise` ends.
        card: for it.
        report: what became of it.
        agreement: with FP32, on the held-out pictures.
        kept: layers given back to FP32, worst first.
    """

    network: Path
    card: Card
    report: Report
    agreement: Agreement
    kept: tuple[str, ...]


@contextmanager
def quantise(
    parent: Package,
    pictures: Pictures,
    reader: Reader,
    settings: Settings | None = None,
    *,
    name: str = "",
    hear: Hear = lambda doing, done, of: None,
) -> Iterator[Made]:
    """Make an INT8 package of an FP32 one. Its file lives as long as the block.

    Args:
        parent: the package; a detector, a classifier or a network for embeddings in ONNX.
        pictures: to calibrate with, and others to measure with.
        reader: feeds and reads the network.
        settings: how.
        name: of the new package; the parent's with `-int8` if empty.
        hear: told how it goes.

    Raises:
        ModelError: the parent cannot be quantised.
        SettingError: a node to exclude that it does not have.
    """
    refuse(parent)
    with tempfile.TemporaryDirectory(prefix="trackside-int8-") as folder:
        work = _Work(parent, pictures, reader, settings or Settings(), Path(folder), hear)
        yield work.made(name or f"{parent.card.name}-int8")


def refuse(parent: Package) -> None:
    """Raise ModelError for a package that cannot be quantised; ModuleNotFoundError where `onnx` is not installed."""
    import_module("onnx")
    card = parent.card
    if card.runtime != "onnx":
        raise ModelError(f"{card.name} is a TFLite network", fix="only ONNX networks can be quantised here")
    if card.precision == "int8":
        raise ModelError(f"{card.name} is quantised already", fix="quantise the model it was made of")
    if card.task not in LEAST:
        raise ModelError(f"{card.name} is for {card.task}", fix=f"what can be quantised is for {', '.join(LEAST)}")


class _Work:
    """One quantising: what its steps share."""

    def __init__(
        self, parent: Package, pictures: Pictures, reader: Reader, settings: Settings, folder: Path, hear: Hear
    ) -> None:
        self._parent, self._pictures, self._reader = parent, pictures, reader
        self._settings, self._folder, self._hear = settings, folder, hear
        self._card = parent.card
        self._least = settings.least_for(parent.card.task)
        self._fp32 = OnnxRuntime(parent.network, threads=_threads())
        self._graph: Graph = prepare(parent.network, folder)
        self._always = self._named(settings.exclude)

    def made(self, name: str) -> Made:
        """All of it."""
        ranges = self._ranges()
        kept = self._kept(ranges)
        path = self._quantised(ranges, kept.kept, "int8.onnx")
        held = self._pictures.held_out
        reference = self._answers(self._fp32, held, "asking FP32")
        agreement = self._compared(reference, self._answers(self._opened(path), held, "asking INT8"))
        report = self._report(path, agreement, reference, kept)
        card = card_for(self._parent, name, path, self._pictures, self._settings, agreement, kept.kept)
        return Made(path, card, report, agreement, kept.kept)

    def _named(self, exclude: Sequence[str]) -> tuple[str, ...]:
        """The nodes to leave out, and with a layer all of its group."""
        known = self._graph.names
        for name in exclude:
            if name not in known:
                raise SettingError(f"{self._card.name} has no node {name!r}", where="exclude", fix=nearest(name, known))
        return (*self._graph.tail, *(node for name in exclude for node in self._graph.groups.get(name, (name,))))

    def _ranges(self) -> Ranges:
        shown = self._pictures.calibration
        fed = tensors(shown, self._reader, self._card.geometry, self._fp32.inputs[0])
        hear = self._telling("calibrating", len(shown))
        return ranges_of(self._graph, fed, self._settings.method, self._folder, hear)

    def _kept(self, ranges: Ranges) -> Mix:
        """The groups that stay at FP32, chosen with calibration pictures: the held-out ones must not take part."""
        shown = _spread(self._pictures.calibration, _TRIED_ON)
        reference = self._answers(self._fp32, shown, "asking FP32")

        def score(groups: Sequence[str]) -> float:
            path = self._quantised(ranges, groups, "tried.onnx")
            return self._compared(reference, self._answers(self._opened(path), shown)).score

        first = score(())
        most = self._most_kept()
        # NaN where FP32 finds nothing there: then nothing can be searched for, and the report says so.
        if not first < self._least or most == 0:
            return Mix((), first, first >= self._least)
        order = [each.group for each in self._ranking(ranges)]
        if self._settings.keep_worst != "auto":
            chosen = order[:most]
            reached = score(chosen)
            return Mix(tuple(chosen), reached, reached >= self._least)
        return fewest(order, score, self._least, most, lambda count, got: self._hear("giving layers back", count, most))

    def _most_kept(self) -> int:
        keep = self._settings.keep_worst
        return int(MOST_KEPT * len(self._graph.groups)) if keep == "auto" else keep

    def _ranking(self, ranges: Ranges) -> list[Any]:
        shown = self._busiest(_RANKED_ON)
        reference = self._answers(self._fp32, shown)

        def alone(members: Sequence[str]) -> float:
            quantised_nodes = set(members)
            kept = [node for node in self._graph.names if node not in quantised_nodes]
            path = quantised(self._graph, ranges, kept, self._settings.target, self._folder / "alone.onnx")
            found = self._answers(self._opened(path), shown)
            return self._compared(reference, found).closeness

        return ranked(self._graph, alone, self._telling("ranking layers", len(self._graph.groups)))

    def _busiest(self, count: int) -> Sequence[RGB]:
        """The calibration pictures in which FP32 finds most; for other tasks some of them, spread."""
        shown = _spread(self._pictures.calibration, _TRIED_ON)
        if self._card.task != "detection":
            return _spread(shown, count)
        found = self._answers(self._fp32, shown)
        order = sorted(range(len(shown)), key=lambda row: -len(found[row].above(self._card.threshold)))
        return [shown[row] for row in order[:count]]

    def _quantised(self, ranges: Ranges, groups: Sequence[str], file: str) -> Path:
        kept = {*self._always, *(node for group in groups for node in self._graph.groups[group])}
        return quantised(self._graph, ranges, kept, self._settings.target, self._folder / file)

    def _opened(self, path: Path) -> OnnxRuntime:
        return OnnxRuntime(path, threads=_threads(), precision="int8")

    def _answers(self, runtime: OnnxRuntime, shown: Sequence[RGB], doing: str = "") -> Answers:
        hear = self._telling(doing, len(shown)) if doing else lambda done: None
        return answers(runtime, shown, self._reader, self._card.geometry, hear)

    def _compared(self, reference: Answers, found: Answers) -> Agreement:
        if self._card.task == "detection":
            return compare_boxes(reference, found, self._card.threshold)
        return compare_vectors(reference, found, are_probabilities=self._card.task == "classification")

    def _telling(self, doing: str, of: int) -> Callable[[int], None]:
        return lambda done: self._hear(doing, done, of)

    def _report(self, path: Path, agreement: Agreement, reference: Answers, kept: Mix) -> Report:
        if isinstance(agreement, BoxAgreement):
            findings = box_findings(agreement, self._floor(reference), self._least)
        else:
            findings = [vector_finding(agreement, self._card.task, self._least)]
        self._hear("measuring speed", 0, 1)
        findings.append(speed_finding(measure(self._parent.network, path), target=self._settings.target))
        layers = len(self._graph.groups)
        facts = facts_of(self._parent, path, self._pictures, self._settings, layers, kept.kept)
        return Report(f"{self._card.name} in INT8", tuple(findings), facts)

    def _floor(self, reference: Answers) -> float:
        """AP50 of FP32 against itself when each pixel changes by at most one grey level: no network can agree better."""
        noise = np.random.default_rng(0)
        held = self._pictures.held_out
        noisy = (np.clip(picture + noise.integers(-1, 2, picture.shape), 0, 255).astype(np.uint8) for picture in held)
        found = [self._answers(self._fp32, [picture])[0] for picture in noisy]
        return compare_boxes(reference, found, self._card.threshold).ap50


def _spread(pictures: Sequence[RGB], count: int) -> Sequence[RGB]:
    """So many of them, evenly."""
    rows = np.unique(np.linspace(0, len(pictures) - 1, min(count, len(pictures))).round().astype(int))
    return [pictures[row] for row in rows]


def _threads() -> int:
    return os.cpu_count() or 1
