"""Altered copies of real pictures, planted in their data set: what `benchmarks.data_check` looks for."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

Picture = Image.Image
Random = np.random.Generator


def crop(picture: Picture, rng: Random) -> Picture:
    """A window of 50 to 90 % of the sides."""
    share = rng.uniform(0.5, 0.9)
    w, h = round(picture.width * share), round(picture.height * share)
    x, y = int(rng.integers(0, picture.width - w + 1)), int(rng.integers(0, picture.height - h + 1))
    return picture.crop((x, y, x + w, y + h))


def turn(picture: Picture, rng: Random) -> Picture:
    """By any angle, black outside, half of the time with the frame grown."""
    return picture.rotate(float(rng.uniform(5, 355)), Image.Resampling.BICUBIC, expand=bool(rng.random() < 0.5))


def sign(picture: Picture, rng: Random) -> Picture:
    """A logo of 10 to 18 % of the sides."""
    signed = picture.copy()
    w, h = (max(3, round(side * rng.uniform(0.1, 0.18))) for side in picture.size)
    x, y = int(rng.integers(0, picture.width - w)), int(rng.integers(0, picture.height - h))
    ImageDraw.Draw(signed).ellipse((x, y, x + w, y + h), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    return signed


def recompress(picture: Picture, rng: Random) -> Picture:
    """JPEG at a quality of 10 to 90."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=int(rng.integers(10, 91)))
    return Image.open(data).convert("RGB")


def colours(picture: Picture, rng: Random) -> Picture:
    """Each channel 0.75 to 1.25 times."""
    gains = rng.uniform(0.75, 1.25, 3)
    return Image.fromarray(np.clip(np.asarray(picture) * gains, 0, 255).astype(np.uint8))


ALTERATIONS: dict[str, Callable[[Picture, Random], Picture]] = {
    "brightness": lambda p, r: ImageEnhance.Brightness(p).enhance(float(r.uniform(0.6, 1.5))),
    "contrast": lambda p, r: ImageEnhance.Contrast(p).enhance(float(r.uniform(0.6, 1.6))),
    "colours": colours,
    "greyscale": lambda p, r: ImageOps.grayscale(p).convert("RGB"),
    "crop": crop,
    "mirror": lambda p, r: ImageOps.mirror(p),
    "flip": lambda p, r: ImageOps.flip(p),
    "quarter turn": lambda p, r: p.rotate(90 * int(r.integers(1, 4)), expand=True),
    "any turn": turn,
    "25 degrees": lambda p, r: p.rotate(25, Image.Resampling.BICUBIC),
    "resize": lambda p, r: p.resize([max(14, round(side * r.uniform(0.5, 1.6))) for side in p.size]),
    "border": lambda p, r: ImageOps.expand(p, max(1, round(p.width * r.uniform(0.02, 0.08))), int(r.integers(0, 256))),
    "logo": sign,
    "recompressed": recompress,
}


@dataclass(frozen=True)
class Planted:
    """A folder of JPEGs with known copies: for each file its original's number and what was done to it."""

    folder: Path
    origins: dict[str, int]
    done: dict[str, str]


def plant(folder: Path, pictures: list[Picture], seed: int) -> Planted:
    """All pictures as JPEGs, and altered copies of some."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    planted = Planted(folder, {}, {})
    wanted = [(name,) for name in ALTERATIONS for _ in range(20)]
    wanted += [tuple(rng.choice(list(ALTERATIONS), int(rng.integers(2, 4)), replace=False)) for _ in range(100)]
    for number, picture in enumerate(pictures):
        _save(planted, f"o{number:05d}.jpg", picture, number, "")
    for number, names in enumerate(wanted):
        origin = int(rng.integers(len(pictures)))
        picture = pictures[origin]
        for name in (one for one in ALTERATIONS if one in names):
            picture = ALTERATIONS[name](picture, rng)
        _save(planted, f"c{number:05d}.jpg", picture, origin, names[0] if len(names) == 1 else "together")
    return planted


def _save(planted: Planted, name: str, picture: Picture, origin: int, done: str) -> None:
    picture.save(planted.folder / name, "JPEG", quality=90)
    planted.origins[name], planted.done[name] = origin, done
