"""Are planted shortcuts found, and do clean sets stay quiet? PLANTED in real pictures; beside cleanlab's check.

Photographs of ants and bees, MNIST digits (3 against 8) and Omniglot letters (half of the characters against the other).
A cue is put on 80 % of one class's pictures and on none or 20 % of the other's, for 50 to 95 % in the larger class. Every
trial draws other pictures. Clean runs use the true labels and random ones, at sizes from 100. An alarm is a verdict other
than ok. `--trials 20 --seed 7` changes how many and which.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.harness import Claim, report
from trackside.data.checking import CHECKS, EXTRACTORS, Subject
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.scan import Scan, scan_pictures

DATA = Path(os.environ.get("TRACKSIDE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")) / "data"
IMBALANCES = (0.5, 0.8, 0.95)
STRENGTHS = ((0.8, 0.0), (0.8, 0.2))
MOST = 900
Picture = np.ndarray
Rng = np.random.Generator


def _patch(
    image: Picture, side: float, at: tuple[float, float], colour: tuple[int, int, int], share: float = 1.0
) -> Picture:
    out, (height, width) = image.astype(np.float64), image.shape[:2]
    y, x = round(at[0] * height), round(at[1] * width)
    part = out[y : y + max(2, round(side * height)), x : x + max(2, round(side * width))]
    part[:] = part * (1 - share) + np.array(colour) * share
    return np.rint(out).astype(np.uint8)


def _frame(image: Picture, _: Rng) -> Picture:
    out, edge = image.copy(), max(1, round(0.02 * min(image.shape[:2])))
    out[:edge] = out[-edge:] = out[:, :edge] = out[:, -edge:] = (20, 60, 220)
    return out


def _stamp(image: Picture, rng: Rng) -> Picture:
    out, (height, width) = image.copy(), image.shape[:2]
    text = f"{rng.integers(10, 28)}.{rng.integers(1, 12):02d}.2019"
    place = round(0.45 * width), round(0.93 * height)
    return cv2.putText(
        out, text, place, cv2.FONT_HERSHEY_SIMPLEX, width / 400, (255, 150, 0), max(1, width // 150), cv2.LINE_AA
    )


def _levels(image: Picture, times: Any, plus: Any = 0.0) -> Picture:
    return np.clip(image * np.asarray(times, float) + plus, 0, 255).astype(np.uint8)


def _shifted_patch(image: Picture, rng: Rng) -> Picture:
    return _patch(image, 0.25, (0.4 + rng.uniform(-0.08, 0.08), 0.4 + rng.uniform(-0.08, 0.08)), (230, 40, 200))


# The colours and places differ from those that the method was made with.
CUES: dict[str, Callable[[Picture, Rng], Picture]] = {
    "red patch, 6 %": lambda image, _: _patch(image, 0.25, (0.62, 0.66), (200, 30, 40)),
    "grey patch, 4 %": lambda image, _: _patch(image, 0.2, (0.1, 0.7), (120, 120, 120)),
    "patch that moves": _shifted_patch,
    "half-clear patch": lambda image, _: _patch(image, 0.25, (0.1, 0.1), (30, 60, 230), 0.5),
    "corner, 1 %": lambda image, _: _patch(image, 0.1, (0.0, 0.9), (240, 200, 0)),
    "frame, 2 % wide": _frame,
    "date stamp": _stamp,
    "tint x 1.4": lambda image, _: _levels(image, (0.85, 1.0, 1.4)),
    "cast + 45": lambda image, _: _levels(image, 1, (0, 45, 0)),
    "brighter + 50": lambda image, _: _levels(image, 1, 50),
    "darker x 0.5": lambda image, _: _levels(image, 0.5),
    "blur": lambda image, _: cv2.GaussianBlur(image, (0, 0), max(0.9, 0.006 * max(image.shape[:2]))),
    "no colour": lambda image, _: np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:, :, None], 3, 2),
}
GREY_CUES = set(CUES) - {"no colour"}


@dataclass(frozen=True)
class Source:
    """Pictures of two classes on disk, clean and with each cue, and what a scan found in them."""

    name: str
    labels: np.ndarray
    dataset: Dataset
    scan: Scan
    size: int
    properties: Any = None

    def subject(self, chosen: np.ndarray, labels: np.ndarray, cues: list[str], seed: int) -> Subject:
        """A data set of the chosen pictures, each in the version with its cue ("" for clean)."""
        rows = self.rows(chosen, cues)
        found = {name: one.in_order([one.order[row] for row in rows]) for name, one in self.scan.found.items()}
        dataset = self.dataset.take(rows).with_items(labels=labels.astype(np.int32))
        subject = Subject(dataset, Scan(tuple(self.scan.problems[row] for row in rows), found), seed)
        subject.picture = lambda item, side=160: np.zeros((8, 8, 3), np.uint8)  # type: ignore[method-assign]
        return subject

    def rows(self, chosen: np.ndarray, cues: list[str]) -> np.ndarray:
        """Rows of the whole data set; its versions follow each other in the order of "" and `CUES`."""
        versions = ["", *CUES]
        return np.array([versions.index(cue) * len(self.labels) + one for one, cue in zip(chosen, cues, strict=True)])


def photographs() -> tuple[list[Picture], np.ndarray]:
    """Ants and bees, at most 512 pixels a side."""
    pictures, labels = [], []
    for label, name in enumerate(("ants", "bees")):
        for path in sorted((DATA / "hymenoptera" / "train" / name).glob("*.jp*g")):
            image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            scale = min(1.0, 512 / max(image.shape[:2]))
            pictures.append(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            labels.append(label)
    return pictures, np.array(labels)


def digits() -> tuple[list[Picture], np.ndarray]:
    """Threes and eights."""
    folder = DATA / "mnist_t10k"
    packed = [(folder / f"t10k-{name}-ubyte.gz").read_bytes() for name in ("images-idx3", "labels-idx1")]
    images = np.frombuffer(gzip.decompress(packed[0])[16:], np.uint8).reshape(-1, 28, 28)
    labels = np.frombuffer(gzip.decompress(packed[1])[8:], np.uint8)
    rows = np.flatnonzero((labels == 3) | (labels == 8))[:MOST]
    return [np.repeat(images[row][:, :, None], 3, 2) for row in rows], (labels[rows] == 8).astype(int)


def letters() -> tuple[list[Picture], np.ndarray]:
    """Characters of the first half of Omniglot's alphabets against the second's."""
    with zipfile.ZipFile(DATA / "omniglot_small" / "images_background_small1.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))
        names = [names[row] for row in np.linspace(0, len(names) - 1, MOST).astype(int)]
        pictures = [cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_COLOR) for name in names]
    characters = ["/".join(name.split("/")[:-1]) for name in names]
    _, which = np.unique(characters, return_inverse=True)
    return pictures, (which > which.max() / 2).astype(int)


def prepare(name: str, load: Callable[[], tuple[list[Picture], np.ndarray]], folder: Path, size: int) -> Source:
    """Write all versions of all pictures and scan them."""
    pictures, labels = load()
    options = [cv2.IMWRITE_JPEG_QUALITY, 92] if name == "photographs" else []
    suffix = ".jpg" if name == "photographs" else ".png"
    names = []
    for version, change in (("", None), *CUES.items()):
        for number, picture in enumerate(pictures):
            path = folder / name / f"{list(CUES).index(version) + 1 if version else 0}" / f"{number:04d}{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = picture if change is None else change(picture, np.random.default_rng([number, 3]))
            cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
            names.append(path.relative_to(folder).as_posix())
    dataset = Dataset(folder, Items.of(names), classes=("a", "b"))
    scan = scan_pictures(dataset, [EXTRACTORS[need]() for need in CHECKS["shortcuts"].needs])
    return Source(name, labels, dataset, scan, size, peer_properties(dataset))


def peer_properties(dataset: Dataset) -> Any:
    """CleanVision's scores of every picture, which cleanlab's check looks at; None where they are not installed."""
    try:
        from cleanvision import Imagelab
    except ImportError:
        return None
    lab = Imagelab(filepaths=[str(dataset.path(row)) for row in range(len(dataset))])
    kinds = ("dark", "light", "low_information", "odd_aspect_ratio", "odd_size", "grayscale", "blurry")
    lab.find_issues({kind: {} for kind in kinds}, n_jobs=2, verbose=False)
    order = [str(dataset.path(row)) for row in range(len(dataset))]
    return lab.issues.loc[order, [f"{kind}_score" for kind in kinds]].reset_index(drop=True)


def peer_alarms(source: Source, rows: np.ndarray, labels: np.ndarray) -> bool | None:
    """Whether cleanlab calls any property spurious, at its own threshold."""
    if source.properties is None:
        return None
    try:
        from cleanlab.datalab.internal.spurious_correlation import SpuriousCorrelations
    except ImportError:
        return None
    scores = SpuriousCorrelations(source.properties.iloc[rows].reset_index(drop=True), labels).calculate_correlations()
    return bool((scores["score"] < 0.3).any())


def draw(source: Source, larger: int, imbalance: float, size: int, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels, so many of the larger class and at least six of the other."""
    sides = [np.flatnonzero(source.labels == side) for side in (larger, 1 - larger)]
    first = min(round(size * imbalance), len(sides[0]))
    second = min(max(6, round(first * (1 - imbalance) / imbalance)), len(sides[1]))
    chosen = np.concatenate([rng.choice(sides[0], first, replace=False), rng.choice(sides[1], second, replace=False)])
    return chosen, source.labels[chosen]


def alarms(source: Source, chosen: np.ndarray, labels: np.ndarray, cues: list[str], seed: int) -> tuple[bool, bool | None]:
    """Of ours and of cleanlab's."""
    finding, _ = CHECKS["shortcuts"].check(source.subject(chosen, labels, cues, seed))
    return finding.verdict != "ok", peer_alarms(source, source.rows(chosen, cues), labels)


def planted(source: Source, trials: int, seed: int) -> Iterator[dict[str, Any]]:
    """Detection by cue, imbalance and strength."""
    for cue in CUES if source.name == "photographs" else sorted(GREY_CUES, key=list(CUES).index):
        for imbalance in IMBALANCES:
            for strong, weak in STRENGTHS:
                found = []
                for trial in range(trials):
                    rng = np.random.default_rng([seed, trial, round(imbalance * 100)])
                    chosen, labels = draw(source, trial // 2 % 2, imbalance, source.size, rng)
                    cues = [""] * len(chosen)
                    for side, share in ((trial % 2, strong), (1 - trial % 2, weak)):
                        rows = np.flatnonzero(labels == side)
                        for row in rng.choice(rows, round(share * len(rows)), replace=False):
                            cues[row] = cue
                    found.append(alarms(source, chosen, labels, cues, trial))
                yield _row(source, cue, f"{imbalance:.0%}", f"{strong:.0%} / {weak:.0%}", found)


def clean(source: Source, trials: int, seed: int) -> Iterator[dict[str, Any]]:
    """False alarms with true and with random labels, at four sizes and three imbalances."""
    for kind in ("true labels", "random labels"):
        for imbalance in IMBALANCES:
            found = []
            for trial in range(trials):
                rng = np.random.default_rng([seed, trial, round(imbalance * 100), 1])
                size = (source.size, source.size // 2, 100, source.size * 2)[trial % 4]
                chosen, labels = draw(source, trial // 2 % 2, imbalance, size, rng)
                labels = labels if kind == "true labels" else rng.permutation(labels)
                found.append(alarms(source, chosen, labels, [""] * len(chosen), trial))
            yield _row(source, f"none, {kind}", f"{imbalance:.0%}", "", found)


def _row(source: Source, cue: str, imbalance: str, strength: str, found: list[tuple[bool, bool | None]]) -> dict[str, Any]:
    peer = [theirs for _, theirs in found if theirs is not None]
    row = {"pictures": source.name, "cue": cue, "larger class": imbalance, "strength": strength, "runs": len(found)}
    row |= {"alarms": sum(ours for ours, _ in found), "cleanlab": sum(peer) if peer else "not installed"}
    print("  ".join(str(value) for value in row.values()), flush=True)
    return row


def _upper(alarmed: int, runs: int) -> float:
    """Upper end of the exact 95 % interval of a rate."""
    from scipy.stats import beta

    return 1.0 if alarmed == runs else float(beta.ppf(0.975, alarmed + 1, runs - alarmed))


def _rate(rows: list[dict[str, Any]], keep: Callable[[dict[str, Any]], bool], column: str = "alarms") -> float:
    kept = [row for row in rows if keep(row) and not isinstance(row[column], str)]
    return sum(row[column] for row in kept) / max(sum(row["runs"] for row in kept), 1)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20261)
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"needs real pictures: no folder {DATA}; set TRACKSIDE_TEST_DATA")
    cv2.setNumThreads(1)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, load, size in (("photographs", photographs, 240), ("digits", digits, 400), ("letters", letters, 400)):
            source = prepare(name, load, Path(folder), size)
            rows += clean(source, max(20, 2 * options.trials), options.seed)
            rows += planted(source, options.trials, options.seed)
    report("shortcuts", rows, _claims(rows), method=" ".join((__doc__ or "").split()))


def _claims(rows: list[dict[str, Any]]) -> list[Claim]:
    quiet = [row for row in rows if row["cue"].startswith("none")]
    alarmed, runs = sum(row["alarms"] for row in quiet), sum(row["runs"] for row in quiet)
    groups = {
        "region": [cue for cue in CUES if any(word in cue for word in ("patch", "corner", "frame"))],
        "colour": ["tint x 1.4", "cast + 45", "no colour"],
    }
    claims = [
        Claim("clean runs that alarm", alarmed / runs, "share", "<= 0.05"),
        Claim("the same, upper end of its 95 % interval", _upper(alarmed, runs), "share"),
        Claim("clean runs that alarm, cleanlab", _rate(quiet, lambda _: True, "cleanlab"), "share"),
        Claim("all cues found", _rate(rows, lambda row: row not in quiet), "share"),
        Claim("all cues found, cleanlab", _rate(rows, lambda row: row not in quiet, "cleanlab"), "share"),
    ]
    for name, cues in groups.items():
        for strength, goal in (("80% / 0%", ">= 0.9"), ("80% / 20%", "")):
            rate = _rate(rows, lambda row, cues=cues, strength=strength: row["cue"] in cues and row["strength"] == strength)
            claims.append(Claim(f"{name} cues found, {strength}", rate, "share", goal))
    return claims


if __name__ == "__main__":
    main()
