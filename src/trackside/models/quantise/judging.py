"""What became of the network, as findings: the same answers, the small objects, the scores, the speed."""

from __future__ import annotations

from collections.abc import Sequence

from trackside.core import Finding, Measurement, Number, Threshold, Verdict, judge
from trackside.models.quantise.agreement import BoxAgreement, VectorAgreement
from trackside.models.quantise.agreement.boxes import Kept
from trackside.models.quantise.speed import Speed

# With fewer boxes to compare, a share of them is known to no better than one in five (a 95 % interval of ±18 points at 0.5).
LEAST_REFERENCES = 30
# How much worse than the large ones small objects may fare before it is said, as a share of them.
_SMALL_GAP = 0.05
# A shift of the scores by more than this moves a threshold noticeably.
_SHIFT = 0.02
# Below this gain a second package is not worth having.
LEAST_GAIN = 1.1
# How far below the agreement asked for a network is refused and not only warned about.
_REFUSED = 2.0


def box_findings(found: BoxAgreement, floor: float, least: float) -> list[Finding]:
    """The findings on a detector.

    Args:
        found: INT8 against FP32, on held-out pictures.
        floor: AP50 of FP32 against itself on the same pictures with each pixel changed by at most one grey level.
        least: the AP50 to be reached.
    """
    return [_same_boxes(found, floor, least), _small(found), _scores(found), *_classes(found)]


def _same_boxes(found: BoxAgreement, floor: float, least: float) -> Finding:
    asks = "Does INT8 find what FP32 finds?"
    if found.references < LEAST_REFERENCES:
        missing = f"FP32 finds {found.references} objects in the held-out pictures; {LEAST_REFERENCES} are the least"
        step = "give footage in which there is more to be found"
        return Finding("same-boxes", asks, Verdict.UNKNOWN, missing, Measurement(missing=missing), next_step=step)
    measured = Measurement(
        (
            Number("AP50", found.ap50),
            Number("AP50:95", found.ap),
            Number("AP50 of FP32 with noise of one grey level", floor),
            Number("boxes of FP32", found.references),
            Number("boxes of INT8", found.boxes),
            Number("found again", found.kept.share),
            Number("new", found.new),
            Number("overlap", found.overlap),
        )
    )
    says = (
        f"of {found.references} boxes of FP32 INT8 finds {found.kept.share:.1%} again, {found.new:.1%} of its own are new"
        f" (AP50 {found.ap50:.3f}, AP50:95 {found.ap:.3f}; {found.pictures} held-out pictures, FP32 as the reference)"
    )
    verdict = _verdict(measured, "AP50", least)
    return Finding("same-boxes", asks, verdict, says, measured, next_step="" if verdict is Verdict.OK else _TRY)


_TRY = "calibrate with more pictures, try another method, or keep more layers at FP32"


def _verdict(measured: Measurement, name: str, least: float) -> Verdict:
    """Warned about below what was asked for, refused where twice as much is lost."""
    refused = max(0.0, 1 - _REFUSED * (1 - least))
    limits = [
        Threshold(name, at_least=least, otherwise=Verdict.WARN, reason="the agreement asked for"),
        Threshold(name, at_least=refused, otherwise=Verdict.FAIL, reason="twice the loss that was allowed"),
    ]
    return judge(measured, limits).verdict


def _small(found: BoxAgreement) -> Finding:
    asks = "Do small objects suffer more than others?"
    numbers = [Number(f"{name}, {kept.count} of them", kept.share) for name, kept in found.by_size.items() if kept.count]
    small, rest = found.by_size["small"], _joined([found.by_size["medium"], found.by_size["large"]])
    if small.count < LEAST_REFERENCES:
        says = f"FP32 finds {small.count} objects under 32 x 32 pixels of the network's input: too few to tell"
        return Finding("small-objects", asks, Verdict.UNKNOWN, says, Measurement(tuple(numbers), missing=says))
    compared = rest.share if rest.count >= LEAST_REFERENCES else 1.0
    gap = Number("small behind the others", compared - small.share)
    measured = Measurement((*numbers, gap))
    verdict = judge(measured, [Threshold(gap.name, at_most=_SMALL_GAP, otherwise=Verdict.WARN)]).verdict
    others = f"{rest.share:.1%} of the larger ones" if rest.count else "there are no larger ones"
    says = f"{small.share:.1%} of those under 32 x 32 pixels of the network's input are found again, {others}"
    step = "" if verdict is Verdict.OK else "look at distant objects before you trust this package, or use a larger input"
    return Finding("small-objects", asks, verdict, says, measured, next_step=step)


def _scores(found: BoxAgreement) -> Finding:
    asks = "Do scores mean the same?"
    measured = Measurement((Number("mean change", found.shift), Number("95 % change by at most", found.spread)))
    limit = Threshold("mean change", at_least=-_SHIFT, at_most=_SHIFT, otherwise=Verdict.WARN)
    verdict = judge(measured, [limit]).verdict
    says = f"the score of a box that both find changes by {found.shift:+.3f} on average, 95 % by at most {found.spread:.3f}"
    step = f"move thresholds by {found.shift:+.2f} with this package" if verdict is Verdict.WARN else ""
    return Finding("scores", asks, verdict, says, measured, next_step=step)


def _classes(found: BoxAgreement) -> list[Finding]:
    """One finding on the classes, where there is more than one with enough boxes."""
    enough = {name: kept for name, kept in found.by_class.items() if kept.count >= LEAST_REFERENCES}
    if len(enough) < 2:
        return []
    worst = min(enough, key=lambda name: enough[name].share)
    gap = Number("worst class behind all", found.kept.share - enough[worst].share)
    measured = Measurement((*(Number(f"{name}, {k.count} of them", k.share) for name, k in enough.items()), gap))
    verdict = judge(measured, [Threshold(gap.name, at_most=_SMALL_GAP, otherwise=Verdict.WARN)]).verdict
    says = f"{worst} suffers most: {enough[worst].share:.1%} of its boxes are found again"
    return [Finding("classes", "Does one class suffer more than the others?", verdict, says, measured)]


def vector_finding(found: VectorAgreement, task: str, least: float) -> Finding:
    """The finding on a classifier or a network for embeddings."""
    asks = "Does INT8 answer what FP32 answers?"
    if found.pictures < LEAST_REFERENCES:
        missing = f"there are {found.pictures} held-out pictures; {LEAST_REFERENCES} are the least"
        return Finding("same-answers", asks, Verdict.UNKNOWN, missing, Measurement(missing=missing), next_step="give more")
    name = "same class" if task == "classification" else "cosine"
    numbers = [Number(name, found.score), Number("worst twentieth", found.worst)]
    if task == "classification":
        says = f"{found.score:.1%} of {found.pictures} held-out pictures get the same class"
    else:
        numbers.append(Number("same nearest picture", found.neighbours))
        says = f"vectors of {found.pictures} held-out pictures point the same way (mean cosine {found.score:.4f})"
        says += f", and {found.neighbours:.1%} have the same picture nearest"
    measured = Measurement(tuple(numbers))
    verdict = _verdict(measured, name, least)
    return Finding("same-answers", asks, verdict, says, measured, next_step="" if verdict is Verdict.OK else _TRY)


def speed_finding(found: Sequence[Speed], *, target: str) -> Finding:
    """Whether INT8 is worth having on this machine's processor, judged by the first entry: one thread, as pipelines run."""
    asks = "Is INT8 faster on this machine's processor?"
    measured = Measurement((*_rates(found), Number("gain", found[0].gain)))
    shown = ", ".join(f"{each.gain:.2f} times as fast with {_threads(each)}" for each in found)
    if target == "tensorrt":
        says = f"the package is laid out for TensorRT, which was not measured (on this processor it is {shown})"
        return Finding("speed", asks, Verdict.NOTE, says, measured)
    verdict = judge(measured, [Threshold("gain", at_least=LEAST_GAIN, otherwise=Verdict.WARN)]).verdict
    if verdict is Verdict.OK:
        return Finding("speed", asks, verdict, f"INT8 is {shown}", measured)
    slower = "slower than" if found[0].gain < 1 else "hardly faster than"
    says = f"INT8 is {slower} FP32 here and not worth it on this machine ({shown})"
    step = "use the FP32 package here; networks of depthwise convolutions gain little from INT8 on processors"
    return Finding("speed", asks, verdict, says, measured, next_step=step)


def _rates(found: Sequence[Speed]) -> list[Number]:
    return [
        Number(f"{name} {_threads(each)}, batch {each.batch}", rate, "pictures/s")
        for each in found
        for name, rate in (("FP32", each.fp32), ("INT8", each.int8))
    ]


def _threads(speed: Speed) -> str:
    return "1 thread" if speed.threads == 1 else f"{speed.threads} threads"


def _joined(parts: Sequence[Kept]) -> Kept:
    return Kept(sum(part.count for part in parts), sum(part.found for part in parts))
