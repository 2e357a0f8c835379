"""Points for model evidence beyond the ranking itself: the weakest group, and how the candidate judged the model."""

from __future__ import annotations

from graders.catalog import BY_CODE
from graders.checks.performance import evaluation
from graders.checks.performance.slices import slices, worst
from graders.measure.scoring import constant
from graders.measure.wording import interval
from graders.model.finding import Certainty
from graders.rubric.model import Context
from graders.rubric.scoring_rules import Judged, ramp
from graders.words import count, say

#: From this share of what all rows reach a group is as good as any.
ALIKE = 0.995


def worst_slice(about: Context) -> Judged:
    one, ratio = worst(about.facts)
    if ratio.value > ALIKE:
        all_groups, found = len(slices(about.facts)), about.findings["SLICE001"]
        why = say("None of {slices} groups differs from all rows by more than noise explains.", slices=all_groups)
        if found.flagged:
            why = count(
                "{n} of {slices} groups is served worse than noise explains, by too little to cost points.",
                "{n} of {slices} groups are served worse than noise explains, by too little to cost points.",
                len(found.evidence),
                slices=all_groups,
            )
        return Judged(ratio.map(ramp(0.7, 0.95)), why, about.reasons("worst-slice"))
    return Judged(
        ratio.map(ramp(0.7, 0.95)),
        say(
            "{group} ({value:,} rows) is served worst of {slices} groups: {ratio} of what all rows "
            "reach, both relative to the best that we know of and drawn to 1 as far as noise explains it.",
            group=one.group.name,
            value=int(one.group.rows.sum()),
            slices=len(slices(about.facts)),
            ratio=interval(ratio.score(), 2),
        ),
        about.reasons("worst-slice"),
    )


def evaluation_design(about: Context) -> Judged:
    split = _split(about)
    baseline, spread = evaluation.has_baseline(about.facts), evaluation.has_uncertainty(about.facts)
    metric = about.findings["EVAL001"]
    fits = 1 - 0.5 * metric.flagged - 0.5 * about.findings["EVAL004"].flagged
    return Judged(
        constant(0.4 * split + 0.2 * baseline + 0.2 * spread + 0.2 * fits),
        say(
            "The split {how}, {how_2} and {how_3} are given, and the metric {how_4} the task.",
            how=say("is sound as far as measured")
            if split == 1
            else say("is in doubt")
            if split
            else say("is unsound"),
            how_2=say("a baseline") if baseline else say("no baseline"),
            how_3=say("an interval or spread") if spread else say("no uncertainty"),
            how_4=say("fits") if fits == 1 else say("fits in part") if fits else say("does not fit"),
        ),
        about.reasons("evaluation-design"),
    )


def _split(about: Context) -> float:
    found = [about.findings[code] for code in about.reasons("evaluation-design") if BY_CODE[code].verdict == "leakage"]
    if any(one.certainty is Certainty.CONFIRMED for one in found):
        return 0.0
    return 0.5 if found else 1.0


CRITERIA = {"worst-slice": worst_slice, "evaluation-design": evaluation_design}
