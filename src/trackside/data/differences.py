"""What changed between two versions of a data set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from trackside.data.dataset import Dataset
from trackside.data.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed, by names of items in order; each item stands in every list that concerns it.

    Attributes:
        added: names that are new, with a content that is new.
        removed: names that are gone, and their content with them.
        changed: the file has another content.
        relabelled: its labels changed; with the class before and after, which may be the same where a box moved.
        moved: it is in another split; with the split before and after.
        renamed: the same content under another name: before and after.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    relabelled: tuple[tuple[str, str, str], ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, column.name) for column in fields(self))

    def __str__(self) -> str:
        """One sentence with the numbers."""
        counts = [(len(getattr(self, column.name)), column.name) for column in fields(self)]
        told = ", ".join(f"{count} {name}" for count, name in counts if count)
        return told or "nothing changed"

    def lines(self) -> Iterator[str]:
        """A line a change, for people."""
        yield from (f"added       {name}" for name in self.added)
        yield from (f"removed     {name}" for name in self.removed)
        yield from (f"renamed     {before} -> {after}" for before, after in self.renamed)
        yield from (f"changed     {name}" for name in self.changed)
        for name, before, after in self.relabelled:
            told = f"{before or 'no class'} -> {after or 'no class'}" if before != after else "other annotations"
            yield f"relabelled  {name}: {told}"
        yield from (
            f"moved       {name}: {before or 'no split'} -> {after or 'no split'}" for name, before, after in self.moved
        )


def difference(before: Manifest, after: Manifest) -> Difference:
    """Compare two versions. A file that went under one name and came under another is renamed."""
    old = {str(name): row for row, name in enumerate(before.names)}
    new = {str(name): row for row, name in enumerate(after.names)}
    renamed = _renamed(before, after, old, new)
    gone, come = {first for first, _ in renamed}, {second for _, second in renamed}
    pairs = [(old[name], new[name]) for name in old if name in new] + [(old[one], new[two]) for one, two in renamed]
    pairs.sort(key=lambda pair: pair[1])
    return Difference(
        added=tuple(sorted(name for name in new if name not in old and name not in come)),
        removed=tuple(sorted(name for name in old if name not in new and name not in gone)),
        changed=tuple(str(after.names[two]) for one, two in pairs if before.contents[one] != after.contents[two]),
        relabelled=tuple(
            (str(after.names[two]), str(before.classes[one]), str(after.classes[two]))
            for one, two in pairs
            if before.labels[one] != after.labels[two]
        ),
        moved=tuple(
            (str(after.names[two]), str(before.splits[one]), str(after.splits[two]))
            for one, two in pairs
            if before.splits[one] != after.splits[two]
        ),
        renamed=tuple(renamed),
    )


def _renamed(before: Manifest, after: Manifest, old: dict[str, int], new: dict[str, int]) -> list[tuple[str, str]]:
    """Names that went with names that came, of equal content; of several equal ones in order of name."""
    gone: dict[str, list[str]] = {}
    for name in sorted(old, reverse=True):
        content = str(before.contents[old[name]])
        if name not in new and content:
            gone.setdefault(content, []).append(name)
    pairs = []
    for name in sorted(new):
        waiting = gone.get(str(after.contents[new[name]])) if name not in old else None
        if waiting:
            pairs.append((waiting.pop(), name))
    return pairs


def verify(manifest: Manifest, dataset: Dataset) -> Difference:
    """What a data set is otherwise than its manifest says; nothing if it is that version."""
    return difference(manifest, Manifest.of(dataset))
