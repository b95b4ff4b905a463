"""From what users and hosts give to what the other one needs: pipelines as text, alarms with pictures and clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from trackside.core import InputError, SettingError
from trackside.core.files import atomic_open
from trackside.pipelines.catalogue import find_pipeline
from trackside.pipelines.distributed.cluster import HostAway, HostDied
from trackside.pipelines.distributed.link import Link
from trackside.pipelines.distributed.messages import Parcel, Trouble
from trackside.pipelines.live import Camera, CameraAlarm

# Seconds for a host to send a clip.
_CLIP = 60.0


def pipeline_of(camera: Camera) -> str:
    """The pipeline's text, so that hosts need no such file. Raises InputError, PipelineError."""
    is_file = camera.pipeline.endswith((".yaml", ".yml", ".json"))
    pipeline = find_pipeline(Path(camera.pipeline) if is_file else camera.pipeline)
    try:
        pipeline.with_settings(camera.settings)
    except SettingError as error:
        raise InputError(str(error), where=camera.name) from error
    return pipeline.to_yaml()


def arrived(parcel: Parcel, link: Link) -> CameraAlarm:
    """The alarm as a callback gets it: its picture in memory of our own, its clip fetched from its host when asked for."""
    # What Ray hands out is a read-only view of its store, which it would have to keep for as long.
    picture = parcel.alarm.picture
    alarm = parcel.alarm if picture is None else replace(parcel.alarm, picture=np.array(picture))
    if not parcel.has_clip:
        return alarm

    def write(path: Path) -> None:
        try:
            found: bytes | Trouble = link.call("clip", parcel.number, timeout=_CLIP)
        except (HostAway, HostDied) as error:
            raise InputError(
                f"the machine that kept the clip does not answer ({error})", where=parcel.alarm.camera
            ) from None
        if isinstance(found, Trouble):
            raise found.error()
        with atomic_open(path, "wb") as file:
            file.write(found)

    return replace(alarm, clip=write)
