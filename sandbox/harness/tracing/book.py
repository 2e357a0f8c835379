"""Which row of the candidate's data is each row of a table?

A table's rows are known where a hypothesis is proved by what the table holds: never guessed.  Hypotheses come
from the index, from an equal row seen before, and from tables of the same length; the proof is a column that is
a one-to-one image of a column of the data.
"""

from __future__ import annotations

import bisect
import re
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import content
from .content import Hashes, Ints

UNKNOWN = -1  # in place of a row: one that no row of the data became, or nobody can say
#: Rows made up by a sampler may stand among those of the data: so many must be known in a table of so many columns.
#: A first look at a few rows asks for less.
MIXED, WIDE, HINT = 0.5, 3, 0.25
ALIKE = 0.9  # of the rows of a table that another holds too, where nothing was made up
STEP = np.uint64(0x9E3779B97F4A7C15)  # by which hashes of columns are put together
MARKS = 20  # bits of a hash by which it is first looked for
MOST_TABLES, MOST_ROUTES, MOST_SEEN = 60, 8, 20_000
MOST_FRAMES, MOST_COMPARED = 6, 200  # known frames that are kept in sight, and how often unknown ones are held to them
FEW = 16  # rows that tell most columns of more than two values
AT_ONCE = 16  # columns of a table whose shapes are found together
MOST_NUMBERED = 3  # times that texts are numbered at some rows before they are in all
MOST_SHAPES = 400  # places at which the shapes of all columns are kept
MOST_RAW = 20  # columns of a list of rows that are looked for in the data
FEWEST_ALONE = content.FEWEST  # rows like no other that tell the order of such a list
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EXACT = 2**53  # whole numbers up to which a fraction of a machine tells them apart


class Book:
    """Everything known about the rows of tables, for data of `n` rows at positions 0 to n - 1."""

    def __init__(self, data: pd.DataFrame, copies: Iterable[Sequence[int]] | None = None, target: str = "") -> None:
        """copies: rows that equal an earlier one, each with that one; None where they are not known.
        target: the column that answers are about; empty where any may be."""
        self.n = len(data)
        self.all_rows: Ints = np.arange(self.n, dtype=np.int32)
        self.data = as_it_is(data)
        self._held = content.arrays(self.data)
        self._names: list[Any] = list(data.columns)
        self._numeric = [content.numeric(column.dtype) for column in self._held]
        self._targets = [i for i, name in enumerate(self._names) if target in ("", name)]
        self._factorised: dict[int, tuple[npt.NDArray[np.intp], pd.Index[Any]]] = {}
        self._numbered: dict[int, int] = defaultdict(int)  # how often a column of texts was, at some rows alone
        self._combinations: dict[tuple[str, ...], Rows] = {}
        self._arrays: dict[int, tuple[Any, Ints]] = {}
        self._indexes: dict[int, tuple[object, Ints]] = {}
        self._bases: list[Ints] = [self.all_rows]
        self._routes: dict[int, list[Ints]] = {self.n: [self.all_rows]}
        self._columns: dict[int, npt.NDArray[Any]] = {}
        self._places = {name: i for i, name in reversed(list(enumerate(self._names)))}
        self._shapes: dict[bytes, dict[int, bytes | None]] = {}  # of columns, at some rows
        self._together: dict[tuple[bytes, tuple[int, ...]], frozenset[bytes | None]] = {}
        self._hashed: tuple[Any, Hashes | None] | None = None  # the table that is being looked up
        self._tables: dict[int, list[Rows]] = {}
        self._marks: dict[int, npt.NDArray[np.bool_]] = {}
        self._frames: list[tuple[weakref.ref[pd.DataFrame], Ints]] = []  # known ones, the latest last
        self._compared = 0
        self._answers: dict[int, list[tuple[Ints, bytes]]] = {}  # rows and shape of what models answered, by length
        self.copies = first_copies(self.data) if copies is None else first_of(copies, self.n)
        self.learn(data, self.all_rows)

    # --- asking ---------------------------------------------------------------------------------------

    def rows(self, x: Any, y: Any = None) -> Ints | None:
        """The row of the data behind each row of `x`, or None; labels `y` in the same order help to prove it."""
        k = content.length(x)
        if k < content.FEWEST:
            return None
        known = self.remembered(x, k)
        if known is None and (numbers := content.of_polars(x)) is not None:
            known = self.rows(numbers, y)
        if known is None and isinstance(x, (pd.DataFrame, pd.Series)):
            known = self._by_index(x, y)
        if known is None and isinstance(x, pd.DataFrame):
            known = self._by_columns(x, k)
        if known is None:
            known = self._by_content(x, k)
        if known is None or (known < 0).any():
            routes = (rows for rows in self._routes.get(k, ()) if known is None or self._agree(known, rows))
            whole = self._proved(routes, x, y)
            known = known if whole is None else whole
        if known is None and isinstance(x, pd.DataFrame):
            known = self._by_frames(x)
        if known is None:
            known = self._by_answers(x, k)
        if known is not None:
            self.learn(x, known)
        self._hashed = None
        return known

    def _agree(self, some: Ints, rows: Ints) -> bool:
        """Whether what is known of some rows is the same, or copies of these."""
        there = some >= 0
        return bool((rows[there] >= 0).all() and (self.copies[some[there]] == self.copies[rows[there]]).all())

    def in_order(self, x: Any, y: Any = None) -> Ints | None:
        """The rows that a loop over the data put into lists, one after the other: what `x`, and labels `y`, hold stands
        there in this order.  None where too few of them are like no other row of the data."""
        table = _table(x)
        if not isinstance(table, np.ndarray) or table.ndim != 2 or table.dtype.kind not in "biuf":
            return None
        beside = [np.asarray(y)] if y is not None and content.length(y) == len(table) else []
        told = [
            (i, codes)
            for column in (*table.T[:MOST_RAW], *beside)
            if (found := self._raw(column))
            for i, codes in found
        ]
        if len({i for i, _ in told}) < 2 or len(told) < len(table.T):
            return None
        own = content.row_hashes(np.column_stack([codes for _, codes in told]))
        every = content.row_hashes(np.column_stack([self._codes(i) for i, _ in told]))
        if own is None or every is None:
            return None
        orders = [rows for rows in self._routes.get(self.n, ()) if (rows >= 0).all()]
        return next((rows for order in orders if (rows := _embedded(own, every[order], order)) is not None), None)

    def _raw(self, column: npt.NDArray[Any]) -> list[tuple[int, npt.NDArray[np.intp]]]:
        """The column of the data whose numbers these are, with their codes: of several the one where each number comes
        about as often."""
        may = [i for i, told in enumerate(self._numeric) if told and _places(self._known(i), column[:FEW]) is not None]
        if not may:
            return []
        own, values = pd.factorize(column, use_na_sentinel=False)
        found = []
        for i in may:
            if (at := _places(self._known(i), values)) is not None:
                apart = -np.bincount(self._codes(i)) / self.n
                apart[at] += np.bincount(own) / len(own)
                found.append((float(np.abs(apart).sum()), i, at))
        return [(i, at[own]) for _, i, at in sorted(found, key=lambda one: one[:2])[:1]]

    def remembered(self, x: Any, k: int) -> Ints | None:
        if isinstance(x, (pd.DataFrame, pd.Series)):
            kept = self._indexes.get(id(_identity(x.index)))
            if kept is None or len(kept[1]) != k:
                return None
            if isinstance(x, pd.DataFrame):
                self._in_sight(x, kept[1])
            return kept[1]
        found = self._arrays.get(id(x))
        if found is None or found[0]() is not x or len(found[1]) != k:
            return None
        return found[1]

    def proved(self, hypotheses: Iterator[Ints], x: Any) -> Ints | None:
        """The first of these under which a column of `x` is an image of one of the data's; None where none is."""
        return self._proved(hypotheses, x, None)

    def routes(self, k: int) -> list[Ints]:
        """The rows of known tables of this length, the latest first."""
        return list(self._routes.get(k, ()))

    def binary(self) -> list[npt.NDArray[np.intp]]:
        """The columns of two values that answers may be about, as codes."""
        at = sampled(self.n)
        few = [i for i in self._targets if self._few(i, at[:FEW]) and self._few(i, at)]
        return [self._codes(i) for i in few if len(self._known(i)) == 2]

    def _few(self, i: int, at: npt.NDArray[np.intp], most: int = 2) -> bool:
        """Whether a column has no more than so many values at some rows."""
        return len(pd.unique((self._column(i) if self._numeric[i] else self._held[i]).take(at))) <= most

    # --- learning -------------------------------------------------------------------------------------

    def learn(self, x: Any, rows: Ints) -> None:
        """From now on `x`, and every row equal to one of its rows, is known."""
        self._route(rows)
        if isinstance(x, (pd.DataFrame, pd.Series)):
            self._learn_index(x.index, rows)
            return
        try:
            fresh = id(x) not in self._arrays or self._arrays[id(x)][0]() is not x
            if len(self._arrays) > MOST_SEEN:
                self._arrays = {key: kept for key, kept in self._arrays.items() if kept[0]() is not None}
            self._arrays[id(x)] = weakref.ref(x), rows
        except TypeError:
            fresh = True  # a list: only its content can be known again
        if fresh and not self._part_of_known(rows) and not content.is_polars(x):  # its numbers were learnt
            self._learn_content(x, rows)

    def _part_of_known(self, rows: Ints) -> bool:
        """A small part of the data is looked up but not learnt: its rows were learnt with the whole."""
        return len(rows) < self.n // 20

    def _in_sight(self, x: pd.DataFrame, rows: Ints) -> None:
        """A known frame may hold columns of its own, by which rows drawn from it are known again."""
        if (self._frames and self._frames[-1][0]() is x) or self._part_of_known(rows):
            return
        alive = [kept for kept in self._frames if kept[0]() is not None and kept[0]() is not x]
        self._frames = [*alive[1 - MOST_FRAMES :], (weakref.ref(x), rows)]

    def answered(self, rows: Ints, values: npt.NDArray[np.float64]) -> None:
        """What a model answered for these rows: a table that holds the same, or the same by another scale, has them."""
        shape = content.shape(values[sampled(len(values))])
        if shape is not None:
            self._answers[len(rows)] = [*self._answers.get(len(rows), [])[1 - MOST_ROUTES :], (rows, shape)]

    def _learn_index(self, index: pd.Index[Any], rows: Ints) -> None:
        identity = _identity(index)
        if id(identity) in self._indexes:
            return
        if len(self._indexes) < MOST_SEEN:
            self._indexes[id(identity)] = identity, rows
        if isinstance(index, pd.RangeIndex) and not np.array_equal(rows, self.all_rows):
            self._bases.append(rows)
            del self._bases[1:-MOST_ROUTES]

    def _learn_content(self, x: Any, rows: Ints) -> None:
        array = x if isinstance(x, np.ndarray) or hasattr(x, "tocsr") else np.asarray(x)
        if not hasattr(array, "tocsr") and (array.ndim != 2 or array.dtype.kind not in "biuf"):
            return
        hashes = self._hashed[1] if self._hashed and self._hashed[0] is array else content.row_hashes(array)
        tables = self._tables.setdefault(array.shape[1], [])
        if hashes is None:
            return
        some, width = hashes[:8], array.shape[1]
        if self._met(some, width) >= ALIKE and any(table.find(some) is not None for table in tables):
            return
        tables.append(Rows(hashes, rows, self.copies))
        del tables[:-MOST_TABLES]
        self._marks.setdefault(width, np.zeros(1 << MARKS, np.bool_))[hashes >> np.uint64(64 - MARKS)] = True

    def _like(self, some: Hashes | None, width: int) -> bool:
        """Whether tables of this width may hold so many of these hashes that a look into each is worth it."""
        return some is not None and self._met(some, width) >= (HINT if width >= WIDE else ALIKE)

    def _met(self, some: Hashes, width: int) -> float:
        """The share of these hashes that tables of this width may hold, at least: it spares a look into each."""
        marks = self._marks.get(width)
        return 0.0 if marks is None else float(marks[some >> np.uint64(64 - MARKS)].mean())

    def _route(self, rows: Ints) -> None:
        routes = self._routes.setdefault(len(rows), [])
        for place, known in enumerate(routes):
            if known is rows or np.array_equal(known, rows):
                routes.insert(0, routes.pop(place))
                return
        routes.insert(0, rows)
        del routes[MOST_ROUTES:]

    # --- hypotheses -----------------------------------------------------------------------------------

    def _by_index(self, x: Any, y: Any) -> Ints | None:
        """By the labels, if they prove to be those of the data or of a table that was numbered anew."""
        index = x.index
        if not isinstance(index, pd.RangeIndex) and index.dtype.kind not in "iu":
            return None
        labels = np.asarray(index)
        if labels.min() < 0:
            return None
        bases = [base for base in reversed(self._bases) if labels.max() < len(base)]
        return self._proved([base[labels] for base in bases], x, y)

    def _by_content(self, x: Any, k: int) -> Ints | None:
        array = x.to_numpy() if isinstance(x, pd.DataFrame) and _plain(x) else x
        if isinstance(array, (list, tuple)):
            array = np.asarray(array)
        width = array.shape[1] if getattr(array, "ndim", 0) == 2 else 0
        tables = self._tables.get(width, ())
        if not tables:
            return None
        at = np.linspace(0, k - 1, min(k, 16)).astype(np.intp)
        plain = isinstance(array, np.ndarray) and array.dtype.kind in "biuf"
        if plain and not self._like(content.row_hashes(array[at]), width):
            return None  # most tables are unlike all, which a few rows tell
        hashes = content.row_hashes(array)
        self._hashed = array, hashes
        some = None if hashes is None else hashes[at]
        if hashes is None or some is None or not self._like(some, width):
            return None
        for table in tables:
            if table.find(some) is not None:
                return table.find(hashes)
            if width >= WIDE and table.find(some, HINT) is not None:
                mixed = table.find(hashes, MIXED)
                if mixed is not None:
                    return mixed
        return None

    def _by_columns(self, x: pd.DataFrame, k: int) -> Ints | None:
        """By the columns that still hold what the data's column of that name held."""
        sample = x.iloc[sampled(k)]
        shared = [name for name in self._names if name in x.columns]
        numbers = [name for name in shared if self._numeric[self._names.index(name)]]
        shared = numbers if len(numbers) > 4 else shared  # text is slow to compare
        kept = [name for name in shared if self._untouched(sample, name)]
        known = self._by_these(x, kept)
        whole = [name for name in kept if not self._filled(x, name)] if known is None else kept
        return self._by_these(x, whole) if len(whole) < len(kept) else known

    def _by_these(self, x: pd.DataFrame, kept: list[Any]) -> Ints | None:
        """By what these columns hold together."""
        if len(kept) < 2:
            return None
        codes = [self._recoded(x, name) for name in kept]
        hashes = content.row_hashes(np.column_stack(codes))
        key = tuple(map(str, kept))
        if key not in self._combinations:
            own = content.row_hashes(np.column_stack([self.column(name) for name in kept]))
            assert own is not None
            self._combinations[key] = Rows(own, self.all_rows, self.copies)
        return None if hashes is None else self._combinations[key].find(hashes)

    def _untouched(self, sample: pd.DataFrame, name: object) -> bool:
        return isinstance(sample[name], pd.Series) and bool((self._recoded(sample, name) >= 0).all())

    def _filled(self, x: pd.DataFrame, name: object) -> bool:
        """Whether a column has no gaps where the data's has some: others may stand there that occur elsewhere."""
        return bool(self._known(self._names.index(name)).hasnans) and not x[name].hasnans

    def _recoded(self, x: pd.DataFrame, name: object) -> npt.NDArray[np.intp]:
        try:
            return self._known(self._names.index(name)).get_indexer(pd.Index(x[name]))
        except (TypeError, ValueError):
            return np.full(len(x), -1)

    def _by_frames(self, x: pd.DataFrame) -> Ints | None:
        """By the numbers that still are what a known frame holds by these names, whatever they were made of."""
        if self._compared >= MOST_COMPARED or not x.columns.is_unique:
            return None
        self._compared += 1
        own, sample = _numbers_by_name(x), sampled(len(x))
        for reference, rows in reversed(self._frames):
            frame = reference()
            if frame is None or frame is x or len(frame) != len(rows) or not frame.columns.is_unique:
                continue
            known = {name: values for name, values in _numbers_by_name(frame).items() if name in own}
            kept = [name for name in known if np.isin(_bits(own[name][sample]), _bits(known[name])).all()]
            if len(kept) < 2:
                continue
            hashes = [
                _together((told[name] for name in kept), np.zeros(len(told[kept[0]]), np.uint64))
                for told in (known, own)
            ]
            if (found := Rows(hashes[0], rows, self.copies).find(hashes[1])) is not None:
                return found
        return None

    def _by_answers(self, x: Any, k: int) -> Ints | None:
        """By a column in the order of what a model answered for so many rows: scores clipped, stacked or as odds."""
        answers = self._answers.get(k, ())
        if not answers:
            return None
        told = {shape for _, shape in _shapes_of(x, None, sampled(k))}
        return next((rows for rows, shape in reversed(answers) if shape in told), None)

    # --- proof ----------------------------------------------------------------------------------------

    def _proved(self, hypotheses: Any, x: Any, y: Any) -> Ints | None:
        """The first hypothesis under which a column of `x`, or `y`, is an image of one of the data's."""
        seen_at: dict[bytes, _Seen] = {}  # most hypotheses are of the same positions
        for rows in hypotheses:
            known = np.flatnonzero(rows >= 0)
            positions = known[sampled(len(known))]
            if not len(known):
                continue
            key = positions.tobytes()
            if key not in seen_at:
                seen_at[key] = _Seen(x, y, positions)
            if self._alike(seen_at[key], rows[positions]):
                return rows  # type: ignore[no-any-return]
        return None

    def _alike(self, seen: _Seen, at: Ints) -> bool:
        """Whether a column of a table has the shape that one of the data has at these rows: one of the same name is
        tried first, and numbers before the rest, which takes longer."""
        for name, shape in seen.shapes():
            i = self._place(name)
            if (i is not None and self._shape(i, at) == shape) or shape in self._of_all(at, self._plain):
                return True
        return bool(seen.found) and not seen.found.isdisjoint(self._of_all(at, self._others))

    def _place(self, name: object) -> int | None:
        try:
            return self._places.get(name)
        except TypeError:
            return None

    def _of_all(self, at: Ints, columns: tuple[int, ...]) -> frozenset[bytes | None]:
        """The shapes that some columns have at these rows: of plain numbers, or of all else by its codes."""
        key = at.tobytes(), columns
        if key not in self._together:
            values = np.empty((len(columns), len(at)))
            for place, i in enumerate(columns):
                values[place] = self._at(i, at)
            found = content.shapes(values)
            self._kept_at(key[0]).update(zip(columns, found, strict=True))
            self._together[key] = frozenset(found)
            if len(self._together) > MOST_SHAPES:
                del self._together[next(iter(self._together))]
        return self._together[key]

    def _shape(self, i: int, at: Ints) -> bytes | None:
        """The shape of a column at some rows."""
        own = self._kept_at(at.tobytes())
        if i not in own:
            own[i] = content.shape(self._at(i, at))
        return own[i]

    def _kept_at(self, key: bytes) -> dict[int, bytes | None]:
        if key not in self._shapes:
            self._shapes[key] = {}
            if len(self._shapes) > MOST_SHAPES:
                del self._shapes[next(iter(self._shapes))]
        return self._shapes[key]

    def _column(self, i: int) -> npt.NDArray[Any]:
        if i not in self._columns:
            self._columns[i] = as_numbers(self._held[i])
        return self._columns[i]

    def _at(self, i: int, at: Ints) -> npt.NDArray[Any]:
        """A column at some rows, by its numbers, or by codes for all else.

        At first texts are numbered at these rows alone: most tables are known before all rows are worth it.  Where
        nearly all differ their order counts, which is that in all rows."""
        if i in self._plain:
            return self._column(i)[at]
        if i not in self._factorised and not self._numeric[i] and self._numbered[i] < MOST_NUMBERED:
            self._numbered[i] += 1
            codes: npt.NDArray[np.intp] = pd.factorize(self._held[i].take(at), use_na_sentinel=False)[0]
            if codes.max() < content.NEARLY_ALL * len(at):
                return codes
        return self._codes(i)[at]

    @cached_property
    def _plain(self) -> tuple[int, ...]:
        """The columns of numbers that are told apart as fractions of a machine."""
        return tuple(i for i, told in enumerate(self._numeric) if told and _exact(self._column(i)))

    @cached_property
    def _others(self) -> tuple[int, ...]:
        """The rest: wide numbers by their codes too."""
        return tuple(sorted({*range(len(self._names))} - {*self._plain}))

    def named(self, y: Any, rows: Ints | None) -> str:
        """The column of the data that these labels are, or a one-to-one image of; empty where there is none."""
        if rows is None or content.length(y) != len(rows):
            return ""
        known = np.flatnonzero(rows >= 0)
        if len(known) < content.FEWEST:
            return ""
        positions = known[sampled(len(known))]
        shape = content.shape(content.columns(content.take(_table(y), positions))[0])
        at = rows[positions]
        for i in reversed(range(len(self._names)) if shape is not None else ()):
            if self._shape(i, at) == shape:
                return str(self._names[i])[:60]
        return ""

    def _codes(self, i: int) -> npt.NDArray[np.intp]:
        return self._factors(i)[0]

    def _known(self, i: int) -> pd.Index[Any]:
        return self._factors(i)[1]

    def _factors(self, i: int) -> tuple[npt.NDArray[np.intp], pd.Index[Any]]:
        """A column's codes and values, found when they are first asked for: most columns never are."""
        if i not in self._factorised:
            self._factorised[i] = factorised(self._held[i])
        return self._factorised[i]

    def column(self, name: object) -> npt.NDArray[np.intp]:
        """The values of one column of the data as codes, one for each row."""
        return self._codes(self._names.index(name))

    def classes(self, name: object) -> tuple[npt.NDArray[np.intp], list[Any]]:
        """The place of each row's value among those of a column in rising order, and these values."""
        known = self._known(self._names.index(name))
        order = np.argsort(known)
        ranks = np.empty(len(order), np.intp)
        ranks[order] = np.arange(len(order))
        return ranks[self.column(name)], known[order].tolist()

    def of_groups(self, most: int) -> list[npt.NDArray[np.intp]]:
        """The columns of two to `most` values, as codes."""
        few = [i for i in range(len(self._names)) if self._few(i, sampled(self.n), most)]
        return [self._codes(i) for i in few if 2 <= len(self._known(i)) <= most]

    def groups_of(self, rows: Ints) -> list[npt.NDArray[np.intp]]:
        """For each column of the data, and each month of a column of days, in which group each of these rows is by its
        value; groups from 0 on."""
        columns = [self._codes(i) for i in range(len(self._names))]
        months = [found[self._codes(i)] for i in self._others if (found := months_of(self._known(i))) is not None]
        return [np.unique(codes[rows], return_inverse=True)[1] for codes in (*columns, *months)]

    def weights_of(self, rows: Ints) -> npt.NDArray[np.float64]:
        """The share of the sum of each column of numbers that each of these rows has; shape (rows, columns)."""
        some = np.array([self._column(i)[rows] for i in self._plain], np.float64).reshape(-1, len(rows))
        return np.asarray((some / some.sum(axis=1, keepdims=True)).T)

    def of_several(self, most: int) -> Iterator[tuple[npt.NDArray[np.intp], list[Any]]]:
        """What `classes` says of every column of three to `most` values that answers may be about."""
        for i in self._targets:
            if 2 < len(self._known(i)) <= most:
                yield self.classes(self._names[i])

    def values(self, name: object) -> npt.NDArray[np.float64] | None:
        """The numbers of one column of the data; None where it holds none."""
        at = self._names.index(name)
        return self._known(at).to_numpy(np.float64)[self._codes(at)] if self._numeric[at] else None

    def numeric(self) -> list[npt.NDArray[np.float64]]:
        """The numbers of every column that holds more than two and that answers may be about."""
        found = [self.values(self._names[i]) for i in self._targets if self._numeric[i] and len(self._known(i)) > 2]
        return [column for column in found if column is not None]


class Rows:
    """The rows of the data by what they hold in some table, put in order when they are first looked for."""

    def __init__(self, hashes: Hashes, rows: Ints, copies: Ints) -> None:
        self._hashes, self._rows, self._copies = hashes, rows, copies

    @cached_property
    def _rising(self) -> tuple[Hashes, Ints]:
        order = np.argsort(self._hashes, kind="stable")
        return self._hashes[order], self._rows[order]

    def find(self, hashes: Hashes, share: float = ALIKE) -> Ints | None:
        """The rows that hold the same; None where fewer than `share` are there, or stand for unlike rows."""
        if len(hashes) > content.FEWEST:
            known, rows_of = self._once
            found = rows_of[known.get_indexer(pd.Index(hashes))]  # -1 where it is not there, which is the last: UNKNOWN
            return None if (found >= 0).mean() < share else found
        rising = self._rising[0]
        left, right = np.searchsorted(rising, hashes, "left"), np.searchsorted(rising, hashes, "right")
        found = np.where(right > left, self._one_of(left, right), UNKNOWN).astype(np.int32)
        return None if (found >= 0).mean() < share else found

    def _one_of(self, left: npt.NDArray[np.intp], right: npt.NDArray[np.intp]) -> Ints:
        """The first row of each stretch, where all of it are copies of one row; else UNKNOWN."""
        rows = self._rising[1]
        first, last = rows[np.minimum(left, len(rows) - 1)], rows[np.maximum(right, 1) - 1]
        alike = (first >= 0) & (last >= 0) & (self._copies[first] == self._copies[last])
        found: Ints = np.where(alike, first, UNKNOWN).astype(np.int32)
        return found

    @cached_property
    def _once(self) -> tuple[pd.Index, Ints]:
        """Each hash once, and the row that it stands for, with UNKNOWN at the end: many are found sooner by a table of
        hashes than by halves."""
        known, left = np.unique(self._rising[0], return_index=True)
        rows = self._one_of(left, np.append(left[1:], len(self._hashes)))
        return pd.Index(known), np.append(rows, np.int32(UNKNOWN))


def _embedded(part: Hashes, whole: Hashes, rows: Ints) -> Ints | None:
    """The rows of a part that was taken out of a table in order, from the hashes of both; UNKNOWN for one that may come
    from several places.  None where it is no such part, or where too little tells that it is."""
    first, last = _first(part, whole), _first(part[::-1], whole[::-1])
    if first is None or last is None:
        return None
    values, counts = np.unique(whole, return_counts=True)
    alone = np.isin(part, values[counts == 1]).sum()
    sure = first == len(whole) - 1 - last[::-1]
    if alone < FEWEST_ALONE or sure.mean() < MIXED:
        return None
    return np.where(sure, rows[first], UNKNOWN).astype(np.int32)


def _first(part: Hashes, whole: Hashes) -> npt.NDArray[np.intp] | None:
    """The first place in the whole of each after that of the one before; None where there is none."""
    places: dict[int, list[int]] = {}
    for place, own in enumerate(whole.tolist()):
        places.setdefault(own, []).append(place)
    found, place = np.empty(len(part), np.intp), -1
    for at, own in enumerate(part.tolist()):
        there = places.get(own, ())
        following = bisect.bisect_right(there, place)
        if following == len(there):
            return None
        found[at] = place = there[following]
    return found


def factorised(column: Any) -> tuple[npt.NDArray[np.intp], pd.Index[Any]]:
    """Codes, for numbers in the order of the values so that their order is kept, and the values."""
    plain = content.numeric(column.dtype)
    codes, found = pd.factorize(as_numbers(column) if plain else column, sort=plain, use_na_sentinel=False)
    return codes, pd.Index(found)


def months_of(values: pd.Index[Any]) -> npt.NDArray[np.intp] | None:
    """In which month each of these days is, as a number; None where these are no days as text."""
    told = values.dropna()
    if not len(told) or not all(isinstance(one, str) and DAY.match(one) for one in told[:FEW]):
        return None
    return pd.factorize(np.array([str(one)[:7] for one in values]))[0]


def as_it_is(data: pd.DataFrame) -> pd.DataFrame:
    """The data as they are now, whatever is done to them: copied by pandas 3 only once somebody writes to them."""
    return data.copy(deep=int(pd.__version__.partition(".")[0]) < 3)


def first_copies(data: pd.DataFrame) -> Ints:
    """For each row the first row that equals it in every column.  Texts are looked at only of rows whose numbers others
    have, too."""
    if data.size > content.MAX_VALUES:
        raise ValueError("too large a table to be followed")
    found: Ints = np.arange(len(data), dtype=np.int32)
    held = content.arrays(data)
    numeric = [content.numeric(column.dtype) for column in held]
    numbers = (column for column, told in zip(held, numeric, strict=True) if told)
    hashes = _together(map(_numbers, numbers), of=np.zeros(len(data), np.uint64))
    _, which, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    alike = np.flatnonzero(counts[which] > 1)
    if not len(alike):
        return found
    texts = (column.take(alike) for column, told in zip(held, numeric, strict=True) if not told)
    codes = [pd.factorize(some, use_na_sentinel=False)[0] for some in texts]
    hashes = _together(codes, of=which[alike])
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    found[alike] = alike[first[inverse]]
    return found


def first_of(copies: Iterable[Sequence[int]], n: int) -> Ints:
    """The same of `n` rows whose copies are known."""
    found: Ints = np.arange(n, dtype=np.int32)
    for row, first in copies:
        found[row] = first
    return found


def as_numbers(column: Any) -> npt.NDArray[Any]:
    """A column of numbers as numpy's own."""
    return column if isinstance(column, np.ndarray) else np.asarray(column.to_numpy())


def _numbers(column: Any) -> npt.NDArray[np.float64]:
    """Equal numbers have the same bits."""
    found = as_numbers(column).astype(np.float64) + 0.0
    found[np.isnan(found)] = np.nan
    return found


def _places(rising: pd.Index[Any], some: npt.NDArray[Any]) -> npt.NDArray[np.intp] | None:
    """Where numbers stand among rising ones, of which what is no number is the last; None where one is not there.  To
    ask the index takes longer: it makes itself anew for whole numbers that come as fractions."""
    values = rising.to_numpy()
    at = np.minimum(np.searchsorted(values, some), len(values) - 1)
    found = values[at]
    alike = (found == some) | ((found != found) & (some != some))  # noqa: PLR0124  (what is no number)
    return at if alike.all() else None


def _numbers_by_name(frame: pd.DataFrame) -> dict[object, npt.NDArray[np.float64]]:
    """The columns of numbers."""
    held = zip(frame.columns, content.arrays(frame), strict=True)
    return {name: _numbers(column) for name, column in held if content.numeric(column.dtype)}


def _bits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """What is no number equals itself."""
    return values.view(np.uint64)


def _together(columns: Iterable[npt.NDArray[Any]], of: npt.NDArray[Any]) -> Hashes:
    """A number for each row, equal where `of` and all of these are."""
    found: Hashes = of.astype(np.uint64)
    for column in columns:
        hashes = content.row_hashes(column)
        assert hashes is not None  # these are numbers
        found = found * STEP + hashes
    return found


@lru_cache(maxsize=64)
def sampled(k: int) -> npt.NDArray[np.intp]:
    """Positions at which tables of `k` rows are compared."""
    found: npt.NDArray[np.intp] = np.linspace(0, k - 1, min(k, content.SAMPLE)).astype(np.intp)
    found.flags.writeable = False
    return found


def _exact(column: npt.NDArray[Any]) -> bool:
    """Whether no two numbers of a column are the same once they are fractions of a machine."""
    wide = column.dtype.kind in "iu" and column.dtype.itemsize > 4 and len(column) > 0
    return not wide or (int(column.max()) <= EXACT and int(column.min()) >= -EXACT)


class _Seen:
    """The shapes that the columns of a table, and labels beside it, have at some positions, found as they are asked
    for."""

    def __init__(self, x: Any, y: Any, positions: npt.NDArray[np.intp]) -> None:
        self.found: set[bytes] = set()
        self._rest = _shapes_of(x, y, positions)

    def shapes(self) -> Iterator[tuple[object, bytes]]:
        """Each with the name of its column, where that has one."""
        yield from ((None, shape) for shape in tuple(self.found))
        for name, shape in self._rest:
            self.found.add(shape)
            yield name, shape


def _shapes_of(x: Any, y: Any, positions: npt.NDArray[np.intp]) -> Iterator[tuple[object, bytes]]:
    for given in (x, y):
        if given is None or content.length(given) < len(positions) or hasattr(given, "tocsr"):
            continue
        table = _table(given)
        if getattr(table, "ndim", 3) > 2:
            continue
        for name, shape in _of_table(table, positions):
            if shape is not None:
                yield name, shape


def _of_table(table: Any, positions: npt.NDArray[np.intp]) -> Iterator[tuple[object, bytes | None]]:
    if isinstance(table, pd.DataFrame):
        held = content.columns(table)
        for i in sorted(range(len(held)), key=lambda i: not content.numeric(held[i].dtype)):
            yield table.columns[i], content.shape(held[i].take(positions))
    elif isinstance(table, pd.Series):
        yield table.name, content.shape(table.array.take(positions))
    elif isinstance(table, np.ndarray) and table.ndim and table.dtype.kind in "biuf":
        some = table[positions].reshape(len(positions), -1).T[: content.MOST_COLUMNS]
        for start in range(0, len(some), AT_ONCE):
            yield from ((None, shape) for shape in content.shapes(some[start : start + AT_ONCE]))
    else:
        for column in content.columns(content.take(table, positions)):
            yield None, content.shape(column)


def _identity(index: pd.Index[Any]) -> object:
    """What an index shares with its own views, and with no other index."""
    found = getattr(index, "_id", None)
    if found is None:
        index.view()  # pandas gives the identity when it is first asked for
        found = getattr(index, "_id", None)
    return index if found is None else found


def _table(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def _plain(frame: pd.DataFrame) -> bool:
    return all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in frame.dtypes)
