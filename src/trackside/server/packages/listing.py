"""Models as lists and cards show them: those of this machine, and those of the zoo that are not here yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trackside.core import ModelError
from trackside.models import ZOO, Store
from trackside.models.card import Card, read_card
from trackside.server.context import Site
from trackside.server.packages.shapes import MetricShape, ModelFull, ModelShape
from trackside.server.packages.usage import used_by
from trackside.server.problems import missing


def all_models(site: Site) -> list[ModelShape]:
    """All models, the installed ones first, by name."""
    counts = used_by(site)
    cards = [(card, True) for card in _installed(site.store)]
    here = {card.name for card, _ in cards}
    cards += [(entry.card, False) for name, entry in sorted(ZOO.items()) if name not in here and not entry.is_sample]
    return [ModelShape(**_summary(card, installed, counts[card.name])) for card, installed in cards]


def one_model(site: Site, name: str) -> ModelFull:
    """A model's card.

    Raises:
        Refused: 404, neither installed nor in the zoo.
        ModelError: its card on this machine is damaged.
    """
    installed = name in site.store
    card = read_card(site.store.folder(name)) if installed else known(name)
    geometry = card.geometry
    return ModelFull(
        **_summary(card, installed, used_by(site)[name]),
        classes=list(card.classes),
        width=geometry.width,
        height=geometry.height,
        threshold=card.threshold,
        source=card.source,
        reference=card.reference,
        metrics=[MetricShape(**metric.model_dump()) for metric in card.metrics],
        files=[entry.model_dump() for entry in card.files],
        card=card.model_dump(mode="json"),
    )


def known(name: str) -> Card:
    """The card of a model of the zoo.

    Raises:
        Refused: 404, there is none.
    """
    if name not in ZOO or ZOO[name].is_sample:
        raise missing("model")
    return ZOO[name].card


def _installed(store: Store) -> Iterator[Card]:
    for name in store.names():
        try:
            yield read_card(store.folder(name))
        except ModelError:  # A damaged one can be pulled or added again.
            continue


def _summary(card: Card, installed: bool, used: int) -> dict[str, Any]:
    fields = ("name", "task", "family", "runtime", "licence", "note")
    size = sum(entry.bytes for entry in card.files)
    return {**{field: getattr(card, field) for field in fields}, "bytes": size, "installed": installed, "used_by": used}
