"""The keys of a gallery: one master key that lies elsewhere, and one key a person that the master key wraps.

Whatever is kept of a person is sealed with that person's key (AES-256-GCM). Who destroys the key has destroyed the person's
data, in every copy of it (crypto-shredding). Each seal names what it is for, so a sealed thing cannot take another's place.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import stat
from pathlib import Path

from trackside.core import InputError, OutputError, SettingError

KEY_FILE, KEY = "TRACKSIDE_FACES_KEY_FILE", "TRACKSIDE_FACES_KEY"
"""Environment: the path of a key file, or the key itself in Base64."""
_BYTES, _NONCE = 32, 12


class Vault:
    """Seals and opens with keys that are derived from the master key.

    Args:
        master: 32 random bytes.
        gallery: the gallery's own name, which goes into every seal: two galleries with one master key stay apart.
    """

    def __init__(self, master: bytes, gallery: str) -> None:
        self._wrapping = _derived(master, f"wrap {gallery}")
        self._signing = _derived(master, f"log {gallery}")
        self._gallery = gallery

    def new_key(self, person: str) -> tuple[bytes, bytes]:
        """A person's new key: as it is, and wrapped."""
        key = os.urandom(_BYTES)
        return key, self._seal(self._wrapping, key, f"key {person}")

    def unwrap(self, wrapped: bytes, person: str) -> bytes:
        """A person's key. Raises InputError if it was changed or the master key is another one."""
        return self._open(self._wrapping, wrapped, f"key {person}")

    def seal(self, key: bytes, data: bytes, purpose: str) -> bytes:
        """Data sealed with a person's key: nonce, then ciphertext and tag."""
        return self._seal(key, data, purpose)

    def open(self, key: bytes, sealed: bytes, purpose: str) -> bytes:
        """The data. Raises InputError if it was changed, or sealed for another purpose."""
        return self._open(key, sealed, purpose)

    def sign(self, data: bytes) -> bytes:
        """HMAC-SHA256 with a key that only the master key gives."""
        return hmac.new(self._signing, data, hashlib.sha256).digest()

    def _seal(self, key: bytes, data: bytes, purpose: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(key).encrypt(nonce, data, self._purpose(purpose))

    def _open(self, key: bytes, sealed: bytes, purpose: str) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], self._purpose(purpose))
        except (InvalidTag, ValueError):
            raise InputError("cannot be opened: it was changed, or the key is another one", where=purpose) from None

    def _purpose(self, purpose: str) -> bytes:
        return f"trackside faces 1|{self._gallery}|{purpose}".encode()


def make_key_file(path: Path) -> None:
    """Write a new master key that only its owner may read. Raises OutputError if there is a file or it cannot be made."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(os.urandom(_BYTES)) + b"\n")
    except FileExistsError:
        raise OutputError(
            "there is a file already", where=str(path), fix="a key is never overwritten: give another name"
        ) from None
    except OSError as error:
        raise OutputError(f"cannot write ({error.strerror})", where=str(path), fix="choose another place") from error


def read_master(path: Path | None = None) -> bytes:
    """The master key: from this file, else from the file or the text that the environment names.

    Raises:
        SettingError: none is given, or what is given is no key.
        InputError: the file is absent, or others may read it.
    """
    named = os.environ.get(KEY_FILE, "")
    if path is None and not named:
        text = os.environ.get(KEY, "")
        if not text:
            raise SettingError("a gallery needs its master key", fix=f"give --key-file, or set {KEY_FILE} or {KEY}")
        return _decoded(text, KEY)
    file = path or Path(named)
    try:
        shared = os.name == "posix" and bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
        text = file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InputError(
            f"the key cannot be read ({reason})", where=str(file), fix="make one with `trackside faces key`"
        ) from None
    if shared:
        raise InputError("others than its owner may read the key", where=str(file), fix=f"run `chmod 600 {file}`")
    return _decoded(text, str(file))


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _BYTES:
        raise SettingError("is no key: 32 bytes in Base64", where=where, fix="make one with `trackside faces key`")
    return key


def _derived(master: bytes, purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _BYTES, salt=None, info=f"trackside faces 1|{purpose}".encode()).derive(master)
