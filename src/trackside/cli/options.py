"""Options that several commands share, and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackside.core import SettingError


def parse_settings(assignments: Sequence[str]) -> dict[str, Any]:
    """`["detect.model=yolox-nano", "zone.count=3"]` as a mapping; values are YAML, so numbers, lists and texts work.

    Raises:
        SettingError: one without `=`, or with a value that is not YAML.
    """
    import yaml

    settings = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise SettingError(f"{assignment!r} sets nothing", fix="write --set block.setting=value")
        try:
            settings[key.strip()] = yaml.safe_load(text)
        except yaml.YAMLError:
            raise SettingError(f"cannot read the value {text!r}", where=key, fix="write it as in a pipeline file") from None
    return settings
