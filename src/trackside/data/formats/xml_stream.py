"""XML from strangers: no document types, so no entities, and one element at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from trackside.core import InputError

_CHUNK = 1 << 18
_DEEPEST = 100


class XmlFile:
    """An XML file whose elements below the root come one after the other.

    Attributes:
        broken: what is wrong with the file's end, if it ends early or turns to rubbish; what came before was given.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._depth = 0
        self._builder: TreeBuilder | None = None
        self._done: list[Element] = []
        self.broken = ""
        self.root = ""

    def __iter__(self) -> Iterator[Element]:
        """The root's children, whole.

        Raises:
            InputError: the file cannot be read, is no XML from its start, or declares a document type.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        given = False
        try:
            with self._path.open("rb") as file:
                while True:
                    data = file.read(_CHUNK)
                    parser.Parse(data, not data)
                    done, self._done = self._done, []
                    given = given or bool(done)
                    yield from done
                    if not data:
                        return
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror or error})", where=str(self._path)) from None
        except (expat.ExpatError, ValueError) as error:
            given = given or bool(self._done)
            if not given:
                raise InputError(f"is no XML ({error})", where=str(self._path)) from None
            yield from self._done
            self.broken = f"the file ends early or is broken ({error})"

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.root = tag
            return
        if self._depth > _DEEPEST:
            raise ValueError("elements are nested too deeply")
        if self._builder is None:
            self._builder = TreeBuilder()
        self._builder.start(tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if self._builder is None:
            return
        self._builder.end(tag)
        if self._depth == 1:
            self._done.append(self._builder.close())
            self._builder = None

    def _text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def _refuse(self, *_: object) -> None:
        fix = "remove the DOCTYPE; no annotation tool needs one"
        raise InputError("declares a document type, which is refused", where=str(self._path), fix=fix)
