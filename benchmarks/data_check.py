"""Claim: altered copies are found with recall >= 0.9 at precision >= 0.95, and 10,000 pictures are checked in 5 minutes.

Quality: altered copies of real pictures are planted in their data set, 20 for each alteration alone and 100 for two or
three together, and every method looks at the same JPEG files with its defaults. A copy is recalled if it is paired with
its original; precision is over all pairs given out, where pairs of two copies of one original are right too. The
alterations are Pillow's and `altered_copies`' own, not those that the product plants to measure itself. Seeds from 1300
on were not used while the method was made. Pictures: hymenoptera (243 photographs), Omniglot (every second, 1,560
characters) and MNIST (2,000 digits), the last two so alike that not all altered copies can be told from different pictures.

Speed, on 2 cores: DERIVED pictures, seeded windows of 15 to 35 % of the photographs' sides, enlarged to 500 x 375, in files
that were read once before; one method after the other, medians over the rounds. imagededup's CNN needs weights that cannot
be had here: its network runs with random weights, for its time only. cleanvision is held against the copies alone and
its own questions alone (these without its nearly equal copies).
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.altered_copies import Picture, Planted, plant
from benchmarks.harness import Claim, in_turns, median, ratios, report
from trackside.data.dataset import Dataset
from trackside.data.duplicates import Sketches, SketchExtractor, find_duplicates
from trackside.data.health import check_dataset
from trackside.data.items import Items
from trackside.data.looking import look_at
from trackside.data.scan import scan_pictures

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
COUNT = int(os.environ.get("TRACKSIDE_PICTURES", "10000"))
ROUNDS = int(os.environ.get("TRACKSIDE_ROUNDS", "1" if COUNT > 5000 else "3"))
SEEDS = tuple(range(1300, 1300 + int(os.environ.get("TRACKSIDE_SEEDS", "2"))))
FEATURES = os.environ.get("TRACKSIDE_FEATURES", "efficientnet-lite0")
# cleanvision's dark, light, low information, odd size and aspect, blurry and exact duplicates; greyscale is a shortcut here.
CLEANVISION_ASKS = ("blank-images", "exposure", "blur", "odd-sizes", "exact-duplicates")
Found = set[tuple[str, str]]
"""Pairs of file names, each sorted."""


def main() -> None:
    """Quality on three data sets, then speed."""
    rows: list[dict[str, Any]] = []
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, pictures in (("hymenoptera", photographs()), ("omniglot", characters()), ("mnist", digits())):
            sets = [plant(Path(temporary) / f"{name}{seed}", pictures, seed) for seed in SEEDS]
            for method, find in METHODS.items():
                rows.append({"data": name, "method": method, **quality(sets, find)})
                print(rows[-1], flush=True)
            ours = next(row for row in rows if row["data"] == name and row["method"] == "ours")
            claims.append(Claim(f"recall, {name}", ours["recall"], "", ">= 0.9"))
            claims.append(Claim(f"precision, {name}", ours["precision"], "", ">= 0.95"))
        claims += speed(Path(temporary) / "many")
    report("data_check", rows, claims, method=" ".join(__doc__.split()))


def quality(sets: list[Planted], find: Callable[[Path], Found]) -> dict[str, Any]:
    """Recall of planted copies and precision of pairs, over all seeds; recall for each alteration."""
    right = given = 0
    hits: dict[str, list[bool]] = {}
    for planted in sets:
        found = find(planted.folder)
        good = {pair for pair in found if planted.origins[pair[0]] == planted.origins[pair[1]]}
        right, given = right + len(good), given + len(found)
        for name, done in planted.done.items():
            if done:
                original = f"o{planted.origins[name]:05d}.jpg"
                hits.setdefault(done, []).append((name, original) in good)
    recall = float(np.mean([hit for group in hits.values() for hit in group]))
    each = {name: float(np.mean(group)) for name, group in hits.items()}
    return {"recall": recall, "precision": right / given if given else float("nan"), "pairs": given} | each


def ours(folder: Path) -> Found:
    """The product, exact copies left to their own check."""
    dataset = pictures_of(folder)
    sketches = Sketches.of_scan(scan_pictures(dataset, [SketchExtractor()]))
    pairs = find_duplicates(sketches, picture=lambda row: look_at(dataset.path(row)).rgb)
    names = dataset.items.names
    return {pair(names[a], names[b]) for a, b in zip(pairs.first, pairs.second, strict=True)}


def pictures_of(folder: Path) -> Dataset:
    """All JPEGs of a folder, without classes."""
    return Dataset(folder, Items.of(np.array(sorted(path.name for path in folder.glob("*.jpg")), object)))


def imagededup(method: str, **settings: Any) -> Callable[[Path], Found]:
    """A hash of imagededup."""

    def find(folder: Path) -> Found:
        from imagededup import methods

        found = getattr(methods, method)(verbose=False).find_duplicates(image_dir=folder, **settings)
        return {pair(name, other) for name, others in found.items() for other in others}

    return find


def imagededup_network(folder: Path) -> Found:
    """imagededup's CNN, its weights random."""
    from imagededup.methods import CNN
    from imagededup.utils import CustomModel
    from imagededup.utils.models import MobilenetV3, models

    kept = models.mobilenet_v3_small
    models.mobilenet_v3_small = lambda weights=None: kept(weights=None)
    try:
        network = MobilenetV3().eval()
    finally:
        models.mobilenet_v3_small = kept
    with_random = CNN(verbose=False, model_config=CustomModel("random", network, MobilenetV3.transform))
    # Random features are all alike, and a list of all pairs would be what is timed.
    with_random.find_duplicates(image_dir=folder, min_similarity_threshold=1.0)
    return set()


def cleanvision(folder: Path) -> Found:
    """cleanvision with all that it looks for."""
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(folder))
    lab.find_issues(verbose=False)
    sets = [*lab.info["near_duplicates"]["sets"], *lab.info["exact_duplicates"]["sets"]]
    return {pair(Path(a).name, Path(b).name) for one in sets for a in one for b in one if a != b}


def pair(first: str, second: str) -> tuple[str, str]:
    """Two names in order."""
    return (first, second) if first < second else (second, first)


METHODS: dict[str, Callable[[Path], Found]] = {
    "ours": ours,
    "imagededup PHash": imagededup("PHash"),
    "imagededup PHash, equal": imagededup("PHash", max_distance_threshold=0),
    "imagededup DHash": imagededup("DHash"),
    "cleanvision": cleanvision,
}


def speed(folder: Path) -> list[Claim]:
    """Seconds for many pictures, ours and the peers'."""
    folder.mkdir()
    for number, picture in enumerate(windows(COUNT)):
        picture.save(folder / f"w{number:06d}.jpg", "JPEG", quality=90)
    dataset = pictures_of(folder)
    calls: dict[str, Callable[[], Any]] = {
        "whole data check": lambda: check_dataset(dataset, features=FEATURES),
        "what cleanvision asks": lambda: check_dataset(dataset, only=CLEANVISION_ASKS, features="none"),
        "copies alone": lambda: ours(folder),
        "imagededup PHash": lambda: METHODS["imagededup PHash"](folder),
        "imagededup CNN": lambda: imagededup_network(folder),
        "cleanvision": lambda: cleanvision(folder),
    }
    walls = {name: [one.wall for one in timings] for name, timings in in_turns(calls, ROUNDS).items()}
    claims = [
        Claim(f"{name}, {COUNT:,} pictures", median(wall), "s", f"<= {0.03 * COUNT:g}" if name.startswith("whole") else "")
        for name, wall in walls.items()
    ]
    # Each peer against what does its job: imagededup finds copies, cleanvision asks of quality and of equal files.
    compared = [
        ("imagededup CNN", "copies alone", ">= 2"),
        ("imagededup PHash", "copies alone", ">= 2"),
        ("cleanvision", "copies alone", ">= 2"),
        ("cleanvision", "what cleanvision asks", ">= 2"),
    ]
    return claims + [Claim(f"{a} / {b}", ratios(walls[a], walls[b]), "ratio", goal) for a, b, goal in compared]


def photographs() -> list[Picture]:
    """hymenoptera."""
    return [Image.open(path).convert("RGB") for path in sorted((DATA / "hymenoptera").rglob("*.jpg"))]


def characters() -> list[Picture]:
    """Every second character of Omniglot's second small set."""
    with zipfile.ZipFile(DATA / "omniglot_small" / "images_background_small2.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))[::2]
        return [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]


def digits() -> list[Picture]:
    """The first 2,000 of MNIST's test digits."""
    with gzip.open(DATA / "mnist_t10k" / "t10k-images-idx3-ubyte.gz") as stream:
        pixels = np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    return [Image.fromarray(one).convert("RGB") for one in pixels[:2000]]


def windows(count: int) -> Iterator[Picture]:
    """Derived pictures of 500 x 375."""
    rng, sources = np.random.default_rng(0), photographs()
    for number in range(count):
        source = sources[number % len(sources)]
        w, h = (round(side * rng.uniform(0.15, 0.35)) for side in source.size)
        x, y = int(rng.integers(0, source.width - w)), int(rng.integers(0, source.height - h))
        yield source.crop((x, y, x + w, y + h)).resize((500, 375), Image.Resampling.BICUBIC)


if __name__ == "__main__":
    if not (DATA / "hymenoptera").is_dir():
        sys.exit(f"needs real pictures: no folder {DATA / 'hymenoptera'}; set TRACKSIDE_TEST_DATA")
    main()
