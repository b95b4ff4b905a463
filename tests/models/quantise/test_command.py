"""`trackside models quantise` as its user meets it: footage in, a package and a report out, one sentence where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.models.quantise.conftest import blots
from trackside.cli.models import app
from trackside.cli.models_quantise_footage import Address, read_addresses, take_cameras, take_files
from trackside.cli.models_quantise_readers import reader_for
from trackside.core import InputError, Report, SettingError
from trackside.media import open_media
from trackside.models import Package, Silent, Store, pull
from trackside.models.quantise import making
from trackside.models.quantise.speed import Speed
from trackside.perception import Detector


@pytest.fixture(autouse=True)
def _untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "measure", lambda fp32, int8: [Speed(1, 1, 100, 90)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """120 pictures (synthetic)."""
    path = tmp_path / "frames"
    path.mkdir()
    for number, picture in enumerate(blots(120, seed=5)):
        cv2.imwrite(str(path / f"{number}.png"), picture)
    return path


def quantise(*words: Any) -> Result:
    return CliRunner().invoke(app, ["quantise", *map(str, words)])


def test_a_folder_of_pictures_makes_a_package_and_a_report(
    package: Callable[..., Package], folder: Path, tmp_path: Path
) -> None:
    package()
    done = quantise("tiny", "--frames", folder, "--frames-count", 60, "--limit", 0.2, "--report", tmp_path / "report.json")
    assert done.exit_code == 0, done.output
    assert "installed tiny-int8" in done.output
    card = Store().package("tiny-int8").card
    assert card.quantised is not None
    assert (card.quantised.frames, card.quantised.held_out, card.quantised.footage) == (60, 30, ("frames",))
    report = Report.from_json((tmp_path / "report.json").read_text("utf-8"))
    assert [finding.check for finding in report.findings] == ["same-answers", "speed"]
    assert "slower" in report.findings[1].says


def test_too_much_loss_installs_nothing_unless_accepted(package: Callable[..., Package], folder: Path) -> None:
    package(trap=True)
    words = ("tiny", "--frames", folder, "--frames-count", 60, "--keep-worst", 0)
    refused = quantise(*words)
    assert (refused.exit_code, "not installed: INT8 loses too much" in refused.output) == (1, True)
    assert Store().names() == ["tiny"]
    assert quantise(*words, "--accept").exit_code == 0
    assert Store().names() == ["tiny", "tiny-int8"]


def test_too_little_to_measure_with_installs_nothing(package: Callable[..., Package], folder: Path) -> None:
    package()
    done = quantise("tiny", "--frames", folder, "--frames-count", 10)
    assert (done.exit_code, "could not be measured" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tiny"], "pictures are needed"),
        (["tiny", "--frames", "{folder}", "--method", "minmx"], "did you mean 'minmax'"),
        (["tiny", "--frames", "{folder}", "--for", "gpu"], "unknown target 'gpu'"),
        (["tiny", "--frames", "{folder}", "--limit", "7"], "is no loss"),
        (["tiny", "--frames", "{folder}", "--keep-worst", "many"], "is no number of layers"),
        (["tiny", "--frames", "{folder}", "--frames-count", "3"], "too few"),
        (["tiny", "--frames", "{folder}", "--name", "yolox-nano"], "another model's name"),
        (["tiny", "--frames", "{folder}", "--name", "tiny"], "another model's name"),
        (["tiny", "--frames", "{folder}", "--name", "a/b"], "no plain name"),
        (["tiny", "--frames", "{folder}", "--exclude", "nothing"], "has no node 'nothing'"),
        (["tiny", "--frames", "no-such.mp4"], "no-such.mp4"),
        (["tiny", "--frames", "{empty}"], "no image"),
        (["tiny", "--frames", "{broken}"], "broken.mp4"),
        (["tiny", "--cameras", "no-such.yaml"], "no-such.yaml"),
        (["tinny", "--frames", "{folder}"], "did you mean 'tiny'"),
    ],
    ids=lambda value: "-".join(value[1:])[:40].replace("{", "").replace("}", "") if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_sentence(
    words: list[str], says: str, package: Callable[..., Package], folder: Path, tmp_path: Path
) -> None:
    package()
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.mp4").write_bytes(b"no video at all" * 99)
    places = {"folder": folder, "empty": tmp_path / "empty", "broken": tmp_path / "broken.mp4"}
    done = quantise(*(word.format(**places) for word in words))
    assert isinstance(done.exception, (SettingError, InputError)) or says.startswith("did you mean 'tiny'"), done.output
    assert says in str(done.exception)
    assert Store().names() == ["tiny"]


def test_one_broken_video_among_others_is_told_and_passed_over(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 99)
    taken: list[str] = []
    notes = take_files([broken, folder], 40, lambda image, source: taken.append(source))
    assert taken == ["frames"] * 20
    assert len(notes) == 1 and notes[0].startswith("broken.mp4: ")


def test_frames_of_a_video_are_spread_over_all_of_it(vtest: Path) -> None:
    times: list[float] = []
    take_files([vtest], 30, lambda image, source: times.append(image.time))  # type: ignore[union-attr]
    assert len(times) == 30
    assert times[0] < 3 and times[-1] > 75
    assert np.diff(times).max() < 4


def test_long_footage_is_sought_not_read_through(vtest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.cli.models_quantise_footage._FAR", 5.0)
    times: list[float] = []
    take_files([vtest], 8, lambda image, source: times.append(image.time))  # type: ignore[union-attr]
    np.testing.assert_allclose(times, (np.arange(8) + 0.5) * 79.5 / 8, atol=0.2)


class _Camera:
    """Gives numbered pictures (synthetic), then ends or breaks."""

    def __init__(self, count: int, *, breaks: bool = False) -> None:
        self.count, self.breaks, self.closed = count, breaks, False

    def __iter__(self) -> Any:
        for number in range(self.count):
            yield SimpleNamespace(data=np.full((4, 4, 3), number, np.uint8), time=float(number))
        if self.breaks:
            raise InputError("the camera sends nothing")

    def close(self) -> None:
        self.closed = True


def test_cameras_give_their_share_and_a_dead_one_is_told() -> None:
    cameras = {"a": _Camera(99), "b": _Camera(2, breaks=True)}

    def opened(address: str, name: str, every: float) -> _Camera:
        if name == "c":
            raise InputError("the camera refuses")
        return cameras[name]

    taken: list[str] = []
    addresses = [Address(name, f"rtsp://{name}") for name in "abc"]
    notes = take_cameras(addresses, 30, 60.0, lambda image, source: taken.append(source), opened)
    assert (taken.count("a"), taken.count("b")) == (10, 2)
    assert notes == ["b: the camera sends nothing", "c: the camera refuses"]
    assert all(camera.closed for camera in cameras.values())


def test_where_no_camera_answers_that_is_the_error() -> None:
    def refuse(address: str, name: str, every: float) -> _Camera:
        raise InputError("the camera refuses")

    with pytest.raises(InputError, match="no camera gave a picture"):
        take_cameras([Address("a", "rtsp://a")], 10, 5.0, lambda image, source: None, refuse)
    with pytest.raises(SettingError, match="cannot be watched"):
        take_cameras([Address("a", "rtsp://a")], 10, float("nan"), lambda image, source: None, refuse)


def test_a_cameras_file_gives_the_stream_that_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(
        "cameras:\n  gate: {address: 'rtsp://a/1', substream: 'rtsp://a/2'}\n"
        "  yard: {address: 'rtsp://b/1', substream: 'rtsp://b/2', stream: main}\n"
    )
    assert read_addresses(path) == [Address("gate", "rtsp://a/2"), Address("yard", "rtsp://b/1")]
    path.write_text("cameras: []\n")
    with pytest.raises(InputError, match="names no camera"):
        read_addresses(path)


def test_a_detector_is_calibrated_with_exactly_what_it_is_fed_in_use(
    shared_models: Path, vtest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    detector = Detector(pull("yolox-nano", reporter=Silent()))
    reader = reader_for(detector.package, detector.runtime.inputs[0], None)
    frame = next(iter(open_media(vtest))).data
    expected, places = detector.prepare([frame])
    tensor = np.zeros_like(expected)
    [picture] = reader.fit(frame)
    reader.write(picture, tensor[0])
    np.testing.assert_array_equal(tensor, expected)
    threshold = detector.package.card.threshold
    [found] = reader.read(detector.run(tensor))
    [usual] = detector([frame])
    strong = found.above(threshold)
    np.testing.assert_allclose(places[0].to_source(strong.boxes), usual.boxes, atol=1e-3)
    np.testing.assert_array_equal(strong.scores, usual.scores)
