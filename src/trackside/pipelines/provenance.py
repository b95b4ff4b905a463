"""What a result rests on: versions, models with hashes, the input, and one fingerprint of all that decides the numbers."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import trackside
from trackside.models import plateau_batch, resolve, shared_runtime
from trackside.pipelines.plan import Plan

_PROCESSORS = ("CPU", "XNNPACK")
_LIBRARIES = ("av", "numpy", "onnxruntime", "ai-edge-litert", "opencv-python-headless", "pyarrow", "scipy")


def versions() -> dict[str, str]:
    """Versions of Trackside, Python, and the libraries that decide numbers."""
    found = {"trackside": trackside.__version__, "python": platform.python_version(), "platform": platform.platform()}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def model_facts(plan: Plan) -> dict[str, dict[str, Any]]:
    """Licence and file hashes of each model that a plan uses, and what executes it. Opens them, so that trouble comes early.

    Raises:
        ModelError: one is not installed, or cannot be opened.
    """
    facts = {}
    for name in plan.models:
        package = resolve(name)
        runtime = shared_runtime(package)
        hashes = {file.name: file.sha256 for file in package.card.files}
        facts[name] = {"licence": package.card.licence, "sha256": hashes, "runs_on": runtime.provider}
        if runtime.fallback:
            facts[name]["fallback"] = runtime.fallback
    return facts


def best_batch(plan: Plan) -> int:
    """Most records in one inference call: the smallest batch whose doubling gains under 5 %, measured on an accelerator.

    On a processor it is 1: doubling gains nothing there, and every number stays independent of what else is running.
    """
    runtimes = [shared_runtime(resolve(name)) for name in plan.models]
    return max((plateau_batch(one) for one in runtimes if one.provider not in _PROCESSORS), default=1)


def input_facts(path: Path) -> dict[str, Any]:
    """Path, size and modification time of an input; of a folder, those of its files together."""
    if path.is_dir():
        stats = [child.stat() for child in sorted(path.iterdir()) if child.is_file()]
        size, changed = sum(s.st_size for s in stats), max((s.st_mtime_ns for s in stats), default=0)
    else:
        size, changed = path.stat().st_size, path.stat().st_mtime_ns
    return {"path": str(path.resolve()), "bytes": size, "modified_ns": changed}


def fingerprint(plan: Plan, models: Mapping[str, Any], source: Mapping[str, Any]) -> str:
    """One hash of everything that decides a file's results: a finished file with the same one need not be done again."""
    meaning = plan.pipeline.model_dump(mode="json", exclude={"layout", "about"})
    decides = {
        "trackside": trackside.__version__,
        "pipeline": meaning,
        "models": models,
        "input": source,
        "files": [input_facts(path) for path in _files_read(plan) if path.exists()],
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True, default=str).encode()).hexdigest()


def _files_read(plan: Plan) -> list[Path]:
    """Files that blocks read besides the input."""
    return [value for node in plan.nodes for value in node.keywords().values() if isinstance(value, Path)]
