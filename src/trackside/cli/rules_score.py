"""`trackside rules score`: how well a rule alarms on labelled footage, and which setting meets a target."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trackside.cli.options import parse_settings
from trackside.cli.screen import print_table
from trackside.core import SettingError

if TYPE_CHECKING:
    from trackside.pipelines.graph import Pipeline
    from trackside.pipelines.scoring import Curve, Cut, Footage, Found, Labels, Rule, Score, Target
    from trackside.pipelines.scoring.rule import Outcome

_NOTHING = "-"
_HEADINGS = ("labels", "found", "false", "repeats", "recall %", "precision %", "false an hour", "to alarm p50 / p95 s")


def score(
    pipeline: Annotated[str, typer.Argument(help="A template's name or a pipeline file with a rule in it.")],
    videos: Annotated[list[Path], typer.Argument(help="Labelled footage: videos, folders, MOTChallenge sequences.")],
    labels: Annotated[Path, typer.Option("--labels", "-l", help="What should alarm when (JSON, see docs/alarms.md).")],
    sweeps: Annotated[
        list[str] | None,
        typer.Option("--sweep", help="Try a setting's values: alarm.median_score=0.2:0.9:15, or =0.3,0.5,null."),
    ] = None,
    target: Annotated[str, typer.Option("--target", help='What to reach: "false alarms <= 0.5 per hour".')] = "",
    wants_search: Annotated[
        bool, typer.Option("--search", help="Search the setting with most recall that meets the target.")
    ] = False,
    draws: Annotated[int, typer.Option("--draws", min=1, max=5000, help="Random settings that a search tries.")] = 60,
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0, help="Seconds by which an alarm may miss its label.")
    ] = 1.0,
    judge: Annotated[str, typer.Option("--judge", help="The output to score, block.port; the alarms if not given.")] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="Change a setting: block.setting=value. May be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A folder for report.html and report.json.")] = None,
    cache: Annotated[Path | None, typer.Option("--cache", help="Where the costly part is kept.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run the costly part again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
) -> None:
    """Score a rule: precision, recall and false alarms a camera-hour, over thresholds if you like.

    What looks at pictures runs once and is kept; all settings behind it are tried without looking again.
    """
    from trackside.pipelines.catalogue import find_pipeline
    from trackside.pipelines.scoring import Rule, cut_pipeline, read_labels, read_sweep, read_target, sweep
    from trackside.pipelines.scoring.report import rules_report
    from trackside.pipelines.scoring.search import default_space, search

    wanted = [read_sweep(text) for text in sweeps or ()]
    aim = read_target(target) if target else None
    if wants_search and aim is None:
        raise SettingError("a search needs a target", where="--search", fix='add --target "false alarms <= 0.5 per hour"')
    cut = cut_pipeline(find_pipeline(pipeline).with_settings(parse_settings(settings or [])), judge)
    cut.check(one.setting for one in wanted)
    known = read_labels(labels)
    footage = _record(cut, videos, known, cache, fresh, quiet=as_json)
    varied = dict.fromkeys([*(one.block for one in wanted), *([cut.judged.block] if wants_search or not wanted else [])])
    rule = Rule(cut, footage, known, tolerance, tuple(varied))
    outcome = rule.outcome()
    curves = sweep(rule, wanted)
    found = None
    if wants_search and aim is not None:
        space = {one.setting: one.values for one in wanted} or default_space(rule)
        if not space:
            raise SettingError("nothing to search in", where="--search", fix="name settings with --sweep")
        found = search(rule, aim, space, draws=draws)
    facts = {"pipeline": pipeline, "labels": str(labels), "videos": ", ".join(one.stream.name for one in footage)}
    report = rules_report(rule, outcome, curves=curves, target=aim, found=found, facts=facts)
    if out is not None:
        from trackside.core.files import write_json

        report.save(out / "report.html")
        write_json(out / "report.json", {**_to_json(rule, outcome, curves, found), "report": json.loads(report.to_json())})
    if as_json:
        typer.echo(json.dumps(_to_json(rule, outcome, curves, found), indent=2, allow_nan=False, default=str))
        return
    _show(rule, outcome, curves, aim, found)
    if out is not None:
        typer.echo(f"\nplots: {out / 'report.html'}, numbers: {out / 'report.json'}")


def _record(
    cut: Cut, videos: Sequence[Path], labels: Labels, cache: Path | None, fresh: bool, *, quiet: bool
) -> list[Footage]:
    from trackside.cli.screen import progress_bars
    from trackside.models.store import default_home
    from trackside.pipelines.inputs import expand_inputs
    from trackside.pipelines.scoring import record
    from trackside.pipelines.scoring.sequences import is_sequence

    media = expand_inputs([path for path in videos if not is_sequence(path)])
    names = [path.resolve().name for path in videos if is_sequence(path)] + [*media]
    for name in names:  # Before minutes of work.
        labels.of(name)
    left = [name for name in labels.videos if name not in names]
    if left and not quiet:
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        typer.secho(f"note: labels of {', '.join(left[:3])}{more} are not used: no such video given", fg="yellow", err=True)
    if media:
        _fetch(cut.first)
    folder = cache or default_home() / "footage"
    if quiet:
        return record(cut, videos, cache=folder, fresh=fresh)
    with progress_bars() as listener:
        return record(cut, videos, cache=folder, fresh=fresh, listener=listener)


def _fetch(first: Pipeline) -> None:
    from trackside.cli.run import fetch_models

    if first.blocks:
        fetch_models(first)


def _show(rule: Rule, outcome: Outcome, curves: Sequence[Curve], target: Target | None, found: Found | None) -> None:
    total = outcome.score()
    rows = [(part.video, *_row(outcome.score([part]))) for part in rule.parts]
    rows += [("ALL", *_row(total))] if len(rows) > 1 else []
    if outcome.raw() != total:
        rows.append(("without the ladder", *_row(outcome.raw())))
    print_table(("video", *_HEADINGS), [(_escaped(name), *rest) for name, *rest in rows])
    _show_tally(outcome)
    for curve in curves:
        typer.echo(f"\n{curve.sweep.setting}")
        values = zip(curve.sweep.values, curve.scores, strict=True)
        print_table(("value", *_HEADINGS), [("not asked" if v is None else _escaped(str(v)), *_row(s)) for v, s in values])
    if found is not None:
        _show_search(found)
    if target is not None:
        kept = "kept" if target.met(total) else "NOT kept"
        typer.echo(f"\ntarget {target.text!r}: {kept} by the pipeline as it is. {target.proof(total)}")


def _show_tally(outcome: Outcome) -> None:
    tallies = outcome.tally()
    if not tallies:
        return
    typer.echo("\nwhat each step refused (an event counts at every step that spoke against it):")
    headings = ("step", "false", "repeats", "true, lost", "false, by it alone", "lost by it alone")
    cells = [(t.step, *map(str, (t.false, t.repeated, t.lost, t.alone, t.lost_alone))) for t in tallies]
    print_table(headings, cells)


def _show_search(found: Found) -> None:
    from trackside.pipelines.scoring.report import settings_text

    typer.echo(f"\nsearched {found.tried} settings; chosen on all footage: {settings_text(found.best.settings)}")
    rows = [("where it was chosen", *_row(found.best.score)), (f"held out ({found.by})", *_row(found.held_out))]
    print_table(("score", *_HEADINGS), rows)


def _row(score: Score) -> tuple[str, ...]:
    counts = map(str, (score.labels, score.found, score.false, score.duplicates))
    rate = str(score.false_rate)
    delays = [_NOTHING if math.isnan(score.delay(share)) else f"{score.delay(share):.1f}" for share in (0.5, 0.95)]
    return (*counts, str(score.recall), str(score.precision), rate, " / ".join(delays))


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _to_json(rule: Rule, outcome: Outcome, curves: Sequence[Curve], found: Found | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "pipeline": rule.cut.pipeline.pipeline,
        "judged": str(rule.cut.judged),
        "tolerance_s": rule.tolerance,
        "all": outcome.score().to_json(),
        "without_ladder": outcome.raw().to_json(),
        "videos": {part.video: outcome.score([part]).to_json() for part in rule.parts},
        "steps": [{name: getattr(one, name) for name in one.__slots__} for one in outcome.tally()],
        "curves": {
            curve.sweep.setting: [
                {"value": value, **score.to_json()} for value, score in zip(curve.sweep.values, curve.scores, strict=True)
            ]
            for curve in curves
        },
    }
    if found is not None:
        data["search"] = {
            "target_per_hour": found.target.most,
            "tried": found.tried,
            "settings": dict(found.best.settings),
            "chosen_on": found.best.score.to_json(),
            "held_out": {"by": found.by, **found.held_out.to_json()},
        }
    return data
