"""Does it pay: probabilities one can reckon with, complexity and columns that earn their keep."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.checks.production.cost import Compared, compared
from graders.facts import Facts
from graders.measure import quantities
from graders.measure.importance import Importance
from graders.measure.performance import baseline_models
from graders.measure.wording import interval
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.report import Score

#: Calibration error from which probabilities mislead, and which the lower end of its interval must pass.
MISLEADS, AT_LEAST = 0.10, 0.07
#: Complexity pays from this much ROC AUC above a logistic regression; it is dear from so many times the reference.
PAYS, DEAR = 0.01, 3.0
#: The simple model of ours that complexity is held against, by its name in whichever task.
LINEAR = ("logistic regression", "linear regression")
#: A column is useless where it earns less than this for sure and moves answers by more than that.
EARNS, MOVES = 0.003, 0.005


def miscalibrated(facts: Facts) -> Iterator[Evidence]:
    error = facts.measured.calibration_error.score(0, 1)
    if facts.case.challenge.task != "binary":
        yield from _told_wrongly(facts, error)
    elif error.value > MISLEADS and error.low > AT_LEAST:
        rows = facts.scored
        slope = rows.clusters.score(quantities.calibration_slope(rows.labels, rows.scores))
        yield Evidence(
            f"probabilities are off by {interval(error)} on average; {rows.scores.mean():.2f} is predicted and "
            f"{rows.labels.mean():.2f} happens; the calibration slope is {interval(slope, 2)}, where 1 is right"
        )


def _told_wrongly(facts: Facts, error: Score) -> Iterator[Evidence]:
    """The counterparts: how sure the predicted class is held to be, and the bias by tenth of the prediction."""
    if error.value > MISLEADS and error.low > AT_LEAST:
        what = {
            "multiclass": "the probability of the predicted class is off by",
            "regression": "predictions are too high or too low, by tenth of the prediction, by",
        }
        unit = " standard deviations of the target" if facts.case.challenge.task == "regression" else ""
        yield Evidence(f"{what[facts.case.challenge.task]} {interval(error)}{unit} on average")


def complexity_not_paid(facts: Facts) -> Iterator[Evidence]:
    """A model that costs much more than the reference and ranks no better than a logistic regression."""
    found = baseline_models(facts.scored, facts.case.dataset)
    name = next((name for name in LINEAR if name in found), "")
    if not name:
        raise NotApplicable("the challenge has no logistic or linear regression to compare with")
    simple, gain = found[name]
    rows, dear = facts.scored, dear_parts(facts)
    gained = rows.clusters.score(gain)
    if dear and gained.high < facts.measured.step(PAYS):
        costs = "; ".join(f"{c.name} {c.ratio:.0f} × the reference" for c in dear)
        yield Evidence(
            f"a {name} of ours reaches a {rows.metric.title} of {simple.value:.3f}, the submission "
            f"{interval(gained)} on top of that; and it costs more: {costs}"
        )


def simpler_is_better(facts: Facts) -> Iterator[Evidence]:
    """The simple model of ours that is the furthest above the submission, where that is sure."""
    rows = facts.scored
    found = baseline_models(rows, facts.case.dataset)
    if not found:
        raise NotApplicable("the challenge has no simple model to compare with")
    name, (simple, gain) = min(found.items(), key=lambda item: item[1][1].value)
    ahead = rows.clusters.score(gain.times(-1))
    if ahead.low > facts.measured.step(PAYS):
        train = facts.measured.train
        better = "more" if rows.metric.sign > 0 else "less"
        told = "" if train is None else f"; on its own training rows the submission reaches {train:.3f}"
        yield Evidence(
            f"a simpler model of ours ({name}) reaches a {rows.metric.title} of {simple.value:.3f} on the hidden rows, "
            f"which is {interval(ahead)} {better} than the submission{told}"
        )


def dear_parts(facts: Facts) -> tuple[Compared, ...]:
    return tuple(c for c in compared(facts) if c.ratio >= DEAR)


def useless(facts: Facts) -> tuple[Importance, ...]:
    """Columns that move the answers and surely earn next to nothing."""
    least = facts.measured.step(EARNS)
    return tuple(one for one in facts.importances if one.moved > MOVES and one.fall.high < least)


def useless_columns(facts: Facts) -> Iterator[Evidence]:
    prices = {column.name: column.price for column in facts.case.challenge.columns}
    for one in useless(facts):
        price = f", and it is {prices[one.column]}" if prices[one.column] else ""
        yield Evidence(
            f"shuffling `{one.column}` moves answers by {one.moved:.3f} on average and costs {interval(one.fall)} "
            f"of {facts.measured.metric.title}{price}"
        )


CHECKS = (
    Check(
        code="EVAL005",
        title="Probabilities are off",
        severity=Severity.MINOR,
        family="performance",
        shown_in="calibration",
        function="evaluate",
        examine=miscalibrated,
        guide=Guide(
            detect="Mean prediction and observed rate are compared in ten bins of equally many hidden rows. "
            "Named from an "
            f"average difference of {MISLEADS:.2f}.",
            why="Whoever multiplies a probability by money needs it to be one.",
            avoid="Look at a calibration curve on held-out rows; calibrate there, or regularise.",
        ),
        question=Question(
            ("Where your model says .8, it happens less often. Who is harmed, and how would you put it right?"),
            "whoever uses the number; isotonic or Platt scaling on held-out rows; checks again",
            "the {metric} is fine",
        ),
        by_task={
            "multiclass": (
                Guide(
                    detect="We compare the probability of the predicted class with how often it is right. There are "
                    f"ten bins of equally many hidden rows. Named from an average difference of {MISLEADS:.2f}.",
                    why="Whoever acts on a probability needs it to be one.",
                    avoid="Look at a calibration curve on held-out rows; calibrate there, or regularise.",
                ),
                Question(
                    "Where your model is 80 % sure of a class, it is right less often. Who is harmed, and what "
                    "do you do?",
                    "whoever uses the number; isotonic or temperature scaling on held-out rows; checks again",
                    "the {metric} is fine",
                ),
            ),
            "regression": (
                Guide(
                    detect="Mean prediction and mean truth are compared in ten bins of equally many hidden rows. "
                    "Named from "
                    f"an average difference of {MISLEADS:.2f} standard deviations of the target.",
                    why="Whoever orders or plans by the number pays for being too high or too low.",
                    avoid="Look at errors by tenth of the prediction on held-out rows. Mind the loss and any "
                    "transform of "
                    "the target.",
                ),
                Question(
                    "Your predictions are too high in one range and too low in another. Why, and what do you do?",
                    "errors by size of the prediction; a transform of the target and its bias; checks on held-out rows",
                    "the {metric} is fine",
                ),
            ),
        },
    ),
    Check(
        code="MODEL001",
        title="Complexity does not pay",
        severity=Severity.MINOR,
        family="performance",
        shown_in="rivals",
        function="train",
        examine=complexity_not_paid,
        guide=Guide(
            detect=(
                "The submission is compared with a plain linear model of ours on the same hidden rows, "
                f"paired. Named where it surely gains next to nothing in {{metric}}, and something costs "
                f"more than {DEAR:g} times the reference."
            ),
            why="Every part of a model has to be run, explained and repaired by somebody.",
            avoid="Start from the simple model and keep what a paired comparison shows to pay.",
        ),
        question=Question(
            "Your model gains next to nothing over a plain linear model. Do you ship it?",
            "weighs latency, explaining, being on call, retraining; maybe not",
            '"higher is better"',
        ),
    ),
    Check(
        code="MODEL002",
        title="A simpler model does better",
        severity=Severity.INFO,
        family="performance",
        shown_in="rivals",
        function="train",
        examine=simpler_is_better,
        guide=Guide(
            detect=(
                "The submission is compared with simple models of ours on the same hidden rows, paired. "
                "Named where the best of them surely has a clearly better {metric}."
            ),
            why=(
                "A model that fits its training rows too closely does worse on new rows than a plain one."
                " Its own estimate may still be right."
            ),
            avoid="Fit a logistic regression first, and keep a larger model only where held-out rows say so.",
        ),
        question=Question(
            "A plain model of ours does better on new rows than yours. How would you find out why?",
            "compares with a simple model on the same folds, looks at train against held-out scores, regularises",
            "needs more data",
        ),
    ),
    Check(
        code="FEAT001",
        title="A column moves answers and earns nothing",
        severity=Severity.INFO,
        family="performance",
        shown_in="importance",
        function="train",
        examine=useless_columns,
        guide=Guide(
            detect=(
                "Each original column is shuffled among a thousand hidden rows. Named where predictions "
                "move, and the {metric} surely gets hardly worse."
            ),
            why="A column that earns nothing still has to be delivered, checked, paid for and explained.",
            avoid="Ablate on your own validation; drop what does not pay, most of all what is bought.",
        ),
        question=Question(
            "Which column would you delete first, and how do you know?",
            "ablation on validation; the price of a column; correlated columns share importance",
            "impurity importance only",
        ),
    ),
)
