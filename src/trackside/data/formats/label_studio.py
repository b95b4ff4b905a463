"""Label Studio: JSON exports and tasks, with rectangles (also turned), keypoints and choices of several people and models.

<https://labelstud.io/guide/export> and <https://labelstud.io/guide/task_format>. Percent become pixels by the size that each
result tells. What people did other than these (brushes, relations, ...) is kept and written back. An item's class is the
choice that nobody contradicts; each choice is also an annotation, with who made it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from trackside.core import InputError
from trackside.data.dataset import Dataset
from trackside.data.formats.building import NO_ITEM, Builder
from trackside.data.formats.format import FORMATS, Format
from trackside.data.formats.json_stream import JsonFile, begins_with
from trackside.data.formats.label_studio_results import Meaning, about, meaning_of, objects_in
from trackside.data.formats.label_studio_write import write_label_studio
from trackside.data.formats.locating import absent_pictures, base_of, root_of
from trackside.data.formats.names import is_picture
from trackside.data.formats.there import files_at, is_file

KINDS = ("annotations", "predictions")


def recognise_label_studio(path: Path) -> str:
    """The export at a path."""
    files = _files(path)
    return f"a Label Studio export ({files[0].name})" if files else ""


def _files(path: Path) -> list[Path]:
    files = files_at(path, "*.json")
    return [file for file in files if file.suffix.lower() == ".json" and _is_export(file)]


def _is_export(file: Path) -> bool:
    text = begins_with(file).lstrip()
    return text.startswith("[") and '"data"' in text


def read_label_studio(path: Path, *, images: Path | None = None, field: str | None = None) -> Dataset:
    """Read a Label Studio export.

    Args:
        path: the JSON file, or a folder with one.
        images: the folder that the pictures lie in; found by looking if not given.
        field: the field of `data` that holds the picture; found by looking if not given.

    Raises:
        InputError: there is none, or it is no JSON.
    """
    files = _files(path) or ([path] if is_file(path) else [])
    if not files:
        raise InputError("holds no Label Studio export", where=str(path), fix="give the exported JSON (not JSON_MIN)")
    builder = Builder(root_of(path, images), "label-studio")
    info: dict[str, Any] = {}
    for file in files:
        reading = _Reading(builder, file, field)
        reading.base = "" if images is not None else base_of(builder.root, reading.first_names())
        reading.read()
        info.update(reading.kept)
    dataset = builder.build(info)
    return replace(dataset, troubles=(*dataset.troubles, *absent_pictures(dataset)))


class _Reading:
    """One export on its way into a builder."""

    def __init__(self, builder: Builder, file: Path, field: str | None) -> None:
        self.builder, self.file, self.field, self.base = builder, file, field, ""
        self.kept: dict[str, Any] = {}

    def first_names(self) -> list[str]:
        """Pictures of the first tasks."""
        names: list[str] = []
        for _, task in JsonFile(self.file):
            if isinstance(task, dict) and isinstance(task.get("data"), dict):
                names.append(picture_of(self._value(task["data"])[1]))
            if len(names) == 20:
                break
        return names

    def read(self) -> None:
        """Add all tasks."""
        tasks = JsonFile(self.file)
        for number, (_, task) in enumerate(tasks, start=1):
            if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
                self.builder.trouble(self.file.name, f"task {number} has no data")
                continue
            self._task(task, number)
        if tasks.replaced:
            self.builder.trouble(self.file.name, "holds bytes that are not UTF-8; they were replaced")
        if tasks.broken:
            self.builder.trouble(self.file.name, tasks.broken)

    def _value(self, data: Mapping[str, Any]) -> tuple[str, str]:
        """The field with the picture, and what it says; a task without a picture has a text."""
        if self.field is not None:
            return self.field, str(data.get(self.field, ""))
        texts = {key: value for key, value in data.items() if isinstance(value, str)}
        named = next((key for key in ("image", "img", "ocr", "url") if key in texts), None)
        pictured = next((key for key, value in texts.items() if is_picture(picture_of(value))), named)
        return (pictured, texts[pictured]) if pictured else ("", "")

    def _task(self, task: dict[str, Any], number: int) -> None:
        field, address = self._value(task["data"])
        ours = about(task)
        name = picture_of(address) if field else f"{self.file.name}:{task.get('id', number)}"
        self._about_all(ours)
        item = self.builder.item(
            name,
            where=self.file.name,
            base=self.base if field else "",
            split=str(ours.get("split", "")),
            group=str(ours.get("group", "")),
            time=float(ours.get("time", math.nan)),
            size=_size(ours, task),
            transcript=str(ours.get("text", "" if field else task["data"].get("text", ""))),
            extra=dict(ours.get("extra", {})),
        )
        if item == NO_ITEM:
            return
        shell = {key: value for key, value in task.items() if key not in (*KINDS, "data", "meta")}
        if not ours and "meta" in task:
            shell["meta"] = task["meta"]
        if task["data"] != {"image": name}:
            shell["data"] = task["data"]
        self._annotations(item, task, shell)
        if shell:
            self.builder.extra_of(item)["label_studio"] = shell

    def _about_all(self, ours: Mapping[str, Any]) -> None:
        """What only the first task tells: classes and keypoints in their order."""
        for name in ours.get("classes", ()):
            self.builder.class_of(str(name))
        self.builder.points_of([str(name) for name in ours.get("keypoints", ())])
        self.kept.update(ours.get("info", {}))

    def _annotations(self, item: int, task: Mapping[str, Any], shell: dict[str, Any]) -> None:
        """Add what people and models did; what there are no columns for goes into the shell."""
        rows: list[tuple[float, dict[str, Any]]] = []
        for kind in KINDS:
            done = task.get(kind)
            for place, one in enumerate(done if isinstance(done, list) else ()):
                if not isinstance(one, dict):
                    continue
                results = one.get("result")
                results = results if isinstance(results, list) else []
                used = self._objects(item, kind, place, one, results, rows)
                rest = [[at, result] for at, result in enumerate(results) if at not in used]
                told = {key: value for key, value in one.items() if key != "result"}
                if rest or not any(about(results[at]) for at in used):
                    shell.setdefault(kind, []).append({"at": place, **told, **({"rest": rest} if rest else {})})
        for _, row in sorted(rows, key=lambda pair: pair[0]):
            self.builder.annotation(item, **row)

    def _objects(
        self,
        item: int,
        kind: str,
        place: int,
        one: Mapping[str, Any],
        results: list[Any],
        rows: list[tuple[float, dict[str, Any]]],
    ) -> set[int]:
        """Add the objects of one annotation to the rows; gives the places of the results that they are made of."""
        used: set[int] = set()
        annotator = annotator_of(one, kind)
        for places in objects_in(results):
            members = [results[at] for at in places]
            try:
                meaning = meaning_of(members)
            except (KeyError, TypeError, ValueError) as error:
                self.builder.trouble(
                    self.builder.name_of(item), f"a result of {annotator or 'nobody'} is broken ({error!r})"
                )
                continue
            used.update(places)
            ours = about(members[0])
            number = self.builder.class_of(meaning.label)
            if ours.get("label"):
                self.builder.set_label(item, number)
                continue
            if members[0]["type"] == "choices" and kind == "annotations" and not ours:
                self.builder.vote(item, number)
            native = {"label_studio": {"kind": kind, "annotation": place, "places": places, "results": members}}
            row = {
                "kind": number,
                "box": meaning.box,
                "points": self._points(meaning),
                "score": float(ours.get("score", math.nan)) if ours else _score(members[0], one, kind),
                "track": int(ours.get("track", -1)),
                "annotator": str(ours.get("annotator", "")) if ours else annotator,
                "extra": dict(ours.get("extra", {})) if ours else native,
            }
            rows.append((float(ours.get("row", len(rows))), row))
        return used

    def _points(self, meaning: Meaning) -> tuple[Any, Any] | None:
        if not meaning.points:
            return None
        return self.builder.points_of(list(meaning.points)), np.array(list(meaning.points.values()), np.float64)


def _size(ours: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height as the task or its first result with a picture tells; 0 where none does."""
    size = ours.get("size")
    if isinstance(size, list) and len(size) == 2:
        return int(size[0]), int(size[1])
    if ours:
        return 0, 0
    for one in chain.from_iterable(task.get(kind) or () for kind in KINDS):
        for result in (one.get("result") if isinstance(one, dict) else None) or ():
            size = (result.get("original_width"), result.get("original_height")) if isinstance(result, dict) else ()
            if len(size) == 2 and all(isinstance(side, int) and 0 < side < 2**31 for side in size):
                return int(size[0] or 0), int(size[1] or 0)
    return 0, 0


def _score(result: Mapping[str, Any], one: Mapping[str, Any], kind: str) -> float:
    score = result.get("score", one.get("score") if kind == "predictions" else None)
    return float(score) if isinstance(score, int | float) else math.nan


def annotator_of(one: Mapping[str, Any], kind: str) -> str:
    """Who made an annotation or prediction: an address, a number, or a model's version."""
    who = one.get("completed_by") if kind == "annotations" else one.get("model_version")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return "" if who is None else str(who)


def picture_of(address: str) -> str:
    """The name of a picture from its address: uploads, local files and buckets."""
    parts = urlsplit(address)
    if parts.path.startswith("/data/local-files"):
        return unquote(parse_qs(parts.query).get("d", [""])[0]).lstrip("/")
    if parts.path.startswith("/data/upload/"):
        return unquote(PurePosixPath(parts.path).name)
    if parts.scheme in ("http", "https", "s3", "gs", "azure-blob"):
        return unquote(parts.path).lstrip("/")
    return address


FORMATS.add(
    "label-studio",
    Format(
        "label-studio",
        "Label Studio",
        recognise_label_studio,
        read_label_studio,
        write_label_studio,
        suffixes=(".json",),
    ),
)
