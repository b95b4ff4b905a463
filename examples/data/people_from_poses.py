"""From a file of poses to an augmented training set: draw people, look at what a recipe does, write copies.

Run: python examples/data/people_from_poses.py OUT [COUNT]
"""

from __future__ import annotations

import sys
from pathlib import Path

from trackside.data.augment import preview, read_recipe, write_copies
from trackside.data.evidence import contact_sheet
from trackside.data.synthesis import Settings, read_poses, synthesize

HERE = Path(__file__).parent


def main(out: Path, count: int = 60) -> None:
    """Draw `count` pictures, write a preview of one and an augmented copy of each."""
    people = synthesize(
        out / "people", poses=read_poses(HERE / "poses.yaml"), count=count, settings=Settings(size=192), seed=1
    )
    recipe = read_recipe(HERE / "recipe.yaml")
    shown = preview(people, recipe, item=0, count=7)
    for warning in shown.warnings:
        print("warning:", warning)
    (out / "preview.png").write_bytes(contact_sheet(shown.pictures, shown.captions, columns=4))
    copies = write_copies(people, recipe, out / "augmented", copies=1, seed=1)
    print(f"{len(people)} pictures of {', '.join(people.classes)}; {len(copies)} augmented copies")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
