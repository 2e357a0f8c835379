"""Hooks in the models of statsmodels, which are given their rows when they are made and not when they are fitted."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from .tracer import Tracer, around, replace


class Regressions:
    """Follows rows into a model, and its answers from what was fitted."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def install(self) -> None:
        model = importlib.import_module("statsmodels.base.model")
        replace(model.Model, "__init__", self._making)
        replace(model.Results, "__init__", self._solving)
        replace(model.Results, "predict", self._answering)

    def _making(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(model: Any, endog: Any, exog: Any = None, *args: Any, **kwargs: Any) -> None:
            original(model, endog, exog, *args, **kwargs)
            if tracer.idle:
                tracer.quietly(self._made, model, endog, exog)

        return hooked

    def _made(self, model: Any, endog: Any, exog: Any) -> None:
        tracer = self._tracer
        fit = tracer.log_fit(type(model).__name__, "model", tracer.table(exog, endog), tracer.place())
        tracer.fitted(model, fit)

    def _solving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """What a model comes to: candidates multiply tables with its parameters, too."""
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(results: Any, model: Any, *args: Any, **kwargs: Any) -> None:
            original(results, model, *args, **kwargs)
            if tracer.idle and (fit := tracer.fit_of(model)) >= 0:
                tracer.quietly(tracer.know_coefficients, getattr(results, "params", None), fit)

        return hooked

    def _answering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def answered(told: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tracer, results = self._tracer, args[0]
            table = tracer.table(args[1] if len(args) > 1 else kwargs.get("exog"), hashed=False)
            tracer.log_predicted("predict", tracer.fit_of(results.model), table, told, tracer.place())

        return around(self._tracer, original, answered)
