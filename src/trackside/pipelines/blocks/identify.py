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
    """Describe how each person or thing looks, so that it can be known again after it was out of sight.

    A description is a row of numbers (a vector); those of one person are alike. No model is chosen beforehand: those that
    are freely at hand were trained on data for research only, so whoever uses one should decide to.

    Args:
        images: the pictures that they were found in.
        detections: what was found in them; whatever lies outside the picture gets no description.
        model: the model that describes looks, such as osnet-x0-25 (for research only).
    """
    vectors = load_embedder(model).many(images, [found.boxes for found in detections])
    return [Embeddings(each) for each in vectors]
