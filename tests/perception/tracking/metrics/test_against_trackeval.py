"""Every number equals TrackEval's, on real sequences, on hundreds of random ones full of ties, and combined."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import motmetrics
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from trackside.core.motchallenge import read_mot
from trackside.perception.tracking.metrics import Scores, combine, score

from .cases import SEQUENCES, Sequence, for_trackeval, random_pair, tracked

TUD = Path(motmetrics.__file__).parent / "data"
CLOSE = {"rtol": 0, "atol": 1e-9}
CLEAR = {
    "MOTA": "MOTA", "MOTP": "MOTP", "Recall": "CLR_Re", "Precision": "CLR_Pr", "TP": "CLR_TP", "FN": "CLR_FN",
    "FP": "CLR_FP", "IDSW": "IDSW", "Frag": "Frag", "MT": "MT", "PT": "PT", "ML": "ML",
}  # fmt: skip
IDENTITY = ("IDF1", "IDR", "IDP", "IDTP", "IDFN", "IDFP")

References = dict[str, Any]


@pytest.fixture(scope="module")
def references(trackeval: ModuleType) -> References:
    quiet = {"PRINT_CONFIG": False}
    return {"hota": trackeval.HOTA(), "clear": trackeval.CLEAR(quiet), "identity": trackeval.Identity(quiet)}


def judged(references: References, truth: Sequence, result: Sequence) -> dict[str, dict[str, Any]]:
    data = for_trackeval(truth, result)
    return {name: metric.eval_sequence(data) for name, metric in references.items()}


def assert_same(scores: Scores, expected: dict[str, dict[str, Any]]) -> None:
    for name, curve in scores.hota.curves.items():
        np.testing.assert_allclose(curve, expected["hota"][name], **CLOSE, err_msg=name)
    for name in ("tp", "fn", "fp"):
        np.testing.assert_array_equal(getattr(scores.hota, name), expected["hota"][f"HOTA_{name.upper()}"])
    numbers = scores.numbers()
    for ours, theirs in CLEAR.items():
        np.testing.assert_allclose(numbers[ours], expected["clear"][theirs], **CLOSE, err_msg=ours)
    for name in IDENTITY:
        np.testing.assert_allclose(numbers[name], expected["identity"][name], **CLOSE, err_msg=name)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> dict[str, tuple[Sequence, Sequence]]:
    found = {}
    for name, fps in SEQUENCES.items():
        truth, _, result = tracked(shared_data / "mot15" / name, fps)
        found[name] = truth, result
    return found


@pytest.mark.parametrize("name", SEQUENCES)
def test_real_sequences(references: References, real: dict[str, tuple[Sequence, Sequence]], name: str) -> None:
    truth, result = real[name]
    scores = score(truth, result, fps=SEQUENCES[name])
    assert 0.2 < scores.hota.hota < 0.8, "a result worth comparing"
    assert scores.clear.idsw
    assert_same(scores, judged(references, truth, result))


def test_real_sequences_combined(references: References, real: dict[str, tuple[Sequence, Sequence]]) -> None:
    parts = {name: judged(references, *pair) for name, pair in real.items()}
    expected = {
        kind: metric.combine_sequences({name: part[kind] for name, part in parts.items()})
        for kind, metric in references.items()
    }
    assert_same(combine(score(*pair, fps=25) for pair in real.values()), expected)


@pytest.mark.parametrize("name", ["TUD-Campus", "TUD-Stadtmitte"])
def test_sequences_that_py_motmetrics_brings(references: References, name: str) -> None:
    truth, result = read_mot(TUD / name / "gt.txt"), read_mot(TUD / name / "test.txt")
    assert_same(score(truth, result, fps=25), judged(references, truth, result))


def test_random_sequences_and_their_combination(references: References) -> None:
    parts, ours = {}, []
    for seed in range(500):
        truth, result = random_pair(seed)
        parts[seed] = judged(references, truth, result)
        ours.append(score(truth, result, fps=10))
        assert_same(ours[-1], parts[seed])
    assert sum(not part.clear.objects for part in ours) > 20, "sequences without ground truth are among them"
    assert sum(part.clear.idsw > 2 for part in ours) > 50
    expected = {
        kind: metric.combine_sequences({seed: part[kind] for seed, part in parts.items()})
        for kind, metric in references.items()
    }
    assert_same(combine(ours), expected)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence(references: References, seed: int) -> None:
    truth, result = random_pair(seed)
    assert_same(score(truth, result, fps=10), judged(references, truth, result))


def test_files_scored_by_trackeval_in_float64_agree_to_what_float32_boxes_allow(
    references: References, real: dict[str, tuple[Sequence, Sequence]]
) -> None:
    """Our boxes are float32 corners: IoU differs in the seventh decimal from that of the file's own numbers."""
    truth, result = read_mot(TUD / "TUD-Stadtmitte" / "gt.txt"), read_mot(TUD / "TUD-Stadtmitte" / "test.txt")
    data = for_trackeval(truth, result)
    rows = {side: np.loadtxt(TUD / "TUD-Stadtmitte" / f"{side}.txt", delimiter=",") for side in ("gt", "test")}
    data["similarity_scores"] = [_iou_of_rows(*(rows[s][rows[s][:, 0] == f][:, 2:6] for s in rows)) for f in sorted(truth)]
    expected = {name: metric.eval_sequence(data) for name, metric in references.items()}
    ours = score(truth, result, fps=25)
    assert ours.hota.hota == pytest.approx(np.mean(expected["hota"]["HOTA"]), abs=1e-6)
    assert ours.clear.mota == pytest.approx(expected["clear"]["MOTA"], abs=1e-9)
    assert ours.clear.motp == pytest.approx(expected["clear"]["MOTP"], abs=1e-6)
    assert ours.identity.idf1 == pytest.approx(expected["identity"]["IDF1"], abs=1e-9)


def _iou_of_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of boxes as left, top, width, height."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum((a[:, :2] + a[:, 2:])[:, None], b[:, :2] + b[:, 2:])
    common = np.maximum(high - low, 0).prod(axis=2)
    return common / (a[:, 2:].prod(axis=1)[:, None] + b[:, 2:].prod(axis=1) - common)
