"""A network of the zoo with its batch freed, as `trackside models free-batch` makes it."""

from __future__ import annotations

from trackside.core import ModelError
from trackside.models import resolve
from trackside.models.batching import SUFFIX, free_batch


def freed(model: str) -> str:
    """The package's name; made at first use."""
    try:
        return resolve(f"{model}{SUFFIX}").card.name
    except ModelError:
        return free_batch(model).card.name
