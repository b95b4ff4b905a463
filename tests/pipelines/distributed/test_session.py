"""Connecting to a cluster that is not there takes a moment and one sentence."""

from __future__ import annotations

import socket
import sys

import pytest

from trackside.core import InputError
from trackside.pipelines.distributed import RayEngine, run_files_on_ray, session
from trackside.pipelines.graph import parse_pipeline

from ..conftest import MakeVideo


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}"], ids=["head", "client"])
def test_an_address_where_nobody_listens_gets_one_sentence(closed_port: int, form: str) -> None:
    pytest.importorskip("ray")
    address = form.format(closed_port)
    with pytest.raises(InputError, match=r"no Ray cluster answers there \(Connection refused\); start one") as caught:
        RayEngine(address=address)
    assert str(caught.value).startswith(address)


def test_a_machine_of_no_cluster_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setattr(session, "_address_of_this_machine", lambda: None)
    with pytest.raises(InputError, match="this machine belongs to no Ray cluster; start one with `ray start --head`"):
        RayEngine(address="auto")


@pytest.mark.parametrize("address", ["nonsense", "host:port", "ray://", ":6379"])
def test_what_is_no_address_is_told_so(address: str) -> None:
    pytest.importorskip("ray")
    with pytest.raises(InputError, match="is no address of a Ray cluster"):
        RayEngine(address=address)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, make_video: MakeVideo) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'trackside\[ray\]'"):
        RayEngine(address="auto")
    video = make_video()
    pipeline = parse_pipeline({"pipeline": "t", "blocks": {"mean": {"use": "toy.mean@1", "images": "source.images"}}})
    with pytest.raises(InputError, match=r"pip install 'trackside\[ray\]'"):
        run_files_on_ray(pipeline, [video], video.parent / "out")
