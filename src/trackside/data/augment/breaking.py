"""Warnings before anything is trained: which step of a recipe makes labels wrong, why, and what to do.

These warnings come from what names, annotations and settings say; `risk.py` measures. A step that is safe for these classes
raises none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trackside.data.augment import words
from trackside.data.augment.recipe import Recipe, Step
from trackside.data.augment.sides import other_side, unpaired
from trackside.data.augment.transform import Kind
from trackside.data.dataset import Dataset

_SHOWN = 8
# A 6 turned by a quarter is as much a 9; handwriting leans by up to 30 degrees by itself.
_TURN_OF_CHARACTERS = 60.0
# People lean and cameras are held askew by so much; beyond, an upright thing lies on its side.
_TURN_OF_UPRIGHT = 60.0
_TURN_OF_TEXT = 30.0
_TURN_OF_ARROWS = 45.0
# The names of hues are about 30 degrees apart around red, orange and yellow (CSS colours).
_TURN_OF_HUE = 15.0
_MIRRORS = ("flip", "flip_vertical")


@dataclass(frozen=True, slots=True)
class LabelWarning:
    """A step that breaks labels.

    Attributes:
        step: its number, from 1.
        use: its transform.
        what: the warning, one sentence.
        evidence: the names or numbers that it rests on.
        fix: what to do.
    """

    step: int
    use: str
    what: str
    evidence: tuple[str, ...]
    fix: str

    def __str__(self) -> str:
        shown = ", ".join(self.evidence[:_SHOWN]) + (", ..." if len(self.evidence) > _SHOWN else "")
        return f"step {self.step}, {self.use}: {self.what} ({shown}); {self.fix}"


Found = tuple[str, Sequence[str], str]
"""What, evidence, fix."""


def warnings_of(dataset: Dataset, recipe: Recipe, *, seed: int = 0) -> tuple[LabelWarning, ...]:
    """What in a recipe breaks this data set's labels.

    Args:
        dataset: its class names, keypoint names, boxes and texts are looked at, not its pictures.
        recipe: steps with chance 0 are passed over.
        seed: of the draws that tell how often objects leave the picture.
    """
    found = []
    for number, step in enumerate(recipe, start=1):
        if step.chance > 0:
            for rule in _RULES:
                found += [LabelWarning(number, step.use, *_plain(one)) for one in rule(dataset, recipe, step)]
            found += [LabelWarning(number, step.use, *_plain(one)) for one in _lost_objects(dataset, recipe, step, seed)]
    return tuple(found)


def turn_of(step: Step) -> float:
    """The largest turn of the picture that a step may make, degrees."""
    if step.use == "rotate":
        return abs(float(step.settings["by"]))
    return (
        90.0 * max((min(turn, 4 - turn) for turn in step.settings["turns"]), default=0)
        if step.use == "quarter_turn"
        else 0.0
    )


def _plain(one: Found) -> tuple[str, tuple[str, ...], str]:
    return one[0], tuple(one[1]), one[2]


def _sides(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    sided = [name for name in dataset.classes if other_side(name) != name and name not in recipe.swapped()]
    if step.use in _MIRRORS and sided:
        yield (
            "a mirror makes left of right, and the label stays", sided,
            f"add to the recipe swap: [[{sided[0]}, {other_side(sided[0])}], ...], or leave the flip out",
        )  # fmt: skip
    turning = words.named(dataset.classes, words.TURNING)
    if step.use in _MIRRORS and turning:
        yield "a mirror turns the sense of rotation round", turning, "leave the flip out"
    pointing = [*sided, *words.named(dataset.classes, words.VERTICAL)]
    if turn_of(step) >= _TURN_OF_ARROWS and len(pointing) > 1:
        yield (
            "a turn of the picture turns the direction that the class names",
            pointing,
            f"turn by less than {_TURN_OF_ARROWS:g}°",
        )
    vertical = words.named(dataset.classes, words.VERTICAL)
    if step.use == "flip_vertical" and vertical:
        yield "upside down, up is down", vertical, "leave the vertical flip out"


def _characters(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    known = words.characters(dataset.classes)
    present = set(known.values())
    fix = "leave it out for characters"
    if step.use in _MIRRORS:
        same, pairs = {
            "flip": (words.SAME_MIRRORED, words.MIRRORED_INTO), "flip_vertical": (words.SAME_UPENDED, words.UPENDED_INTO)
        }[step.use]  # fmt: skip
        if broken := sorted(present - same):
            become = [f"{a} like {b}" for a, b in pairs if {a, b} <= present]
            yield "mirrored characters are no characters, or others", [*become, *broken], fix
        elif not known and words.are_glyphs(dataset.classes):
            yield "mirrored characters are no characters, or others", dataset.classes[:_SHOWN], fix
    become = [f"{a} becomes {b}" for a, b in words.TURNED_INTO if {a, b} <= present]
    if turn_of(step) > _TURN_OF_CHARACTERS and (become or (not known and words.are_glyphs(dataset.classes))):
        yield (
            "turned so far, characters become others",
            become or dataset.classes[:_SHOWN],
            f"turn by at most {_TURN_OF_CHARACTERS / 2:g}°",
        )


def _texts(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    texts = [text for text in dataset.items.texts[:10_000] if text]
    if not texts:
        return
    evidence = [f"{len(texts)} transcripts", repr(texts[0][:30])]
    if step.use in _MIRRORS or turn_of(step) > _TURN_OF_TEXT:
        yield "text cannot be read any more, and its transcript stays", evidence, "leave it out for text"
    if step.use in ("crop", "translate", "cutout", "erase"):
        yield "letters leave the picture, and the transcript keeps them", evidence, "leave it out for text, or scale instead"
    if step.kind is Kind.MIXING:
        yield "two pictures have two texts, and the transcript is one", evidence, "leave it out for text"


def _points(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    if step.use not in _MIRRORS or not dataset.keypoints:
        return
    alone = unpaired(dataset.keypoints)
    fix = "name the keypoints left_... and right_..., or leave the flip out"
    if alone:
        yield "a mirror exchanges left and right, but these keypoints have no counterpart", alone, fix
    mute = [
        name
        for name in dataset.keypoints
        if not any(len(word) > 2 for word in words.words_of(name)) or "point" in name.lower()
    ]
    if len(mute) > 1 and not alone:
        yield "a mirror exchanges left and right, and these names do not say which is which", mute, fix


def _colours(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    coloured = words.named(dataset.classes, words.COLOURS)
    kinds = {word for name in coloured for word in words.words_of(name) & words.COLOURS}
    ripe = words.named(dataset.classes, words.RIPENESS)
    evidence = [*(coloured if len(kinds) > 1 else ()), *ripe]
    turns = step.use == "hue" and abs(float(step.settings["by"])) > _TURN_OF_HUE
    pales = step.use == "saturation" and float(step.settings["by"]) >= 0.9
    if evidence and (turns or pales or step.use in ("grey", "shuffle_channels", "solarise")):
        yield (
            "the class is told by its colour, and this changes it",
            evidence,
            f"leave it out, or turn hues by at most {_TURN_OF_HUE:g}°",
        )


def _qualities(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    sizes, light = words.named(dataset.classes, words.SIZES), words.named(dataset.classes, words.LIGHT)
    sharp = words.named(dataset.classes, words.SHARPNESS)
    if step.use in ("scale", "crop") and len(sizes) > 1:
        yield "the class is told by its size, and this changes it", sizes, "leave it out"
    if step.use in ("brightness", "gamma") and float(step.settings["by"]) >= 0.3 and len(light) > 1:
        yield "the class is told by the light, and this changes it", light, "leave it out, or use by: 0.1"
    if step.use in ("blur", "noise", "jpeg") and len(sharp) > 1:
        yield "the class is told by the picture's quality, and this changes it", sharp, "leave it out"


def _gravity(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    if step.use != "flip_vertical" and turn_of(step) <= _TURN_OF_UPRIGHT:
        return
    upright = words.named(dataset.classes, words.UPRIGHT)
    body = [name for name in dataset.keypoints if words.words_of(name) & {"ankle", "knee", "hip"}]
    if upright or body:
        fix = f"leave it out unless cameras hang head over, or turn by at most {_TURN_OF_UPRIGHT / 2:g}°"
        yield "things that stand upright do not hang from above in the pictures to come", upright or body, fix


def _mixes(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    if step.kind is not Kind.MIXING:
        return
    boxes = int(dataset.annotations.has_box.sum())
    if boxes:
        yield (
            "boxes of two pictures lie over each other as if all were real",
            [f"{boxes} boxes"],
            "leave it out for detection",
        )
    elif dataset.keypoints and len(dataset.annotations):
        yield "two bodies lie over each other", [f"{len(dataset.annotations)} sets of keypoints"], "leave it out for poses"
    elif not dataset.is_labelled:
        yield "there are no classes whose shares could be mixed", [f"{len(dataset)} items without a class"], "leave it out"


def _much_hidden(dataset: Dataset, recipe: Recipe, step: Step) -> Iterator[Found]:
    side = float(step.settings["side"]) if step.use == "cutout" else 0.0
    share = (
        side * side * int(step.settings["holes"])
        if side
        else float(step.settings["largest"])
        if step.use == "erase"
        else 0.0
    )
    if share > 0.5:
        yield (
            "more than half of the picture is hidden, and the label stays",
            [f"up to {min(share, 1):.0%}"],
            "hide at most a third",
        )
    has_boxes = bool(dataset.annotations.has_box.any())
    if step.use == "crop" and not has_boxes and float(step.settings["smallest"]) < 0.2:
        evidence = [f"down to {step.settings['smallest']:.0%} of the picture"]
        yield (
            "so small a part need not hold what the label names",
            evidence,
            "use smallest: 0.35 or more, and look at the preview",
        )


def _lost_objects(dataset: Dataset, recipe: Recipe, step: Step, seed: int) -> Iterator[Found]:
    from trackside.data.augment.leaving import share_that_leaves

    if step.kind is not Kind.GEOMETRIC or not dataset.annotations.has_box.any():
        return
    share, count = share_that_leaves(dataset, step, recipe.least_visible, np.random.default_rng([seed, 7]))
    if share > 0.2:
        evidence = [f"{share:.0%} of {count} draws leave less than {recipe.least_visible:.0%} of the object"]
        yield "it takes objects out of the picture", evidence, "use gentler settings"


_RULES: tuple[Callable[[Dataset, Recipe, Step], Iterator[Found]], ...] = (
    _sides, _characters, _texts, _points, _colours, _qualities, _gravity, _mixes, _much_hidden,
)  # fmt: skip
