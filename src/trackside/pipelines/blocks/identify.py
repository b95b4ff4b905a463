"""Telling who is who by looks."""

from __future__ import annotations

from trackside.core import Detections, Embeddings, Image
from trackside.core.units import EmbedderRef
from trackside.perception import load_embedder
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch


@block("identify.embed@1")
def embed_detections(
    images: Batch[Image],
    detections: Batch[Detections],
    *,
    model: EmbedderRef,
) -> Batch[Embeddings]:
    """Describe how each detection looks by a vector; vectors of the same person lie near each other.

    There is no default model: the weights that are freely at hand were trained on data for research only, so whoever uses
    them should choose so.

    Args:
        images: pictures, uint8 [h, w, 3] RGB, any size.
        detections: what was found in them; a box outside the picture gets a vector of NaN, not known.
        model: a package for embedding, such as osnet-x0-25 (for research only).
    """
    vectors = load_embedder(model).many(images, [found.boxes for found in detections])
    return [Embeddings(each) for each in vectors]
