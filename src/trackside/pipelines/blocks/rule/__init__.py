"""Rules: what happens to those who are tracked, told as events, each a file a subject."""

from trackside.pipelines.blocks.rule import objects, paths, zones

__all__ = ["objects", "paths", "zones"]
