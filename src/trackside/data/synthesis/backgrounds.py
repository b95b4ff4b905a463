"""What stands behind the figure: drawn places whose ground lies in the camera's perspective, or real pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, InputError
from trackside.data.synthesis.camera import Camera

Floats = NDArray[np.float32]
_FARTHEST = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """One background, the same each time it is asked for.

    Attributes:
        name: of the drawn place or the picture; items of a data set that share it belong to one group.
        draw: makes uint8 [h, w, 3] for a camera; the generator moves it a little (crop, phase), so that two pictures of a
            place are not copies.
    """

    name: str
    draw: Callable[[Camera, np.random.Generator], RGB]


def drawn_places(count: int, seed: int) -> list[Place]:
    """Places made up from a seed: grass, track, hall, pool deck, street, and a wall of clutter."""
    kinds = sorted(_KINDS)
    return [
        Place(f"{kinds[number % len(kinds)]}-{number // len(kinds)}", _drawer(kinds[number % len(kinds)], seed, number))
        for number in range(count)
    ]


def places_of_folder(folder: Path, count: int, seed: int) -> list[Place]:
    """At most `count` pictures of a folder (and the folders in it), chosen at random; unreadable ones are left out.

    Raises:
        InputError: there is no such folder, or no picture in it that can be read.
    """
    from trackside.media.images import IMAGE_SUFFIXES

    if not folder.is_dir():
        raise InputError("there is no such folder of backgrounds", where=str(folder), fix="name a folder with pictures")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file())
    rng = np.random.default_rng([seed, 1])
    places: list[Place] = []
    for row in rng.permutation(len(paths)):
        if len(places) == count:
            break
        if _can_read(paths[row]):
            places.append(Place(paths[row].relative_to(folder).as_posix(), _opener(paths[row])))
    if not places:
        raise InputError("no picture in it can be read", where=str(folder), fix="name a folder with pictures")
    return places


def _can_read(path: Path) -> bool:
    from trackside.media import read_image

    return read_image(path) is not None


def _opener(path: Path) -> Callable[[Camera, np.random.Generator], RGB]:
    def draw(camera: Camera, rng: np.random.Generator) -> RGB:
        from trackside.media import read_image

        picture = read_image(path)
        if picture is None:
            raise InputError("cannot be read as a picture any more", where=str(path), fix="leave the folder alone meanwhile")
        return _cropped(picture, camera.size, rng)

    return draw


def _cropped(picture: RGB, size: tuple[int, int], rng: np.random.Generator) -> RGB:
    """A random part of at least 70 % of the picture that has the shape of `size`, scaled to it; sides at times exchanged."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(width / size[0], height / size[1]) * rng.uniform(0.7, 1.0)
    w, h = max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
    left, top = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
    part = picture[top : top + h, left : left + w]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    way = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    return np.ascontiguousarray(cv2.resize(np.ascontiguousarray(part), size, interpolation=way))


@dataclass(frozen=True, slots=True)
class _View:
    """What a place is painted on: for each pixel the ground's x, z (metres), whether there is ground, and the height over
    the horizon; `fade` grows to 1 far away, `shift` [2] is where in the place the picture was taken."""

    x: Floats
    z: Floats
    ground: NDArray[np.bool_]
    over: Floats
    fade: Floats
    shift: NDArray[np.float64]


def _drawer(kind: str, seed: int, number: int) -> Callable[[Camera, np.random.Generator], RGB]:
    def draw(camera: Camera, rng: np.random.Generator) -> RGB:
        import cv2

        own = np.random.default_rng([seed, 2, number])
        colours = _KINDS[kind](_view(camera, own, rng), own)
        grain = own.uniform(0, 5)
        colours = colours * 255 + grain * rng.standard_normal(colours.shape[:2]).astype(np.float32)[..., None]
        blurred = cv2.GaussianBlur(colours, (0, 0), float(own.uniform(0.3, 1.4)) * camera.size[1] / 256)
        return np.asarray(np.clip(blurred, 0, 255), np.uint8)

    return draw


def _view(camera: Camera, own: np.random.Generator, rng: np.random.Generator) -> _View:
    xs, ys = camera.slopes()
    rays = np.stack([np.broadcast_to(xs, (len(ys), len(xs))), np.broadcast_to(ys[:, None], (len(ys), len(xs)))], axis=-1)
    world = rays @ camera.rotation[:2] + camera.rotation[2]
    falling = -world[..., 1] / np.linalg.norm(world[..., ::2], axis=-1)
    ground = falling > 1e-3
    distance = camera.place[1] / np.maximum(-world[..., 1], 1e-3)
    turn = own.uniform(0, 2 * np.pi)
    x, z = camera.place[0] + world[..., 0] * distance, camera.place[2] + world[..., 2] * distance
    shift = rng.uniform(-3, 3, 2)
    c, s = np.cos(turn), np.sin(turn)
    fade = np.clip(distance / _FARTHEST, 0, 1)
    across, along, over, fading = (
        np.asarray(part, np.float32) for part in (c * x - s * z + shift[0], s * x + c * z + shift[1], -falling, fade)
    )
    return _View(across, along, ground, over, fading, shift)


def _noise(x: Floats, y: Floats, own: np.random.Generator) -> Floats:
    """Smooth noise from -1 to 1 at places of a plane, one unit from lump to lump (value noise, after Perlin 1985)."""
    import cv2

    grid = own.uniform(-1, 1, (64, 64)).astype(np.float32)
    return np.asarray(cv2.remap(grid, x % 63, y % 63, cv2.INTER_LINEAR), np.float32)


def _rough(view: _View, own: np.random.Generator, lump: float) -> Floats:
    """Noise of several sizes on the ground, weaker far away where it would flicker."""
    total = np.zeros_like(view.x)
    for octave in range(3):
        size = lump / 2.7**octave
        total += _noise(view.x / size, view.z / size, own) * 0.6**octave
    return total * (1 - view.fade)


def _colour(own: np.random.Generator, low: tuple[float, float, float], high: tuple[float, float, float]) -> Floats:
    colour = own.uniform(low, high)
    return np.asarray(0.72 * colour + 0.28 * colour.mean(), np.float32)


def _sky(view: _View, own: np.random.Generator) -> Floats:
    top = _colour(own, (0.25, 0.4, 0.6), (0.6, 0.72, 0.92))
    base = _colour(own, (0.7, 0.76, 0.8), (0.93, 0.93, 0.95))
    share = np.clip(view.over * own.uniform(0.8, 2.0), 0, 1)[..., None]
    clouds = np.clip(_noise(view.over * 9, np.asarray(view.x / 7 + 5, np.float32), own), 0, 1)[..., None] * own.uniform(
        0, 0.12
    )
    return np.asarray(base * (1 - share) + top * share + clouds, np.float32)


def _backdrop(view: _View, own: np.random.Generator, colour: Floats, height: float) -> tuple[NDArray[np.bool_], Floats]:
    """A hedge, stand or row of houses at the horizon: where it is, and its colours."""
    columns = np.linspace(0, own.uniform(3, 14), view.x.shape[1], dtype=np.float32)[None, :].repeat(len(view.x), 0)
    top = height * (1 + 0.5 * _noise(columns, np.zeros_like(columns) + 3, own))
    there = (~view.ground) & (view.over < top)
    return there, colour * (1 + 0.25 * _noise(columns * 6, view.over * 60, own))[..., None]


def _outdoors(view: _View, own: np.random.Generator, ground: Floats, backdrop: Floats, height: float) -> Floats:
    picture = np.where(view.ground[..., None], ground, _sky(view, own))
    there, colours = _backdrop(view, own, backdrop, height)
    picture[there] = colours[there]
    return np.asarray(picture, np.float32)


def _grass(view: _View, own: np.random.Generator) -> Floats:
    colour = _colour(own, (0.2, 0.33, 0.1), (0.42, 0.55, 0.26))
    mown = np.where((view.x / own.uniform(1.5, 4)) % 2 < 1, 1.0, own.uniform(0.85, 1.0))
    ground = colour * (mown * (1 + 0.16 * _rough(view, own, 0.5)))[..., None]
    return _outdoors(view, own, ground, _colour(own, (0.1, 0.2, 0.08), (0.3, 0.4, 0.22)), own.uniform(0.03, 0.16))


def _track(view: _View, own: np.random.Generator) -> Floats:
    colour = (
        _colour(own, (0.45, 0.18, 0.14), (0.72, 0.38, 0.3))
        if own.random() < 0.7
        else _colour(own, (0.2, 0.3, 0.5), (0.3, 0.5, 0.7))
    )
    ground = np.where(((view.x / 1.22) % 1 < 0.045)[..., None], np.float32(0.92), colour)
    ground = ground * (1 + 0.08 * _rough(view, own, 0.15))[..., None]
    return _outdoors(view, own, ground, _colour(own, (0.2, 0.22, 0.25), (0.6, 0.6, 0.62)), own.uniform(0.05, 0.3))


def _street(view: _View, own: np.random.Generator) -> Floats:
    grey = own.uniform(0.3, 0.65)
    slabs = ((view.x / 0.6) % 1 < 0.03) | ((view.z / 0.6) % 1 < 0.03)
    ground = (grey * (1 + 0.10 * _rough(view, own, 0.2)) * np.where(slabs, 0.82, 1.0))[..., None] * _colour(
        own, (0.95, 0.95, 0.9), (1.05, 1, 1.05)
    )
    return _outdoors(view, own, ground, _colour(own, (0.3, 0.25, 0.22), (0.75, 0.7, 0.66)), own.uniform(0.2, 0.8))


def _hall(view: _View, own: np.random.Generator) -> Floats:
    wood = _colour(own, (0.55, 0.36, 0.2), (0.82, 0.64, 0.45))
    boards = 1 + 0.10 * _noise(np.asarray(np.floor(view.x / 0.12) + 0.5, np.float32), view.z / 1.3, own) * (1 - view.fade)
    lines = (np.abs(view.z - own.uniform(-2, 2)) < 0.03) | (np.abs(view.x - own.uniform(-2, 2)) < 0.03)
    ground = np.where(lines[..., None], _colour(own, (0.1, 0.1, 0.1), (0.95, 0.95, 0.95)), wood * boards[..., None])
    return _indoors(view, own, ground)


def _pool(view: _View, own: np.random.Generator) -> Floats:
    tiles = ((view.x / 0.25) % 1 < 0.06) | ((view.z / 0.25) % 1 < 0.06)
    deck = _colour(own, (0.6, 0.62, 0.62), (0.85, 0.86, 0.84)) * np.where(tiles & (view.fade < 0.2), 0.88, 1.0)[..., None]
    ripple = 0.12 * _rough(view, own, 0.8)
    water = _colour(own, (0.1, 0.42, 0.55), (0.35, 0.68, 0.8)) * (1 + ripple)[..., None]
    ground = np.where((view.z > own.uniform(1.0, 2.5))[..., None], water, deck)
    return _indoors(view, own, ground)


def _indoors(view: _View, own: np.random.Generator, ground: Floats) -> Floats:
    wall = _colour(own, (0.4, 0.4, 0.4), (0.9, 0.9, 0.9)) * (1 - 0.15 * view.over)[..., None]
    band = view.over < own.uniform(0, 0.2)
    wall = np.where(band[..., None], wall * _colour(own, (0.5, 0.5, 0.5), (1, 1, 1)), wall)
    panels = (np.linspace(0, own.uniform(2, 9), view.x.shape[1]) % 1 < 0.03)[None, :, None]
    wall = np.where(panels, wall * 0.85, wall)
    return np.asarray(np.where(view.ground[..., None], ground, wall), np.float32)


def _clutter(view: _View, own: np.random.Generator) -> Floats:
    import cv2

    height, width = view.x.shape
    picture = np.ascontiguousarray(
        _indoors(view, own, _colour(own, (0.2, 0.2, 0.2), (0.8, 0.8, 0.8)) * (1 + 0.2 * _rough(view, own, 0.4))[..., None])
    )
    for _ in range(int(own.integers(10, 28))):
        at = (own.uniform(0, 1, 2) + view.shift / 6) % 1 * (width, height)
        side = own.uniform(0.04, 0.28, 2) * (width, height)
        corners = cv2.boxPoints((tuple(at.tolist()), tuple(side.tolist()), float(own.uniform(-20, 20))))
        shade = tuple(_colour(own, (0.1, 0.1, 0.1), (0.95, 0.95, 0.95)).tolist())
        if own.random() < 0.65:
            cv2.fillPoly(picture, [corners.astype(np.int32)], shade)
        else:
            cv2.ellipse(
                picture, tuple(at.astype(int).tolist()), tuple((side / 2).astype(int).tolist()), 0, 0, 360, shade, -1
            )
    return picture


_KINDS: dict[str, Callable[[_View, np.random.Generator], Floats]] = {
    "clutter": _clutter, "grass": _grass, "hall": _hall, "pool": _pool, "street": _street, "track": _track,
}  # fmt: skip
