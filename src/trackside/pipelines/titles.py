"""Headings for people who do not program: what settings and ports are called in forms and on the drawing."""

from __future__ import annotations

_ABBREVIATIONS = {"csv": "CSV", "fps": "FPS", "iou": "IoU"}
# The same words mean the same in every block, but for those below.
_WORDS = {
    "active": "Hours",
    "recorded_at": "Recording began at",
    "agility": "Quickness in motion",
    "annotated": "Drawing",
    "at_least": "Shortest track",
    "camera": "Camera motion",
    "classes": "What to look for",
    "clock": "Show the time",
    "csv": "Also for spreadsheets (CSV)",
    "cutoff": "Calmness at rest",
    "detector": "Model for people",
    "embeddings": "Looks",
    "end": "Stop at",
    "fill": "Fill gaps up to",
    "gap": "Known again after at most",
    "ground": "Points on the ground",
    "high": "Certainty to start a track",
    "hold": "Keep showing for",
    "image_rate": "Speed of a folder of pictures",
    "keep_lost": "Wait for the lost",
    "keypoints": "Body points",
    "landmarks": "Model for body points",
    "lane_length": "Length of the lanes",
    "least_score": "Least certainty",
    "low": "Certainty to go on",
    "margin": "Margin beside the line",
    "motion": "How they move",
    "one_a_lane": "One in each lane",
    "overlap": "Most overlap",
    "poses": "Body points",
    "same_class": "Never mix classes",
    "seconds": "Time between pictures",
    "shapes": "Zones and lines",
    "show_angles": "Angles to write",
    "small_people": "Look for small people",
    "start": "Begin at",
    "tail": "Length of the tails",
    "threshold": "Least certainty",
    "title": "Heading",
    "tracker": "Method",
}
_IN_BLOCKS = {
    "rule.presence": {"margin": "Margin around the zone", "gap": "Out of sight at most", "name": "Name of the zone"},
    "rule.dwell": {
        "at_least": "Stays at least",
        "margin": "Margin around the zone",
        "gap": "Out of sight at most",
        "name": "Name of the zone",
    },
    "rule.loitering": {
        "at_least": "Inside at least",
        "window": "Within the last",
        "far": "Too far away",
        "gap": "Out of sight at most",
        "name": "Name of the zone",
    },
    "rule.count": {
        "at_least": "Tell from so many up",
        "at_most": "Tell from so many down",
        "for_seconds": "For at least",
        "margin": "Margin around the zone",
        "gap": "Out of sight at most",
        "name": "Name of the zone",
    },
    "rule.order": {"margin": "Margin around the zones", "gap": "Out of sight at most"},
    "rule.speed": {
        "above": "Faster than",
        "below": "Slower than",
        "over": "Measured over",
        "for_seconds": "For at least",
        "gap": "Out of sight at most",
    },
    "rule.left_object": {"for_seconds": "Stands for at least", "near": "Near means"},
    "comply.items": {
        "over": "Looks back over",
        "share": "Share of looks",
        "looks": "Least number of looks",
        "least_size": "Smallest part of a body",
    },
    "camera.motion": {"motion": "Camera motion"},
    "classify.in_boxes": {"margin": "Margin around the boxes", "people": "Boxes or tracks"},
    "detect.from_file": {"name": "What they are"},
    "draw.overlay": {"tracks": "Boxes or tracks"},
    "line.crossing": {"name": "Name of the line"},
    "pose.follow": {"every": "Look for new people every"},
    "source.media": {"every": "Time between pictures"},
    "write.table": {"name": "Name of the files", "rows": "What to write"},
    "write.video": {"name": "Name of the file"},
    "track.link": {"name": "Name of the files"},
}


def plain_title(name: str) -> str:
    """A name as a heading: `lane_width` becomes `Lane width`."""
    text = " ".join(_ABBREVIATIONS.get(word, word) for word in name.split("_"))
    return f"{text[:1].upper()}{text[1:]}"


def title_in(block: str, name: str) -> str:
    """What a setting or port of a block is called.

    Args:
        block: `family.verb`, without version.
        name: of the setting or port, as files write it.
    """
    return _IN_BLOCKS.get(block, {}).get(name) or _WORDS.get(name) or plain_title(name)
