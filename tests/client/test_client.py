"""The whole way from Python: upload, run, wait, download."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from trackside.client import Client
from trackside.client.connection import ServerError
from trackside.core import InputError, PipelineError
from trackside.media import probe

from .conftest import PIPELINE, MakeVideo


def test_a_video_goes_up_is_run_and_its_results_come_down(client: Client, make_video: MakeVideo, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = make_video(frames=12)
    video = client.upload(path, folder="training", progress=lambda sent, total: told.append((sent, total)))

    assert (video.name, video.facts["width"], video.facts["folder"]) == ("clip.mp4", 64, "training")
    assert told[-1] == (path.stat().st_size, path.stat().st_size)

    fractions: list[float] = []
    run = client.run(PIPELINE, [video], name="first").wait(fractions.append, timeout=60)
    files = run.download(tmp_path / "results")

    assert run.state == "done"
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert {file.parent for file in files} == {tmp_path / "results" / "clip"}
    annotated = tmp_path / "results" / "clip" / "annotated.mp4"
    assert annotated in files
    assert probe(annotated).duration == pytest.approx(1.2, abs=0.11)
    assert [one.id for one in client.runs()] == [run.id]
    assert client.find_run(run.id).facts["name"] == "first"


def test_two_videos_of_one_name_get_folders_of_their_own(client: Client, make_video: MakeVideo, tmp_path: Path) -> None:
    videos = [client.upload(make_video(f"{folder}/clip.mp4")) for folder in ("a", "b")]
    files = client.run(PIPELINE, videos).wait(timeout=60).download(tmp_path / "results")
    assert {file.parent.name for file in files} == {"clip", "clip-2"}


def test_pipelines_are_saved_once_and_found_by_name(client: Client, make_video: MakeVideo, tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(yaml.safe_dump(PIPELINE))
    first, again = client.save_pipeline(path), client.save_pipeline(path)
    assert (first["id"], first["version"]) == (again["id"], again["version"])
    assert [one["name"] for one in client.pipelines()] == ["plain"]
    run = client.run("plain", [client.upload(make_video())])
    assert run.facts["pipeline_id"] == first["id"]
    run.wait(timeout=60)


def test_an_upload_goes_on_after_a_broken_connection(
    client: Client, make_video: MakeVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part's connection breaks in the middle: what came before is not sent again."""
    from trackside.client import uploading

    path = make_video(frames=40, size=(320, 240))
    size = path.stat().st_size
    monkeypatch.setattr(uploading, "_PART", size // 3)
    monkeypatch.setattr(uploading, "_CHUNK", 256)
    monkeypatch.setattr(uploading, "_PAUSES", (0.05,) * 40)  # The server may still hold the broken part.
    sent: list[int] = []
    real = uploading._chunks

    def breaking(file, offset, count):  # type: ignore[no-untyped-def]
        sent.append(offset)
        for number, chunk in enumerate(real(file, offset, count)):
            if len(sent) == 2 and number == 3:
                raise uploading.ServerError("cut", status=0)
            yield chunk

    monkeypatch.setattr(uploading, "_chunks", breaking)
    video = client.upload(path)
    assert len(sent) > 3
    assert sent[2] >= sent[1], "the first part is not sent again"
    digest = hashlib.sha256()
    with client._connection.stream(f"/api/videos/{video.id}/file") as chunks:
        for chunk in chunks:
            digest.update(chunk)
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_cannot_be_used_is_said(client: Client, make_video: MakeVideo, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all\n" * 100)
    with pytest.raises(InputError, match=r"notes\.mp4"):
        client.upload(text)
    with pytest.raises(InputError, match="cannot be read"):
        client.upload(tmp_path / "absent.mp4")
    video = client.upload(make_video())
    with pytest.raises(InputError, match="no pipeline 'plian'"):
        client.run("plian", [video])
    wrong = {**PIPELINE, "blocks": {"draw": {"use": "draw.overlay@1", "images": "nowhere"}}}
    with pytest.raises(PipelineError) as error:
        client.run(wrong, [video])
    assert error.value.problems[0].block == "draw"
    with pytest.raises(ServerError, match="no such run"):
        client.find_run("absent")


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServerError, match="trackside serve"):
        list(client.videos())


def test_a_name_from_the_server_cannot_leave_the_folder() -> None:
    from trackside.client.remote import _plain

    assert _plain("annotated.mp4") == "annotated.mp4"
    for name in ("..", "a/b", "..\\x", "", "a\x00b"):
        with pytest.raises(InputError):
            _plain(name)
