"""Features: the same for the same picture, told apart for different ones, and one sentence for what cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from onnx import TensorProto, helper

from trackside.core import InputError, ModelError
from trackside.core.files import sha256_of
from trackside.data.dataset import Dataset
from trackside.data.features import describe, embedder, principal, read_features
from trackside.data.features.embedding import Embedder, central_square, embed_all, network_input
from trackside.data.items import Items
from trackside.data.scan import scan_pictures
from trackside.models.card import Geometry, parse_card
from trackside.models.package import write_package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An embedding package whose vector is the mean colour of the picture as the network sees it."""
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["batch", 3, 8, 8])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["batch", 3])
    pool = helper.make_node("GlobalAveragePool", ["picture"], ["mean"])
    nodes = [pool, helper.make_node("Flatten", ["mean"], ["vector"])]
    graph = helper.make_graph(nodes, "colour", [picture], [vector])
    path = tmp_path / "colour.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    file = {"name": path.name, "sha256": sha256_of(path), "bytes": path.stat().st_size}
    card = {
        "name": "colour",
        "task": "embedding",
        "family": "embedding",
        "runtime": "onnx",
        "licence": "MIT",
        "files": [file],
    }
    data: dict[str, Any] = {**card, "geometry": {"width": 8, "height": 8, "fit": "stretch"}}
    return write_package(tmp_path / "colour", parse_card(data, where="colour"), {path.name: path}).folder


def _write(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (20, 30)) -> None:
    cv2.imwrite(str(path), np.full((*size, 3), colour[::-1], np.uint8))


def test_a_package_gives_one_unit_vector_a_picture(package: Path, tmp_path: Path) -> None:
    _write(tmp_path / "a.png", (200, 100, 50))
    _write(tmp_path / "b.png", (0, 0, 200))
    _write(tmp_path / "black.png", (0, 0, 0))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    extractor = embedder(str(package))
    names = ["a.png", "b.png", "black.png", "broken.png"]
    scan = scan_pictures(Dataset(tmp_path, Items.of(names)), [extractor], threads=2)
    vectors = scan.column(extractor.name, "vector")
    assert vectors.dtype == np.float16
    expected = np.array([200, 100, 50]) / np.linalg.norm([200, 100, 50])
    np.testing.assert_allclose(vectors[0].astype(float), expected, atol=1e-3)
    np.testing.assert_allclose(vectors[1].astype(float), [0, 0, 1], atol=1e-3)
    assert np.isnan(vectors[2:]).all()  # Black has no direction, and what is no picture no vector.


def test_many_threads_give_the_same_vectors(package: Path) -> None:
    pictures = list(np.random.default_rng(0).integers(0, 255, (30, 12, 9, 3), np.uint8))
    one = embedder(str(package))
    assert isinstance(one, Embedder)
    np.testing.assert_array_equal(embed_all(pictures, one.embed, 1), embed_all(pictures, one.embed, 8))


def test_the_name_tells_networks_apart(package: Path) -> None:
    extractor = embedder(str(package))
    assert isinstance(extractor, Embedder)
    assert extractor.package.sha256[:8] in extractor.name


def test_a_model_that_is_not_here_says_how_to_bring_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path))
    with pytest.raises(ModelError, match="trackside models pull efficientnet-lite0"):
        embedder("efficientnet-lite0")


def test_a_detector_gives_no_features(package: Path) -> None:
    from trackside.models import load_package

    found = load_package(package)
    wrong = type(found)(found.folder, found.card.model_copy(update={"task": "detection"}))
    with pytest.raises(ModelError, match="answers detection"):
        Embedder(wrong)


def test_square_networks_see_the_middle_and_others_all() -> None:
    picture = np.zeros((10, 30, 3), np.uint8)
    picture[:, 10:20] = 255
    square = network_input(picture, Geometry(width=4, height=4))
    assert square.shape == (3, 4, 4) and (square == 255).all()
    wide = network_input(picture, Geometry(width=12, height=4))
    assert wide.mean() == pytest.approx(85, abs=1)
    assert central_square(picture).shape == (10, 10, 3)


def test_the_input_is_as_the_card_says() -> None:
    picture = np.full((4, 4, 3), (10, 20, 30), np.uint8)
    geometry = Geometry(width=4, height=4, colour="BGR", layout="NHWC", scale=0.5, mean=(1, 2, 3), std=(2, 4, 8))
    np.testing.assert_allclose(network_input(picture, geometry)[0, 0], [(15 - 1) / 2, (10 - 2) / 4, (5 - 3) / 8])


def test_plain_features_see_shape_colour_and_nothing_in_a_blank_picture() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::8] = 255
    blank = np.full((64, 64, 3), 127, np.uint8)
    red = blank.copy()
    red[..., 0] = 255
    vectors = [describe(one) for one in (stripes, stripes.transpose(1, 0, 2).copy(), blank, red)]
    assert all(np.isfinite(one).all() and np.linalg.norm(one) == pytest.approx(1, abs=1e-3) for one in vectors[:2])
    assert vectors[0] @ vectors[0] - vectors[0] @ vectors[1] > 0.3  # Across and down differ.
    assert vectors[2] @ vectors[3] < 0.9
    bigger = describe(np.repeat(np.repeat(stripes, 2, 0), 2, 1))
    assert bigger @ vectors[0] > 0.95  # Size does not matter.


def test_plain_features_are_those_of_the_middle() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 90, 3), np.uint8)
    np.testing.assert_array_equal(describe(picture), describe(picture[:, 25:65].copy()))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 7)])
def test_pictures_of_any_size_have_features(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    assert np.isfinite(describe(picture)).all()
    assert network_input(picture, Geometry(width=8, height=8)).shape == (3, 8, 8)


def test_principal_components_are_those_of_a_singular_value_decomposition() -> None:
    rows = np.random.default_rng(1).normal(size=(60, 8)) * np.array([9, 7, 5, 3, 1, 1, 1, 1])
    for given in (rows, rows[:6]):
        found = principal(given, 3)
        left, sizes, _ = np.linalg.svd(given - given.mean(axis=0), full_matrices=False)
        np.testing.assert_allclose(np.abs(found(given)), np.abs(left[:, :3] * sizes[:3]), atol=1e-3)
        np.testing.assert_allclose(found.share, sizes[:3] ** 2 / (sizes**2).sum(), rtol=1e-3)


def test_principal_components_leave_unknown_rows_unknown() -> None:
    rows = np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32)
    rows[7] = np.nan
    found = principal(rows, 4)(rows)
    assert np.isnan(found[7]).all() and np.isfinite(np.delete(found, 7, axis=0)).all()
    assert principal(np.full((3, 4), np.nan), 2)(rows[:, :4]).shape == (60, 2)


def test_features_are_read_by_order_or_by_name(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.save(tmp_path / "f.npy", values)
    np.testing.assert_array_equal(read_features(tmp_path / "f.npy", ["a", "b", "c"]), values)
    parquet.write_table(pa.table({"item": ["c", "a"], "vector": [[4.0, 5.0], [0.0, 1.0]]}), tmp_path / "f.parquet")
    found = read_features(tmp_path / "f.parquet", ["a", "b", "c"])
    np.testing.assert_array_equal(found, [[0, 1], [np.nan, np.nan], [4, 5]])
    parquet.write_table(pa.table({"path": ["c", "a"], "x": [4.0, 0.0], "y": [5, 1]}), tmp_path / "g.parquet")
    np.testing.assert_array_equal(read_features(tmp_path / "g.parquet", ["a", "c"]), [[0, 1], [4, 5]])


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((2, 2)), "2 rows, but the data set has 3"),
        (np.zeros(3), "features are numbers"),
        (np.array([["a", "b"]] * 3), "features are numbers"),
        ({"vector": [[1.0]] * 3}, "no column of item names"),
        ({"item": ["x", "y", "z"], "vector": [[1.0]] * 3}, "none of the data set's items"),
        ({"item": ["a", "b", "c"], "vector": [[1.0], [1.0, 2.0], [3.0]]}, "no table of numbers"),
        (b"rubbish", "no array that can be read"),
    ],
)
def test_features_that_do_not_fit_are_one_sentence(tmp_path: Path, table: Any, reason: str) -> None:
    path = tmp_path / ("f.parquet" if isinstance(table, dict) else "f.npy")
    if isinstance(table, bytes):
        path.write_bytes(table)
    elif isinstance(table, dict):
        parquet.write_table(pa.table(table), path)
    else:
        np.save(path, table)
    with pytest.raises(InputError, match=reason):
        read_features(path, ["a", "b", "c"])


@pytest.mark.parametrize("name", ["gone.npy", "gone.parquet", "features.txt"])
def test_features_from_nowhere_are_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        read_features(tmp_path / name, ["a"])
