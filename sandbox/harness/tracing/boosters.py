"""Hooks in the own interfaces of LightGBM, XGBoost and CatBoost."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .estimators import BESIDE, Estimators, best_iteration, started_from, weights_in
from .evaluation import Evaluation, positions
from .saved import Saved, second
from .tracer import Tracer, Validation, around, replace


class Boosters:
    """Follows tables into a library's own containers, and what is trained and judged on these."""

    def __init__(self, tracer: Tracer, evaluation: Evaluation, saved: Saved) -> None:
        self._saved = saved
        self._tracer = tracer
        self._evaluation = evaluation

    def install_lightgbm(self) -> None:
        import lightgbm  # noqa: PLC0415  (only where the submission names the library)

        self._install_box(lightgbm.Dataset, "subset")
        lightgbm.train = self._training(lightgbm.train, "lightgbm.train", "train_set", "valid_sets")
        lightgbm.cv = self._folding(lightgbm.cv, "lightgbm.cv", "train_set", lightgbm.Dataset, "subset")
        replace(lightgbm.Booster, "predict", self._answering)
        replace(lightgbm.Booster, "eval", self._judging)
        self._saved.install_models(lightgbm.Booster)

    def install_xgboost(self) -> None:
        import xgboost  # noqa: PLC0415  (only where the submission names the library)

        self._install_box(xgboost.DMatrix, "slice")
        replace(xgboost.QuantileDMatrix, "__init__", self._boxing)
        xgboost.train = self._training(xgboost.train, "xgboost.train", "dtrain", "evals")
        xgboost.cv = self._folding(xgboost.cv, "xgboost.cv", "dtrain", xgboost.DMatrix, "slice")
        replace(xgboost.Booster, "predict", self._answering)
        replace(xgboost.Booster, "inplace_predict", self._answering)
        replace(xgboost.Booster, "eval", self._judging)
        replace(xgboost.Booster, "eval_set", self._judging)
        self._saved.install_models(xgboost.Booster)
        self._saved.install_models(xgboost.XGBModel)

    def install_catboost(self) -> None:
        import catboost  # noqa: PLC0415  (only where the submission names the library)

        self._install_box(catboost.Pool, "slice")
        catboost.cv = self._dealing(catboost.cv, "catboost.cv")
        replace(catboost.CatBoost, "eval_metrics", self._judging)  # its subclasses have no other one
        for cls in (catboost.CatBoost, catboost.CatBoostClassifier, catboost.CatBoostRegressor):
            Estimators(self._tracer).hook(cls)  # they are built like scikit-learn's, and are none of its
            self._saved.install_models(cls)

    def _boxing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(box: Any, data: Any, label: Any = None, *args: Any, **kwargs: Any) -> None:
            table = tracer.quietly(tracer.table, data, label) if tracer.idle else None
            original(box, data, label, *args, **kwargs)
            if table is not None:
                table.weights = tracer.quietly(weights_in, kwargs)
                tracer.quietly(tracer.box, box, table)

        return hooked

    def _install_box(self, cls: Any, cut: str) -> None:
        """A library's own container, the way to cut it, and the ways to give it labels and weights afterwards."""
        replace(cls, "__init__", self._boxing)
        replace(cls, cut, self._cutting)
        if hasattr(cls, "set_label"):
            replace(cls, "set_label", self._labelling)
        for name in (f"set_{ending}" for ending in BESIDE):
            if hasattr(cls, name):
                replace(cls, name, self._weighing)

    def _cutting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def cut(part: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._tracer.box(part, self._tracer.table(args[0]).part(positions(second(args, kwargs))))

        return around(self._tracer, original, cut)

    def _labelling(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def label(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._tracer.label(self._tracer.table(args[0]), second(args, kwargs))

        return around(self._tracer, original, label)

    def _weighing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def weigh(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self._tracer.weigh(args[0], second(args, kwargs))

        return around(self._tracer, original, weigh)

    def _training(self, original: Callable[..., Any], name: str, data: str, watched: str) -> Callable[..., Any]:
        tracer, signature = self._tracer, inspect.signature(original)

        @functools.wraps(original)
        def train(*args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(*args, **kwargs)
            given = tracer.quietly(lambda: signature.bind(*args, **kwargs).arguments) or {}
            noted = tracer.quietly(self._before, name, given.get(data))
            tracer.depth += 1
            try:
                booster = original(*args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._after, noted, booster, given, data, watched)
            return booster

        return train

    def _folding(self, original: Callable[..., Any], name: str, data: str, box: Any, cut: str) -> Callable[..., Any]:
        """Around a library's own cross-validation, which cuts its container into pairs of parts by position."""
        tracer, signature = self._tracer, inspect.signature(original)

        @functools.wraps(original)
        def cv(*args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(*args, **kwargs)
            given = tracer.quietly(lambda: signature.bind(*args, **kwargs).arguments) or {}
            cuts: list[Any] = []
            plain = getattr(box, cut)

            def noting(whole: Any, chosen: Any, *more: Any, **options: Any) -> Any:
                cuts.append(chosen)
                return plain(whole, chosen, *more, **options)

            setattr(box, cut, noting)
            tracer.depth += 1
            try:
                result = original(*args, **kwargs)
            finally:
                tracer.depth -= 1
                setattr(box, cut, plain)
            pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
            models = getattr(result.get("cvbooster"), "boosters", ()) if isinstance(result, dict) else ()
            tracer.quietly(self._folded, name, given.get(data), pairs, result, models, tracer.place())
            return result

        return cv

    def _dealing(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Around a cross-validation within a library, which is told of its folds, or deals them out unseen."""
        tracer, signature = self._tracer, inspect.signature(original)

        @functools.wraps(original)
        def cv(*args: Any, **kwargs: Any) -> Any:
            given = tracer.quietly(lambda: signature.bind(*args, **kwargs)) if tracer.idle else None
            if given is None:
                return original(*args, **kwargs)
            asked, pairs = given.arguments, list[Any]()
            folds = asked.get("folds")
            if hasattr(folds, "split"):
                asked["folds"] = Noted(folds, pairs)
            elif folds is not None:
                asked["folds"] = pairs = list(folds)
            tracer.depth += 1
            try:
                result = original(*given.args, **given.kwargs)
            finally:
                tracer.depth -= 1
            scores, models = result if isinstance(result, tuple) else (result, ())
            data = asked.get("pool", asked.get("dtrain"))
            tracer.quietly(self._folded, name, data, pairs, scores, models, tracer.place())
            return result

        return cv

    def _folded(self, name: str, data: Any, pairs: list[Any], result: Any, models: Sequence[Any], place: Any) -> None:
        tracer = self._tracer
        context = Validation(name, name, [], tracer.table(data), place)
        for train, test in pairs:
            self._evaluation.fold(context, name, train, test)
        for number, booster in zip(context.judged, models, strict=False):
            tracer.fitted(booster, {"id": tracer.log.events["judged"][number]["fit"]})
        rows = context.table.rows if pairs else None  # without pairs nobody knows who was judged by whom
        for how, value in means(result):
            tracer.log_judged(f"{name} {how}", rows, place, value=value, of=context.judged)

    def _before(self, name: str, data: Any) -> Any:
        return self._tracer.log_fit(name, "model", self._tracer.table(data), self._tracer.place())

    def _after(self, fit: Any, booster: Any, given: dict[str, Any], data: str, watched: str) -> None:
        tracer, own = self._tracer, given.get(data)
        rows = tracer.seen(booster, tracer.table(own).rows, started_from(given))
        tracer.fitted(booster, fit)
        if fit is None:
            return
        fit["rows"] = tracer.log.set(rows)
        asked = given.get(watched) or ()
        sets = [one for one in (asked if isinstance(asked, (list, tuple)) else [asked]) if one is not own]
        shown = [tracer.table(item[0] if isinstance(item, tuple) else item).rows for item in sets]
        history = given.get("evals_result") or getattr(booster, "best_score", None)
        tracer.watched(fit, booster, shown, bool(best_iteration(booster)), history)

    def _answering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def answered(result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tracer = self._tracer
            table = tracer.table(args[1] if len(args) > 1 else kwargs["data"], hashed=False)
            tracer.log_predicted("predict", tracer.fit_of(args[0]), table, result, tracer.place())

        return around(self._tracer, original, answered)

    def _judging(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Around a booster's own scores of one set, or of several with their names."""

        def judged(result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tracer, asked = self._tracer, second(args, kwargs)
            sets = asked if isinstance(asked, (list, tuple)) else [(asked, "")]
            for how, value in scores(result):
                own = [box for box, name in sets if not name or how.startswith(f"{name}-")]
                rows = tracer.table(own[0], hashed=False).rows if len(own) == 1 else None
                tracer.log_judged(how, rows, tracer.place(), fit=tracer.fit_of(args[0]), value=value)

        return around(self._tracer, original, judged)


class Noted:
    """A splitter that notes which pairs of parts it has given."""

    def __init__(self, splitter: Any, pairs: list[Any]) -> None:
        self._splitter, self._pairs = splitter, pairs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._splitter, name)

    def split(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        for pair in self._splitter.split(*args, **kwargs):
            self._pairs.append(pair)
            yield pair


def scores(result: Any) -> Iterator[tuple[str, float]]:
    """What a booster says of the sets that it judged: LightGBM's tuples, XGBoost's line of text, or the series of each
    metric of CatBoost's."""
    if isinstance(result, str):
        for told in result.split("\t")[1:]:
            how, _, value = told.rpartition(":")
            yield how, float(value)
    elif isinstance(result, dict):
        for metric, values in result.items():
            yield from ends(metric, [float(value) for value in values])
    else:
        for name, metric, value, *_ in result:
            yield f"{name}-{metric}", float(value)


def means(result: Any) -> Iterator[tuple[str, float]]:
    """The mean score of the judged folds after the last round, the most and the least, of every metric."""
    for name in result:
        if str(name).endswith("-mean") and not str(name).startswith("train"):
            yield from ends(name, [float(value) for value in result[name]])


def ends(name: str, series: list[float]) -> list[tuple[str, float]]:
    """What may be claimed of one number a round."""
    return [(f"{name}, last", series[-1]), (f"{name}, most", max(series)), (f"{name}, least", min(series))]
