"""Where the files of an alarm lie."""

from __future__ import annotations


def folder(alarm_id: str) -> str:
    """All files of an alarm."""
    return f"alarms/{alarm_id}"


def picture(alarm_id: str) -> str:
    """Its picture with boxes."""
    return f"{folder(alarm_id)}/picture.jpg"


def clean(alarm_id: str) -> str:
    """Its picture without boxes."""
    return f"{folder(alarm_id)}/clean.jpg"


def clip(alarm_id: str) -> str:
    """Its clip."""
    return f"{folder(alarm_id)}/clip.mp4"


def label(task_id: str) -> str:
    """The picture of something to label."""
    return f"label-tasks/{task_id}.jpg"
