"""`trackside data`: data sets as files, their health, splits, augmentation, synthesis, and the relabel queue."""

from __future__ import annotations

import typer

from trackside.cli import (
    data_agree,
    data_augment,
    data_check,
    data_convert,
    data_look,
    data_manifest,
    data_queue,
    data_split,
    data_synthesize,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("show")(data_convert.show)
app.command("check")(data_check.check)
app.command("look")(data_look.look)
app.command("queue")(data_queue.queue)
app.command("agree")(data_agree.agree)
app.command("split")(data_split.split)
app.command("convert")(data_convert.convert)
app.command("manifest")(data_manifest.manifest)
app.command("diff")(data_manifest.diff)
app.command("augment")(data_augment.augment)
app.command("synthesize")(data_synthesize.synthesize)
