"""The packages in a pipeline, on the sports video of `make demo`: real people, who do none of the eleven poses."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import blocks  # noqa: F401 - pipelines find the block in it
import cv2
import numpy as np
import yaml

import trackside
from trackside.models import fetch_sample
from trackside.pipelines.blocks.classify import UNSURE

PIPELINE = Path(__file__).with_name("pipeline.yaml")
_SHOWN = 3
# As in the pipeline: below this probability a pose counts as unsure.
_SURE = 0.8


def film(out: Path, package: Path, small: Path, seconds: float) -> list[tuple[str, str]]:
    """Run the pipeline over the first seconds of the video; what to tell of its tables.

    Args:
        out: results go to `out/video`.
        package: the folder of the classification package.
        small: the folder of the network on body points.
        seconds: of the video.
    """
    video = fetch_sample("sports2d-demo")
    models = {"name.model": str(package.resolve()), "points.model": str(small.resolve()), "source.end": seconds}
    result = trackside.run(yaml.safe_load(PIPELINE.read_text("utf-8")), video, out / "video", settings=models)
    names = result.tables["detections"].to_pylist()
    points = result.tables["poses"].to_pylist()
    _stills(result.files[0].videos[0], out)
    by_picture = [row["class"] for row in names if row["class"] != UNSURE]
    by_points = [row["pose"] for row in points if row["probability"] >= _SURE]
    return [
        ("video: people named by their picture", f"{len(names)} times in {seconds:g} s"),
        ("video: false calls with 80 % or more, by the picture", _counted(by_picture, len(names))),
        ("video: false calls with 80 % or more, by body points", _counted(by_points, len(points))),
    ]


def _counted(names: list[str], total: int) -> str:
    most = ", ".join(f"{name} {count}" for name, count in Counter(names).most_common(3))
    return f"{len(names)} of {total}{f' ({most})' if most else ''}"


def _stills(video: Path, out: Path) -> None:
    """A few pictures of the annotated video, evenly spread."""
    reader = cv2.VideoCapture(str(video))
    count = int(reader.get(cv2.CAP_PROP_FRAME_COUNT))
    for number, place in enumerate(np.linspace(0, max(count - 2, 0), _SHOWN).astype(int), start=1):
        reader.set(cv2.CAP_PROP_POS_FRAMES, int(place))
        done, image = reader.read()
        if done:
            cv2.imwrite(str(out / f"video-{number}.png"), image)
    reader.release()
