"""What is left to gain, and at what cost: CHAL006 and CHAL011."""

from __future__ import annotations

from collections.abc import Iterable

from challenges.tables.lint.model import Finding, Subject

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
    way = yardsticks.strong.value - yardsticks.constant.value
    if yardsticks.alike or abs(yardsticks.strong.value - yardsticks.simple.value) < ALIKE * abs(way):
        more = "" if not yardsticks.alike else f" Strong is better by {yardsticks.gain}, which is not more than noise."
        yield Finding(
            "CHAL006",
            "warning",
            "A simple model is as good as a strong one",
            (*evidence, *([more.strip()] if more else [])),
            why,
            do,
        )
    elif yardsticks.perfect >= PERFECT:
        yield Finding("CHAL006", "warning", "A simple model is nearly perfect", evidence, why, do)


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
