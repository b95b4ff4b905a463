"""The first chapters: what the data check says of the pictures, and what a planted costume does to a model."""

from __future__ import annotations

from answering import answers
from shooting import DRESSED, POSES, shoot
from size import Size
from story import Story, a_few_of_each, album, recall

from trackside.core import Plot
from trackside.data import Dataset, check_dataset
from trackside.lab import fit, prepare


def check_data(story: Story, dataset: Dataset, size: Size, name: str, only: tuple[str, ...] = ()) -> None:
    """The data's health as `trackside data check` tells it: `health-NAME.html`; and an album of the pictures."""
    health = check_dataset(dataset, only=size.checks or only, features="none" if size.checks else "efficientnet-lite0")
    health.report.save(story.out / f"health-{name}.html")
    # With too few pictures of a class the question does not arise, and the report does not hold it.
    found = next((finding for finding in health.report.findings if finding.check == "shortcuts"), None)
    told = [cause.what for cause in found.causes] if found else []
    story.note(f"{name} data, verdict of the shortcut check", found.verdict.value if found else "too few pictures")
    story.note(f"{name} data, of {DRESSED}", "; ".join(what for what in told if DRESSED in what) or "nothing")
    story.note(f"{name} data, of others", "; ".join(what for what in told if DRESSED not in what) or "nothing")
    shown = album(dataset, a_few_of_each(dataset, "train", 2), story.out / f"album-{name}.png", 6)
    story.figures.append(Plot(f"The {name} training pictures", png=shown))


def shortcut_costs(story: Story, costumed: Dataset, mended: Dataset, size: Size) -> None:
    """What the costume does to a model: frozen features and a linear layer, then everybody puts on a red shirt."""
    everybody = shoot(
        story.out / "pictures-all-red", each={"val": size.each["val"]}, red=1.0, wearers=POSES.classes, split="val"
    )
    for name, dataset in (("costumed", costumed), ("mended", mended)):
        ready = prepare(dataset, recipe="frozen", image_size=size.side)
        fit(ready.training, epochs=size.point_epochs, schedule=ready.schedule, progress=False)
        package = ready.export(story.out / f"model-frozen-{name}")
        for clothes, shown in (("as they come", mended), ("all in red", everybody)):
            rows = shown.in_split("val")
            given = answers(package.folder, shown, rows)
            if shown is mended:
                right = given.argmax(axis=1) == shown.items.labels[rows]
                story.accuracy(f"frozen features, {name} data: accuracy", right)
            recall(story, f"frozen features, {name} data: {DRESSED} among people {clothes}", shown, rows, given, DRESSED)
