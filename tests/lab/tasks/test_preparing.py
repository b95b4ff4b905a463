from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.lab.tasks.making import coloured, tiny
from trackside.core import InputError, SettingError
from trackside.data import Items
from trackside.lab.fitting import fit
from trackside.lab.tasks.classes import check_labels
from trackside.lab.tasks.preparing import prepare
from trackside.lab.training import call
from trackside.models import check_package, load_package, open_runtime

CLASSES = "image-classification"


def test_pictures_are_learnt_and_leave_as_a_package_that_answers_alike(tmp_path: Path) -> None:
    ready = prepare(coloured(tmp_path), recipe=tiny(CLASSES))
    assert ready.classes == ("blue", "red")
    assert ready.counts == (18, 6)
    fitted = fit(ready.training, epochs=4, metrics=ready.metrics, schedule=ready.schedule, progress=False)
    assert fitted.history.epochs[-1].metrics["accuracy"] == 1.0

    exported = ready.export(tmp_path / "model", measured={"accuracy": 1.0})
    package = load_package(tmp_path / "model")
    assert check_package(tmp_path / "model").verdict.value == "ok"
    assert package.card.classes == ("blue", "red")
    assert package.card.metrics[0].value == 1.0
    runtime = open_runtime(package)
    pictures = torch.cat([inputs for inputs, _ in ready.training.validation or ()])
    told = runtime.run({runtime.inputs[0].name: pictures.numpy()})["probabilities"]
    with torch.no_grad():
        ours = ready.whole.eval()(pictures).softmax(dim=1).numpy()
    assert np.abs(told - ours).max() < 1e-4
    assert exported.difference < 1e-4


def test_the_card_scales_pixels_as_the_training_did(tmp_path: Path) -> None:
    dataset = coloured(tmp_path)
    ready = prepare(dataset, recipe=tiny(CLASSES))
    card = load_package(ready.export(tmp_path / "model").folder).card
    pixels = ready.plain[1].pixels[0].astype(np.float32)
    by_card = (pixels * card.geometry.scale - np.array(card.geometry.mean)) / np.array(card.geometry.std)
    assert np.allclose(ready.plain[1][0][0].numpy(), by_card.transpose(2, 0, 1), atol=1e-4)


def test_the_first_weights_follow_the_seed_and_nothing_else(tmp_path: Path) -> None:
    dataset = coloured(tmp_path)
    torch.manual_seed(5)
    first = prepare(dataset, recipe=tiny(CLASSES), seed=1).whole.state_dict()
    state = torch.get_rng_state()
    second = prepare(dataset, recipe=tiny(CLASSES), seed=1).whole.state_dict()
    other = prepare(dataset, recipe=tiny(CLASSES), seed=2).whole.state_dict()
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["head.weight"], other["head.weight"])


def test_the_first_loss_is_near_its_theory(tmp_path: Path) -> None:
    ready = prepare(coloured(tmp_path), recipe=tiny(CLASSES))
    ready.training.model.eval()
    loss = float(ready.training.loss(next(iter(ready.training.train))).detach())
    assert abs(loss - np.log(2)) < 0.15


def test_unreadable_pictures_are_left_out_counted_and_named(tmp_path: Path) -> None:
    dataset = coloured(tmp_path)
    (tmp_path / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (tmp_path / "6.png").unlink()
    ready = prepare(dataset, recipe=tiny(CLASSES))
    assert ready.counts == (17, 5)
    assert {trouble.item for trouble in ready.left} == {"0.png", "6.png"}
    assert any("2 items left out: 0.png" in note for note in ready.notes)
    assert len(ready.training.train.dataset) == 17  # type: ignore[attr-defined]


def test_healthy_data_gives_no_notes(tmp_path: Path) -> None:
    ready = prepare(coloured(tmp_path), recipe=tiny(CLASSES))
    assert ready.notes == ()
    assert ready.left == ()


def test_items_without_a_class_are_left_out(tmp_path: Path) -> None:
    labels = [number % 2 for number in range(24)]
    labels[2] = -1
    ready = prepare(coloured(tmp_path, labels=labels), recipe=tiny(CLASSES))
    assert ready.counts == (17, 6)
    assert str(ready.left[0]) == "2.png: has no class"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"splits": ["val"] * 24}, "none is for training"),
        ({"labels": [-1] * 24}, "the training part has no example"),
        ({"labels": [1] * 24}, "of one class, 'red'"),
        ({"labels": [1 if n % 8 < 6 else n % 2 for n in range(24)]}, "of one class"),
    ],
)
def test_what_cannot_be_trained_is_said_before_training(tmp_path: Path, columns: dict[str, list[int]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        prepare(coloured(tmp_path, **columns), recipe=tiny(CLASSES))


def test_an_empty_data_set_is_refused(tmp_path: Path) -> None:
    dataset = replace(coloured(tmp_path), items=Items.of([]))
    with pytest.raises(InputError, match="no items"):
        prepare(dataset, recipe=tiny(CLASSES))


def test_an_empty_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'test' is empty or there is none"):
        prepare(coloured(tmp_path), recipe=tiny(CLASSES), validation="test")


def test_a_class_that_is_only_asked_for_is_refused(tmp_path: Path) -> None:
    dataset = coloured(tmp_path)
    labels = dataset.items.labels.copy()
    labels[6] = 2
    strange = replace(dataset, items=replace(dataset.items, labels=labels), classes=("blue", "red", "green"))
    with pytest.raises(InputError, match="'green' is in the validation part"):
        prepare(strange, recipe=tiny(CLASSES))


def test_a_class_without_items_gets_no_output_and_a_note(tmp_path: Path) -> None:
    dataset = replace(coloured(tmp_path), classes=("blue", "red", "green"))
    ready = prepare(dataset, recipe=tiny(CLASSES))
    assert ready.classes == ("blue", "red")
    assert any("'green'" in note for note in ready.notes)


def test_labels_out_of_range_are_refused() -> None:
    check_labels(np.array([0, 1, 2]), 3)
    with pytest.raises(InputError, match="the label 3 is none of the 3 classes"):
        check_labels(np.array([0, 3]), 3)


def test_without_splits_a_part_is_split_off_and_said(tmp_path: Path) -> None:
    dataset = coloured(tmp_path, splits=[""] * 24)
    ready = prepare(dataset, recipe=tiny(CLASSES), validation=0.25, seed=3)
    assert sum(ready.counts) == 24
    assert ready.counts[1] == 6
    assert "25% of the training part" in ready.notes[0]


def test_the_test_split_is_never_taken_unasked(tmp_path: Path) -> None:
    names = ["test" if name == "val" else name for name in coloured(tmp_path).items.splits]
    ready = prepare(coloured(tmp_path, splits=names), recipe=tiny(CLASSES))
    assert sum(ready.counts) == 18
    assert prepare(coloured(tmp_path, splits=names), recipe=tiny(CLASSES), validation="test").counts == (18, 6)


def test_sizes_that_a_network_cannot_take_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="pictures of 20 pixels"):
        prepare(coloured(tmp_path), recipe=tiny(CLASSES), image_size=20)


def test_a_recipe_of_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="is for text-classification"):
        prepare(coloured(tmp_path), recipe="bag-of-embeddings")


def test_small_pictures_begin_with_lenet(tmp_path: Path) -> None:
    ready = prepare(coloured(tmp_path))
    assert ready.recipe.name == "lenet"
    assert call(ready.training.model, torch.zeros(2, 3, 28, 28)).shape == (2, 2)


def test_augmentation_changes_training_pictures_only_and_follows_the_generator(tmp_path: Path) -> None:
    recipe = tiny(CLASSES, augment=({"use": "brightness", "by": 0.5},))
    ready = prepare(coloured(tmp_path), recipe=recipe)
    examples = ready.training.train.dataset  # type: ignore[attr-defined]
    torch.manual_seed(0)
    first = examples.__getitems__([0, 1])[0]
    torch.manual_seed(0)
    assert torch.equal(first, examples.__getitems__([0, 1])[0])
    assert not torch.equal(first, examples.__getitems__([0, 1])[0])
    measured = ready.training.validation.dataset  # type: ignore[union-attr]
    assert torch.equal(measured.__getitems__([0])[0], measured.__getitems__([0])[0])
