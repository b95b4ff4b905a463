"""Finding, hiding and recognising faces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trackside.core import Detections, Events, Image, InputError, Keypoints, Tracks, as_rgb
from trackside.core.units import EmbedderRef, Fraction, ModelRef, Seconds, Task
from trackside.media import Frame
from trackside.perception.faces import FACE5, Votes, hide, load_describer, load_finder, merged, require_on, widened
from trackside.perception.faces.gallery import Gallery, Searcher, TooManySearches, read_master
from trackside.perception.faces.hide import Style
from trackside.perception.faces.placing import tracks_of
from trackside.pipelines.block import block
from trackside.pipelines.kinds import Batch, MediaTime

FaceRef = Annotated[ModelRef, Task("faces")]
Looks = Annotated[int, Field(ge=1, le=100)]


class Found(NamedTuple):
    """What finding gives: rows of the two belong together."""

    faces: Detections
    points: Keypoints


class FoundInBatch(NamedTuple):
    """The ports of a batch block."""

    faces: Batch[Detections]
    points: Batch[Keypoints]


@block("faces.find@1")
def find_faces(
    images: Batch[Image],
    *,
    model: FaceRef,
    threshold: Fraction | None = None,
    smallest: Annotated[float, Field(ge=12, le=4096)] = 20.0,
) -> FoundInBatch:
    """Find the faces in each picture, and five points of each: eyes, nose and corners of the mouth.

    Nothing is learnt of anybody by it. No model is chosen beforehand: those that are freely at hand were trained on data for
    research only, so whoever uses one should decide to.

    Args:
        images: the pictures to look at.
        model: the model that finds them, such as mtcnn (trained on data for research only).
        threshold: how sure the model must be of a face; empty for what the model's authors recommend.
        smallest: side of the smallest face to look for, in pixels; twice as large is up to four times as fast.
    """
    found = load_finder(model)(images, threshold=threshold, smallest=smallest)
    return [Found(each.boxes, each.points) for each in found]  # type: ignore[return-value]


class Hidden(NamedTuple):
    """What hiding gives."""

    hidden: Image


@block("faces.blur@1")
class BlurFaces:
    """Make faces unrecognisable in the picture: a mosaic of six by six cells, or grey.

    Wire all faces that were found, to hide everybody; or the unknown ones of recognised faces, to hide all who did not agree
    to be shown. A face that is missed for a moment stays hidden where it was.

    Args:
        images: the pictures to hide them in.
        faces: the faces to hide.
        time: media time.
        style: what to show instead of a face.
        margin: how much around a face to hide as well, as a share of its longer side.
        hold: how long a face stays hidden after it was last seen.
    """

    def __init__(self, *, style: Style = "mosaic", margin: Fraction = 0.2, hold: Seconds = 0.5) -> None:
        self._style, self._margin, self._hold = style, margin, hold
        self._seen: list[tuple[float, NDArray[np.float32]]] = []

    def __call__(self, images: Image, faces: Detections, time: MediaTime) -> Hidden:
        if len(faces):
            self._seen.append((time, widened(faces.boxes, self._margin)))
        self._seen = [(seen, boxes) for seen, boxes in self._seen if time - seen <= self._hold]
        boxes = np.concatenate([boxes for _, boxes in self._seen]) if self._seen else np.empty((0, 4), np.float32)
        return Hidden(hidden_in(images, merged(boxes), self._style) if len(boxes) else images)


class Recognised(NamedTuple):
    """What recognising gives."""

    known: Tracks
    unknown: Detections
    events: Events


@block("faces.recognise@1")
class RecogniseFaces:
    """Tell which of the people in a gallery somebody is, by several looks at their face.

    Whoever is not sure to be one of them stays unknown. It is off until TRACKSIDE_FACES=on is set in the environment, and
    needs the gallery's master key there. It says what it takes for likely: a person must decide whatever follows from it. It
    does not notice a photograph held before the camera.

    Args:
        images: the pictures of the video.
        points: the five points of each face, as found.
        faces: the same faces as boxes.
        tracks: the people, or the faces, followed through the video.
        time: media time.
        gallery: the gallery's folder.
        model: the model that describes faces, the one that they were enrolled with.
        purpose: what for; it is written into the gallery's log.
        operator: who answers for it; it is written into the gallery's log.
        needed: so many looks must agree on one person ...
        looks: ... of so many last ones, and none on another.
        every: how long to wait between two looks at one person.
        names: whether to give people's names instead of their numbers in the gallery.
    """

    def __init__(
        self,
        *,
        gallery: Path,
        model: EmbedderRef,
        purpose: Annotated[str, Field(min_length=1)],
        operator: Annotated[str, Field(min_length=1)],
        needed: Looks = 3,
        looks: Looks = 5,
        every: Seconds = 0.3,
        names: bool = False,
    ) -> None:
        require_on()
        self._folder, self._model, self._names = gallery, model, names
        self._by, self._purpose = operator, purpose
        self._votes = Votes(min(needed, looks), looks, every)
        self._opened: tuple[Gallery, Searcher] | None = None
        self._enrolled: dict[str, tuple[float, str]] = {}
        self._known: dict[str, str] = {}
        self._generation = -1

    def __call__(self, images: Image, points: Keypoints, faces: Detections, tracks: Tracks, time: MediaTime) -> Recognised:
        if points.skeleton != FACE5.name or len(points) != len(faces):
            raise InputError("the points are not those of the faces", fix="wire points and faces of one faces.find")
        gallery, searcher = self._opened or self._open()
        self._follow_changes(gallery)
        ids = tracks_of(faces.boxes, tracks)
        rows = [row for row in np.flatnonzero(ids).tolist() if self._votes.is_due(int(ids[row]), time)]
        told = self._look(images, points, ids, rows, searcher, time)
        people = [self._votes.person(int(track)) if track else "" for track in ids]
        sure = np.array([person != "" for person in people], np.bool_)
        return Recognised(self._named(faces, ids, people, sure), faces[~sure], Events.at(time, told))

    def on_track_end(self, track_id: int) -> None:
        self._votes.end([track_id])

    def on_stream_end(self) -> None:
        if self._opened:
            self._opened[0].close()

    def _open(self) -> tuple[Gallery, Searcher]:
        """By the first picture, not by whoever checks the pipeline."""
        gallery = Gallery(self._folder, read_master())
        searcher = Searcher(gallery, load_describer(self._model).tag, by=self._by, purpose=self._purpose)
        self._opened = gallery, searcher
        return self._opened

    def _follow_changes(self, gallery: Gallery) -> None:
        """Whoever was deleted, or whose consent has ended, is unknown from now on."""
        now = gallery.now()
        if gallery.storage.generation != self._generation:
            self._generation = gallery.storage.generation
            self._enrolled = {person.id: (person.consent.until, person.name) for person in gallery.people()}
        before = self._known
        self._known = {person: name for person, (until, name) in self._enrolled.items() if until > now}
        self._votes.forget(before.keys() - self._known.keys())

    def _look(
        self, images: Image, points: Keypoints, ids: NDArray[np.int64], rows: list[int], searcher: Searcher, time: float
    ) -> list[tuple[str, int, str, float]]:
        """Look at the faces whose turn it is; gives the events of those that it decides."""
        told: list[tuple[str, int, str, float]] = []
        if not rows:
            return told
        vectors = load_describer(self._model)(as_rgb(images), points.points[rows])
        try:
            matches = searcher(vectors)
        except TooManySearches:  # They are looked at again later; until then they are unknown.
            return told
        for row, match in zip(rows, matches, strict=True):
            track = int(ids[row])
            decided = self._votes.add(track, time, match.person, match.score)
            if decided:
                told.append(("recognised", track, self._label(decided), self._votes.score(track)))
        return told

    def _named(self, faces: Detections, ids: NDArray[np.int64], people: list[str], sure: NDArray[np.bool_]) -> Tracks:
        labels = [self._label(person) for person in people if person]
        names = tuple(dict.fromkeys(labels))
        classes = np.array([names.index(label) for label in labels], np.int32)
        scores = np.array([self._votes.score(int(track)) for track in ids[sure]], np.float32)
        return Tracks(faces.boxes[sure], np.clip(scores, 0, 1), classes, names, ids[sure])

    def _label(self, person: str) -> str:
        return self._known.get(person, person) if self._names else person


def hidden_in(image: Image, boxes: NDArray[np.float32], style: Style) -> Image:
    """A copy of a picture with what boxes cover hidden; planes stay planes."""
    if not isinstance(image, Frame):
        picture = as_rgb(image).copy()
        hide(picture, boxes, style)
        return picture
    planes = image.planes().copy()
    # Whole pairs of pixels, so that luma and chroma hide the same.
    even = np.concatenate([np.floor(boxes[:, :2] / 2), np.ceil(boxes[:, 2:] / 2)], axis=1)
    hide(planes.y, even * 2, style)
    hide(planes.u, even, style)
    hide(planes.v, even, style)
    return Frame(planes, image.index, image.time)
