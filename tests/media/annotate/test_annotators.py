"""What each annotator puts where, and what it leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import COCO17, Detections, Keypoints, Shape, Shapes, Table, Tracks, as_rgb
from trackside.media import Canvas, Frame, annotate
from trackside.media.annotate.clock import written
from trackside.media.colour import from_rgb
from trackside.media.palette import LEFT, PALETTE, RIGHT, colour_of, contrast, readable_on


def blank(height: int = 240, width: int = 320) -> Canvas:
    return Canvas(np.zeros((height, width, 3), np.uint8))


def pixels(canvas: Canvas) -> np.ndarray:
    return as_rgb(canvas.image).astype(int)


def has(canvas: Canvas, colour: tuple[int, int, int]) -> bool:
    return bool((pixels(canvas) == colour).all(axis=2).any())


BOXES = np.array([[40, 60, 90, 200], [200, 50, 260, 180]], np.float32)


def test_tracks_have_the_colour_of_their_identity_and_detections_that_of_their_class() -> None:
    tracks = Tracks(BOXES, [0.9, 0.8], [0, 0], ("person",), [3, 16])
    canvas = blank()
    annotate.draw_tracks(canvas, tracks)
    assert has(canvas, colour_of(3))
    assert has(canvas, colour_of(16))
    canvas = blank()
    annotate.draw_detections(canvas, Detections(BOXES, [0.9, 0.8], [0, 0], ("person",)))
    assert has(canvas, colour_of(0))
    assert not has(canvas, colour_of(3))


def test_a_box_surrounds_its_object_and_leaves_it_visible() -> None:
    canvas = blank()
    annotate.draw_detections(canvas, Detections(BOXES[:1], [0.9], [0], ("person",)), labels=False)
    rows, columns = np.nonzero(pixels(canvas).any(axis=2))
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == pytest.approx((39, 59, 90, 200), abs=1.5)
    assert not pixels(canvas)[70:190, 50:80].any()


def test_nothing_found_draws_nothing() -> None:
    canvas = blank()
    annotate.draw_detections(canvas, Detections.empty())
    annotate.draw_tracks(canvas, Tracks.empty(), annotate.Tails())
    annotate.draw_keypoints(canvas, Keypoints.empty("coco17"))
    annotate.draw_angles(canvas, Keypoints.empty("coco17"), Table({"knee_left_deg": []}), ["knee_left_deg"])
    annotate.draw_shapes(canvas, Shapes())
    assert not pixels(canvas).any()


def person(score: float = 0.9) -> Keypoints:
    points = np.zeros((1, 17, 2), np.float32)
    for row, name in enumerate(COCO17.points):
        points[0, row] = (220 if name.startswith("left") else 100, 20 + 12 * row)
    return Keypoints(points, np.full((1, 17), score), "coco17")


def test_a_skeleton_has_its_sides_in_their_colours() -> None:
    canvas = blank()
    annotate.draw_keypoints(canvas, person())
    image = pixels(canvas)
    assert (image[:, 180:] == LEFT).all(axis=2).any()
    assert (image[:, :140] == RIGHT).all(axis=2).any()
    assert not (image[:, :140] == LEFT).all(axis=2).any()


def test_points_below_the_score_are_hidden_with_their_bones() -> None:
    canvas = blank()
    annotate.draw_keypoints(canvas, person(0.2))
    assert not pixels(canvas).any()
    one = person()
    one.scores[0, COCO17.index("left_knee")] = 0.1
    canvas = blank()
    annotate.draw_keypoints(canvas, one)
    x, y = one.point("left_knee")[0].astype(int)
    assert not pixels(canvas)[y - 3 : y + 3, x - 3 : x + 3].any()


def test_an_angle_stands_beside_its_joint_and_an_empty_one_nowhere() -> None:
    table = Table({"knee_left_deg": [162.0], "knee_right_deg": [np.nan], "neck_deg": [5.0]})
    canvas = blank()
    annotate.draw_angles(canvas, person(), table, ["knee_left_deg", "knee_right_deg", "neck_deg", "absent_deg"])
    rows, columns = np.nonzero(pixels(canvas).any(axis=2))
    x, y = person().point("left_knee")[0]
    assert abs(rows.mean() - y) < 3
    assert x < columns.min() < x + 20


@pytest.mark.parametrize("column", ["thigh_left_deg", "trunk_deg"])
def test_segments_are_written_at_their_middle(column: str) -> None:
    canvas = blank()
    annotate.draw_angles(canvas, person(), Table({column: [12.0]}), [column])
    assert pixels(canvas).any()


ZONE = Shape("pool", np.array([[60, 80], [200, 80], [200, 200], [60, 200]], np.float32), True, "3")


def test_a_zone_is_tinted_inside_and_untouched_outside() -> None:
    canvas = Canvas(np.full((240, 320, 3), 100, np.uint8))
    annotate.draw_zones(canvas, Shapes((ZONE,)))
    image = pixels(canvas)
    assert (image[100:190, 70:190] != 100).any(axis=2).all()
    assert np.abs(image[100:190, 70:190] - 100).max() < 40
    assert (image[210:] == 100).all()


def test_the_arrow_of_a_line_points_to_the_right_hand_of_who_walks_along_it() -> None:
    canvas = blank()
    annotate.draw_lines(canvas, Shapes((Shape("gate", np.array([[20, 120], [300, 120]], np.float32), False),)))
    below = pixels(canvas)[126:].any(axis=2)
    assert below.any()
    assert abs(np.nonzero(below)[1].mean() - 160) < 3


def test_shapes_are_drawn_by_their_kind() -> None:
    line = Shape("gate", np.array([[20, 220], [300, 220]], np.float32), False, "in 1 out 0")
    only_zone, only_line, both = blank(), blank(), blank()
    annotate.draw_zones(only_zone, Shapes((ZONE, line)))
    annotate.draw_lines(only_line, Shapes((ZONE, line)))
    annotate.draw_shapes(both, Shapes((ZONE, line)))
    assert not pixels(only_zone)[215:].any()
    assert not pixels(only_line)[60:150].any()
    assert (pixels(both) == np.where(pixels(only_line) > 0, pixels(only_line), pixels(only_zone))).all()


@pytest.mark.parametrize(
    ("time", "says"),
    [(0, "0:00.00"), (0.29, "0:00.29"), (59.999, "0:59.99"), (75.25, "1:15.25"), (3727.5, "1:02:07.50"), (-1.5, "-0:01.50")],
)
def test_the_clock_reads_as_a_stopwatch(time: float, says: str) -> None:
    assert written(time) == says


def test_the_clock_stands_in_the_lower_left_corner() -> None:
    canvas = blank()
    annotate.draw_clock(canvas, 12.3)
    rows, columns = np.nonzero(pixels(canvas).any(axis=2))
    assert rows.min() > 200
    assert columns.max() < 90


def test_every_annotator_draws_on_planes() -> None:
    canvas = Canvas.on(Frame(from_rgb(np.zeros((240, 320, 3), np.uint8))))
    annotate.draw_shapes(canvas, Shapes((ZONE,)))
    annotate.draw_tracks(canvas, Tracks(BOXES, [0.9, 0.8], [0, 0], ("person",), [3, 16]))
    annotate.draw_keypoints(canvas, person())
    annotate.draw_clock(canvas, 1)
    assert isinstance(canvas.image, Frame)
    assert np.abs(pixels(canvas) - colour_of(3)).sum(axis=2).min() < 12


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


def test_labels_are_readable_on_every_colour() -> None:
    # WCAG 2.2, success criterion 1.4.3: a contrast of at least 4.5.
    assert all(contrast(readable_on(colour), colour) >= 4.5 for colour in (*PALETTE, (0, 0, 0), (255, 255, 255)))
