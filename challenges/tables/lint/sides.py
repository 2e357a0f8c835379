"""The two sides of the split: CHAL003, CHAL004, CHAL005 and CHAL007."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from challenges.tables import folds
from challenges.tables.definition import Definition
from challenges.tables.folds import Measured
from challenges.tables.lint.model import Finding, Level, Subject, share
from challenges.tables.moments import RECORDED
from challenges.tables.packed import Rows, frame
from graders.model.later import pd
from graders.words import count, say, sentences

#: A number of so many different values is a measurement: two rows do not agree in three of them by chance.
DISTINCT, AGREEING, SURE = 50, 3, 5
NEAR, APART, NEIGHBOURS, LOOKED_AT = 0.02, 0.05, 6, 4_000


def both_sides(subject: Subject) -> Iterable[Finding]:
    """CHAL003."""
    definition, public, hidden = subject.definition, subject.public, subject.hidden
    why = say(
        "Whoever remembers public rows knows the answers of hidden ones, and is ranked above who learned something."
    )
    if definition.kept_apart is not None and definition.group is not None:
        units = pd.Series(_plain(hidden[definition.group]).unique())
        twice = int(units.isin(_plain(public[definition.group]).unique()).sum())
        if twice:
            told = say(
                "{twice:,} of {units:,} hidden units are in the public rows too: {share}.",
                twice=twice,
                units=len(units),
                share=share(twice, len(units)),
            )
            do = say('Split anew by `{column}`, as text: 7, 7.0 and "7" name the same unit.', column=definition.group)
            title = say("Units lie on both sides of the split")
            yield Finding("CHAL003", "error", title, (told,), why, do, (definition.group,))
            return
    copies, near, looked_at = _copies(definition, public, hidden)
    if copies + near > max(2, 0.005 * looked_at):
        parts = {"copies": copies, "near": near, "looked_at": looked_at, "share": share(copies + near, looked_at)}
        told = say(
            "{copies:,} hidden rows equal a public one in all columns that predict, and {near:,} nearly do, of "
            "{looked_at:,} that were looked at: {share}.",
            **parts,
        )
        if definition.time:
            told = say(
                "{copies:,} hidden rows equal a public one in all columns that predict but `{time}`, and {near:,} "
                "nearly do, of {looked_at:,} that were looked at: {share}.",
                time=definition.time,
                **parts,
            )
        do = say("Take copies out of the table, or take the column whose rows they are as the unit.")
        # Where few columns are measured, rows that belong to one event look like copies of each other.
        sure = copies + (near if len(_fine(definition, public)) >= SURE else 0)
        title = say("Copies of hidden rows are public") if copies else say("Near copies of hidden rows are public")
        # What comes again later comes again in use too, so a cut in time may have copies.
        level: Level = "error" if sure > 0.01 * looked_at and not definition.time else "warning"
        yield Finding("CHAL003", level, title, (told,), why, do)


def _plain(column: pd.Series) -> pd.Series:
    return column.astype("str").str.strip().str.replace(r"\.0{1,20}$", "", regex=True)


def _copies(definition: Definition, public: Rows, hidden: Rows) -> tuple[int, int, int]:
    """(equal rows, near copies, hidden rows looked at); each pair is compared in every column before it counts.

    A near copy is far nearer than the next rows are: in honest tables the nearest of six is a twentieth as far as the
    sixth in one row of thousands.
    """
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415

    names = [n for n in definition.features if n in public and n != definition.time and not folds.unique_key(public[n])]
    numbers, fine = [n for n in names if pd.api.types.is_numeric_dtype(public[n])], _fine(definition, public)
    if len(fine) < AGREEING or len(public) < 2 * NEIGHBOURS:
        return 0, 0, len(hidden)
    rng = np.random.default_rng(0)
    some = frame(hidden, rng.permutation(len(hidden))[:LOOKED_AT])
    many = frame(public, rng.permutation(len(public))[: 15 * LOOKED_AT])
    spread = np.maximum(many[numbers].std().fillna(0).to_numpy(np.float64), 1e-12)
    sides = [np.nan_to_num(side[numbers].to_numpy(np.float64) / spread, nan=-9.0) for side in (many, some)]
    chosen = [numbers.index(name) for name in fine[:8]]  # few, so that a tree finds neighbours quickly
    tree = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(sides[0][:, chosen])
    distance, nearest = tree.kneighbors(sides[1][:, chosen])
    codes = [side[[n for n in names if n not in numbers]].fillna("").to_numpy(dtype=object) for side in (many, some)]
    usual = np.median(sides[0][:, chosen], axis=0)
    copies = near = 0
    for row, candidates in enumerate(nearest):
        if (sides[1][row][chosen] != usual).sum() < AGREEING:  # what most rows have agrees by chance
            continue
        away = np.abs(sides[0][candidates] - sides[1][row]).max(axis=1)
        same = (codes[0][candidates] == codes[1][row]).mean(axis=1) if codes[0].shape[1] else np.ones(len(candidates))
        equal = (away == 0) & (same == 1)
        close = (away < NEAR) & (same >= 0.9) & (distance[row] < APART * distance[row][-1])
        copies += bool(equal.any())
        near += bool(close.any() and not equal.any())
    return copies, near, len(some)


def _fine(definition: Definition, rows: Rows) -> list[str]:
    """The columns of measurements."""
    numbers = [n for n in definition.features if n in rows and n != definition.time]
    numbers = [n for n in numbers if pd.api.types.is_numeric_dtype(rows[n]) and not folds.unique_key(rows[n])]
    return [n for n in numbers if rows[n].nunique() >= min(DISTINCT, len(rows) / 4)]


def moves_in_time(subject: Subject) -> Iterable[Finding]:
    """CHAL004.  A random split says more than the next rows will give."""
    definition, sample = subject.definition, subject.sample
    if definition.time is not None:
        return
    dates = [
        c.name
        for c in definition.column
        if c.type == "date text" and c.name != definition.target and c.name in sample.rows
    ]
    dates = [name for name in dates if sample.rows[name].notna().mean() > 0.95 and sample.rows[name].nunique() >= 5]
    for name in sorted(dates, key=lambda date: not RECORDED.search(date.lower()))[:2]:
        order = folds.as_numbers(sample.rows[name])
        order = np.where(np.isnan(order), np.nanmedian(order), order)
        inputs = [one for one in subject.inputs if one not in dates]
        if not inputs or np.quantile(order, 0.7) >= order.max():
            continue
        future, random = folds.later(sample, inputs, order)
        less = Measured(random.value - future.value, float(np.hypot(future.error, random.error)))
        if less.low > 0.01 and less.value > 0.03:
            evidence = subject.noted(
                say(
                    "On the last 30 % by `{column}` a model reaches {metric} {reach} when it knows rows of that time.",
                    column=name,
                    metric=sample.name,
                    reach=random.said,
                ),
                say(
                    "Of earlier rows alone it reaches {reach}: a random split flatters by {difference}.",
                    reach=future.said,
                    difference=less.said,
                ),
            )
            why = say(
                "In use, only earlier rows are known. A random split ranks candidates by what they will not have."
            )
            do = say("Let hidden rows be later in `{column}`.", column=name)
            if sample.rows[name].isna().any():
                do = sentences(say("Fill or delete the rows that lack `{column}`.", column=name), do)
            title = say("The table moves in time and the split does not")
            yield Finding("CHAL004", "error", title, evidence, why, do, (name,))
            return


def too_few(subject: Subject) -> Iterable[Finding]:
    """CHAL005."""
    definition, hidden = subject.definition, subject.hidden
    units = len(hidden) if definition.group is None else int(hidden[definition.group].nunique())
    least, evidence = units, [say("There are {rows:,} hidden rows.", rows=len(hidden))]
    why = say(
        "There are only {rows:,} hidden rows, so chance ranks the candidates as much as their work does.", rows=units
    )
    if definition.group is not None:
        evidence = [say("There are {rows:,} hidden rows of {units:,} units.", rows=len(hidden), units=units)]
        why = say(
            "There are only {units:,} hidden units, so chance ranks the candidates as much as their work does.",
            units=units,
        )
    if definition.task != "regression":
        counts = hidden[definition.target].astype("str").value_counts()
        names = definition.classes or tuple(counts.index)
        rarest = min(names, key=lambda name: counts.get(name, 0))
        least = int(counts.get(rarest, 0))
        of_rarest = {"name": repr(rarest)}
        evidence.append(
            count(
                "{n:,} of them is of the rarest class, {name}.",
                "{n:,} of them are of the rarest class, {name}.",
                least,
                **of_rarest,
            )
        )
        if least < 30:
            why = count(
                "There is only {n:,} hidden row of the rarest class, {name}, so chance ranks the candidates as much "
                "as their work does.",
                "There are only {n:,} hidden rows of the rarest class, {name}, so chance ranks the candidates as much "
                "as their work does.",
                least,
                **of_rarest,
            )
    yardsticks = subject.yardsticks
    if yardsticks is not None and yardsticks.reliable > 0:
        told = {"difference": yardsticks.reliable, "metric": definition.scored_by}
        if yardsticks.reliable >= folds.THOUSAND:
            evidence.append(say("Two submissions differ reliably only from {difference:,.0f} of {metric} on.", **told))
        else:
            evidence.append(say("Two submissions differ reliably only from {difference:.3g} of {metric} on.", **told))
    wide = yardsticks is not None and yardsticks.reliable > 0.5 * abs(
        yardsticks.strong.value - yardsticks.constant.value
    )
    if least < 30 or units < 50 or wide:
        # A metric over many classes still ranks by the others, so a rare one is no reason to stop.
        few = len(hidden) < 30 or units < 10 or (least < 10 and definition.task != "multiclass")
        level: Level = "error" if few else "warning"
        do = say("Bring more rows, or hide a larger share of them.")
        title = say("Too few hidden rows to tell candidates apart")
        if least >= 30 and units >= 50:
            title = say("Candidates can hardly be told apart")
            why = say("Such a difference is more than half of what the strong model gains on a constant one.")
        yield Finding("CHAL005", level, title, tuple(evidence), why, do)


def _unknown(group: str, public: Rows, hidden: Rows) -> Iterable[Finding]:
    """Hidden units that are said to be known and are not, as where somebody has edited `hidden_units` by hand."""
    units = pd.Series(_plain(hidden[group]).unique())
    known = int(units.isin(_plain(public[group]).unique()).sum())
    if known == len(units):
        return
    told = say(
        "{known:,} of {units:,} hidden units are in the public rows: {share}.",
        known=known,
        units=len(units),
        share=share(known, len(units)),
    )
    why = say("Candidates are told that they know every unit that they are asked about.")
    do = say("Make the challenge anew from its table: `hidden_units` decides which rows are hidden.")
    yield Finding("CHAL007", "error", say("Hidden units are not known"), (told,), why, do, (group,))


def differs(subject: Subject) -> Iterable[Finding]:
    """CHAL007.  Judged on one row of each unit: rows of one unit know each other, and an honest cut looks unlike."""
    definition = subject.definition
    if definition.hidden_units == "known" and definition.group is not None:
        yield from _unknown(definition.group, subject.public, subject.hidden)
    if definition.time is not None:
        return
    rng = np.random.default_rng(0)
    parts = []
    units = folds.units_of_sides(definition, subject.public, subject.hidden)
    for side, unit in zip((subject.public, subject.hidden), units, strict=True):
        first = pd.Series(unit).sample(frac=1, random_state=0).drop_duplicates().index
        parts.append(frame(side, rng.permutation(np.asarray(first))[: folds.SAMPLE // 4]))
    if min(map(len, parts)) < 60:
        return
    rows, truth = pd.concat(parts, ignore_index=True), np.repeat(np.arange(2), list(map(len, parts)))
    sample = folds.Sample(rows, truth, np.arange(len(rows)), "binary", len(rows))
    names = [n for n in definition.features if n in rows and not folds.unique_key(rows[n])]
    if definition.task == "regression" or rows[definition.target].nunique() < 50:
        names.append(definition.target)
    apart = folds.together(sample, names, 40)
    if apart.value - 3.3 * apart.error < 0.52:
        return
    each = {name: folds.alone(sample, rows[name]) for name in names}
    worst = sorted(each, key=lambda name: -each[name].value)[:3]
    evidence = (
        say(
            "By one row of each unit, public and hidden can be told apart with ROC AUC {reach}; {chance} is what "
            "chance gives.",
            reach=apart.said,
            chance=0.5,
        ),
        *(
            say("`{column}` alone tells them apart with {reach}.", column=name, reach=each[name].said)
            for name in worst
            if each[name].low > 0.5
        ),
    )
    why = say("Candidates prepare for other rows than those they are judged on.")
    do = say("Split anew at random, or name the column of time if hidden rows are meant to be later.")
    level: Level = "error" if apart.low > 0.58 else "warning"
    yield Finding("CHAL007", level, say("Public and hidden rows differ"), evidence, why, do, tuple(worst))
