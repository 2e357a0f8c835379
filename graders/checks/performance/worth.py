"""Does it pay: probabilities one can reckon with, complexity and columns that earn their keep."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from graders.checks.check import Check
from graders.checks.production.cost import Compared, compared
from graders.facts import Facts
from graders.measure import quantities
from graders.measure.importance import Importance, unit_word
from graders.measure.performance import baseline_models
from graders.measure.wording import interval
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.report import Score
from graders.tasks.errors import RMSLE
from graders.words import N_, listed, say, sentences

#: Calibration error from which probabilities mislead, and which the lower end of its interval must pass.
MISLEADS, AT_LEAST = 0.10, 0.07
#: Complexity pays from this much ROC AUC above a logistic regression; it is dear from so many times the reference.
PAYS, DEAR = 0.01, 3.0
#: The simple model of ours that complexity is held against, by its name in whichever task.
LINEAR = (say("logistic regression"), say("linear regression"))
#: A column is useless where it earns less than this for sure and moves answers by more than that.
EARNS, MOVES = 0.003, 0.005


def miscalibrated(facts: Facts) -> Iterator[Evidence]:
    error = facts.measured.calibration_error.score(0, 1)
    if facts.case.challenge.task != "binary":
        yield from _told_wrongly(facts, error)
    elif error.value > MISLEADS and error.low > AT_LEAST:
        rows = facts.scored
        means = {"scores": rows.scores.mean(), "labels": rows.labels.mean()}
        what = say(
            "probabilities are off by {error} on average; {scores:.2f} is predicted and {labels:.2f} happens",
            error=interval(error),
            **means,
        )
        slope = rows.clusters.score(quantities.calibration_slope(rows.labels, rows.scores))
        if isfinite(slope.value):  # answers that are all the same have none
            told = interval(slope, 2)
            what = say("{what}; the calibration slope is {slope}, where 1 is right", what=what, slope=told)
        yield Evidence(what)


def _told_wrongly(facts: Facts, error: Score) -> Iterator[Evidence]:
    """The counterparts: how sure the predicted class is held to be, and the bias by tenth of the prediction."""
    if error.value > MISLEADS and error.low > AT_LEAST:
        what = {
            "multiclass": say("the probability of the predicted class is off by"),
            "regression": say("predictions are too high or too low, by tenth of the prediction, by"),
        }
        unit = say(" standard deviations of the target") if facts.case.challenge.task == "regression" else ""
        if facts.measured.metric.name == RMSLE.name:
            unit = say(" standard deviations of the target's logarithm")
        yield Evidence(
            say(
                "{what} {error}{unit} on average",
                what=what[facts.case.challenge.task],
                error=interval(error),
                unit=unit,
            )
        )


def complexity_not_paid(facts: Facts) -> Iterator[Evidence]:
    """A model that costs much more than the reference and ranks no better than a logistic regression."""
    found = baseline_models(facts.scored, facts.case.dataset)
    name = next((name for name in LINEAR if name in found), "")
    if not name:
        raise NotApplicable(say("the challenge has no logistic or linear regression to compare with"))
    simple, gain = found[name]
    rows, dear = facts.scored, dear_parts(facts)
    gained = rows.clusters.score(gain)
    if dear and gained.high < facts.measured.step(PAYS):
        costs = listed((say("{name} {ratio:.0f} × the reference", name=c.name, ratio=c.ratio) for c in dear), "; ")
        yield Evidence(
            say(
                "a {name} of ours reaches {metric_title} of {simple:.3f}; the submission gains {gained} over it, "
                "and costs more: {costs}",
                name=name,
                metric_title=rows.metric.title,
                simple=simple.value,
                gained=interval(gained),
                costs=costs,
            )
        )


def simpler_is_better(facts: Facts) -> Iterator[Evidence]:
    """The simple model of ours that is the furthest above the submission, where that is sure."""
    rows = facts.scored
    found = baseline_models(rows, facts.case.dataset)
    if not found:
        raise NotApplicable(say("the challenge has no simple model to compare with"))
    name, (simple, gain) = min(found.items(), key=lambda item: item[1][1].value)
    ahead = rows.clusters.score(gain.times(-1))
    if ahead.low > facts.measured.step(PAYS):
        train = facts.measured.train
        simpler = say(
            "a simpler model of ours ({name}) reaches {metric} of {simple:.3f} on the hidden rows, better than the "
            "submission by {ahead}",
            name=say(name),
            metric=rows.metric.title,
            simple=simple.value,
            ahead=interval(ahead),
        )
        own = say("On its own training rows the submission reaches {train:.3f}.", train=train)
        yield Evidence(simpler if train is None else sentences(simpler, own))


def dear_parts(facts: Facts) -> tuple[Compared, ...]:
    return tuple(c for c in compared(facts) if c.ratio >= DEAR)


def useless(facts: Facts) -> tuple[Importance, ...]:
    """Columns that move the answers and surely earn next to nothing."""
    least = facts.measured.step(EARNS)
    return tuple(
        importance for importance in facts.importances if importance.moved > MOVES and importance.fall.high < least
    )


def useless_columns(facts: Facts) -> Iterator[Evidence]:
    prices = {column.name: column.price for column in facts.case.challenge.columns}
    for one in useless(facts):
        price = say(", and it is {prices}", prices=prices[one.column]) if prices[one.column] else ""
        yield Evidence(
            say(
                "shuffling `{column}` moves answers by {moved:.3f}{unit} on average and costs {fall} of "
                "{metric_title}{price}",
                column=one.column,
                moved=one.moved,
                unit=unit_word(facts.case),
                fall=interval(one.fall),
                metric_title=facts.measured.metric.title,
                price=price,
            )
        )


CHECKS = (
    Check(
        code="EVAL005",
        title=N_("Predictions are poorly calibrated"),
        severity=Severity.MINOR,
        family="performance",
        shown_in="calibration",
        function="evaluate",
        examine=miscalibrated,
        guide=Guide(
            detect=say(
                "Mean prediction and observed rate are compared in ten bins of equally many hidden rows. "
                "Named from an average difference of {misleads:.2f}.",
                misleads=MISLEADS,
            ),
            why=N_("Whoever multiplies a probability by money needs it to be one."),
            avoid=N_("Look at a calibration curve on held-out rows; calibrate there, or regularise."),
        ),
        question=Question(
            (say("Where your model says 0.8, it happens less often. Who is harmed, and how would you put it right?")),
            say("whoever uses the number; isotonic or Platt scaling on held-out rows; checks again"),
            say("the {metric} is fine"),
        ),
        by_task={
            "multiclass": (
                Guide(
                    detect=say(
                        "We compare the probability of the predicted class with how often it is right. There are ten "
                        "bins of equally many hidden rows. Named from an average difference of {misleads:.2f}.",
                        misleads=MISLEADS,
                    ),
                    why=N_("Whoever acts on a probability needs it to be one."),
                    avoid=N_("Look at a calibration curve on held-out rows; calibrate there, or regularise."),
                ),
                Question(
                    say(
                        "Where your model is 80 % sure of a class, it is right less often. Who is harmed, and what "
                        "do you do?"
                    ),
                    say(
                        "whoever uses the number; isotonic scaling on held-out rows, or temperature scaling if no "
                        "class gets exactly 0; checks again"
                    ),
                    say("the {metric} is fine"),
                ),
            ),
            "regression": (
                Guide(
                    detect=say(
                        "Mean prediction and mean truth are compared in ten bins of equally many hidden rows. Named "
                        "from an average difference of {misleads:.2f} standard deviations of the target.",
                        misleads=MISLEADS,
                    ),
                    why=N_("Whoever orders or plans by the number pays for being too high or too low."),
                    avoid=N_(
                        "Look at errors by tenth of the prediction on held-out rows. Mind the loss and any transform "
                        "of the target."
                    ),
                ),
                Question(
                    say("Your predictions are too high in one range and too low in another. Why, and what do you do?"),
                    say(
                        "errors by size of the prediction; a transform of the target and its bias; checks on "
                        "held-out rows"
                    ),
                    say("the {metric} is fine"),
                ),
            ),
        },
    ),
    Check(
        code="MODEL001",
        title=N_("Complexity does not pay"),
        severity=Severity.MINOR,
        family="performance",
        shown_in="rivals",
        function="train",
        examine=complexity_not_paid,
        guide=Guide(
            detect=(
                say(
                    "The submission is compared with a plain linear model of ours on the same hidden rows, "
                    "paired. Named where it surely gains next to nothing in {metric}, and something costs more "
                    "than {dear:g} times the reference. Next to nothing is {pays:g} of ROC AUC, or as much in "
                    "another metric.",
                    dear=DEAR,
                    pays=PAYS,
                )
            ),
            why=N_("Every part of a model has to be run, explained and repaired by somebody."),
            avoid=N_("Start from the simple model and keep what a paired comparison shows to pay."),
        ),
        question=Question(
            say("Your model gains next to nothing over a plain linear model. Do you ship it?"),
            say("weighs latency, explaining, being on call, retraining; maybe not"),
            say('"higher is better"'),
        ),
    ),
    Check(
        code="MODEL002",
        title=N_("A simpler model does better"),
        severity=Severity.INFO,
        family="performance",
        shown_in="rivals",
        function="train",
        examine=simpler_is_better,
        guide=Guide(
            detect=(
                say(
                    "The submission is compared with simple models of ours on the same hidden rows, paired. "
                    "Named where the best of them surely has a clearly better {metric}. Clearly is {pays:g} of ROC "
                    "AUC, or as much in another metric.",
                    pays=PAYS,
                )
            ),
            why=(
                N_(
                    "A model that fits its training rows too closely does worse on new rows than a plain one. "
                    "Its own estimate may still be right."
                )
            ),
            avoid=N_("Fit a plain linear model first, and keep a larger model only where held-out rows say so."),
        ),
        question=Question(
            say("A plain model of ours does better on new rows than yours. How would you find out why?"),
            say("compares with a simple model on the same folds, looks at train against held-out scores, regularises"),
            say("needs more data"),
        ),
    ),
    Check(
        code="FEAT001",
        title=N_("A column moves answers and earns nothing"),
        severity=Severity.INFO,
        family="performance",
        shown_in="importance",
        function="train",
        examine=useless_columns,
        guide=Guide(
            detect=(
                N_(
                    "Each original column is shuffled among a thousand hidden rows. Named where predictions "
                    "move, and the {metric} surely gets hardly worse."
                )
            ),
            why=N_("A column that earns nothing still has to be delivered, checked, paid for and explained."),
            avoid=N_("Ablate on your own validation; drop what does not pay, most of all what is bought."),
        ),
        question=Question(
            say("Which column would you delete first, and how do you know?"),
            say("ablation on validation; the price of a column; correlated columns share importance"),
            say("impurity importance only"),
        ),
    ),
)
