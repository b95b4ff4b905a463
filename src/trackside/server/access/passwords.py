"""Passwords by argon2id (RFC 9106), few at a time: each check takes 64 MiB and a core, and anybody may ask for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from trackside.server.problems import Refused

# Checks at the same time, and requests that may wait for one; the rest is refused at once and holds no thread.
_AT_ONCE = 2
_WAITING = 16

_hasher = PasswordHasher()
_working = BoundedSemaphore(_AT_ONCE)
_inside = BoundedSemaphore(_AT_ONCE + _WAITING)


def made(password: str) -> str:
    """The hash to keep of a password.

    Raises:
        Refused: 429, too many are asked for at this moment.
    """
    with _turn():
        return _hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one of a hash. Without a hash it takes as long to say no.

    Raises:
        Refused: 429, too many are asked for at this moment.
    """
    with _turn():
        try:
            return _hasher.verify(kept or _nobodys(), password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


def is_old(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")


@contextmanager
def _turn() -> Iterator[None]:
    if not _inside.acquire(blocking=False):
        raise Refused(429, "too many people sign in at this moment", "try again", headers={"retry-after": "2"})
    try:
        with _working:
            yield
    finally:
        _inside.release()
