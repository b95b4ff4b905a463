"""LeNet-5 on MNIST, beside published results. Only the 10,000 digits of the published test part are here.

They are cut into 20 blocks of 500 that follow each other; a seed draws 4 of them (2 of each half, whose writers differ
in kind) to test on, the rest, 8,000 digits, trains. Digits of one writer lie together, so blocks keep writers apart, but for
those at a
block's edge; the published parts have no writer in common at all. Nothing is chosen on the tested blocks: the last
weights count.

The published 0.95 % (0.8 % with distorted digits) of LeNet-5 are for 60,000 training digits (LeCun et al. 1998,
section III-C).
With 8,000 they are not to be expected: published errors for about as many labels are 1.5 to 1.6 % for 5,000 (Ranzato
et al. 2007;
Lee et al. 2009, table 2, both helped by unlabelled digits) and 0.6 to 0.8 % for 60,000 by the same methods. Recipes were
chosen on blocks of seed 0; `--first 100` says which seeds are reported.
"""

from __future__ import annotations

import argparse
import os
import tempfile
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
from trackside.lab.fitting import fit
from trackside.lab.tasks.preparing import prepare

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
BLOCKS, TESTED = 20, 4


def digits(folder: Path) -> Dataset:
    """The 10,000 digits in their published order."""
    return read_dataset(DATA / "mnist_t10k", unpack=folder)


def cut(dataset: Dataset, seed: int, train: int | None = None) -> Dataset:
    """The data set with `train` and `test` by blocks; with `train`, only so many digits of the training part."""
    rng = np.random.default_rng(seed)
    half = BLOCKS // 2
    picks = [rng.choice(half, TESTED // 2, replace=False) for _ in range(2)]
    chosen = np.concatenate([picks[0], half + picks[1]])
    block = np.arange(len(dataset)) * BLOCKS // len(dataset)
    splits = np.where(np.isin(block, chosen), "test", "train").astype(object)
    if train is not None:
        rows = np.flatnonzero(splits == "train")
        splits[rng.permutation(rows)[train:]] = ""
    return dataset.with_items(splits=objects(list(splits)))


@torch.no_grad()
def wrong(ready: Any) -> int:
    """How many test digits are named wrongly."""
    model = ready.training.model.eval()
    return sum(int((model(inputs).argmax(dim=1) != targets).sum()) for inputs, targets in ready.training.validation)


def row(name: str, dataset: Dataset, seeds: Sequence[int], epochs: int | None, train: int | None) -> dict[str, Any]:
    """One recipe and size over all seeds."""
    errors, seconds, tested, seen = [], [], 0, set[int]()
    for seed in seeds:
        start = time.perf_counter()
        parted = cut(dataset, seed, train)
        seen |= set(parted.in_split("test").tolist())
        ready = prepare(parted, recipe=name, seed=seed, validation="test")
        rounds = epochs or ready.recipe.epochs
        fit(replace(ready.training, validation=None), epochs=rounds, schedule=ready.schedule, seed=seed, progress=False)
        errors.append(wrong(ready))
        tested += ready.counts[1]
        seconds.append(time.perf_counter() - start)
    # A digit that several seeds test is no new digit.
    low, high = wilson(sum(errors) / tested * len(seen), len(seen))
    found = {"recipe": name, "training digits": ready.counts[0], "test digits": ready.counts[1], "seeds": len(seeds)}
    found |= {"epochs": rounds, "error %": 100 * sum(errors) / tested, "low %": 100 * low, "high %": 100 * high}
    print(f"  {found}", flush=True)
    return found | {"s a run": float(np.mean(seconds))}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=None)
    wanted = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    seeds = range(wanted.first, wanted.first + wanted.seeds)
    with tempfile.TemporaryDirectory() as folder:
        dataset = digits(Path(folder))
        rows = [row("lenet-plain", dataset, seeds, wanted.epochs, size) for size in (1000, 5000, None)]
        rows.append(row("lenet", dataset, seeds, wanted.epochs, None))
    plain = {one["training digits"]: one["error %"] for one in rows[:3]}
    claims = [
        Claim("error with 8,000 digits, distorted", rows[3]["error %"], "%", "<= 1.1"),
        Claim("error with 8,000 digits", plain[8000], "%", "<= 1.7"),
        Claim("error with 5,000 digits; published 1.52 (Ranzato et al. 2007), 1.59 (Lee et al. 2009)", plain[5000], "%"),
        Claim("error with 1,000 digits; published 3.21 (Ranzato et al. 2007), 2.62 (Lee et al. 2009)", plain[1000], "%"),
    ]
    method = (
        f"the published test digits alone, {TESTED} of {BLOCKS} blocks of 500 for testing, by seed; last weights; "
        f"intervals are "
        "Wilson's over the digits that any seed tests"
    )
    report("lenet_mnist", rows, claims, method=method)


if __name__ == "__main__":
    main()
