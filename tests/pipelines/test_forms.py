"""Forms from signatures: every built-in setting gets a control that a person can use."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from trackside.core import Image, Table
from trackside.core.units import ClassesOf, Count, DetectorRef, Fraction, Hertz, Line, Metres, Point, Polygon, Seconds
from trackside.pipelines.block import BLOCKS, BlockSpec, find_block
from trackside.pipelines.forms import FormField, file_settings, form_of, model_settings

# Settings for which no better control exists than a field for JSON. Empty, and meant to stay so.
AS_JSON: set[str] = set()


class Side(Enum):
    LEFT = "left"
    RIGHT = "right"


def sample(
    images: Image,
    *,
    share: Fraction = 0.35,
    least: Count = 3,
    rate: Hertz = 1.0,
    below: Annotated[float, Field(lt=5)] = 1.0,
    on: bool = True,
    label: str = "x",
    side: Literal["left", "right"] = "left",
    sides: tuple[Literal["left", "right"], ...] = (),
    way: Side = Side.LEFT,
    tags: tuple[str, ...] = (),
    model: DetectorRef = "fastestdet",
    classes: Annotated[tuple[str, ...], ClassesOf("model")] = (),
    patience: Seconds | None = None,
    length: Metres | None = None,
    zone: Polygon | None = None,
    zones: dict[str, Polygon] | None = None,
    line: Line | None = None,
    lanes: list[Line] | None = None,
    marks: list[Point] | None = None,
    ground: list[tuple[float, float, float, float]] | None = None,
    coordinates: Literal["pixels", "fraction"] = "pixels",
    path: Path | None = None,
    paths: list[Path] | None = None,
    odd: dict[str, int] | None = None,
) -> Table:
    """Sample.

    Args:
        images: pictures.
        share: how much of it.
    """
    raise NotImplementedError


SAMPLE = BlockSpec("sample", "all", 1, sample)


@pytest.fixture(scope="module")
def form() -> dict[str, FormField]:
    return {field.name: field for field in form_of(SAMPLE)}


@pytest.mark.parametrize(
    ("name", "widget"),
    [
        *(("share", "number"), ("least", "integer"), ("on", "switch"), ("label", "text"), ("side", "choice")),
        *(("sides", "choices"), ("way", "choice"), ("tags", "list"), ("model", "model"), ("classes", "classes")),
        *(("zone", "polygon"), ("zones", "polygons"), ("line", "line"), ("lanes", "lines"), ("marks", "points")),
        *(("ground", "points"), ("path", "file"), ("paths", "list"), ("odd", "json"), ("length", "number")),
    ],
)
def test_each_type_has_its_control(form: dict[str, FormField], name: str, widget: str) -> None:
    assert form[name].widget == widget


def test_bounds_say_whether_they_are_inside(form: dict[str, FormField]) -> None:
    share, rate, below = form["share"], form["rate"], form["below"]
    assert (share.minimum, share.maximum, share.exclusive_minimum, share.exclusive_maximum) == (0, 1, False, False)
    assert (rate.minimum, rate.exclusive_minimum, rate.unit) == (0, True, "Hz")
    assert (below.maximum, below.exclusive_maximum, below.minimum) == (5, True, None)


def test_what_is_said_of_an_optional_setting_counts(form: dict[str, FormField]) -> None:
    patience = form["patience"]
    assert (patience.nullable, patience.unit, patience.minimum, patience.default) == (True, "s", 0, None)
    assert not form["share"].nullable


def test_choices_model_and_classes(form: dict[str, FormField]) -> None:
    assert form["side"].choices == form["sides"].choices == form["way"].choices == ("left", "right")
    assert form["way"].default == "left"
    assert (form["model"].task, form["model"].unit) == ("detection", "")
    assert form["classes"].classes_of == "model"


def test_drawn_points_know_what_they_are_in(form: dict[str, FormField]) -> None:
    drawn = {"zone", "zones", "line", "lanes", "marks", "ground"}
    assert {name for name, field in form.items() if field.coordinates} == drawn
    assert form["marks"].columns == ("x", "y")
    assert len(form["ground"].columns) == 4
    lanes = next(field for field in form_of(find_block("track.objects")) if field.name == "lanes")
    assert lanes.coordinates == ""  # That block has no such setting: pixels.


def test_help_and_titles(form: dict[str, FormField]) -> None:
    assert form["share"].help == "how much of it."


def test_every_built_in_setting_has_a_control_and_a_help() -> None:
    ours = [spec for spec in BLOCKS.values() if spec.target.__module__.startswith("trackside.")]
    assert len(ours) >= 20
    for spec in ours:
        for field in form_of(spec):
            assert field.widget != "json" or f"{spec.name}.{field.name}" in AS_JSON, f"{spec.name}.{field.name}"
            assert field.help, f"{spec.name}.{field.name} has no help"
            assert field.required == (field.name in spec.settings.model_json_schema().get("required", []))


def test_the_source_has_its_form_too() -> None:
    assert [field.name for field in form_of(find_block("source.media"))] == ["every", "start", "end", "image_rate"]


def test_settings_that_reach_the_disk_are_found() -> None:
    assert file_settings(SAMPLE) == ["path", "paths"]
    assert model_settings(SAMPLE) == ["model"]
    assert file_settings(find_block("detect.from_file")) == ["path"]
    assert file_settings(find_block("detect.objects")) == []
    assert model_settings(find_block("pose.follow")) == ["detector", "landmarks"]
