"""The checks `blank-images`, `blur`, `exposure` and `odd-sizes`; files and orientation stand in `files.py`."""

from __future__ import annotations

import numpy as np

from trackside.core import Threshold, Verdict
from trackside.data.checking import EXTRACTORS, DataAnswer, Subject, data_check
from trackside.data.quality import files, outliers
from trackside.data.quality.asking import Flagged, answer, numbers
from trackside.data.quality.extractor import QUALITY, QualityExtractor

__all__ = ["blank_images", "blur", "exposure", "files", "odd_sizes"]

EXTRACTORS.add(QUALITY, QualityExtractor)
# In a large set a few pictures in a thousand are always soft, dark or wide; a source of bad ones makes more.
_FEW = 0.005
_FEW_REASON = "a few in a thousand are always so; more come from one cause"


def _share(name: str, limit: float = _FEW, reason: str = _FEW_REASON) -> Threshold:
    return Threshold(f"share of {name}", at_most=limit, otherwise=Verdict.WARN, reason=reason)


@data_check(
    "blank-images",
    asks="Are there pictures of nothing?",
    needs=(QUALITY,),
    thresholds=[_share("blank pictures", 0.0, "a picture of nothing teaches nothing, and its label is a guess")],
)
def blank_images(subject: Subject) -> DataAnswer:
    """Pictures with one brightness nearly everywhere."""
    (plain,) = numbers(subject, "plain")
    reason = "blank: one brightness all over"
    found = Flagged.of("blank pictures", outliers.blank(plain), plain, lambda row: reason, 0.9)
    return answer(
        subject, "blank-images", [found], "no picture is blank", "remove them, or find out why nothing was recorded"
    )


@data_check(
    "blur",
    asks="Are there blurred pictures?",
    needs=(QUALITY,),
    source="after Crete et al. 2007, The blur effect",
    thresholds=[_share("blurred pictures")],
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
    thresholds=[_share("dark pictures"), _share("bright pictures"), _share("pale pictures")],
)
def exposure(subject: Subject) -> DataAnswer:
    """Pictures outside what exposure gives, by themselves and against the set."""
    dark, middle, light, extent, plain = numbers(subject, "dark", "middle", "light", "range", "plain")
    full = ~outliers.blank(plain)
    is_dark = outliers.dark(light) & full
    is_bright = outliers.bright(dark, middle) & full
    is_pale = outliers.hazy(extent) & full & ~is_dark & ~is_bright
    found = [
        Flagged.of("dark pictures", is_dark, -light, lambda row: f"dark: 99 % is below {light[row]:.0f} of 255", 0.6),
        Flagged.of("bright pictures", is_bright, dark, lambda row: f"bright: 99 % is above {dark[row]:.0f} of 255", 0.6),
        Flagged.of("pale pictures", is_pale, -extent, lambda row: f"pale: spans {extent[row]:.0f} of 255 levels", 0.5),
    ]
    next_step = "see whether the camera can be set better; brighten them, or remove those that show nothing"
    return answer(subject, "exposure", found, "no picture is badly exposed", next_step)


@data_check(
    "odd-sizes",
    asks="Are there pictures of odd size or shape?",
    thresholds=[_share("pictures of odd size"), _share("pictures of odd shape")],
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
