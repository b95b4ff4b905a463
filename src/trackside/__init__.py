"""Trackside: deep learning in practice, from labelled footage to a pipeline that people trust.

import trackside
result = trackside.run("pose-and-angles", "throw.mp4")
for record in trackside.stream("count-people", "street.mp4"):
    print(record.time, record["track"].ids)
with trackside.Client("http://127.0.0.1:8765") as server:
    server.run("count-people", [server.upload("street.mp4")]).wait().download()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackside.client import Client
    from trackside.pipelines.api import run, stream

__version__ = "0.1.0"

__all__ = ["Client", "__version__", "run", "stream"]


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    if name in ("run", "stream"):
        from trackside.pipelines import api

        return getattr(api, name)
    if name == "Client":
        from trackside.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
