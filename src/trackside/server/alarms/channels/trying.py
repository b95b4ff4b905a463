"""A test message through a channel, at once."""

from __future__ import annotations

from trackside.server.alarms.channels.message import Outcome, test_message
from trackside.server.alarms.channels.opening import open_sender
from trackside.server.alarms.channels.shapes import ChannelTest
from trackside.server.alarms.tables import AlarmChannelRow
from trackside.server.context import Site
from trackside.server.webhooks.outbox import MOST_ANSWER

_TRIED = "test"


def try_out(site: Site, row: AlarmChannelRow) -> ChannelTest:
    """Send a test message, once, over a connection of its own, and wait for the answer."""
    # A broker throws out whoever comes with a name that is connected already: the test has a name of its own.
    trial = AlarmChannelRow(id=f"{row.id}-{_TRIED}", kind=row.kind, settings=row.settings)
    sender = open_sender(site, trial)
    try:
        answer = sender.send(test_message())
    finally:
        sender.close()
    return ChannelTest(sent=answer.outcome is Outcome.SENT, answer=answer.text.replace("\0", "")[:MOST_ANSWER])


def refresh(site: Site) -> None:
    """Let the service look at the channels again now."""
    if service := site.services.get("alarms-out"):
        service.refresh()
