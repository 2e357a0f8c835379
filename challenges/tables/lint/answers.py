"""Columns and places that give the answer away: CHAL001 and CHAL002."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from challenges.tables import folds
from challenges.tables.folds import Measured, Sample
from challenges.tables.lint.model import Finding, Level, Subject

#: Skill (2 AUC - 1, or R²) of one column that is nearly all there is, and that is much.
NEARLY_ALL, STRONG, MUCH = 0.94, 0.86, 0.5
#: Of what all columns reach; of what the column reaches, the next one; and all others together.
#: The last is how much one of a pair may reach of what both do.
MOST, NEXT, REST, APART = 0.8, 0.4, 0.75, 0.7
PAIRS = 5
WHY = "Whoever uses it scores high without a model of the matter, and in use its value may not be there yet."
DO = 'Say whether it is known at prediction time. If not, drop it with `--drop`, or write `known = "after"`.'


def gives_away(subject: Subject) -> Iterable[Finding]:
    """CHAL001.  A column that reaches nearly all, while what is left without it is far behind; or that is far ahead."""
    sample, alone = subject.sample, subject.alone
    if len(alone) < 2:
        return
    skill = {name: sample.skill(value.value) for name, value in alone.items()}
    best = next(iter(skill))
    everything = sample.skill(subject.all.value)
    top = max(everything, skill[best])
    nearly = [name for name in skill if skill[name] >= max(NEARLY_ALL, 0.9 * top)]
    told: set[str] = set()
    if nearly:
        rest = [name for name in subject.inputs if name not in nearly]
        without = folds.together(sample, rest) if rest else None
        if without is None or sample.skill(without.value) < REST * min(skill[name] for name in nearly):
            told |= set(nearly)
            yield _alone(subject, nearly, "error", f"Without {_list(nearly)} all others reach {without or 'nothing'}.")
    ahead = [name for name in skill if name not in told]
    if ahead and not nearly:
        first, second = ahead[0], ahead[1] if len(ahead) > 1 else None
        behind = skill[second] if second else 0.0
        if skill[first] >= MOST * top and skill[first] >= MUCH and behind <= NEXT * skill[first]:
            told.add(first)
            level: Level = "error" if skill[first] >= STRONG and behind <= NEXT * skill[first] / 2 else "warning"
            yield _alone(
                subject, [first], level, f"The next one, `{second}`, reaches {alone[second]}." if second else ""
            )
    left = [name for name in skill if name not in told]
    if told and left:  # what else is known too late shows only without the columns that hide it
        top = sample.skill(folds.together(sample, left).value)
    yield from _pairs(subject, left, skill, top)


def _alone(subject: Subject, names: list[str], level: Level, more: str) -> Finding:
    reach = [f"`{name}` alone reaches {subject.sample.name} {subject.alone[name]}." for name in names]
    evidence = subject.noted(*reach, f"All columns together reach {subject.all}.", *([more] if more else []))
    title = f"{_list(names)} {'give' if len(names) > 1 else 'gives'} the answer away"
    return Finding("CHAL001", level, title, evidence, WHY, DO, tuple(names))


def _pairs(subject: Subject, names: list[str], skill: dict[str, float], top: float) -> Iterable[Finding]:
    """Two columns that say together what neither says alone, as two times say how long something took.

    An error where the pair reaches nearly all and what is left without it does not; else a warning.
    """
    sample = subject.sample
    if top < MUCH or len(names) < 4:
        return
    told: list[tuple[float, tuple[str, str]]] = []
    for first, second in combinations(_useful(subject, names), 2):
        value = sample.skill(_both(sample, first, second).value)
        if value >= MUCH and value >= 0.9 * top and max(skill[first], skill[second]) <= APART * value:
            told.append((value, (first, second)))
    for value, pair in sorted(told, reverse=True)[:PAIRS]:
        without = folds.together(sample, [name for name in subject.inputs if name not in pair])
        rest = sample.skill(without.value)
        sure = value >= max(STRONG, 0.9 * top) and rest <= REST * value
        sure |= value >= NEARLY_ALL and 1 - rest > 3 * (1 - value)
        evidence = subject.noted(
            f"`{pair[0]}` and `{pair[1]}` together reach {sample.name} {_both(sample, *pair)}.",
            *(f"`{name}` alone reaches {subject.alone[name]}." for name in pair),
            f"All columns reach {subject.all}, and {without} without these two.",
        )
        title = f"{_list(list(pair))} give the answer away together"
        yield Finding("CHAL001", "error" if sure else "warning", title, evidence, WHY, DO, pair)


def _both(sample: Sample, first: str, second: str) -> Measured:
    """What two columns reach, with their difference where both are numbers."""
    numbers = [folds.as_numbers(sample.rows[name]) for name in (first, second)]
    rows = sample.rows.assign(_difference=numbers[0] - numbers[1])
    return folds.together(replace(sample, rows=rows), (first, second, "_difference"), 40)


def _useful(subject: Subject, names: list[str]) -> list[str]:
    """The columns that the model of all loses most without: each shuffled in turn, in the rows held out."""
    sample = subject.sample
    x, coded = folds.matrix(sample.rows, names)
    known = sample.fold() != 0
    held = np.flatnonzero(~known)
    model = folds._fitted(sample, x[known], sample.truth[known], coded, 60)
    whole, rng = sample.scored(model(x[held]), held).value, np.random.default_rng(0)
    losses = []
    for place in range(len(names)):
        moved = x[held].copy()
        moved[:, place] = rng.permutation(moved[:, place])
        losses.append(whole - sample.scored(model(moved), held).value)
    return [names[place] for place in np.argsort(losses)[::-1][:PAIRS]]


def _list(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def order_predicts(subject: Subject) -> Iterable[Finding]:
    """CHAL002.  The place of a row in the file, or a name of single rows, ranks the target."""
    sample, definition = subject.sample, subject.definition
    rows = sample.rows
    trend = folds.alone(sample, rows[definition.time]) if definition.time else None
    least = max(0.12, 1.3 * sample.skill(trend.value) if trend else 0.0)
    if subject.in_order is not None:
        reach = folds.alone(sample, pd.Series(np.arange(len(rows), dtype=np.float64)))
        if sample.skill(reach.value - 3 * reach.error) > least:
            evidence = subject.noted(f"The number of the row in the file alone reaches {sample.name} {reach}.")
            why = "Rows of one outcome stand together, so the order of the file tells it."
            do = "Nothing: rows are given in random order. Look whether a column holds the order too."
            yield Finding("CHAL002", "warning", "The order of the rows predicts the target", evidence, why, do)
    for entry in definition.column:
        name = entry.name
        if name in (definition.target, definition.group, definition.time) or entry.known == "after" or name not in rows:
            continue
        if not (folds.unique_key(rows[name]) or (folds.is_unit(name) and rows[name].nunique() > 0.2 * len(rows))):
            continue
        reach = folds.alone(sample, rows[name])
        value = sample.skill(reach.value)
        if sample.skill(reach.value - 3 * reach.error) > least:
            level: Level = "error" if value > 0.4 else "warning"
            evidence = subject.noted(f"`{name}`, which names single rows, alone reaches {sample.name} {reach}.")
            why = (
                "A name says nothing of what it names. If it predicts, it was given after the outcome or in its order."
            )
            do = f"Drop it: `--drop {name}`."
            yield Finding("CHAL002", level, f"The identifier `{name}` predicts the target", evidence, why, do, (name,))
