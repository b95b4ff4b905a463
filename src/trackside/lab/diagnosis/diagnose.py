"""From a watched run to ranked causes: examine, weigh, report."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import torch

from trackside.lab.diagnosis import examinations  # noqa: F401  # Registers what there is to examine.
from trackside.lab.diagnosis.allowance import Allowance
from trackside.lab.diagnosis.case import Case
from trackside.lab.diagnosis.pool import preserved_randomness
from trackside.lab.diagnosis.report import Diagnosis, report
from trackside.lab.diagnosis.signs import EXAMINATIONS, PROOF, Examination, Seen
from trackside.lab.diagnosis.weighing import weigh

if TYPE_CHECKING:
    from trackside.lab.diagnosis.watch import Watch


def diagnose(run: Watch, *, seconds: float = 45.0) -> Diagnosis:
    """Examine a watched run and rank the causes of what is wrong with it.

    The model, the optimiser and all random generators are left as they were.

    Args:
        run: as `watch` gave it, after its context has ended.
        seconds: how long experiments may take, about; on a busy machine up to twice as long.
    """
    began = time.perf_counter()
    case = Case(run.training, run.recording, run.initial, Allowance(seconds))
    with preserved_randomness(run.training.train, run.training.validation), torch.enable_grad():
        seen = []
        gradients = [(parameter, parameter.grad) for parameter in case.model.parameters()]
        for one in EXAMINATIONS:
            seen.append((one, _look(one, case)))
            case.settled |= any(sign.weight >= PROOF - 1 for sign in seen[-1][1].signs)
        for parameter, gradient in gradients:  # A loss that is a closure over the model leaves gradients there.
            parameter.grad = gradient
        ranked = weigh([sign for _, one in seen for sign in one.signs])
    return report(case, seen, ranked, time.perf_counter() - began)


def _look(one: Examination, case: Case) -> Seen:
    """Make an examination; one that breaks costs the others nothing."""
    try:
        seen = one.look(case)
    except Exception as error:
        return Seen(missing=f"the examination broke ({type(error).__name__}: {error})")
    seen.signs = [sign for sign in seen.signs if math.isfinite(sign.weight) and sign.weight]
    return seen
