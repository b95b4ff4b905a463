"""Frozen features by an embedding package: an extractor for the scan.

Features of a network trained on ImageNet, never trained further, carry most of what telling classes apart takes (Sharif
Razavian et al. 2014, "CNN features off-the-shelf"). EfficientNet-Lite0 sees 224 pixels, as in its training: on hymenoptera a
probe errs with 4 % of the pictures at 224 pixels, 5 % at 160, 8 % at 128, and 224 cost 4 ms a picture on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, ModelError
from trackside.data.looking import Looked
from trackside.data.scan import Extractor
from trackside.models import Package, open_runtime, resolve
from trackside.models.card import Geometry
from trackside.models.cropping import central_square as central_square, central_window, fitted
from trackside.models.families.embedding import decode_embeddings

PLAIN = "plain"


def embedder(features: str) -> Extractor:
    """The extractor of frozen features that a name means. Its column is `vector`, float16 [n, d], unit length.

    Args:
        features: an installed embedding package, the path of a package folder, or "plain", which needs no network.

    Raises:
        ModelError: the package is not installed (with the command that brings it), unknown, damaged, or no embedding.
    """
    if features == PLAIN:
        from trackside.data.features.plain import PlainFeatures

        return PlainFeatures()
    return Embedder(resolve(features))


class Embedder:
    """One vector a picture, by a network. Safe to call from several threads; each call uses one.

    Args:
        package: of the task `embedding`.

    Attributes:
        name: with the network's hash, so that features of another network are never taken for these.
    """

    def __init__(self, package: Package) -> None:
        if package.card.task != "embedding":
            what = f"answers {package.card.task}, features take an embedding"
            raise ModelError(
                what, where=package.card.name, fix="use efficientnet-lite0, or another package of the task embedding"
            )
        self.package = package
        self.name = f"features-{package.card.name}-{package.sha256[:8]}@1"
        # The scan looks at several pictures at once, so one thread a run is fastest.
        self._runtime = open_runtime(package, threads=1)
        self._input = self._runtime.inputs[0].name

    def __call__(self, looked: Looked) -> dict[str, NDArray[Any]]:
        """Column `vector` float16 [d], unit length; NaN where the network gives no direction."""
        return {"vector": self.embed(looked.rgb).astype(np.float16)}

    def embed(self, rgb: RGB) -> NDArray[np.float32]:
        """The vector of a picture, float32 [d], unit length."""
        tensor = network_input(rgb, self.package.card.geometry)
        fixed = self._runtime.batch or 1
        batch = np.broadcast_to(tensor, (fixed, *tensor.shape)) if fixed > 1 else tensor[None]
        return np.asarray(decode_embeddings(self._runtime.run({self._input: np.ascontiguousarray(batch)}))[0], np.float32)


def network_input(rgb: RGB, geometry: Geometry) -> NDArray[np.float32]:
    """A picture as a network takes it, float32 [3, h, w] or [h, w, 3] as its card says.

    A square network sees the central square, or what of it the card's `crop` says: with the aspect kept, a probe on
    hymenoptera errs with 4.5 % of the pictures instead of 6.1 % stretched. All others without the fit `crop` see the whole
    picture, stretched.
    """
    height, width = rgb.shape[:2]
    middle = geometry.fit == "crop" or geometry.width == geometry.height
    x1, y1, x2, y2 = central_window((width, height), geometry) if middle else (0, 0, width, height)
    small = fitted(rgb[y1:y2, x1:x2], geometry.width, geometry.height)
    if geometry.colour == "BGR":
        small = small[..., ::-1]
    scaled = (small * np.float32(geometry.scale) - np.array(geometry.mean, np.float32)) / np.array(geometry.std, np.float32)
    return np.asarray(scaled.transpose(2, 0, 1) if geometry.layout == "NCHW" else scaled, np.float32)


Embed = Callable[[RGB], NDArray[np.float32]]


def embed_all(pictures: NDArray[np.uint8] | list[RGB], embed: Embed, threads: int = 2) -> NDArray[np.float32]:
    """Vectors of pictures that lie in memory, float32 [n, d], in threads."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return np.stack(list(pool.map(embed, pictures)))


def is_file(features: str) -> bool:
    """Whether a name for features means a table of them."""
    return Path(features).suffix.lower() in {".npy", ".parquet"}
