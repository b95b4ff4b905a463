"""One run is told whole; its files are sent, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.experiments.conftest import Api
from tests.server.experiments.making import Made
from trackside.core import Finding, Report, Verdict

NAN, INF = float("nan"), float("inf")
TAGS = {
    "mlflow.source.git.commit": "a" * 40,
    "mlflow.source.git.branch": "main",
    "mlflow.source.name": "train.py",
    "mlflow.user": "ann",
    "trackside.code.changed": "True",
    "trackside.code.folder": "/gone",
    "trackside.starts": "2",
    "trackside.writer": "pool/7/8",
    "trackside.host": "pool",
    "trackside.cores": "8",
    "trackside.python": "3.12",
    "trackside.torch": "2.9",
    "purpose": "a trial",
}


def file(api: Api, run: str, path: str, **asked: object):  # type: ignore[no-untyped-def]
    return api.client.get(f"/api/experiments/runs/{run}/file", params={"path": path, **asked})


def test_a_run_tells_settings_numbers_code_and_machine(api: Api, made: Made) -> None:
    change = b"--- a\n+++ b\n"
    run = made.run(
        "a", {"rate": 0.1, "seed": 7}, {"loss": [3, NAN, 1, -INF]}, tags=TAGS, files={"code/changes-2.diff": change}
    )
    found = api.get(f"/runs/{run}")
    assert (found["id"], found["name"], found["experiment"], found["status"]) == (run, "a", "poses", "finished")
    assert (found["seed"], found["starts"], found["seconds"], found["settings"]["rate"]) == ("7", 2, 30, "0.1")
    assert found["started"] == "2023-11-14T22:14:20Z" and found["ended"] == "2023-11-14T22:14:50Z"
    [loss] = found["metrics"]
    assert loss == {
        "name": "loss", "lower": True, "points": 4, "step": 3, "not_finite": 2,
        "last": None, "min": None, "max": 3, "odd": "-inf",
    }  # fmt: skip
    code = found["code"]
    assert (code["commit"], code["branch"], code["changed"], code["program"]) == ("a" * 40, "main", True, "train.py")
    assert api.client.get(code["changes"]).content == change
    assert found["machine"] == {"host": "pool", "cores": "8", "user": "ann"}
    assert found["versions"] == {"python": "3.12", "torch": "2.9"}
    assert found["tags"] == {"purpose": "a trial"}


def test_a_run_of_which_little_is_known_is_told_too(api: Api, made: Made) -> None:
    found = api.get(f"/runs/{made.run('bare', status='RUNNING')}")
    assert (found["seconds"], found["ended"], found["metrics"], found["files"], found["reports"]) == (None, None, [], [], [])
    assert found["code"]["commit"] == found["code"]["changes"] == found["seed"] == ""


def test_files_are_listed_and_sent(api: Api, made: Made) -> None:
    content = {"a.png": b"png", "more/clip é (1).mp4": b"0123456789", "more/deep/table.csv": b"a,b\n", "model": b"?"}
    run = made.run("a", files=content)
    files = {one["path"]: one for one in api.get(f"/runs/{run}")["files"]}
    assert {path: one["kind"] for path, one in files.items()} == {
        "a.png": "picture",
        "model": "other",
        "more/clip é (1).mp4": "video",
        "more/deep/table.csv": "table",
    }
    for path, one in files.items():
        answer = api.client.get(one["address"])
        assert answer.content == content[path] and len(answer.content) == one["bytes"]
        assert answer.headers["content-type"] == one["media_type"]
    part = api.client.get(files["more/clip é (1).mp4"]["address"], headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert "content-disposition" not in part.headers
    saved = file(api, run, "more/clip é (1).mp4", download=True).headers["content-disposition"]
    assert saved.startswith('attachment; filename="clip _ (1).mp4"')


def test_pages_and_pictures_run_as_strangers_or_not_at_all(api: Api, made: Made) -> None:
    run = made.run("a", files={"a.html": b"<script>1</script>", "a.svg": b"<svg/>", "a.log": b"<b>", "a.xhtml": b"<html/>"})
    page, drawing, log, other = (file(api, run, f"a.{suffix}") for suffix in ("html", "svg", "log", "xhtml"))
    assert page.headers["content-security-policy"].startswith("sandbox allow-scripts allow-downloads; default-src 'none'")
    for answer in (drawing, log, other):
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert log.headers["content-type"].startswith("text/plain")
    assert other.headers["content-type"] == "application/octet-stream"


def test_nothing_but_files_of_the_run_is_sent(api: Api, made: Made, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    run, other = made.run("a", files={"a.txt": b"mine", "more/b.txt": b"b"}), made.run("b", files={"c.txt": b"theirs"})
    root = made.folder / "artifacts" / run / "artifacts"
    (root / "link.txt").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    assert file(api, run, "a.txt").content == b"mine"
    for path in (
        "../../../mlflow.db", "more/../a.txt", "more/../../a.txt", str(secret), f"/{secret}",
        f"../../{other}/artifacts/c.txt", "link.txt", "folder/secret.txt", "loop", "more", ".", "..", "/", "./a.txt/..",
        "gone.txt", "x" * 900,
        "..\\..\\mlflow.db", "%2e%2e/a.txt",
    ):  # fmt: skip
        assert file(api, run, path).status_code == 404, path
    assert file(api, run, "a\0b").status_code == 422
    assert file(api, run, "").status_code == 422
    assert [one["path"] for one in api.get(f"/runs/{run}")["files"]] == ["a.txt", "more/b.txt"]


@pytest.mark.parametrize("place", ["", "file://", "relative:"])
def test_a_store_cannot_name_other_folders_of_the_machine(api: Api, made: Made, tmp_path: Path, place: str) -> None:
    """Whoever may write into a shared store is not given this machine's files."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.txt").write_text("secret")
    run = made.run("a", artifacts=f"{place.removeprefix('relative:')}{tmp_path / 'private'}")
    assert api.get(f"/runs/{run}")["files"] == []
    assert file(api, run, "key.txt").status_code == 404


def test_a_run_s_folder_may_not_be_a_link_to_another(api: Api, made: Made, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.txt").write_text("secret")
    run = made.run("a")
    (made.folder / "artifacts" / run).mkdir(parents=True)
    (made.folder / "artifacts" / run / "artifacts").symlink_to(tmp_path / "private")
    assert api.get(f"/runs/{run}")["files"] == []
    assert file(api, run, "key.txt").status_code == 404


def test_files_of_a_store_that_was_moved_are_found_beside_it(api: Api, made: Made) -> None:
    run = made.run("a", files={"a.txt": b"moved"}, artifacts=f"file:///gone/artifacts/{1:032x}/artifacts")
    assert file(api, run, "a.txt").content == b"moved"


def test_files_elsewhere_are_said_to_be_there(api: Api, made: Made) -> None:
    found = api.get(f"/runs/{made.run('a', artifacts='s3://key@bucket/x')}")
    assert "lie elsewhere (s3)" in found["files_note"] and "key" not in found["files_note"]


def test_reports_among_the_files_are_told_with_their_verdict(api: Api, made: Made) -> None:
    report = Report(
        "pre-flight of <set>", (Finding("start", "?", Verdict.OK, "x"), Finding("inputs", "?", Verdict.WARN, "y"))
    )
    saved = report.to_json().encode()
    run = made.run(
        "a",
        files={
            "reports/preflight.json": saved,
            "reports/preflight.html": b"page",
            "reports/alone.json": saved,
            "other.json": b'{"title": 1}',
            "other.html": b"other",
            "broken.json": b"{",
            "broken.html": b"",
        },
    )
    [told] = api.get(f"/runs/{run}")["reports"]
    assert (told["name"], told["title"], told["verdict"]) == ("preflight", "pre-flight of <set>", "warn")
    assert told["counts"] == {"warn": 1, "ok": 1}
    assert api.client.get(told["page"]).content == b"page" and api.client.get(told["facts"]).content == saved


def test_ids_that_are_none_are_refused(api: Api, made: Made) -> None:
    made.run("a")
    for wrong in ("a", "0" * 31, "g" * 32, "%", "A" * 32):
        assert api.client.get(f"/api/experiments/runs/{wrong}").status_code == 422, wrong
    for rest in ("", "/curves", "/file"):
        assert api.refused(f"/runs/{'f' * 32}{rest}", path="a")[0] == 404
