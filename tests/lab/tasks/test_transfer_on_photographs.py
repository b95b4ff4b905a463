from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trackside.core import TracksideError
from trackside.data.reading import read_dataset
from trackside.lab.fitting import fit
from trackside.lab.networks.weights import checkpoint
from trackside.lab.tasks.preparing import prepare
from trackside.models import Silent

pytestmark = pytest.mark.slow


def test_frozen_features_tell_ants_from_bees(shared_data: Path) -> None:
    folder = shared_data / "hymenoptera"
    if not folder.is_dir():
        pytest.skip(f"needs photographs of ants and bees: no folder {folder}")
    try:
        checkpoint(reporter=Silent())
    except TracksideError as error:
        pytest.skip(f"needs the weights of EfficientNet-Lite0: {error}")
    dataset = read_dataset(folder)
    real = np.array([not str(name).endswith(".gif") for name in dataset.items.names])
    ready = prepare(dataset.take(real), recipe="frozen", validation=0.3, seed=7)
    fitted = fit(ready.training, epochs=30, metrics=ready.metrics, schedule=ready.schedule, progress=False)
    assert ready.counts[0] + ready.counts[1] == 244
    assert fitted.history.epochs[-1].metrics["accuracy"] >= 0.9, "the last epoch, not the best"
