"""Which models pipelines and runs need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, select

from trackside.core import UnknownName
from trackside.core.units import Unit
from trackside.pipelines.block import BlockSpec, find_block
from trackside.server.context import Site
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.runs.tables import RunRow


def models_in(graph: dict[str, Any]) -> set[str]:
    """The models that a pipeline names or takes by default."""
    return {model for use in graph.get("blocks", {}).values() if isinstance(use, dict) for model in _models(use)}


def used_by(site: Site) -> Counter[str]:
    """In how many pipelines, in their newest version, each model is used."""
    newest = and_(PipelineVersionRow.pipeline_id == PipelineRow.id, PipelineVersionRow.number == PipelineRow.version)
    query = select(PipelineVersionRow.graph).join(PipelineRow, newest).where(PipelineRow.deleted.is_(False))
    with site.database.session() as db:
        return _counted(db.scalars(query))


def runs_needing(site: Site, name: str) -> int:
    """How many queued and running runs need a model."""
    with site.database.session() as db:
        return _counted(db.scalars(select(RunRow.graph).where(RunRow.state.in_(("queued", "running")))))[name]


def _counted(graphs: Iterable[dict[str, Any]]) -> Counter[str]:
    return Counter(model for graph in graphs for model in models_in(graph))


def _models(use: dict[str, Any]) -> Iterable[str]:
    spec = _spec(use.get("use"))
    fields = spec.settings.model_fields if spec else {}
    for name, field in fields.items():
        if any(isinstance(meta, Unit) and meta.symbol == "model" for meta in field.metadata):
            model = use.get(name, field.default)
            if isinstance(model, str):
                yield model


def _spec(use: Any) -> BlockSpec | None:
    try:
        return find_block(use) if isinstance(use, str) else None
    except UnknownName:
        return None
