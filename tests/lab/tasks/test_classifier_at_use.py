"""A classifier that leaves the lab answers in a pipeline as its network did in the lab, on the same cut of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import trackside
from tests.lab.tasks.making import coloured, tiny
from trackside.core import as_rgb
from trackside.data import Dataset, Items
from trackside.lab.fitting import fit
from trackside.lab.tasks.pictures import read_pictures
from trackside.lab.tasks.preparing import Prepared, prepare
from trackside.models import load_package
from trackside.perception import Classifier

SIZES = ((31, 20), (20, 31), (64, 64), (90, 41), (9, 12))
"""Widths and heights, odd and even, larger and smaller than the network's input."""


@dataclass
class Trained:
    """A network of the lab, and the folder of its package."""

    ready: Prepared
    folder: Path

    def probabilities(self, folder: Path, names: list[str]) -> NDArray[np.float32]:
        """What the network says of pictures that the lab itself reads and fits, float32 [n, classes]."""
        dataset = Dataset(folder, Items.of(names))
        content = read_pictures(dataset, np.arange(len(names)), self.ready.facts.side)
        scaling = self.ready.facts.scaling
        inputs = (content.pixels.astype(np.float32) - np.float32(scaling.mean)) / np.float32(scaling.std)
        with torch.no_grad():
            scores = self.ready.whole.eval()(torch.from_numpy(inputs.transpose(0, 3, 1, 2).copy()))
        return np.asarray(scores.softmax(dim=1).numpy(), np.float32)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    ready = prepare(coloured(folder), recipe=tiny("image-classification"))
    fit(ready.training, epochs=1, schedule=ready.schedule, progress=False)
    return Trained(ready, ready.export(folder / "model").folder)


def _noise(folder: Path) -> list[str]:
    """SYNTHETIC pictures of several sizes, whose middle differs from their sides, so that a wrong cut shows."""
    rng, names = np.random.default_rng(0), []
    for number, (width, height) in enumerate(SIZES):
        slope = np.linspace(0, 200, width * height).reshape(height, width, 1)
        picture = (slope + rng.integers(0, 56, (height, width, 3))).astype(np.uint8)
        names.append(f"{number}.png")
        cv2.imwrite(str(folder / names[-1]), picture[..., ::-1])
    return names


def _read(folder: Path, name: str) -> NDArray[np.uint8]:
    return np.ascontiguousarray(cv2.imread(str(folder / name))[..., ::-1])


def test_the_card_says_how_pictures_were_cropped(trained: Trained) -> None:
    card = load_package(trained.folder).card
    assert (card.geometry.fit, card.geometry.crop, card.activation, card.note) == ("crop", 1, "none", "")


def test_whole_pictures_get_the_answers_of_the_lab(trained: Trained, tmp_path: Path) -> None:
    names = _noise(tmp_path)
    ours = Classifier(str(trained.folder)).whole([_read(tmp_path, name) for name in names])
    theirs = trained.probabilities(tmp_path, names)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert np.ptp(theirs[:, 0]) > 0.01  # The pictures are told apart, so equal answers mean something.


def test_a_box_gets_the_answer_of_the_lab_for_the_picture_that_is_cut_out(trained: Trained, tmp_path: Path) -> None:
    frame = _read(tmp_path, _noise(tmp_path)[3])
    box = np.array([[30, 5, 46, 29]], np.float32)
    cv2.imwrite(str(tmp_path / "cut.png"), np.ascontiguousarray(frame[5:29, 26:50, ::-1]))
    ours = Classifier(str(trained.folder))(frame, box)
    np.testing.assert_allclose(ours, trained.probabilities(tmp_path, ["cut.png"]), atol=1e-4)


def test_the_block_gives_the_probabilities_of_the_lab_for_every_picture(trained: Trained, tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(3)]
    rng = np.random.default_rng(1)
    (tmp_path / "in").mkdir()
    for name in names:
        cv2.imwrite(str(tmp_path / "in" / name), rng.integers(0, 256, (30, 40, 3), np.uint8))
    # The box is a square, and so is what the network sees.
    (tmp_path / "det.txt").write_text("\n".join(f"{frame},-1,5,3,20,20,0.9" for frame in (1, 2, 3)), "utf-8")
    blocks = {
        "find": {"use": "detect.from_file@1", "path": str(tmp_path / "det.txt")},
        "name": {
            "use": "classify.in_boxes@1", "images": "source.images", "people": "find", "model": str(trained.folder),
            "threshold": 0, "margin": 0,
        },
        "whole": {"use": "classify.image@1", "images": "source.images", "model": str(trained.folder), "threshold": 0},
    }  # fmt: skip
    records = list(trackside.stream({"pipeline": "test", "blocks": blocks}, tmp_path / "in"))
    assert len(records) == 3
    classes = np.array(trained.ready.classes)
    for record, name in zip(records, names, strict=True):
        # The very picture that the pipeline saw, and what its box shows.
        picture = as_rgb(record["source"])
        cv2.imwrite(str(tmp_path / f"whole-{name}"), picture[..., ::-1])
        cv2.imwrite(str(tmp_path / f"cut-{name}"), np.ascontiguousarray(picture[3:23, 5:25, ::-1]))
        whole, cut = trained.probabilities(tmp_path, [f"whole-{name}", f"cut-{name}"])
        assert record["whole"]["class"] == [classes[whole.argmax()]]
        assert record["name"].label(0) == classes[cut.argmax()]
        np.testing.assert_allclose(record["whole"]["probability"], [whole.max()], atol=1e-4)
        np.testing.assert_allclose(record["name"].scores, [cut.max()], atol=1e-4)
