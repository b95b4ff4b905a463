from __future__ import annotations

import pytest

from tests.lab.tasks.making import splits
from trackside.data import Dataset, Items
from trackside.lab.recipes.known import Known, known_results, nearest_known
from trackside.lab.recipes.known_table import KNOWN


@pytest.mark.parametrize("name", ["MNIST", "mnist_t10k", "mnist"])
def test_names_that_people_give_are_found(name: str) -> None:
    assert {known.model for known in known_results(name, "test")} >= {"LeNet-1", "LeNet-4", "LeNet-5"}


def test_lenet_is_what_the_paper_says() -> None:
    [known] = [known for known in known_results("MNIST", "test") if known.model == "LeNet-5"]
    assert known.shown == "0.95 %"
    assert known.as_share() == pytest.approx(0.9905)
    assert "1998" in known.source


def test_a_data_set_is_known_by_its_folder(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "hymenoptera_data"
    folder.mkdir()
    found = known_results(Dataset(folder, Items.of(["a.png"], splits=splits(1))))
    assert {known.value for known in found} == {0.935, 0.948}


def test_what_is_not_known_is_not_made_up() -> None:
    assert known_results("poses of my team") == ()
    assert known_results("MNIST", "val") == ()
    assert nearest_known((), 0.9) is None


def test_the_nearest_of_errors_and_accuracies() -> None:
    nearest = nearest_known(known_results("MNIST", "test"), 0.983)
    assert isinstance(nearest, Known)
    assert nearest.model == "LeNet-1"


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known.dataset}, {known.model}, {known.note}")
def test_every_row_has_a_source_and_a_share_that_can_be(known: Known) -> None:
    assert known.source
    assert 0 < known.as_share() < 1
    assert known in known_results(known.dataset, known.split)
