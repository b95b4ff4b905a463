"""`trackside faces enrol` and `trackside faces search`: what looks at pictures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from trackside.cli.faces_options import By, Finder, Folder, KeyFile, Model, opened, operator, pictures_of
from trackside.cli.screen import print_table

Purpose = Annotated[str, typer.Option("--purpose", help="What for; it is written into the log.")]


def enrol(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="The person's name, or a pseudonym.")],
    pictures: Annotated[
        list[Path], typer.Argument(help="Pictures of this person alone, or a folder of them; three are good.")
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What the person agreed to.")],
    until: Annotated[str, typer.Option("--until", help="The last day of the consent, as 2026-12-31.")],
    given_by: Annotated[str, typer.Option("--given-by", help="Who agreed: the person, or whoever may agree for them.")],
    model: Model = "sface",
    finder: Finder = "mtcnn",
    document: Annotated[str, typer.Option("--document", help="Where the signed paper lies.")] = "",
    key_file: KeyFile = None,
    by: By = "",
) -> None:
    """Put somebody who agreed to it into a gallery. Pictures are looked at and not kept."""
    from trackside.perception.faces import examine, load_describer, load_finder, require_on
    from trackside.perception.faces.gallery import Consent, end_of

    require_on()
    gallery = opened(folder, key_file)
    describer = load_describer(model)
    now = gallery.now()
    consent = Consent(given_by, operator(by), purpose, now, end_of(until), document)
    consent.check(now)
    threshold = gallery.threshold(describer.tag).threshold
    found = examine(pictures_of(pictures), load_finder(finder), describer, threshold=threshold)
    for picture, why in found.refused:
        typer.secho(f"left out {picture}: {why}", fg="yellow", err=True)
    person = gallery.enrol(name, found.vectors, describer.tag, consent)
    agreement = "" if math.isnan(found.agreement) else f"; any two of them are alike to {found.agreement:.2f}"
    typer.echo(f"enrolled {name} as {person} by {len(found.taken)} pictures{agreement}")
    if len(found.taken) < 3:
        typer.secho("note: three pictures make fewer misses than one or two", fg="yellow", err=True)


def search(
    folder: Folder,
    pictures: Annotated[list[Path], typer.Argument(help="Pictures, or a folder of them.")],
    purpose: Purpose,
    model: Model = "sface",
    finder: Finder = "mtcnn",
    key_file: KeyFile = None,
    by: By = "",
) -> None:
    """Tell for each face in pictures which of the people in a gallery it may be. What follows is for a person to decide."""
    from trackside.perception.faces import load_describer, load_finder, measure, refusals, require_on
    from trackside.perception.faces.gallery import Searcher

    require_on()
    gallery = opened(folder, key_file)
    describer = load_describer(model)
    searcher = Searcher(gallery, describer.tag, by=operator(by), purpose=purpose)
    names = {person.id: person.name for person in gallery.people()}
    rows = []
    for name, picture in pictures_of(pictures):
        (faces,) = load_finder(finder)([picture])
        matches = searcher(describer(picture, faces.points.points))
        for box, match, quality in zip(faces.boxes.boxes, matches, measure(picture, faces), strict=True):
            who = f"{names[match.person]} ({match.person})" if match.person else "unknown"
            place = " ".join(f"{edge:.0f}" for edge in box)
            rows.append((name, place, who, f"{match.score:.3f}", "; ".join(refusals(quality))))
        if not len(faces):
            rows.append((name, "", "no face", "", ""))
    print_table(("picture", "face at", "who", "similarity", "poor picture"), rows)
    calibration = searcher.calibration
    typer.echo(
        f"\nthreshold {calibration.threshold:.3f}, shown to match two strangers at most {calibration.asked:g} of the time; a"
        f" stranger is taken for one of {len(searcher)} people at most {searcher.false_positives:.2g} of the time, a look"
    )
