"""What a quantised package says of itself: its card, and the facts of its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from trackside.core.files import sha256_of
from trackside.models.card import Card, FileEntry, Metric, Quantised
from trackside.models.package import Package
from trackside.models.quantise.agreement import BoxAgreement, VectorAgreement
from trackside.models.quantise.pictures import Pictures
from trackside.models.quantise.settings import Settings

Agreement: TypeAlias = BoxAgreement | VectorAgreement


def facts_of(
    parent: Package, network: Path, pictures: Pictures, settings: Settings, layers: int, kept: tuple[str, ...]
) -> dict[str, str]:
    """What a reader must know to repeat it, name to text.

    Args:
        parent: what was quantised.
        network: the INT8 network.
        pictures: calibrated and measured with.
        settings: how.
        layers: how many could have been quantised.
        kept: those that were given back to FP32, worst first.
    """
    size, before = network.stat().st_size, parent.network.stat().st_size
    at_fp32 = f"{len(kept)} of {layers}"
    return {
        "calibrated with": f"{len(pictures.calibration)} pictures of {', '.join(pictures.footage)}",
        "method": settings.method,
        "laid out for": settings.target,
        "layers at FP32": f"{at_fp32}: {', '.join(kept)}" if kept else at_fp32,
        "size": f"{size / 1e6:.1f} MB, FP32 {before / 1e6:.1f} MB",
        **{f"note {number}": note for number, note in enumerate(pictures.notes, 1)},
    }


def card_for(
    parent: Package,
    name: str,
    network: Path,
    pictures: Pictures,
    settings: Settings,
    agreement: Agreement,
    kept: tuple[str, ...],
) -> Card:
    """The card of the new package: the parent's, with how it was made and what that changed."""
    card = parent.card
    held = f"{len(pictures.held_out)} held-out pictures of {', '.join(pictures.footage)}"
    how = Quantised(
        parent=card.name,
        parent_sha256=parent.sha256,
        method=settings.method,
        target=settings.target,
        frames=len(pictures.calibration),
        frames_sha256=pictures.sha256,
        held_out=len(pictures.held_out),
        footage=pictures.footage,
        kept=(*settings.exclude, *kept),
    )
    changes: dict[str, Any] = {
        "name": name,
        "precision": "int8",
        "quantised": how,
        # The parent's own figures were measured in FP32 and are not this network's.
        "metrics": _metrics(agreement, card, held),
        "source": f"quantised from {card.name} (sha256 {parent.sha256})",
        "files": (FileEntry(name=f"{name}.onnx", sha256=sha256_of(network), bytes=network.stat().st_size),),
    }
    return Card.model_validate({**card.model_dump(exclude=set(changes)), **changes})


def _metrics(agreement: Agreement, card: Card, data: str) -> tuple[Metric, ...]:
    """The measured change, where it could be measured."""
    if isinstance(agreement, BoxAgreement):
        kept = agreement.kept.share
        values = {"AP50": agreement.ap50, "AP50:95": agreement.ap, "boxes found again": kept, "new boxes": agreement.new}
        values |= {f"{size} boxes found again": each.share for size, each in agreement.by_size.items()}
    elif card.task == "classification":
        values = {"same class": agreement.score}
    else:
        values = {"cosine": agreement.score, "same nearest picture": agreement.neighbours}
    source = f"trackside models quantise, {card.name} in FP32 as the reference"
    return tuple(
        Metric(name=f"agreement: {name}", value=round(value, 4), data=data, source=source)
        for name, value in values.items()
        if np.isfinite(value)
    )
