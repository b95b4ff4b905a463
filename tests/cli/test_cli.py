"""The command as its user meets it: a real process, real exit codes, one-sentence errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import trackside


def run_cli(*words: str, home: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {"COLUMNS": "200", "TRACKSIDE_MODEL_MIRROR": "", **environment}
    if home is not None:
        environment["TRACKSIDE_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "trackside.cli.main", *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )


def test_help_names_every_command() -> None:
    said = run_cli("--help")
    assert said.returncode == 0
    for command in ("run", "demo", "pipelines", "blocks", "models"):
        assert command in said.stdout


def test_version() -> None:
    assert run_cli("--version").stdout.strip() == f"trackside {trackside.__version__}"


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, trackside.cli.main, trackside.pipelines, trackside.perception, trackside.media, trackside.models;"
        "heavy = {'torch', 'numpy', 'cv2', 'av', 'onnxruntime', 'pyarrow', 'scipy', 'plotly', 'pydantic'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "[]", said.stderr


def test_a_list_in_a_file_has_one_line_a_row() -> None:
    from trackside.pipelines.block import BLOCKS

    lines = run_cli("blocks", "list", COLUMNS="").stdout.splitlines()
    ours = [
        name for name, spec in BLOCKS.items() if spec.target.__module__.startswith("trackside.")
    ]  # No other test's toys.
    assert [line.split()[0] for line in lines[1:]] == ours


def test_blocks_and_pipelines_are_listed_and_shown() -> None:
    assert "detect.objects@1" in run_cli("blocks", "list").stdout
    assert "| `overlap` | `0.5` | 0 to 1 |" in run_cli("blocks", "show", "detect.objects").stdout
    assert "count-people" in run_cli("pipelines", "list").stdout
    assert "use: detect.objects@1" in run_cli("pipelines", "show", "count-people").stdout


def test_a_new_pipeline_checks_in_silence_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert run_cli("pipelines", "new", str(path)).returncode == 0
    checked = run_cli("pipelines", "check", str(path), home=tmp_path)
    assert checked.returncode == 0
    assert "nothing wrong" in checked.stdout
    assert "not installed: trackside models pull fastestdet" in checked.stdout
    again = run_cli("pipelines", "new", str(path))
    assert again.returncode == 1
    assert again.stderr.strip() == f"error: {path}: exists already; give another name"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "count-peple", "x.mp4"), "error: no pipeline named 'count-peple'; did you mean 'count-people'?"),
        (("run", "none.yaml", "x.mp4"), "error: none.yaml: cannot read the pipeline (No such file or directory)"),
        (("blocks", "show", "detect.objcts"), "error: unknown block 'detect.objcts'; did you mean"),
        (("models", "show", "fastestdt"), "error: unknown model 'fastestdt'; did you mean 'fastestdet'?"),
        (("run", "count-people", "x.mp4", "-s", "detect"), "error: 'detect' sets nothing; write --set block.setting=value"),
        (("run", "count-people", "x.mp4", "-s", "dtect.model=x"), "nothing to set at 'dtect.model'"),
        (("run", "count-people", "x.mp4", "-s", "detect.threshold=2"), "detect.threshold"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_traceback(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    found = run_cli(*words, home=tmp_path)
    assert found.returncode == 1
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_debug_shows_the_traceback() -> None:
    assert "Traceback" in run_cli("run", "count-peple", "x.mp4", "--debug").stderr


def test_offline_and_absent_is_one_sentence_with_the_command_that_helps(tmp_path: Path) -> None:
    video = tmp_path / "x.mp4"
    video.write_bytes(b"")
    # A proxy that does not answer stands for no internet.
    found = run_cli("run", "count-people", str(video), home=tmp_path, HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="")
    assert found.returncode == 1
    assert "trackside models pull fastestdet" in found.stderr
    assert "TRACKSIDE_MODEL_MIRROR" in found.stderr


def test_run_counts_people_in_a_real_video(vtest: Path, shared_models: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("run", "count-people", str(vtest), "-o", str(out), "-s", "source.end=3")
    found = run_cli(*words, home=tmp_path, TRACKSIDE_MODEL_MIRROR=str(shared_models))
    assert found.returncode == 0, found.stderr
    assert "1 of 1 finished" in found.stdout
    names = {path.name for path in (out / "vtest").iterdir()}
    assert {"annotated.mp4", "tracks.csv", "zones-counts.parquet", "zones-events.csv", "summary.html", "run.json"} <= names
    again = run_cli(*words, home=tmp_path)
    assert "done earlier" in again.stdout


def test_run_needs_no_torch(vtest: Path, shared_models: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "class NoTorch:\n"
        "    def find_spec(self, name, *rest):\n"
        "        assert name.partition('.')[0] != 'torch', 'torch was imported'\n"
        "sys.meta_path.insert(0, NoTorch())\n"
        "import trackside\n"
        "from trackside.models import pull\n"
        "pull('fastestdet')\n"
        f"video, out = {str(vtest)!r}, {str(tmp_path / 'out')!r}\n"
        "result = trackside.run('count-people', video, out, settings={'source.end': 0.5})\n"
        "print(result.tables['tracks'].num_rows > 0)\n"
    )
    environment = {**os.environ, "TRACKSIDE_HOME": str(tmp_path), "TRACKSIDE_MODEL_MIRROR": str(shared_models)}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment)
    assert said.stdout.strip() == "True", said.stderr


def test_a_device_that_is_not_there_falls_back_and_says_so(vtest: Path, shared_models: Path, tmp_path: Path) -> None:
    words = ("run", "count-people", str(vtest), "-o", str(tmp_path / "out"), "-s", "source.end=0.5", "--device", "tensorrt")
    found = run_cli(*words, home=tmp_path, TRACKSIDE_MODEL_MIRROR=str(shared_models))
    assert found.returncode == 0, found.stderr
    assert "this ONNX Runtime has no tensorrt provider, so the processor is used" in found.stdout


def test_an_unknown_device_offers_the_nearest(vtest: Path, shared_models: Path, tmp_path: Path) -> None:
    words = ("run", "count-people", str(vtest), "-o", str(tmp_path / "out"), "--device", "cda")
    found = run_cli(*words, home=tmp_path, TRACKSIDE_MODEL_MIRROR=str(shared_models))
    assert found.returncode == 1
    assert "error: unknown provider 'cda'; did you mean 'cuda'?" in found.stderr


def test_names_in_errors_cannot_change_the_screen() -> None:
    said = run_cli("data", "show", "gone\x1b[2J.csv").stderr
    assert "gone [2J.csv" in said and "\x1b[2J" not in said


@pytest.mark.parametrize("command", ["train pictures", "preflight pictures", "diagnose script.py"])
def test_without_pytorch_a_command_of_the_lab_says_what_brings_it(tmp_path, command):
    (tmp_path / "script.py").write_text("import sys\n")
    for name in ("ants", "bees"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "pictures" / name / "one.png"), np.full((8, 8, 3), 90, np.uint8))
    hidden = "import sys; sys.modules['torch'] = None; from trackside.cli.main import main; main()"
    told = subprocess.run([sys.executable, "-c", hidden, *command.split()], cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stderr == "error: this needs torch; pip install 'trackside[train]'\n"
