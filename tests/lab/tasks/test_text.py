from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lab.tasks.making import splits, tiny
from trackside.core import InputError
from trackside.data import Dataset, Items
from trackside.lab.fitting import fit
from trackside.lab.tasks.preparing import prepare
from trackside.lab.tasks.text import encoded, vocabulary, words_of

TEXT = "text-classification"


def tickets(folder: Path, count: int = 32, **columns: object) -> Dataset:
    """SYNTHETIC texts of two kinds."""
    texts = [f"my card {['was stolen', 'arrived today'][n % 2]} number {n}" for n in range(count)]
    given = {"texts": texts, "labels": [n % 2 for n in range(count)], "splits": splits(count)} | columns
    return Dataset(folder, Items.of([f"t.csv:{n}" for n in range(count)], **given), classes=("lost", "fine"))  # type: ignore[arg-type]


def test_words_are_small_letters_and_signs_stand_alone() -> None:
    assert words_of("Where's MY card?!") == ["where's", "my", "card", "?", "!"]


def test_the_vocabulary_is_the_training_parts_alone(tmp_path: Path) -> None:
    texts = [f"word{n}" for n in range(32)]
    ready = prepare(tickets(tmp_path, texts=texts), task=TEXT, recipe=tiny(TEXT, backbone="bag"))
    assert "word0" in ready.facts.words
    assert "word6" not in ready.facts.words, "of the validation part"
    assert (ready.plain[1].inputs[:, 0] == 1).all(), "unknown"


def test_frequent_words_come_first_and_equals_by_the_alphabet() -> None:
    assert vocabulary([["b", "a", "c"], ["c"]]) == ("", "?", "c", "a", "b")
    assert encoded([["a", "x"], ["c", "a", "b"]], ("", "?", "c", "a", "b"), 2).tolist() == [[3, 1], [2, 3]]


@pytest.mark.parametrize("backbone", ["bag", "convolution"])
def test_texts_are_learnt_and_the_exported_network_answers_alike(tmp_path: Path, backbone: str) -> None:
    settings = {"width": 16, "pairs": 100, "dropout": 0.1, "maps": 8}
    recipe = tiny(TEXT, backbone=backbone, rate=2e-2, settings=settings)
    ready = prepare(tickets(tmp_path), task=TEXT, recipe=recipe)
    fitted = fit(ready.training, epochs=6, metrics=ready.metrics, progress=False)
    assert fitted.history.epochs[-1].metrics["accuracy"] == 1.0
    exported = ready.export(tmp_path / "model")
    assert exported.difference < 1e-5
    about = json.loads((tmp_path / "model" / "model.json").read_text())
    assert about["classes"] == ["lost", "fine"]
    assert tuple(about["words"]) == ready.facts.words
    from trackside.models.runtimes.onnx import OnnxRuntime

    texts, labels = ready.plain[1].__getitems__(list(range(len(ready.plain[1]))))
    told = OnnxRuntime(exported.network).run({"inputs": texts.numpy()})["probabilities"]
    assert (told.argmax(axis=1) == labels.numpy()).all()


def test_filling_does_not_change_a_bag(tmp_path: Path) -> None:
    ready = prepare(tickets(tmp_path), task=TEXT, recipe=tiny(TEXT, backbone="bag", settings={"pairs": 50}))
    row = ready.plain[0].inputs[:1]
    longer = torch.cat([row, torch.zeros(1, 7, dtype=torch.int64)], dim=1)
    model = ready.whole.eval()
    assert torch.allclose(model(row), model(longer), atol=1e-6)


def test_items_without_a_text_are_named(tmp_path: Path) -> None:
    texts = [""] + [f"a text {n}" for n in range(31)]
    ready = prepare(tickets(tmp_path, texts=texts), task=TEXT, recipe=tiny(TEXT, backbone="bag"))
    assert [str(one) for one in ready.left] == ["t.csv:0: has no text"]


def test_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of one class"):
        prepare(tickets(tmp_path, labels=np.zeros(32, int)), task=TEXT, recipe=tiny(TEXT, backbone="bag"))
