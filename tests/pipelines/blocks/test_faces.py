"""The blocks find, hide and recognise faces; recognising is off unless it was switched on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from tests.perception.faces.pictures import pulled_mtcnn, real_pictures
from tests.perception.faces.standin import standin
from trackside.core import RGB, Detections, InputError, Keypoints, PipelineError, SettingError, Tracks
from trackside.media import Frame, Planes
from trackside.media.colour import to_rgb
from trackside.perception.faces import Calibration, FaceDescriber, FaceFinder, Rate
from trackside.pipelines.blocks.faces import BlurFaces, RecogniseFaces, find_faces
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.graph import parse_pipeline


def _boxes(*boxes: list[float]) -> Detections:
    n = len(boxes)
    return Detections(np.array(boxes, np.float32), np.ones(n, np.float32), np.zeros(n, np.int32), ("face",))


def _noise(height: int = 120, width: int = 160) -> RGB:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _colours(picture: RGB, x1: int, y1: int, x2: int, y2: int) -> int:
    return len(np.unique(picture[y1:y2, x1:x2].reshape(-1, 3), axis=0))


def test_a_pipeline_that_hides_faces_compiles_once_a_model_is_chosen() -> None:
    blocks: dict[str, Any] = {
        "find": {"use": "faces.find@1", "images": "source.images", "model": "mtcnn"},
        "blur": {"use": "faces.blur@1", "images": "source.images", "faces": "find.faces"},
        "video": {"use": "write.video", "images": "blur"},
    }
    assert compile_pipeline(parse_pipeline({"pipeline": "hide", "blocks": blocks})).models == ("mtcnn",)
    for change, said in (({}, "required"), ({"model": "yolox-nano"}, "is for detection, not faces")):
        find = {**{k: v for k, v in blocks["find"].items() if k != "model"}, **change}
        with pytest.raises(PipelineError, match=said):
            compile_pipeline(parse_pipeline({"pipeline": "hide", "blocks": {**blocks, "find": find}}))


def test_the_pipeline_in_the_docs_compiles_where_recognising_is_on_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "faces.md").read_text("utf-8")
    graph = parse_pipeline(yaml.safe_load(re.search(r"```yaml\n(#.*?\npipeline: door.*?)```", page, re.DOTALL)[1]))  # type: ignore[index]
    monkeypatch.setenv("TRACKSIDE_FACES", "on")
    assert set(compile_pipeline(graph).models) == {"mtcnn", "sface"}
    monkeypatch.delenv("TRACKSIDE_FACES")
    with pytest.raises(PipelineError, match="who: recognising people by their faces is off"):
        compile_pipeline(graph)


def test_faces_and_points_come_in_the_same_order(shared_data: Path) -> None:
    pulled_mtcnn()
    pictures = real_pictures(shared_data)
    found: Any = find_faces([pictures["both"], np.zeros((30, 30, 3), np.uint8)], model="mtcnn")
    assert [(len(each.faces), len(each.points)) for each in found] == [(2, 2), (0, 0)]
    inside = found[0].points.points.mean(axis=1)
    boxes = found[0].faces.boxes
    assert ((boxes[:, :2] < inside) & (inside < boxes[:, 2:])).all()


def test_a_face_is_hidden_and_stays_so_for_a_moment_after_it_was_lost() -> None:
    blur, picture = BlurFaces(margin=0.0, hold=0.5), _noise()
    before = picture.copy()
    (hidden,) = blur(picture, _boxes([40, 30, 100, 90]), 0.0)
    assert _colours(hidden, 40, 30, 100, 90) <= 36  # type: ignore[arg-type]
    np.testing.assert_array_equal(picture, before, err_msg="the picture that came in is not touched")
    np.testing.assert_array_equal(np.asarray(hidden)[:30], picture[:30])
    assert _colours(blur(picture, _boxes(), 0.4).hidden, 40, 30, 100, 90) <= 36  # type: ignore[arg-type]
    assert blur(picture, _boxes(), 0.6).hidden is picture


@pytest.mark.parametrize("size", [(120, 160), (121, 161)], ids=["even", "odd"])
def test_a_frame_stays_planes_and_its_colours_are_hidden_too(size: tuple[int, int]) -> None:
    height, width = size
    planes = Planes.blank(width, height)
    rng = np.random.default_rng(2)
    for plane in planes:
        plane[:] = rng.integers(30, 220, plane.shape)
    frame = Frame(planes, 7, 0.28)
    hidden = BlurFaces(style="grey", margin=0.0)(frame, _boxes([41.3, 30.2, 99.0, 90.0]), 0.28).hidden
    assert isinstance(hidden, Frame)
    assert (hidden.index, hidden.time) == (7, 0.28)
    # Of an odd size the conversion interpolates colour, so a pixel beside the edge is no test.
    assert _colours(to_rgb(hidden.planes()), 43, 32, 97, 88) == 1
    np.testing.assert_array_equal(hidden.planes().y[:28], planes.y[:28])
    np.testing.assert_array_equal(hidden.planes().u[:, 52:], planes.u[:, 52:])


def test_a_margin_hides_what_lies_around_a_face() -> None:
    hidden = BlurFaces(margin=0.5)(_noise(), _boxes([60, 40, 100, 80]), 0.0).hidden
    assert _colours(hidden, 40, 20, 120, 100) <= 36  # type: ignore[arg-type]


# Recognising.

SETTINGS = {"purpose": "a test", "operator": "tester", "needed": 2, "looks": 3, "every": 0.1}


@pytest.fixture
def scene(
    tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Mapping[str, RGB], dict[str, Any], str]:
    """Pictures, settings of the block, and the id of the footballer, who is enrolled."""
    pytest.importorskip("cryptography", reason="needs the extra `faces`")
    import base64
    import time

    from trackside.perception.faces.gallery import Consent, Gallery

    monkeypatch.setenv("TRACKSIDE_FACES", "on")
    monkeypatch.setenv("TRACKSIDE_FACES_KEY", base64.b64encode(bytes(32)).decode())
    pictures = real_pictures(shared_data)
    package = standin(tmp_path / "model")
    finder, describer = FaceFinder(pulled_mtcnn()), FaceDescriber(package)
    (faces,) = finder([pictures["large"]])
    gallery = Gallery(tmp_path / "gallery", bytes(32), create=True)
    gallery.keep_threshold(describer.tag, Calibration(0.9, 0.01, Rate(0, 400), Rate(0, 40)), "tester")
    now = time.time()
    consent = Consent("the footballer", "tester", "a test", now, now + 1e6)
    vectors = describer(pictures["large"], faces.points.points)
    person = gallery.enrol("Footballer", vectors, describer.tag, consent)
    gallery.close()
    return pictures, {**SETTINGS, "gallery": tmp_path / "gallery", "model": str(package.folder)}, person


def _look(block: RecogniseFaces, picture: RGB, time: float) -> Any:
    """One picture; whoever is in it is track 4, the whole picture."""
    ((faces, points),) = find_faces([picture], model="mtcnn")
    height, width = picture.shape[:2]
    whole = Detections(np.array([[0, 0, width, height]], np.float32), np.ones(1), np.zeros(1), ("person",))  # type: ignore[arg-type]
    return block(picture, points, faces, Tracks.of(whole, [4]), time)


def test_somebody_enrolled_is_recognised_by_several_looks_and_a_stranger_is_not(scene: Any) -> None:
    pictures, settings, person = scene
    block = RecogniseFaces(**settings)
    first = _look(block, pictures["large"], 0.0)
    assert (len(first.known), len(first.unknown), len(first.events)) == (0, 1, 0), "one look is not enough"
    second = _look(block, (pictures["large"] * 0.95).astype(np.uint8), 0.2)
    assert (len(second.known), len(second.unknown)) == (1, 0)
    assert (second.known.label(0), second.known.ids.tolist()) == (person, [4])
    assert (second.events.names, second.events.ids.tolist(), second.events.places) == (("recognised",), [4], (person,))
    block.on_track_end(4)
    stranger = [_look(block, pictures["team"], time) for time in (1.0, 1.2, 1.4, 1.6)]
    assert all(len(each.known) == 0 and len(each.unknown) == 1 and not len(each.events) for each in stranger)
    block.on_stream_end()


def test_names_are_given_only_if_asked_for(scene: Any) -> None:
    pictures, settings, _ = scene
    block = RecogniseFaces(**settings, names=True)
    _look(block, pictures["large"], 0.0)
    assert _look(block, pictures["large"], 0.2).events.places == ("Footballer",)


def test_whoever_is_deleted_is_unknown_from_the_next_picture_on(scene: Any) -> None:
    from trackside.perception.faces.gallery import Gallery

    pictures, settings, person = scene
    block = RecogniseFaces(**settings)
    _look(block, pictures["large"], 0.0)
    assert len(_look(block, pictures["large"], 0.2).known) == 1
    Gallery(settings["gallery"], bytes(32)).delete(person, "tester")
    later = _look(block, pictures["large"], 0.21)
    assert (len(later.known), len(later.unknown)) == (0, 1)


def test_it_refuses_while_it_is_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TRACKSIDE_FACES", raising=False)
    with pytest.raises(SettingError, match="recognising people by their faces is off"):
        RecogniseFaces(gallery=tmp_path, model="sface", purpose="a test", operator="tester")


def test_body_points_are_not_taken_for_faces(scene: Any) -> None:
    _, settings, _ = scene
    with pytest.raises(InputError, match="not those of the faces"):
        RecogniseFaces(**settings)(_noise(), Keypoints.empty("coco17"), _boxes(), Tracks.empty(), 0.0)


def test_a_picture_that_is_hidden_shows_no_face_any_more(shared_data: Path) -> None:
    pulled_mtcnn()
    picture = real_pictures(shared_data)["large"]
    ((faces, _),) = find_faces([picture], model="mtcnn")
    hidden = BlurFaces()(picture, faces, 0.0).hidden
    ((left, _),) = find_faces([cv2.GaussianBlur(np.asarray(hidden), (0, 0), 2)], model="mtcnn", threshold=0.9)
    assert not len(left)
