"""Results that are too good: the answer among the inputs, copies across the splits, few items to validate on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from trackside.lab.diagnosis import probes
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.performance import Aim
from trackside.lab.diagnosis.signs import SLIGHT, STRONG, Seen, examination
from trackside.lab.trees import count_items, leaves

GIVEN_AWAY = 0.985
"""Skill of a single input above which it counts as the answer, if no other input comes near."""
FEW = 20
COPIES = 0.04
WIDE = 8


@examination(
    "answer-in-input", asks="Does an input give the answer away?", source="Kaufman et al. 2012, Leakage in data mining"
)
def answer_in_input(case: Case) -> Seen:
    """The best single input, against the next best."""
    made, answers = probes.features(case.train), probes.wanted(case.train, case.aim)
    if made is None or answers is None or len(answers) < 40:
        return Seen(missing="there are too few items, or inputs that cannot be taken one by one")
    if len(np.unique(answers)) < 2:
        return Seen(missing="all targets are alike")
    if (
        case.aim.kind != "classes"
        and case.train.targets[0].numel() == sum(one[0].numel() for one in leaves(case.train.inputs)) > 1
    ):
        return Seen(missing="targets are as many as inputs: what comes in is to come out")
    columns = np.concatenate([made[0], *_places(case)], axis=1)
    scores = single_scores(columns, answers, case.aim)
    order = np.argsort(-scores)
    best = float(scores[order[0]])
    next_best = _next(columns, scores, order)
    seen = Seen(says=f"the best single input has a skill of {best:.2f}, the next of its own {next_best:.2f}")
    seen.number("skill of the best single input", best)
    seen.number("skill of the next", next_best)
    if best > GIVEN_AWAY and next_best < best - 0.08 and made[0].shape[1] > 1:
        says = f"input {int(order[0])} alone tells the target (skill {best:.3f}, the next {next_best:.2f})"
        seen.sign("answer-in-input", STRONG + 1, says)
    elif case.aim.kind == "classes":
        each, without = told_apart(made[0], answers)
        seen.number("skill of the best input of each class", each)
        seen.number("skill without those inputs", without)
        if each > 0.97 and without < each - 0.08:
            says = f"each class has an input of its own that tells it apart (skill {each:.3f}, without them {without:.2f})"
            seen.sign("answer-in-input", STRONG + 1, says)
    return seen


@examination(
    "copies-across-splits", asks="Are training items in the validation split?", source="Barz and Denzler 2020, ciFAIR"
)
def copies_across_splits(case: Case) -> Seen:
    """Equal and nearly equal items of the two splits, against those within the training split."""
    if case.training.validation is not None and case.training.validation is case.training.train:
        seen = Seen(says="the validation batches are the training batches")
        seen.sign("leakage", STRONG + 2, seen.says)
        return seen
    if not case.train.stacked or not case.validation.stacked:
        return Seen(missing="there is no validation split, or items cannot be compared")
    made = _raw(case)
    if made is None:
        return Seen(missing="items of the two splits have different shapes")
    if len(np.unique(made[0][:1_000], axis=0)) < 0.1 * min(1_000, len(made[0])):
        return Seen(missing="hardly any two items differ")
    across, within = _copied(*made)
    seen = Seen(
        says=f"{across:.1%} of the validation items are copies of training items; within the training split {within:.1%}"
    )
    seen.number("copies across splits", across)
    seen.number("copies within the training split", within)
    if min(across, within) > 0.5 and case.learnable < 0.35:
        seen.sign("features-uninformative", STRONG, f"{seen.says}, and probes learn little (skill {case.learnable:.2f})")
    elif across > COPIES and (across > 3 * within + 0.02 or (across > 0.2 and not _few_values(made[0]))):
        seen.sign("leakage", STRONG + 1, seen.says)
    return seen


@examination("validation-size", asks="Are there enough validation items?", source="Wilson 1927, interval of a share")
def validation_size(case: Case) -> Seen:
    """How many items the result rests on."""
    if case.training.validation is None or not case.validation.batches:
        return Seen(missing="there is no validation split")
    count = sum(count_items(inputs) for inputs, _ in case.validation.batches)
    if not count:
        return Seen(missing="validation items are no tensors that could be counted")
    told = case.validation.batches[0][1]
    places = told[0].numel() if isinstance(told, Tensor) and told.ndim > 1 else 1
    if places > 1 and count * places >= 10 * FEW:
        return Seen(says=f"the validation split has {count:,} items of {places:,} targets each")
    seen = Seen(says=f"the validation split has {count:,} items")
    seen.number("validation items", count)
    if count < FEW:
        seen.sign("test-set-too-small", STRONG, f"{seen.says}: one item is {1 / max(1, count):.0%} of the result")
    elif count < 1.4 * FEW:
        seen.sign("test-set-too-small", SLIGHT, seen.says)
    return seen


def single_scores(columns: NDArray[np.float32], answers: NDArray[Any], aim: Aim) -> NDArray[np.float64]:
    """Skill of each input alone.

    For numbers R^2 of a line, or of one through ranks; for classes that of the commonest class among items of such a value.

    Values fall into at most 48 bins of equal counts, of twenty items or more; what is commonest in a bin is learned on
    one half and judged on the other.
    """
    if aim.kind == "numbers":
        return np.maximum(_explained(columns, answers), _explained(rankdata(columns, axis=0), rankdata(answers)))
    order = np.random.default_rng(0).permutation(len(columns))[:2_000]
    _, coded = np.unique(answers[order], return_inverse=True)
    return np.array([_told_by(column, coded) for column in columns[order].T])


def _explained(columns: NDArray[Any], answers: NDArray[Any]) -> NDArray[np.float64]:
    """R^2 of a line for each column."""
    centred, target = columns - columns.mean(0), answers - answers.mean()
    down = np.sqrt((centred**2).sum(0) * (target**2).sum())
    return np.asarray((centred * target[:, None]).sum(0) / np.where(down > 0, down, np.inf)) ** 2


def _told_by(column: NDArray[np.float32], coded: NDArray[np.int64]) -> float:
    """Skill of one input alone for classes."""
    values, bins = np.unique(column, return_inverse=True)
    if len(values) < 2:
        return 0.0
    if len(values) > min(100, len(column) / 8):
        parts = int(np.clip(len(column) // 20, 4, 48))
        bins = np.argsort(np.argsort(column, kind="stable")) * parts // len(column)
    classes, half = int(coded.max()) + 1, len(coded) // 2
    table = np.zeros((int(bins.max()) + 1, classes))
    np.add.at(table, (bins[:half], coded[:half]), 1 / np.bincount(coded[:half], minlength=classes)[coded[:half]])
    guess, truth = table.argmax(1)[bins[half:]], coded[half:]
    counts = np.bincount(truth, minlength=classes)
    recalls = np.bincount(truth[guess == truth], minlength=classes)[counts > 0] / counts[counts > 0]
    chance = 1 / max(2, len(recalls))
    return float((recalls.mean() - chance) / (1 - chance))


def told_apart(columns: NDArray[np.float32], answers: NDArray[Any]) -> tuple[float, float]:
    """How well each class has an input of its own that tells it from the rest, averaged; and without those inputs."""
    order = np.random.default_rng(0).permutation(len(columns))[:2_000]
    ranks, answers = rankdata(columns[order], axis=0), answers[order]
    known = [one for one in np.unique(answers) if (answers == one).sum() >= 4]
    if len(known) < 3 or columns.shape[1] < 2 * len(known):
        return 0.0, 0.0
    areas = np.array([_area(ranks, answers == one) for one in known])
    best = areas.argmax(1)
    rest = np.delete(areas, np.unique(best), axis=1)
    return float(areas.max(1).mean()), float(rest.max(1).mean())


def _area(ranks: Any, yes: Any) -> Any:
    positive, negative = yes.sum(), (~yes).sum()
    return np.abs(2 * (ranks[yes].sum(0) - positive * (positive + 1) / 2) / (positive * negative) - 1)


def _places(case: Case) -> list[NDArray[np.float32]]:
    """The places of token sequences, one column each: a token at a fixed place may be the answer."""
    held = [tensor for tensor in leaves(case.train.inputs) if tensor.ndim == 2 and not tensor.is_floating_point()]
    return [tensor.cpu().numpy().astype(np.float32) for tensor in held if tensor.shape[1] <= 200]


def _next(columns: Any, scores: Any, order: Any) -> float:
    """The best score of an input that is no copy of the best one."""
    best = columns[:, order[0]]
    for place in order[1:50]:
        other = columns[:, place]
        if other.std() > 0 and abs(np.corrcoef(best, other)[0, 1]) < 0.97 and scores[place] < GIVEN_AWAY:
            return float(scores[place])
    return 0.0


def _raw(case: Case) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    one, two = case.train.flat(), case.validation.flat()
    if one is None or two is None or one.shape[1] != two.shape[1]:
        return None
    return one.astype(np.float32), two.astype(np.float32)


def _copied(train: NDArray[np.float32], validation: NDArray[np.float32]) -> tuple[float, float]:
    """Shares of validation and of training items that have an equal or nearly equal one among the training items."""
    generator = np.random.default_rng(0)
    mean, spread = train.mean(0), train.std(0)
    spread = np.where(spread > 1e-6 * max(1e-12, float(spread.max())), spread, np.inf)
    train, validation = (train - mean) / spread, (validation - mean) / spread
    ask = validation[generator.permutation(len(validation))[:600]]
    own = generator.permutation(len(train))[:600]
    across, within = _nearest(ask, train), _nearest(train[own], train, own)
    usual = float(np.median(within[within > 1e-4])) if (within > 1e-4).any() else 0.0
    few = int((np.isfinite(spread)).sum()) < WIDE  # In few dimensions chance alone puts items near each other.
    limit = 1e-4 if few else max(1e-4, 0.2 * usual)
    return float((across < limit).mean()), float((within < limit).mean())


def _few_values(train: NDArray[np.float32]) -> bool:
    """Whether inputs have so few possible values that equal items are no copies: a few columns of yes and no, say."""
    kinds = [min(20, len(np.unique(column))) for column in train[:2_000].T[:20]]
    return train.shape[1] < 20 and float(np.sum(np.log2(kinds))) < 16


def _nearest(asked: Any, held: Any, own: Any = None) -> Any:
    """Distance from each item to the nearest held one, which is not itself."""
    norms = (held.astype(np.float64) ** 2).sum(1)
    squares = norms[None] + (asked.astype(np.float64) ** 2).sum(1)[:, None] - 2 * (asked @ held.T).astype(np.float64)
    if own is not None:
        squares[np.arange(len(asked)), own] = np.inf
    near = np.argmin(squares, 1)
    return np.sqrt(((asked - held[near]).astype(np.float64) ** 2).sum(1))
