"""Quick probes: what simple models make of the raw inputs, apart from the network and its loop.

A ridge regression and a random forest on the flattened inputs (word counts for tokens) say whether the task can be solved
at all, and how well with little effort. They are the bar that a network should come near.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackside.lab.diagnosis.performance import Aim, skill
from trackside.lab.diagnosis.pool import Pool
from trackside.lab.trees import leaves

ITEMS = 1_500
COLUMNS = 1_200
WORDS = 600


def features(pool: Pool, other: Pool | None = None) -> tuple[NDArray[np.float32], NDArray[np.float32] | None] | None:
    """Inputs as columns for probes, for one pool or in the same way for two; None where inputs are not stacked."""
    if not pool.stacked or (other is not None and not other.stacked):
        return None
    first, second = list(leaves(pool.inputs)), list(leaves(other.inputs)) if other is not None else []
    made = [_columns(one, second[place] if second else None) for place, one in enumerate(first)]
    if not made:
        return None
    own = np.concatenate([one for one, _ in made], axis=1)
    if other is None:
        return own, None
    return own, np.concatenate([two for _, two in made if two is not None], axis=1)


def wanted(pool: Pool, aim: Aim) -> NDArray[Any] | None:
    """Targets as one column: classes, yes or no, or a number."""
    targets = pool.targets
    if not isinstance(targets, Tensor) or not aim.understood:
        return None
    targets = targets.cpu()
    if aim.kind == "classes":
        targets = targets.argmax(1) if aim.one_hot else targets.long()
        return np.asarray(targets.numpy()) if targets.ndim == 1 else None
    if targets.ndim > 1:
        targets = targets.reshape(len(targets), -1)[:, 0]
    return np.asarray((targets > 0).long().numpy() if aim.kind == "binary" else targets.double().numpy())


def learnable(columns: NDArray[np.float32], answers: NDArray[Any], aim: Aim, *, seed: int = 0, forest: bool = True) -> float:
    """Best skill of the probes in two-fold cross-validation, items drawn at random."""
    order = np.random.default_rng(seed).permutation(len(columns))[:ITEMS]
    columns, answers = columns[order], answers[order]
    half = len(order) // 2
    folds = ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half)))
    return max(_crossed(kind, columns, answers, aim, folds) for kind in (("ridge", "forest") if forest else ("ridge",)))


def transferred(
    columns: NDArray[np.float32], answers: NDArray[Any], test: NDArray[np.float32], wished: NDArray[Any], aim: Aim
) -> float:
    """Best skill of the probes fitted on one split, on another."""
    order = np.random.default_rng(0).permutation(len(columns))[: 2 * ITEMS]
    scores = [
        _scored(kind, columns[order], answers[order], test[:ITEMS], wished[:ITEMS], aim) for kind in ("ridge", "forest")
    ]
    known = [score for score in scores if score == score]
    return max(known) if known else float("nan")


def like_tokens(values: Tensor) -> bool:
    """Whether numbers look like numbers of words: whole, from 0 up, many different ones, the same ones in all columns."""
    if values.ndim != 2 or values.shape[1] < 3 or not bool((values == values.round()).all()) or float(values.min()) < 0:
        return False
    known = torch.unique(values)
    if len(known) < 40 or float(values.max()) < 60:
        return False
    most = values.float().amax(0)
    return float(most.min()) > 0.2 * float(most.max()) and len(known) > 0.2 * float(values.max())


def _columns(own: Tensor, other: Tensor | None) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    if own.ndim == 2 and (not own.is_floating_point() or like_tokens(own)):
        return _word_counts(own, other)
    flat = [tensor.reshape(len(tensor), -1).float().cpu().numpy() for tensor in (own, other) if tensor is not None]
    flat = [np.nan_to_num(one, posinf=0, neginf=0) for one in flat]
    step = max(1, flat[0].shape[1] // COLUMNS)
    mean, spread = flat[0][:, ::step].mean(0), flat[0][:, ::step].std(0)
    scaled = [(one[:, ::step] - mean) / np.where(spread > 1e-8, spread, 1) for one in flat]
    return scaled[0], scaled[1] if len(scaled) > 1 else None


def _word_counts(own: Tensor, other: Tensor | None) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """How often the commonest tokens occur in each item."""
    tokens, counts = torch.unique(own, return_counts=True)
    common = tokens[counts.argsort(descending=True)[:WORDS]]

    def counted(value: Tensor) -> NDArray[np.float32]:
        rows = [(part[:, :, None] == common).sum(1) for part in value.split(256)]
        return np.asarray(torch.cat(rows).float().cpu().numpy())

    return counted(own), None if other is None else counted(other)


def _crossed(kind: str, columns: Any, answers: Any, aim: Aim, folds: Any) -> float:
    scores = [_scored(kind, columns[one], answers[one], columns[two], answers[two], aim) for one, two in folds]
    known = [score for score in scores if score == score]
    return float(np.mean(known)) if known else float("nan")


def _scored(kind: str, columns: Any, answers: Any, test: Any, wished: Any, aim: Aim) -> float:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import Ridge

    if len(np.unique(answers)) < 2:
        return float("nan")
    if aim.kind == "numbers":
        model = (
            Ridge(alpha=len(columns) * 0.1)
            if kind == "ridge"
            else RandomForestRegressor(60, min_samples_leaf=2, random_state=0)
        )
        guess = model.fit(columns, answers).predict(test)
        return skill(torch.from_numpy(np.asarray(guess)), torch.from_numpy(np.asarray(wished)), Aim("numbers"))
    known, coded = np.unique(answers, return_inverse=True)
    if kind == "ridge":
        guess = Ridge(alpha=len(columns) * 0.1).fit(columns, np.eye(len(known))[coded]).predict(test)
    else:
        guess = RandomForestClassifier(80, random_state=0, class_weight="balanced").fit(columns, coded).predict_proba(test)
    kept = np.isin(wished, known)
    told = torch.from_numpy(np.searchsorted(known, wished[kept]))
    return skill(torch.from_numpy(np.asarray(guess)[kept]), told, Aim("classes", 1, len(known)))
