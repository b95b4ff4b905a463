"""Trying augmentation on an item: what a recipe makes of it, and what it would break. Works at the size checks work at."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from trackside.core import RGB, InputError
from trackside.data.augment import TRANSFORMS, LabelWarning, Recipe, Sample, augment, recipe_of, warnings_of
from trackside.data.augment.applying import swap_numbers
from trackside.data.augment.previewing import caption, drawn, needs_other
from trackside.data.augment.sample import item_sample
from trackside.data.looking import look_at
from trackside.server.context import Site
from trackside.server.datasets.access import opened, tops_of
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.pictures import file_of
from trackside.server.datasets.shapes import AugmentShape, AugmentWish, TransformForm
from trackside.server.problems import Refused
from trackside.server.videos.pictures import jpeg_of

_WIDTH = 384
# Items that are looked at for one that can be mixed in.
_MOST_DRAWS = 50


def forms() -> list[TransformForm]:
    """The transforms there are. A setting is a property of JSON Schema with its `name`."""
    return [_form(name, one.form()) for name, one in TRANSFORMS.items()]


def tried(site: Site, dataset_id: str, wish: AugmentWish) -> AugmentShape:
    """What a recipe makes of an item. The same seed gives the same pictures.

    Raises:
        Refused: 404, 409.
        SettingError: the recipe is none.
        InputError: the item's picture cannot be read.
    """
    data, tops = opened(site, dataset_id), tops_of(site, dataset_id)
    row, recipe = data.checked_row(wish.row), recipe_of(wish.recipe)
    first = _sample(data, row, tops)
    rng = np.random.default_rng([wish.seed, row, 5])
    swap = swap_numbers(recipe, data.dataset.classes)
    copies = []
    for number in range(wish.count):
        other = _partner(data, row, tops, rng) if needs_other(recipe) else None
        copies.append(augment(first, recipe, [wish.seed, row, number], other=other, swap=swap))
    classes = data.dataset.classes
    return AugmentShape(
        original=_address(drawn(first, classes)),
        pictures=[_address(drawn(one, classes)) for one in copies],
        captions=[caption(one, classes) for one in copies],
        warnings=[_told(one) for one in warnings_of(data.dataset, recipe, seed=wish.seed)],
        recipe_text=_text(recipe),
    )


def _form(name: str, schema: dict[str, Any]) -> TransformForm:
    required = schema.get("required", ())
    settings = [
        {"name": setting, "required": setting in required, **one} for setting, one in schema.get("properties", {}).items()
    ]
    title = name.replace("_", " ").capitalize()
    return TransformForm(name=name, title=title, help=schema["description"], kind=schema["kind"], settings=settings)


def _sample(data: Opened, row: int, tops: Sequence[Path]) -> Sample:
    """An item with its annotations, at the working size."""
    try:
        looked = look_at(file_of(data, row, tops))
    except InputError as error:
        raise InputError(f"the file {error.what}", fix="look at the file") from None
    sample = item_sample(data.dataset, row, looked.rgb)
    scale = looked.rgb.shape[1] / looked.width
    points = sample.points.copy()
    points[..., :2] *= scale
    return replace(sample, boxes=sample.boxes * scale, points=points)


def _partner(data: Opened, row: int, tops: Sequence[Path], rng: np.random.Generator) -> Sample | None:
    """Another item of the same split that can be read; none if none turned up in some draws."""
    splits = data.column["splits"]
    for _ in range(_MOST_DRAWS):
        other = int(rng.integers(len(data)))
        if splits[other] == splits[row]:
            try:
                return _sample(data, other, tops)
            except (InputError, Refused):
                continue
    return None


def _told(warning: LabelWarning) -> dict[str, str]:
    evidence = ", ".join(warning.evidence[:8])
    told = {"step": str(warning.step), "use": warning.use, "what": warning.what, "evidence": evidence, "fix": warning.fix}
    return {**told, "says": str(warning)}


def _text(recipe: Recipe) -> str:
    """The recipe as a file has it."""
    return str(yaml.safe_dump(recipe.to_data(), sort_keys=False, allow_unicode=True))


def _address(picture: RGB) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg_of(picture, _WIDTH)).decode()}"
