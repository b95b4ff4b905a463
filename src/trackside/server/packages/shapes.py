"""Models as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from trackside.server.shapes import Body, Shape


class ModelShape(Shape):
    """A model: installed, or known and to be had by `pull`."""

    name: str
    task: str
    family: str
    runtime: str
    licence: str
    bytes: int
    installed: bool
    used_by: int = 0
    note: str = ""


class MetricShape(Shape):
    name: str
    value: float
    data: str
    source: str


class ModelFull(ModelShape):
    """The whole card."""

    classes: list[str]
    width: int
    height: int
    threshold: float
    source: str
    reference: str
    metrics: list[MetricShape]
    files: list[dict[str, Any]]
    card: dict[str, Any]


class Pull(Shape):
    """A model on its way. `accepted` must be sent with the licence that the page showed."""

    name: str
    state: Literal["none", "running", "done", "failed"]
    received: int = 0
    bytes: int = 0
    problem: str = ""


class PullStart(Body):
    licence: str


class Draft(Shape):
    """An uploaded network that has no card yet: what was read from the file, and a first guess at its card."""

    id: str
    file: str
    bytes: int
    runtime: Literal["onnx", "tflite"]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    card: dict[str, Any]
    families: list[dict[str, Any]]


class DraftCard(Body):
    card: dict[str, Any]


class Trial(Shape):
    """What a draft made of a test image: words, a picture (data URL), and findings of the examination."""

    words: str
    picture: str
    findings: list[dict[str, Any]]
