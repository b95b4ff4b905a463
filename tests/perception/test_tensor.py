"""A picture's bytes become the floats that its network was trained on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from trackside.models.card import Geometry
from trackside.models.runtimes import TensorSpec
from trackside.perception.tensor import TensorWriter

SPEC = TensorSpec("x", (None,), np.dtype(np.float32))
SETTINGS: list[dict[str, Any]] = [
    {},
    {"colour": "BGR"},
    {"colour": "BGR", "scale": 1 / 255},
    {"scale": 1 / 127.5, "mean": (1.0, 1.0, 1.0)},
    {"scale": 1 / 255, "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_values_follow_the_card(layout: str, settings: dict[str, Any]) -> None:
    geometry = Geometry(width=6, height=4, layout=layout, **settings)  # type: ignore[arg-type]
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    write = TensorWriter(geometry, SPEC)
    tensor = write.buffer(1)
    write(picture, tensor[0])
    expected = picture[..., ::-1] if geometry.colour == "BGR" else picture
    values = (expected * geometry.scale - np.array(geometry.mean)) / np.array(geometry.std)
    np.testing.assert_allclose(tensor[0], values.transpose(2, 0, 1) if layout == "NCHW" else values, atol=1e-6)
    assert tensor.dtype == np.float32


def test_a_buffer_is_reused_by_its_thread_and_by_no_other() -> None:
    write = TensorWriter(Geometry(width=6, height=4), SPEC)
    assert write.buffer(2) is write.buffer(2) or np.shares_memory(write.buffer(2), write.buffer(2))
    with ThreadPoolExecutor(1) as pool:
        assert not np.shares_memory(pool.submit(write.buffer, 2).result(), write.buffer(2))


def test_half_precision_networks_get_half_precision() -> None:
    write = TensorWriter(Geometry(width=6, height=4), TensorSpec("x", (None,), np.dtype(np.float16)))
    tensor = write.buffer(1)
    write(np.full((4, 6, 3), 255, np.uint8), tensor[0])
    assert tensor.dtype == np.float16
    assert (tensor == 255).all()
