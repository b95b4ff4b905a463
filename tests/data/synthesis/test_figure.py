"""The figure: healthy limits, points that lie on their own parts, labels that say what the picture shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import COCO17, InputError
from trackside.data.synthesis import (
    FACTORS,
    JOINTS,
    Settings,
    angles_of,
    body,
    builtin_poses,
    design,
    draw,
    drawn_places,
    lift,
    light,
    mirrored,
    outfit,
    perturb,
    poses_of,
)
from trackside.data.synthesis.camera import Camera, look_at
from trackside.data.synthesis.joints import HIGHEST, LOWEST, NAMES
from trackside.data.synthesis.kinematics import frames_of, keypoints_of
from trackside.data.synthesis.labels import label_box, label_mask, label_points, owners_of
from trackside.data.synthesis.render import FINE, Figure, Rendering, figure_of, lowest, render

UPRIGHT = angles_of({})
MIDDLE = dict.fromkeys((*body.FACTORS, *outfit.FACTORS, *light.FACTORS), 0.5)


def pictured(
    angles: np.ndarray, *, turn: float = 0.0, size: int = 192, chosen: dict[str, float] | None = None, height: float = 1.2,
    occluder: np.ndarray | None = None,
) -> tuple[Figure, Camera, Rendering]:  # fmt: skip
    numbers = {**MIDDLE, **(chosen or {})}
    clothes = outfit.outfit_of(numbers)
    figure = figure_of(angles, body.body_of(numbers), clothes)
    target = (figure.points.min(axis=0) + figure.points.max(axis=0)) / 2
    camera = look_at(target, turn=turn, height=height, distance=4.5, focal=2.0 * size, size=(size, size))
    ground = np.full((size, size, 3), 128, np.uint8)
    return figure, camera, render(figure, clothes, camera, light.light_of(numbers), ground, occluder)


def examples() -> list[tuple[str, np.ndarray]]:
    poses = builtin_poses()
    return [(name, angles) for name, sets in zip(poses.classes, poses.examples, strict=True) for angles in sets]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 90))
def test_perturbed_poses_stay_within_the_joints_limits(seed: int, spread: float) -> None:
    for _, angles in examples()[::4]:
        moved = perturb(angles, spread, np.random.default_rng(seed))
        assert ((moved >= LOWEST) & (moved <= HIGHEST)).all()
        assert spread < 1 or not np.array_equal(moved, angles)


def test_spread_is_in_degrees_of_a_joint_with_half_a_turn() -> None:
    rng = np.random.default_rng(0)
    middle = (LOWEST + HIGHEST) / 2
    moved = np.stack([perturb(middle, 5.0, rng) for _ in range(2000)]) - middle
    wanted = 5 * np.sqrt((HIGHEST - LOWEST) / 180)
    whole = [NAMES.index(name) for name in ("trunk_lean", "trunk_roll")]
    wanted[whole] /= 3
    assert np.allclose(moved.std(axis=0), wanted, rtol=0.08)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"left_knee": 3}, "did you mean"),
        ({"left_knee_flexion": 170}, "0 to 135"),
        ({"spine_flexion": float("nan")}, "beyond"),
        ({"neck_flexion": "far"}, "no angle"),
    ],
)
def test_impossible_angles_are_one_sentence(named: dict[str, float], said: str) -> None:
    with pytest.raises(InputError) as error:
        angles_of(named)
    assert said in str(error.value)


def test_bones_keep_their_lengths_in_every_pose() -> None:
    person = body.Body()
    lengths = []
    for _, angles in examples():
        points = keypoints_of(frames_of(angles, person), person)
        pairs = [
            (f"{s}_{a}", f"{s}_{b}")
            for s in ("left", "right")
            for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
        ]
        lengths.append([np.linalg.norm(points[a] - points[b]) for a, b in pairs])
    assert np.ptp(lengths, axis=0).max() < 1e-9
    assert np.allclose(lengths[0][:4], np.array([0.186, 0.146, 0.245, 0.246]) * person.stature)


@pytest.mark.parametrize(
    ("named", "point", "moves"),
    [
        ({"left_shoulder_flexion": 90}, "left_wrist", (0, 1, 1)),
        ({"left_shoulder_abduction": 90}, "left_wrist", (1, 1, 0)),
        ({"right_shoulder_abduction": 90}, "right_wrist", (-1, 1, 0)),
        ({"left_elbow_flexion": 90}, "left_wrist", (0, 1, 1)),
        ({"right_hip_flexion": 60}, "right_knee", (0, 1, 1)),
        ({"right_hip_abduction": 40}, "right_ankle", (-1, 1, 0)),
        ({"left_knee_flexion": 90}, "left_ankle", (0, 1, -1)),
        ({"trunk_lean": 45}, "nose", (0, -1, 1)),
        ({"spine_lateral": 30}, "nose", (1, -1, 0)),
        ({"neck_rotation": 50}, "nose", (1, 0, -1)),
        ({"left_shoulder_abduction": 90, "left_elbow_flexion": 90, "left_shoulder_rotation": 90}, "left_wrist", (1, 1, 0)),
    ],
)  # fmt: skip
def test_joints_move_the_way_the_clinic_says(named: dict[str, float], point: str, moves: tuple[int, int, int]) -> None:
    person = body.Body()
    still, moved = (keypoints_of(frames_of(angles, person), person)[point] for angles in (UPRIGHT, angles_of(named)))
    change = np.where(np.abs(moved - still) < 0.02, 0, np.sign(moved - still))
    assert change.tolist() == list(moves)


def test_an_upright_person_has_human_proportions() -> None:
    figure = figure_of(UPRIGHT, body.Body(stature=1.8), outfit.outfit_of({**MIDDLE, "hair": 0.99}))
    named = dict(zip(COCO17.points, figure.points, strict=True))
    assert lowest(figure.parts) == pytest.approx(0, abs=1e-9)
    # Drillis & Contini 1966: heights of knee, hip, shoulder and eye over the stature.
    for point, share in (("left_knee", 0.285), ("left_hip", 0.53), ("left_shoulder", 0.818), ("left_eye", 0.936)):
        assert named[point][1] / 1.8 == pytest.approx(share, abs=0.025), point


def test_a_mirrored_pose_is_seen_in_a_mirror() -> None:
    person = body.Body()
    for _, angles in examples():
        one, other = (keypoints_of(frames_of(pose, person), person) for pose in (angles, mirrored(angles)))
        assert np.allclose(one["left_wrist"] * [-1, 1, 1], other["right_wrist"])
        assert np.allclose(one["nose"] * [-1, 1, 1], other["nose"])
        assert np.array_equal(mirrored(mirrored(angles)), angles)


@pytest.mark.parametrize("turn", [0, 70, 180, 290])
def test_visible_points_lie_on_their_own_parts(turn: float) -> None:
    visible = 0
    for name, angles in examples():
        figure, camera, drawn = pictured(perturb(angles, 6, np.random.default_rng(len(name))), turn=turn)
        for point, (x, y, seen) in zip(COCO17.points, label_points(figure, figure.parts, camera, drawn), strict=True):
            part = drawn.hits.part[int(y * FINE), int(x * FINE)]
            if seen == 2:
                visible += 1
                assert figure.parts.names[part] in owners_of(point), (name, point)
    assert visible > 0.4 * 17 * len(examples())


def test_every_point_lies_within_the_solids_it_belongs_to() -> None:
    """Not by the picture but in space: the joint is inside one of its own parts, or within a few millimetres of it."""
    for name, angles in examples():
        figure = figure_of(angles, body.Body(), outfit.outfit_of(MIDDLE))
        form, linear, constant = figure.parts.quadrics()
        for point, place in zip(COCO17.points, figure.points, strict=True):
            own = [row for row, part in enumerate(figure.parts.names) if part in owners_of(point)]
            values = [float(place @ form[row] @ place + 2 * linear[row] @ place + constant[row]) for row in own]
            assert min(values) < 2e-3, (name, point)


def test_seen_from_the_side_the_far_limbs_are_hidden_and_the_near_ones_are_not() -> None:
    # Arms a little ahead, or the hands would hide the hips.
    figure, camera, drawn = pictured(angles_of({"left_shoulder_flexion": 40, "right_shoulder_flexion": 40}), turn=90)
    seen = dict(zip(COCO17.points, label_points(figure, figure.parts, camera, drawn)[:, 2], strict=True))
    assert all(seen[f"left_{point}"] == 2 for point in ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"))
    assert all(seen[f"right_{point}"] == 1 for point in ("ear", "shoulder", "hip"))


def test_seen_from_behind_the_face_is_hidden_and_the_joints_are_not() -> None:
    figure, camera, drawn = pictured(UPRIGHT, turn=180, chosen={"hair": 0.99})
    seen = dict(zip(COCO17.points, label_points(figure, figure.parts, camera, drawn)[:, 2], strict=True))
    assert [seen[point] for point in ("nose", "left_eye", "right_eye")] == [1, 1, 1]
    assert [seen[f"{side}_{point}"] for side in ("left", "right") for point in ("shoulder", "elbow", "hip", "knee")] == [
        2
    ] * 8


def test_from_ahead_the_figures_left_is_the_pictures_right() -> None:
    figure, camera, drawn = pictured(UPRIGHT)
    points = dict(zip(COCO17.points, label_points(figure, figure.parts, camera, drawn), strict=True))
    assert points["left_shoulder"][0] > points["right_shoulder"][0]
    assert [points[name][2] for name in ("nose", "left_eye", "right_eye", "left_hip", "right_hip")] == [2] * 5


def test_what_stands_before_a_figure_hides_it() -> None:
    curtain = np.zeros((192, 192, 4), np.float32)
    curtain[100:, :, 3] = 1
    figure, camera, drawn = pictured(UPRIGHT, occluder=curtain)
    points = label_points(figure, figure.parts, camera, drawn)
    assert (points[points[:, 1] >= 100, 2] == 1).all()
    assert (points[points[:, 1] < 98, 2] == 2).all()
    assert label_box(drawn)[3] == 100
    curtain[..., 3] = 1
    assert np.isnan(label_box(pictured(UPRIGHT, occluder=curtain)[2])).all()


def test_the_box_is_tight_and_the_mask_reads_back() -> None:
    _, _, drawn = pictured(UPRIGHT)
    mask = drawn.alpha > 0.5
    left, top, right, bottom = label_box(drawn).astype(int)
    assert mask[top:bottom, left:right].sum() == mask.sum() > 500
    for edge in (mask[top, left:right], mask[bottom - 1, left:right], mask[top:bottom, left], mask[top:bottom, right - 1]):
        assert edge.any()
    runs = label_mask(drawn)
    flat = np.repeat(np.arange(len(runs["counts"])) % 2, runs["counts"]).reshape(mask.shape[::-1]).T
    assert np.array_equal(flat.astype(bool), mask)


def test_a_mask_that_begins_with_the_figure_begins_with_a_run_of_nothing() -> None:
    _, _, drawn = pictured(UPRIGHT)
    whole = Rendering(drawn.image, np.ones((4, 3), np.float32), drawn.hits, drawn.cover)
    assert label_mask(whole) == {"counts": [0, 12], "size": [4, 3]}


def test_the_depth_buffer_agrees_with_the_solids() -> None:
    """Every hit lies on its part's surface, and no other part is nearer at that pixel: by brute force on some rays."""
    figure, camera, drawn = pictured(examples()[9][1], turn=40)
    parts = figure.parts.seen_from(camera.rotation, camera.shift)
    form, linear, constant = parts.quadrics()
    axis, offset = parts.axes()
    xs, ys = camera.slopes(FINE)
    rows, columns = np.nonzero(drawn.hits.part >= 0)
    for at in np.random.default_rng(0).integers(0, len(rows), 60):
        ray = np.array([xs[columns[at]], ys[rows[at]], 1.0])
        depths = []
        for part in range(len(parts)):
            steps = np.roots([ray @ form[part] @ ray, 2 * linear[part] @ ray, constant[part]])
            for number, t in enumerate(sorted(t.real for t in steps if abs(t.imag) < 1e-12 and t.real > 0)):
                inside = parts.clips[part, 0] <= axis[part] @ (t * ray) + offset[part] <= parts.clips[part, 1]
                if inside and (number == 0 or parts.hollow[part]):
                    depths.append(t)
        assert drawn.hits.depth[rows[at], columns[at]] == pytest.approx(min(depths), abs=3e-3)


def test_the_sun_throws_a_shadow_away_from_itself() -> None:
    sides = []
    for turn in (0.25, 0.75):
        _, _, drawn = pictured(UPRIGHT, chosen={"light_turn": turn, "light_height": 0.3, "light_strength": 1.0}, height=2.5)
        ground = drawn.image[:, :, 0].astype(float)
        ground[drawn.alpha > 0] = np.nan
        sides.append(np.nanmin(ground[150:, :86]) - np.nanmin(ground[150:, 106:]))
    assert sides[0] * sides[1] < 0, "the darker side changes with the sun"


@pytest.mark.parametrize(("name", "angles"), examples()[::2])
@pytest.mark.parametrize("turn", [20, 100])
def test_a_pose_is_found_again_from_its_points(name: str, angles: np.ndarray, turn: float) -> None:
    figure, camera, _ = pictured(angles, turn=turn, size=64)
    flat, _ = camera.project(figure.points)
    found = lift(np.column_stack([flat, np.full(17, 2.0)]))
    assert found.error < 0.03
    assert ((found.angles >= LOWEST) & (found.angles <= HIGHEST)).all()
    again = figure_of(found.angles, body.Body(), outfit.outfit_of(MIDDLE))
    truth, lifted = (shape - shape[11:13].mean(axis=0) for shape in (figure.points, again.points))
    assert np.linalg.norm(truth - lifted, axis=1)[5:].mean() < 0.35 * 1.7 / 2


def test_points_that_no_person_has_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="no pose within"):
        lift(np.column_stack([rng.uniform(0, 100, (17, 2)), np.full(17, 2.0)]))
    with pytest.raises(InputError, match="too few"):
        lift(np.zeros((17, 3)))
    with pytest.raises(InputError, match="one place"):
        lift(np.ones((17, 3)))
    with pytest.raises(InputError, match="17"):
        lift(np.ones((5, 3)))
    with pytest.raises(InputError, match="too few"):
        lift(np.full((17, 3), np.nan))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        [{"angles": {}}],
        [{"class": "a"}],
        [{"class": "a", "angles": {"knee": 1}}],
        [{"class": "a", "keypoints": [1, 2]}],
        "text",
        [3],
    ],
)
def test_files_of_poses_that_hold_none_are_one_sentence(data: object) -> None:
    with pytest.raises(InputError):
        poses_of(data, "poses.yaml")


def test_poses_come_from_plain_data() -> None:
    poses = poses_of(
        [
            {"class": "reach", "angles": {"left_shoulder_flexion": 170}},
            {"class": "rest", "angles": {}},
            {"class": "reach", "angles": {}},
        ]
    )
    assert poses.classes == ("reach", "rest")
    assert poses.examples[0].shape == (2, len(JOINTS))
    assert poses.examples[0][0, NAMES.index("left_shoulder_flexion")] == 170


def test_a_picture_is_the_same_each_time() -> None:
    plan = design(2, 2, FACTORS, 5)
    poses, places = builtin_poses(["standing", "throwing"]), drawn_places(2, 5)
    one, two = (draw(0, plan.chosen(0), 77, poses, places, Settings(size=64, masks=True)) for _ in "ab")
    assert np.array_equal(one.image, two.image)
    assert np.array_equal(one.points, two.points)
    assert one.mask == two.mask
