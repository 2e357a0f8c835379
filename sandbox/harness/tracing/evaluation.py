"""Hooks in what splits rows and what judges scores: splitters, cross-validation, metrics."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from . import content
from .book import UNKNOWN
from .content import NEARLY_ALL, Ints
from .estimators import MARK, descendants, know_parts, parts
from .judging import Places
from .log import Event
from .tracer import SAME, Floats, Tracer, Validation, around, one_column

VALIDATIONS = ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve")
OPAQUE = ("validation_curve", "permutation_test_score")
MOST_ASKED = 60  # judgements by one way of calls whose rows are looked for: a bootstrap asks for hundreds
MOST_LOGGED = 1000  # of which at least the value is put down
MOST_NUMBERS = 3_000_000  # labels kept, with their scores, until the claim is known
MOST_PLACED = 400  # judgements at the line of the claim that get the rows of others by the same labels
MOST_POOLED = 100  # predictions put behind each other for one metric
MOST_TOGETHER = 12  # the last answers that judged numbers of unknown rows may be made of, and the last such numbers
MOST_KEPT = 6  # scores kept of these, where they are not those of a model that was seen
CURVES = ("roc_curve", "precision_recall_curve", "det_curve")


@dataclass(eq=False)
class Answers:
    """Answers to some rows, from which numbers by group may have been made."""

    events: list[int]
    rows: Ints
    values: Floats
    groups_of: Callable[[Ints], list[Places]]

    @cached_property
    def _columns(self) -> list[Places]:
        """In which group each row is, by each column of the data."""
        return self.groups_of(self.rows)

    def gave(self, scores: Floats) -> bool:
        """Whether these are sums of some answers each, or the mean of those in each group by one column."""
        if len(scores) >= len(self.values) or (self.values == np.round(self.values)).all():
            return False  # sums of small whole numbers are often equal
        if np.isclose(scores.sum(), self.values.sum(), SAME, 0.0):
            return True
        ordered = np.sort(scores)
        return any(
            np.allclose(ordered, np.sort(np.bincount(own, self.values) / np.bincount(own)), SAME, 0.0)
            for own in self._columns
            if own.max() + 1 == len(scores)
        )


class Evaluation:
    """Follows how rows are split, and which scores are judged on which rows."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._curve: Any = None
        self._asked: dict[Any, int] = {}
        self._kept: list[tuple[Event, Any, Any]] = []  # what was judged, by which labels and scores
        self._numbers_kept = 0

    def install(self) -> None:
        import sklearn.model_selection as selection  # noqa: PLC0415
        from sklearn import metrics  # noqa: PLC0415  (only where the submission names the library)
        from sklearn.metrics import _scorer  # noqa: PLC0415
        from sklearn.model_selection import _split  # noqa: PLC0415

        importlib.import_module("sklearn.model_selection._search_successive_halving")  # candidates enable it later

        self._tracer.place_claim = self._place_claim
        selection.train_test_split = self._halving(selection.train_test_split)
        for name in VALIDATIONS:
            setattr(selection, name, self._validating(getattr(selection, name), name))
        for name in OPAQUE:
            setattr(selection, name, self._opaque(getattr(selection, name)))
        search = selection._search.BaseSearchCV
        for cls in (search, *descendants(search)):
            if "fit" in vars(cls):
                cls.fit = self._searching(cls.fit)
        self._hook_splitters(_split)
        for name in metrics.__all__:
            if judges_scores(getattr(metrics, name, None)):
                setattr(metrics, name, self._metric(getattr(metrics, name), name))
        metrics.auc = self._area(metrics.auc)
        _scorer._BaseScorer.__call__ = self._scorer(_scorer._BaseScorer.__call__)

    # --- splits ---------------------------------------------------------------------------------------

    def _hook_splitters(self, module: Any) -> None:
        for thing in list(vars(module).values()):
            if isinstance(thing, type) and "split" in vars(thing):
                thing.split = self._splitting(thing.split)  # type: ignore[attr-defined]  # it was just found there
        inherited = module.BaseCrossValidator.__init_subclass__

        def later(cls: Any, /, **options: Any) -> None:
            inherited(**options)
            if "split" in vars(cls):
                cls.split = self._splitting(cls.split)

        module.BaseCrossValidator.__init_subclass__ = classmethod(later)

    def _splitting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(splitter: Any, X: Any = None, y: Any = None, groups: Any = None) -> Any:  # noqa: N803
            inside = tracer.validation is not None and tracer.validation.split_by(splitter)
            if tracer.busy or tracer.splitting or (tracer.depth and not inside):
                return original(splitter, X, y, groups)
            if inside and tracer.validation is not None:
                tracer.validation.split_seen = True
            return self._each(original, splitter, (X, y, groups), tracer.validation if inside else None)

        return hooked

    def _each(
        self, original: Callable[..., Any], splitter: Any, arguments: tuple[Any, ...], inside: Validation | None
    ) -> Iterator[tuple[Any, Any]]:
        tracer = self._tracer
        place = tracer.place()
        tracer.splitting = True
        try:
            pairs = iter(original(splitter, *arguments))
        finally:
            tracer.splitting = False
        while True:
            tracer.splitting = True
            try:
                train, test = next(pairs)
            except StopIteration:
                return
            finally:
                tracer.splitting = False
            kind = type(splitter).__name__
            if inside is not None:
                tracer.quietly(self.fold, inside, kind, train, test)
            else:
                tracer.quietly(self._split, kind, arguments, train, test, place)
            yield train, test

    def _split(self, kind: str, arguments: tuple[Any, ...], train: Any, test: Any, place: Any) -> None:
        rows = self._base(arguments)
        if rows is not None:
            self._log_split(kind, rows[positions(train)], rows[positions(test)], place)

    def _base(self, arguments: tuple[Any, ...]) -> Ints | None:
        for table in arguments:
            rows = self._tracer.book.rows(table) if table is not None else None
            if rows is not None:
                return rows
        return None

    def _log_split(self, kind: str, train: Ints, test: Ints, place: Any) -> None:
        log = self._tracer.log
        log.add("splits", place, kind=kind[:60], train=log.set(train), test=log.set(test))

    def _halving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def train_test_split(*arrays: Any, **options: Any) -> Any:
            if not tracer.idle or not arrays or content.length(arrays[0]) < content.FEWEST:
                return original(*arrays, **options)
            tracer.depth += 1
            try:
                parts = original(*arrays, np.arange(content.length(arrays[0])), **options)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._halved, arrays, parts, tracer.place())
            return parts[:-2]

        return train_test_split

    def _halved(self, arrays: tuple[Any, ...], parts: list[Any], place: Any) -> None:
        rows = self._base(arrays)
        if rows is None:
            return
        train, test = rows[parts[-2]], rows[parts[-1]]
        for position in range(len(arrays)):
            self._tracer.book.learn(parts[2 * position], train)
            self._tracer.book.learn(parts[2 * position + 1], test)
        self._log_split("train_test_split", train, test, place)

    # --- cross-validation -----------------------------------------------------------------------------

    def _validating(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(*args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(*args, **kwargs)
            given = tracer.quietly(lambda: inspect.signature(original).bind(*args, **kwargs).arguments)
            tracer.validation = tracer.quietly(self._start, name, given)
            tracer.depth += 1
            try:
                result = original(*args, **kwargs)
            finally:
                tracer.depth -= 1
                context, tracer.validation = tracer.validation, None
            tracer.quietly(self._validated, context, result)
            return result

        return hooked

    def _start(self, name: str, keywords: dict[str, Any]) -> Validation:
        model, table = keywords["estimator"], self._tracer.table(keywords["X"], keywords.get("y"))
        cv = keywords.get("cv")
        own = cv if hasattr(cv, "split") else None
        cls: Any = type(own)
        split = vars(cls).get("split")
        if split is not None and not hasattr(split, "__wrapped__"):
            cls.split = self._splitting(split)
        listed = cv is not None and own is None and not isinstance(cv, (int, np.integer))
        return Validation(name, type(model).__name__, list(parts(model)), table, self._tracer.place(), own, listed)

    def fold(self, context: Validation, splitter: str, train: Any, test: Any) -> None:
        """One fold inside a library: a model fitted on one part of the table and judged on the other."""
        whole, train, test = context.table, positions(train), positions(test)
        table = whole.part(train)
        rows = None if whole.rows is None else whole.rows[test]
        tracer = self._tracer
        fit = tracer.log_fit(context.model, "model", table, context.place, parts=context.parts, within=context.how)
        if table.rows is not None and rows is not None:
            self._log_split(splitter, table.rows, rows, context.place)
        judged = tracer.log_judged(context.how, rows, context.place, fit=fit["id"] if fit else -1)
        if judged is not None:
            context.judged.append(judged["id"])
            context.positions.append(test)
            context.trained.append(len(train))

    def _validated(self, context: Validation | None, result: Any) -> None:
        if context is None:
            return
        events = [self._tracer.log.events["judged"][number] for number in context.judged]
        if context.how == "cross_val_predict":
            self._pooled(context, events, one_column(result))
            return
        if context.how == "learning_curve":
            result = end_of_curve(result, context)
        plain = context.how in ("cross_val_score", "learning_curve")
        kept = {} if plain else result
        for event, model in zip(events, kept.get("estimator", ()), strict=False):
            self._tracer.fitted(model, {"id": event["fit"]})
            know_parts(self._tracer, model)
        first, *others = [("", result)] if plain else test_scores(result)
        for event, value in zip(events, np.asarray(first[1]).ravel(), strict=False):
            event["value"] = float(value) if np.isfinite(value) else None
        for name, series in others:  # of the same folds by other scorers
            for event, value in zip(events, np.asarray(series).ravel(), strict=False):
                how = f"{context.how}, {name}"
                same = self._tracer.log_judged(how, None, context.place, fit=event["fit"], value=float(value))
                if same is not None:
                    same["rows"] = event["rows"]

    def _pooled(self, context: Validation, events: list[Any], values: Floats | None) -> None:
        for event, test in zip(events, context.positions, strict=True):
            if values is not None and context.table.rows is not None:
                rows = context.table.rows[test]
                event["scores"] = self._tracer.log.scores(rows, values[test])
                self._tracer.predicted.append((event, rows, values[test]))

    def _searching(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Around a search's own hooked fit: its folds are those of the first split it asks for."""
        tracer = self._tracer

        @functools.wraps(original)
        def fit(search: Any, X: Any, y: Any = None, **params: Any) -> Any:  # noqa: N803
            if not tracer.idle:
                return original(search, X, y, **params)
            tracer.validation = tracer.quietly(self._start, type(search).__name__, {"X": X, "y": y, **vars(search)})
            try:
                return original(search, X, y, **params)
            finally:
                tracer.validation = None

        setattr(fit, MARK, True)
        return fit

    def _opaque(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(*args: Any, **kwargs: Any) -> Any:
            tracer.depth += 1
            try:
                return original(*args, **kwargs)
            finally:
                tracer.depth -= 1

        return hooked

    # --- metrics --------------------------------------------------------------------------------------

    def _metric(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        return around(self._tracer, original, functools.partial(self._measured, name))

    def _measured(self, name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        place, calls = self._tracer.place(), self._tracer.calls()  # what scores a search may score the claim as well
        asked = self._asked[calls] = self._asked.get(calls, 0) + 1
        if asked > MOST_LOGGED:
            return
        labels = args[0] if args else kwargs["y_true"]
        given = args[1] if len(args) > 1 else next(kwargs[key] for key in SCORES if key in kwargs)
        if asked > MOST_ASKED:
            self._keep(self._tracer.log_judged(name, None, place, value=value), labels, given)
            return
        rows, scores, of = self._judged_rows(labels, given)
        kept = "" if of or asked > MOST_KEPT else self._tracer.log.scores(rows, scores)
        event = self._tracer.log_judged(name, rows, place, value=value, of=of, scores=kept)
        self._tracer.measured(event, rows, scores, given)
        self._keep(event, labels, given)
        self._curve = event if name in CURVES else None

    def _keep(self, event: Event | None, labels: Any, given: Any) -> None:
        self._numbers_kept += content.length(labels)
        if event is not None and event["value"] is not None and self._numbers_kept <= MOST_NUMBERS:
            self._kept.append((event, labels, given))

    def _place_claim(self, claim: float) -> None:
        """The claimed judgement gets its rows where none were looked for, and so do those at its line: by the same
        labels as others whose rows are known."""
        found = [kept for kept in self._kept if abs(abs(kept[0]["value"]) - abs(claim)) <= SAME * max(1.0, abs(claim))]
        for event, labels, given in found[-1:]:
            if event["rows"] < 0:
                rows, _, event["of"] = self._judged_rows(labels, given)
                event["rows"] = self._tracer.log.set(rows)
            alike = [
                kept for kept in self._kept if (kept[0]["place"], kept[0]["how"]) == (event["place"], event["how"])
            ]
            told = [(one, content.digest(content.row_hashes(own))) for one, own, _ in alike[:MOST_PLACED]]
            known = {own: one["rows"] for one, own in told if one["rows"] >= 0 and own}
            for one, own in told:
                if one["rows"] < 0:
                    one["rows"] = known.get(own, -1)
        for event, labels, given in [kept for kept in self._kept if kept[0]["rows"] < 0][:MOST_PLACED]:
            if content.length(labels) < content.FEWEST:  # others were looked for
                rows, _, event["of"] = self._judged_rows(labels, given)
                event["rows"] = self._tracer.log.set(rows)
        self._put_together()

    def _judged_rows(self, labels: Any, given: Any) -> tuple[Ints | None, Floats | None, list[int]]:
        """The rows that a metric was asked about, the scores as one number a row, and the answers these consist of."""
        scores = one_column(given)
        if content.length(labels) >= content.FEWEST:
            self._tracer.place_few(wanted=content.length(labels))
        rows = self._tracer.book.rows(labels)
        if rows is None and scores is not None:
            rows = self._one_after_another(scores)
        if rows is None:
            rows = self._tracer.book.proved(self._pooled_rows(content.length(labels)), labels)
        if rows is None:
            rows = self._tracer.book.rows(given)
        if rows is None and scores is not None:
            rows = self._picked(scores)
        if rows is not None and scores is not None:
            self._place(rows, scores)
        return rows, scores, [] if rows is None or scores is None else self._sources(rows, scores)

    def _one_after_another(self, scores: Floats) -> Ints | None:
        """The rows of scores that are one model's predictions, or those of several put behind each other."""
        found: list[Ints] = []
        start = 0
        while start < len(scores):
            rest = scores[start:]
            fitting = (rows for _, rows, values in reversed(self._tracer.predicted) if begins_with(rest, values))
            rows = max(fitting, key=len, default=None)
            if rows is None or len(found) >= MOST_POOLED:
                return None
            found.append(rows)
            start += len(rows)
        return np.concatenate(found) if found else None

    def _picked(self, scores: Floats) -> Ints | None:
        """The rows of scores that are some answers of a model which nearly all differ."""
        if len(scores) == 0 or (scores == np.round(scores)).all():
            return None
        for _, rows, values in self._tracer.predicted[: -MOST_TOGETHER - 1 : -1]:
            rising = values.argsort()
            ordered = values[rising]
            at = np.minimum(np.searchsorted(ordered, scores), len(values) - 1)
            if len(values) > len(scores) and (ordered[at] == scores).all():
                once = np.diff(ordered, append=np.inf) > 0
                once[1:] &= once[:-1]  # no other answer before or behind it is the same
                if once.mean() >= NEARLY_ALL:
                    return np.where(once[at], rows[rising][at], UNKNOWN).astype(np.int32)
        return None

    def _put_together(self) -> None:
        """Judged numbers that were made of answers by group are of the rows of these answers."""
        waiting = [kept for kept in self._kept if kept[0]["rows"] < 0][-MOST_TOGETHER:]
        answers = list(self._answers()) if waiting else []
        for event, _, given in waiting:
            scores = one_column(given)
            own = None if scores is None else next((one for one in answers if one.gave(scores)), None)
            if own is not None:
                event["rows"], event["of"] = self._tracer.log.set(own.rows), own.events

    def _answers(self) -> Iterator[Answers]:
        """The last answers of models, and those of one line together."""
        told = [one for one in self._tracer.predicted if (one[1] >= 0).all()][-MOST_POOLED:]
        at_line: dict[int, list[Any]] = {}
        for one in told:
            at_line.setdefault(one[0]["place"], []).append(one)
        for run in (*([one] for one in told[-MOST_TOGETHER:]), *(run for run in at_line.values() if len(run) > 1)):
            rows, values = (np.concatenate([one[at] for one in run]) for at in (1, 2))
            yield Answers([event["id"] for event, *_ in run], rows, values, self._tracer.book.groups_of)

    def _sources(self, rows: Ints, scores: Floats) -> list[int]:
        """The predictions that these scores consist of; none where some rows have another origin, as where clipping
        has changed one fold and not the others."""
        found = list(self._tracer.sources(rows, scores))
        told = [own for event, own, _ in self._tracer.predicted if event["id"] in set(found)]
        whole = bool(told) and bool(np.isin(rows[rows >= 0], np.concatenate(told)).mean() >= NEARLY_ALL)
        return found if whole else []

    def _pooled_rows(self, k: int) -> Iterator[Ints]:
        """The rows of the last predictions at one line that are so many together, one after another."""
        at_line: dict[int, list[Ints]] = {}
        for event, rows, _ in self._tracer.predicted:
            at_line.setdefault(event["place"], []).append(rows)
        for rounds in reversed(at_line.values()):
            sizes = np.cumsum([len(rows) for rows in rounds[::-1]])
            count = int(np.searchsorted(sizes, k)) + 1
            if 1 < count <= min(len(rounds), MOST_POOLED) and sizes[count - 1] == k:
                yield np.concatenate(rounds[-count:])

    def _place(self, rows: Ints, scores: Floats) -> None:
        """Labels tell the rows of the very scores they are judged with."""
        tracer = self._tracer
        for event, values in tracer.unplaced:
            if event["rows"] < 0 and np.array_equal(values, scores):
                event["rows"], event["scores"] = tracer.log.set(rows), tracer.log.scores(rows, values)
                tracer.predicted.append((event, rows, values))
        for number, (event, own, values) in enumerate(tracer.predicted):
            unknown = own < 0  # where a table holds the same of unlike rows
            if len(own) != len(rows) or not unknown.any() or not np.array_equal(values, scores):
                continue
            told = np.where(unknown, rows, own)
            if ((told == rows) | (rows < 0)).all():
                event["rows"], event["scores"] = tracer.log.set(told), tracer.log.scores(told, values)
                tracer.predicted[number] = event, told, values

    def _area(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def auc(*args: Any, **kwargs: Any) -> Any:
            value = original(*args, **kwargs)
            if self._tracer.idle and self._curve is not None:
                self._curve["value"] = float(value)
            return value

        return auc

    def _scorer(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(scorer: Any, estimator: Any, X: Any, y_true: Any = None, *args: Any, **kwargs: Any) -> Any:  # noqa: N803
            if not tracer.idle:
                return original(scorer, estimator, X, y_true, *args, **kwargs)
            tracer.depth += 1
            try:
                value = original(scorer, estimator, X, y_true, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._scored, estimator, X, y_true, value, tracer.place())
            return value

        return hooked

    def _scored(self, estimator: Any, x: Any, y: Any, value: Any, place: Any) -> None:
        rows = self._tracer.table(x, y).rows
        self._tracer.log_judged("scorer", rows, place, fit=self._tracer.fit_of(estimator), value=value)


SCORES = ("y_score", "y_pred", "y_prob", "y_proba")


def judges_scores(function: Any) -> bool:
    """Whether this is a metric of labels and scores."""
    if not callable(function) or isinstance(function, type):
        return False
    names = inspect.unwrap(function).__code__.co_varnames[:2]
    return len(names) == 2 and names[0] == "y_true" and names[1] in SCORES


def begins_with(scores: Floats, values: Floats) -> bool:
    return 0 < len(values) <= len(scores) and values[0] == scores[0] and np.array_equal(scores[: len(values)], values)


def positions(chosen: Any) -> Any:
    found = np.asarray(chosen)
    return np.flatnonzero(found) if found.dtype == bool else found.astype(np.intp)


def end_of_curve(result: Any, context: Validation) -> Any:
    """The scores of each fold at the end of a learning curve, where its models were fitted on whole training parts."""
    sizes, _, scores, *_ = result
    return scores[-1] if all(trained - sizes[-1] <= trained / 100 for trained in context.trained) else ()


def test_scores(result: dict[str, Any]) -> list[tuple[str, Any]]:
    """The test scores of cross_validate by scorer, ROC AUC first."""
    names = [name for name in result if name.startswith("test_")]
    return [(name.removeprefix("test_"), result[name]) for name in sorted(names, key=lambda name: "auc" not in name)]
