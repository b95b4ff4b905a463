"""Which class a short text is of. The vocabulary is the training part's alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trackside.core import SettingError
from trackside.data import Dataset, Trouble
from trackside.lab.networks.texts import NOTHING, UNKNOWN, BagOfEmbeddings, TextConvolution
from trackside.lab.recipes.catalogue_others import TEXT
from trackside.lab.recipes.recipe import Recipe
from trackside.lab.tasks.classes import check_classes, labelled, trained_classes
from trackside.lab.tasks.classification import Probabilities, class_numbers, loss
from trackside.lab.tasks.examples import Arrays
from trackside.lab.tasks.metrics import ACCURACY, MACRO_F1
from trackside.lab.tasks.task import TASKS, Augment, Facts, Found, Task

_WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
_MOST_WORDS, _LONGEST, _SHORTEST = 50_000, 256, 5
_SPECIAL = ("", "?")  # numbers 0 and 1


def words_of(text: str) -> list[str]:
    """A text's words and signs in small letters.

    >>> words_of("Where's my card?")
    ["where's", 'my', 'card', '?']
    """
    return _WORD.findall(text.lower())


def vocabulary(texts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The words of texts, the most frequent first (the alphabet among equals), after the two special ones."""
    counts = Counter(word for words in texts for word in words)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return (*_SPECIAL, *ranked[:_MOST_WORDS])


def encoded(texts: Iterable[Sequence[str]], words: Sequence[str], length: int) -> NDArray[np.int64]:
    """Word numbers int64 [n, length]; longer texts are cut, shorter ones filled with 0."""
    place = {word: number for number, word in enumerate(words) if number > UNKNOWN}
    rows = [[place.get(word, UNKNOWN) for word in text[:length]] for text in texts]
    return np.array([row + [NOTHING] * (length - len(row)) for row in rows], np.int64).reshape(-1, length)


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of texts."""

    rows: NDArray[np.intp]
    words: tuple[list[str], ...]
    left: tuple[Trouble, ...] = ()


def find(dataset: Dataset, rows: NDArray[np.intp]) -> Found:
    """The items that have a text and a class."""
    found = labelled(dataset, rows)
    has_text = np.array([bool(str(dataset.items.texts[row]).strip()) for row in found.rows], bool)
    empty = tuple(Trouble(str(dataset.items.names[row]), "has no text") for row in found.rows[~has_text])
    return Found(found.rows[has_text], (*found.left, *empty))


def read(dataset: Dataset, rows: NDArray[np.intp], side: int) -> Texts:
    """Texts as words."""
    return Texts(rows, tuple(words_of(str(dataset.items.texts[row])) for row in rows))


def learn(dataset: Dataset, content: Texts, recipe: Recipe) -> Facts:
    """Classes, vocabulary, and the length of the training part's longest text within limits."""
    names, _ = trained_classes(dataset, content.rows)
    longest = max(len(words) for words in content.words)
    return Facts(names, min(max(longest, _SHORTEST), _LONGEST), words=vocabulary(content.words))


def examples(dataset: Dataset, content: Texts, facts: Facts, steps: Augment) -> Arrays:
    """Word numbers int64 [length] with class numbers int64 []."""
    numbers = class_numbers(dataset, facts)[dataset.items.labels[content.rows]]
    return Arrays(torch.from_numpy(encoded(content.words, facts.words, facts.side)), torch.from_numpy(numbers))


def network(recipe: Recipe, facts: Facts) -> nn.Module:
    """What the recipe's backbone names."""
    words, classes, width = len(facts.words), len(facts.classes), int(recipe.setting("width", 128))
    dropout = recipe.setting("dropout", 0.5)
    if recipe.backbone == "bag":
        return BagOfEmbeddings(words, classes, width, int(recipe.setting("pairs", 0)), dropout)
    if recipe.backbone == "convolution":
        return TextConvolution(words, classes, width, int(recipe.setting("maps", 100)), dropout)
    raise SettingError(f"{recipe.backbone!r} reads no texts", where=f"recipe {recipe.name}", fix="use bag or convolution")


def sample(facts: Facts) -> Tensor:
    """int64 [2, length]."""
    return torch.ones(2, facts.side, dtype=torch.int64)


TASKS.add(
    TEXT,
    Task(
        TEXT,
        holds="texts with a class each, two classes or more",
        find=find,
        check=check_classes,
        read=read,
        learn=learn,
        examples=examples,
        network=network,
        loss=loss,
        metrics=lambda facts: (ACCURACY, MACRO_F1),
        baselines=("majority", "linear on raw"),
        sample=sample,
        output="probabilities",
        exported=lambda network, facts: Probabilities(network),
        sees=False,
    ),
)
