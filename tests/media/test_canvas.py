"""The same drawing on RGB and on planes, cut at the edges, without a trace elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.media.films import picture
from trackside.core import as_rgb
from trackside.media import Canvas, Frame, Planes
from trackside.media.colour import from_rgb

RED, WHITE, BLACK = (230, 40, 40), (255, 255, 255), (0, 0, 0)
SIZE = (160, 120)

PRIMITIVES: dict[str, Callable[[Canvas], None]] = {
    "line": lambda canvas: canvas.line((20, 20), (120, 90), RED, 6),
    "polyline": lambda canvas: canvas.polyline([(20, 20), (120, 30), (60, 100)], RED, 6, closed=True),
    "circle": lambda canvas: canvas.circle((80, 60), 30, RED, 6),
    "circles": lambda canvas: canvas.circles([(40, 40), (100, 80)], 12, RED),
    "rectangle": lambda canvas: canvas.rectangle((20, 20, 121, 91), RED, 6),
    "fill_rectangle": lambda canvas: canvas.fill_rectangle((20, 20, 121, 91), RED),
    "fill_rectangle, half": lambda canvas: canvas.fill_rectangle((20, 20, 121, 91), RED, 0.5),
    "fill_polygon": lambda canvas: canvas.fill_polygon([(20, 20), (120, 30), (60, 100)], RED),
    "fill_polygon, half": lambda canvas: canvas.fill_polygon([(20, 20), (120, 30), (60, 100)], RED, 0.5),
    "text": lambda canvas: canvas.text("Zone 12°", (20, 20), WHITE, RED, size=24),
}


def grey(size: tuple[int, int] = SIZE, value: int = 90) -> np.ndarray:
    return np.full((size[1], size[0], 3), value, np.uint8)


def drawn(image: object, draw: Callable[[Canvas], None]) -> np.ndarray:
    canvas = Canvas.on(image)
    draw(canvas)
    return as_rgb(canvas.image).astype(int)


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.parametrize("kind", [{}, {"full_range": True}, {"matrix": "bt709"}], ids=str)
def test_planes_look_like_rgb(name: str, kind: dict[str, object]) -> None:
    on_rgb = drawn(grey(), PRIMITIVES[name])
    on_planes = drawn(Frame(from_rgb(grey(), **kind)), PRIMITIVES[name])
    assert (on_rgb != 90).any()
    # Edges of colour are a pixel or two softer on planes; what was filled is the same.
    assert np.abs(on_rgb - on_planes).mean() < 4
    assert np.percentile(np.abs(on_rgb - on_planes), 85) <= 6


@pytest.mark.parametrize("name", PRIMITIVES)
def test_drawing_leaves_no_trace_elsewhere(name: str) -> None:
    image = picture(3, *SIZE)
    changed = np.argwhere((drawn(image, PRIMITIVES[name]) != image).any(axis=2))
    assert len(changed)
    assert changed.min() >= 15
    assert (changed.max(axis=0) <= (105, 150)).all()


@pytest.mark.parametrize("name", PRIMITIVES)
def test_the_given_picture_stays_as_it_is(name: str) -> None:
    image, frame = grey(), Frame(from_rgb(grey()), index=7, time=0.7)
    before = [plane.copy() for plane in frame.planes()]
    drawn(image, PRIMITIVES[name])
    drawn(frame, PRIMITIVES[name])
    assert (image == 90).all()
    assert all((old == new).all() for old, new in zip(before, frame.planes(), strict=True))


def test_a_frame_keeps_its_number_and_time() -> None:
    image = Canvas.on(Frame(from_rgb(grey()), index=7, time=0.7)).image
    assert isinstance(image, Frame)
    assert (image.index, image.time) == (7, 0.7)


def test_a_filled_box_has_exactly_its_colour_and_its_place() -> None:
    image = drawn(grey(), lambda canvas: canvas.fill_rectangle((20, 30, 60, 50), RED))
    assert (image[30:50, 20:60] == RED).all()
    image[30:50, 20:60] = 90
    assert (image == 90).all()


def test_alpha_mixes_in_proportion() -> None:
    image = drawn(grey(value=100), lambda canvas: canvas.fill_polygon([(20, 20), (80, 20), (80, 80), (20, 80)], BLACK, 0.25))
    assert (image[40:60, 40:60] == 75).all()


def test_a_line_is_as_wide_as_asked_on_both() -> None:
    for image in (grey(), Frame(from_rgb(grey()))):
        column = drawn(image, lambda canvas: canvas.line((10, 60), (150, 60), WHITE, 8))[:, 80, 0]
        # OpenCV's smooth lines are up to two pixels wider than asked.
        assert 8 <= (column > 170).sum() <= 10
        assert abs(np.flatnonzero(column > 170).mean() + 0.5 - 60) <= 0.5


def test_width_and_letters_follow_the_height() -> None:
    sizes = [
        (Canvas(grey((64, height))).line_width, Canvas(grey((64, height))).letter_size) for height in (48, 576, 1080, 2160)
    ]
    assert sizes == [(2, 12), (2, 13), (4, 23), (8, 47)]


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("size", [SIZE, (161, 121), (2, 2), (1, 1)])
def test_what_lies_outside_or_is_no_number_is_cut_off(size: tuple[int, int], planes: bool) -> None:
    image = Frame(from_rgb(grey(size))) if planes else grey(size)
    nan, far = float("nan"), 1e30
    canvas = Canvas.on(image)
    before = as_rgb(Canvas.on(image).image)
    for box in ((nan, 0, 5, 5), (0, 0, float("inf"), 5)):
        canvas.rectangle(box, RED)
        canvas.fill_rectangle(box, RED)
    canvas.line((nan, 0), (5, 5), RED)
    canvas.circles([(nan, 3)], 3, RED)
    canvas.fill_polygon([(nan, 0), (5, 5), (0, 5)], RED)
    canvas.text("x", (nan, 0), WHITE, RED)
    canvas.text("", (3, 3), WHITE, RED)
    canvas.rectangle((-far, -far, far, far), RED)
    canvas.rectangle((-900, -900, -800, -800), RED)
    canvas.circles([(-50, -50)], 3, RED)
    assert (as_rgb(canvas.image) == before).all()
    canvas.text("much too long for this picture, surely", (-50, 4000), WHITE, RED)
    canvas.line((-far, -far), (far, far), RED)
    assert as_rgb(canvas.image).shape == (size[1], size[0], 3)


def test_a_label_at_the_edge_moves_inside() -> None:
    image = drawn(grey(), lambda canvas: canvas.text("edge", (159, 0), WHITE, RED, anchor=(0, 1)))
    width, height = Canvas(grey()).text_size("edge")
    assert (image[:height, -width:] != 90).any(axis=2).all()
    assert (image[height:] == 90).all()


def test_the_same_drawing_twice_is_the_same_to_the_bit() -> None:
    frame = Frame(from_rgb(picture(5, *SIZE)))
    for draw in PRIMITIVES.values():
        assert (drawn(frame, draw) == drawn(frame, draw)).all()


def test_a_canvas_draws_into_the_given_memory() -> None:
    planes = Planes.blank(*SIZE)
    for plane in planes:
        plane[:] = 128
    Canvas(planes).fill_rectangle((0, 0, 20, 20), WHITE)
    assert (planes.y[:20, :20] == 235).all()
    assert (planes.y[20:] == 128).all()
