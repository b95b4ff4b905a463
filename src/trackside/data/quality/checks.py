"""The checks `blank-images`, `blur`, `exposure` and `odd-sizes`; files and orientation stand in `files.py`."""

from __future__ import annotations

import numpy as np

from trackside.core import Threshold, Verdict
from trackside.data.checking import EXTRACTORS, DataAnswer, Subject, data_check
from trackside.data.quality import files, outliers
from trackside.data.quality.asking import Flagged, answer, numbers, thumbnails
from trackside.data.quality.extractor import QUALITY, QualityExtractor
from trackside.data.quality.nothing import nothing
from trackside.data.wording import percent

__all__ = ["blank_images", "blur", "exposure", "files", "odd_sizes"]

EXTRACTORS.add(QUALITY, QualityExtractor)
# Percent. In a large set a few pictures in a thousand are always soft, dark or wide; a source of bad ones makes surely more.
_FEW = 0.5


def _more_than_a_few(name: str) -> Threshold:
    reason = "a few in a thousand are always so, and in a small set chance makes one or two; more come from one cause"
    return Threshold(f"share of {name}, at least", at_most=_FEW, otherwise=Verdict.WARN, reason=reason)


def _none(name: str, reason: str) -> Threshold:
    return Threshold(f"share of {name}", at_most=0, otherwise=Verdict.WARN, reason=reason)


@data_check(
    "blank-images",
    asks="Are there pictures of nothing?",
    needs=(QUALITY,),
    thresholds=[
        _none("blank pictures", "a picture of nothing teaches nothing, and its label is a guess"),
        _none("nearly black pictures", "what they show cannot be seen, and their label is a guess"),
    ],
)
def blank_images(subject: Subject) -> DataAnswer:
    """Pictures with one brightness nearly everywhere: nothing on them, or so dark that nothing is seen."""
    plain, most = numbers(subject, "plain", "most")
    blank, black = nothing(plain, most, thumbnails(subject))
    found = [
        Flagged.of("blank pictures", blank, plain, lambda row: "blank: one brightness all over", 0.9),
        Flagged.of("nearly black pictures", black, -most, lambda row: f"dark: all is below {most[row] + 1:.0f} of 255", 0.9),
    ]
    fine, next_step = "no picture is blank", "remove them, or find out why nothing was recorded"
    return answer(subject, "blank-images", found, fine, next_step)


@data_check(
    "blur",
    asks="Are there blurred pictures?",
    needs=(QUALITY,),
    source="after Crete et al. 2007, The blur effect",
    thresholds=[_more_than_a_few("blurred pictures")],
)
def blur(subject: Subject) -> DataAnswer:
    """Pictures whose sharpest part is soft, by themselves and against the set."""
    (sharp,) = numbers(subject, "sharpness")
    usual, _ = outliers.robust(sharp, 0)
    found = Flagged.of(
        "blurred pictures",
        outliers.blurred(sharp),
        -sharp,
        lambda row: f"blurred: sharpness {sharp[row]:.2f}, the set's {usual:.2f}",
        0.7,
    )
    fine = f"no picture is blurred (sharpness {usual:.2f} in the middle, {_least(sharp):.2f} at least)"
    return answer(subject, "blur", [found], fine, "look whether the label can still be told; remove those where it cannot")


@data_check(
    "exposure",
    asks="Are there pictures too dark, too bright or without contrast?",
    needs=(QUALITY,),
    thresholds=[_more_than_a_few(f"{how} pictures") for how in ("dark", "bright", "overexposed", "pale")],
)
def exposure(subject: Subject) -> DataAnswer:
    """Pictures outside what exposure gives, by themselves and against the set."""
    tones = outliers.Tones(*numbers(subject, "least", "dark", "middle", "light", "most", "plain"))
    dark, light, extent = tones.darkest, tones.lightest, tones.lightest - tones.darkest
    full = ~outliers.blank(tones.plain)
    is_dark = outliers.dark(light) & full
    is_bright = outliers.bright(tones) & full
    clipped, partly = numbers(subject, "clipped", "partly")
    is_over = outliers.overexposed(clipped, partly) & full & ~is_bright
    is_pale = outliers.hazy(extent) & full & ~is_dark & ~is_bright & ~is_over
    found = [
        Flagged.of("dark pictures", is_dark, -light, lambda row: f"dark: 99 % is below {light[row]:.0f} of 255", 0.6),
        Flagged.of("bright pictures", is_bright, dark, lambda row: f"bright: 99 % is above {dark[row]:.0f} of 255", 0.6),
        Flagged.of(
            "overexposed pictures", is_over, clipped, lambda row: f"overexposed: {percent(clipped[row])} is cut off", 0.6
        ),
        Flagged.of("pale pictures", is_pale, -extent, lambda row: f"pale: spans {extent[row]:.0f} of 255 levels", 0.5),
    ]
    next_step = "see whether the camera can be set better; brighten them, or remove those that show nothing"
    return answer(subject, "exposure", found, "no picture is badly exposed", next_step)


@data_check(
    "odd-sizes",
    asks="Are there pictures of odd size or shape?",
    thresholds=[_more_than_a_few("pictures of odd size"), _more_than_a_few("pictures of odd shape")],
)
def odd_sizes(subject: Subject) -> DataAnswer:
    """Pictures several times smaller, larger, wider or higher than the set's."""
    width, height = numbers(subject, "width", "height", extractor="file@1")
    size, aspect = outliers.odd_size(width, height), outliers.odd_aspect(width, height)
    pixels = width * height
    usual, _ = outliers.robust(pixels, 0)
    far = np.abs(np.log(np.maximum(pixels, 1) / max(usual, 1)))

    def shown(row: int) -> str:
        return f"{width[row]:.0f} x {height[row]:.0f} pixels"

    found = [
        Flagged.of("pictures of odd size", size, far, shown, 0.4),
        Flagged.of("pictures of odd shape", aspect & ~size, far, shown, 0.4),
    ]
    return answer(
        subject, "odd-sizes", found, "sizes and shapes are alike", "see what they are: thumbnails, collages, banners"
    )


def _least(values: outliers.Numbers) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if len(known) else float("nan")
