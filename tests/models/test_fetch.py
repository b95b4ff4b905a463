"""Files come from the mirror or their source, are held against their hash, and nothing else is ever stored."""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.models.conftest import Site
from trackside.core import ModelError, Registry
from trackside.models import Store, fetch as fetching, fetch_sample, pull
from trackside.models.sources import Converted, HubFile, LocalFile, Source, Url, WheelMember
from trackside.models.zoo import Entry, ZooFile

CONTENT = b"the weights of a network " * 4000
DETAILS = {"family": "embedding", "runtime": "onnx", "geometry": {"width": 4, "height": 2}}


class Heard:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.started: list[tuple[str, int, str, str]] = []
        self.bytes = 0
        self.finished = 0

    def start(self, name: str, total: int, licence: str, source: str) -> None:
        self.started.append((name, total, licence, source))

    def advance(self, count: int) -> None:
        self.bytes += count

    def finish(self) -> None:
        self.finished += 1


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def zoo(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Fills the zoo with entries whose file is CONTENT; later calls add."""
    registry: Registry[Entry] = Registry("model")
    monkeypatch.setattr(fetching, "ZOO", registry)
    monkeypatch.setattr("trackside.models.download._PAUSE", 0)

    def add(source: Source, *, name: str = "net", sample: bool = False, content: bytes = CONTENT) -> None:
        file = ZooFile("net.onnx", hashlib.sha256(content).hexdigest(), len(content), source)
        details: dict[str, Any] | None = None if sample else DETAILS
        task = "footage" if sample else "embedding"
        registry.add(name, Entry(name, task, "MIT", "https://example.org", file, details))

    return add


def _nothing_stored(store: Store) -> bool:
    return not store.names() and not [path for path in store.root.rglob("*") if path.is_file()]


def test_an_address_brings_a_model_and_tells_how_it_goes(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard
) -> None:
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    package = pull("net", reporter=heard)
    assert package.network.read_bytes() == CONTENT
    assert heard.started == [("net", len(CONTENT), "MIT", f"{site.address}/net")]
    assert (heard.bytes, heard.finished) == (len(CONTENT), 1)
    assert not list(store.incoming().iterdir())


def test_what_is_installed_is_not_fetched_again(zoo: Callable[..., None], site: Site, heard: Heard) -> None:
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    pull("net", reporter=heard)
    pull("net", reporter=heard)
    assert len(site.asked) == 1


def test_a_connection_that_breaks_is_taken_up_where_it_broke(zoo: Callable[..., None], site: Site, heard: Heard) -> None:
    site.files["/net"] = CONTENT
    site.cut = 1
    zoo(Url(f"{site.address}/net"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT
    assert [wanted for _, wanted in site.asked] == ["", f"bytes={len(CONTENT) // 2}-"]
    assert heard.bytes == len(CONTENT)


def test_a_busy_server_is_asked_again(zoo: Callable[..., None], site: Site, heard: Heard) -> None:
    site.files["/net"] = CONTENT
    site.failing = 2
    zoo(Url(f"{site.address}/net"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT


def test_a_download_that_keeps_breaking_stores_nothing(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard
) -> None:
    site.files["/net"] = CONTENT
    site.cut = 99
    zoo(Url(f"{site.address}/net"))
    with pytest.raises(ModelError, match="cannot be fetched"):
        pull("net", reporter=heard)
    assert _nothing_stored(store)


def test_another_file_at_the_source_is_refused_with_both_hashes(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard
) -> None:
    other = bytes(reversed(CONTENT))
    site.files["/net"] = other
    zoo(Url(f"{site.address}/net"))
    with pytest.raises(ModelError) as error:
        pull("net", reporter=heard)
    assert hashlib.sha256(CONTENT).hexdigest() in str(error.value)
    assert hashlib.sha256(other).hexdigest() in str(error.value)
    assert _nothing_stored(store)


def test_a_server_that_sends_without_end_is_cut_off(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard
) -> None:
    site.files["/net"] = CONTENT * 20
    zoo(Url(f"{site.address}/net"))
    with pytest.raises(ModelError, match="sends more than"):
        pull("net", reporter=heard)
    assert heard.bytes <= len(CONTENT)
    assert _nothing_stored(store)


def test_offline_is_one_error_with_the_command_that_brings_it(zoo: Callable[..., None], heard: Heard) -> None:
    zoo(Url("http://127.0.0.1:9/net"))
    with pytest.raises(ModelError, match="run `trackside models pull net`") as error:
        pull("net", reporter=heard)
    assert "TRACKSIDE_MODEL_MIRROR" in str(error.value)
    assert heard.finished == len(heard.started)


def test_a_hub_file_comes_from_the_endpoint(
    zoo: Callable[..., None], site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", site.address)
    site.files["/timm/tiny.in1k/resolve/main/model.safetensors"] = CONTENT
    zoo(HubFile.timm("tiny.in1k"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT


def test_a_local_file_is_a_source(zoo: Callable[..., None], tmp_path: Path, heard: Heard) -> None:
    (tmp_path / "here.bin").write_bytes(CONTENT)
    zoo(LocalFile(tmp_path / "here.bin"))
    zoo(LocalFile(tmp_path / "gone.bin"), name="gone", content=b"other")
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT
    with pytest.raises(ModelError, match="there is no file"):
        pull("gone", reporter=heard)


def test_a_mirror_folder_is_asked_before_the_source(
    zoo: Callable[..., None], site: Site, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror" / "deep" / "down").mkdir(parents=True)
    (tmp_path / "mirror" / "deep" / "net.onnx").write_bytes(b"an older version")
    (tmp_path / "mirror" / "deep" / "down" / "net.onnx").write_bytes(CONTENT)
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(tmp_path / "mirror"))
    zoo(Url(f"{site.address}/net"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT
    assert not site.asked


def test_a_mirror_folder_with_a_wrong_file_is_an_error(
    zoo: Callable[..., None], store: Store, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "net.onnx").write_bytes(b"not it")
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(tmp_path / "mirror"))
    zoo(Url("http://127.0.0.1:9/net"))
    with pytest.raises(ModelError, match=hashlib.sha256(b"not it").hexdigest()):
        pull("net", reporter=heard)
    assert _nothing_stored(store)


def test_a_mirror_without_the_file_gives_way_to_the_source(
    zoo: Callable[..., None], site: Site, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(tmp_path / "mirror"))
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT


def test_a_mirror_that_is_not_there_is_told_and_not_silently_passed_over(
    zoo: Callable[..., None], site: Site, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(tmp_path / "no-such-folder"))
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    with pytest.raises(ModelError, match="no-such-folder: is no folder; correct it or unset it"):
        pull("net", reporter=heard)


def test_pulling_again_mends_a_damaged_model(
    zoo: Callable[..., None], site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    network = pull("net", reporter=heard).network
    network.chmod(0o644)
    network.write_bytes(CONTENT + b"damage")
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT


def test_a_mirror_address_is_asked_before_the_source(
    zoo: Callable[..., None], site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.files["/models/net.onnx"] = CONTENT
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", f"{site.address}/models/")
    zoo(Url("http://127.0.0.1:9/net"))
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT
    assert [path for path, _ in site.asked] == ["/models/net/net.onnx", "/models/net.onnx"]


def _wheel(folder: Path, members: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    info = "holder-1.0.dist-info"
    with zipfile.ZipFile(folder / "holder-1.0-py3-none-any.whl", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: holder\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


def test_a_wheel_brings_all_its_files_that_the_zoo_knows(zoo: Callable[..., None], wheels: Path, heard: Heard) -> None:
    _wheel(wheels, {"holder/a.onnx": CONTENT, "holder/clip.mp4": b"footage"})
    zoo(WheelMember("holder", "1.0", "holder/a.onnx", 5000))
    zoo(WheelMember("holder", "1.0", "holder/clip.mp4", 5000), name="clip", sample=True, content=b"footage")
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT
    assert heard.bytes == 5000
    (wheels / "holder-1.0-py3-none-any.whl").unlink()
    assert fetch_sample("clip", reporter=heard).read_bytes() == b"footage"
    assert len(heard.started) == 1


def test_a_wheel_without_the_member_is_a_clear_error(
    zoo: Callable[..., None], wheels: Path, store: Store, heard: Heard
) -> None:
    _wheel(wheels, {"holder/other.onnx": CONTENT})
    zoo(WheelMember("holder", "1.0", "holder/a.onnx", 5000))
    with pytest.raises(ModelError, match=r"no member holder/a\.onnx"):
        pull("net", reporter=heard)
    assert _nothing_stored(store)


def test_a_member_larger_than_expected_is_refused(zoo: Callable[..., None], wheels: Path, heard: Heard) -> None:
    _wheel(wheels, {"holder/a.onnx": CONTENT * 3})
    zoo(WheelMember("holder", "1.0", "holder/a.onnx", 5000))
    with pytest.raises(ModelError, match="larger than"):
        pull("net", reporter=heard)


def test_a_wheel_that_pip_does_not_find_is_out_of_reach(zoo: Callable[..., None], wheels: Path, heard: Heard) -> None:
    wheels.mkdir()
    zoo(WheelMember("holder", "1.0", "holder/a.onnx", 5000))
    with pytest.raises(ModelError, match="No matching distribution"):
        pull("net", reporter=heard)


def test_a_python_without_pip_says_so(zoo: Callable[..., None], heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pip" else real(name, *rest))
    zoo(WheelMember("holder", "1.0", "holder/a.onnx", 5000))
    with pytest.raises(ModelError, match="ensurepip"):
        pull("net", reporter=heard)


def test_footage_is_fetched_like_a_model_and_named(zoo: Callable[..., None], site: Site, heard: Heard) -> None:
    site.files["/clip"] = CONTENT
    zoo(Url(f"{site.address}/clip"), name="clip", sample=True)
    path = fetch_sample("clip", reporter=heard)
    assert (path.name, path.read_bytes()) == ("net.onnx", CONTENT)
    path.write_bytes(b"damaged")
    assert fetch_sample("clip", reporter=heard).read_bytes() == CONTENT


def test_models_and_footage_have_names_of_their_own(zoo: Callable[..., None]) -> None:
    zoo(Url("http://127.0.0.1:9/a"), name="swimmer")
    zoo(Url("http://127.0.0.1:9/b"), name="swimming", sample=True, content=b"x")
    with pytest.raises(ModelError, match="unknown model 'swimming'; did you mean 'swimmer'"):
        pull("swimming")
    with pytest.raises(ModelError, match="unknown sample footage 'swimmer'; did you mean 'swimming'"):
        fetch_sample("swimmer")


def test_the_terminal_shows_name_size_and_licence(
    zoo: Callable[..., None], site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.files["/net"] = CONTENT
    zoo(Url(f"{site.address}/net"))
    pull("net")
    assert f"net: 0.1 MB, licence MIT, from {site.address}/net" in capsys.readouterr().err.replace("\n", "")


def test_the_real_mirror_serves_the_default_detector(
    shared_models: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    assert pull("fastestdet", reporter=heard).card.family == "fastestdet"
    assert not heard.started


def _doubling(zoo: Callable[..., None], source: Source, monkeypatch: pytest.MonkeyPatch, made: bytes = CONTENT * 2) -> None:
    """An entry that is made from CONTENT by doubling it."""
    from trackside.models import conversion

    registry: Registry[conversion.Conversion] = Registry("conversion")
    registry.add("double", lambda path: path.read_bytes() * 2)
    monkeypatch.setattr("trackside.models.conversion.table.CONVERSIONS", registry)
    monkeypatch.setattr("trackside.models.conversion.CONVERSIONS", registry, raising=False)
    original = ZooFile("net.pth", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), source)
    zoo(Converted(original, "double"), content=made)


def test_a_file_of_another_form_is_fetched_and_converted(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.files["/net.pth"] = CONTENT
    _doubling(zoo, Url(f"{site.address}/net.pth"), monkeypatch)
    package = pull("net", reporter=heard)
    assert package.network.read_bytes() == CONTENT * 2
    assert hashlib.sha256(CONTENT).hexdigest() in package.card.source
    assert store.blob(hashlib.sha256(CONTENT).hexdigest()) is None  # What no package names is not kept.


@pytest.mark.parametrize(("name", "content"), [("net.pth", CONTENT), ("net.onnx", CONTENT * 2)])
def test_a_mirror_may_hold_the_original_or_what_is_made_of_it(
    zoo: Callable[..., None], tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / name).write_bytes(content)
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(tmp_path / "mirror"))
    _doubling(zoo, Url("http://127.0.0.1:9/net.pth"), monkeypatch)
    assert pull("net", reporter=heard).network.read_bytes() == CONTENT * 2


def test_a_conversion_that_gives_other_bytes_is_refused(
    zoo: Callable[..., None], site: Site, store: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.files["/net.pth"] = CONTENT
    _doubling(zoo, Url(f"{site.address}/net.pth"), monkeypatch, made=CONTENT * 3)
    with pytest.raises(ModelError, match="expected"):
        pull("net", reporter=heard)
    assert "net" not in store
