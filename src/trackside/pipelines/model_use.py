"""The models that blocks name: which there are, and whether they can do what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from trackside.core import ModelError, Problem, nearest
from trackside.core.units import ClassesOf, Task, Unit
from trackside.models import ZOO, resolve
from trackside.models.card import Card
from trackside.pipelines.plan import Node

T = TypeVar("T")


def models_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The models that blocks use, each once."""
    return tuple(dict.fromkeys(getattr(node.settings, setting) for node in nodes for setting in _model_settings(node)))


def wrong_models(nodes: Iterable[Node]) -> Iterator[Problem]:
    """Models that are neither installed nor in the zoo nor a package folder, that are for another task, or that do not know
    the classes asked for. One of the zoo may still have to be brought."""
    for node in nodes:
        cards = {}
        for setting in _model_settings(node):
            try:
                cards[setting] = card = _card(getattr(node.settings, setting))
            except ModelError as error:
                yield Problem(error.what, error.fix, node.name, setting)
                continue
            task = _meta(node, setting, Task)
            if task and card.task != task.name:
                others = ", ".join(name for name in ZOO if ZOO[name].task == task.name)
                fix = f"choose {others or f'a package of the task {task.name}'}"
                yield Problem(f"{card.name} is for {card.task}, not {task.name}", fix, node.name, setting)
        yield from _unknown_classes(node, cards)


def _unknown_classes(node: Node, cards: dict[str, Card]) -> Iterator[Problem]:
    for setting in type(node.settings).model_fields:
        meta = _meta(node, setting, ClassesOf)
        card = cards.get(meta.setting) if meta else None
        if card is None or not card.classes:
            continue
        for name in getattr(node.settings, setting):
            if name not in card.classes:
                yield Problem(f"{card.name} knows no class {name!r}", nearest(name, card.classes), node.name, setting)


def _model_settings(node: Node) -> list[str]:
    fields = type(node.settings).model_fields
    return [name for name in fields if (unit := _meta(node, name, Unit)) and unit.symbol == "model"]


def _meta(node: Node, setting: str, kind: type[T]) -> T | None:
    metadata = type(node.settings).model_fields[setting].metadata
    return next((meta for meta in metadata if isinstance(meta, kind)), None)


def _card(name: str) -> Card:
    try:
        return resolve(name).card
    except ModelError:
        if name in ZOO and not ZOO[name].is_sample:
            return ZOO[name].card
        raise
