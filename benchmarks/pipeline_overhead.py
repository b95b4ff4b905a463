"""Claim: a pipeline costs little more than decoding and inference themselves, and much less than the loop one would write.

On 795 frames of 768 x 576 (`vtest.avi`), without annotated video, *count people in zones*:
- ours: the pipeline as `trackside run` runs it, tables and summary written;
- ideal: decoding alone and inference alone, CPU seconds of both, spread over the cores;
- the loop: OpenCV-backed `supervision` video frames, the same ONNX file in an ONNX Runtime session with its defaults, the
  same decoding of the network's output vectorised in NumPy, `sv.Detections` with NMS, ByteTrack of `trackers`, two
  `sv.PolygonZone`s.
And once more without a model, with the boxes of the first run given to both.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import onnxruntime as ort
import supervision as sv
from trackers import ByteTrackTracker

from benchmarks.harness import Claim, Timing, in_turns, median, ratios, report
from trackside.core import Detections
from trackside.core.motchallenge import write_mot
from trackside.models import pull
from trackside.pipelines import Pipeline, RunOptions, find_pipeline, run_files
from trackside.pipelines.engine import cores

SHARED = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
VIDEO = SHARED / "data" / "opencv_vtest" / "vtest.avi"
# The loop with its spinning threads varies by a third from round to round: medians of three gave 1.48, 1.58 and 1.83.
ROUNDS = 9
THRESHOLD = 0.35
OVERLAP = 0.5
PERSON = 0
ZONES = [np.array([[0, 0], [384, 0], [384, 576], [0, 576]]), np.array([[384, 0], [768, 0], [768, 576], [384, 576]])]


def main() -> None:
    """Measure all three cases and report."""
    if not VIDEO.exists():
        sys.exit(f"needs {VIDEO}; set TRACKSIDE_TEST_DATA to the folder that holds data/opencv_vtest/vtest.avi")
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory() as folder:
        for model, size, decode in (("fastestdet", 352, decode_fastestdet), ("yolox-nano", 416, decode_yolox)):
            times = measure_model(model, size, decode, Path(folder))
            rows += table_rows(model, times)
            ideal = [(d.cpu + i.cpu) / cores() for d, i in zip(times["decode"], times["inference"], strict=True)]
            ours, loop = ([t.wall for t in times[name]] for name in ("ours", "loop"))
            claims.append(Claim(f"{model}: ours / CPU-limited ideal", ratios(ours, ideal), "ratio", "<= 1.10"))
            claims.append(Claim(f"{model}: loop / ours", ratios(loop, ours), "ratio", ">= 1.5"))
        times = measure_boxes(Path(folder))
        rows += table_rows("boxes given", times)
        ours, loop = ([t.wall for t in times[name]] for name in ("ours", "loop"))
        claims.append(Claim("boxes given: loop / ours", ratios(loop, ours), "ratio", ">= 1.7"))
    report("pipeline_overhead", rows, claims, method=" ".join(__doc__.split()))


def table_rows(case: str, times: dict[str, list[Timing]]) -> Iterator[dict[str, Any]]:
    """One row for each thing timed."""
    for name, found in times.items():
        wall = median([t.wall for t in found])
        yield {"case": case, "what": name, "wall s": wall, "cpu s": median([t.cpu for t in found]), "frames/s": 795 / wall}


def measure_model(model: str, size: int, decode: Callable[..., Any], folder: Path) -> dict[str, list[Timing]]:
    """The pipeline, the loop, and decoding and inference alone."""
    network = pull(model).network
    session = ort.InferenceSession(str(network), providers=["CPUExecutionProvider"])
    alone = one_thread_session(network)
    picture = np.random.default_rng(0).random((1, 3, size, size), np.float32)
    name = session.get_inputs()[0].name
    pipeline = count_people({"detect.model": model})
    calls = {
        "ours": lambda: run_ours(pipeline, folder),
        "loop": lambda: run_loop(model_boxes(session, size, decode, stretch=model == "fastestdet")),
        "decode": decode_all,
        "inference": lambda: [alone.run(None, {name: picture}) for _ in range(795)],
    }
    run_ours(pipeline.with_settings({"source.end": 1.0}), folder)  # loads the model, as the sessions above are loaded
    return in_turns(calls, ROUNDS)


def measure_boxes(folder: Path) -> dict[str, list[Timing]]:
    """The pipeline and the loop with the same precomputed boxes."""
    result = run_files(count_people({"detect.threshold": THRESHOLD}, save=["detect"]), [VIDEO], folder / "boxes")
    table = result.tables["detections"].to_pydict()
    boxes = np.stack([table[c] for c in ("x1", "y1", "x2", "y2")], axis=1).astype(np.float32)
    frames, scores = np.array(table["frame"]), np.array(table["score"], np.float32)
    found = {f: Detections(boxes[frames == f], scores[frames == f], np.zeros(np.sum(frames == f))) for f in range(795)}
    path = folder / "det.txt"
    write_mot(path, {frame + 1: one for frame, one in found.items()})
    settings = {"use": "detect.from_file@1", "path": str(path)}
    data = count_people({}).model_dump(mode="json")
    data["blocks"]["detect"] = settings
    pipeline = Pipeline.model_validate(data)
    given = [sv.Detections(one.boxes, confidence=one.scores, class_id=one.classes) for one in found.values()]
    calls = {"ours": lambda: run_ours(pipeline, folder), "loop": lambda: run_loop(lambda index, _: given[index])}
    return in_turns(calls, ROUNDS)


def count_people(settings: dict[str, Any], save: list[str] | None = None) -> Pipeline:
    """The template without drawing: tracks, counts and events."""
    data = find_pipeline("count-people").model_dump(mode="json")
    data["blocks"].pop("draw")
    data["blocks"].pop("line")
    data["blocks"].setdefault("source", {"use": "source.media@1"})
    data["save"] = save or ["track.tracks", "zones.counts", "zones.events"]
    return Pipeline.model_validate(data).with_settings(settings)


def run_ours(pipeline: Pipeline, folder: Path) -> None:
    """The pipeline over the file, as the command line runs it."""
    result = run_files(pipeline, [VIDEO], folder / "ours", RunOptions(fresh=True))
    assert result.ok, result.files[0].error


def decode_all() -> None:
    """Every frame, decoded and dropped."""
    with av.open(str(VIDEO)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert sum(1 for _ in container.decode(stream)) == 795


def one_thread_session(network: Path) -> ort.InferenceSession:
    """A session whose CPU time is the network's and not that of threads that spin."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


Boxes = Callable[[int, Any], sv.Detections]


def run_loop(boxes: Boxes) -> None:
    """What one would write with supervision and trackers."""
    tracker = ByteTrackTracker(frame_rate=10)
    zones = [sv.PolygonZone(polygon=polygon) for polygon in ZONES]
    counts = []
    for index, frame in enumerate(sv.get_video_frames_generator(str(VIDEO))):
        tracked = tracker.update(boxes(index, frame))
        for zone in zones:
            zone.trigger(tracked)
        counts.append([zone.current_count for zone in zones])
    assert len(counts) == 795


def model_boxes(session: ort.InferenceSession, size: int, decode: Callable[..., Any], *, stretch: bool) -> Boxes:
    """Resize, infer, decode, suppress: BGR frames as OpenCV gives them, which both networks take."""
    name = session.get_inputs()[0].name

    def boxes(_: int, frame: Any) -> sv.Detections:
        height, width = frame.shape[:2]
        scale = (width / size, height / size) if stretch else (max(width, height) / size,) * 2
        fitted = (round(width / scale[0]), round(height / scale[1]))
        canvas = np.full((size, size, 3), 114, np.uint8)
        canvas[: fitted[1], : fitted[0]] = cv2.resize(frame, fitted)
        tensor = canvas.transpose(2, 0, 1)[None].astype(np.float32)
        [output] = session.run(None, {name: tensor / 255 if stretch else tensor})
        xyxy, scores = decode(output[0], size)
        keep = scores >= THRESHOLD
        found = sv.Detections(
            xyxy[keep] * np.array(scale * 2, np.float32), confidence=scores[keep], class_id=np.zeros(keep.sum(), int)
        )
        return found.with_nms(OVERLAP)

    return boxes


def decode_fastestdet(output: Any, size: int) -> tuple[Any, Any]:
    """Boxes and person scores of every cell, from the network's published decoding."""
    _, rows, columns = output.shape
    y, x = np.mgrid[:rows, :columns]
    scores = output[0] ** 0.6 * output[5 + PERSON] ** 0.4
    cx, cy = (x + np.tanh(output[1])) / columns * size, (y + np.tanh(output[2])) / rows * size
    w, h = (1 / (1 + np.exp(-output[k])) * size for k in (3, 4))
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], axis=-1)
    best = output[5:].argmax(axis=0) == PERSON
    return boxes[best].astype(np.float32), scores[best].astype(np.float32)


def decode_yolox(output: Any, size: int) -> tuple[Any, Any]:
    """Boxes and person scores of every cell, from the network's published decoding."""
    grids, strides = [], []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: size // stride, : size // stride]
        grids.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((len(grids[-1]), 1), stride))
    grid, stride_of = np.concatenate(grids), np.concatenate(strides)
    centre, extent = (output[:, :2] + grid) * stride_of, np.exp(output[:, 2:4]) * stride_of
    boxes = np.concatenate([centre - extent / 2, centre + extent / 2], axis=1)
    best = output[:, 5:].argmax(axis=1) == PERSON
    return boxes[best].astype(np.float32), (output[:, 4] * output[:, 5 + PERSON])[best]


if __name__ == "__main__":
    main()
