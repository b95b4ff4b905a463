"""The room's public words."""

from __future__ import annotations

import subprocess
import sys

import pytest

import trackside.perception as perception


@pytest.mark.parametrize("name", perception.__all__)
def test_every_public_word_can_be_imported(name: str) -> None:
    assert callable(getattr(perception, name))


def test_an_unknown_word_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="tracker"):
        perception.tracker  # noqa: B018


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = "import sys, trackside.perception; print({'scipy', 'cv2', 'onnxruntime', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
