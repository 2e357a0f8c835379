"""What is left to gain, and at what cost: CHAL006 and CHAL011."""

from __future__ import annotations

from collections.abc import Iterable

from challenges.tables.lint.model import Finding, Subject
from challenges.tables.yardsticks import Yardsticks

ALIKE, PERFECT = 0.1, 0.97


def no_room(subject: Subject) -> Iterable[Finding]:
    """CHAL006."""
    yardsticks = subject.yardsticks
    if yardsticks is None:
        return
    metric = subject.definition.scored_by
    evidence = tuple(f"{name}: {metric} {value}." for name, value in yardsticks.named())
    why = "The points for predictions say nothing about a candidate where everybody reaches the same."
    do = "Ask for something harder, or read the model section of these reports with care."
    way = abs(yardsticks.strong.value - yardsticks.constant.value)
    if yardsticks.perfect >= PERFECT:
        title, more = "A simple model is nearly perfect", ""
    elif yardsticks.alike:
        title, more = "A simple and a strong model cannot be told apart", _alike(yardsticks)
    elif abs(yardsticks.strong.value - yardsticks.simple.value) < ALIKE * way:
        title = "A strong model is hardly better than a simple one"
        gone = 1 - abs(yardsticks.strong.value - yardsticks.simple.value) / way
        more = f"Of the way from the constant to the strong model, the simple one goes {gone:.0%}."
    else:
        return
    yield Finding("CHAL006", "warning", title, (*evidence, *([more] if more else [])), why, do)


def _alike(yardsticks: Yardsticks) -> str:
    if yardsticks.chosen == "simple":
        return "On the public rows no model that was tried was better than the simple one."
    if yardsticks.gain.high < 0:
        return f"The model that was best on the public rows is worse than the simple one by {-yardsticks.gain}."
    return f"Strong is better by {yardsticks.gain}, which is not more than noise."


def too_slow(subject: Subject) -> Iterable[Finding]:
    """CHAL011."""
    cost, limits = subject.yardsticks, subject.definition.limits
    if cost is None:
        return
    over = []
    if cost.train_seconds > limits.train_cpu_seconds:
        over.append(f"Training takes {cost.train_seconds:.1f} s of CPU; the limit is {limits.train_cpu_seconds:g} s.")
    if cost.predict_seconds > limits.predict_cpu_seconds:
        over.append(
            f"Predicting takes {cost.predict_seconds:.1f} s of CPU; the limit is {limits.predict_cpu_seconds:g} s."
        )
    if cost.memory_mb > limits.memory_mb:
        over.append(f"Rows and training take about {cost.memory_mb:,} MB; the limit is {limits.memory_mb:,} MB.")
    if over:
        why = "What we measure candidates by would itself be ended at the limits that they get."
        do = "Raise the limits in `challenge.toml`, or bring fewer rows."
        yield Finding("CHAL011", "error", "The strong yardstick does not fit the limits", tuple(over), why, do)
