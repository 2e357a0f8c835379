"""What a table seems to be: task, metric, unit and time, each with the reason that speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from pydantic import ValidationError

from challenges.tables import folds
from challenges.tables.definition import (
    METRICS,
    ColumnEntry,
    Definition,
    LimitsEntry,
    PackagesEntry,
    TaskName,
    nearest,
    wrong,
)
from challenges.tables.packed import hashes, size
from challenges.tables.reading import missing
from challenges.tables.table import Table, TableError
from graders.model.arrays import FloatArray, IntArray
from graders.model.later import pd
from graders.words import Text, count, say, sentences

#: Whole numbers of so few values are taken for classes, and text of more than so many is no target.
FEW_NUMBERS, MOST_CLASSES, RARE = 8, 50, 0.1
YES = re.compile(
    r"(?:1|yes|y|true|t|positive|pos|bad|default|churned|left|case|dead|died|malignant|fraud|spam|ja|oui"
    r"|si|sim)"
)
NO = re.compile(
    r"(?:0|no|n|false|f|negative|neg|good|control|healthy|normal|benign|alive|none|stayed|retained|nein"
    r"|non)"
)
RECORDED = re.compile(r"(?:^|_)(?:date|time|day|month|at|on|hour|timestamp|snapshot|datum|created|applied|when)(?:_|$)")
BORN = re.compile(r"birth|born|dob|geburt")
SENSITIVE = re.compile(
    r"(?:^|_)(?:age|gender|sex|race|ethnicity|ethnic|religion|nationality|citizenship|disability|marital|pregnant"
    r"|geschlecht|alter|sexe|orientation|familienstand)(?:_|$)"
)
#: What says so of a person, and of a thing where no other column speaks of people.
OF_PEOPLE = re.compile(
    r"(?:^|_)(?:(?:fe)?male|mar+ied|black|white|non_?white|hispan(?:ic)?|hisp|latin[oa]|afam|asian|minority|immigrant)(?:_|$)"
)
#: From this share of the target's spread that lies between units, rows of one are said to share labels.
SHARES = 0.03
#: Rows that our strong models learn from, and trees and leaves of the largest; more cost minutes and gain little.
MOST_ROWS, TREES, LEAVES = 30_000, 150, 40
#: How many times as much as our strong model takes a candidate gets.
ROOM = 3
#: A column of dates that lacks fewer may be the time of a row; one that lacks more tells what befell some of them.
SOME_GAPS = 0.1
#: Rows of a unit; a "unit" of more is a category.
MOST_REPEATS = 0.02


@dataclass(frozen=True)
class Choice:
    """One thing that was not given, what is proposed for it, and why."""

    key: str
    value: str
    why: str


@dataclass(frozen=True)
class Wish:
    """What whoever brings the table has said; None where nothing was said, "" for group or time: there is none."""

    target: str
    id: str | None = None
    title: str | None = None
    task: TaskName | None = None
    metric: str | None = None
    positive: str | None = None
    group: str | None = None
    time: str | None = None
    hidden: float = 0.3
    drop: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    pseudonym: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    own_packages: bool = False


@dataclass(frozen=True)
class Proposal:
    """The definition that follows, and what was chosen on the way."""

    definition: Definition
    choices: tuple[Choice, ...]


def propose(table: Table, wish: Wish) -> Proposal:
    """Everything that `wish` leaves open; TableError where a column is not there or the target cannot be one."""
    names = [str(name) for name in table.rows]
    for name in (wish.target, wish.group, wish.time, *wish.drop, *wish.after, *wish.pseudonym):
        if name and name not in names:
            raise TableError(sentences(say("The table has no column {name}.", name=repr(name)), _meant(name, names)))
    target = table.rows[wish.target]
    for name in (wish.target, wish.group, wish.time):
        if name and (says := missing(table.rows, name)):
            raise TableError(says)
    if wish.time and table.kinds[wish.time] != "date text" and not _moments(table, wish.time):
        no = say("The time {name} holds neither dates nor years nor seconds since 1970.", name=repr(wish.time))
        raise TableError(sentences(no, say("Write it as dates, such as 2026-02-28.")))
    task, choices = _task(target, table.kinds[wish.target], wish)
    positive, classes = _answers(target, task, wish, choices)
    metric = _metric(target, task, positive, wish, choices)
    dropped = {*wish.drop, *_useless(table, wish, choices)}
    if wish.target in {*wish.drop, *wish.after, *wish.pseudonym}:
        raise TableError(
            say("{name} is the target, so it cannot be left out, replaced, or known too late.", name=repr(wish.target))
        )
    kept = [name for name in names if name not in dropped]
    sensitive = describe_people(names)
    draft = Definition(
        id=wish.id or identifier(wish.title or f"{wish.target}-challenge"),
        title=wish.title or f"Predict {wish.target}",
        task=task,
        target=wish.target,
        positive=positive,
        classes=classes,
        metric=metric,
        hidden=wish.hidden,
        column=tuple(_column(table, name, wish, sensitive=name in sensitive) for name in kept),
        packages=_packages(wish),
    )
    limits = _limits(table, draft, choices)
    group = (wish.group or None) if wish.group is not None else _group(table, draft, choices)
    time = (wish.time or None) if wish.time is not None else _time(table, draft, group, choices)
    as_text = {group} | ({wish.target} if task == "multiclass" else set())
    types = dict.fromkeys(as_text, "text") | ({time: "date text"} if _moments(table, time) else {})
    column = tuple(
        entry.model_copy(update={"type": types[entry.name]}) if entry.name in types else entry for entry in draft.column
    )
    return Proposal(
        draft.model_copy(update={"group": group, "time": time, "column": column, "limits": limits}), tuple(choices)
    )


def _meant(name: str, known: list[str] | tuple[str, ...]) -> str:
    near = nearest(name, known)
    return say("Did you mean {name}?", name=repr(near)) if near else ""


def _packages(wish: Wish) -> PackagesEntry:
    try:
        return PackagesEntry(extra=wish.extra, own=wish.own_packages)
    except ValidationError as error:
        raise TableError(sentences(wrong(error.errors()[0])[0])) from None


def identifier(text: str) -> str:
    """A challenge's id made of any text."""
    plain = re.sub(r"[^a-z0-9]{1,200}", "-", text.lower()).strip("-")
    return (plain if plain[:1].isalpha() else f"c-{plain}")[:41].ljust(2, "x")


def _task(target: pd.Series, kind: str, wish: Wish) -> tuple[TaskName, list[Choice]]:
    distinct = target.dropna().nunique()
    of_target = {"name": repr(wish.target), "distinct": distinct}
    if distinct < 2:
        raise TableError(say("The target {name} has {distinct} value, so there is nothing to predict.", **of_target))
    if wish.task is not None:
        if wish.task == "regression" and kind not in ("int", "float"):
            raise TableError(say("The target {name} holds text, so a regression cannot be asked of it.", **of_target))
        if wish.task == "binary" and distinct != 2:
            raise TableError(say("The target {name} has {distinct} values; a binary task needs two.", **of_target))
        return wish.task, []
    if distinct == 2:
        return "binary", [Choice("task", "binary", say("The target has two values."))]
    if kind in ("text", "date text"):
        if distinct > MOST_CLASSES:
            raise TableError(
                say(
                    "The target {name} has {distinct:,} different texts; the most are {most} classes.",
                    **of_target,
                    most=MOST_CLASSES,
                )
            )
        return "multiclass", [
            Choice("task", "multiclass", say("The target has {distinct} classes.", distinct=distinct))
        ]
    if kind == "int" and distinct <= FEW_NUMBERS:
        why = sentences(
            say("The target has {distinct} whole numbers only.", distinct=distinct),
            say("Say `--task regression` where their order matters."),
        )
        return "multiclass", [Choice("task", "multiclass", why)]
    why = say("The target has {distinct:,} different numbers.", distinct=distinct)
    if kind == "int" and distinct <= MOST_CLASSES:
        why = sentences(why, say("Say `--task multiclass` where they are names and not amounts."))
    return "regression", [Choice("task", "regression", why)]


def _answers(
    target: pd.Series, task: TaskName, wish: Wish, choices: list[Choice]
) -> tuple[str | int | None, tuple[str, ...]]:
    """The positive class of two, and the classes of many in sorted order."""
    counts = target.dropna().astype("str").value_counts()
    if task == "multiclass":
        return None, tuple(sorted(counts.index))
    if task == "regression":
        return None, ()
    values = sorted(counts.index)
    if wish.positive is not None:
        if wish.positive not in values:
            raise TableError(
                say(
                    "The target has no value {value}; it has {first} and {second}.",
                    value=repr(wish.positive),
                    first=repr(values[0]),
                    second=repr(values[1]),
                )
            )
        return wish.positive, ()
    plain = {value: value.lower().removesuffix(".0") for value in values}
    yes, no = ([value for value in values if words.fullmatch(plain[value])] for words in (YES, NO))
    positive, why = str(counts.index[-1]), say("It is the rarer of the two.")
    if len(yes) == 1:
        positive, why = yes[0], say("It reads like a yes.")
    elif len(no) == 1:
        positive = next(value for value in values if value not in no)
        why = say("The other value, {value}, reads like a no.", value=repr(no[0]))
    stands = say("It stands in {share:.1%} of the rows.", share=counts[positive] / counts.sum())
    choices.append(Choice("positive", positive, sentences(why, stands)))
    return positive, ()


def _metric(target: pd.Series, task: TaskName, positive: str | int | None, wish: Wish, choices: list[Choice]) -> str:
    if wish.metric is not None:
        if wish.metric not in METRICS[task]:
            known = ", ".join(METRICS[task])
            no = say(
                "The task {task} has no metric {metric}; it has {known}.",
                task=task,
                metric=repr(wish.metric),
                known=known,
            )
            raise TableError(sentences(no, _meant(wish.metric, METRICS[task])))
        return wish.metric
    metric, why = METRICS[task][0], say("It is the usual one for {task}.", task=task)
    if task == "binary":
        rate = float((target.astype("str") == str(positive)).mean())
        if rate < RARE:
            rare = say("Only {rate:.1%} of the rows are positive, and ROC AUC hides false alarms.", rate=rate)
            metric, why = "average_precision", rare
    if task == "regression":
        middle, far = np.quantile(target.dropna().abs(), [0.5, 0.999])
        if middle > 0 and far > 30 * middle:
            metric, why = "mae", say("A few very large values would decide the root mean squared error.")
    choices.append(Choice("metric", metric, why))
    return metric


def _useless(table: Table, wish: Wish, choices: list[Choice]) -> Iterable[str]:
    """Columns of one value, copies of another, and names of single rows."""
    seen: dict[str, str] = {}
    for name in map(str, table.rows):
        if name in (wish.target, wish.group, wish.time, *wish.drop, *wish.after, *wish.pseudonym):
            continue
        column = table.rows[name]
        print_of = str(hashes(table.rows, name).sum())
        if column.nunique() <= 1:
            why = say("It is empty.") if column.isna().all() else say("It has one value only.")
        elif print_of in seen and column.equals(table.rows[seen[print_of]].rename(name)):
            why = say("It is a copy of {other}.", other=repr(seen[print_of]))
        elif (
            folds.unique_key(column)
            and (_counts_up(column) or folds.is_unit(name))
            and table.kinds[name] != "date text"
        ):
            why = say("Each row has its own value: it names the row.")
        else:
            seen[print_of] = name
            continue
        choices.append(Choice("drop", name, why))
        yield name


def _counts_up(column: pd.Series) -> bool:
    return bool(pd.api.types.is_integer_dtype(column) and (column.diff().dropna() == 1).mean() > 0.98)


def _limits(table: Table, draft: Definition, choices: list[Choice]) -> LimitsEntry:
    """The usual limits, or more where the table is large, so that a usual training fits."""
    usual, public = LimitsEntry(), 1 - draft.hidden
    cells = len(table.rows) * len(draft.column) / 1e6
    share = len(draft.column) / max(len(list(table.rows)), 1)
    memory = training_mb(public * share * size(table.rows))
    rows, columns, classes = len(table.rows), len(draft.column), len(draft.classes)
    train = ROOM * training_seconds(int(public * rows), columns, classes) - usual.train_cpu_seconds
    predict = ROOM * predicting_seconds(int(draft.hidden * rows), columns, classes) - usual.predict_cpu_seconds
    # A linear model in five folds took 8 CPU s a million values: benchmarks.growth_rows.  Twice that is room enough.
    more = max(round((16 * public * cells + 6 * max(classes - 3, 0)) / 30), ceil(train / 30), 0)
    later = max(round(2 * draft.hidden * cells / 10), ceil(predict / 10), 0)
    limits = LimitsEntry(
        train_cpu_seconds=min(usual.train_cpu_seconds + 30 * more, 3600),
        predict_cpu_seconds=min(usual.predict_cpu_seconds + 10 * later, 3600),
        memory_mb=min(max(usual.memory_mb, 256 * ceil(1.2 * memory / 256)), 65536),
    )
    if limits != usual:
        value = f"{limits.train_cpu_seconds:g} s, {limits.predict_cpu_seconds:g} s, {limits.memory_mb:,} MB"
        why = say("The table is large or has many classes: train, predict and memory.")
        choices.append(Choice("limits", value, why))
    return limits


def training_seconds(rows: int, columns: int, classes: int) -> float:
    """CPU seconds of the largest of our strong models, by its work and no clock, so that a busy machine says the same.

    150 trees of 40 leaves for each class.  On one core a leaf took 20 µs and 1.8 µs a column, and a tree 4 ns a value.
    """
    trees = TREES * (classes if classes > 2 else 1)
    return trees * (LEAVES * (2e-5 + columns * 1.8e-6) + min(rows, MOST_ROWS) * columns * 4e-9)


def predicting_seconds(rows: int, columns: int, classes: int) -> float:
    """CPU seconds of its answers: .05 µs a tree and row, and 1 µs a value that becomes a number."""
    trees = TREES * (classes if classes > 2 else 1)
    return rows * (trees * 5e-8 + columns * 1e-6)


def training_mb(size: float) -> int:
    """The memory of a usual training and its folds on rows of so many bytes, while the run is watched.

    In a container a linear model held 250 MB in train, and 308 in evaluate with five folds, on 13 MB of rows; 975 and
    1,419 on 130 MB.
    """
    return int(200 + 10 * size / 2**20)


def describe_people(names: Iterable[str]) -> set[str]:
    """The columns that by their names tell what law or people hold to be sensitive."""
    plain = {name: folds.plain(name) for name in names}
    sure = {name for name, told in plain.items() if SENSITIVE.search(told)}
    return sure and sure | {name for name, told in plain.items() if OF_PEOPLE.search(told)}


def _column(table: Table, name: str, wish: Wish, *, sensitive: bool) -> ColumnEntry:
    if name in wish.pseudonym:
        return ColumnEntry(name=name, type="text", known="after" if name in wish.after else "before", pseudonym=True)
    kind = table.kinds[name]
    order = table.orders.get(name)
    return ColumnEntry(
        name=name,
        type=kind,
        meaning=f"In order: {' < '.join(order)}." if order else "",
        known="after" if name in wish.after else "before",
        sensitive=sensitive and table.rows[name].nunique() > 1,
        bands=_bands(table.rows[name]) if sensitive and kind in ("int", "float") else (),
    )


def _bands(column: pd.Series) -> tuple[float, ...]:
    known = column.dropna()
    cuts = np.unique(np.round(np.quantile(known, [0.25, 0.5, 0.75]))) if len(known) else np.zeros(0)
    return tuple(float(cut) for cut in cuts)


def shared(which: IntArray, numbers: FloatArray) -> tuple[float, float]:
    """Of numbers the share of their spread that lies between units (the intraclass correlation of one-way ANOVA:
    Donner 1986), and by how many standard errors the F ratio is above 1."""
    count, rows = int(which.max()) + 1, len(which)
    sizes = np.bincount(which, minlength=count)
    if count < 2 or rows - count < 2:
        return 0.0, 0.0
    means = np.bincount(which, numbers, count) / sizes
    between = float(sizes @ (means - numbers.mean()) ** 2) / (count - 1)
    within = float(np.sum((numbers - means[which]) ** 2)) / (rows - count)
    usual = (rows - float(sizes @ sizes) / rows) / (count - 1)
    total = between + (usual - 1) * within
    error = float(np.sqrt(2 / (count - 1) + 2 / (rows - count)))
    return ((between - within) / total if total else 0.0), (between / within - 1) / error if within else np.inf


def _group(table: Table, draft: Definition, choices: list[Choice]) -> str | None:
    """The column that names what rows belong to: several rows a value, whose labels agree more than others'."""
    labelled = table.rows[draft.target].notna()
    truth = folds.truth_of(draft, table.rows[draft.target][labelled]).astype(np.float64)
    if draft.task == "multiclass":
        truth = (truth == np.bincount(truth.astype(int)).argmax()).astype(np.float64)
    elif draft.task == "regression":
        truth = np.clip(truth, *np.quantile(truth, [0.005, 0.995]))
    units: list[tuple[float, str, Text]] = []
    for entry in draft.column:
        column = table.rows[entry.name][labelled]
        if (
            entry.name == draft.target
            or not folds.is_unit(entry.name)
            or entry.type == "date text"
            or column.isna().any()
        ):
            continue
        which = pd.factorize(column)[0].astype(np.int64)
        values = int(which.max()) + 1
        repeats = len(which) / values
        if values < 20 or repeats < 1.1 or repeats > max(3, MOST_REPEATS * len(which)):
            continue
        share, errors = shared(which, truth)
        likeness = (
            say("its rows share labels") if share > SHARES and errors > 3 else say("its name says whose rows they are")
        )
        if (
            share <= SHARES
            and table.kinds[entry.name] != "text"
            and not entry.name.lower().endswith(("id", "nr", "nummer"))
        ):
            continue
        if share <= SHARES and repeats > 20:  # many rows each, and nothing that they share
            continue
        why = say(
            "`{name}` repeats {times:.1f} times a value and {likeness}.",
            name=entry.name,
            times=repeats,
            likeness=likeness,
        )
        units.append((share, entry.name, why))
    if not units:
        none = say("No column names several rows whose labels agree, so each row is by itself.")
        choices.append(Choice("group", "", none))
        return None
    _, name, why = max(units)
    others = [f"`{other}`" for share, other, _ in units if other != name and share > SHARES]
    if others:
        too = say(
            "Rows of one value of {columns} share labels too: name that with `--group` if it is what is new in use.",
            columns=", ".join(others),
        )
        why = sentences(why, too)
    choices.append(Choice("group", name, why))
    return name


def _time(table: Table, draft: Definition, group: str | None, choices: list[Choice]) -> str | None:
    """The column in which the use of the model moves forward: dates without gaps, at best the latest of a row."""
    dates = [
        entry.name
        for entry in draft.column
        if (entry.type == "date text" or (RECORDED.search(entry.name.lower()) and _seconds(table, entry.name)))
        and entry.name != draft.target
        and not BORN.search(entry.name.lower())
        and not table.rows[entry.name].isna().any()
        and table.rows[entry.name].nunique() >= 5
    ]
    if not dates:
        why = say("No column holds dates without gaps, so hidden rows are drawn at random.")
        years = [entry.name for entry in draft.column if entry.name != draft.target and _years(table, entry.name)]
        if years:
            listed = ", ".join(f"`{year}`" for year in years[:3])
            when = say(
                "{columns} may tell when: name it with `--time` if the model is used on later rows.", columns=listed
            )
            why = sentences(why, when)
        for entry in draft.column:
            gaps = int(table.rows[entry.name].isna().sum()) if entry.type == "date text" else 0
            if 0 < gaps < SOME_GAPS * len(table.rows) and not BORN.search(entry.name.lower()):
                more = count(
                    "`{column}` lacks the date of {n:,} row. Fill it or delete the row if it is the time.",
                    "`{column}` lacks the dates of {n:,} rows. Fill them or delete the rows if it is the time.",
                    gaps,
                    column=entry.name,
                )
                why = sentences(why, more)
        choices.append(Choice("time", "", why))
        return None
    named = [name for name in dates if RECORDED.search(name.lower())] or dates
    name = max(named, key=lambda each: (table.rows[each].nunique() > 10, _late(table, each)))
    sample = folds.sampled(draft.model_copy(update={"group": group}), table.rows)
    order = folds.as_numbers(sample.rows[name])
    inputs = [
        feature
        for feature in draft.features
        if feature not in (group, name) and not folds.unique_key(sample.rows[feature])
    ]
    future, random = folds.later(sample, inputs, order, 40)
    why = say(
        "On the last rows a model of earlier ones reaches {metric} {later:.2f}, one of random rows {random:.2f}.",
        metric=sample.name,
        later=future.value,
        random=random.value,
    )
    if group is not None and (lost := _left_out(sample.unit, order, draft.hidden)) > SOME_GAPS:
        left = say(
            "About {share:.0%} of the rows are left out, as their `{group}` has early and late rows. "
            "`--group ''` keeps them.",
            share=lost,
            group=group,
        )
        why = sentences(why, left)
    if table.kinds[name] != "date text":
        why = sentences(why, say("Its numbers are seconds since 1970, and are told as dates."))
    choices.append(Choice("time", name, why))
    return name


def _left_out(unit: IntArray, order: FloatArray, hidden: float) -> float:
    """The share of rows whose unit has rows before and after the cut: those of one side stay, by lot."""
    late = order >= np.quantile(order, 1 - hidden)
    most = int(unit.max()) + 1
    early_rows, late_rows = np.bincount(unit[~late], minlength=most), np.bincount(unit[late], minlength=most)
    both = (early_rows > 0) & (late_rows > 0)
    return float((early_rows + late_rows)[both].sum()) / 2 / len(unit)


YEAR = re.compile(r"(?:^|_)(?:year|yr|jahr)(?:id)?(?:_|$)")
NOT_WHEN = re.compile(r"built|remod|birth|born|made|model")


def _years(table: Table, name: str) -> bool:
    """Whether a column holds years, and not those that a thing was made in."""
    column, plain = table.rows[name], folds.plain(name)
    if table.kinds[name] != "int" or not YEAR.search(plain) or NOT_WHEN.search(plain):
        return False
    return bool(column.min() >= 1700 and column.max() <= 2200 and column.nunique() >= 3)


def _seconds(table: Table, name: str) -> bool:
    """Whether a column holds seconds, or their thousandths, since 1970: of 1990 to 2100, and no round numbers."""
    column = table.rows[name]
    if table.kinds[name] != "int" or column.nunique() < 5:
        return False
    low, high = int(column.min()), int(column.max())
    return any(low >= 631_152_000 * unit and high < 4_102_444_800 * unit for unit in (1, 1000)) and high > 10**9


def _moments(table: Table, name: str | None) -> bool:
    return name is not None and (_seconds(table, name) or _years(table, name))


def as_dates(numbers: pd.Series) -> pd.Series:
    """Years as their first day, seconds since 1970 as UTC; ISO text."""
    if numbers.max() <= 2200:
        return numbers.astype("str").str.zfill(4) + "-01-01"
    unit: Literal["s", "ms"] = "s" if numbers.max() < 10**11 else "ms"
    return pd.to_datetime(numbers, unit=unit).dt.strftime("%Y-%m-%d %H:%M:%S").astype("str")


def _late(table: Table, name: str) -> float:
    return float(np.nanmedian(folds.as_numbers(table.rows[name])))
