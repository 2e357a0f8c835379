"""Numbers in sentences."""

from __future__ import annotations

from graders.model.challenge import Challenge, Dataset
from graders.model.report import Score
from graders.tasks.metric import Metric
from graders.words import N_, Text, say

#: A smaller share would be rounded to nothing.
LEAST_SHOWN = 0.005


def interval(score: Score, digits: int = 3) -> Text:
    """`.790 (.778 to .802)`, with three decimals or two."""
    numbers = {"value": score.value, "low": score.low, "high": score.high}
    if digits == 2:
        return say("{value:z.2f} ({low:z.2f} to {high:z.2f})", **numbers)
    return say("{value:z.3f} ({low:z.3f} to {high:z.3f})", **numbers)


def best(dataset: Dataset) -> Text:
    """What a submission is compared with: the best that anybody can reach is known of rows that we made alone."""
    return say("the best attainable answers") if dataset.simple is None else say("the strongest model of ours")


def heading(metric: Metric) -> Text:
    """The title of a metric at the beginning of a sentence."""
    return say(metric.title[0].upper() + metric.title[1:])


#: Keys that are said as they stand, for translators: units of the shipped challenges, headings, models of ours, topics.
KEYS = (
    *(N_("customer"), N_("store")),
    *(N_("Average precision"), N_("Log loss"), N_("Macro F1"), N_("Balanced accuracy")),
    *(N_("Root mean squared error"), N_("Root mean squared logarithmic error"), N_("Mean absolute error")),
    *(N_("Mean Poisson deviance"), N_("Mean ROC AUC of each class against the rest")),
    *(N_("stump"), N_("logistic regression"), N_("linear regression")),
    *(N_("problem"), N_("approach"), N_("results"), N_("limits"), N_("next steps")),
    *(N_("inputs"), N_("predictions"), N_("late labels"), N_("a threshold with a number"), N_("an action")),
    *(N_("how rows were kept or lost"), N_("a consequence with a number"), N_("what was done")),
)


def unit_word(challenge: Challenge) -> Text:
    """What the rows of one statistical unit share, in a word: `customer` of `customer_id`; `row` without one."""
    if not challenge.group:
        return say("row")
    return say(challenge.group.removesuffix("_id").replace("_", " "))


def percent(share: float) -> Text:
    """A share from 0 to 1 in words that stay true when it is rounded: `none`, `under 1%`, `12%`, `over 99%`, `all`."""
    if share in (0, 1):
        return say("all") if share else say("none")
    if share < LEAST_SHOWN:
        return say("under 1%")
    return say("over 99%") if share > 1 - LEAST_SHOWN else say("{share:.0%}", share=share)
