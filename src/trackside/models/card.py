"""The card of a model: all that a pipeline must know to feed a network and to read its outputs.

A card is `card.json` in the package's folder. It is data from outside, so every field is validated, unknown fields are
refused (a misspelt field would otherwise change results silently), and file names cannot leave the folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from trackside.core import ModelError

CARD_FILE = "card.json"
Task = Literal["detection", "pose", "embedding", "classification", "recognition", "faces"]
RuntimeName = Literal["onnx", "tflite"]
Precision = Literal["fp32", "fp16", "int8"]

# Names become folders and files of the store, so they may hold no separator and may not start with a dot.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}\Z")


def safe_name(name: str) -> str:
    """The name itself if it can serve as a file or folder name everywhere; raises ValueError if not."""
    if not _SAFE.match(name) or name.endswith("."):
        raise ValueError(f"{name!r} is no plain name: letters, digits and . _ + - are allowed, no folders")
    return name


SafeName = Annotated[str, AfterValidator(safe_name)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Geometry(_Strict):
    """How a picture becomes the network's input: `(pixel * scale - mean) / std` for each channel.

    Attributes:
        width: of the network's input, pixels.
        height: of the network's input, pixels.
        layout: order of the input's axes.
        colour: order of the channels that the network was trained with.
        fit: `letterbox` keeps the aspect and fills the rest with `pad`; `stretch` fills the input; `crop` keeps the aspect
            and fills the input with the middle of the picture.
        crop: for the fit `crop`, how much of the picture's short side is seen, 0 to 1: 224 / 256 where a picture is first
            resized to 256 pixels and then cropped to 224, as torchvision and timm evaluate (timm's `crop_pct`).
        anchor: where a letterboxed picture lies.
        pad: pixel value of the letterbox bars, before scaling.
        scale: factor on the pixel values 0 to 255.
        mean: subtracted after scaling, one value a channel in the network's order.
        std: divisor after that.
    """

    width: int = Field(gt=0, le=8192)
    height: int = Field(gt=0, le=8192)
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    colour: Literal["RGB", "BGR"] = "RGB"
    fit: Literal["letterbox", "stretch", "crop"] = "letterbox"
    crop: float = Field(default=1.0, gt=0, le=1)
    anchor: Literal["top-left", "centre"] = "top-left"
    pad: int = Field(default=114, ge=0, le=255)
    scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @model_validator(mode="after")
    def _std_is_positive(self) -> Geometry:
        if min(self.std) <= 0:
            raise ValueError(f"std must be positive, got {self.std}")
        return self

    @model_validator(mode="after")
    def _only_crop_crops(self) -> Geometry:
        if self.crop != 1 and self.fit != "crop":
            raise ValueError(f"`crop` belongs to the fit `crop`, not to `{self.fit}`")
        return self


class Decoding(_Strict):
    """How a detector of the family `generic` gives its boxes; all other families know this themselves.

    Either `boxes`, `scores` and, if the scores are not one column a class, `classes` name separate outputs; or `combined`
    names one output of shape [batch, n, columns] whose first four columns are the box.

    Attributes:
        boxes: output of shape [batch, n, 4].
        scores: output of shape [batch, n] or [batch, n, classes].
        classes: output of shape [batch, n], class numbers.
        combined: the single output.
        columns: what follows the box in `combined`: one score a class; an objectness and one score a class, to be
            multiplied; or one score and a class number.
        transposed: the outputs are [batch, columns, n].
        box: what the four numbers mean.
        normalised: boxes are fractions of the input's width and height, not pixels.
        activation: applied to the scores (and to the objectness).
        first_class: the number of the first class where class numbers are given; 1 where 0 means background.
        nms: the network has suppressed duplicates already.
    """

    boxes: str | None = None
    scores: str | None = None
    classes: str | None = None
    combined: str | None = None
    columns: Literal["scores", "objectness+scores", "score+class"] = "scores"
    transposed: bool = False
    box: Literal["xyxy", "cxcywh", "xywh"] = "xyxy"
    normalised: bool = False
    activation: Literal["none", "sigmoid"] = "none"
    first_class: int = Field(default=0, ge=0, le=1)
    nms: bool = False

    @model_validator(mode="after")
    def _names_its_outputs(self) -> Decoding:
        if (self.combined is None) == (self.boxes is None):
            raise ValueError("name either `combined` or `boxes` and `scores`")
        if self.boxes is not None and self.scores is None:
            raise ValueError("`boxes` needs `scores` beside it")
        return self


class Metric(_Strict):
    """A measured number with the data it was measured on."""

    name: str
    value: float = Field(allow_inf_nan=False)
    data: str
    source: str = ""


class FileEntry(_Strict):
    """A file of the package."""

    name: SafeName
    sha256: Sha256
    bytes: int = Field(ge=0)


class Quantised(_Strict):
    """How a quantised network was made, so that it can be made again and judged.

    Attributes:
        parent: the name of the model it was made of.
        parent_sha256: of that model's network.
        method: how the range of each tensor was chosen.
        target: what it was laid out for.
        frames: pictures that the ranges were taken from.
        frames_sha256: of those pictures at the size of the network's input, one after the other.
        held_out: other pictures of the same footage, on which the change was measured.
        footage: names of the files, folders or cameras that they come from.
        kept: nodes that stay at the parent's precision.
    """

    parent: SafeName
    parent_sha256: Sha256
    method: Literal["minmax", "entropy", "percentile"]
    target: Literal["cpu", "tensorrt"]
    frames: int = Field(ge=1)
    frames_sha256: Sha256
    held_out: int = Field(ge=0)
    footage: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Card(_Strict):
    """What a model is, in one page.

    Attributes:
        name: the package's name.
        task: what it answers.
        family: the adapter that reads its outputs (see `trackside.models.families`).
        runtime: what executes it.
        classes: class names in the order of the network's class numbers.
        geometry: how a picture becomes its input.
        decoding: how its outputs are read, for the family `generic`.
        activation: for a classifier, what makes probabilities of its outputs; `none` if they are probabilities already.
        threshold: the score that its authors recommend, 0 to 1.
        metrics: measured numbers.
        precision: in which its network is stored.
        quantised: how it was quantised, for a package that was made from another one.
        source: where the files come from.
        reference: paper or repository that describes it.
        licence: SPDX name of the licence of the weights.
        note: anything a user must know before using it.
        files: the network first, then all other files.
    """

    name: SafeName
    task: Task
    family: str
    runtime: RuntimeName
    classes: tuple[str, ...] = ()
    geometry: Geometry
    decoding: Decoding | None = None
    activation: Literal["none", "softmax"] = "none"
    threshold: float = Field(default=0.35, ge=0, le=1)
    metrics: tuple[Metric, ...] = ()
    precision: Precision = "fp32"
    quantised: Quantised | None = None
    source: str = ""
    reference: str = ""
    licence: str
    note: str = ""
    files: tuple[FileEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _generic_says_how(self) -> Card:
        if (self.family == "generic") != (self.decoding is not None):
            raise ValueError("`decoding` belongs to the family `generic`, and that family needs it")
        return self

    @model_validator(mode="after")
    def _only_classifiers_are_activated(self) -> Card:
        if self.activation != "none" and self.task != "classification":
            raise ValueError(f"`activation` belongs to the task `classification`, not to `{self.task}`")
        return self

    @model_validator(mode="after")
    def _quantised_is_int8(self) -> Card:
        if self.quantised is not None and self.precision != "int8":
            raise ValueError(f"`quantised` belongs to the precision `int8`, not to `{self.precision}`")
        return self

    @property
    def network(self) -> FileEntry:
        """The file that the runtime opens."""
        return self.files[0]


def parse_card(data: Any, *, where: str) -> Card:
    """Validate a card.

    Args:
        data: parsed JSON.
        where: the file or name it came from, for the error.

    Raises:
        ModelError: names the first wrong field.
    """
    try:
        return Card.model_validate(data)
    except ValidationError as error:
        raise ModelError(_first_problem(error), where=where, fix="correct the card") from None


def read_card(folder: Path) -> Card:
    """The card of a package folder.

    Raises:
        ModelError: there is none, or it is not valid.
    """
    path = folder / CARD_FILE
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ModelError(
            f"no readable {CARD_FILE}", where=str(folder), fix="a model package is a folder with the network and its card"
        ) from None
    try:
        return Card.model_validate_json(text)
    except ValidationError as error:
        raise ModelError(_first_problem(error), where=str(path), fix="correct the card") from None


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    rest = error.error_count() - 1
    more = f" (and {rest} more)" if rest else ""
    return f"the card is not valid: {place + ': ' if place else ''}{first['msg']}{more}"
