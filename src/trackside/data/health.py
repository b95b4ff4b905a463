"""The health of a data set: all questions asked, one report, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import Finding, InputError, ModelError, Report, SettingError, TracksideError
from trackside.data.checking import CHECKS, EXTRACTORS, FEATURES, DataCheck, Subject
from trackside.data.dataset import Dataset
from trackside.data.found import Found, Row
from trackside.data.scan import Extractor, Progress, Scan, scan_pictures
from trackside.data.suspects import Suspect

DEFAULT_FEATURES = "efficientnet-lite0"
PLAIN_FEATURES = "plain"
_OTHERS = "or `plain`, which needs no network, or `none`"


@dataclass(frozen=True, slots=True)
class Health:
    """What the checks found.

    Attributes:
        report: a finding a check.
        suspects: what somebody should look at, of all checks.
    """

    report: Report
    suspects: tuple[Suspect, ...]


def check_dataset(
    dataset: Dataset,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    work: Path | None = None,
    features: str = DEFAULT_FEATURES,
    predictions: Mapping[str, str] | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Health:
    """Ask a data set everything.

    Args:
        dataset: what is asked.
        only: names of checks; all if empty.
        skip: names of checks to leave out.
        work: a folder that keeps what was extracted from the pictures, so that the next check is quick.
        features: the embedding package whose frozen features are used, or a .npy or .parquet file with a row an item (see
            `read_features`); "plain" needs no network, "none" does without.
        predictions: item to class by the user's own model: metric inflation is then its own.
        seed: of all that is random; the same seed gives the same report.
        threads: pictures at once.
        progress: told what goes on.

    Raises:
        UnknownName: no such check.
        SettingError: all checks are left out.
        InputError: a file of features is absent, or does not fit.
    """
    checks = choose_checks(only, skip)
    subject = prepare(dataset, checks, work, features, seed, threads, progress)
    if predictions is not None:
        subject.predictions = np.array([predictions.get(str(name), "") for name in dataset.items.names], object)
    answers = list(_ask(checks, subject))
    findings = tuple(finding for finding, _ in answers)
    suspects = tuple(suspect for _, found in answers for suspect in found)
    return Health(Report(f"Data set {dataset.title}", findings, _facts(subject, features)), suspects)


def choose_checks(only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[DataCheck]:
    """The checks of these names, or all, without those that are left out.

    Raises:
        UnknownName: no such check.
        SettingError: all checks are left out.
    """
    for name in (*only, *skip):
        CHECKS[name]
    chosen = [check for name, check in CHECKS.items() if (not only or name in only) and name not in skip]
    if not chosen:
        raise SettingError("nothing is left to ask: all that is asked for is left out", fix="skip fewer checks")
    return chosen


def needs_features(checks: Sequence[DataCheck]) -> bool:
    """Whether any of the checks asks for features of a network."""
    return any(FEATURES in check.needs for check in checks)


def prepare(
    dataset: Dataset,
    checks: Sequence[DataCheck],
    work: Path | None = None,
    features: str = DEFAULT_FEATURES,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Subject:
    """Extract what the checks need, in one pass over the pictures."""
    names = sorted({need for check in checks for need in check.needs} - {FEATURES})
    extractors = [EXTRACTORS[name]() for name in names]
    wanted = needs_features(checks)
    given = _given(features, dataset) if wanted else None
    network, why = _network(features) if wanted and given is None else (None, "no check asked")
    if network is not None:
        extractors.append(network)
    scan = scan_pictures(dataset, extractors, cache=work, threads=threads, progress=progress)
    if given is not None:
        name = Path(features).name
        return Subject(dataset, _with_features(scan, name, given), seed, name, "", progress=progress)
    return Subject(dataset, scan, seed, network.name if network is not None else "", why, progress=progress)


def _given(features: str, dataset: Dataset) -> NDArray[np.float32] | None:
    """The features of a file, float32 [n, d]; None if the name means no file."""
    from trackside.data.features.embedding import is_file
    from trackside.data.features.reading import read_features

    if not Path(features).exists() and (is_file(features) or Path(features).name != features):
        raise InputError("there is no such file of features", where=features, fix=f"give a .npy or .parquet file, {_OTHERS}")
    return read_features(Path(features), dataset.items.names.tolist()) if is_file(features) else None


def _with_features(scan: Scan, name: str, given: NDArray[np.float32]) -> Scan:
    """The scan, as if an extractor of this name had found the features."""
    keys = [str(row).encode() for row in range(len(given))]
    rows: dict[bytes, Row] = {key: {"vector": row} for key, row in zip(keys, given, strict=True)}
    return replace(scan, found={**scan.found, name: Found(rows, keys)})


def _network(features: str) -> tuple[Extractor | None, str]:
    """The extractor of features, or why there is none."""
    from trackside.data.features import embedder

    if features == "none":
        return None, "they were not asked for"
    try:
        return embedder(features), ""
    except TracksideError as error:
        if features != DEFAULT_FEATURES:
            fix = f"{error.fix}, {_OTHERS}" if error.fix else f"give an installed package, {_OTHERS}"
            raise ModelError(error.what, where=error.where, fix=fix) from None
        return embedder(PLAIN_FEATURES), str(error)


def _ask(checks: Sequence[DataCheck], subject: Subject) -> Iterator[tuple[Finding, tuple[Suspect, ...]]]:
    for number, one in enumerate(checks):
        if subject.progress is not None:
            subject.progress(f"asking: {one.check.name}", number, len(checks))
        finding, answer = one.check(subject)
        if answer.applies:
            yield finding, answer.extra or ()


def _facts(subject: Subject, features: str) -> dict[str, str]:
    dataset, readable = subject.dataset, int(subject.scan.readable.sum())
    facts = {
        "data set": str(dataset.root),
        "format": dataset.format,
        "items": f"{len(dataset):,}, {readable:,} of them readable",
        "classes": f"{len(dataset.classes):,}",
        "splits": ", ".join(dataset.splits) or "none",
        "features": subject.features_of or "none",
        "seed": str(subject.seed),
        "trackside": version("trackside"),
    }
    if subject.features_of and subject.no_features and features == DEFAULT_FEATURES:
        facts["features"] += f" (instead of {features}: {subject.no_features})"
    return facts


def without_pictures(report: Report) -> Report:
    """The report without its evidence pictures, for where they only cost space."""
    slim = tuple(replace(f, evidence=replace(f.evidence, plots=())) for f in report.findings)
    return replace(report, findings=slim)
