"""Columns and places that give the answer away: CHAL001 and CHAL002."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from challenges.tables import folds
from challenges.tables.folds import Measured, Sample
from challenges.tables.lint.model import Finding, Level, Subject, together
from graders.model.arrays import FloatArray
from graders.model.later import pd
from graders.words import N_, Text, count, say

#: Skill (2 AUC - 1, or R²) of one column that is nearly all there is, of one that the answer follows from, and that is
#: much.
NEARLY_ALL, EXACT, MUCH = 0.94, 0.98, 0.5
#: Of a pair, whose few trees need not find all that follows from it.
EXACT_PAIR = 0.97
#: Of what all columns reach; of what the column reaches, the next one; and all others together.
#: The last is how much one of a pair may reach of what both do.
MOST, NEXT, REST, APART = 0.8, 0.4, 0.75, 0.7
#: How many times as much the others leave open as the column or the pair does, where both reach much: to be told, and
#: where it is sure.
OPEN, WIDE_OPEN = 3, 8
PAIRS = 5
#: Values that a column may have to be made of the target, the rows of each, and the share that may lie elsewhere.
STRETCHES, FEWEST, ASTRAY = 20, 30, 0.001
#: Spearman's coefficient of a column that is the target by another measure.  One of the day before stays below it.
SAME_ORDER = 0.99999
#: A figure is rare with so small a share of the rows, and a column meets the target by no chance in so many of those.
SELDOM, MANY_THE_SAME = 0.005, 0.1
#: Columns of which a target may be the sum, and how far from it the sum may lie, in standard deviations.
PARTS, SUM = 20, 0.02
WHY = N_("Whoever uses it scores high without a model of the matter, and in use its value may not be there yet.")
DO = N_("Say whether it is known at prediction time. If not, leave it out, or mark it as known only afterwards.")


def gives_away(subject: Subject) -> Iterable[Finding]:
    """CHAL001.  Columns that are made of the target.  Of all others, one that reaches nearly all, while what is left
    without it is far behind, or that is far ahead; several that add up to the target; and pairs."""
    sample, alone = subject.sample, subject.alone
    made = [name for name in alone if _made_of_target(subject, name)]
    if made:
        yield _made(subject, made)
    skill = {name: sample.skill(value.value) for name, value in alone.items() if name not in made}
    if len(skill) < 2:
        return
    of_all = folds.together(sample, list(skill)).value if made else subject.all.value
    top = max(sample.skill(of_all), *skill.values())
    found = _reach_nearly_all(subject, skill, top) or _far_ahead(subject, skill, top)
    if found:
        yield found
    else:
        yield from _adds_up(subject)
    left = [name for name in skill if not found or name not in found.columns]
    if found and left:  # what else is known too late shows only without the columns that hide it
        top = sample.skill(folds.together(sample, left).value)
    yield from _pairs(subject, left, skill, top)
    yield from _with_time(subject)
    yield from _partly_the_answer(subject, [name for name in left if name not in made])


def _reach_nearly_all(subject: Subject, skill: dict[str, float], top: float) -> Finding | None:
    for least in (max(NEARLY_ALL, 0.9 * top), EXACT):
        nearly = [name for name in skill if skill[name] >= least]
        if not nearly:
            continue
        without = _without(subject.sample, list(skill), nearly)
        if _far(min(skill[name] for name in nearly), subject.sample.skill(without.value) if without else 0.0):
            level: Level = "error" if all(_follows(subject, name) for name in nearly) else "warning"
            reach = without.said if without else say("nothing")
            more = say("Without {columns} all others reach {reach}.", columns=together(nearly), reach=reach)
            return _alone(subject, nearly, level, more)
    return None


def _far_ahead(subject: Subject, skill: dict[str, float], top: float) -> Finding | None:
    first, second = list(skill)[:2]
    if skill[first] < max(MOST * top, MUCH) or skill[second] > NEXT * skill[first]:
        return None
    more = say("The next one, `{column}`, reaches {reach}.", column=second, reach=subject.alone[second].said)
    return _alone(subject, [first], "warning", more)


def _made(subject: Subject, names: list[str]) -> Finding:
    title = count(
        "{columns} is made of the target", "{columns} are made of the target", len(names), columns=together(names)
    )
    line = say("Each value goes with a stretch of the target of its own.")
    evidence = subject.noted(*(_reaches(subject, name) for name in names), line)
    return Finding("CHAL001", "error", title, evidence, WHY, DO, tuple(names))


def _made_of_target(subject: Subject, name: str) -> bool:
    """Whether a column's few values are stretches of the target, as those of a rating or of "late" are, or its many
    values stand in the order of the target, as those of its logarithm do.

    Rows in the order of the target then have the column's values one after another.
    """
    sample, column = subject.sample, subject.sample.rows[name]
    known = column.notna().to_numpy()
    if sample.task != "regression" or known.mean() < 0.9:
        return False
    if column.nunique() > STRETCHES:
        if not pd.api.types.is_numeric_dtype(column):
            return False
        ranks = column[known].corr(pd.Series(sample.truth, column.index)[known], method="spearman")
        return bool(abs(ranks) >= SAME_ORDER)
    rows = pd.DataFrame({"value": column[known].astype("str"), "target": sample.truth[known]})
    by_value = rows.groupby("value")["target"].agg(["median", "size"]).sort_values("median")
    if len(by_value) < 2 or by_value["size"].min() < FEWEST:
        return False
    in_order = np.repeat(by_value.index.to_numpy(), by_value["size"])
    return bool((rows.sort_values("target", kind="stable")["value"].to_numpy() != in_order).mean() < ASTRAY)


def _adds_up(subject: Subject) -> Iterable[Finding]:
    """Columns of which the answer is a weighted sum in nearly every row, as a total is of its parts."""
    rows, truth = subject.sample.rows, subject.sample.rows[subject.definition.target]
    numbers = [name for name in subject.inputs if pd.api.types.is_numeric_dtype(rows[name])]
    if subject.definition.task != "regression" or not 3 <= len(numbers) <= len(rows) / 10:
        return
    x = rows[numbers].fillna(rows[numbers].median()).fillna(0.0).to_numpy(np.float64)
    y = truth.to_numpy(np.float64)
    told, weights = _summed(x, y)
    if not _exact(told, y):
        return
    places = np.argsort(-np.abs(weights) * x.std(axis=0))
    for many in range(2, min(len(places), PARTS) + 1):
        if _exact(_summed(x[:, places[:many]], y)[0], y):
            columns = tuple(numbers[place] for place in sorted(places[:many]))
            if many == 2:  # what pairs are told for
                return
            line = say(
                "A weighted sum of {columns} is the target in 95 % of the rows, within a fiftieth of its spread.",
                columns=together(columns),
            )
            title = say("{columns} add up to the answer", columns=together(columns))
            yield Finding("CHAL001", "error", title, subject.noted(line), WHY, DO, columns)
            return


def _summed(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What least squares says of each row, and the weights; of two fits, the second without the rows farthest away,
    which may have been entered wrongly."""
    columns = np.column_stack([x, np.ones(len(x))])
    away = np.abs(columns @ np.linalg.lstsq(columns, y, rcond=None)[0] - y)
    near = away <= np.quantile(away, 0.95)
    weights = np.linalg.lstsq(columns[near], y[near], rcond=None)[0]
    return columns @ weights, weights[:-1]


def _exact(told: FloatArray, truth: FloatArray) -> bool:
    spread = float(np.subtract(*np.quantile(truth, [0.84, 0.16]))) / 2  # a standard deviation without the far ends
    return bool(np.quantile(np.abs(told - truth), 0.95) < SUM * spread)


def _far(value: float, rest: float) -> bool:
    """Whether the others are far behind: in what they reach, or in what they leave open."""
    return rest < REST * value or (value >= NEARLY_ALL and 1 - rest > OPEN * (1 - value))


def _follows(subject: Subject, name: str) -> bool:
    """Whether the answer follows from a column, and is not only predicted by it.

    A class follows from what nearly always tells it.  A number has honest columns that tell most of it, as a distance
    tells most of a duration, and no code of few values can hold it.
    """
    if subject.definition.task != "regression":
        return True
    if not pd.api.types.is_numeric_dtype(subject.sample.rows[name]):
        return False
    return folds.together(subject.sample, [name]).value >= EXACT


def _alone(subject: Subject, names: list[str], level: Level, more: str) -> Finding:
    reach = [_reaches(subject, name) for name in names]
    evidence = subject.noted(*reach, say("All columns together reach {reach}.", reach=subject.all.said), more)
    many, columns = len(names), together(names)
    title = count("{columns} gives the answer away", "{columns} give the answer away", many, columns=columns)
    if level == "warning":
        title = count(
            "{columns} alone says nearly all that is known of the answer",
            "{columns} alone say nearly all that is known of the answer",
            many,
            columns=columns,
        )
    return Finding("CHAL001", level, title, evidence, WHY, DO, tuple(names))


def _reaches(subject: Subject, name: str) -> Text:
    reach = (subject.alone.get(name) or subject.trend).said
    return say("`{column}` alone reaches {metric} {reach}.", column=name, metric=subject.sample.name, reach=reach)


def _pairs(subject: Subject, names: list[str], skill: dict[str, float], top: float) -> Iterable[Finding]:
    """Two columns that say together what neither says alone, as two times say how long something took.

    An error where the answer follows from them alone.  Where it follows from other pairs too, as a species does from
    measures of its body, they are what predicts it.
    """
    if top < MUCH or len(names) < 3:
        return
    sample = subject.sample
    found = sorted(_ahead(subject, names, skill, top), key=lambda told: -told[0].value)
    exact, named = [pair for reach, pair in found if sample.skill(reach.value) >= EXACT_PAIR], set[str]()
    for reach, pair in found[:1] if len(exact) > 1 else found[:PAIRS]:
        if named & set(pair):  # what one of them says with others too was told by its best pair
            continue
        without = _without(sample, names, pair)
        value, rest = sample.skill(reach.value), sample.skill(without.value) if without else 0.0
        if _far(value, rest):
            named |= set(pair)
            sure = exact == [pair] and (rest < REST * value or 1 - rest > WIDE_OPEN * (1 - value))
            yield _pair(subject, pair, reach, without, sure=sure, all_named=len(names) == len(skill))


def _with_time(subject: Subject) -> Iterable[Finding]:
    """Other dates from which the answer follows with the time of a row, as a duration does from its begin and end."""
    time, sample = subject.definition.time, subject.sample
    if time is None:
        return
    for name in (each for each in subject.inputs if folds.dated(sample.rows[each])):
        best = max(sample.skill(reach.value) for reach in (subject.alone[name], subject.trend))
        if best <= APART * EXACT_PAIR and (reach := _both(sample, name, time, EXACT_PAIR)):
            without = _without(sample, subject.inputs, (name,))
            yield _pair(subject, (name, time), reach, without, sure=True, all_named=True)


def _partly_the_answer(subject: Subject, names: Sequence[str]) -> Iterable[Finding]:
    """A column that holds the very target in many rows, as one time of a case does that ended with another.

    Of figures with many values: frequent ones, such as 0 or a rounded price, meet by chance.
    """
    sample, target = subject.sample, subject.sample.rows[subject.definition.target]
    if sample.task != "regression":
        return
    rare = (target.groupby(target).transform("size") <= max(2, SELDOM * len(target))).to_numpy()
    for name in names:
        column = sample.rows[name]
        if not pd.api.types.is_numeric_dtype(column) or rare.mean() < 0.5:
            continue
        same = float((column == target).to_numpy()[rare].mean())
        if same < MANY_THE_SAME:
            continue
        line = say(
            "`{column}` equals the target in {share:.0%} of the rows, where frequent figures are not counted.",
            column=name,
            share=same,
        )
        title = say("`{column}` is the target itself in many rows", column=name)
        yield Finding("CHAL001", "warning", title, subject.noted(line), WHY, DO, (name,))


def _without(sample: Sample, names: Sequence[str], some: Sequence[str]) -> Measured | None:
    """What columns reach without some of them; None where none is left."""
    rest = [name for name in names if name not in some]
    return folds.together(sample, rest) if rest else None


def _ahead(
    subject: Subject, names: list[str], skill: dict[str, float], top: float
) -> Iterable[tuple[Measured, tuple[str, str]]]:
    """Pairs that reach nearly what all columns do, and much more than the better of the two, with what they reach."""
    sample = subject.sample
    for first, second in combinations(_useful(subject, names), 2):
        best = max(skill[first], skill[second])
        ahead = min(best / APART, max(NEARLY_ALL, 1 - (1 - best) / OPEN))
        reach = _both(sample, first, second, max(MUCH, 0.9 * top, ahead))
        if reach:
            yield reach, (first, second)


def _pair(
    subject: Subject,
    pair: tuple[str, str],
    reached: Measured,
    without: Measured | None,
    *,
    sure: bool,
    all_named: bool,
) -> Finding:
    both, sample = together(pair), subject.sample
    left = without.said if without else say("nothing")
    rest = say("Without these two all others reach {reach}.", reach=left)
    if not all_named:
        rest = say("Without these two the others that are not named above reach {reach}.", reach=left)
    reach = say("{columns} together reach {metric} {reach}.", columns=both, metric=sample.name, reach=reached.said)
    evidence = subject.noted(reach, *(_reaches(subject, name) for name in pair), rest)
    title = say("{columns} say most of the answer together", columns=both)
    if sure:
        title = say("{columns} give the answer away together", columns=both)
    return Finding("CHAL001", "error" if sure else "warning", title, evidence, WHY, DO, pair)


def _both(sample: Sample, first: str, second: str, least: float) -> Measured | None:
    """What two columns reach, with their difference and sum, and of numbers their product and ratio; None where their
    skill stays below the least."""
    columns = [sample.rows[name] for name in (first, second)]
    one, other = map(folds.as_numbers, columns)
    made = {"_difference": one - other, "_sum": one + other}
    if all(map(pd.api.types.is_numeric_dtype, columns)):
        made |= {"_product": one * other, "_ratio": one / np.where(other == 0, np.nan, other)}
    rows = sample.rows[[first, second]].assign(**made)
    return folds.reaching(replace(sample, rows=rows), (first, second, *made), least, 40)


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


def order_predicts(subject: Subject) -> Iterable[Finding]:
    """CHAL002.  The place of a row in the file, or a name of single rows, ranks the target."""
    sample, definition = subject.sample, subject.definition
    rows = sample.rows
    least = max(0.12, 1.3 * sample.skill(subject.trend.value) if definition.time else 0.0)
    if subject.in_order is not None:
        reach = folds.alone(sample, pd.Series(np.arange(len(rows), dtype=np.float64)))
        if sample.skill(reach.value - 3 * reach.error) > least:
            evidence = subject.noted(
                say(
                    "The number of the row in the file alone reaches {metric} {reach}.",
                    metric=sample.name,
                    reach=reach.said,
                )
            )
            why = say("Rows of one outcome stand together, so the order of the file tells it.")
            do = say("Nothing: rows are given in random order. Look whether a column holds the order too.")
            yield Finding("CHAL002", "warning", say("The order of the rows predicts the target"), evidence, why, do)
    for entry in definition.column:
        name = entry.name
        if name in (definition.target, definition.group, definition.time) or entry.known == "after" or name not in rows:
            continue
        if not (folds.unique_key(rows[name]) or (folds.is_unit(name) and rows[name].nunique() > 0.2 * len(rows))):
            continue
        reach = folds.alone(sample, rows[name])
        value = sample.skill(reach.value)
        if sample.skill(reach.value - 3 * reach.error) > least:
            # Words may say something of what they name; a number or a code may not.
            coded = rows[name].dropna().astype("str").str.contains(r"\d").mean() > 0.9
            level: Level = "error" if value > 0.4 and coded else "warning"
            evidence = subject.noted(
                say(
                    "`{column}`, which names single rows, alone reaches {metric} {reach}.",
                    column=name,
                    metric=sample.name,
                    reach=reach.said,
                )
            )
            why = say(
                "A name of a row should say nothing of its outcome. It may have been given after it, or in its order."
            )
            do = say("Leave `{column}` out.", column=name)
            title = say("The identifier `{column}` predicts the target", column=name)
            yield Finding("CHAL002", level, title, evidence, why, do, (name,))
