"""`trackside data`: data sets as files, their health, splits, augmentation, synthesis, and the relabel queue."""

from __future__ import annotations

import typer

from trackside.cli import data_agree, data_augment, data_check, data_look, data_queue, data_split, data_synthesize

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("check")(data_check.check)
app.command("look")(data_look.look)
app.command("queue")(data_queue.queue)
app.command("agree")(data_agree.agree)
app.command("split")(data_split.split)
app.command("augment")(data_augment.augment)
app.command("synthesize")(data_synthesize.synthesize)
