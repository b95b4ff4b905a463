"""What a block's page says: for the terminal, the block reference in the docs, and the editor."""

from __future__ import annotations

from typing import Any

from trackside.pipelines.block import BLOCKS, BlockSpec


def block_facts(spec: BlockSpec) -> dict[str, Any]:
    """All that is known of a block, as JSON-able data."""
    return {
        "name": spec.name,
        "family": spec.family,
        "mode": str(spec.mode),
        "summary": spec.doc.summary,
        "about": spec.doc.body,
        "inputs": [
            {"name": p.name, "kinds": [k.name for k in p.kinds], "required": p.required, "many": p.many, "help": p.help}
            for p in spec.wired_inputs.values()
        ],
        "outputs": [{"name": p.name, "kind": p.kinds[0].name} for p in spec.outputs.values()],
        "settings": spec.settings.model_json_schema(),
    }


def block_page(spec: BlockSpec) -> str:
    """A block's page in Markdown."""
    lines = [f"## `{spec.name}`", "", spec.doc.summary, ""]
    if spec.doc.body:
        lines += [spec.doc.body, ""]
    lines += _inputs(spec) + _settings(spec) + _outputs(spec)
    lines.append(f"Mode: {spec.mode}.")
    return "\n".join(lines) + "\n"


def reference_page() -> str:
    """The block reference of the docs: every block, by family."""
    lines = [
        "# Block reference",
        "",
        "Made from the blocks themselves by `make docs`; a test holds it to them. `trackside blocks show NAME` prints one.",
        "",
    ]
    return "\n".join(lines) + "\n" + "\n".join(block_page(spec) for spec in BLOCKS.values())


def _inputs(spec: BlockSpec) -> list[str]:
    if not spec.wired_inputs:
        return []
    lines = ["| input | kind | |", "| --- | --- | --- |"]
    for port in spec.wired_inputs.values():
        notes = ("" if port.required else "optional; ") + ("several wires; " if port.many else "")
        lines.append(f"| `{port.name}` | {port.accepts} | {notes}{port.help} |")
    return [*lines, ""]


def _outputs(spec: BlockSpec) -> list[str]:
    if not spec.outputs:
        return []
    return ["Gives " + ", ".join(f"`{port.name}` ({port.accepts})" for port in spec.outputs.values()) + ".", ""]


def _settings(spec: BlockSpec) -> list[str]:
    properties = spec.settings.model_json_schema().get("properties", {})
    if not properties:
        return []
    lines = ["| setting | default | range | |", "| --- | --- | --- | --- |"]
    for name, schema in properties.items():
        default = "required" if "default" not in schema else f"`{_plain(schema['default'])}`"
        lines.append(f"| `{name}` | {default} | {_range(schema)} | {spec.doc.arguments.get(name, '')} |")
    return [*lines, ""]


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _range(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(str(choice) for choice in schema["enum"])
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    return f"{low:g} to {high:g}" if high is not None and low is not None else f"from {low:g}" if low is not None else ""
