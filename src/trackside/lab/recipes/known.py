"""Published results by data set and split, to stand beside one's own: a look-up in a table of frozen records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackside.data import Dataset


@dataclass(frozen=True, slots=True)
class Known:
    """A published result.

    Attributes:
        dataset: the data set's usual name.
        split: what it was measured on.
        metric: what was measured.
        value: of it, in the unit that the source gives.
        unit: `%`, or empty for a share.
        model: what reached it.
        source: paper and table, or page.
        note: what differs from one's own set-up.
        higher_is_better: False for errors.
    """

    dataset: str
    split: str
    metric: str
    value: float
    unit: str
    model: str
    source: str
    note: str = ""
    higher_is_better: bool = True

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return f"{self.value:g} {self.unit}".rstrip()

    def as_share(self) -> float:
        """The value as a share that is better when higher: 0.95 % error is 0.9905."""
        share = self.value / 100 if self.unit == "%" else self.value
        return share if self.higher_is_better else 1 - share


# What people call the folders of these data sets, in small letters without signs.
_ALIASES = {
    "mnist": ("mnist", "mnistt10k", "t10k", "mnistpng"),
    "cifar10": ("cifar10", "cifar10batchespy"),
    "hymenoptera": ("hymenoptera", "hymenopteradata", "antsbees", "antsandbees"),
    "banking77": ("banking77", "banking", "bankingdata"),
    "omniglot": ("omniglot", "omniglotsmall"),
    "imagenet": ("imagenet", "imagenet1k", "ilsvrc2012"),
    "agnews": ("agnews", "agnewscsv"),
    "trec": ("trec", "trec6"),
    "coco": ("coco", "coco2017", "mscoco"),
}


def known_results(dataset: str | Dataset, split: str = "") -> tuple[Known, ...]:
    """What is published for a data set.

    Args:
        dataset: its name, or the data set, whose folder's name is looked up.
        split: what was measured on; empty for all.

    Returns:
        The results, in the table's order; none for a data set that the table does not know.

    >>> [known.model for known in known_results("MNIST", "test")][:2]
    ['linear classifier', 'LeNet-1']
    """
    from trackside.lab.recipes.known_table import KNOWN

    name = dataset if isinstance(dataset, str) else dataset.title
    key = _key(name)
    return tuple(known for known in KNOWN if _plain(known.dataset) == key and split in ("", known.split))


def nearest_known(found: Sequence[Known], value: float) -> Known | None:
    """The published result whose share is nearest to one's own, accuracies and errors alike; None without any."""
    return min(found, key=lambda known: abs(known.as_share() - value), default=None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _key(name: str) -> str:
    plain = _plain(name)
    return next((key for key, names in _ALIASES.items() if plain in names), plain)
