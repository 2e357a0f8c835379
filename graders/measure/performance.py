"""What the predictions are worth: against simpler models of ours, at the capacity, and at the cost of errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graders.measure import quantities
from graders.measure.answers import predictions
from graders.measure.groups import Mask, enough
from graders.measure.linear import Clusters, Linear
from graders.model.arrays import FloatArray, IntArray, Truth
from graders.model.case import Case, NotApplicable, run_of
from graders.model.challenge import Dataset, Use
from graders.model.contract import TaskName
from graders.model.report import Score
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth
from graders.tasks.decisions import decided
from graders.tasks.metric import Metric
from graders.words import say

GRID = np.round(np.arange(0.01, 1.0, 0.01), 2)
DEFAULT = 0.5
#: Where the curve of costs is shown besides.
CURVE = (0.05, 0.1, 0.15, 0.25, 0.3, 0.4, 0.6, 0.8)
PER = 1000


@dataclass(frozen=True)
class Threshold:
    """Acting on every row scored at least `at`: cost for a thousand rows, and above the best threshold."""

    name: str
    at: float
    cost: Linear
    regret: Linear


@dataclass(frozen=True, eq=False)
class Scored:
    """The hidden rows of a case, as most of the evidence uses them; scores have the shape that predict returns."""

    scores: FloatArray
    labels: Truth
    clusters: Clusters
    task: TaskName
    metric: Metric

    def value(self, answers: FloatArray, weights: FloatArray | None = None) -> Linear:
        """The challenge's metric of any answers for these rows."""
        return quantities.metric(self.metric, self.labels, answers, weights)

    def enough(self, rows: Mask) -> bool:
        """Whether these rows say something of the metric: a class that is missing there leaves it unknown."""
        classes = 2 if self.scores.ndim == 1 else self.scores.shape[1]
        return enough(self.labels[rows], classes, self.metric.by_class or classes == 2)

    def told(self, value: Linear) -> Score:
        """A value of the metric with its interval."""
        metric = self.metric
        share = metric.low == 0 and metric.high == 1
        return self.clusters.share(value) if share else self.clusters.score(value, metric.low, metric.high)


def scored(case: Case) -> Scored:
    """NotApplicable where predict gave nothing."""
    groups = case.challenge.units(case.dataset.hidden)
    task, metric = case.challenge.task, metric_of(case.challenge)
    return Scored(predictions(case, ProbeName.PREDICT), case.dataset.labels, Clusters(groups), task, metric)


def only_for(case: Case, task: TaskName) -> None:
    """NotApplicable unless the challenge is of this task."""
    if case.challenge.task != task:
        raise NotApplicable(
            say("the task is {task}, and this is judged of a {task_2} one", task=case.challenge.task, task_2=task)
        )


def baseline_models(scored: Scored, data: Dataset) -> Mapping[str, tuple[Linear, Linear]]:
    """By name, the metric of each simple model of ours and by how much the submission's is better."""
    own = scored.value(scored.scores)
    simple = {"baseline": data.baseline, **data.baseline_models}
    values = {name: scored.value(scores) for name, scores in simple.items()}
    return {name: (value, (own - value).times(scored.metric.sign)) for name, value in values.items()}


def stated(figure: float | None, what: str) -> float:
    """A figure of the challenge's use; NotApplicable where the brief states none."""
    if figure is None:
        raise NotApplicable(say("the brief states no {what}", what=what))
    return figure


def capacity(case: Case) -> float:
    """The share of rows that can be acted on; where the brief states none, the share of positives that is known."""
    given = case.challenge.use.capacity
    return float(np.mean(public_truth(case.challenge, case.dataset.public))) if given is None else given


def costs(use: Use) -> tuple[float, float]:
    """What acting on one row costs, and what missing a positive one does."""
    return stated(use.contact, say("cost of acting")), stated(use.loss, say("cost of a missed row"))


def cost(labels: IntArray, scores: FloatArray, at: float, use: Use) -> Linear:
    """Cost for a thousand rows of acting on those scored at least `at`."""
    contact, loss = costs(use)
    acted = scores >= at
    return quantities.mean(PER * np.where(acted, contact, loss * labels))


def cost_of_errors(case: Case, answers: FloatArray) -> Linear:
    """Cost for a thousand rows of answers as they are: of a wrong class, or of what a number is over and under."""
    use, truth = case.challenge.use, case.dataset.labels
    if case.challenge.task == "multiclass":
        return quantities.mean(PER * stated(use.loss, say("cost of a wrong class")) * (decided(answers) != truth))
    over, under = stated(use.over, say("cost of one too many")), stated(use.under, say("cost of one too few"))
    excess = answers - truth
    return quantities.mean(PER * np.where(excess > 0, over * excess, -under * excess))


def cost_curve(scored: Scored, use: Use) -> tuple[tuple[float, Score], ...]:
    """(threshold, cost for a thousand rows) over the grid of thresholds."""
    grid = map(float, (0.0, *GRID, 1.0))
    return tuple((at, scored.clusters.score(cost(scored.labels, scored.scores, at, use), 0)) for at in grid)


def thresholds(scored: Scored, use: Use, chosen: float | None) -> tuple[Threshold, ...]:
    """The best threshold, that of the costs alone, the usual one, the candidate's where evaluate names one (`chosen`),
    and points of the curve between them, by threshold."""
    contact, loss = costs(use)
    by_threshold = {at: cost(scored.labels, scored.scores, at, use) for at in GRID}
    best = min(by_threshold, key=lambda at: by_threshold[at].value)
    named = {
        say("best on the hidden rows"): best,
        say("cost of acting ÷ loss ({contact:g} ÷ {loss:g})", contact=contact, loss=loss): contact / loss,
        say("the usual 0.5"): DEFAULT,
    }
    if chosen is not None:
        named[say("evaluate's own")] = chosen
    named |= {say("from {at:g}", at=at): at for at in CURVE}
    at_each = {name: cost(scored.labels, scored.scores, at, use) for name, at in named.items()}
    shown = [Threshold(name, named[name], each, each - by_threshold[best]) for name, each in at_each.items()]
    return tuple(sorted(shown, key=lambda threshold: threshold.at))


def chosen_threshold(case: Case) -> float | None:
    """The threshold that evaluate reports, if it reports one."""
    claims = run_of(case.runs, ProbeName.EVALUATE).claims
    named = [claims[name] for name in sorted(claims) if "threshold" in name.lower() or "cutoff" in name.lower()]
    return next((value for value in named if 0 < value < 1), None)
