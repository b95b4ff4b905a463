"""Channels that a cameras file names: after each start there are exactly those, beside those that were made in the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.core import InputError
from trackside.pipelines.block import plain_words
from trackside.server.alarms.channels import making
from trackside.server.alarms.channels.shapes import NewChannel
from trackside.server.alarms.tables import AlarmChannelRow

OWNER = "cameras file"
_OWN = ("title", "cameras", "rules", "least_score")
# A discriminated union names its branch in the place of an error; nobody wrote that.
_BRANCHES = ("settings", "mqtt", "webhook", "email", "file")


def read_channels(entries: Sequence[Mapping[str, Any]], source: str) -> list[NewChannel]:
    """The channels of a cameras file.

    Raises:
        InputError: one is wrong; all that is wrong is told at once.
    """
    made: list[NewChannel] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        facts = {name: value for name, value in entry.items() if name in _OWN}
        settings = {name: value for name, value in entry.items() if name not in _OWN}
        try:
            made.append(NewChannel.model_validate({**facts, "settings": settings}))
        except ValidationError as error:
            for detail in error.errors():
                place = ".".join(str(part) for part in detail["loc"] if part not in _BRANCHES)
                problems.append(f"alarms {number}{'.' + place if place else ''}: {plain_words(detail)}")
    if problems:
        raise InputError("; ".join(problems[:10]), where=source, fix="see docs/alarms-out.md for each kind of channel")
    return made


def keep_channels(db: Session, wanted: Sequence[NewChannel]) -> list[tuple[str, str]]:
    """Bring the channels of the cameras file into the table; those that stay keep their secret and what waits for them.

    Returns:
        Address and new secret of each webhook that was made, to be shown once.
    """
    there = list(db.scalars(select(AlarmChannelRow).where(AlarmChannelRow.owner == OWNER)))
    secrets: list[tuple[str, str]] = []
    for channel in wanted:
        same = next((row for row in there if _is_same(row, channel)), None)
        if same is not None:
            there.remove(same)
            continue
        row, secret = making.add(db, channel, OWNER)
        if secret:
            secrets.append((row.title, secret))
    for row in there:
        db.delete(row)
    return secrets


def _is_same(row: AlarmChannelRow, channel: NewChannel) -> bool:
    settings = {name: value for name, value in row.settings.items() if name != "secret"}
    asked = channel.settings.model_dump(exclude={"kind"})
    told = (row.kind, row.cameras, row.rules, row.least_score, settings)
    return told == (channel.settings.kind, channel.cameras, channel.rules, channel.least_score, asked)
