"""Groups of customers one by one: is anybody ranked worse than the data force one to?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graders.checks.check import Check
from graders.facts import Facts, once
from graders.measure import groups, quantities
from graders.measure.groups import Group
from graders.measure.linear import Linear, holm
from graders.measure.performance import Scored
from graders.measure.scoring import Estimate
from graders.measure.wording import best, interval
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.tasks.metric import Metric
from graders.words import N_, say

#: A group counts as ranked worse from this difference in ROC AUC, beyond what the best attainable ranking loses there.
WORTH_ASKING = 0.03
SURE = 0.05


@dataclass(frozen=True, eq=False)
class Slice:
    """One group: its metric, what is attainable there, and how much more than the attainable ranking the
    submission loses there against all rows (`shortfall`), with a p-value after Holm."""

    group: Group
    auc: Linear
    attainable: Linear
    shortfall: Linear
    p_value: float


@once
def slices(facts: Facts) -> tuple[Slice, ...]:
    """Every group with enough rows; NotApplicable where there is none."""
    data, challenge = facts.case.dataset, facts.case.challenge
    parts = groups.of_hidden_people(challenge, data) + groups.of_hidden_business(challenge, data)
    judged = [group for group in parts if facts.scored.enough(group.rows) and not group.rows.all()]
    if not judged:
        raise NotApplicable(say("no group has enough hidden rows, and enough of every class"))
    return compare(judged, facts.scored, data.oracle)


def compare(judged: list[Group], rows: Scored, oracle: FloatArray) -> tuple[Slice, ...]:
    """Each group against all rows, as one family of comparisons."""
    own, best = (rows.value(scores) for scores in (rows.scores, oracle))
    aucs = [_inside(group, rows, rows.scores) for group in judged]
    attainable = [_inside(group, rows, oracle) for group in judged]
    sign = rows.metric.sign
    shortfalls = [((own - auc) - (best - there)).times(sign) for auc, there in zip(aucs, attainable, strict=True)]
    adjusted = holm([rows.clusters.p_value(shortfall) for shortfall in shortfalls])
    return tuple(Slice(*parts) for parts in zip(judged, aucs, attainable, shortfalls, adjusted, strict=True))


def _inside(group: Group, rows: Scored, answers: FloatArray) -> Linear:
    """The metric within a group, as a statistic of all rows."""
    return quantities.metric(rows.metric, rows.labels[group.rows], answers[group.rows]).on(group.rows)


def relative(slice_: Slice, own: Linear, best: Linear, metric: Metric) -> Linear:
    """The group's metric over that of all rows, both as shares of what is attainable; of errors the other way about.

    1 where the group is served at least as well as by our best answers, which may be those of a model.
    """
    if metric.better(slice_.auc.value, slice_.attainable.value) >= 0:
        return Linear(1.0, np.zeros_like(slice_.auc.influence))
    if metric.higher and metric.bounded:
        return (slice_.auc / slice_.attainable) / (own / best)
    there, least_there, all_rows, least = (_error(metric, v) for v in (slice_.auc, slice_.attainable, own, best))
    return (least_there / there) / (least / all_rows)


def _error(metric: Metric, value: Linear) -> Linear:
    """What is left to be better: the loss, or what R2 leaves unexplained."""
    return Linear(metric.high - value.value, -value.influence) if metric.higher else value


@once
def worst(facts: Facts) -> tuple[Slice, Estimate]:
    """The group with the lowest relative ROC AUC, and that number after shrinkage.

    The lowest of many noisy numbers is too low, so each is first drawn to 1 by the share of its variance that noise
    explains (James and Stein 1961).
    """
    rows, judged = facts.scored, slices(facts)
    own, best = (rows.value(scores) for scores in (rows.scores, facts.case.dataset.oracle))
    ratios = [relative(one, own, best, rows.metric) for one in judged]
    keep = shrinkage([ratio.value for ratio in ratios], [rows.clusters.error(ratio) for ratio in ratios])
    shrunk = [Linear(1 + k * (one.value - 1), k * one.influence) for one, k in zip(ratios, keep, strict=True)]
    values, influences = np.asarray([one.value for one in shrunk]), np.stack([one.influence for one in shrunk])
    drawn = facts.measured.sample.linear(values, influences)
    lowest = int(np.argmin([one.value for one in drawn]))
    return judged[lowest], Estimate(drawn[lowest].value, np.min([one.replicates for one in drawn], axis=0))


def shrinkage(values: list[float], errors: list[float]) -> list[float]:
    """For each value the share of its distance from 1 that is not explained by noise."""
    spread = float(np.mean((np.asarray(values) - 1) ** 2))
    real = max(spread - float(np.mean(np.square(errors))), 0.0)
    return [real / (real + error**2) if real > 0 else 0.0 for error in errors]


def worse_group(facts: Facts) -> Iterator[Evidence]:
    rows = facts.scored
    own, attainable = (rows.value(scores).value for scores in (rows.scores, facts.case.dataset.oracle))
    least = facts.measured.step(WORTH_ASKING)
    for one in sorted(slices(facts), key=lambda s: -s.shortfall.value):
        behind = rows.metric.better(one.attainable.value, one.auc.value)  # whoever is ahead there serves nobody worse
        if min(one.shortfall.value, behind) > least and one.p_value < SURE:
            yield Evidence(
                say(
                    "{group} ({value:,} rows): {metric_title} {rows}, and {attainable:.3f} there for {best}; on all "
                    "rows {own:.3f} and {whole:.3f} (p = {p_value:.2g} after Holm over {slices} groups)",
                    best=best(facts.case.dataset),
                    group=one.group.name,
                    value=int(one.group.rows.sum()),
                    metric_title=rows.metric.title,
                    rows=interval(rows.told(one.auc)),
                    own=own,
                    whole=attainable,
                    attainable=one.attainable.value,
                    p_value=one.p_value,
                    slices=len(slices(facts)),
                )
            )


CHECKS = (
    Check(
        code="SLICE001",
        title=N_("A group is served worse"),
        severity=Severity.MINOR,
        family="performance",
        criteria=("worst-slice",),
        shown_in="slices",
        examine=worse_group,
        guide=Guide(
            detect=(
                say(
                    "We measure the {metric} in every group of at least {least_rows} hidden rows. Groups are "
                    "formed by sensitive columns, by two of them, and by columns of few values. Named where the "
                    "group loses clearly more than the best predictions that we know of do there. Holm's correction "
                    "for the number of groups rules out chance.",
                    least_rows=groups.LEAST_ROWS,
                )
            ),
            why=N_("An average hides whom the model does not know, and these people meet it every day."),
            avoid=N_("Look at groups in your own validation; add data or features for the weak ones, or say so."),
        ),
        question=Question(
            say("This group scores lower. Is it real, and what next?"),
            say(
                "checks the number of rows, the interval and the labels; adds data or features, or sends it to a person"
            ),
            say("ignores it because the average is good"),
        ),
    ),
)
