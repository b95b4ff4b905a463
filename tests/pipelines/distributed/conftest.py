"""Engines on a cluster without Ray, for tests of what the driver decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from trackside.pipelines.distributed import RayEngine, RayOptions

from .local import SYNTHETIC, LocalCluster, synthetic_engine

Start = Callable[..., RayEngine]
MakePipeline = Callable[..., str]


@pytest.fixture
def toy_pipeline(tmp_path: Path) -> MakePipeline:
    """Writes a pipeline file of the toy model and judge of the live engine's tests."""

    def write(name: str = "toy", *, find: dict[str, Any] | None = None, judge: dict[str, Any] | None = None) -> str:
        blocks = {
            "find": {"use": "live-toy.find@1", "images": "source.images", **(find or {})},
            "judge": {"use": "live-toy.judge@1", "detections": "find", **(judge or {})},
        }
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"pipeline": name, "blocks": blocks, "save": ["judge.seen"]}))
        return str(path)

    return write


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts engines, which end with the test."""
    engines: list[RayEngine] = []
    SYNTHETIC.readers.clear()
    SYNTHETIC.refused.clear()

    def begin(cluster: LocalCluster, *, on_alarm: Any = lambda alarm: None, on_state: Any = None, on_refused: Any = None,
              **options: Any) -> RayEngine:  # fmt: skip
        told = RayOptions(engine=synthetic_engine, **{"silence": 2.0, "lease": 4.0, **options})
        engine = RayEngine(on_alarm, cluster=cluster, on_state=on_state, on_refused=on_refused, options=told)
        engines.append(engine)
        return engine

    yield begin
    for engine in engines:
        engine.close()
