"""Alarms over MQTT 3.1.1 with QoS 1: a message counts as sent when the broker has acknowledged it (PUBACK)."""

from __future__ import annotations

import json
import re
import ssl
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from trackside.server.alarms.channels.message import EVENT, Answer, Message, Outcome
from trackside.server.alarms.channels.shapes import PLACES

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

_TIMEOUT = 10.0
# Seconds between two looks at whether the connection is still there.
_LOOK = 0.1
_KEEPALIVE = 30
# What has a meaning in topics, and what MQTT forbids in them (section 1.5.3 of the standard).
_PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
_SPECIAL = re.compile(r"[/+#\x00-\x1f\x7f-\x9f]")
_LONGEST = 60_000


def topic_of(template: str, body: dict[str, Any]) -> str:
    """The topic of a message.

    >>> topic_of("trackside/{camera}/{rule}", {"camera": "gate 1/2", "rule": "dwell"})
    'trackside/gate 1_2/dwell'
    """
    return _PLACE.sub(lambda found: _SPECIAL.sub("_", str(body.get(found[1]) or "-")), template)


class MqttSender:
    """Publishes to one broker over one connection that is kept.

    Args:
        channel_id: another one for each channel: a broker throws out whoever comes with a name that it knows already.
        settings: as `MqttSettings`.
        context: for TLS; the system's certificates if left out.
    """

    def __init__(self, channel_id: str, settings: dict[str, Any], context: ssl.SSLContext | None = None) -> None:
        self._name = f"trackside-{channel_id}"
        self._settings = settings
        self._context = context
        self._client: Client | None = None

    def send(self, message: Message) -> Answer:
        """Publish one and wait for the broker's word."""
        topic = topic_of(self._settings["topic"], message.body)
        if len(topic.encode()) > _LONGEST:
            return Answer(Outcome.REFUSED, "the topic is too long")
        payload = json.dumps(message.body, ensure_ascii=False).encode()
        try:
            client = self._connected()
            retain = bool(self._settings["retain"]) and message.body["event"] == EVENT
            told = client.publish(topic, payload, qos=1, retain=retain)
            if _acknowledged(client, told):
                return Answer(Outcome.SENT, f"acknowledged, topic {topic}")
            problem = "the broker did not acknowledge it"
        except (OSError, ValueError, RuntimeError) as error:
            problem = str(error) or type(error).__name__
        # A new connection next time: the old one would send again by itself what we send again.
        self.close()
        return Answer(Outcome.UNREACHABLE, problem)

    def close(self) -> None:
        """Leave the broker."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, ValueError, RuntimeError):
                client.disconnect()
            client.loop_stop()

    def _connected(self) -> Client:
        """The connection, made if there is none. Raises OSError if the broker is away or does not let us in."""
        if self._client is not None and self._client.is_connected():
            return self._client
        self.close()
        client, answered, said = self._made()
        client.connect(self._settings["host"], int(self._settings["port"]), keepalive=_KEEPALIVE)
        self._client = client
        client.loop_start()
        if not answered.wait(_TIMEOUT):
            raise TimeoutError(f"no answer within {_TIMEOUT:.0f} seconds")
        if said[0].is_failure:
            raise ConnectionRefusedError(f"the broker refused the connection ({said[0]})")
        return client

    def _made(self) -> tuple[Client, threading.Event, list[Any]]:
        """A client that has yet to connect, and what is set and said when the broker answers."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        answered = threading.Event()
        said: list[Any] = []

        def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            said.append(reason)
            answered.set()

        client = Client(CallbackAPIVersion.VERSION2, client_id=self._name, reconnect_on_failure=False)
        client.on_connect = on_connect
        client.connect_timeout = _TIMEOUT
        if self._settings["user"]:
            client.username_pw_set(self._settings["user"], self._settings["password"] or None)
        if self._settings["tls"]:
            client.tls_set_context(self._context or ssl.create_default_context())
        return client, answered, said


def _acknowledged(client: Client, told: MQTTMessageInfo) -> bool:
    """Wait for the broker's word, as long as there is a connection over which it may come."""
    end = monotonic() + _TIMEOUT
    while not told.is_published() and client.is_connected() and monotonic() < end:
        told.wait_for_publish(_LOOK)
    return told.is_published()
