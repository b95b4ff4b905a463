"""Boards as people type them: `circles:4x11:asymmetric:spacing=0.02:diameter=0.012`."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from trackside.core.errors import SettingError, nearest
from trackside.geometry.camera.boards.board import Board
from trackside.geometry.camera.boards.charuco import Charuco
from trackside.geometry.camera.boards.chessboard import Chessboard
from trackside.geometry.camera.boards.circles import CircleGrid

KINDS: dict[str, type[CircleGrid] | type[Chessboard] | type[Charuco]] = {
    "circles": CircleGrid,
    "chessboard": Chessboard,
    "charuco": Charuco,
}
EXAMPLES = {
    "circles": "circles:4x11:asymmetric:spacing=0.02:diameter=0.012",
    "chessboard": "chessboard:9x6:square=0.025",
    "charuco": "charuco:5x7:square=0.04:marker=0.03:dictionary=DICT_4X4_50",
}
# Words that stand for a setting of two values.
_FLAGS = {"asymmetric": ("asymmetric", True), "symmetric": ("asymmetric", False), "light": ("dark", False),
          "dark": ("dark", True), "legacy": ("legacy", True)}  # fmt: skip
_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)", re.IGNORECASE)


def board_of(text: str) -> Board:
    """Read a board.

    Args:
        text: `kind:ACROSSxDOWN:words and name=value`, lengths in metres. As OpenCV has it, the first number counts across
            the board and the second down: dots of `circles` (in a row, rows), inner corners of `chessboard`, squares of
            `charuco`.

    Raises:
        SettingError: what cannot be read, with an example of the kind.

    >>> board_of("chessboard:9x6:square=0.025")
    Chessboard(rows=6, columns=9, square=0.025)
    """
    kind, *parts = [part.strip() for part in text.split(":")]
    if kind not in KINDS:
        raise SettingError(
            f"no board {kind!r}", where=text, fix=f"{nearest(kind, KINDS)}; for example {EXAMPLES['circles']}"
        )
    settings: dict[str, Any] = {}
    for part in parts:
        for name, value in _settings(part, kind, text).items():
            if name in settings:
                raise _error(f"{name} is given twice", kind, text)
            settings[name] = value
    missing = [
        f.name for f in dataclasses.fields(KINDS[kind]) if f.default is dataclasses.MISSING and f.name not in settings
    ]
    if missing:
        shown = ["the size" if name == "rows" else name for name in missing if name != "columns"]
        raise _error(f"{' and '.join(shown)} missing", kind, text)
    return KINDS[kind](**settings)


def specification_of(board: Board) -> str:
    """The text that `board_of` reads as this board.

    >>> specification_of(Chessboard(6, 9, 0.025))
    'chessboard:9x6:square=0.025'
    """
    if not isinstance(board, (CircleGrid, Chessboard, Charuco)):
        raise SettingError(f"a board of {type(board).__name__} has no short form", where="board")
    parts = [board.name, f"{board.columns}x{board.rows}"]
    for field in dataclasses.fields(board):
        value = getattr(board, field.name)
        if field.name in ("rows", "columns") or value == field.default:
            continue
        words = [word for word, meaning in _FLAGS.items() if meaning == (field.name, value)]
        parts.append(words[0] if words else f"{field.name}={value}")
    return ":".join(parts)


def _settings(part: str, kind: str, text: str) -> dict[str, Any]:
    """What one part between colons sets."""
    size = _SIZE.fullmatch(part)
    if size:
        return {"columns": int(size[1]), "rows": int(size[2])}
    allowed = {field.name: str(field.type) for field in dataclasses.fields(KINDS[kind])}
    name, sign, value = (side.strip() for side in part.partition("="))
    if not sign:
        flags = {word: meaning for word, meaning in _FLAGS.items() if meaning[0] in allowed}
        if name not in flags:
            raise _error(f"{part!r} is no word of a {kind} board", kind, text, nearest(name, [*flags, *allowed]))
        return dict([flags[name]])
    if name not in allowed or allowed[name] == "bool":
        raise _error(
            f"a {kind} board has no setting {name!r}",
            kind,
            text,
            nearest(name, [n for n in allowed if allowed[n] != "bool"]),
        )
    try:
        return {name: {"int": int, "float": float, "str": str}[allowed[name]](value)}
    except ValueError:
        raise _error(f"{name} is {value!r}, which is no number", kind, text) from None


def _error(what: str, kind: str, text: str, advice: str = "") -> SettingError:
    return SettingError(what, where=text, fix=f"{advice}{'; ' if advice else ''}write it like {EXAMPLES[kind]}")
