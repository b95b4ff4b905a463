"""Does transfer beat training from scratch, and how well does it do with 244 pictures? Five-fold cross-validation over
seeds.

Ants and bees (the training half of PyTorch's tutorial; the placeholder `imageNotFound.gif`, which says that a picture
is missing, is left out, as torchvision's reader leaves it out). Four ways with EfficientNet-Lite0, each on the same folds:

* frozen: features of the published weights, computed once, and a linear head (the recipe `frozen`);
* frozen random: the same from random weights;
* discriminative: all layers trained further, rates falling towards the input, at 160 pixels for a few epochs;
* scratch: the same network, folds, size, epochs and optimiser from random weights.

No fold is ever looked at in training: nothing is stopped or chosen by it, the last weights count. Recipes were chosen on the
folds of seed 0; `--first 100` says which seeds are reported. Intervals are those of a share (Wilson), over pictures,
of the mean over seeds, so they do not pretend that the same picture in another seed is new.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.harness import Claim, report
from trackside.core.intervals import wilson
from trackside.data.dataset import Dataset
from trackside.data.items import objects
from trackside.data.reading import read_dataset
from trackside.data.splits import make_splits
from trackside.lab.fitting import fit
from trackside.lab.recipes.recipe import RECIPES, Recipe
from trackside.lab.tasks.preparing import Prepared, prepare

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
FOLDS = 5
SIDE, EPOCHS = 160, 6


def pictures() -> Dataset:
    """Ants and bees without the placeholder."""
    dataset = read_dataset(DATA / "hymenoptera")
    real = np.array([not str(name).endswith("imageNotFound.gif") for name in dataset.items.names])
    print(f"{int(real.sum())} pictures; left out: {', '.join(map(str, dataset.items.names[~real])) or 'none'}")
    return dataset.take(real)


def folds(dataset: Dataset, seed: int) -> list[Dataset]:
    """The data set with `train` and `test`, once a fold; copies are never torn apart."""
    made = make_splits(dataset, folds=FOLDS, by=["class"], seed=seed)
    names = np.array(made.parts)
    return [dataset.with_items(splits=objects(list(names[made.table[number]]))) for number in range(FOLDS)]


def ways() -> dict[str, tuple[Recipe, bool]]:
    """Recipe of each way, and whether its frozen body has random weights."""
    tuned = RECIPES["discriminative"].but(epochs=EPOCHS, side=SIDE)
    return {
        "frozen": (RECIPES["frozen"], False),
        "frozen random": (RECIPES["frozen"], True),
        "discriminative": (tuned, False),
        "scratch": (replace(tuned, name="scratch, same budget", mode="scratch", falls_by=1.0), False),
    }


def prepared(dataset: Dataset, recipe: Recipe, random: bool, seed: int) -> Prepared:
    """The training of a fold."""
    if not random:
        return prepare(dataset, recipe=recipe, seed=seed, validation="test")
    from trackside.lab.networks import backbones

    # The same path with weights left as they were drawn.
    build = backbones.backbone("efficientnet-lite0").build
    plain = replace(backbones.backbone("efficientnet-lite0"), name="random", build=lambda _: build(False))
    if "random" not in backbones.BACKBONES:
        backbones.BACKBONES.add("random", plain)
    return prepare(dataset, recipe=replace(recipe, backbone="random"), seed=seed, validation="test")


@torch.no_grad()
def right(ready: Prepared) -> np.ndarray:
    """Whether each item of the test fold is named rightly, bool [m]."""
    model = ready.training.model.eval()
    return np.concatenate(
        [(model(inputs).argmax(dim=1) == targets).numpy() for inputs, targets in ready.training.validation or ()]
    )


def run(dataset: Dataset, recipe: Recipe, random: bool, seed: int) -> tuple[list[float], float]:
    """Share of each fold that is named rightly, and seconds a fold."""
    shares, start = [], time.perf_counter()
    for fold in folds(dataset, seed):
        ready = prepared(fold, recipe, random, seed)
        alone = replace(ready.training, validation=None)
        fit(alone, epochs=recipe.epochs, schedule=ready.schedule, seed=seed, progress=False)
        shares.append(right(ready))
    return [float(value) for value in np.concatenate(shares)], (time.perf_counter() - start) / FOLDS


def row(name: str, dataset: Dataset, recipe: Recipe, random: bool, seeds: Sequence[int]) -> dict[str, Any]:
    """One way over all seeds."""
    found = [run(dataset, recipe, random, seed) for seed in seeds]
    accuracy = [float(np.mean(shares)) for shares, _ in found]
    low, high = wilson(float(np.mean(accuracy)) * len(dataset), len(dataset))
    each = [round(one, 4) for one in accuracy]
    print(f"  {name}: {np.mean(accuracy):.4f} ({low:.3f} to {high:.3f}), seeds {each}", flush=True)
    return {
        "way": name,
        "recipe": recipe.name,
        "side": recipe.side or 224,
        "epochs": recipe.epochs,
        "seeds": len(seeds),
        "accuracy": float(np.mean(accuracy)),
        "low": low,
        "high": high,
        "deviation over seeds": float(np.std(accuracy)),
        "s a fold": float(np.mean([seconds for _, seconds in found])),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3, help="of the frozen ways")
    parser.add_argument("--tuned-seeds", type=int, default=1, help="of the ways that train all layers, minutes each")
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--only", default="", help="ways to run, by commas")
    wanted = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    dataset = pictures()
    rows = []
    for name, (recipe, random) in ways().items():
        if wanted.only and name not in wanted.only.split(","):
            continue
        count = wanted.seeds if recipe.mode == "frozen" else wanted.tuned_seeds
        rows.append(row(name, dataset, recipe, random, range(wanted.first, wanted.first + count)))
    value = {one["way"]: one for one in rows}
    claims = []
    if "frozen" in value:
        claims.append(Claim("accuracy, frozen features and a linear head", value["frozen"]["accuracy"], "", ">= 0.93"))
        claims.append(Claim("lower end of its interval", value["frozen"]["low"], ""))
        claims.append(Claim("frozen, seconds a fold, features among them", value["frozen"]["s a fold"], "s", "<= 120"))
    if {"discriminative", "scratch"} <= set(value):
        gain = value["discriminative"]["low"] - value["scratch"]["high"]
        claims.append(Claim("discriminative's lower end less scratch's upper end", gain, "", ">= 0"))
    method = (
        f"{FOLDS}-fold cross-validation by class on {len(dataset)} pictures, the last weights, nothing chosen on a "
        f"test fold; intervals "
        "are Wilson's of the mean over seeds"
    )
    if wanted.only:
        print("not all ways were run: no result file is written")
        return
    report("transfer", rows, claims, method=method)


if __name__ == "__main__":
    main()
