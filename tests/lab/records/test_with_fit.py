"""The loop and its recorders together."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("accelerate", reason="needs the extra `train`")

from tests.lab.fitting.parts import ACCURACY, plain
from trackside.lab.fitting import fit
from trackside.lab.records import MlflowRecorder, Recorders, TensorBoardRecorder, curves, find_run, runs


@pytest.mark.slow
def test_a_fitted_run_is_recorded_as_it_went(store: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        recorders = Recorders(MlflowRecorder(store, "tables"), TensorBoardRecorder(tmp_path / "tb"))
        fitted = fit(
            plain(), epochs=4, metrics=[ACCURACY], recorders=[recorders], progress=False, device="cpu", name="plain"
        )
    run, found = find_run(store, "plain"), curves(store, "plain")
    assert run.status == "finished" and run.settings["seed"] == "0" and not recorders.problems
    history = fitted.history
    np.testing.assert_allclose(found["validation/accuracy"].values, [epoch.metrics["accuracy"] for epoch in history.epochs])
    assert found["validation/accuracy"].steps.tolist() == [epoch.steps - 1 for epoch in history.epochs]
    np.testing.assert_allclose(found["train/loss"].values[0], np.mean(history.train_loss[:10]))
    assert runs(store, "tables").main_metric() == "validation/accuracy"
    assert json.dumps(run.settings) and list((tmp_path / "tb").glob("plain-*/events*"))
