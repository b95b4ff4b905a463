"""Lists in pages. A page begins after the last row of the one before (keyset), so that page 500 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from trackside.server.problems import Refused

R = TypeVar("R")
# Rows are counted up to here: beyond, a number helps nobody and costs time.
_MOST_COUNTED = 10_000


def page(
    db: Session,
    query: Select[R],
    order: Sequence[InstrumentedAttribute[Any]],
    *,
    limit: int,
    cursor: str,
    newest_first: bool = True,
) -> tuple[list[R], str, int]:
    """One page of a query.

    Args:
        db: where to ask.
        query: what to list, without order.
        order: columns to sort by; the last one is unique. There is an index on them.
        limit: rows on the page.
        cursor: `next` of the page before, or empty.
        newest_first: whether the order is descending.

    Returns:
        The rows, the cursor of the next page (empty on the last one), and how many match, counted up to 10,000.

    Raises:
        Refused: the cursor is none of ours.
    """
    total = db.scalar(select(func.count()).select_from(query.limit(_MOST_COUNTED).subquery())) or 0
    sort = [column.desc() if newest_first else column.asc() for column in order]
    asked = query.order_by(*sort).limit(limit + 1)
    if cursor:
        here, there = tuple_(*order), tuple_(*_read(cursor, len(order)))
        asked = asked.where(here < there if newest_first else here > there)
    rows = list(db.scalars(asked))
    more = len(rows) > limit
    rows = rows[:limit]
    following = _write([getattr(rows[-1], column.key) for column in order]) if more else ""
    return rows, following, total


def _write(values: Sequence[Any]) -> str:
    plain = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def _read(cursor: str, count: int) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        values = [datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in plain]
        if len(values) != count or not all(isinstance(value, datetime | str | int) for value in values):
            raise ValueError(cursor)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise Refused(422, "the cursor is none of ours", "begin at the first page") from None
    return values
