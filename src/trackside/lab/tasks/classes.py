"""What can be wrong with the classes of a training, said before anything is trained."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data import Dataset, Trouble
from trackside.data.wording import counted
from trackside.lab.tasks.task import Found


def labelled(dataset: Dataset, rows: NDArray[np.intp]) -> Found:
    """The items that have a class; the others are named."""
    labels = dataset.items.labels[rows]
    without = rows[labels < 0]
    return Found(rows[labels >= 0], tuple(Trouble(str(dataset.items.names[row]), "has no class") for row in without))


def check_labels(labels: NDArray[np.integer], count: int) -> None:
    """Labels of a classifier.

    Raises:
        InputError: one lies outside 0 to `count` - 1.
    """
    wrong = labels[(labels < 0) | (labels >= count)]
    if len(wrong):
        what = f"the label {int(wrong[0])} is none of the {counted(count, 'classes')}, 0 to {count - 1}"
        raise InputError(what, fix="correct it, or add its class")


def check_classes(dataset: Dataset, train: NDArray[np.intp], validation: NDArray[np.intp]) -> tuple[str, ...]:
    """Notes on the classes of the two parts.

    Raises:
        InputError: a part is empty, there is one class only, or a class of the validation part is never trained.
    """
    labels = dataset.items.labels
    check_labels(labels[train], len(dataset.classes))
    check_labels(labels[validation], len(dataset.classes))
    trained, asked = set(labels[train].tolist()), set(labels[validation].tolist())
    if len(trained) == 1:
        only = dataset.classes[next(iter(trained))]
        count = counted(len(train), "items")
        what = f"all {count} of the training part are of one class, {only!r}: there is nothing to tell apart"
        raise InputError(what, where=dataset.title, fix="add items of another class")
    unknown = [dataset.classes[label] for label in sorted(asked - trained)]
    if unknown:
        what = (
            f"{_names(unknown)} {'is' if len(unknown) == 1 else 'are'} in the validation part and not in the training part"
        )
        raise InputError(what, where=dataset.title, fix="split by class, or add items to the training part")
    notes = []
    nowhere = [name for label, name in enumerate(dataset.classes) if label not in trained]
    if nowhere:
        notes.append(f"{_names(nowhere)}: no item; the network has no output for {'it' if len(nowhere) == 1 else 'them'}")
    unasked = [dataset.classes[label] for label in sorted(trained - asked)]
    if unasked:
        them = "it" if len(unasked) == 1 else "them"
        notes.append(f"{_names(unasked)}: not in the validation part, so nothing is measured of {them}")
    return tuple(notes)


def trained_classes(dataset: Dataset, rows: NDArray[np.intp]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes that occur in these rows, and a table from the data set's class numbers to theirs (-1 for none)."""
    numbers = np.unique(dataset.items.labels[rows])
    numbers = numbers[numbers >= 0]
    table = np.full(len(dataset.classes), -1, np.int64)
    table[numbers] = np.arange(len(numbers))
    return tuple(dataset.classes[number] for number in numbers), table


def _names(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:4])
    return f"{counted(len(names), 'classes')} ({shown}, ...)" if len(names) > 4 else shown
