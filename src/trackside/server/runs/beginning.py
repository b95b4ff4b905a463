"""Beginning a run: all that can be wrong is said now, not when a worker gets there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.core import PipelineError, Problem
from trackside.pipelines.graph import Pipeline
from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.library.graphs import graph_of, pipeline_of
from trackside.server.library.guarding import guarded, missing_models
from trackside.server.library.shapes import Graph
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.problems import Refused, missing
from trackside.server.runs.journal import log, plain
from trackside.server.runs.queue import take_turns
from trackside.server.runs.shapes import NewRun
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.videos.tables import VideoRow

# Videos named in one refusal; more would not be read.
_MOST_NAMED = 5
_STATES = {"uploading": "still being uploaded", "probing": "still being looked at", "unusable": "of no use"}


def begin_run(db: Session, site: Site, person: Person, body: NewRun) -> RunRow:
    """Queue a run.

    Raises:
        Refused: 404, no such pipeline or version; 422, a video is not ready, or there is no slot of that kind.
        PipelineError: the pipeline cannot run, or its models are missing.
    """
    _check_slot(site, body.slot)
    graph, version = _graph(db, body)
    pipeline = _checked(site, graph, body)
    videos = _videos(db, body.videos)
    run = RunRow(
        name=body.name or _name(pipeline.pipeline, videos),
        pipeline_name=plain(pipeline.pipeline)[:150],
        pipeline_id=body.pipeline,
        pipeline_version=version,
        graph=graph_of(pipeline).model_dump(mode="json"),
        slot=body.slot,
        priority=body.priority,
        videos=len(videos),
        owner=person.name[:100],
    )
    db.add(run)
    db.flush()
    common = {"run_id": run.id, "slot": body.slot, "priority": body.priority}
    rows = [
        RunVideoRow(video_id=video.id, video_name=video.name, position=number, **common)
        for number, video in enumerate(videos)
    ]
    db.add_all(rows)
    db.flush()
    take_turns(db, run)
    log(db, run.id, f"{person.name} began it with {_videos_in_words(videos)}")
    return run


def _check_slot(site: Site, slot: str) -> None:
    if slot == "gpu" and site.settings.gpu_slots == 0:
        raise Refused(422, "this server has no slot for the GPU", "choose the CPU, or start the server with --gpu-slots 1")


def _graph(db: Session, body: NewRun) -> tuple[Graph, int | None]:
    """What to run, and which version of a saved pipeline that is."""
    if (body.pipeline is None) == (body.graph is None):
        raise Refused(422, "name either a saved pipeline or a graph", "send `pipeline` or `graph`, not both")
    if body.graph is not None:
        return body.graph, None
    saved = db.get(PipelineRow, body.pipeline)
    if saved is None or saved.deleted:
        raise missing("pipeline")
    number = body.version or saved.version
    version = db.get(PipelineVersionRow, (saved.id, number))
    if version is None:
        raise missing("version of this pipeline")
    return Graph.model_validate(version.graph), number


def _checked(site: Site, graph: Graph, body: NewRun) -> Pipeline:
    pipeline = pipeline_of(graph).with_settings(body.settings)
    pipeline = guarded(graph_of(pipeline), site.store)
    if not (pipeline.save or any(use.use.startswith("write.") for use in pipeline.blocks.values())):
        fix = "mark an output to be saved: the annotated pictures, or a table"
        raise PipelineError([Problem("nothing of it would be saved", fix, None, "save")], source=pipeline.pipeline)
    if absent := missing_models(pipeline, site.store):
        raise PipelineError(absent.values(), source=pipeline.pipeline)
    return pipeline


def _videos(db: Session, ids: Sequence[str]) -> list[VideoRow]:
    wanted = list(dict.fromkeys(ids))
    found = {video.id: video for video in db.scalars(select(VideoRow).where(VideoRow.id.in_(wanted)))}
    if absent := [one for one in wanted if one not in found]:
        raise Refused(422, f"there is no video {_some(absent)}", "it may have been deleted: choose others")
    videos = [found[one] for one in wanted]
    if unready := [f"{video.name} is {_STATES.get(video.state, video.state)}" for video in videos if video.state != "ready"]:
        raise Refused(422, _some(unready), "wait until they are ready, or leave them out")
    return videos


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _name(pipeline: str, videos: Sequence[VideoRow]) -> str:
    return plain(f"{pipeline[:70]} · {videos[0].name if len(videos) == 1 else _videos_in_words(videos)}")[:150]


def _videos_in_words(videos: Sequence[VideoRow]) -> str:
    return f"{len(videos)} videos" if len(videos) > 1 else "1 video"
