"""What is written comes back to the last bit; what others wrote is read; what is hostile is refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import InputError, OutputError
from trackside.geometry.nurbs import reading
from trackside.geometry.nurbs.evaluation import evaluate
from trackside.geometry.nurbs.export import to_json, write_obj, write_shapes, write_stl
from trackside.geometry.nurbs.primitives import circle, line, periodic_curve
from trackside.geometry.nurbs.reading import from_json, read_shapes
from trackside.geometry.nurbs.shapes import Curve, Surface, Volume
from trackside.geometry.nurbs.sweeps import plane, sphere, torus

RNG = np.random.default_rng(0)


def test_json_keeps_every_bit(tmp_path: Path) -> None:
    shapes = [
        circle([0.1, 0.2], 1 / 3),
        sphere([1, 2, 3], 2),
        Volume(RNG.normal(size=(3, 4, 3, 3)), (2, 3, 1)),
        periodic_curve(RNG.normal(size=(5, 7, 2)), 3),
        Curve(RNG.normal(size=(4, 2)).astype(np.float32), 3),
    ]
    write_shapes(tmp_path / "shapes.json", shapes)
    for shape, found in zip(shapes, read_shapes(tmp_path / "shapes.json"), strict=True):
        assert type(found) is type(shape)
        assert (found.degrees, found.periodic, found.batch) == (shape.degrees, shape.periodic, shape.batch)
        assert found.control_points.dtype == shape.control_points.dtype
        np.testing.assert_array_equal(found.control_points, shape.control_points)
        for a, b in zip(found.knots, shape.knots, strict=True):
            np.testing.assert_array_equal(a, b)
        assert (found.weights is None) == (shape.weights is None)
        if shape.weights is not None:
            np.testing.assert_array_equal(found.weights, shape.weights)


def test_geomdl_curve_and_surface_are_read() -> None:
    source = circle([0, 0], 1)
    control = {"points": source.control_points.tolist(), "weights": source.weights.tolist()}
    curve = {"type": "spline", "rational": True, "dimension": 2, "degree": 2, "knotvector": source.knots[0].tolist()}
    found = from_json({"shape": {"type": "curve", "count": 1, "data": [{**curve, "control_points": control}]}})[0]
    np.testing.assert_allclose(np.linalg.norm(evaluate(found, np.linspace(0, 1, 9)), axis=1), 1)
    grid = RNG.normal(size=(4, 5, 3))
    surface = {
        "degree_u": 3,
        "degree_v": 2,
        "size_u": 4,
        "size_v": 5,
        "control_points": {"points": grid.reshape(-1, 3).tolist()},
    }
    expected = Surface(grid, (3, 2))
    surface |= {"knotvector_u": expected.knots[0].tolist(), "knotvector_v": expected.knots[1].tolist()}
    found = from_json({"shape": {"type": "surface", "count": 1, "data": [surface]}})[0]
    np.testing.assert_array_equal(found.control_points, grid)


def test_geomdl_volume_has_its_order() -> None:
    grid = RNG.normal(size=(2, 3, 4, 3))
    flat = [grid[u, v, w].tolist() for w in range(4) for u in range(2) for v in range(3)]
    data: dict[str, Any] = {"control_points": {"points": flat}}
    for axis, size in zip("uvw", (2, 3, 4), strict=True):
        data |= {f"degree_{axis}": 1, f"size_{axis}": size}
        data[f"knotvector_{axis}"] = [0, *np.linspace(0, 1, size).tolist(), 1]
    np.testing.assert_array_equal(from_json({"shape": {"type": "volume", "data": [data]}})[0].control_points, grid)


def _broken(**changes: Any) -> dict[str, Any]:
    data = to_json(line([0, 0], [1, 1]))
    data["shapes"][0] |= changes
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "no shapes"),
        ({"format": "trackside-nurbs", "version": 9, "shapes": []}, "version 9"),
        ({"format": "trackside-nurbs", "version": 1, "shapes": []}, "list of 1 to"),
        (_broken(kind="blob"), "blob"),
        (_broken(degrees=[10**9]), "degrees"),
        (_broken(degrees=[True]), "degrees"),
        (_broken(control_points=[[0, 0], [1]]), "equal length"),
        (_broken(control_points=[["0", "1"], ["2", "3"]]), "numbers"),
        (_broken(control_points=[]), "numbers"),
        (_broken(knots=[[0, 0, 1]]), "knots"),
        (_broken(knots=[[0, 1, 0, 1]]), "decrease"),
        (_broken(weights=[1, -1]), "weight"),
        (_broken(periodic="no"), "periodic"),
        ({"shape": {"type": "teapot", "data": []}}, "teapot"),
        (
            {
                "shape": {
                    "type": "surface",
                    "data": [{"control_points": {"points": [[0, 0, 0]]}, "size_u": 10**12, "size_v": 1}],
                }
            },
            "sizes",
        ),
    ],
)
def test_what_is_no_shape_is_refused(data: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        from_json(data)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"format": NaN}', "\udcff"])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"bad\.json"):
        read_shapes(path)


def test_large_and_absent_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shapes.json"
    with pytest.raises(InputError, match="cannot be read"):
        read_shapes(path)
    write_shapes(path, circle([0, 0], 1))
    assert len(read_shapes(path)) == 1
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="larger than"):
        read_shapes(path)


def test_obj_of_a_surface_and_a_curve(tmp_path: Path) -> None:
    write_obj(tmp_path / "two.obj", [plane([0, 0, 0], [1, 0, 0], [0, 1, 0]), line([5, 5], [6, 6])])
    lines = (tmp_path / "two.obj").read_text().splitlines()
    assert [one for one in lines if one[0] in "fl"] == ["f 1 3 4", "f 1 4 2", "l 5 6"]
    assert lines.count("v 5.0 5.0 0.0") == 1


def test_stl_binary_and_text_hold_the_same_triangles(tmp_path: Path) -> None:
    write_stl(tmp_path / "binary.stl", torus(3, 1), tolerance=0.05)
    write_stl(tmp_path / "text.stl", torus(3, 1), tolerance=0.05, binary=False)
    data = (tmp_path / "binary.stl").read_bytes()
    count = int.from_bytes(data[80:84], "little")
    assert len(data) == 84 + 50 * count
    assert not data.startswith(b"solid")
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    triangles = np.frombuffer(data, kind, offset=84)
    text = (tmp_path / "text.stl").read_text().split()
    vertices = np.array([text[at + 1 : at + 4] for at, word in enumerate(text) if word == "vertex"], np.float32)
    np.testing.assert_array_equal(vertices.reshape(-1, 3, 3), triangles["corners"])
    np.testing.assert_allclose(np.linalg.norm(triangles["normal"], axis=1), 1, rtol=1e-5)
    middle = triangles["corners"].mean(axis=1)
    ring = middle * [1, 1, 0] / np.linalg.norm(middle[:, :2], axis=1, keepdims=True) * 3
    outwards = ((middle - ring) * triangles["normal"]).sum(axis=1)
    assert (outwards > 0).all()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no triangles"):
        write_stl(tmp_path / "a.stl", line([0, 0], [1, 1]))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no shape"):
        write_shapes(tmp_path / "a.json", [])
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write_shapes(tmp_path / "file" / "a.json", line([0, 0], [1, 1]))


def test_a_path_may_be_text(tmp_path: Path) -> None:
    name = str(tmp_path / "shape")
    write_shapes(f"{name}.json", plane([0, 0, 0], [1, 0, 0], [0, 1, 0]))
    write_obj(f"{name}.obj", read_shapes(f"{name}.json"))
    write_stl(f"{name}.stl", plane([0, 0, 0], [1, 0, 0], [0, 1, 0]), binary=False)
    assert len(list(tmp_path.iterdir())) == 3
