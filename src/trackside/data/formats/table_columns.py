"""What the columns of a table mean, told by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trackside.core import InputError, SettingError, nearest

OF_ITEMS = ("path", "label", "split", "group", "time", "width", "height", "text", "extra")
OF_ANNOTATIONS = ("box_class", "x1", "y1", "x2", "y2", "score", "track", "annotator", "box_extra")
_EXTENTS = ("box_width", "box_height")
ROLES = (*OF_ITEMS, *OF_ANNOTATIONS, *_EXTENTS)
NUMBERS = frozenset(("time", "width", "height", "x1", "y1", "x2", "y2", "score", "track", *_EXTENTS))

_SYNONYMS = {
    "path": "path image file filename file_name image_path img_path filepath file_path image_name img image_file img_name"
    " picture photo item",
    "label": "label class category target class_name label_name species",
    "split": "split subset partition set",
    "group": "group video video_id athlete session subject patient group_id sequence",
    "time": "time timestamp seconds time_s",
    "width": "image_width img_width width",
    "height": "image_height img_height height",
    "text": "text transcript transcription sentence utterance",
    "extra": "extra",
    "box_class": "box_class box_label object_class",
    "x1": "x1 xmin x_min left xtl bbox_x1 bbox_xmin bbox_x x",
    "y1": "y1 ymin y_min top ytl bbox_y1 bbox_ymin bbox_y y",
    "x2": "x2 xmax x_max right xbr bbox_x2 bbox_xmax",
    "y2": "y2 ymax y_max bottom ybr bbox_y2 bbox_ymax",
    "box_width": "box_width bbox_width bbox_w w",
    "box_height": "box_height bbox_height bbox_h h",
    "score": "score confidence conf",
    "track": "track track_id",
    "annotator": "annotator annotated_by labeller labeler worker rater",
    "box_extra": "box_extra",
}
_POINT = re.compile(r"point:(.*):([xyv])", re.DOTALL)


def point_column(name: str, axis: str) -> str:
    """The column of one number of a keypoint; `axis` is x, y or v (visibility)."""
    return f"point:{name}:{axis}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column plays which role.

    Attributes:
        roles: role to column.
        points: keypoint to its columns x, y, v.
        others: columns without a role, kept as `extras`.
    """

    roles: Mapping[str, str]
    points: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def has_annotations(self) -> bool:
        """Whether rows are annotations: several may tell of one item."""
        return bool(self.points) or any(role in self.roles for role in (*OF_ANNOTATIONS, *_EXTENTS))

    @property
    def has_boxes(self) -> bool:
        """Whether there are boxes, by corners or by a corner and a size."""
        corner = {"x1", "y1"} <= set(self.roles)
        return corner and ({"x2", "y2"} <= set(self.roles) or set(_EXTENTS) <= set(self.roles))


def columns_of(names: Sequence[str], given: Mapping[str, str], where: str) -> Columns:
    """The roles of columns by their names.

    Args:
        names: the table's columns.
        given: role to column, as a user named them; the rest is recognised.
        where: the file, for errors.

    Raises:
        InputError: two columns have one name, neither a path nor a text is among them, or names are no text.
        SettingError: an unknown role or column.
    """
    if len(set(names)) != len(names):
        twice = next(name for name in names if list(names).count(name) > 1)
        raise InputError(f"has two columns named {twice!r}", where=where, fix="rename one")
    for role, name in given.items():
        if role not in ROLES:
            raise SettingError(f"no column is called {role!r}", where="columns", fix=nearest(role, ROLES))
        if name not in names:
            raise SettingError(f"{where} has no column {name!r}", where=f"columns, {role}", fix=nearest(name, names))
    roles = dict(given)
    free = [name for name in names if name not in roles.values()]
    plain = {_plain(name): name for name in reversed(free)}
    for role, words in _SYNONYMS.items():
        found = next((plain[word] for word in words.split() if word in plain and plain[word] not in roles.values()), None)
        if role not in roles and found is not None:
            roles[role] = found
    _settle(roles)
    if "path" not in roles and "text" not in roles:
        if not all(name.isprintable() for name in names):
            raise InputError("holds no text table", where=where, fix="give a table with the names of its columns on top")
        fix = "rename the one that holds the paths to path, or name it: trackside data convert --column path=NAME"
        raise InputError(f"has no column of paths or texts, only {', '.join(names[:8])}", where=where, fix=fix)
    points = _points(free)
    taken = {*roles.values(), *(name for columns in points.values() for name in columns)}
    return Columns(roles, points, tuple(name for name in names if name not in taken))


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _settle(roles: dict[str, str]) -> None:
    """Tell sizes of boxes from sizes of pictures, and classes of boxes from classes of pictures."""
    has_corner = {"x1", "y1"} <= set(roles)
    if has_corner and "x2" not in roles and "box_width" not in roles and {"width", "height"} <= set(roles):
        roles["box_width"], roles["box_height"] = roles.pop("width"), roles.pop("height")
    boxes = has_corner and ("x2" in roles or "box_width" in roles)
    if not boxes:
        for role in ("x1", "y1", "x2", "y2", *_EXTENTS):
            roles.pop(role, None)
    if (boxes or "annotator" in roles) and "box_class" not in roles and "label" in roles:
        roles["box_class"] = roles.pop("label")


def _points(names: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Keypoints with all three of their columns, in order of the first."""
    parts = [(name, _POINT.fullmatch(name)) for name in names]
    order = dict.fromkeys(match[1] for _, match in parts if match)
    present = {name for name, match in parts if match}
    triples = {point: (point_column(point, "x"), point_column(point, "y"), point_column(point, "v")) for point in order}
    return {point: triple for point, triple in triples.items() if set(triple) <= present}
