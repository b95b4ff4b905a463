"""The words that the room offers."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from types import ModuleType

import trackside.geometry.camera as camera


def test_every_word_is_the_thing_and_not_a_file_of_that_name() -> None:
    """A lazily loaded word of a submodule's name would become the submodule once something imports it."""
    files = {module.name for module in pkgutil.iter_modules(camera.__path__)}
    assert not files & set(camera.__all__)
    assert not [word for word in camera.__all__ if isinstance(getattr(camera, word), ModuleType)]


def test_what_a_session_of_work_needs_is_there() -> None:
    words = {"Coverage", "Selection", "select", "advise", "Session", "Collector", "calibration_report", "rig_report"}
    assert words <= set(camera.__all__)
    assert {"save_calibration", "Sighting", "Refusal", "board_of", "write_lens", "read_timestamps"} <= set(camera.__all__)


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, trackside.geometry.camera; print([m for m in ('cv2', 'numpy', 'scipy', 'plotly') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
