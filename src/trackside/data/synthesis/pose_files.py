"""The poses to draw: those of the library, of a file of angles or keypoints, or of a labelled data set's people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import COCO17, InputError
from trackside.data.dataset import Dataset
from trackside.data.synthesis.joints import angles_of
from trackside.data.synthesis.lifting import lift

Floats = NDArray[np.float64]
_FIX = "write a list of {class: NAME, angles: {JOINT: DEGREES}} or {class: NAME, keypoints: [x, y, v, ...]}"
# Lifting takes about a second an example; a few of each class are what the method asks for.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Poses:
    """Pose classes with their examples.

    Attributes:
        classes: names.
        examples: for each class float64 [e, joints], degrees, e of at least one.
        passed_over: why examples were left out.
    """

    classes: tuple[str, ...]
    examples: tuple[Floats, ...]
    passed_over: tuple[str, ...] = ()


def builtin_poses(names: Iterable[str] = ()) -> Poses:
    """The library's poses: all classes, or those named.

    Raises:
        InputError: an unknown class.
    """
    from trackside.core import nearest
    from trackside.data.synthesis.poses import BUILTIN

    chosen = tuple(names) or tuple(BUILTIN)
    for name in chosen:
        if name not in BUILTIN:
            raise InputError(f"there is no pose {name!r}", fix=nearest(name, BUILTIN))
    return Poses(chosen, tuple(np.stack([angles_of(pose) for pose in BUILTIN[name]]) for name in chosen))


def read_poses(source: str | Path) -> Poses:
    """Poses by what a user names: `builtin`, `builtin:standing,throwing`, a YAML or JSON file, or a data set with keypoints.

    Raises:
        InputError: nothing there that can be used.
    """
    if str(source) == "builtin" or str(source).startswith("builtin:"):
        names = str(source).partition(":")[2]
        return builtin_poses(name.strip() for name in names.split(",") if name.strip())
    path = Path(source)
    if path.is_dir():
        return _of_path(path)
    data = _loaded(path)
    return _of_path(path) if isinstance(data, Mapping) and "annotations" in data else poses_of(data, str(path))


def poses_of(data: Any, where: str = "") -> Poses:
    """Poses from plain data: a list of examples, or a mapping whose `poses` is one.

    Raises:
        InputError: an example has no class or no pose, or its pose cannot be.
    """
    rows = data.get("poses") if isinstance(data, Mapping) else data
    if not isinstance(rows, list) or not rows:
        raise InputError("holds no poses", where=where, fix=_FIX)
    found: dict[str, list[Floats]] = {}
    for number, row in enumerate(rows, start=1):
        place = f"{where}, pose {number}".lstrip(", ")
        if not isinstance(row, Mapping) or not str(row.get("class", "")).strip():
            raise InputError("has no class", where=place, fix=_FIX)
        found.setdefault(str(row["class"]).strip(), []).append(_pose(row, place))
    return Poses(tuple(found), tuple(np.stack(examples) for examples in found.values()))


def poses_of_dataset(dataset: Dataset, *, most: int = _MOST) -> Poses:
    """Poses of the people in a data set with COCO's 17 keypoints, at most so many of each class, first ones first.

    The class is the item's label, or else the annotation's. Examples that no healthy pose explains are passed over.

    Raises:
        InputError: the keypoints are not COCO's, or no example can be used.
    """
    if set(COCO17.points) - set(dataset.keypoints):
        fix = f"name the keypoints {', '.join(COCO17.points[:6])}, ..."
        raise InputError("its keypoints are not COCO's 17", where=str(dataset.root), fix=fix)
    columns = [dataset.keypoints.index(name) for name in COCO17.points]
    kept = dataset.annotations
    found: dict[str, list[Floats]] = {}
    reasons: list[str] = []
    for row, item in enumerate(kept.items.tolist()):
        label = dataset.label_name(item) or (dataset.classes[kept.classes[row]] if kept.classes[row] >= 0 else "person")
        if len(found.get(label, ())) >= most or not (kept.points[row, columns, 2] > 0).any():
            continue
        try:
            found.setdefault(label, []).append(lift(kept.points[row, columns], str(dataset.items.names[item])).angles)
        except InputError as error:
            reasons.append(str(error))
    classes = [name for name in found if found[name]]
    if not classes:
        more = f" ({reasons[0]})" if reasons else ""
        raise InputError(f"holds no pose that can be used{more}", where=str(dataset.root), fix="label more points")
    return Poses(tuple(classes), tuple(np.stack(found[name]) for name in classes), tuple(reasons))


def _of_path(path: Path) -> Poses:
    from trackside.data.reading import read_dataset

    return poses_of_dataset(read_dataset(path))


def _loaded(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        fix = "name a file or a data set, or builtin"
        raise InputError("there is no such file of poses", where=str(path), fix=fix) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read as YAML or JSON ({type(error).__name__})", where=str(path), fix=_FIX) from None


def _pose(row: Mapping[str, Any], where: str) -> Floats:
    if isinstance(row.get("angles"), Mapping):
        try:
            return angles_of(row["angles"])
        except InputError as error:
            raise InputError(error.what, where=f"{where}, {error.where}".rstrip(", "), fix=error.fix) from None
    try:
        points = np.asarray(row.get("keypoints"), np.float64).reshape(len(COCO17.points), 3)
    except (TypeError, ValueError):
        raise InputError("has neither angles nor 17 keypoints", where=where, fix=_FIX) from None
    return lift(points, where).angles
