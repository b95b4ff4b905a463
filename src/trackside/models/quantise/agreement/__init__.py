"""How far two networks give the same answers to the same pictures."""

from __future__ import annotations

from trackside.models.quantise.agreement.boxes import BoxAgreement, compare_boxes
from trackside.models.quantise.agreement.vectors import VectorAgreement, compare_vectors

__all__ = ["BoxAgreement", "VectorAgreement", "compare_boxes", "compare_vectors"]
