"""A master key is made once, read only if it is secret, and what it seals opens with it alone."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from trackside.core import InputError, OutputError, SettingError
from trackside.perception.faces.gallery import make_key_file, read_master
from trackside.perception.faces.gallery.keys import KEY, KEY_FILE, Vault


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.delenv(KEY_FILE, raising=False)


def test_a_key_file_is_secret_random_and_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_key_file(tmp_path / "a")
    make_key_file(tmp_path / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert read_master(tmp_path / "a") != read_master(tmp_path / "b")
    assert len(read_master(tmp_path / "a")) == 32
    with pytest.raises(OutputError, match="there is a file already"):
        make_key_file(tmp_path / "a")
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "b"))
    assert read_master() == read_master(tmp_path / "b")


def test_a_key_from_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, base64.b64encode(bytes(range(32))).decode())
    assert read_master() == bytes(range(32))


@pytest.mark.parametrize(
    "text", ["short", base64.b64encode(b"x" * 16).decode(), "?" * 44, ""], ids=["word", "16", "odd", "none"]
)
def test_what_is_no_key_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, text)
    with pytest.raises(SettingError, match=r"is no key|needs its master key"):
        read_master()


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are those of POSIX")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    make_key_file(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(InputError, match=r"others than its owner may read the key.*chmod 600"):
        read_master(tmp_path / "key")


def test_an_absent_key_and_a_binary_one_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the key cannot be read"):
        read_master(tmp_path / "nowhere")
    (tmp_path / "odd").write_bytes(bytes(range(200, 232)))
    with pytest.raises(InputError, match="the key cannot be read"):
        read_master(tmp_path / "odd")


def test_a_seal_opens_for_its_key_purpose_and_gallery_only() -> None:
    vault = Vault(bytes(32), "g")
    key, wrapped = vault.new_key("p")
    assert vault.unwrap(wrapped, "p") == key
    sealed = vault.seal(key, b"data", "template")
    assert vault.open(key, sealed, "template") == b"data"
    assert vault.seal(key, b"data", "template") != sealed
    other, _ = vault.new_key("p")
    for refused in (
        lambda: vault.open(key, sealed, "record"),
        lambda: vault.open(other, sealed, "template"),
        lambda: vault.open(key, sealed[:-1] + bytes([sealed[-1] ^ 1]), "template"),
        lambda: vault.open(key, b"", "template"),
        lambda: Vault(bytes(32), "h").open(key, sealed, "template"),
        lambda: vault.unwrap(wrapped, "q"),
        lambda: Vault(b"\x01" * 32, "g").unwrap(wrapped, "p"),
    ):
        with pytest.raises(InputError, match="cannot be opened"):
            refused()
