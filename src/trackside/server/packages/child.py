"""What is done with an uploaded network, in a process of its own: a hostile one can only hang or crash that.

`python -m trackside.server.packages.child VERB ARGUMENTS` prints one line of JSON.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import RGB, ModelError, TracksideError, resized
from trackside.core.findings import Verdict
from trackside.models import Package, Store, add_package, load_package
from trackside.models.check import examine
from trackside.models.runtimes import Runtime, TensorSpec
from trackside.server.packages.wire import check_onnx, check_tflite

# Bytes of memory that a network may take.
_MOST_MEMORY = 12 << 30
_WIDEST = 800
_MOST_WORDS = 5


def read(network: Path) -> dict[str, Any]:
    """The inputs and outputs of a network."""
    runtime = _opened(network)
    seen = _seen(runtime)
    outputs = [{**_told(spec), "shape": seen.get(spec.name, list(spec.shape))} for spec in runtime.outputs]
    return {"inputs": [_told(spec) for spec in runtime.inputs], "outputs": outputs}


def trial(folder: Path, picture: Path, home: Path) -> dict[str, Any]:
    """What the package in a folder makes of a picture."""
    package, image = load_package(folder), _image(picture)
    findings = examine(package)
    words, drawn = "it cannot be tried before this is mended", _small(image)
    if all(finding.verdict is Verdict.OK for finding in findings):
        words, drawn = _tried(package, image, Store(home))
    told = [
        {"check": f.check, "asks": f.asks, "verdict": f.verdict, "says": f.says, "next_step": f.next_step} for f in findings
    ]
    return {"words": words, "picture": _data_url(drawn), "findings": told}


def install(folder: Path, home: Path) -> dict[str, Any]:
    """Put the package in a folder into the store."""
    return {"name": add_package(folder, store=Store(home)).card.name}


def _opened(network: Path) -> Runtime:
    if network.suffix == ".onnx":
        check_onnx(network)
        from trackside.models.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(network)
    check_tflite(network)
    from trackside.models.runtimes.litert import LiteRtRuntime

    return LiteRtRuntime(network)


def _told(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "shape": list(spec.shape), "dtype": str(spec.dtype)}


def _seen(runtime: Runtime) -> dict[str, list[int]]:
    """The outputs' shapes in a run on nothing: files often leave them open. None if it cannot be run without a choice."""
    if any(length is None for spec in runtime.inputs for length in spec.shape[1:]):
        return {}
    try:
        return {name: list(array.shape) for name, array in runtime.warm_up().items()}
    except ModelError:
        return {}


def _image(path: Path) -> RGB:
    import cv2

    try:
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise TracksideError("the file is no picture that can be read", fix="choose a JPEG or PNG of up to 100 megapixels")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def _tried(package: Package, image: RGB, store: Store) -> tuple[str, RGB]:
    match package.card.task:
        case "detection":
            return _detected(package, image)
        case "embedding":
            return _embedded(package, image)
        case _:
            return _posed(package, image, store)


def _detected(package: Package, image: RGB) -> tuple[str, RGB]:
    from trackside.media.annotate import draw_detections
    from trackside.media.canvas import Canvas
    from trackside.perception import Detector

    [found] = Detector(package)([image])
    small = _small(image)
    canvas = Canvas.on(small)
    draw_detections(canvas, replace(found, boxes=found.boxes * _shrunk(image, small)))
    if not len(found):
        return f"nothing found with a score of {package.card.threshold:g} or more", small
    best = [f"{found.label(row)} {found.scores[row]:.2f}" for row in range(min(_MOST_WORDS, len(found)))]
    more = ", ..." if len(found) > _MOST_WORDS else ""
    return f"{len(found)} found: {', '.join(best)}{more}", np.asarray(canvas.image)


def _embedded(package: Package, image: RGB) -> tuple[str, RGB]:
    from trackside.perception import Embedder

    height, width = image.shape[:2]
    [vector] = Embedder(package)(image, np.array([[0, 0, width, height]], np.float32))
    if not np.isfinite(vector).all():
        return "the network gave no direction for this picture", _small(image)
    return f"the picture became a vector of {len(vector)} numbers", _small(image)


def _posed(package: Package, image: RGB, store: Store) -> tuple[str, RGB]:
    from trackside.media.annotate import draw_keypoints
    from trackside.media.canvas import Canvas
    from trackside.perception import PoseEstimator

    if package.card.family == "blazepose-landmarks":
        height, width = image.shape[:2]
        found = PoseEstimator(landmarks=package).on_boxes(image, np.array([[0, 0, width, height]], np.float32))
        people = int((found.scores.max(axis=1, initial=0) > 0).sum())
    elif "blazepose-full" not in store:
        return "install blazepose-full too: it finds the points of the people that this network finds", _small(image)
    else:
        [found] = PoseEstimator(package, store.package("blazepose-full")).estimate([image])
        people = len(found.points)
    small = _small(image)
    canvas = Canvas.on(small)
    draw_keypoints(canvas, replace(found, points=found.points * _shrunk(image, small)))
    return f"{people} {'person' if people == 1 else 'people'} found", np.asarray(canvas.image)


def _small(image: RGB) -> RGB:
    """The picture, at most 800 pixels in either direction."""
    height, width = image.shape[:2]
    scale = min(1.0, _WIDEST / max(height, width))
    return resized(image, max(1, round(width * scale)), max(1, round(height * scale))).copy()


def _shrunk(image: RGB, small: RGB) -> np.float32:
    return np.float32(max(small.shape[:2]) / max(image.shape[:2]))


def _data_url(image: RGB) -> str:
    from trackside.server.videos.pictures import jpeg_of

    return f"data:image/jpeg;base64,{base64.b64encode(jpeg_of(image, _WIDEST)).decode()}"


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits.
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def main() -> None:
    """Do what the command line says."""
    _limit_memory()
    verb, *paths = sys.argv[1:]
    verbs: dict[str, Any] = {"read": read, "trial": trial, "install": install}
    try:
        answer = verbs[verb](*map(Path, paths))
    except TracksideError as error:
        # Without the place, which is a path of ours.
        answer = {"problem": error.what, "fix": error.fix}
    print(f"\n{json.dumps(answer)}", flush=True)


if __name__ == "__main__":
    main()
