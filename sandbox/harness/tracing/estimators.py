"""Hooks in scikit-learn's estimators and in everything built like them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from . import content
from .content import Hashes, Ints
from .tracer import Table, Tracer

FITS = ("fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit")
ANSWERS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples")
#: Answers after each round of a booster, one after the other.
STAGED = ("staged_predict", "staged_predict_proba", "staged_decision_function")
HOOKED = (*FITS, *ANSWERS, *STAGED, "transform", "score")
#: Arguments by which a booster is given another one, to add trees to it.
STARTS = ("init_model", "xgb_model")
#: Ends of the names of arguments that hold a number for each row beside its label: its weight, or the score that trees
#: are added to.
BESIDE = ("weight", "base_margin", "init_score", "baseline")
MARK = "__assay_hooked__"
#: Attributes whose estimators are fitted as they stand, where others are copied first.
IN_PLACE = ("steps", "transformer_list")
MOST_PARTS = 100


class Estimators:
    """Follows fit, transform, predict and score, at the outermost call alone."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._hooked: set[type] = set()

    def install(self) -> None:
        """A class is hooked when it is first used: most of the libraries' never are."""
        from sklearn import base  # noqa: PLC0415  (only where the submission names the library)
        from sklearn.model_selection._search import BaseSearchCV  # noqa: PLC0415

        mixins = [thing for thing in vars(base).values() if isinstance(thing, type)]
        for cls in (*mixins, BaseSearchCV, *descendants(BaseSearchCV)):
            self._hook_all(cls)  # what is no estimator may have a mixin, and searches are hooked once more
        inherited = base.BaseEstimator.__init_subclass__.__func__

        def later(cls: type, /, **options: Any) -> None:
            inherited(cls, **options)
            self._hook_all(cls)

        def made(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
            self._hook_all(cls)
            new = super(base.BaseEstimator, cls).__new__
            if new is not object.__new__ or cls.__init__ is object.__init__:
                return new(cls, *args, **kwargs)
            return new(cls)

        made.__signature__ = inspect.signature(lambda cls: None)  # type: ignore[attr-defined]  # noqa: ARG005
        base.BaseEstimator.__init_subclass__ = classmethod(later)
        base.BaseEstimator.__new__ = staticmethod(made)

    def _hook_all(self, cls: type) -> None:
        if cls not in self._hooked:
            self._hooked.add(cls)
            for base in cls.__mro__[:-1]:
                self.hook(base)

    def hook(self, cls: type) -> None:
        """Wrap what the class itself defines; mixins hold some of it."""
        for name in HOOKED:
            found = vars(cls).get(name)
            if found is None:
                continue
            if hasattr(found, "fn") and callable(found.fn):  # a method offered only under a condition
                if not hasattr(found.fn, MARK):
                    found.fn = self.wrap(found.fn, name)
            elif callable(found) and not isinstance(found, type) and not hasattr(found, MARK):
                setattr(cls, name, self.wrap(found, name))

    def wrap(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        tracer = self._tracer
        if name in STAGED:
            return self._staged(original, name)
        before, after = self._steps(name)

        @functools.wraps(original)
        def hooked(model: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(model, *args, **kwargs)
            noted = tracer.quietly(before, model, name, args, kwargs)
            tracer.depth += 1
            try:
                result = original(model, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(after, model, name, noted, result)
            return result

        setattr(hooked, MARK, True)
        return hooked

    def _staged(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Each stage is an answer of the model, told when it is asked for."""
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(model: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
            stages = original(model, *args, **kwargs)
            if not tracer.idle:
                yield from stages
                return
            noted = tracer.quietly(self._before_use, model, name, args, kwargs)
            while True:
                tracer.depth += 1
                try:
                    result = next(stages)
                except StopIteration:
                    return
                finally:
                    tracer.depth -= 1
                tracer.quietly(self._after_use, model, name, noted, result)
                yield result

        setattr(hooked, MARK, True)
        return hooked

    def _steps(self, name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
        return (self._before_fit, self._after_fit) if name in FITS else (self._before_use, self._after_use)

    # --- fitting --------------------------------------------------------------------------------------

    def _before_fit(self, model: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        x = args[0] if args else kwargs.get("X")
        y = args[1] if len(args) > 1 else kwargs.get("y")
        table = self._tracer.table(x, y)
        table.weights = weights_in(kwargs)
        watched = self._watched(kwargs)
        fit = self._tracer.log_fit(
            type(model).__name__,
            role(model, name),
            table,
            self._tracer.place(),
            rows=self._tracer.seen(model, table.rows, start(model, name, kwargs), frozen(model)),
            parts=list(parts(model)),
        )
        self._tracer.fitted(model, fit)
        return fit, table, watched, settings(model)

    def _watched(self, kwargs: dict[str, Any]) -> list[Ints | None]:
        """The rows of each evaluation set handed to a booster, known by their labels too."""
        given = kwargs.get("eval_set")
        sets = [] if given is None else given if isinstance(given, (list, tuple)) else [given]
        pairs: list[Any] = [sets] if isinstance(sets, tuple) and len(sets) == 2 else list(sets)
        pairs = [pair if isinstance(pair, (list, tuple)) else (pair, None) for pair in pairs]  # a container of both
        if not pairs and kwargs.get("eval_X") is not None:
            xs, ys = kwargs["eval_X"], kwargs["eval_y"]
            pairs = list(zip(xs, ys, strict=True)) if isinstance(xs, (list, tuple)) else [(xs, ys)]
        if kwargs.get("X_val") is not None:
            pairs.append((kwargs["X_val"], kwargs.get("y_val")))
        return [self._tracer.table(x, y).rows for x, y in pairs]

    def _after_fit(self, model: Any, name: str, noted: Any, result: Any) -> None:
        fit, table, watched, before = noted
        if fit is None:
            return
        if before is not None and settings(model) == before:
            fit["parts"] = ["FunctionTransformer"]  # what keeps nothing of its fit is a function
        if watched:
            self._tracer.watched(fit, model, watched, stopped_early(model), getattr(model, "evals_result_", None))
        self._tracer.same_fit(model, getattr(model, "_Booster", None))  # it may be saved, asked, or started from
        know_parts(self._tracer, model)
        for one in (model, *held(model)):
            self._tracer.know_coefficients(getattr(one, "__dict__", {}).get("coef_"), fit["id"])
        if fit["role"] == "search":
            self._searched(model, fit, table)
        if name == "fit_resample":
            self._resampled(model, fit, table, result)
        elif name == "fit_transform" and table.rows is not None:
            self._made(fit["id"], result, table.rows)

    def _searched(self, model: Any, fit: dict[str, Any], table: Table) -> None:
        fit["tried"] = min(len(model.cv_results_["params"]), 10**6)
        best = getattr(model, "best_score_", None)
        judged = self._tracer.validation.judged if self._tracer.validation else []
        rows = table.rows if judged else None  # of folds that were not seen nobody knows the rows
        self._tracer.log_judged("best_score_", rows, self._tracer.place(), fit=fit["id"], value=best, of=judged)

    def _resampled(self, model: Any, fit: dict[str, Any], table: Table, result: Any) -> None:
        """Rows that were kept or copied are known; those that were made up are no row of the data."""
        if table.rows is None:
            return
        x, y = result[0], result[1]
        k, indices = content.length(x), getattr(model, "sample_indices_", None)
        known = indices is not None and len(indices) == k
        rows = table.rows[np.asarray(indices)] if known else self._kept(table, x)
        fit["kept"] = self._tracer.log.set(rows)
        self._tracer.book.learn(x, rows)
        self._tracer.book.learn(y, rows)

    def _kept(self, table: Table, x: Any) -> Ints:
        """Rows that hold what a row given held are that row, wherever they stand; the rest was made up."""
        rows = np.full(content.length(x), -1, np.int32)
        hashes, old = content.row_hashes(x), table.hashes
        if hashes is not None and old is not None and table.rows is not None:
            order = np.argsort(old, kind="stable")
            at = order[np.minimum(np.searchsorted(old[order], hashes), len(old) - 1)]
            rows = np.where(old[at] == hashes, table.rows[at], rows).astype(np.int32)
        return rows

    def _made(self, fit: int, output: Any, rows: Ints) -> None:
        if content.length(output) == len(rows):
            self._tracer.book.learn(output, rows)
            self._tracer.origins.made(fit, output, rows)

    # --- using ----------------------------------------------------------------------------------------

    def _before_use(self, model: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ARG002
        x = args[0] if args else kwargs.get("X")
        y = (args[1] if len(args) > 1 else kwargs.get("y")) if name == "score" else None
        return self._tracer.table(x, y, hashed=False), self._tracer.place()

    def _after_use(self, model: Any, name: str, noted: Any, result: Any) -> None:
        table, place = noted
        rows, fit = table.rows, self._fit_of(model)
        if name == "transform":
            if rows is not None and fit >= 0 and fit == self._tracer.own_fit_of(model):
                self._made(fit, result, rows)
            elif rows is not None and fit >= 0 and content.length(result) == len(rows):
                self._tracer.book.learn(result, rows)  # a step of a pipeline made it, and not all of the pipeline
        elif name == "score":
            self._tracer.log_judged(f"{type(model).__name__}.score", rows, place, fit=fit, value=result)
        else:
            self._tracer.log_predicted(name, fit, table, result, place)

    def _fit_of(self, model: Any) -> int:
        """The fit of a model, or of the last step where a pipeline was put together of fitted steps."""
        fit, steps = self._tracer.fit_of(model), getattr(model, "steps", None)
        return fit if fit >= 0 or not steps else self._tracer.fit_of(steps[-1][1])


def weights_in(given: Mapping[str, Any]) -> Hashes | None:
    """The weights of rows that a fit was given, maybe by the name of a step, and what boosting starts from."""
    named = sorted(name for name, value in given.items() if name.endswith(BESIDE) and value is not None)
    found: Hashes | None = None
    for name in named:
        found = content.mixed(found, content.row_hashes(given[name]))
    return found


def settings(model: Any) -> dict[str, Any] | None:
    """All that the object holds, where that is plain values: two such that are equal held the same."""
    held = dict(getattr(model, "__dict__", {}))
    plain = all(value is None or isinstance(value, (bool, int, float, str)) for value in held.values())
    return held if plain else None


def descendants(cls: type[Any]) -> Iterator[type[Any]]:
    """All subclasses, each once: mixins make several ways to most of them."""
    seen: set[type[Any]] = set()
    waiting: list[type[Any]] = cls.__subclasses__()
    while waiting:
        child = waiting.pop()
        if child not in seen:
            seen.add(child)
            waiting += child.__subclasses__()
            yield child


def role(model: Any, name: str) -> str:
    """What a fitted object is for."""
    if name == "fit_resample":
        return "resampler"
    if hasattr(type(model), "cv_results_") or "SearchCV" in type(model).__name__ or hasattr(model, "param_grid"):
        return "search"
    if hasattr(model, "predict") or hasattr(model, "predict_proba") or hasattr(model, "decision_function"):
        return "model"
    return "transformer"


def parts(model: Any, depth: int = 3) -> Iterator[str]:
    """The class names of what a composed estimator is made of."""
    yield type(model).__name__[:60]
    if depth == 0:
        return
    for name in ("steps", "transformers", "transformer_list"):
        for step in getattr(model, name, None) or ():
            if hasattr(step[1], "get_params"):
                yield from parts(step[1], depth - 1)
    for name in ("estimator", "base_estimator", "regressor", "classifier"):
        inner = getattr(model, name, None)
        if hasattr(inner, "get_params") and not isinstance(inner, type):
            yield from parts(inner, depth - 1)


def know_parts(tracer: Tracer, model: Any) -> None:
    for part in held(model):
        tracer.same_fit(model, part, part=True)


def held(model: Any, depth: int = 3) -> Iterator[Any]:
    """The objects that a fitted one holds and that saw all of its rows: its steps, and what stands under names that end
    in `_`; bounded.  Of bags and forests the members saw some rows each, and what other libraries and candidates keep
    may be the models of folds."""
    if type(model).__module__.partition(".")[0] not in ("sklearn", "imblearn"):
        return
    drawn = ("estimators_",) if hasattr(type(model), "estimators_samples_") else ()
    own = getattr(model, "__dict__", {})
    kept = [value for name, value in own.items() if name in IN_PLACE or (name.endswith("_") and name not in drawn)]
    found = [one for value in kept for one in _estimators(value)][:MOST_PARTS]
    yield from found
    if depth:
        for one in found:
            yield from held(one, depth - 1)


def _estimators(value: Any) -> Iterator[Any]:
    """Estimators in a value of plain lists, named pairs and dictionaries."""
    several = isinstance(value, (list, tuple, dict))
    for one in (value.values() if isinstance(value, dict) else value) if several else (value,):
        named = one[1] if isinstance(one, tuple) and len(one) > 1 else one
        if hasattr(named, "get_params") and not isinstance(named, type):
            yield named


def frozen(model: Any) -> list[Any]:
    """The fitted models that this one is handed and keeps as they are."""
    given = getattr(model, "__dict__", {})
    every = [one for name, value in given.items() if not name.endswith("_") for one in _estimators(value)]
    if isinstance(given.get("cv"), str) and given["cv"] == "prefit":
        return every
    wrappers = [one for one in every if type(one).__name__ == "FrozenEstimator"]
    return [one for wrapper in wrappers for one in _estimators(vars(wrapper))]


def goes_on(model: Any, name: str) -> bool:
    """Whether this fit adds to what the model holds of earlier ones: by parts, or by trees beside those it has.

    Another model that starts warm comes to what it would have come to from anywhere, or nearly so."""
    grown = any(getattr(model, trees, None) is not None for trees in ("estimators_", "_predictors"))
    return name == "partial_fit" or (grown and getattr(model, "warm_start", False) is True)


def started_from(given: Mapping[str, Any]) -> Any:
    """The booster whose trees a new one is added to."""
    return next((given[name] for name in STARTS if given.get(name) is not None), None)


def start(model: Any, name: str, given: Mapping[str, Any]) -> Any:
    """What a fit goes on from: the model as it is, another one, or nothing."""
    return model if goes_on(model, name) else started_from(given)


def stopped_early(model: Any) -> bool:
    """Whether the rows it watched decided how long it was fitted."""
    if getattr(model, "do_early_stopping_", False):  # scikit-learn's own boosting
        return bool(model.n_iter_ < model.max_iter)
    if getattr(model, "tree_count_", None) is not None:  # CatBoost names a best iteration even where it keeps them all
        return bool(model.tree_count_ < model.get_all_params()["iterations"])
    return bool(getattr(model, "best_iteration_", None)) or best_iteration(model)


def best_iteration(model: Any) -> bool:
    """Whether a booster stopped early; where none did, asking raises."""
    try:
        return int(model.best_iteration) > 0
    except (AttributeError, TypeError, ValueError):
        return False
