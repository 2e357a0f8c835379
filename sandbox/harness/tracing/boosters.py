"""Hooks in the own interfaces of LightGBM, XGBoost and CatBoost."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .content import Ints
from .estimators import Estimators, best_iteration, started_from, weights_in
from .evaluation import Evaluation
from .saved import Saved
from .tracer import Table, Tracer, Validation, replace


class Boosters:
    """Follows tables into a library's own containers, and what is trained and judged on these."""

    def __init__(self, tracer: Tracer, evaluation: Evaluation, saved: Saved) -> None:
        self._saved = saved
        self._tracer = tracer
        self._evaluation = evaluation

    def install_lightgbm(self) -> None:
        import lightgbm  # noqa: PLC0415  (only where the submission names the library)

        replace(lightgbm.Dataset, "__init__", self._boxing)
        lightgbm.train = self._training(lightgbm.train, "lightgbm.train", "valid_sets")
        lightgbm.cv = self._folding(lightgbm.cv, "lightgbm.cv", lightgbm.Dataset, "subset")
        replace(lightgbm.Booster, "predict", self._answering)
        self._saved.install_models(lightgbm.Booster)

    def install_xgboost(self) -> None:
        import xgboost  # noqa: PLC0415  (only where the submission names the library)

        for cls in (xgboost.DMatrix, xgboost.QuantileDMatrix):
            replace(cls, "__init__", self._boxing)
        xgboost.train = self._training(xgboost.train, "xgboost.train", "evals")
        xgboost.cv = self._folding(xgboost.cv, "xgboost.cv", xgboost.DMatrix, "slice")
        replace(xgboost.Booster, "predict", self._answering)
        replace(xgboost.Booster, "inplace_predict", self._answering)
        self._saved.install_models(xgboost.Booster)
        self._saved.install_models(xgboost.XGBModel)

    def install_catboost(self) -> None:
        import catboost  # noqa: PLC0415  (only where the submission names the library)

        replace(catboost.Pool, "__init__", self._boxing)
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

    def _training(self, original: Callable[..., Any], name: str, watched: str) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def train(params: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(params, data, *args, **kwargs)
            noted = tracer.quietly(self._before, name, data)
            tracer.depth += 1
            try:
                booster = original(params, data, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._grown, noted, booster, data, kwargs)
            tracer.quietly(self._after, noted, booster, kwargs.get(watched) or (args[1] if len(args) > 1 else ()))
            return booster

        return train

    def _folding(self, original: Callable[..., Any], name: str, box: Any, cut: str) -> Callable[..., Any]:
        """Around a library's own cross-validation, which cuts its container into pairs of parts by position."""
        tracer = self._tracer

        @functools.wraps(original)
        def cv(params: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(params, data, *args, **kwargs)
            cuts: list[Any] = []
            plain = getattr(box, cut)

            def noting(whole: Any, chosen: Any, *more: Any, **options: Any) -> Any:
                cuts.append(chosen)
                return plain(whole, chosen, *more, **options)

            setattr(box, cut, noting)
            tracer.depth += 1
            try:
                result = original(params, data, *args, **kwargs)
            finally:
                tracer.depth -= 1
                setattr(box, cut, plain)
            tracer.quietly(self._folded, name, data, cuts, result, tracer.place())
            return result

        return cv

    def _folded(self, name: str, data: Any, cuts: list[Any], result: Any, place: Any) -> None:
        tracer = self._tracer
        context = Validation(name, name, [], tracer.table(data), place)
        for train, test in zip(cuts[::2], cuts[1::2], strict=True):
            self._evaluation.fold(context, name, train, test)
        for how, value in means(result):
            tracer.log_judged(f"{name} {how}", context.table.rows, place, value=value, of=context.judged)

    def _before(self, name: str, data: Any) -> Any:
        return self._tracer.log_fit(name, "model", self._tracer.table(data), self._tracer.place())

    def _grown(self, fit: Any, booster: Any, data: Any, given: dict[str, Any]) -> None:
        rows = self._tracer.seen(booster, self._tracer.table(data).rows, started_from(given))
        if fit is not None:
            fit["rows"] = self._tracer.log.set(rows)

    def _after(self, fit: Any, booster: Any, sets: Any) -> None:
        self._tracer.fitted(booster, fit)
        rows = list(self._rows_of(sets))
        if fit is not None and rows and best_iteration(booster):
            self._tracer.stopped(fit, booster, np.concatenate(rows))

    def _rows_of(self, sets: Any) -> Iterator[Ints]:
        for item in sets if isinstance(sets, (list, tuple)) else [sets]:
            table: Table = self._tracer.table(item[0] if isinstance(item, tuple) else item)
            if table.rows is not None:
                yield table.rows

    def _answering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(booster: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(booster, data, *args, **kwargs)
            tracer.depth += 1
            try:
                result = original(booster, data, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._answered, booster, data, result, tracer.place())
            return result

        return hooked

    def _answered(self, booster: Any, data: Any, result: Any, place: Any) -> None:
        table = self._tracer.table(data, hashed=False)
        self._tracer.log_predicted("predict", self._tracer.fit_of(booster), table, result, place)


def means(result: Any) -> Iterator[tuple[str, float]]:
    """The mean score of the judged folds after the last round and after the best, of every metric."""
    for name in result:
        if str(name).endswith("-mean") and not str(name).startswith("train"):
            values = [float(value) for value in result[name]]
            yield f"{name}, last", values[-1]
            yield f"{name}, best", max(values)
