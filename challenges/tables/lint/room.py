"""What is left to gain, and at what cost: CHAL006 and CHAL011."""

from __future__ import annotations

from collections.abc import Iterable

from challenges.tables import known
from challenges.tables.lint.model import Finding, Subject
from challenges.tables.yardsticks import Yardsticks
from graders.words import Text, say

ALIKE, PERFECT = 0.1, 0.97


def no_room(subject: Subject) -> Iterable[Finding]:
    """CHAL006."""
    yield from _told_by_the_past(subject)
    yardsticks = subject.yardsticks
    if yardsticks is None:
        return
    metric = subject.definition.scored_by
    evidence = tuple(
        say("{model}: {metric} {value}.", model=name, metric=metric, value=value.said)
        for name, value in yardsticks.named()
    )
    why = say("The points for predictions say nothing about a candidate where everybody reaches the same.")
    do = say("Ask for something harder, or read the model section of these reports with care.")
    way = abs(yardsticks.strong.value - yardsticks.constant.value)
    if yardsticks.unlearnable:
        title, more = say("No model of ours is better than a constant"), None
        do = say("Choose another target, or bring columns that tell of this one.")
    elif yardsticks.perfect >= PERFECT:
        title, more = say("A simple model is nearly perfect"), None
    elif yardsticks.perfect < 0 and not yardsticks.alike:
        title, more = say("A simple model is no better than a constant"), None
    elif yardsticks.alike:
        title, more = say("A simple and a strong model cannot be told apart"), _alike(yardsticks)
    elif abs(yardsticks.strong.value - yardsticks.simple.value) < ALIKE * way:
        title = say("A strong model is hardly better than a simple one")
        gone = 1 - abs(yardsticks.strong.value - yardsticks.simple.value) / way
        more = say("Of the way from the constant to the strong model, the simple one goes {share:.0%}.", share=gone)
    else:
        return
    yield Finding("CHAL006", "warning", title, (*evidence, *([more] if more else [])), why, do)


def _told_by_the_past(subject: Subject) -> Iterable[Finding]:
    """Where hidden rows are of known units, and whoever looks a unit up knows the answer."""
    definition = subject.definition
    if definition.hidden_units == "new" or definition.group is None:
        return
    past, skill = known.told_by_the_past(definition, subject.public, subject.hidden)
    if skill <= known.TELLS_ALL:
        return
    metric = "R²" if definition.task == "regression" else "ROC AUC"
    told = say("The mean of a unit's earlier answers alone reaches {metric} {value}.", metric=metric, value=past.said)
    why = say("Whoever looks up what was said of a unit before needs no model.")
    do = say("Hide rows of new units, or ask for something that changes.")
    title = say("Earlier rows of a unit tell its later answers")
    yield Finding("CHAL006", "warning", title, (told,), why, do, (definition.group,))


def _alike(yardsticks: Yardsticks) -> Text:
    if yardsticks.chosen == "simple":
        return say("On the public rows no model that was tried was better than the simple one.")
    if yardsticks.gain.high < 0:
        by = (-yardsticks.gain).said
        return say(
            "The model that was best on the public rows is worse than the simple one by {difference}.", difference=by
        )
    if yardsticks.gain.value < 0:
        return say("Strong is worse by {difference}, which is not more than noise.", difference=(-yardsticks.gain).said)
    return say("Strong is better by {difference}, which is not more than noise.", difference=yardsticks.gain.said)


def too_slow(subject: Subject) -> Iterable[Finding]:
    """CHAL011."""
    cost, limits = subject.yardsticks, subject.definition.limits
    if cost is None:
        return
    over = []
    if cost.train_seconds > limits.train_cpu_seconds:
        over.append(
            say(
                "Training takes about {spent:.0f} s of CPU; the limit is {limit:g} s.",
                spent=cost.train_seconds,
                limit=limits.train_cpu_seconds,
            )
        )
    if cost.predict_seconds > limits.predict_cpu_seconds:
        over.append(
            say(
                "Predicting takes about {spent:.0f} s of CPU; the limit is {limit:g} s.",
                spent=cost.predict_seconds,
                limit=limits.predict_cpu_seconds,
            )
        )
    if cost.memory_mb > limits.memory_mb:
        over.append(
            say(
                "Rows and training take about {needed:,} MB; the limit is {limit:,} MB.",
                needed=cost.memory_mb,
                limit=limits.memory_mb,
            )
        )
    if over:
        why = say("What we measure candidates by would itself be ended at the limits that they get.")
        do = say("Raise the limits in `challenge.toml`, or bring fewer rows.")
        yield Finding("CHAL011", "error", say("The strong yardstick does not fit the limits"), tuple(over), why, do)
