"""Faces as vectors: any embedding package behind one call, on aligned faces."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Image, ModelError, as_rgb
from trackside.models import Package
from trackside.models.families.embedding import decode_embeddings
from trackside.perception.faces.align import aligned, similarity
from trackside.perception.reid import Embedder

# Raised whenever faces are aligned otherwise than before, because the vectors change with it.
_ALIGNMENT = "umeyama-arcface-1"
_MOST_FACES = 16

_cache: dict[tuple[str, int, str | None], FaceDescriber] = {}
_lock = threading.Lock()


class FaceDescriber:
    """Turns faces into vectors that point the same way where they show one person. Safe to call from several threads.

    Args:
        model: a package for embedding whose input is a square, the name of one, or a path to its folder.
        threads: threads within one run of the network.
        provider: what executes it, see `open_runtime`.

    Raises:
        ModelError: the model is unknown, absent, damaged, makes no embeddings, or takes no squares.

    Attributes:
        side: of the aligned faces that it takes, pixels.
        dim: the length of a vector, d.
        tag: names the network and all that is done to a face before it; vectors of different tags never compare.
    """

    def __init__(self, model: Package | str, threads: int = 1, provider: str | None = None) -> None:
        self._embedder = Embedder(model, threads, provider)
        card = self._embedder.package.card
        if card.geometry.width != card.geometry.height:
            size = f"{card.geometry.width} x {card.geometry.height}"
            raise ModelError(f"{card.name} takes {size} pixels, aligned faces are squares", fix="choose a model for faces")
        self.side, self.dim = card.geometry.width, self._embedder.dim
        facts = [self._embedder.package.sha256, card.geometry.model_dump(mode="json"), _ALIGNMENT]
        self.tag = f"{card.name}:{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]}"

    def __call__(self, image: Image, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """One vector a face.

        Args:
            image: any size.
            points: float32 [n, 5, 2] of the skeleton `face5`, in its pixels.

        Returns:
            float32 [n, d], unit length; a row of NaN where the points make no face.
        """
        matrices = similarity(points, self.side)
        rows = np.flatnonzero(np.isfinite(matrices).all(axis=(1, 2)))
        found = np.full((len(matrices), self.dim), np.nan, np.float32)
        picture = as_rgb(image) if len(rows) else None
        if picture is not None:
            found[rows] = self.aligned([aligned(picture, matrices[row], self.side) for row in rows])
        return found

    def aligned(self, crops: Sequence[RGB]) -> NDArray[np.float32]:
        """One vector a face that is aligned already, uint8 [side, side, 3]; float32 [n, d], unit length."""
        step = self._embedder.runtime.batch or _MOST_FACES
        found = np.empty((len(crops), self.dim), np.float32)
        for start in range(0, len(crops), step):
            part = crops[start : start + step]
            vectors = decode_embeddings(self._embedder.run(self._embedder.prepare(part)))
            found[start : start + len(part)] = vectors[: len(part)]
        return found


def load_describer(model: str, threads: int = 1, provider: str | None = None) -> FaceDescriber:
    """The process's one describer for this model and these settings."""
    key = (model, threads, provider)
    with _lock:
        if key not in _cache:
            _cache[key] = FaceDescriber(*key)
        return _cache[key]
