"""The state of one traced call, and what every hook asks of it."""

from __future__ import annotations

import functools
import os
import sys
import warnings
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import content
from .book import Book
from .by_hand import (
    AVERAGE_PRECISION,
    OF_DECISIONS,
    OF_NUMBERS,
    OF_OUTCOMES,
    OF_PROBABILITIES,
    PINBALL,
    ROC_AUC,
    area,
    average_precision,
    of_classes,
    of_numbers,
    order,
)
from .content import Hashes, Ints
from .log import Event, Log, Place
from .origins import Origins

Floats = npt.NDArray[np.float64]
Judge = Callable[[Ints, Floats], float | None]  # a metric of the numbers told for some rows
MOST_SCORES = 300
FEW = 8  # values among sixteen that may be names of classes
MOST_COLUMNS = 200  # classes whose probabilities are told apart
SAME = 1e-9
MOST_CALLS = 6  # lines by which calls are told apart
MOST_FEW = 20_000  # answers to few rows each that are kept until it shows which these are
MOST_COEFFICIENTS, MOST_MODELS = 100_000, 2000  # of one model, and models whose coefficients are known
MOST_IN_ORDER = 24  # unknown tables that are looked for as rows in order
MOST_BY_HAND = 60  # answers whose score is computed where no metric was seen
LOSSES = frozenset({*OF_NUMBERS, *OF_OUTCOMES, PINBALL})  # and R2
MOST_NUMBERS = 3_000_000  # probabilities of classes kept for that


@dataclass
class Table:
    """A table as a hook found it: its rows, what they hold, the labels and the weights beside it."""

    x: Any
    rows: Ints | None
    hashes: Hashes | None
    labels: Hashes | None = None
    label_column: str = ""
    via: list[int] = field(default_factory=list)
    weights: Hashes | None = None

    def part(self, at: Any) -> Table:
        """The table of some of its rows, by position."""
        rows, hashes, labels, weights = (
            None if some is None else some[at] for some in (self.rows, self.hashes, self.labels, self.weights)
        )
        return Table(None, rows, hashes, labels, self.label_column, self.via, weights)

    @property
    def beside(self) -> str:
        """A short name for the labels and weights: a model is fitted on both."""
        told = [some for some in (self.labels, self.weights) if some is not None]
        return content.digest(np.concatenate(told) if told else None)


@dataclass
class Validation:
    """A function of a library that splits, fits and judges inside: what it was called with."""

    how: str
    model: str
    parts: list[str]
    table: Table
    place: Place
    splitter: Any = None  # an object with a split of its own, where one was handed over
    listed: bool = False  # the folds themselves were handed over, which scikit-learn wraps
    judged: list[int] = field(default_factory=list)
    positions: list[Any] = field(default_factory=list)
    trained: list[int] = field(default_factory=list)  # how many rows each fold was fitted on
    split_seen: bool = False

    def split_by(self, splitter: Any) -> bool:
        """Whether the folds are this splitter's: a splitter of the candidate's own may ask another one first."""
        if self.split_seen or (self.listed and type(splitter).__name__ != "_CVIterableWrapper"):
            return False
        return self.splitter is None or splitter is self.splitter


class Tracer:
    """One call of the candidate's function.  Nothing here may change its result, or let it fail."""

    def __init__(self, folder: str) -> None:
        self._root = os.path.join(os.path.realpath(folder), "")
        self._paths: dict[str, str | None] = {}
        self.depth = 0  # of library calls: what a library does inside one call is its own business
        self.busy = True  # until there are rows to follow
        self.splitting = False
        self.metric, self.sought = ROC_AUC, True
        self.quantile: float | None = None
        self.validation: Validation | None = None
        self.predicted: list[tuple[Event, Ints, Floats]] = []
        self._measured: list[tuple[Event, Ints, Floats]] = []  # what metrics were asked about
        self._of_classes: dict[int, Floats] = {}  # probabilities, by the event that told them
        self.unplaced: list[tuple[Event, Floats]] = []  # scores for rows that only a metric's labels may tell
        self.place_claim: Callable[[float], None] = lambda _: None  # the claim to its rows, where none were looked for
        self.link: Callable[[Mapping[str, float]], None] = lambda _: None  # the claim to what was computed by hand
        self._fits: dict[int, tuple[Any, int]] = {}
        self._parts: dict[int, tuple[Any, int]] = {}  # what a fitted object holds that came of the same fit
        self._seen: dict[
            int, tuple[Any, Ints | None, npt.NDArray[np.bool_] | None]
        ] = {}  # rows put together, and which
        self._boxed: dict[int, tuple[Any, Table]] = {}
        self._in_order = self._answered = 0
        self._few: dict[tuple[Place, int, str], tuple[Event | None, list[Any]]] = {}  # answers to few rows each
        self._coefficients: dict[bytes, int] = {}  # of fitted models, and which fit

    def begin(
        self,
        data: pd.DataFrame,
        metric: str = ROC_AUC,
        copies: Sequence[Sequence[int]] | None = None,
        sought: bool = True,
        quantile: float | None = None,
        target: str = "",
    ) -> None:
        """Follow these rows through a call whose claim is of this metric, by the key that evaluate returns.

        copies: rows that equal an earlier one, each with that one, where that is known.
        sought: whether numbers that were worked out by hand are tried for the claim.
        quantile: the one that a pinball loss is of.
        target: the column that the claim is about; empty where any may be.
        """
        self.metric, self.sought, self.quantile = metric, sought, quantile
        self.book = Book(data, copies, target)
        self.log = Log(len(data), self.book.copies)
        self.origins = Origins(self.book.data, self.book.copies)
        self.busy = False

    def finish(self, claims: Mapping[str, float]) -> str:
        """The account as JSON text; empty where it could not be made."""
        self.quietly(self.place_few)
        if (claim := claims.get(self.metric)) is not None:
            self.quietly(self.place_claim, claim)
        self.quietly(self._judge_by_hand, claim)
        self.quietly(self._rank)
        self.quietly(self.link, claims)
        self.busy = True
        try:
            return self.log.text(claims)
        except Exception:
            return ""

    def quietly(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """Do something of the tracer's own; what goes wrong in it is nobody else's concern."""
        return self.calmly(_unwarned, action, *arguments)

    def calmly(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """The same for what warns of nothing and is done for each value: silence takes longer than it does."""
        self.busy = True
        try:
            return action(*arguments)
        except Exception as error:
            told = arguments[0] if action is _unwarned else action
            name = f"{getattr(told, '__name__', '')}: {type(error).__name__}"[:80]
            with suppress(Exception):
                self.log.lost[name] = self.log.lost.get(name, 0) + 1
            return None
        finally:
            self.busy = False

    @property
    def idle(self) -> bool:
        """Whether the candidate's own code is what runs now."""
        return not self.busy and self.depth == 0

    # --- where ----------------------------------------------------------------------------------------

    def place(self) -> Place:
        """The innermost line of the candidate's own files on the stack."""
        frame = sys._getframe(1)
        while frame is not None:
            path = self._path(frame.f_code.co_filename)
            if path is not None:
                return path, frame.f_lineno
            frame = frame.f_back  # type: ignore[assignment]  # ends with None
        return None

    def calls(self) -> tuple[Place, ...]:
        """The innermost lines of the candidate's own files on the stack: where it happens, and who asked for it."""
        frame, found = sys._getframe(1), list[Place]()
        while frame is not None and len(found) < MOST_CALLS:
            path = self._path(frame.f_code.co_filename)
            if path is not None:
                found.append((path, frame.f_lineno))
            frame = frame.f_back  # type: ignore[assignment]  # as above
        return tuple(found)

    def _path(self, name: str) -> str | None:
        if name not in self._paths:
            real = os.path.realpath(name)
            inside = real.startswith(self._root) and os.path.isfile(real)  # not what `exec` was given for a name
            self._paths[name] = real[len(self._root) :].replace(os.sep, "/") if inside else None
        return self._paths[name]

    # --- what -----------------------------------------------------------------------------------------

    def table(self, x: Any, y: Any = None, hashed: bool = True) -> Table:
        """What is known of a table handed to a library, with its labels; what it holds only if `hashed`."""
        boxed = self._boxed.get(id(x))
        if boxed is not None and boxed[0]() is x:
            return boxed[1]
        rows = self.book.rows(x, y)
        if rows is None and y is not None:
            rows = self.book.rows(y)
        if rows is None and self._in_order < MOST_IN_ORDER:
            self._in_order += 1
            rows = self.book.in_order(x, y)
        hashes = content.row_hashes(x) if hashed else None
        via = [] if rows is None else self.origins.of(x, rows)
        if y is None:
            return Table(x, rows, hashes, via=via)
        labels = content.row_hashes(y) if hashed else None
        return Table(x, rows, hashes, labels, self.book.named(y, rows), via)

    def box(self, thing: Any, table: Table) -> None:
        """A library's own container holds this table from now on."""
        self._boxed[id(thing)] = weakref.ref(thing), table

    def label(self, table: Table, y: Any) -> None:
        """A table in a library's own container gets its labels."""
        table.rows = self.book.rows(y) if table.rows is None else table.rows
        table.labels, table.label_column = content.row_hashes(y), self.book.named(y, table.rows)

    def weigh(self, box: Any, numbers: Any) -> None:
        """A table in a library's own container gets a number for each row: its weight, or the score it starts from."""
        held, table = self._boxed.get(id(box), (None, None))
        if held is not None and held() is box and table is not None and numbers is not None:
            table.weights = content.mixed(table.weights, content.row_hashes(numbers))

    def fitted(self, model: Any, fit: Event | None) -> None:
        if fit is not None and model is not None:
            self._fits[id(model)] = weakref.ref(model), fit["id"]

    def same_fit(self, model: Any, other: Any, part: bool = False) -> None:
        """A copy of a fitted object, or a part of it, comes of the same fit and has seen the same rows."""
        fit = self.fit_of(model)
        if fit < 0 or not hasattr(other, "__weakref__"):
            return
        reference = weakref.ref(other)
        whole = not part and self.own_fit_of(model) >= 0
        self._fits.pop(id(other), None)
        (self._fits if whole else self._parts)[id(other)] = reference, fit
        if (seen := self._seen.get(id(model))) is not None and seen[0]() is model:
            self._seen[id(other)] = reference, *seen[1:]

    def fit_of(self, model: Any) -> int:
        """The fit this model comes from; -1 where it is not known."""
        own = self.own_fit_of(model)
        return own if own >= 0 else _held(self._parts, model)

    def own_fit_of(self, model: Any) -> int:
        """The same, of what was fitted itself and not as a part of something else."""
        return _held(self._fits, model)

    def know_coefficients(self, held: Any, fit: int) -> None:
        """A product of a table with these is an answer of this model, as good as one it was asked for."""
        if isinstance(held, np.ndarray) and held.size <= MOST_COEFFICIENTS and len(self._coefficients) < MOST_MODELS:
            for part in (held, *held) if held.ndim == 2 else (held,):
                self._coefficients[_bytes(part)] = fit

    def multiplied(self, left: Any, right: Any, result: Any) -> None:
        """A candidate's own code multiplied a table with some numbers: maybe the coefficients of a model, also with an
        intercept before or behind them."""
        factors = np.asarray(right)
        if factors.dtype.kind != "f" or factors.size > MOST_COEFFICIENTS or factors.ndim not in (1, 2):
            return
        parts = (factors.T, *((factors[1:], factors[:-1]) if factors.ndim == 1 else ()))
        fit = next((self._coefficients[key] for key in map(_bytes, parts) if key in self._coefficients), None)
        if fit is not None and content.length(left) == content.length(result) >= content.FEWEST:
            told = np.asarray(result)
            told = told.sum(axis=1) if told.ndim > factors.ndim else told  # number by number
            self.log_predicted("coef_", fit, self.table(left, hashed=False), told, self.place())

    @property
    def multiplies(self) -> bool:
        """Whether products are worth a look."""
        return bool(self._coefficients)

    def seen(self, model: Any, rows: Ints | None, start: Any, frozen: Iterable[Any] = ()) -> Ints | None:
        """All rows that a model holds something of after a fit on these: those of the one it starts from, and of the
        fitted models that it keeps as they are, too."""
        if not hasattr(model, "__weakref__"):
            return rows
        held, before, earlier = self._seen.get(id(start), (None, None, None))
        there = None if rows is None else self._there(rows)
        known = held is not None and held() is start is not None
        if known and rows is not None and there is not None and earlier is not None:
            both = there | earlier
            if (both != there).any():
                if before is None or (both != earlier).any() or (rows < 0).any():
                    before = self._all(both, rows)
                self._seen[id(model)] = weakref.ref(model), before if (before >= 0).all() else None, both
                return before
        for one in frozen:
            kept, _, own = self._seen.get(id(one), (None, None, None))
            if kept is not None and kept() is one and own is not None and there is not None and rows is not None:
                there |= own
                rows = self._all(there, rows)
        self._seen[id(model)] = weakref.ref(model), None, there
        return rows

    @staticmethod
    def _all(there: npt.NDArray[np.bool_], rows: Ints) -> Ints:
        """Known rows, and as many unknown ones as before."""
        return np.concatenate([np.flatnonzero(there).astype(np.int32), rows[rows < 0]])

    def _there(self, rows: Ints) -> npt.NDArray[np.bool_]:
        there = np.zeros(self.book.n, np.bool_)
        there[rows[rows >= 0]] = True
        return there

    def log_fit(self, kind: str, role: str, table: Table, place: Place, **more: Any) -> Event | None:
        """One fit, on the rows of `table` in their order."""
        return self.log.add(
            "fits",
            place,
            kind=kind[:60],
            role=role,
            rows=self.log.set(more.pop("rows", table.rows)),
            labels=table.label_column,
            fed=table.labels is not None,
            x=content.digest(table.hashes),
            y=table.beside,
            via=table.via[:50],
            parts=more.pop("parts", [])[:20],
            columns=content.marks(table.x),
            stopped_on=-1,
            kept=-1,
            tried=more.pop("tried", 0),
            within=more.pop("within", ""),
        )

    def stopped(self, fit: Event, booster: Any, watched: Ints) -> None:
        """A booster stopped by its scores on these rows, and has kept the best of them."""
        fit["stopped_on"] = self.log.set(watched)
        for value in list(numbers_in(getattr(booster, "best_score", None) or getattr(booster, "best_score_", None)))[
            :6
        ]:
            self.log_judged("best_score", watched, self.place(), fit=fit["id"], value=value)

    def watched(self, fit: Event, booster: Any, sets: Sequence[Ints | None], stopped: bool, history: Any) -> None:
        """A booster was shown these sets beside those it was trained on; `stopped`: whether it did so by them."""
        known = [rows for rows in sets if rows is not None]
        if known and stopped:
            self.stopped(fit, booster, np.concatenate(known))
        self._told(fit, sets, history)

    def _told(self, fit: Event, sets: Sequence[Ints | None], history: Any) -> None:
        """What a booster says of each set that it was shown beside those it was trained on: a number, or one for each
        round, by set and metric."""
        every = history.items() if isinstance(history, Mapping) else ()
        named = [(name, metrics) for name, metrics in every if name not in ("training", "learn")]
        if len(named) != len(sets):
            return
        for rows, (name, metrics) in zip(sets, named, strict=True):
            for metric, values in metrics.items():
                series = values if isinstance(values, list) else [values]
                shown = {"most": max(series), "least": min(series), "last": series[-1]}
                for when, value in shown.items():
                    how = f"{name} {metric}, {when}"
                    self.log_judged(how, rows, self.place(), fit=fit["id"], value=value)

    def log_judged(self, how: str, rows: Ints | None, place: Place, **more: Any) -> Event | None:
        """One judgement of a model, or of scores, on these rows."""
        value = more.get("value")
        return self.log.add(
            "judged",
            place,
            how=how[:60],
            fit=more.get("fit", -1),
            rows=self.log.set(rows),
            value=float(value) if isinstance(value, (float, int)) and np.isfinite(value) else None,
            of=more.get("of", [])[:200],
            via=more.get("via", [])[:50],
            scores=more.get("scores", ""),
        )

    def log_predicted(self, how: str, fit: int, table: Table, output: Any, place: Place) -> None:
        """A model's scores for these rows; kept, so that a metric on them is known as its judgement."""
        values, rows = one_column(output), table.rows
        if rows is None and values is not None and 0 < len(values) < content.FEWEST and self._answered < MOST_FEW:
            self._answered += 1
            kept = self._few.get((place, fit, how)) or (self.log_judged(how, None, place, fit=fit), list[Any]())
            self._few[place, fit, how] = kept
            kept[1].append((table.x, values))
            return
        scores = self.log.scores(rows, values)
        event = self.log_judged(how, rows, place, fit=fit, scores=scores, via=table.via)
        if event is not None and values is not None and rows is None:
            self.unplaced = [*self.unplaced[-50:], (event, values)]
        if event is None or rows is None or values is None or len(values) != len(rows):
            return
        self.predicted.append((event, rows, values))
        del self.predicted[:-MOST_SCORES]
        self.book.answered(rows, values)
        self._keep_classes(event, output)
        for column in each_column(output) if fit >= 0 else ():
            if len(np.unique(column[:100])) > 2:  # answers that another model may be given as a feature
                self.origins.made(fit, column, rows)

    def measured(self, event: Event | None, rows: Ints | None, scores: Floats | None, given: Any) -> None:
        """A metric was told what was `given` for these rows, which is `scores` as one number a row."""
        if self.metric in LOSSES and event is not None and rows is not None and scores is not None:
            self._measured = [*self._measured[1 - MOST_SCORES :], (event, rows, scores)]
            self._keep_classes(event, given)

    def place_few(self, wanted: int = 0) -> None:
        """Answers to few rows each: all of these rows that were asked about at one line show together which they are.
        Nothing is done where they are not so many as are `wanted`."""
        at_line: dict[Place, list[Any]] = {}
        for key, kept in self._few.items():
            at_line.setdefault(key[0], []).append((key, *kept))
        for models in at_line.values():
            tables = [x for *_, told in models for x, _ in told]
            if sum(map(content.length, tables)) < max(wanted, content.FEWEST):
                continue
            frames = all(isinstance(x, pd.DataFrame) for x in tables)
            rows = self.book.rows(pd.concat(tables) if frames else np.concatenate([np.asarray(x) for x in tables]))
            start = 0
            for key, event, told in models:
                del self._few[key]
                values = np.concatenate([some for _, some in told])
                own = None if rows is None else rows[start : start + len(values)]
                start += len(values)
                if event is not None and own is not None:
                    event["rows"], event["scores"] = self.log.set(own), self.log.scores(own, values)
                    self.predicted.append((event, own, values))

    def _keep_classes(self, event: Event, output: Any) -> None:
        array = np.asarray(output)
        if array.ndim == 2 and array.shape[1] > 2 and array.dtype.kind == "f":
            self._of_classes[event["id"]] = array.astype(np.float64)
            while sum(kept.size for kept in self._of_classes.values()) > MOST_NUMBERS:
                del self._of_classes[next(iter(self._of_classes))]

    def sources(self, rows: Ints, scores: Floats) -> Iterator[int]:
        """The predictions these scores consist of, by their values at the same rows."""
        at = np.full(self.book.n, -1)
        at[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
        for event, own, values in self.predicted[::-1][:120]:
            if len(own) > len(rows) and same_where(own, values, rows, scores):
                yield event["id"]
            if not len(own) or own[0] < 0 or at[own[0]] < 0 or scores[at[own[0]]] != values[0]:
                continue  # most are told apart by their first row
            some = np.linspace(0, len(own) - 1, min(len(own), 16)).astype(np.intp)
            if len(np.unique(values[some])) <= FEW:  # classes: two models often say the same of sixteen rows
                some = np.arange(len(own))
            places = at[own[some]]
            if (own[some] >= 0).all() and (places >= 0).all() and np.array_equal(scores[places], values[some]):
                yield event["id"]

    def _judge_by_hand(self, claim: float | None) -> None:
        """The metric of answers that no metric was seen to judge, so that a claim computed by hand finds its model; of
        all answers where no value seen is the claim, as they may have been judged by another metric too."""
        events = self.log.events
        told = [event["value"] for event in events["judged"] if event["value"] is not None]
        seen = claim is None or any(abs(abs(value) - abs(claim)) <= SAME * max(1.0, abs(claim)) for value in told)
        judged = {number for event in events["judged"] for number in event["of"]} if seen else set()
        labels = self._target()
        if not labels:
            return
        judge = self._judge(labels)
        if judge is None:
            return
        of_several = self.metric in {**OF_PROBABILITIES, **OF_DECISIONS}
        for event, rows, values in self.predicted[-MOST_BY_HAND:]:
            if event["id"] not in judged and event["value"] is None and (rows >= 0).all():
                value = judge(rows, self._of_classes.get(event["id"], values) if of_several else values)
                made = self.log_judged("by hand", rows, None, value=value, of=[event["id"]])
                if made is not None:
                    made["place"] = event["place"]

    def _target(self) -> str:
        """The column of the data that models were given as labels; empty where none is known."""
        fits = self.log.events["fits"][::-1]
        return next((fit["labels"] for fit in fits if fit["role"] == "model" and fit["labels"]), "")

    def _rank(self) -> None:
        """How well answers put their rows in the order of the target, where the metric is a loss: a loss itself does
        not tell whether anything was learnt, as an honest one on labels that mean nothing is beyond the constant's."""
        labels = self._target()
        if self.metric not in LOSSES or not labels:
            return
        truth_of, classes = self.book.classes(labels)
        numbers = self.book.values(labels)
        for event, rows, values in (*self.predicted, *self._measured):
            if (rows < 0).any() or len(rows) < content.FEWEST:
                continue
            told = self._of_classes.get(event["id"])
            rank = None
            if told is not None and told.shape[1] == len(classes):
                rank = of_classes("roc_auc_ovr", truth_of[rows], told, [0.0] * len(classes))
            elif len(classes) == 2:
                rank = area(truth_of[rows] == 1, values)
            elif told is None and numbers is not None:
                rank = order(numbers[rows], values)
            if rank is not None and np.isfinite(rank):
                event["rank"] = rank

    def _judge(self, labels: str) -> Judge | None:
        """The metric of what is told for some rows against this column; None where it is not known by hand."""
        truth_of, classes = self.book.classes(labels)
        if len(classes) > 2 and self.metric in {**OF_PROBABILITIES, **OF_DECISIONS}:
            names = [number_of(name) for name in classes]
            return lambda rows, told: of_classes(self.metric, truth_of[rows], told, names)
        codes = self.book.column(labels)
        positive = codes == codes.max()
        if self.metric == ROC_AUC:
            return lambda rows, told: area(positive[rows], told)
        if self.metric == AVERAGE_PRECISION:
            return lambda rows, told: average_precision(positive[rows], told)
        truth = positive.astype(np.float64) if self.metric in OF_OUTCOMES else self.book.values(labels)
        metric = OF_OUTCOMES.get(self.metric) or of_numbers(self.metric, self.quantile)
        return None if metric is None or truth is None else lambda rows, told: metric(truth[rows], told)


def _unwarned(action: Callable[..., Any], *arguments: Any) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return action(*arguments)


def numbers_in(value: Any) -> Iterator[float]:
    """The numbers in what may be one, or a dictionary of such by name."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers_in(inner)
    elif isinstance(value, (int, float)):
        yield float(value)


def same_where(own: Ints, values: Floats, rows: Ints, scores: Floats) -> bool:
    """Whether what was answered for many rows is what was scored of a part of them."""
    first = np.flatnonzero(own == rows[0])[:1]
    if rows[0] < 0 or not len(first) or values[first[0]] != scores[0]:
        return False  # most are told apart by their first row
    order = np.argsort(own, kind="stable")
    at = order[np.minimum(np.searchsorted(own[order], rows), len(own) - 1)]
    return bool((own[at] == rows).all() and np.array_equal(values[at], scores))


def _bytes(numbers: Any) -> bytes:
    return np.ascontiguousarray(numbers, np.float64).tobytes()


def _held(fits: Mapping[int, tuple[Any, int]], model: Any) -> int:
    found = fits.get(id(model))
    return found[1] if found is not None and found[0]() is model else -1


def around(tracer: Tracer, original: Callable[..., Any], after: Callable[..., None]) -> Callable[..., Any]:
    """The original call, then `after(result, args, kwargs)` where the candidate's own code made it."""

    @functools.wraps(original)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        if not tracer.idle:
            return original(*args, **kwargs)
        tracer.depth += 1
        try:
            result = original(*args, **kwargs)
        finally:
            tracer.depth -= 1
        tracer.quietly(after, result, args, kwargs)
        return result

    return hooked


def replace(owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put a wrapped function in the place of `owner`'s own."""
    setattr(owner, name, wrap(getattr(owner, name)))


def one_column(output: Any) -> Floats | None:
    """Answers as one number a row, equal where they are: of two columns the second, of more a sum that tells them
    apart, of names a number each."""
    array = np.asarray(output)
    if array.ndim == 1 and array.dtype.kind in "OUS":
        return _numbered(array)
    if array.dtype.kind not in "biuf" or array.ndim not in (1, 2) or 0 in array.shape:
        return None
    if array.ndim == 1:
        return array.astype(np.float64)
    if array.shape[1] <= 2:
        return np.asarray(array[:, -1], np.float64)
    found = np.zeros(len(array))
    for number, column in enumerate(array.T[:MOST_COLUMNS]):  # one by one: the same in whatever order they lie
        found += column.astype(np.float64) * np.sqrt(number + 2)
    return found


def _numbered(names: npt.NDArray[Any]) -> Floats | None:
    """A number for each name, the same for equal ones; None for what are too many to be classes."""
    codes, known = pd.factorize(names)
    if len(known) > MOST_COLUMNS or (codes < 0).any():
        return None
    return np.array([number_of(name) for name in known])[codes]


def number_of(name: Any) -> float:
    """A number that stands for a name; a number stands for itself."""
    return float(name) if isinstance(name, (int, float, np.number)) else float(zlib.crc32(str(name).encode()))


def each_column(output: Any) -> Iterator[Floats]:
    """The columns of answers that have several, else the one that stands for them."""
    array = np.asarray(output)
    if array.dtype.kind in "biuf" and array.ndim == 2 and 2 < array.shape[1] <= MOST_COLUMNS:
        yield from np.asarray(array.T, np.float64)
    elif (values := one_column(output)) is not None:
        yield values
