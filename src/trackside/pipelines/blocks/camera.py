"""What the camera does."""

from __future__ import annotations

from trackside.core import Affine, Detections, Image
from trackside.perception import CameraMotion
from trackside.pipelines.block import block


@block("camera.motion@1")
class MeasureCameraMotion:
    """Measure from the background how the camera panned, rolled and zoomed since the last picture.

    Where that cannot be told (first picture, a cut, a blank picture), the camera counts as still.

    Args:
        images: the pictures of the video.
        objects: people and things that move by themselves, to be left out; without them, the background must fill most of
            the picture.
    """

    def __init__(self) -> None:
        self._camera = CameraMotion()

    def __call__(self, images: Image, objects: Detections | None = None) -> Affine:
        return self._camera.update(images, None if objects is None else objects.boxes)
