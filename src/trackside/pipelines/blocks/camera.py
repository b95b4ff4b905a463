"""What the camera does."""

from __future__ import annotations

from trackside.core import Affine, Detections, Image
from trackside.perception import CameraMotion
from trackside.pipelines.block import block


@block("camera.motion@1")
class MeasureCameraMotion:
    """Measure how the camera panned, rolled and zoomed since the last picture, from the background.

    Where it cannot be told (first picture, cut, blank picture) it counts as still.

    Args:
        images: pictures of one video, uint8 [h, w, 3] RGB, any size.
        objects: what moves by itself and is not to be looked at; without it, the background must fill most of the picture.
    """

    def __init__(self) -> None:
        self._camera = CameraMotion()

    def __call__(self, images: Image, objects: Detections | None = None) -> Affine:
        return self._camera.update(images, None if objects is None else objects.boxes)
