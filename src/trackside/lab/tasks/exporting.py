"""A trained network as a model package: ONNX and card, and proof that both give the same answers.

The exporter is PyTorch's older one (`dynamo=False`): the newer needs onnxscript, and what these networks are made of the
older one exports faithfully.
"""

from __future__ import annotations

import copy
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trackside.core import ModelError
from trackside.core.files import cannot_write, sha256_of, write_text
from trackside.lab.networks.backbones import backbone
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.task import Facts, Task
from trackside.models import Package, write_package
from trackside.models.card import parse_card

NETWORK, INPUT = "network.onnx", "inputs"
_OPSET = 17
# Float32 sums in another order differ by some 1e-6 of the largest; more means another network.
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Exported:
    """What left the lab.

    Attributes:
        folder: where it lies.
        network: the ONNX file.
        package: the verified package; None for texts, whose networks no card describes yet (`model.json` does).
        difference: largest difference between the trained and the exported network's answers on a trial input.
    """

    folder: Path
    network: Path
    package: Package | None
    difference: float


def export(
    whole: nn.Module,
    task: Task,
    facts: Facts,
    recipe: Recipe,
    folder: Path,
    name: str,
    measured: dict[str, float],
    data: str,
) -> Exported:
    """Write a package; see `Prepared.export`."""
    network = task.exported(copy.deepcopy(whole).cpu().eval(), facts).eval()
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / NETWORK
        write_onnx(network, task.sample(facts), file, task.output)
        difference = compare(network, task.sample(facts), file)
        if task.card is None:
            return _as_folder(file, task, facts, recipe, folder, measured, data, difference)
        card = parse_card(
            {
                "name": name or folder.name,
                "runtime": "onnx",
                "classes": facts.classes,
                "geometry": _geometry(task, facts),
                "metrics": [
                    {"name": key, "value": value, "data": data} for key, value in measured.items() if np.isfinite(value)
                ],
                "source": f"trained by Trackside: recipe {recipe.name}, backbone {recipe.backbone}",
                "reference": backbone(recipe.backbone).reference,
                "licence": _licence(recipe),
                "files": [{"name": NETWORK, "sha256": sha256_of(file), "bytes": file.stat().st_size}],
                **task.card(facts),
            },
            where=str(folder),
        )
        package = write_package(folder, card, {NETWORK: file})
    return Exported(folder, package.network, package, difference)


def write_onnx(network: nn.Module, sample: Tensor, file: Path, output: str) -> None:
    """Write a network as ONNX with a free batch; its input is named `inputs`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (sample,),
            str(file),
            dynamo=False,
            opset_version=_OPSET,
            input_names=[INPUT],
            output_names=[output],
            dynamic_axes={INPUT: {0: "batch"}, output: {0: "batch"}},
        )


def compare(network: nn.Module, sample: Tensor, file: Path) -> float:
    """The largest difference between a network and its ONNX file, on random inputs of three items.

    Raises:
        ModelError: it is more than float32 explains.
    """
    from trackside.models.runtimes.onnx import OnnxRuntime

    trial = _trial(sample)
    with torch.no_grad():
        ours = network(trial).numpy()
    theirs = next(iter(OnnxRuntime(file).run({INPUT: trial.numpy()}).values()))
    difference = float(np.abs(ours - theirs).max())
    if not difference <= _TOLERANCE * max(1.0, float(np.abs(ours).max())):
        what = f"the exported network answers otherwise than the trained one (by {difference:.2g})"
        raise ModelError(what, where=NETWORK, fix="please report this with the recipe; do not use the file")
    return difference


def _trial(sample: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    shape = (3, *sample.shape[1:])
    if sample.is_floating_point():
        return torch.randn(shape, generator=generator)
    return torch.randint(0, 2, shape, generator=generator, dtype=sample.dtype)


def _geometry(task: Task, facts: Facts) -> dict[str, Any]:
    shape = {"width": facts.side, "height": facts.side, "fit": task.fit}
    return {**shape, "mean": facts.scaling.mean, "std": facts.scaling.std}


def _licence(recipe: Recipe) -> str:
    """Of the weights that it began with; LicenseRef-own for one's own alone."""
    return (backbone(recipe.backbone).licence if recipe.transfers else "") or "LicenseRef-own"


def _as_folder(
    file: Path,
    task: Task,
    facts: Facts,
    recipe: Recipe,
    folder: Path,
    measured: dict[str, float],
    data: str,
    difference: float,
) -> Exported:
    """Network and `model.json`, for tasks that cards do not know."""
    about = {"task": task.name, "recipe": recipe.name, "classes": facts.classes, "words": facts.words, "length": facts.side}
    about |= {"metrics": measured, "data": data, "sha256": sha256_of(file)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NETWORK).write_bytes(file.read_bytes())
        write_text(folder / "model.json", json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise cannot_write(folder, error) from error
    return Exported(folder, folder / NETWORK, None, difference)
