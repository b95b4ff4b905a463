"""A library that is not installed is one sentence with the command that brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.data.extras import need


def test_what_is_there_is_imported() -> None:
    assert need("json").dumps(1) == "1"


def test_what_is_absent_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(InputError, match=r"needs scikit-learn, which is not installed; pip install 'trackside\[data\]'"):
        need("sklearn")


def test_what_breaks_by_itself_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_installed.py").write_text("import something_that_nobody_has")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="something_that_nobody_has"):
        need("half_installed")
