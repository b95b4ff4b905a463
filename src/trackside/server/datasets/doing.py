"""Doing a job: read the data set, check it, lay out its map, write all that down in the workbench."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, Report, TracksideError
from trackside.data.checking import CHECKS, FEATURES, DataCheck, Subject
from trackside.data.dataset import Dataset
from trackside.data.health import DEFAULT_FEATURES, Health, check_dataset, prepare
from trackside.data.keeping import keep_health
from trackside.data.reading import read_dataset
from trackside.data.suspects import Suspect
from trackside.data.workbench import Workbench
from trackside.server.datasets.indexing import MARK, clean, write_index
from trackside.server.datasets.inside import only_inside
from trackside.server.datasets.opened import open_index
from trackside.server.datasets.pictures import THUMBNAILS

log = logging.getLogger("trackside.server")
Say: TypeAlias = Callable[..., None]
# Parts of the whole: reading, looking at pictures, asking, the map.
_LOOK, _ASK, _MAP = 0.03, 0.65, 0.93
# Of features that tell which items look alike: more carry little.
_DIMENSIONS = 48
GUIDE = "guide.html"


@dataclass(frozen=True, slots=True)
class Job:
    """A data set that is to be checked.

    Attributes:
        root: its folder or file.
        work: the workbench's folder.
        tops: folders in which its files may lie.
        name: as people call it.
        format: of its files; an empty text if it is to be found out.
    """

    root: Path
    work: Path
    tops: tuple[Path, ...]
    name: str
    format: str = ""

    def read(self) -> Dataset:
        """The data set, as far as the server may look at it. Raises InputError if it cannot be read."""
        return only_inside(read_dataset(self.root, self.format), self.tops)


def do(job: Job, only: Sequence[str], features: str, say: Say) -> None:
    """Read, check, write.

    Args:
        job: what is to be checked.
        only: names of checks; all if empty. What the others found earlier stays.
        features: the network; the usual one if empty.
        say: told how far it is, as keywords: `stage` and `fraction`, `read`, `done`.

    Raises:
        TracksideError: it cannot be read, or nothing can be written.
    """
    say(stage="reading", fraction=0.0)
    dataset = job.read()
    version = version_of(dataset)
    _forget_thumbnails(job.work, version)
    if not (job.work / MARK).is_file():
        write_index(job.work, dataset, version)
    say(read=_counts(dataset, version), stage="looking at the pictures", fraction=_LOOK)
    network = features or DEFAULT_FEATURES
    scan_folder = Workbench(job.work).scan_folder
    health = check_dataset(dataset, only=only, work=scan_folder, features=network, progress=_progress(say))
    health = _with_earlier(job, dataset, health, only)
    keep_health(health, dataset, Workbench(job.work))
    say(stage="drawing the map", fraction=_MAP)
    subject = prepare(dataset, _needing_features(), scan_folder, network, progress=None)
    layout, reduced = _layout(subject)
    write_index(
        job.work,
        dataset,
        version,
        sizes=_sizes(subject),
        suspects=health.suspects,
        layout=layout,
        features=reduced,
        made_of="" if layout is None else subject.features_of,
    )
    _write_guide(subject, job.work / GUIDE)
    say(done={"verdict": health.report.verdict.value}, fraction=1.0)


def version_of(dataset: Dataset) -> str:
    """Another text when a file, a name, a label or an annotation has changed."""
    digest = blake2b(digest_size=12)
    for row, name in enumerate(dataset.items.names):
        try:
            stat = dataset.path(row).stat()
            state = f"{stat.st_size}|{stat.st_mtime_ns}"
        except OSError:
            state = "absent"
        digest.update(f"{name}|{dataset.items.splits[row]}|{state}\n".encode("utf-8", "surrogateescape"))
    annotations = dataset.annotations
    for column in (dataset.items.labels, annotations.items, annotations.classes, annotations.boxes, annotations.points):
        digest.update(np.ascontiguousarray(column).tobytes())
    digest.update("\n".join(dataset.classes).encode("utf-8", "replace"))
    return digest.hexdigest()


def _counts(dataset: Dataset, version: str) -> dict[str, Any]:
    return {
        "format": clean(dataset.format)[:40],
        "items": len(dataset),
        "labelled": int((dataset.items.labels >= 0).sum()),
        "classes": len(dataset.classes),
        "splits": [clean(name) for name in dataset.splits][:100],
        "annotations": len(dataset.annotations),
        "troubles": len(dataset.troubles),
        "version": version,
    }


def _progress(say: Say) -> Callable[[str, int, int], None]:
    """Progress of a check as a part of the whole."""
    at = _LOOK

    def told(stage: str, done: int, total: int) -> None:
        nonlocal at
        part = done / max(total, 1)
        if stage.startswith("looking"):
            at = _LOOK + part * (_ASK - _LOOK)
        elif stage.startswith("asking"):
            at = _ASK + part * (_MAP - _ASK)
        say(stage=stage, fraction=round(at, 4))

    return told


def _with_earlier(job: Job, dataset: Dataset, health: Health, only: Sequence[str]) -> Health:
    """The findings and suspects, with those of checks that were not asked this time."""
    report = replace(health.report, title=f"Data set {job.name}", facts={**health.report.facts, "data set": job.name})
    if not only:
        return Health(report, health.suspects)
    names = set(dataset.items.names)
    findings = {finding.check: finding for finding in (*_earlier_findings(job), *report.findings)}
    ordered = tuple(findings[name] for name in CHECKS if name in findings)
    kept = [one for one in _earlier_suspects(job) if one.check not in only and one.item in names]
    return Health(replace(report, findings=ordered), (*health.suspects, *kept))


def _earlier_findings(job: Job) -> Sequence[Any]:
    try:
        return Report.from_json(Workbench(job.work).report_path.read_text("utf-8")).findings
    except (OSError, ValueError, TracksideError):
        return ()


def _earlier_suspects(job: Job) -> list[Suspect]:
    try:
        earlier = open_index(job.work)
    except (OSError, ValueError, KeyError):
        return []
    told, rows = earlier.suspects.columns, earlier.suspects.rows.tolist()
    return [Suspect(item=earlier.names[row], **{k: told[k][n] for k in told}) for n, row in enumerate(rows)]


def _needing_features() -> list[DataCheck]:
    return [check for check in CHECKS.values() if FEATURES in check.needs][:1]


def _layout(subject: Subject) -> tuple[NDArray[Any] | None, NDArray[Any] | None]:
    """The map, float [n, 2], and features of few dimensions; none where there are no features.

    A map that fails, for whatever reason, does not take the report with it.
    """
    try:
        from trackside.data.features import lay_out, principal

        features = subject.features()
        return _unit(np.asarray(lay_out(features, seed=subject.seed))), principal(features, _DIMENSIONS)(features)
    except (TracksideError, KeyError):
        return None, None
    except Exception:
        log.exception("the map of a data set cannot be drawn")
        return None, None


def _unit(places: NDArray[Any]) -> NDArray[np.float64]:
    """Places [n, 2] moved and scaled into the unit square, in the middle of it, with their aspect kept."""
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    side = float((high - low).max())
    return np.asarray(0.5 + (places - (low + high) / 2) / (side if side > 0 else 1.0), np.float64)


def _write_guide(subject: Subject, path: Path) -> None:
    """The draft of a labelling guide, where several people judged the same items."""
    from trackside.data.agreement import write_guide

    try:
        write_guide(subject, path)
    except InputError:
        path.unlink(missing_ok=True)
    except Exception:
        log.exception("the labelling guide of a data set cannot be written")
        path.unlink(missing_ok=True)


def _sizes(subject: Subject) -> NDArray[Any]:
    """Width and height of every picture, int [n, 2], 0 where it cannot be read."""
    try:
        return np.stack([subject.scan.column("file@1", name) for name in ("width", "height")], axis=1)
    except KeyError:
        return np.zeros((len(subject.dataset), 2), np.int32)


def _forget_thumbnails(work: Path, version: str) -> None:
    """Those of another version would lie there for ever."""
    try:
        if open_index(work).version == version:
            return
    except (OSError, ValueError, KeyError):
        pass
    shutil.rmtree(work / THUMBNAILS, ignore_errors=True)
