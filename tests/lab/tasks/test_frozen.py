from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lab.tasks.making import boxed, coloured, tiny
from trackside.core import SettingError
from trackside.lab.fitting import fit
from trackside.lab.tasks.preparing import prepare
from trackside.models import load_package, open_runtime


def test_features_are_computed_once_and_a_head_is_fitted_on_them(tmp_path: Path, means: str) -> None:
    recipe = tiny("image-classification", backbone=means, mode="frozen", rate=0.05)
    ready = prepare(coloured(tmp_path), recipe=recipe)
    body = ready.whole.body
    assert body.asked == 24
    before = body.scale.detach().clone()
    fitted = fit(ready.training, epochs=10, metrics=ready.metrics, progress=False)
    assert body.asked == 24, "no picture is seen again"
    assert torch.equal(body.scale, before)
    assert fitted.history.epochs[-1].metrics["accuracy"] == 1.0


def test_the_package_holds_body_and_fitted_head(tmp_path: Path, means: str) -> None:
    recipe = tiny("image-classification", backbone=means, mode="frozen", rate=0.05)
    ready = prepare(coloured(tmp_path), recipe=recipe)
    fit(ready.training, epochs=10, metrics=ready.metrics, progress=False)
    runtime = open_runtime(load_package(ready.export(tmp_path / "model").folder))
    pictures, labels = ready.plain[1].__getitems__(list(range(6)))
    told = runtime.run({runtime.inputs[0].name: pictures.numpy()})["probabilities"]
    assert (told.argmax(axis=1) == labels.numpy()).all()
    with torch.no_grad():
        ours = ready.training.model.eval()(next(iter(ready.training.validation or ()))[0]).softmax(dim=1)
    assert np.abs(told - ours.numpy()).max() < 1e-4, "features are standardised in the package too"


def test_weights_decide_the_scaling(tmp_path: Path, means: str) -> None:
    recipe = tiny("image-classification", backbone=means, mode="frozen")
    assert prepare(coloured(tmp_path), recipe=recipe).facts.scaling.mean == (127.0,) * 3
    scratch = prepare(coloured(tmp_path), recipe=recipe.but(mode="scratch"))
    assert scratch.facts.scaling.mean != (127.0,) * 3, "measured on the training part"


def test_heads_that_want_maps_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="pooled features"):
        prepare(boxed(tmp_path), task="object-detection", recipe=tiny("object-detection", mode="frozen", side=32))
