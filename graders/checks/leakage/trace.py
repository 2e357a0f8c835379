"""The account of a traced run, read strictly: a candidate's process wrote it, so it is hostile text like any other."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from graders.model.arrays import IntArray
from graders.model.case import NotApplicable
from graders.words import say

MAX_TEXT = 4 << 20
MAX_EVENTS, MAX_NAME, MAX_LIST = 5000, 200, 400
MAX_NUMBER = 10**7
MAX_MARK = 2**32
SCORE_BYTES = 3

Event = TypeVar("Event")


#: Also of cases that an earlier version stored, which watched another run, and are judged anew.
NO_ACCOUNT = say("no watched run of evaluate on the real labels is on record, so this was not measured")


class Malformed(ValueError):
    """The text is no account of the tracer."""


@dataclass(frozen=True)
class Place:
    """A line of a runnable file, as the tracer names it."""

    path: str
    line: int


@dataclass(frozen=True, eq=False)
class Rows:
    """A set of public rows.

    members: their positions, rising.  unknown: how many more rows the table had that are no known row of the
    data.  repeated: how often a row came once more than the data holds it.
    """

    members: IntArray
    unknown: int = 0
    repeated: int = 0

    def __len__(self) -> int:
        return len(self.members)


@dataclass(frozen=True, eq=False)
class Fit:
    """Something fitted: a model, a transformer, a resampler, a search, or a statistic by group.

    labels: the column of the data given as labels, empty if it is none of them; fed: whether any were given.
    x, y: digests of what it was fitted on.  via: fits whose output it was given.  stopped_on: rows that decided
    when a booster stopped.  tried: candidates of a search.  within: the function of a library it happened in.
    kept: rows that a resampler left.  columns: a number for each column of `x`, equal where the column is.
    """

    id: int
    at: int
    place: Place | None
    kind: str
    role: str
    rows: Rows | None
    labels: str = ""
    fed: bool = False
    x: str = ""
    y: str = ""
    via: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    stopped_on: Rows | None = None
    tried: int = 0
    within: str = ""
    kept: Rows | None = None
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Judgement:
    """A judgement: predictions of a fit, or a metric (`value`) on the predictions named in `of`.

    scores: three bytes for each of `rows.members`, equal where the score is; empty where not kept.
    rank: how often the answers put two rows in the order of the target, .5 by chance; of losses alone.
    """

    id: int
    at: int
    place: Place | None
    how: str
    fit: int | None
    rows: Rows | None
    value: float | None = None
    of: tuple[int, ...] = ()
    via: tuple[int, ...] = ()
    scores: bytes = b""
    rank: float | None = None


@dataclass(frozen=True, eq=False)
class Split:
    id: int
    at: int
    place: Place | None
    kind: str
    train: Rows | None
    test: Rows | None


@dataclass(frozen=True, eq=False)
class Table:
    """A table of numbers that the candidate's own code made from a part of the rows."""

    id: int
    at: int
    place: Place | None
    rows: Rows | None
    x: str


@dataclass(frozen=True, eq=False)
class Trace:
    """What happened in one traced call, in `at` order; events of one kind are numbered by `id` from 0.

    metric: the claim that counts.  loss, rooted: whether less of it is better, and whether it is a root.
    """

    rows: int
    fits: tuple[Fit, ...] = ()
    judged: tuple[Judgement, ...] = ()
    splits: tuple[Split, ...] = ()
    tables: tuple[Table, ...] = ()
    claims: Mapping[str, float] = field(default_factory=dict)
    lost: int = 0
    metric: str = "roc_auc"
    loss: bool = False
    rooted: bool = False


def read(text: str, rows: int) -> Trace:
    """The account in `text` of a run on `rows` rows; NotApplicable where there is none that can be read."""
    if not text:
        raise NotApplicable(NO_ACCOUNT)
    try:
        return _Reader(_parsed(text), rows).trace()
    except (Malformed, RecursionError) as error:
        raise NotApplicable(say("the traced run left an account that cannot be read")) from error


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise Malformed("too long")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Malformed("no JSON") from error
    return _dict(found)


class _Reader:
    """One pass over a parsed account; every getter raises Malformed for what is not as agreed."""

    def __init__(self, account: dict[str, Any], rows: int) -> None:
        if account.get("version") != 1 or account.get("rows") != rows:
            raise Malformed("another version, or other rows")
        self._account, self._n = account, rows
        self._places = [_place(item) for item in _list(account.get("places"), MAX_EVENTS)]
        self._sets = [self._set(_dict(item)) for item in _list(account.get("sets"), MAX_EVENTS)]

    def trace(self) -> Trace:
        lost = _dict(self._account.get("lost"))
        return Trace(
            self._n,
            tuple(self._events("fits", self._fit)),
            tuple(self._events("judged", self._judged)),
            tuple(self._events("splits", self._split)),
            tuple(self._events("tables", self._table)),
            {_text(name): _number(value) for name, value in _dict(self._account.get("claims")).items()},
            sum(_int(count) for count in lost.values()),
        )

    def _events(self, kind: str, build: Callable[[dict[str, Any]], Event]) -> Iterator[Event]:
        for number, item in enumerate(_list(self._account.get(kind), MAX_EVENTS)):
            event = _dict(item)
            if event.get("id") != number:
                raise Malformed("events out of order")
            yield build(event)

    def _common(self, event: dict[str, Any]) -> tuple[int, int, Place | None]:
        place = _int(event.get("place"), -1, len(self._places) - 1)
        return _int(event["id"]), _int(event.get("at")), None if place < 0 else self._places[place]

    def _fit(self, event: dict[str, Any]) -> Fit:
        number, at, place = self._common(event)
        return Fit(
            *(number, at, place, _text(event.get("kind")), _text(event.get("role")), self._rows(event, "rows")),
            labels=_text(event.get("labels")),
            fed=event.get("fed") is True,
            x=_text(event.get("x")),
            y=_text(event.get("y")),
            via=tuple(_int(fit, 0, number - 1) for fit in _list(event.get("via"), MAX_LIST)),
            parts=tuple(_text(part) for part in _list(event.get("parts"), MAX_LIST)),
            stopped_on=self._rows(event, "stopped_on"),
            tried=_int(event.get("tried")),
            within=_text(event.get("within")),
            kept=self._rows(event, "kept"),
            columns=tuple(_int(one, 0, MAX_MARK) for one in _list(event.get("columns"), MAX_LIST)),
        )

    def _judged(self, event: dict[str, Any]) -> Judgement:
        number, at, place = self._common(event)
        fits = len(_list(self._account.get("fits"), MAX_EVENTS))
        fit = _int(event.get("fit"), -1, fits - 1)
        rows, value = self._rows(event, "rows"), event.get("value")
        return Judgement(
            *(number, at, place, _text(event.get("how")), None if fit < 0 else fit, rows),
            value=None if value is None else _number(value),
            of=tuple(_int(one, 0, MAX_EVENTS) for one in _list(event.get("of"), MAX_LIST) if _int(one) < number),
            via=tuple(_int(one, 0, fits - 1) for one in _list(event.get("via"), MAX_LIST)),
            scores=_scores(event.get("scores"), rows),
            rank=None if event.get("rank") is None else _number(event["rank"]),
        )

    def _split(self, event: dict[str, Any]) -> Split:
        kind = _text(event.get("kind"))
        return Split(*self._common(event), kind, self._rows(event, "train"), self._rows(event, "test"))

    def _table(self, event: dict[str, Any]) -> Table:
        return Table(*self._common(event), self._rows(event, "rows"), _text(event.get("x")))

    def _rows(self, event: dict[str, Any], key: str) -> Rows | None:
        number = _int(event.get(key), -1, len(self._sets) - 1)
        return None if number < 0 else self._sets[number]

    def _set(self, item: dict[str, Any]) -> Rows:
        size = (self._n + 7) // 8
        raw = _bytes(item.get("bits"))
        try:
            unpacked = zlib.decompressobj().decompress(raw, size + 1)
        except zlib.error as error:
            raise Malformed("a set that cannot be unpacked") from error
        if len(unpacked) != size:
            raise Malformed("a set of other rows")
        bits = np.unpackbits(np.frombuffer(unpacked, np.uint8))
        members = np.flatnonzero(bits[: self._n]).astype(np.int64)
        return Rows(members, _int(item.get("unknown")), _int(item.get("repeated")))


def _dict(item: object) -> dict[str, Any]:
    if not isinstance(item, dict) or len(item) > MAX_LIST:
        raise Malformed("no object")
    return item


def _list(item: object, most: int) -> list[Any]:
    if not isinstance(item, list) or len(item) > most:
        raise Malformed("no list")
    return item


def _text(item: object) -> str:
    if not isinstance(item, str) or len(item) > MAX_NAME or not item.isprintable():
        raise Malformed("no name")
    return item


def _int(item: object, low: int = 0, high: int = MAX_NUMBER) -> int:
    if type(item) is not int or not low <= item <= high:
        raise Malformed("no number")
    return item


def _number(item: object) -> float:
    if type(item) not in (int, float):
        raise Malformed("no number")
    try:
        value = float(item)  # type: ignore[arg-type]  # one of two types of number
    except OverflowError as error:
        raise Malformed("no number") from error
    if not math.isfinite(value):
        raise Malformed("no number")
    return value


def _place(item: object) -> Place:
    path, line = [*_list(item, 2), None, None][:2]
    return Place(_text(path), _int(line, 1))


def _bytes(item: object) -> bytes:
    if not isinstance(item, str):
        raise Malformed("no bytes")
    try:
        return base64.b64decode(item, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("no bytes") from error


def _scores(item: object, rows: Rows | None) -> bytes:
    found = _bytes(item)
    if found and (rows is None or len(found) != SCORE_BYTES * len(rows)):
        raise Malformed("scores of other rows")
    return found
