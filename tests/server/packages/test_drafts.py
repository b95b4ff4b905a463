"""A network of one's own: uploaded, told, tried and installed; what is no network is refused and leaves nothing."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from trackside.server.context import Site
from trackside.server.packages import asking, drafts

from .conftest import BOXES, Draft, Network

Json = dict[str, Any]


def problem(answer: Any, status: int = 422) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["problems"][0]["what"])


def put(client: TestClient, address: str, card: Json) -> Any:
    """Send a card as it is, with what JSON should not hold (NaN, halves of characters) too."""
    content = json.dumps({"card": card}).encode()
    return client.put(address, content=content, headers={"content-type": "application/json"})


def test_a_network_becomes_a_model_in_five_steps(
    client: TestClient, site: Site, upload: Draft, network: Network, card: Json, picture: bytes
) -> None:
    made = upload(network(), "My Net (2).ONNX")
    assert made.status_code == 201, made.text
    draft = made.json()
    assert draft["inputs"] == [{"name": "picture", "shape": [1, 3, 8, 8], "dtype": "float32"}]
    assert [output["name"] for output in draft["outputs"]] == ["boxes", "scores"]
    guess = draft["card"]
    assert (guess["name"], guess["task"], guess["family"]) == ("my-net-2", "detection", "generic")
    assert guess["classes"] == ["class 0", "class 1"]
    assert guess["decoding"] == {"boxes": "boxes", "scores": "scores", "box": "xyxy"}
    assert {"yolox", "embedding"} <= {family["name"] for family in draft["families"]}
    address = f"/api/drafts/{draft['id']}"
    assert client.get(address).json() == draft

    kept = client.put(f"{address}/card", json={"card": card})
    assert kept.status_code == 200, kept.text
    assert kept.json()["card"]["classes"] == ["cat", "dog"]
    assert client.put(f"{address}/card", json={"card": kept.json()["card"]}).json() == kept.json()

    tried = client.post(f"{address}/trial", files={"file": ("a.png", picture)}).json()
    assert tried["words"] == "2 found: cat 0.90, dog 0.60"
    assert {finding["verdict"] for finding in tried["findings"]} == {"ok"}
    kind, _, data = tried["picture"].partition(",")
    image = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert (kind, image.shape[:2]) == ("data:image/jpeg;base64", (800, 600))
    assert np.abs(image.astype(int) - 90).max() > 50, "boxes are drawn"

    installed = client.post(f"{address}/install")
    assert installed.status_code == 201, installed.text
    assert installed.json()["installed"]
    assert site.store.names() == ["tiny"]
    assert client.get(address).status_code == 404
    again = upload(network()).json()["id"]
    client.put(f"/api/drafts/{again}/card", json={"card": card})
    assert "already" in problem(client.post(f"/api/drafts/{again}/install"), 409)


def test_every_wrong_field_of_a_card_is_told(client: TestClient, upload: Draft, network: Network, card: Json) -> None:
    draft = upload(network()).json()
    address = f"/api/drafts/{draft['id']}/card"
    wrong = {**card, "name": "../x", "threshold": 7, "geometry": {"width": 0, "height": 8}, "colour": 1}
    answer = put(client, address, wrong)
    assert answer.status_code == 422
    ports = {p["port"] for p in answer.json()["problems"]}
    assert ports == {"name", "threshold", "geometry.width", "colour"}
    for change, port in (
        ({"family": "nothing", "decoding": None}, "family"),
        ({"task": "pose"}, "task"),
        ({"licence": " "}, "licence"),
        ({"classes": []}, "classes"),
        ({"geometry": {"width": 8, "height": 8, "mean": [float("nan"), 0, 0]}}, "geometry.mean.0"),
        ({"geometry": {"width": 8, "height": 8, "scale": 10**400}}, "geometry.scale"),
        ({"note": "\ud800"}, "note"),
        ({"decoding": {"boxes": "boxes"}}, "decoding"),
    ):
        answer = put(client, address, card | change)
        assert answer.status_code == 422, change
        assert port in {p["port"] for p in answer.json()["problems"]}
    assert client.get(f"/api/drafts/{draft['id']}").json() == draft, "a refused card changes nothing"


def test_files_and_runtime_of_a_card_are_the_servers_own(
    client: TestClient, upload: Draft, network: Network, card: Json
) -> None:
    draft = upload(network()).json()["id"]
    evil = {**card, "runtime": "tflite", "files": [{"name": "passwd", "sha256": "0" * 64, "bytes": 1}]}
    assert client.put(f"/api/drafts/{draft}/card", json={"card": evil}).status_code == 200
    assert client.post(f"/api/drafts/{draft}/install").json()["files"][0]["name"] == "network.onnx"


def test_a_card_that_the_network_does_not_keep_is_found_and_not_installed(
    client: TestClient, site: Site, upload: Draft, network: Network, card: Json, picture: bytes
) -> None:
    draft = upload(network()).json()["id"]
    client.put(f"/api/drafts/{draft}/card", json={"card": {**card, "geometry": {"width": 16, "height": 8}}})
    tried = client.post(f"/api/drafts/{draft}/trial", files={"file": ("a.png", picture)}).json()
    assert [f["check"] for f in tried["findings"] if f["verdict"] == "fail"] == ["input-matches"]
    assert "mended" in tried["words"]
    assert "takes" in problem(client.post(f"/api/drafts/{draft}/install"))
    assert site.store.names() == []


def test_a_guessed_card_is_no_card_until_it_has_a_licence(client: TestClient, upload: Draft, network: Network) -> None:
    draft = upload(network()).json()["id"]
    assert "licence" in problem(client.post(f"/api/drafts/{draft}/install"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.onnx", b"", "no ONNX"),
        ("a.onnx", b"this is no network", "no ONNX"),
        ("a.onnx", b"\x08\x08", "no ONNX"),
        ("a.onnx", b"\x3a\xff\xff\xff\xff\x7f", "no ONNX"),
        ("a.tflite", b"\0\0\0\0TFLx", "no TFLite"),
        ("a.tflite", b"\x1c\0\0\0TFL3" + bytes(range(256)), ""),
        ("a.pkl", b"x", "neither"),
        ("../../a", b"x", "neither"),
    ],
)
def test_what_is_no_network_is_refused_and_leaves_nothing(
    upload: Draft, drafts_folder: Path, name: str, content: bytes, says: str
) -> None:
    assert says in problem(upload(content, name))
    assert list(drafts_folder.iterdir()) == []


def test_a_truncated_network_is_refused(upload: Draft, network: Network) -> None:
    whole = network()
    assert problem(upload(whole[: len(whole) // 2]))


def test_weights_in_another_file_are_refused_with_what_to_do(upload: Draft, network: Network) -> None:
    answer = upload(network(external=True))
    assert "beside it" in problem(answer)
    assert "save_as_external_data=False" in answer.json()["problems"][0]["fix"]


def test_a_network_that_hangs_its_reader_is_stopped(
    upload: Draft, network: Network, monkeypatch: pytest.MonkeyPatch, drafts_folder: Path
) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.01)
    assert "took more than" in problem(upload(network()))
    assert list(drafts_folder.iterdir()) == []


def test_what_is_larger_than_allowed_is_refused_while_it_arrives(
    client: TestClient, network: Network, monkeypatch: pytest.MonkeyPatch, drafts_folder: Path
) -> None:
    monkeypatch.setattr(drafts, "MOST_BYTES", 10)
    assert "larger" in problem(client.post("/api/drafts", files={"file": ("a.onnx", network())}), 413)
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.onnx"\r\n\r\n'
    sent = []

    def body() -> Any:
        yield head
        for _ in range(1000):
            sent.append(1)
            yield bytes(1000)

    answer = client.post("/api/drafts", content=body(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert "larger" in problem(answer, 413)
    assert list(drafts_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "text/plain"),
        (b"x", "multipart/form-data; boundary=b"),
        (b"--b--\r\n", "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data"),
        (
            b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.onnx"\r\n\r\nhalf',
            "multipart/form-data; boundary=b",
        ),
        (b'--b\r\ncontent-disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data; boundary=" + "b" * 500),
    ],
)
def test_what_is_no_form_with_a_file_is_refused(client: TestClient, drafts_folder: Path, content: bytes, kind: str) -> None:
    assert problem(client.post("/api/drafts", content=content, headers={"content-type": kind}))
    assert list(drafts_folder.iterdir()) == []


def test_a_test_image_that_is_none_is_refused(client: TestClient, upload: Draft, network: Network, card: Json) -> None:
    draft = upload(network()).json()["id"]
    client.put(f"/api/drafts/{draft}/card", json={"card": card})
    for content in (b"", b"no picture"):
        assert "no picture" in problem(client.post(f"/api/drafts/{draft}/trial", files={"file": ("a.png", content)}))


def test_drafts_are_forgotten_after_a_day_and_on_demand(
    client: TestClient, site: Site, upload: Draft, network: Network, drafts_folder: Path
) -> None:
    old, new = upload(network()).json()["id"], upload(network()).json()["id"]
    os.utime(drafts_folder / old / "draft.json", times=(0, time.time() - 25 * 3600))
    assert drafts.expire(site) == 1
    assert client.get(f"/api/drafts/{old}").status_code == 404
    assert client.delete(f"/api/drafts/{new}").status_code == 200
    assert list(drafts_folder.iterdir()) == []


def test_unknown_drafts_are_not_found(client: TestClient) -> None:
    for draft in ("nothing", "..", "..%2F..", "x" * 400):
        assert client.get(f"/api/drafts/{draft}").status_code in (404, 405)
        assert client.post(f"/api/drafts/{draft}/install").status_code in (404, 405)
        assert client.put(f"/api/drafts/{draft}/card", json={"card": {}}).status_code in (404, 405)
        assert client.post(f"/api/drafts/{draft}/trial", files={"file": ("a", b"")}).status_code in (404, 405)


@pytest.mark.parametrize(
    ("outputs", "size", "family", "classes"),
    [
        ({"o": np.zeros((1, 21, 8), np.float32)}, 32, "yolox", 3),
        ({"o": np.zeros((1, 7, 2, 2), np.float32)}, 32, "fastestdet", 2),
        ({"o": np.zeros((1, 128), np.float32)}, 32, "embedding", 0),
        ({"o": np.zeros((1, 7, 100), np.float32)}, 32, "generic", 3),
        (BOXES, 32, "generic", 2),
    ],
)
def test_the_family_is_guessed_from_the_outputs(
    upload: Draft, network: Network, outputs: Json, size: int, family: str, classes: int
) -> None:
    card = upload(network(outputs, size=size)).json()["card"]
    assert (card["family"], len(card["classes"]), card["geometry"]["width"]) == (family, classes, size)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "family"), [("yolox_nano/yolox_nano.onnx", "yolox"), ("fastestdet/fastestdet.onnx", "fastestdet")]
)
def test_a_real_network_is_guessed_right_and_runs_as_guessed(
    client: TestClient, upload: Draft, picture: bytes, file: str, family: str
) -> None:
    path = Path(__file__).parents[4] / "shared" / "models" / file
    if not path.is_file():
        pytest.skip("the shared folder of models is not on this machine")
    draft = upload(path.read_bytes(), path.name).json()
    card = draft["card"] | {"licence": "Apache-2.0", "name": "mine"}
    assert (card["family"], card["classes"][0], len(card["classes"])) == (family, "person", 80)
    assert client.put(f"/api/drafts/{draft['id']}/card", json={"card": card}).status_code == 200
    tried = client.post(f"/api/drafts/{draft['id']}/trial", files={"file": ("a.png", picture)}).json()
    assert {finding["verdict"] for finding in tried["findings"]} == {"ok"}
    assert "found" in tried["words"]
    assert client.post(f"/api/drafts/{draft['id']}/install").json()["family"] == family
