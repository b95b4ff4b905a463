"""The checks `corrupt-files` and `orientation`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import Measurement, Number, Threshold, Verdict
from trackside.data.checking import DataAnswer, Subject, data_check
from trackside.data.quality import outliers
from trackside.data.quality.asking import Flagged, answer, numbers
from trackside.data.quality.extractor import QUALITY
from trackside.data.quality.upright import how_they_stand
from trackside.data.quality.wholeness import misnamed
from trackside.data.wording import in_percent, named, percent

# A grey strip of one row in twenty may be part of a picture; it rarely is.
_GREY_END = 0.05
_UPRIGHT, _GIVEN = (0.0, 1.0), "pictures turned only by their EXIF tag"
_LYING = "pictures lying turned, as it seems"
_MEND_FILES = "fetch them again, write them anew, or remove them"
_MEND_LABELS = "mend these lines of the labels (trackside data show lists them)"


@data_check(
    "corrupt-files",
    asks="Can every file be read whole, and is it what its name says?",
    needs=(QUALITY,),
    thresholds=[
        Threshold("share of files that cannot be read", at_most=0, reason="training stops at them, or passes them over"),
        Threshold(
            "share of cut off pictures", at_most=0, otherwise=Verdict.WARN, reason="part of what they show is missing"
        ),
        Threshold("share of animations", at_most=0, otherwise=Verdict.WARN, reason="programs take different frames of them"),
        Threshold("share of misnamed files", at_most=0, otherwise=Verdict.NOTE, reason="some programs go by the suffix"),
        Threshold("troubles in the labels", at_most=0, otherwise=Verdict.WARN, reason="what they said is lost"),
    ],
)
def corrupt_files(subject: Subject) -> DataAnswer:
    """Files by what the scan met: unreadable, cut off, animated, misnamed; and lines of the labels that were passed over."""
    problems = subject.scan.problems
    cut, grey = numbers(subject, "cut", "grey_end")
    (frames,) = numbers(subject, "frames", extractor="file@1")
    kinds = _formats(subject)
    names = subject.dataset.items.names
    wrong = np.array([misnamed(kind, _suffix(str(name))) for kind, name in zip(kinds, names, strict=True)], bool)
    unreadable = ~subject.scan.readable
    found = [
        Flagged.of("files that cannot be read", unreadable, unreadable.astype(float), lambda row: problems[row], 1.0),
        Flagged.of(
            "cut off pictures", (cut > 0) | (grey >= _GREY_END), grey, lambda row: _cut_words(cut[row], grey[row]), 0.9
        ),
        Flagged.of("animations", frames > 1, frames, lambda row: f"an animation of {frames[row]:.0f} frames", 0.5),
        Flagged.of("files of a rare format", _rare(kinds), frames, lambda row: f"is {kinds[row]}, unlike nearly all", 0.4),
        Flagged.of("misnamed files", wrong, wrong.astype(float), lambda row: f"is {kinds[row]} by its bytes", 0.2),
    ]
    return _with_troubles(subject, answer(subject, "corrupt-files", found, "every file can be read", _MEND_FILES))


def _with_troubles(subject: Subject, given: DataAnswer) -> DataAnswer:
    """The same with what could not be read of the labels."""
    troubles = subject.dataset.troubles
    more = (*given.measurement.numbers, Number("troubles in the labels", len(troubles)))
    says, step = given.says, given.next_step
    if troubles:
        says = f"{says}; in the labels: {named([str(one) for one in troubles])}"
        step = f"{step}; {_MEND_LABELS}" if any(number.value for number in given.measurement.numbers) else _MEND_LABELS
    return DataAnswer(Measurement(more, given.measurement.plots), says, given.causes, step, given.extra)


@data_check(
    "orientation",
    asks="Do the pictures stand upright?",
    needs=(QUALITY,),
    costs="up to a minute",
    source="Exif 2.32, 4.6.4; the set itself, by predicting turns (after Gidaris et al. 2018)",
    thresholds=[
        Threshold(
            f"share of {_GIVEN}", at_most=0, otherwise=Verdict.WARN, reason="readers that ignore the tag see them lying"
        ),
        Threshold(
            f"share of {_LYING}, at least",
            at_most=0.2,
            otherwise=Verdict.WARN,
            reason="on clean words, pages and digits the rule is wrong about fewer than one picture in 1,000",
        ),
    ],
)
def orientation(subject: Subject) -> DataAnswer:
    """EXIF tags, and pictures that stand otherwise than the set does."""
    (tags,) = numbers(subject, "orientation", extractor="file@1")
    tagged = np.isfinite(tags) & ~np.isin(tags, _UPRIGHT)
    turned, margin, accuracy, told = _turned(subject)
    found = [
        Flagged.of(_LYING, turned > 0, margin, lambda row: f"seems turned by {turned[row]} degrees", 0.7),
        Flagged.of(_GIVEN, tagged, tags, lambda row: f"EXIF orientation {tags[row]:.0f}", 0.3),
    ]
    if not told:
        fine = "no picture is turned by a tag; in this set up and down cannot be told from the pictures"
    else:
        fine = f"all stand upright (turns can be told here: {percent(accuracy)} out of fold)"
    next_step = "turn the pixels and remove the tag, so that every program sees the same"
    given = answer(subject, "orientation", found, fine, next_step)
    known = Number("pictures whose turn is told out of fold", 0 if np.isnan(accuracy) else in_percent(accuracy), "%")
    more = (*given.measurement.numbers, known)
    return DataAnswer(
        Measurement(more, given.measurement.plots), given.says, (), given.next_step, given.extra, given.applies
    )


def _turned(subject: Subject) -> tuple[NDArray[np.int64], NDArray[np.float64], float, bool]:
    """Degrees [n], margins [n], how well turns can be told, and whether that is enough to judge by."""
    n = len(subject.dataset)
    turned, margin = np.zeros(n, np.int64), np.zeros(n)
    (plain,) = numbers(subject, "plain")
    rows = np.flatnonzero(np.isfinite(plain) & ~outliers.blank(plain))
    if not len(rows):
        return turned, margin, float("nan"), False
    stood = how_they_stand(subject.scan.column(QUALITY, "small")[rows], subject.generator("orientation"))
    turned[rows], margin[rows] = stood.turned, stood.margin
    return turned, margin, stood.accuracy, stood.told


def _formats(subject: Subject) -> list[str]:
    try:
        return [value.decode("utf-8", "replace") for value in subject.scan.column("file@1", "format")]
    except KeyError:
        return [""] * len(subject.dataset)


def _rare(kinds: list[str]) -> NDArray[np.bool_]:
    """Files of a format that at most one in a hundred has, where nearly all have one."""
    names, which, counts = np.unique(np.array(kinds, dtype=str), return_inverse=True, return_counts=True)
    known = np.asarray(names != "") & (counts <= 0.01 * len(kinds))
    return np.asarray(known[which] & (counts.max(initial=0) >= 0.95 * len(kinds)))


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2]}" if "." in name.rpartition("/")[2] else ""


def _cut_words(cut: float, grey: float) -> str:
    if grey >= _GREY_END:
        return f"cut off: the lowest {percent(grey)} is a decoder's grey"
    return "cut off: the file ends before its picture does" if cut else ""
