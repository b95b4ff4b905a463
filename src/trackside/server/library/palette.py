"""The palette as the API shows it: every block with its ports and its form."""

from __future__ import annotations

import re
from dataclasses import asdict

from trackside.pipelines.block import BLOCKS, BlockSpec, Port
from trackside.pipelines.families import block_place, block_title, family_pages
from trackside.pipelines.forms import FormField, file_settings, form_of
from trackside.pipelines.kinds import KINDS, Kind
from trackside.pipelines.titles import title_in
from trackside.server.library.shapes import BlockShape, FamilyShape, KindShape, Palette, PortShape, SettingShape


def make_palette() -> Palette:
    """All families, kinds and blocks, in the order in which pipelines are drawn."""
    specs = list(BLOCKS.values())
    pages = family_pages({spec.family for spec in specs})
    places = {page.name: place for place, page in enumerate(pages)}
    newest = {f"{spec.family}.{spec.verb}": spec for spec in sorted(specs, key=lambda spec: spec.version)}
    ordered = sorted(specs, key=lambda spec: (places[spec.family], block_place(spec), spec.verb, -spec.version))
    return Palette(
        families=[FamilyShape(name=page.name, title=page.title, help=page.help) for page in pages],
        kinds=[_kind(kind) for kind in KINDS],
        blocks=[_block(spec, spec is newest[f"{spec.family}.{spec.verb}"]) for spec in ordered],
    )


def _kind(kind: Kind) -> KindShape:
    others = [port.name for port in KINDS if port is not kind and kind.fits(port)]
    return KindShape(name=kind.name, colour=kind.colour, help=kind.help, fits=[kind.name, *others])


def _block(spec: BlockSpec, newest: bool) -> BlockShape:
    return BlockShape(
        use=spec.name,
        family=spec.family,
        verb=spec.verb,
        version=spec.version,
        newest=newest,
        offered=newest and not _needs_files(spec),
        title=block_title(spec),
        summary=_sentence(spec.doc.summary),
        help=_paragraphs(spec.doc.body),
        mode=spec.mode.value,
        sink=spec.is_sink or not spec.outputs,
        inputs=[_port(spec, port) for port in spec.wired_inputs.values()],
        outputs=[_port(spec, port) for port in spec.outputs.values()],
        settings=[_setting(field) for field in form_of(spec)],
    )


def _needs_files(spec: BlockSpec) -> bool:
    """Whether it cannot do without a path, which a server refuses."""
    return any(spec.settings.model_fields[name].is_required() for name in file_settings(spec))


def _port(spec: BlockSpec, port: Port) -> PortShape:
    return PortShape(
        name=port.name,
        title=title_in(f"{spec.family}.{spec.verb}", port.name),
        kinds=[kind.name for kind in port.kinds],
        help=_sentence(port.help),
        required=port.required,
        many=port.many,
    )


def _setting(field: FormField) -> SettingShape:
    plain = asdict(field)
    return SettingShape(**{**plain, "help": _sentence(field.help), "json_schema": field.json_schema or {}})


def _paragraphs(text: str) -> str:
    """Paragraphs of a docstring, one a line."""
    return "\n".join(_sentence(" ".join(part.split())) for part in text.split("\n\n") if part.strip())


def _sentence(text: str) -> str:
    """A help text of a docstring as people read it: beginning large, ending with a stop, and quoted without mark-up."""
    text = re.sub(r"`([^`]+)`|\*(\w[^*]*)\*", lambda quoted: f"“{quoted[1] or quoted[2]}”", text.strip())
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) or not text else '.'}"
