"""From pairs to groups, and from a transform to words."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackside.data.wording import percent

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
SAME_FRAME = "the same frame"
"""What `describe` says where nothing moved: at most colours, compression or size differ."""


def duplicate_groups(count: int, first: Rows, second: Rows) -> Rows:
    """The group of each picture: pictures that pairs connect, directly or through others, are in one group.

    Args:
        count: how many pictures there are.
        first: int64 [p].
        second: int64 [p].

    Returns:
        int64 [count]: numbers from 0 in the order in which groups appear; a picture without a partner is alone in its own.

    >>> duplicate_groups(5, np.array([0, 3]), np.array([2, 2])).tolist()
    [0, 1, 0, 0, 2]
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = coo_matrix((np.ones(len(first), bool), (first, second)), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    _, where, groups = np.unique(labels, return_index=True, return_inverse=True)
    order = np.empty(len(where), np.int64)
    order[np.argsort(where)] = np.arange(len(where))
    return np.asarray(order[groups], np.int64)


def equal_rows(keys: NDArray[np.uint8], usable: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Pairs of rows with the same key: each with the first of its kind.

    Args:
        keys: uint8 [n, d], hashes.
        usable: bool [n]; other rows have no partner.

    Returns:
        First and second row of each pair, int64 [p]; first < second.
    """
    rows = np.flatnonzero(usable)
    if len(rows) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, where, group = np.unique(keys[rows], axis=0, return_index=True, return_inverse=True)
    leader = rows[where][group.ravel()]
    again = leader != rows
    return leader[again].astype(np.int64), rows[again].astype(np.int64)


def describe(matrix: Floats, mirrored: bool, first_size: Floats, second_size: Floats) -> str:
    """What was done to the first picture to get the second, in words: "mirrored, turned by 25 degrees, cropped to 70 %".

    Args:
        matrix: [2, 3], from the first sketch's pixels (mirrored left and right where told) to the second's.
        mirrored: whether it was mirrored before.
        first_size: width and height of the first sketch.
        second_size: the same of the second.
    """
    a, b, c, d = (float(value) for value in matrix[:, :2].ravel())
    turn = math.degrees(math.atan2(c - b, a + d))
    words = []
    if mirrored and abs(abs(turn) - 180) < 4:
        words.append("flipped upside down")
        turn = 0.0
    elif mirrored:
        words.append("mirrored")
    if abs(turn) >= 2:
        words.append(f"turned by {abs(turn):.0f} degrees {'clockwise' if turn > 0 else 'anticlockwise'}")
    cut, added = _seen(matrix, first_size, second_size), _seen(_inverse(matrix), second_size, first_size)
    if cut < 0.95 and added > 0.9:
        words.append(f"cropped to {percent(cut)}")
    elif added < 0.95 and cut > 0.9:
        words.append(f"with something around it (it fills {percent(added)})")
    elif cut < 0.95:
        words.append(f"shifted (both show {percent(cut)})")
    return ", ".join(words) or SAME_FRAME


def _seen(matrix: NDArray[np.float32], first_size: NDArray[np.float32], second_size: NDArray[np.float32]) -> float:
    """The share of the first picture that the second shows, on a grid of points."""
    steps = (np.arange(24) + 0.5) / 24
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2) * first_size
    reached = grid @ matrix[:, :2].T + matrix[:, 2]
    return float(((reached >= 0) & (reached <= second_size)).all(1).mean())


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    import cv2

    return np.asarray(cv2.invertAffineTransform(matrix), np.float32)
