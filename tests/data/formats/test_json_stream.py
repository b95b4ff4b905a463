"""JSON read in pieces is the same as JSON read whole, wherever the pieces end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trackside.core import InputError
from trackside.data.formats import json_stream
from trackside.data.formats.json_stream import JsonFile

TOLD = {
    "a": 12345.678,
    "list": [{"x": -1.5e10, "ü": 'ä\\"]}€'}, {}, [1, [2]], None, 98765],
    "b": {"c": []},
    "empty": [],
    "end": 1234567,
}


@pytest.mark.parametrize("chunk", [*range(1, 40), 1 << 20])
def test_pieces_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", chunk)
    for text in (json.dumps(TOLD, ensure_ascii=False), json.dumps(TOLD, indent=3)):
        (tmp_path / "a.json").write_text(text, "utf-8")
        file = JsonFile(tmp_path / "a.json", ("list", "empty"))
        pairs = list(file)
        assert [value for key, value in pairs if key == "list"] == TOLD["list"]
        assert {key: value for key, value in pairs if key != "list"} == {key: TOLD[key] for key in ("a", "b", "end")}
        assert not file.broken
    (tmp_path / "a.json").write_text(json.dumps([123456, 234567]))
    assert [value for _, value in JsonFile(tmp_path / "a.json")] == [123456, 234567]


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": ' + "[" * 200_000)
    with pytest.raises(InputError, match="is no JSON"):
        list(JsonFile(tmp_path / "a.json"))
