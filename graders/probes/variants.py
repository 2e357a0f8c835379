"""Rows as production will sometimes deliver them: what each variant changes, and what it may change in the answer."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.probes.names import ProbeName
from graders.words import say

#: Rows of each variant, at least and at most: every effect worth naming shows in the first, and nobody who reads this
#: knows of how many rows a batch of odd ones is.
FEWEST, MOST = 120, 600
#: How values that no column has had begin: after capitals and digits, after all words, and before all of them.
UNSEEN = ("a", "zz", "0")
DRAWN_LETTERS = 8
#: What makes a value that sorts right after a known one, where no letter does.
BETWEEN = "!"
#: Years of dates in the remote past and future, from the first on and before the second.
LONG_AGO, FAR_AHEAD = (1880, 1930), (2080, 2200)
DATE = len("1900-01-01")
UNITS = 1000.0
#: A text column with at most so many values is a category.
MOST_CATEGORIES = 20
#: So many new values can be told apart from numbers that all changed.
FEW_VALUES = 3


Change = Callable[["pd.DataFrame", Challenge, "pd.DataFrame"], "pd.DataFrame"]


def chance(rows: pd.DataFrame) -> np.random.Generator:
    """Draws that follow from the rows, which the secret seed has drawn.  A value that stood in this text would be known
    to whoever reads it: knowing that one by name is no look at the rows."""
    return np.random.default_rng(pd.util.hash_pandas_object(rows, index=False).to_numpy())


def a_word(rng: np.random.Generator, begins: str = "") -> str:
    """A word that no table holds, in small letters."""
    return begins + "".join(rng.choice(list(string.ascii_lowercase), DRAWN_LETTERS))


def a_day(rng: np.random.Generator, years: tuple[int, int]) -> str:
    return f"{rng.integers(*years)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"


@dataclass(frozen=True)
class Variant:
    """One change of sound rows.

    what: the change as a clause.  neutral: no answer may move at all.  half: only every other row is touched, and the
    rest must keep their answers.  gone: columns that a model may need are missing, so that refusing is right.
    """

    name: ProbeName
    what: str
    make: Change
    neutral: bool = False
    half: bool = False
    gone: bool = False
    empty: bool = False


def columns_reversed(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    return rows[rows.columns[::-1]]


def with_extra_column(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    extra = rows.copy()
    extra.insert(0, a_word(chance(rows)), np.arange(len(rows)) % 7)
    return extra


def index_doubled(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    return rows.set_axis(np.arange(len(rows)) // 2, axis=0)


def whole_numbers_as_text(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    named = [c.name for c in challenge.columns if c.type == "int" and c.name in rows and c.name != challenge.group]
    return rows.assign(**{name: rows[name].astype(str) for name in named})


def unseen_categories(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    rng = chance(rows)
    here = np.resize(np.repeat([a_word(rng, begins) for begins in UNSEEN], 2), len(rows))
    return _touched(rows, dict.fromkeys(categories(challenge, public), pd.Series(here, rows.index)))


def between_categories(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    """In each touched row one column has a value that sorts right before a known one, which is not the first."""
    rng = chance(rows)
    return _one_each(rows, challenge, public, lambda known: _between(known, rng))


def next_categories(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    """The same rows with that known value."""
    return _one_each(rows, challenge, public, lambda known: known[1:])


Texts = np.ndarray[tuple[int], np.dtype[np.object_]]


def _between(known: Texts, rng: np.random.Generator) -> Texts:
    """A value between each two that follow one another."""
    found = []
    for value, following in pairwise(known):
        longer = (value + letter for letter in rng.permutation(list(string.ascii_lowercase)))
        found.append(next((one for one in longer if one < following), value + BETWEEN))
    return np.array(found, dtype=object)


def _one_each(
    rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame, values: Callable[[Texts], Texts]
) -> pd.DataFrame:
    """`rows` where the touched ones have another value in one column of categories each, in turn."""
    number, changed = np.arange(len(rows)) // 2, rows
    names = [name for name in categories(challenge, public) if public[name].nunique() > 1]
    for turn, name in enumerate(names):
        known = np.array(sorted(str(value) for value in public[name].dropna().unique()), dtype=object)
        drawn = pd.Series(np.resize(values(known), len(number))[number // len(names) % len(number)], rows.index)
        here = touched(len(rows)) & (number % len(names) == turn)
        changed = changed.assign(**{name: changed[name].where(~here, drawn)})
    return changed


def values_missing(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    whole = [name for name in challenge.inputs(public) if not public[name].isna().any()]
    return _touched(rows, dict.fromkeys(whole, None))


def columns_missing(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    """Every column that has gaps anyway, empty in all rows."""
    gaps = [name for name in challenge.inputs(public) if public[name].isna().any()]
    return rows.assign(**{name: rows[name].where(pd.Series(False, index=rows.index)) for name in gaps})


def other_units(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    floats = [c.name for c in challenge.columns if c.type == "float" and c.name in rows]
    here = touched(len(rows))
    return rows.assign(**{name: rows[name] * np.where(here, UNITS, 1.0) for name in floats})


def odd_dates(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    """Touched rows lie alternately in the remote past and in the remote future, at the time of day they had."""
    rng = chance(rows)
    odd = np.where(np.arange(len(rows)) % 4 == 0, a_day(rng, LONG_AGO), a_day(rng, FAR_AHEAD))
    dates = [c.name for c in challenge.columns if c.type == "date text" and c.name in rows]
    times = {name: rows[name].astype("str").str[DATE:].where(rows[name].notna(), "") for name in dates}
    return rows.assign(**{name: rows[name].where(~touched(len(rows)), odd + times[name]) for name in dates})


def no_rows(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001
    return rows.iloc[:0]


def without_categories(rows: pd.DataFrame, challenge: Challenge, public: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns=list(categories(challenge, public)))


VARIANTS = (
    Variant(ProbeName.COLUMNS_REVERSED, say("columns came in another order"), columns_reversed, neutral=True),
    Variant(ProbeName.EXTRA_COLUMN, say("a column nobody asked for was there"), with_extra_column, neutral=True),
    Variant(ProbeName.INDEX_DOUBLED, say("index labels occurred twice"), index_doubled, neutral=True),
    Variant(ProbeName.NUMBERS_AS_TEXT, say("whole numbers came as text"), whole_numbers_as_text, neutral=True),
    Variant(ProbeName.UNSEEN_CATEGORIES, say("every category was one not seen before"), unseen_categories, half=True),
    Variant(ProbeName.BETWEEN_CATEGORIES, say("one category was one not seen before"), between_categories, half=True),
    Variant(
        ProbeName.VALUES_MISSING, say("values were missing in columns that had none missing"), values_missing, half=True
    ),
    Variant(ProbeName.EMPTY_COLUMNS, say("the columns with gaps were empty throughout"), columns_missing),
    Variant(
        ProbeName.OTHER_UNITS, say("measured numbers came in a unit a thousand times smaller"), other_units, half=True
    ),
    Variant(
        ProbeName.ODD_DATES,
        say("dates lay a century back or ahead"),
        odd_dates,
        half=True,
    ),
    Variant(ProbeName.NO_ROWS, say("the batch was empty"), no_rows, empty=True),
    Variant(ProbeName.WITHOUT_CATEGORIES, say("the columns of categories were gone"), without_categories, gone=True),
)


def categories(challenge: Challenge, public: pd.DataFrame) -> tuple[str, ...]:
    """The text columns of few values, whichever the challenge has."""
    texts = {c.name for c in challenge.columns if c.type == "text"}
    return tuple(
        name for name in challenge.inputs(public) if name in texts and public[name].nunique() <= MOST_CATEGORIES
    )


def touched(rows: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows a variant with `half` changes: every other one."""
    return np.asarray(np.arange(rows) % 2 == 0, dtype=np.bool_)


def _touched(rows: pd.DataFrame, values: Mapping[str, object]) -> pd.DataFrame:
    """`rows` with the value of each named column set in the touched rows."""
    here = touched(len(rows))
    return rows.assign(**{name: rows[name].where(~here, value) for name, value in values.items()})


def odd_words(sound: pd.DataFrame, odd: pd.DataFrame) -> frozenset[str]:
    """What a line of a log names that speaks of what is odd: the columns that changed, and values none had before."""
    words: set[str] = set(sound.columns) ^ set(odd.columns)
    for name in sound.columns.intersection(odd.columns):
        if sound[name].equals(odd[name]):  # the words of most columns need not be looked at
            continue
        before, after = (np.array([str(value) for value in rows[name]], object) for rows in (sound, odd))
        if len(before) == len(after) and (before != after).any():
            new = set(after[before != after]) - set(before)
            words |= {name} | (new if len(new) <= FEW_VALUES else set())
    return frozenset(word.casefold() for word in words)


def size(sample: pd.DataFrame) -> int:
    """How many rows each variant has of these, drawn as its odd values are."""
    return min(int(chance(sample).integers(FEWEST, MOST + 1)), len(sample))


def frames(challenge: Challenge, public: pd.DataFrame, sample: pd.DataFrame) -> dict[ProbeName, pd.DataFrame]:
    """The rows of each probe by name, the unchanged ones first; `sample` are rows of `public` without the target."""
    rows = sample.iloc[: size(sample)]
    known = {ProbeName.AS_THEY_ARE: rows, ProbeName.NEXT_CATEGORIES: next_categories(rows, challenge, public)}
    return known | {variant.name: variant.make(rows, challenge, public) for variant in VARIANTS}
