"""The sender of a channel, by its kind."""

from __future__ import annotations

from trackside.server.alarms.channels.email import EmailSender
from trackside.server.alarms.channels.file import FileSender, folder
from trackside.server.alarms.channels.message import Sender
from trackside.server.alarms.channels.mqtt import MqttSender
from trackside.server.alarms.channels.webhook import WebhookSender
from trackside.server.alarms.tables import AlarmChannelRow
from trackside.server.context import Site


def open_sender(site: Site, row: AlarmChannelRow) -> Sender:
    """A sender that has not connected yet."""
    match row.kind:
        case "mqtt":
            return MqttSender(row.id, row.settings)
        case "webhook":
            return WebhookSender(row.settings)
        case "email":
            return EmailSender(row.settings)
        case "file":
            return FileSender(folder(site.settings.data) / str(row.settings["name"]), row.settings)
    raise ValueError(f"no kind of channel: {row.kind}")
