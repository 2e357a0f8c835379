"""Metrics and intervals as a report has them, rounded."""

from __future__ import annotations

from collections.abc import Mapping

from graders.model.report import Score
from graders.report.clean import clean_line
from graders.report.rounding import METRIC, rounded
from graders.report.schema import Group, Interval, Metrics
from graders.tasks.metric import Metric
from graders.tasks.ranking import ROC_AUC

#: How many metrics of its own a submission may claim, and how long their names may be.
MAX_METRICS, MAX_METRIC_NAME = 20, 60


def interval(score: object, digits: int = METRIC) -> Interval:
    """A Score or a bare number; the bounds are None where nobody measured them."""
    value, low, high = (score.value, score.low, score.high) if isinstance(score, Score) else (score, None, None)
    return Interval(value=rounded(value, digits), low=rounded(low, digits), high=rounded(high, digits))


def metrics(table: Mapping[str, object], asked: Metric = ROC_AUC, unit: str = "") -> Metrics:
    """The metrics of a report, `asked` being the challenge's and `unit` its target's; the four groups are always there,
    empty where nothing was measured."""
    skill, main = table.get("skill"), asked.name
    return Metrics(
        metric=main,
        title=asked.title,
        higher=asked.higher,
        unit=unit if asked.target_unit else "",
        uninformed=rounded(table.get("uninformed"), METRIC),
        hidden=_group(table.get("hidden"), main),
        train=_group(table.get("train"), main),
        claimed=_group(table.get("claimed"), main),
        claimed_null=_group(table.get("claimed_null"), main),
        skill=None if skill is None else interval(skill),
        oracle=rounded(table.get("oracle"), METRIC),
        baseline=rounded(table.get("baseline"), METRIC),
    )


def _group(scores: object, main: str) -> Group:
    """One group by metric name; the names are the candidate's own, so they are cleaned and bounded."""
    if not isinstance(scores, Mapping):
        return {}
    named = list(scores.items())[:MAX_METRICS]
    # The metric is put in last again, so that no name that cleans to it can take its place.
    named += [(name, score) for name, score in scores.items() if name == main]
    return {clean_line(str(name), MAX_METRIC_NAME): interval(score) for name, score in named}
