"""Claim: rules as the product has them raise at most a tenth of a raw rule's false alarms, and lose at most 5 % of the true.

The raw rule is what a first attempt looks like: ByteTrack on all that a small detector gives from score 0.1 on (0.25 to
start a track), and every enter, crossing and dwell of 2 s is an alarm (`zone.count`, `line.crossing`, `rule.dwell`).
MOTChallenge's published detections are taken as they are. Ways to raise alarms, all with their blocks' defaults:
`ladder`, the raw rules with `alarm.raise` behind them; `strict`, the same with `stay: 0.4`; `calm rules`, rules with
hysteresis (`rule.presence`, `rule.line`, `rule.dwell`) behind the same ByteTrack, without the ladder; `calm rules,
ladder`, with it; `guarded`, as the template `guard-an-area` has it: the tracker `evidence`, rules with hysteresis, the
ladder. Part of what `guarded` gains is the tracker's: the lines between tell how much.

Truth, from ground truth alone and the same for all. On vtest.avi: our labels by eye (`examples/alarms/vtest.json`), three
zones and a line. On the MOTChallenge 2015 sequences: the raw rules on the ground-truth tracks, in places fixed
beforehand, a grid of 4 x 3 zones over the picture and its five inner lines; a zone's label lasts while the person is in
it, a crossing's is its moment, a dwell's begins with the second second. Stays that are interrupted for less than 1 s are
one. Who is in a zone for less than 1 s, or goes back over a line within 1 s, brushes it: alarms on that count neither
way. An alarm may miss its label by 1 s; more alarms on one label are repeats, reported apart, neither true nor false. The
last second of a recording is not scored: there the ladder has not yet decided. `literal` does without these three rules:
every moment at which the labelled feet are on the other side should alarm, up to the last.

Tuning part: vtest 0 to 40 s, ADL-Rundle-6, TUD-Campus, with the grid and, for the rules with hysteresis, four random
layouts (`--search`). Held out: vtest from 40 s on, ETH-Sunnyday, KITTI-17. `Fresh layouts` are twenty random layouts of
three zones and two lines on ETH-Sunnyday and KITTI-17 (`random_layout`, seeds 0 to 19, fixed before any of them was
scored): fresh events, but of the same people in the same footage, and layouts share people. So their intervals come from
a bootstrap that draws recordings and stretches of 5 s, all layouts together; with two recordings it is still too sure.

How clean is the held-out part? Not pristine. (1) While the ladder was written, its author saw totals on the held-out part
before the ladder's defaults were settled. (2) Three scoring rules were added after such totals had been seen: stays under
1 s and quick steps back are ignored, and the last second is not scored; `literal` shows what they change. (3) `strict`
was added after the first result of the defaults (73 % removed, 1.9 % lost). (4) That 25 of the 36 false alarms left in
ETH-Sunnyday were labelled people on an edge was found by looking at the held-out part, and is why `guarded` was measured
at all. The settings of `guarded` were decided on the tuning part only: defaults removed 91 % there and lost 3.4 %, a
coordinate ascent found 4 false alarms fewer of 29 for one or two more lost, was cut short, and the defaults were kept;
then it was run once on the held-out part. (5) The tuning part had been scored with both trackers before `guarded` was
given the template's. It is 1.9 minutes of footage and, on vtest, one labeller: rates an hour say little of a quiet yard.

True alarms lost are counted twice: as the number of labels that are found fewer (which is what was published first), and
label by label, where a label that only the product finds makes up for none. The second is the stricter, and in a crowd
too strict: alarms are assigned to labels by time and place, not by person, and one alarm more or less moves others.

SYNTHETIC scenes (`synthetic`) are made up, one kind of trouble each, and count in no claim.
"""

from __future__ import annotations

import sys

from benchmarks.false_alarms import cases, synthetic
from benchmarks.false_alarms.cases import Settings
from benchmarks.false_alarms.search import TUNING_SEEDS, search
from benchmarks.false_alarms.tables import block_claims, claims, lines
from benchmarks.false_alarms.truth import LITERAL
from benchmarks.harness import report

WAYS = {
    "ladder": Settings("raw", True),
    "strict": Settings("raw", True, {"stay": 0.4}),
    "calm rules": Settings("calm", False),
    "calm rules, ladder": Settings("calm", True),
    "guarded": Settings("guarded", True),
}
# Never looked at before the settings were fixed.
FRESH_SEEDS = range(20)


def main() -> None:
    """Score, and report; with `--search` look for settings instead, on the tuning part."""
    if not cases.VTEST.is_file() or not cases.MOT.is_dir():
        sys.exit(f"needs vtest.avi and mot15 in {cases.SHARED}; set TRACKSIDE_TEST_DATA to the folder that holds `data/`")
    if "--search" in sys.argv:
        search()
        return
    held_out = cases.held_out_cases()
    fresh = cases.layout_cases(cases.HELD_OUT, FRESH_SEEDS)
    literal = cases.held_out_cases(LITERAL)
    ladder, guarded = WAYS["ladder"], WAYS["guarded"]
    rows = [
        *lines("held out", held_out, WAYS),
        *lines("held out, fresh layouts", fresh, WAYS, by_recording=True),
        *lines("held out, literal", literal, WAYS),
        *lines("tuning", cases.tuning_cases(), WAYS),
        *lines("tuning, random layouts", cases.layout_cases(cases.TUNING, TUNING_SEEDS), WAYS, by_recording=True),
        *lines("SYNTHETIC", synthetic.cases(), {"ladder": ladder, "guarded": guarded}),
    ]
    found = [
        *claims("held out, guarded", held_out, guarded, goals=True),
        *claims("held out, ladder alone", held_out, ladder, goals=True),
        *claims("held out, strict", held_out, WAYS["strict"]),
        *claims("held out, fresh layouts, guarded", fresh, guarded, goals=True),
        *block_claims("held out, fresh layouts, guarded", fresh, guarded),
        *claims("held out, fresh layouts, ladder alone", fresh, ladder, goals=True),
        *block_claims("held out, fresh layouts, ladder alone", fresh, ladder),
        *claims("held out, literal, guarded", literal, guarded),
        *claims("held out, literal, ladder alone", literal, ladder),
    ]
    report("false_alarms", rows, found, method=" ".join((__doc__ or "").split()))


if __name__ == "__main__":
    main()
