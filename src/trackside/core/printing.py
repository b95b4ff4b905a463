"""Text of strangers on the terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with spaces for control characters, which could move the cursor or change the screen.

    >>> printable("evil\\x1b[2J.csv")
    'evil [2J.csv'
    """
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf") else letter for letter in text)
