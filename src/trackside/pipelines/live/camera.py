"""What is known of a camera before it is opened: where it is, what looks at it, how often, and how its pictures are read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_NAME = re.compile(r"[\w][\w .-]{0,59}")
_PASSWORD = re.compile(r"(?<=://)([^/@\s]*)@")

Rate = Annotated[float, Field(gt=0, le=120)]


class Camera(BaseModel):
    """A camera as cameras files and the API name it.

    Attributes:
        name: short, unique; stands in alarms, file names and addresses of the API.
        address: `rtsp://`, `rtmp://`, `http(s)://` (also HLS), `webcam:0`, or a file that is played as if it were live.
        substream: a second, smaller stream of the same camera, which is looked at instead where it is large enough.
        stream: which of the two is looked at; `auto` takes the smaller one.
        title: what people call it; the name if empty.
        pipeline: a pipeline file or the name of a template.
        settings: settings of the pipeline's blocks that differ for this camera, by `block.setting`: its zones, say.
        rate: pictures a second that are looked at.
        staleness: seconds; a picture that has waited for longer is dropped.
        transport: how RTSP sends; TCP loses nothing.
        hardware: whether a decoder in hardware is tried.
        decode: `thrifty` saves work where that changes pictures a little or the rate leaves room.
        skip: whether the detector may skip pictures while it is overloaded and every identity is kept all the same.
        clip_before: seconds before an alarm that its clip shows.
        clip_after: seconds after an alarm that its clip shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    address: Annotated[str, Field(min_length=1, max_length=2000)]
    substream: Annotated[str, Field(max_length=2000)] = ""
    stream: Literal["auto", "main", "sub"] = "auto"
    title: Annotated[str, Field(max_length=200)] = ""
    pipeline: Annotated[str, Field(min_length=1, max_length=1000)] = "guard-an-area"
    settings: dict[str, Any] = Field(default_factory=dict)
    rate: Rate = 5.0
    staleness: Annotated[float, Field(gt=0, le=60)] = 0.5
    transport: Literal["tcp", "udp", "auto"] = "tcp"
    hardware: Literal["auto", "off"] = "auto"
    decode: Literal["exact", "thrifty"] = "exact"
    skip: Literal["auto", "off"] = "off"
    clip_before: Annotated[float, Field(ge=0, le=60)] = 5.0
    clip_after: Annotated[float, Field(ge=0, le=60)] = 3.0

    @field_validator("name")
    @classmethod
    def _is_plain(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(
                "a camera's name is made of up to 60 letters, digits, spaces and . _ -, and begins with a letter or digit"
            )
        return name

    @property
    def looked_at(self) -> str:
        """The address of the stream that is looked at."""
        return self.substream if self.substream and self.stream != "main" else self.address

    @property
    def shown_address(self) -> str:
        """The address without user and password, for logs and pages."""
        return without_password(self.looked_at)


def without_password(address: str) -> str:
    """An address without what stands before its `@`."""
    return _PASSWORD.sub("", address)
