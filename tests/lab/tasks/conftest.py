from __future__ import annotations

import pytest

from tests.lab.tasks.making import Means
from trackside.lab.networks import backbones


@pytest.fixture
def means(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a backbone whose features are a picture's mean colours, with weights that expect 127 and 128."""
    scaling = backbones.Scaling((127.0,) * 3, (128.0,) * 3)
    made = backbones.Backbone("means", 16, lambda _: Means(), scaling)
    monkeypatch.setitem(backbones.BACKBONES._things, "means", made)
    return "means"
