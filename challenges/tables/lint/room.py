"""What is left to gain, and at what cost: CHAL006 and CHAL011."""

from __future__ import annotations

from collections.abc import Iterable

from challenges.tables.lint.model import Finding, Subject

ALIKE, PERFECT = 0.1, 0.97


def no_room(subject: Subject) -> Iterable[Finding]:
    """CHAL006."""
    sticks = subject.yardsticks
    if sticks is None:
        return
    metric = subject.definition.scored_by
    evidence = tuple(f"{name}: {metric} {value}." for name, value in sticks.named())
    why = "The points for predictions say nothing about a candidate where everybody reaches the same."
    do = "Ask for something harder, or read the model section of these reports with care."
    way = sticks.strong.value - sticks.constant.value
    if sticks.alike or abs(sticks.strong.value - sticks.simple.value) < ALIKE * abs(way):
        more = "" if not sticks.alike else f" Strong is better by {sticks.gain}, which is not more than noise."
        yield Finding(
            "CHAL006",
            "warning",
            "A simple model is as good as a strong one",
            (*evidence, *([more.strip()] if more else [])),
            why,
            do,
        )
    elif sticks.perfect >= PERFECT:
        yield Finding("CHAL006", "warning", "A simple model is nearly perfect", evidence, why, do)


def too_slow(subject: Subject) -> Iterable[Finding]:
    """CHAL011."""
    sticks, limits = subject.yardsticks, subject.definition.limits
    if sticks is None:
        return
    over = []
    if sticks.train_seconds > limits.train_cpu_seconds:
        over.append(f"Training takes {sticks.train_seconds:.1f} s of CPU; the limit is {limits.train_cpu_seconds:g} s.")
    if sticks.predict_seconds > limits.predict_cpu_seconds:
        over.append(
            f"Predicting takes {sticks.predict_seconds:.1f} s of CPU; the limit is {limits.predict_cpu_seconds:g} s."
        )
    if sticks.memory_mb > limits.memory_mb:
        over.append(f"Rows and training take about {sticks.memory_mb:,} MB; the limit is {limits.memory_mb:,} MB.")
    if over:
        why = "What we measure candidates by would itself be ended at the limits that they get."
        do = "Raise the limits in `challenge.toml`, or bring fewer rows."
        yield Finding("CHAL011", "error", "The strong yardstick does not fit the limits", tuple(over), why, do)
