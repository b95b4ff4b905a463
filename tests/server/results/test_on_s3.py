"""The same from a bucket: moto's S3 server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.files import Files
from trackside.server.problems import Refused
from trackside.server.results.copies import Copies

from .conftest import Put, graph


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """Files in a bucket."""
    server = pytest.importorskip("moto.server", reason="moto is not installed")
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    options = {"endpoint_url": f"http://{host}:{port}", "key": "k", "secret": "s"}
    bucket = f"bucket-{uuid4().hex}"  # moto's buckets outlive its servers.
    s3fs.S3FileSystem(**options).mkdir(bucket)
    yield Files(f"s3://{bucket}/prefix", tmp_path / "scratch", **options)
    running.stop()


def test_a_result_in_a_bucket_is_seen_whole(site: Site, bucket: Files, put: Put, boxes: Path) -> None:
    remote = replace(site, files=bucket, services={})
    one = put(graph(boxes), at=remote)
    with TestClient(create_app(remote, with_workers=False), base_url="http://127.0.0.1") as client:
        for rest in ("", "/plots", "/events", "/frame", "/zip", "/tables/tracks?sort=score", "/files/run.json"):
            answer = client.get(f"/api/results/{one}{rest}")
            assert answer.status_code == 200, f"{rest}: {answer.text}"
        assert client.get(f"/api/compare?left={one}&right={one}").json()["settings"] == []
        assert client.get(f"/api/results/{one}").json()["files"]


def test_copies_are_made_once_and_the_oldest_go(bucket: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(name.encode() * 100)
        bucket.take(tmp_path / name, f"results/{name}.bin")
    copies = Copies(bucket, tmp_path / "copies", most=250)
    fetched: list[str] = []
    local = bucket.local
    monkeypatch.setattr(bucket, "local", lambda key: fetched.append(key) or local(key))
    for name in ("a", "b", "a", "c", "a"):
        with copies.local(f"results/{name}.bin") as path:
            assert path.read_bytes() == name.encode() * 100
    assert fetched == ["results/a.bin", "results/b.bin", "results/c.bin"]
    assert len(list((tmp_path / "copies").iterdir())) == 2
    with pytest.raises(Refused, match="no such file"), copies.local("results/none.bin"):
        pass
    copies.stop()
    assert not (tmp_path / "copies").exists()
