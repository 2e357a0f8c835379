"""What a table seems to be: task, metric, unit and time, each with the reason that speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from challenges.tables import folds, known, limits, moments, units
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
from challenges.tables.packed import hashes
from challenges.tables.reading import missing
from challenges.tables.table import Table, TableError
from graders.model.later import pd
from graders.words import Text, say, sentences

#: Whole numbers of so few values are taken for classes, and text of more than so many is no target.
FEW_NUMBERS, MOST_CLASSES, RARE = 8, 50, 0.1
#: Share of zeros from which whole numbers without others below are counts, and from which a median says nothing.
SOME_ZEROS, HALF = 0.02, 0.5
#: People are told apart by fewer texts or codes; more name them, or something else.
MOST_GROUPS = 300
YES = re.compile(
    r"(?:1|yes|y|true|t|positive|pos|bad|default|churned|left|case|dead|died|malignant|fraud|spam|ja|oui"
    r"|si|sim)"
)
NO = re.compile(
    r"(?:0|no|n|false|f|negative|neg|good|control|healthy|normal|benign|alive|none|stayed|retained|nein"
    r"|non)"
)
SENSITIVE = re.compile(
    r"(?:^|_)(?:age(?:_?(?:group|cat|band|range))?|gender|sex|race|ethnicity|ethnic|religion|nationality|citizenship"
    r"|disability|marital|pregnant"
    r"|geschlecht|alter|sexe|orientation|familienstand)(?:_|$)"
)
#: What says so of a person, and of a thing where no other column speaks of people.
OF_PEOPLE = re.compile(
    r"(?:^|_)(?:(?:fe)?male|mar+ied|black|white|non_?white|hispan(?:ic)?|hisp|latin[oa]|afam|asian|minority|immigrant)(?:_|$)"
)


#: What the sides of a split and its folds are called.
SIDES = frozenset(
    {"train", "training", "test", "testing", "valid", "validation", "val", "dev", "eval", "holdout", "oot"}
)
FOLD = re.compile(r"(?:cv_|k_?)?folds?(?:_?(?:id|nr|no|number))?")
IS_SIDE = re.compile(r"(?:is|in)_(?:train|training|test|valid|validation|holdout)(?:_set)?")
MOST_FOLDS = 20


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
    hidden_units: str | None = None
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
    _check(table, wish)
    draft, choices = _draft(table, wish)
    room = _limits(table, draft, choices)
    group = wish.group or None
    if wish.group is None:
        group, why = units.proposed(table, draft)
        choices.append(Choice("group", group or "", why))
    left = [name for name in draft.features if name not in (group, wish.time)]
    if not left or (wish.time is None and len(left) == 1 and table.kinds[left[0]] == "date text"):
        no = say("Beside target, unit and time no column is left to predict from. Bring more columns.")
        raise TableError(no, code="COLUMNS_NONE_LEFT")
    time = wish.time or None
    if wish.time is None:
        time, why = moments.proposed(table, draft, group)
        choices.append(Choice("time", time or "", why))
    column = _retyped(table, draft, group, time)
    definition = _defined(**{**dict(draft), "group": group, "time": time, "column": column, "limits": room})
    if (found := known.proposed(table, definition, wish.hidden_units)) is not None:
        choices.append(Choice("hidden_units", *found))
        definition = definition.model_copy(update={"hidden_units": found[0]})
    return Proposal(definition, tuple(choices))


def _draft(table: Table, wish: Wish) -> tuple[Definition, list[Choice]]:
    """All but unit, time and limits, and what was chosen so far."""
    names, target = [str(name) for name in table.rows], table.rows[wish.target]
    noted = next((note.what for note in table.notes if note.column == wish.target), "")
    task, choices = _task(target, table.kinds[wish.target], wish, noted)
    positive, classes = _answers(target, task, wish, choices)
    metric = _metric(target, task, positive, wish, choices)
    dropped = {*wish.drop, *_useless(table, wish, choices)}
    sensitive = describe_people(name for name in names if may_be_of_people(table.rows[name]))
    draft = _defined(
        id=wish.id or identifier(wish.title or f"{wish.target}-challenge"),
        title=wish.title or f"Predict {wish.target}",
        task=task,
        target=wish.target,
        positive=positive,
        classes=classes,
        metric=metric,
        hidden=wish.hidden,
        column=tuple(_column(table, name, wish, sensitive=name in sensitive) for name in names if name not in dropped),
        packages=_packages(wish),
    )
    return draft, choices


def _defined(**values: Any) -> Definition:
    """The definition of these values; TableError where what was said cannot be, such as an id in capitals."""
    try:
        return Definition(**values)
    except ValidationError as error:
        raise TableError(sentences(wrong(error.errors()[0])[0])) from None


def _check(table: Table, wish: Wish) -> None:
    """TableError where what was said cannot be."""
    names = [str(name) for name in table.rows]
    for name in (wish.target, wish.group, wish.time, *wish.drop, *wish.after, *wish.pseudonym):
        if name and name not in names:
            no = sentences(say("The table has no column {name}.", name=repr(name)), _meant(name, names))
            raise TableError(no, code="COLUMN_UNKNOWN")
    for name in (wish.target, wish.group, wish.time):
        if name and (says := missing(table.rows, name)):
            raise TableError(says, code="COLUMN_HAS_GAPS")
    if wish.time:
        moments.dates_of(table, wish.time)
    if wish.target in {*wish.drop, *wish.after, *wish.pseudonym}:
        no = say("{name} is the target, so it cannot be left out, replaced, or known too late.", name=repr(wish.target))
        raise TableError(no, code="TARGET_LEFT_OUT")


def _retyped(table: Table, draft: Definition, group: str | None, time: str | None) -> tuple[ColumnEntry, ...]:
    """The columns, of which a unit and names of classes are text, and a time a date."""
    types: dict[str | None, str] = dict.fromkeys([group, draft.target if draft.task == "multiclass" else None], "text")
    if time and table.kinds[time] != "date text":
        types[time] = "date text"
    return tuple(
        entry.model_copy(update={"type": types[entry.name]}) if entry.name in types else entry for entry in draft.column
    )


def _limits(table: Table, draft: Definition, choices: list[Choice]) -> LimitsEntry:
    found = limits.proposed(table, draft)
    if found != LimitsEntry():
        value = f"{found.train_cpu_seconds:g} s, {found.predict_cpu_seconds:g} s, {found.memory_mb:,} MB"
        why = say("The table is large or has many classes: train, predict and memory.")
        choices.append(Choice("limits", value, why))
    return found


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


def _task(target: pd.Series, kind: str, wish: Wish, noted: str) -> tuple[TaskName, list[Choice]]:
    distinct = target.dropna().nunique()
    of_target = {"name": repr(wish.target), "distinct": distinct}
    if distinct < 2:
        no = say("The target {name} has {distinct} value, so there is nothing to predict.", **of_target)
        raise TableError(no, code="TARGET_CONSTANT")
    if wish.task is not None:
        if wish.task == "regression" and kind not in ("int", "float"):
            no = say("The target {name} holds text, so a regression cannot be asked of it.", **of_target)
            raise TableError(no, code="TARGET_IS_TEXT")
        if wish.task == "binary" and distinct != 2:
            no = say("The target {name} has {distinct} values; a binary task needs two.", **of_target)
            raise TableError(no, code="TARGET_NOT_BINARY")
        return wish.task, []
    if distinct == 2:
        return "binary", [Choice("task", "binary", say("The target has two values."))]
    if kind in ("text", "date text"):
        if distinct > MOST_CLASSES:
            many = say(
                "The target {name} has {distinct:,} different texts; the most are {most} classes.",
                **of_target,
                most=MOST_CLASSES,
            )
            raise TableError(sentences(many, noted), code="TARGET_CLASSES")
        return "multiclass", [Choice("task", "multiclass", _classes(target.dropna()))]
    if kind == "int" and distinct <= FEW_NUMBERS:
        why = sentences(
            say("The target has {distinct} whole numbers only.", distinct=distinct),
            say("Choose regression where their order matters."),
        )
        return "multiclass", [Choice("task", "multiclass", why)]
    why = say("The target has {distinct:,} different numbers.", distinct=distinct)
    if kind == "int" and distinct <= MOST_CLASSES:
        why = sentences(why, say("Choose multiclass where they are names and not amounts."))
    return "regression", [Choice("task", "regression", why)]


def _classes(target: pd.Series) -> Text:
    """How many classes a text target has, and whether some are one class written in several ways."""
    distinct, meant = target.nunique(), folds.alike(target).nunique()
    many = say("The target has {distinct} classes.", distinct=distinct)
    if meant == distinct:
        return many
    alike = say("If capitals and spaces did not count, they would be {meant}.", meant=meant)
    return sentences(many, alike, say("Write each class in one way."))


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
            unknown = say(
                "The target has no value {value}; it has {first} and {second}.",
                value=repr(wish.positive),
                first=repr(values[0]),
                second=repr(values[1]),
            )
            raise TableError(unknown, code="POSITIVE_UNKNOWN")
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
            raise TableError(sentences(no, _meant(wish.metric, METRICS[task])), code="METRIC_UNKNOWN")
        return wish.metric
    metric, why = METRICS[task][0], say("It is the usual one for {task}.", task=task)
    if task == "binary":
        rate = float((target.astype("str") == str(positive)).mean())
        if rate < RARE:
            rare = say("Only {rate:.1%} of the rows are positive, and ROC AUC hides false alarms.", rate=rate)
            metric, why = "average_precision", rare
    if task == "regression":
        numbers = target.dropna().to_numpy(np.float64)
        middle, far = np.quantile(np.abs(numbers), [0.5, 0.999])
        zeros = float((numbers == 0).mean())
        if numbers.min() == 0 and (zeros > SOME_ZEROS if (numbers % 1 == 0).all() else zeros > HALF):
            none = say("{share:.0%} of the values are 0, and none is below 0.", share=zeros)
            metric, why = "mean_poisson_deviance", sentences(none, say("It is the usual one for counts and sums."))
        elif middle > 0 and far > 30 * middle:
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
        elif _sides(name, column):
            why = say("It says on which side of an older split a row stood, and nothing of the row.")
        else:
            seen[print_of] = name
            continue
        choices.append(Choice("drop", name, why))
        yield name


def _sides(name: str, column: pd.Series) -> bool:
    """Whether a column tells the sides of a split, or its folds, that somebody made before."""
    if pd.api.types.is_numeric_dtype(column):
        folds_of = FOLD.fullmatch(folds.plain(name)) and column.nunique() <= MOST_FOLDS
        return bool(folds_of or (IS_SIDE.fullmatch(folds.plain(name)) and column.nunique() == 2))
    if column.nunique() > len(SIDES):
        return False
    told = {str(value).strip().lower() for value in column.dropna().unique()}
    return told <= SIDES and any(value.startswith("train") for value in told)


def _counts_up(column: pd.Series) -> bool:
    return bool(pd.api.types.is_integer_dtype(column) and (column.diff().dropna() == 1).mean() > 0.98)


def may_be_of_people(column: pd.Series) -> bool:
    """Whether a column can tell kinds of people: numbers such as an age, or few texts or codes, and no names."""
    named = not pd.api.types.is_numeric_dtype(column) or folds.is_unit(str(column.name))
    return not named or column.nunique() <= MOST_GROUPS


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
