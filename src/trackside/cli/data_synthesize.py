"""`trackside data synthesize`: pictures of people in poses, drawn, with labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackside.data.wording import counted


def synthesize(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder for the pictures and annotations.json (COCO).")],
    poses: Annotated[
        str,
        typer.Option(
            "--poses", help="builtin, builtin:standing,throwing, a YAML or JSON file, or a data set with keypoints."
        ),
    ] = "builtin",
    count: Annotated[int, typer.Option("--count", "-n", help="Pictures, spread evenly over the pose classes.")] = 500,
    size: Annotated[int, typer.Option("--size", help="Side of the square pictures, pixels.")] = 256,
    backgrounds: Annotated[
        Path | None, typer.Option("--backgrounds", help="A folder of real pictures; drawn places if not given.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same pictures.")] = 0,
    spread: Annotated[float, typer.Option("--spread", help="How far joints move from the examples, degrees.")] = 6.0,
    occluded: Annotated[float, typer.Option("--occluded", help="Share of pictures with something before the figure.")] = 0.2,
    masks: Annotated[bool, typer.Option("--masks", help="Keep each figure's mask as well.")] = False,
) -> None:
    """Draw people in poses as labelled training pictures: boxes, 17 keypoints with visibility, pose classes.

    Background, light, clothes, body and viewpoint are the same in all classes, so that none of them tells the class.
    """
    from trackside.data.synthesis import Settings, read_poses, synthesize as make

    chosen = read_poses(poses)
    for reason in chosen.passed_over[:5]:
        typer.secho(f"note: an example is left out: {reason}", fg="yellow", err=True)
    settings = Settings(size=size, spread=spread, occluded=occluded, masks=masks)
    with typer.progressbar(length=count, label="drawing", file=typer.get_text_stream("stderr")) as bar:
        made = make(
            out,
            poses=chosen,
            count=count,
            settings=settings,
            backgrounds=backgrounds,
            seed=seed,
            progress=lambda _done, _all: bar.update(1),
        )
    typer.echo(
        f"{out}: {counted(len(made), 'pictures')} of {counted(len(made.classes), 'poses')} ({', '.join(made.classes)})"
    )
    typer.echo("items that share a background share a group: split by groups")
