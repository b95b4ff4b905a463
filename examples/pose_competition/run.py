"""The pose competition, start to end: from pictures to a model that names poses in a video. All pictures are SYNTHETIC.

Run: python examples/pose_competition/run.py -o FOLDER [--quick]

It reads top to bottom: look at the data, mend it, ask before training, train twice in different ways, find out why a spoiled
run fails, look at the mistakes, package the model, use it. `README.md` says what to look at in FOLDER.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chapters import by_picture, by_points, name_in_video, spoil, study_mistakes
from costume import check_data, shortcut_costs
from shooting import shoot
from size import QUICK, WHOLE, Size
from story import Story

from trackside.core import TracksideError


def main(out: Path, size: Size) -> None:
    """The whole project; results go to `out`, a new folder."""
    story = Story(out)

    story.chapter("1. The pictures arrive: eleven poses, and one team that came in its costume")
    costumed = shoot(out / "pictures-costumed", each=size.each, red=0.9)

    story.chapter("2. Ask the data, before anything else")
    check_data(story, costumed, size, "costumed")

    story.chapter("3. Mend: photograph HulkSmash again, in everyday shirts")
    mended = shoot(out / "pictures", each=size.each)
    check_data(story, mended, size, "mended", only=("shortcuts", "class-balance", "group-leakage"))
    shortcut_costs(story, costumed, mended, size)

    story.chapter("4. Transfer with EfficientNet-Lite0: pre-flight first, then fit")
    pictures, package = by_picture(story, mended, size)

    story.chapter("5. The same from body points")
    points, plan, small = by_points(story, mended, size)

    story.chapter("6. A run spoiled on purpose, and a healthy one")
    spoil(story, plan, size)

    story.chapter("7. The mistakes")
    study_mistakes(story, mended, pictures, points)

    story.chapter("8. The package in a pipeline, on a real sports video")
    name_in_video(story, package, small, size)

    story.end()


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True, help="a new folder for the results")
    parser.add_argument("--quick", action="store_true", help="few pictures and epochs: that it runs, no numbers")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    if asked.out.exists() and (not asked.out.is_dir() or any(asked.out.iterdir())):
        sys.exit(f"error: {asked.out}: there is something already; name a new or an empty folder")
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        main(asked.out, QUICK if asked.quick else WHOLE)
    except TracksideError as error:
        sys.exit(f"error: {error}")
