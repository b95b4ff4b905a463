"""Alarms by e-mail, with the picture. A letter that comes twice has the same Message-ID: mail programs show it once."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from trackside.server.alarms.channels.message import Answer, Message, Outcome

_TIMEOUT = 15.0
# Permanent answers (RFC 5321, section 4.2.1) begin here.
_PERMANENT = 500


class EmailSender:
    """Sends letters through one mail server; a connection a letter, since servers close idle ones.

    Args:
        settings: as `EmailSettings`.
        context: for TLS; the system's certificates if left out.
    """

    def __init__(self, settings: dict[str, Any], context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._context = context

    def send(self, message: Message) -> Answer:
        """Send one letter to all."""
        try:
            letter = letter_of(message, self._settings)
            with self._connected() as server:
                refused = server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(*next(iter(error.recipients.values())))
        except smtplib.SMTPAuthenticationError as error:
            return Answer(Outcome.UNREACHABLE, _words(error.smtp_code, error.smtp_error))
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException, ValueError, UnicodeError) as error:
            return Answer(Outcome.UNREACHABLE, f"{type(error).__name__}: {error}")
        missed = f"; refused for {', '.join(sorted(refused))}" if refused else ""
        return Answer(Outcome.SENT, f"taken by {self._settings['host']}{missed}")

    def close(self) -> None:
        """Nothing is held open."""

    def _connected(self) -> smtplib.SMTP:
        host, port, security = self._settings["host"], int(self._settings["port"]), self._settings["security"]
        context = self._context or ssl.create_default_context()
        server: smtplib.SMTP
        if security == "tls":
            server = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT)
        try:
            if security == "starttls":
                server.starttls(context=context)
            if self._settings["user"]:
                server.login(self._settings["user"], self._settings["password"])
        except BaseException:
            with suppress(OSError):
                server.close()
            raise
        return server


def letter_of(message: Message, settings: dict[str, Any]) -> EmailMessage:
    """The letter of a message."""
    body, letter = message.body, EmailMessage()
    letter["Subject"] = _line(f"Alarm at {body['camera']}: {body['title']}")
    letter["From"] = settings["sender"]
    letter["To"] = ", ".join(settings["to"])
    letter["Message-ID"] = f"<{message.id}@trackside.{settings['sender'].rpartition('@')[2]}>"
    letter.set_content(_text(body))
    picture = message.picture()
    if picture is not None:
        letter.add_attachment(picture, maintype="image", subtype="jpeg", filename=f"{message.id}.jpg")
    return letter


def _text(body: dict[str, Any]) -> str:
    rows = (
        ("Camera", body["camera"]),
        ("Rule", body["rule"]),
        ("What", body["what"]),
        ("Place", body["place"]),
        ("Object", body["label"]),
        ("Seen", body["wall"]),
        ("Why", body["why"]),
        ("More", body.get("page", "")),
        ("Clip", body.get("clip", "")),
    )
    return "".join(f"{name}: {_line(str(value))}\n" for name, value in rows if value)


def _line(text: str) -> str:
    return " ".join(text.split())


def _answered(code: int, words: bytes | str) -> Answer:
    return Answer(Outcome.REFUSED if code >= _PERMANENT else Outcome.UNREACHABLE, _words(code, words))


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
