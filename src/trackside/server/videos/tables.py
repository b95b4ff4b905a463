"""Tables of videos and of uploads under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trackside.server.database.base import Row, new_id, now


class VideoRow(Row):
    """A video. `state`: uploading, probing, ready or unusable; `problem` and `fix` say why it cannot be used.

    `key` is its place in the files (`videos/<id>/source<suffix>`), `name` is the user's and reaches no file system.
    """

    __tablename__ = "video"
    __table_args__ = (
        Index("ix_video_created_id", "created", "id"),
        Index("ix_video_name_id", "name", "id"),
        Index("ix_video_folder", "folder"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    folder: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(16), default="uploading")
    problem: Mapped[str] = mapped_column(Text, default="")
    fix: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str] = mapped_column(String(300), default="")
    thumbnail: Mapped[str] = mapped_column(String(300), default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds: Mapped[float | None] = mapped_column()
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    fps: Mapped[float | None] = mapped_column()
    codec: Mapped[str] = mapped_column(String(60), default="")
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)


class UploadRow(Row):
    """An upload by the tus protocol that is not finished. Its bytes lie in `<data>/incoming/<id>`.

    It becomes the video `video_id`; or, if `dataset` says how that shall be called, a data set with the upload's own id.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    video_id: Mapped[str] = mapped_column(String(32), index=True, default="")
    dataset: Mapped[str] = mapped_column(String(150), default="")
    length: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[datetime] = mapped_column(index=True)
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)

    @property
    def becomes(self) -> str:
        """The id of what it becomes."""
        return self.video_id or self.id
