"""What the palette says of families and blocks: titles, and one sentence a family."""

from __future__ import annotations

from dataclasses import dataclass

from trackside.pipelines.block import BlockSpec
from trackside.pipelines.titles import plain_title


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """A family of blocks, as the palette shows it."""

    name: str
    title: str
    help: str = ""


# In the order in which a pipeline is usually drawn.
_PAGES = (
    FamilyPage("source", "Input", "Where pictures come from; every pipeline has it."),
    FamilyPage("sample", "Choose pictures", "Let only some of the pictures through."),
    FamilyPage("detect", "Detect", "Find objects in pictures."),
    FamilyPage("pose", "Body points", "Find people's body points, and calm them."),
    FamilyPage("identify", "Know again", "Tell who is who by looks."),
    FamilyPage("faces", "Faces", "Find faces, hide them, or tell who of those who agreed to it somebody is."),
    FamilyPage("classify", "Classify", "Tell of which class a picture, or what is in a box, is, by a model of your own."),
    FamilyPage("camera", "Camera", "Measure what the camera itself does."),
    FamilyPage("track", "Track", "Follow people and things through the video: each keeps its number."),
    FamilyPage("zone", "Zones", "Rules about areas that you draw on the picture."),
    FamilyPage("line", "Lines", "Rules about lines that you draw on the picture."),
    FamilyPage("rule", "Rules", "Tell when something happens: a stay, a crossing, a speed, a thing left behind."),
    FamilyPage("comply", "Compliance", "Tell who does not wear what must be worn."),
    FamilyPage("alarm", "Alarms", "Let only those events through that deserve attention."),
    FamilyPage("angles", "Angles", "Measure joints and body parts."),
    FamilyPage("draw", "Draw", "Show on the picture what was found."),
    FamilyPage("write", "Results", "Keep results: a video, tables, a page with plots."),
)
_TITLES = {
    "source.media": "Video",
    "sample.every": "Skip pictures",
    "detect.objects": "Find objects",
    "detect.from_file": "Detections from a file",
    "pose.people": "Find body points",
    "pose.follow": "Find and follow body points",
    "pose.in_boxes": "Body points in boxes",
    "pose.smooth": "Calm body points",
    "identify.embed": "Describe looks",
    "faces.find": "Find faces",
    "faces.blur": "Hide faces",
    "faces.recognise": "Recognise faces",
    "classify.in_boxes": "Classify boxes",
    "classify.image": "Classify pictures",
    "camera.motion": "Camera motion",
    "track.objects": "Track objects",
    "track.poses": "Track people by body points",
    "track.link": "Mend tracks afterwards",
    "zone.count": "Count in zones",
    "line.crossing": "Count over a line",
    "rule.presence": "Enter and leave a zone",
    "rule.dwell": "Stay in a zone",
    "rule.loitering": "Loiter in a zone",
    "rule.line": "Cross lines",
    "rule.order": "Visit zones in order",
    "rule.speed": "Too fast or too slow",
    "rule.count": "Too many or too few",
    "rule.left_object": "Left object",
    "comply.items": "Wear what must be worn",
    "alarm.raise": "Raise alarms",
    "angles.joints": "Joint angles",
    "draw.overlay": "Draw on the picture",
    "write.video": "Write a video",
    "write.table": "Write a table",
    "write.summary": "Write a summary page",
}


def family_pages(names: set[str]) -> list[FamilyPage]:
    """The pages of these families, in the palette's order; families that are not ours come last."""
    known = [page for page in _PAGES if page.name in names]
    return known + [FamilyPage(name, plain_title(name)) for name in sorted(names - {page.name for page in known})]


def block_place(spec: BlockSpec) -> int:
    """Where a block stands among those of its family: what is used most comes first, what is not ours last."""
    known = [*_TITLES]
    name = f"{spec.family}.{spec.verb}"
    return known.index(name) if name in known else len(known)


def block_title(spec: BlockSpec) -> str:
    """A block's name in plain words."""
    return _TITLES.get(f"{spec.family}.{spec.verb}") or plain_title(f"{spec.family}_{spec.verb}")
