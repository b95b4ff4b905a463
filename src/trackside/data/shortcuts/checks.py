"""The check `shortcuts`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import Cause, Measurement, Number, Plot, Threshold, Verdict
from trackside.data.checking import EXTRACTORS, DataAnswer, Subject, data_check
from trackside.data.quality.extractor import QUALITY
from trackside.data.shortcuts.cues import CUES, CueExtractor
from trackside.data.shortcuts.evidence import sheet, suspects
from trackside.data.shortcuts.folds import out_of_fold
from trackside.data.shortcuts.marks import BLOCKS
from trackside.data.shortcuts.search import LEAST, Searched, Shortcut
from trackside.data.shortcuts.table import Examined, examine
from trackside.data.suspects import Suspect
from trackside.data.wording import percent

EXTRACTORS.add(CUES, CueExtractor)

_NUMBERS = {
    "mark": "surest mark, AUC at least",
    "whole picture": "surest change of the whole picture, AUC at least",
    "region": "surest region, AUC at least",
    "file": "surest file fact, AUC at least",
}
_TOLERATED = {"mark": 0.55, "whole picture": 0.63, "region": 0.7, "file": 0.65}
_REASONS = {
    "mark": "the same look at one place of otherwise different pictures is hardly ever content",
    "whole picture": "scenes differ a little in light and colour between classes: 0.63 for photographs of ants and bees",
    "region": "things stand in the middle and the sky is above: up to 0.63 on the same photographs",
    "file": "sources differ a little between classes; a network sees a file's kind only by its traces",
}
_NEXT = {
    "mark": "mask that region in all pictures, or collect pictures of the class without it, and train again",
    "whole picture": "level it (white balance, exposure, sharpness) or vary it by augmentation, and mix the sources",
    "region": "mask that region, and see whether the model's accuracy falls",
    "file": "write all pictures anew with one program, size and quality, and mix the sources",
}
_SHOWN = 3


@data_check(
    "shortcuts",
    asks="Can something other than the thing itself tell the class?",
    needs=(CUES, QUALITY),
    costs="seconds for 10,000 pictures",
    source="Geirhos et al. 2020, Shortcut learning in deep neural networks; Westfall and Young 1993 (chance level)",
    thresholds=[
        Threshold(_NUMBERS[family], at_most=limit, otherwise=Verdict.WARN, reason=_REASONS[family])
        for family, limit in _TOLERATED.items()
    ],
)
def shortcuts(subject: Subject) -> DataAnswer:
    """Search all cues; numbers are the lower ends of 95 % intervals, 0.5 where chance explains all."""
    if not subject.dataset.is_labelled:
        return DataAnswer(Measurement(missing="the items have no labels"), applies=False)
    examined: Examined | None = subject.once("shortcuts", lambda: examine(subject))
    if examined is None:
        return DataAnswer(Measurement(missing="no labelled picture can be read"), applies=False)
    searched = examined.searched
    if not searched.classes:
        return DataAnswer(Measurement(missing=_too_few(searched)), applies=False)
    strong = _distinct([one for one in searched.shortcuts if one.low > _TOLERATED[one.family]])
    return DataAnswer(
        Measurement(tuple(_numbers(subject, examined, strong)), tuple(_plots(subject, examined, strong))),
        _says(subject, examined, strong),
        tuple(Cause(f"{one.cue} came with how {_name(subject, one)!r} was collected") for one in strong[:_SHOWN]),
        _NEXT[strong[0].family] if strong else "",
        tuple(_suspects(subject, examined, strong)),
    )


def _distinct(strong: list[Shortcut]) -> tuple[Shortcut, ...]:
    """Without the changes of regions that a mark explains."""
    covered = np.zeros((BLOCKS, BLOCKS), bool)
    for one in strong:
        if one.family == "mark" and one.area is not None:
            covered |= one.area
    return tuple(one for one in strong if one.family != "region" or one.area is None or not (one.area & covered).any())


def _too_few(searched: Searched) -> str:
    if searched.left_out == 1:
        return "all pictures are of one class"
    return f"no class has {LEAST} pictures that are independent of each other"


def _numbers(subject: Subject, examined: Examined, strong: tuple[Shortcut, ...]) -> list[Number]:
    searched = examined.searched
    found = [
        Number(words, max([one.low for one in searched.shortcuts if one.family == family], default=0.5))
        for family, words in _NUMBERS.items()
    ]
    found += [Number("cues", searched.cues), Number("classes asked", searched.classes)]
    if searched.left_out:
        found.append(Number("classes left out", searched.left_out))
    if strong:
        rng = subject.generator("shortcut folds")
        accuracy, low, high = out_of_fold(strong[0].value, strong[0].label, examined.units, rng)
        found.append(Number("balanced accuracy out of fold of the surest cue", accuracy))
        found += [Number("its interval from", low), Number("its interval to", high), Number("its level by chance", 0.5)]
    return found


def _says(subject: Subject, examined: Examined, strong: tuple[Shortcut, ...]) -> str:
    searched = examined.searched
    left = f"; {searched.left_out:,} classes have too few pictures to ask" if searched.left_out else ""
    if not strong:
        return f"none of {searched.cues:,} cues tells a class beyond what chance and content explain{left}"
    first = strong[0]
    more = len(strong) - 1
    others = f"; {more} more cue{'s' if more > 1 else ''} of other kinds or classes" if more else ""
    return f"{_sentence(subject, examined, first)}{others}{left}"


def _sentence(subject: Subject, examined: Examined, one: Shortcut) -> str:
    name = _name(subject, one)
    auc = f"AUC {one.auc:.2f} ({one.low:.2f} to {one.high:.2f}, chance 0.50)"
    if one.family != "mark":
        return f"{one.cue} alone tells {name!r} from {_rest(subject, examined, one)}: {auc}"
    inside, outside = _shares(one, subject.dataset.items.labels[examined.rows])
    where = f"on {percent(inside)} of {name!r} and on {percent(outside)} of the rest"
    return f"{one.cue} is {where}, and alone tells the class: {auc}"


def _shares(one: Shortcut, labels: NDArray[np.int32]) -> tuple[float, float]:
    mine = labels == one.label
    return float(one.value[mine].mean()), float(one.value[~mine].mean())


def _rest(subject: Subject, examined: Examined, one: Shortcut) -> str:
    """The other of two classes by name: what tells one tells both, and which was changed is a matter of likelihood."""
    others = np.setdiff1d(examined.units.labels, [one.label])
    return repr(subject.dataset.classes[others[0]]) if len(others) == 1 else "the rest"


def _name(subject: Subject, one: Shortcut) -> str:
    return subject.dataset.classes[one.label]


def _plots(subject: Subject, examined: Examined, strong: tuple[Shortcut, ...]) -> list[Plot]:
    return [sheet(subject, examined.rows, one, _sentence(subject, examined, one)) for one in strong[:_SHOWN]]


def _suspects(subject: Subject, examined: Examined, strong: tuple[Shortcut, ...]) -> list[Suspect]:
    return [suspect for one in strong[:_SHOWN] for suspect in suspects(subject, examined.rows, one)]
