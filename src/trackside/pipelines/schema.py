"""The JSON Schema of pipeline files, made from the blocks: editors complete and check a file as it is typed."""

from __future__ import annotations

from typing import Any

from trackside.pipelines.block import BLOCKS, BlockSpec
from trackside.pipelines.graph import Pipeline

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_WIRE = {"type": "string", "pattern": r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_]*)?$"}


def pipeline_schema() -> dict[str, Any]:
    """The schema, with one branch a block."""
    schema = Pipeline.model_json_schema()
    definitions: dict[str, Any] = {}
    branches = [_block_schema(spec, definitions) for spec in BLOCKS.values()]
    schema["$schema"] = SCHEMA_ID
    schema["title"] = "Trackside pipeline"
    schema["$defs"] = {**definitions, "BlockUse": {"oneOf": branches}}
    return schema


def _block_schema(spec: BlockSpec, definitions: dict[str, Any]) -> dict[str, Any]:
    settings = spec.settings.model_json_schema(ref_template="#/$defs/{model}")
    definitions.update(settings.pop("$defs", {}))
    properties: dict[str, Any] = {"use": {"enum": [spec.name, spec.name.partition("@")[0]], "description": spec.doc.summary}}
    for port in spec.wired_inputs.values():
        many = {"oneOf": [_WIRE, {"type": "array", "items": _WIRE}]}
        properties[port.name] = {**(many if port.many else _WIRE), "description": f"{port.accepts}: {port.help}"}
    for name, setting in settings.get("properties", {}).items():
        properties[name] = {**setting, "description": spec.doc.arguments.get(name, "")}
    required = [port.name for port in spec.wired_inputs.values() if port.required]
    return {
        "type": "object",
        "properties": properties,
        "required": ["use", *required, *settings.get("required", [])],
        "additionalProperties": False,
    }
