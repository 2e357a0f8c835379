"""Hooks in joblib: a model that is saved and loaded again is still the one that was fitted."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

from .tracer import Tracer, replace


class Saved:
    """Remembers by file which fitted objects were saved, in the order in which they lie in what holds them."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._files: dict[str, list[int]] = {}

    def install(self) -> None:
        import joblib  # type: ignore[import-untyped]  # noqa: PLC0415  (comes with scikit-learn)

        replace(joblib, "dump", self._dumping)
        replace(joblib, "load", self._loading)

    def _dumping(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def dump(value: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(value, filename, *args, **kwargs)
            if self._tracer.idle:
                self._tracer.quietly(self._note, value, filename)
            return result

        return dump

    def _loading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def load(filename: Any, *args: Any, **kwargs: Any) -> Any:
            value = original(filename, *args, **kwargs)
            if self._tracer.idle:
                self._tracer.quietly(self._recall, value, filename)
            return value

        return load

    def _note(self, value: Any, filename: Any) -> None:
        self._files[os.path.realpath(filename)] = [self._tracer.fit_of(thing) for thing in estimators(value)]

    def _recall(self, value: Any, filename: Any) -> None:
        found = list(estimators(value))
        known = self._files.get(os.path.realpath(filename), [])
        if len(found) == len(known):
            for thing, fit in zip(found, known, strict=True):
                self._tracer.fitted(thing, None if fit < 0 else {"id": fit})


def estimators(value: Any, depth: int = 3) -> Iterator[Any]:
    """What can be fitted, in dictionaries and lists."""
    if hasattr(value, "get_params") and not isinstance(value, type):
        yield value
    elif depth and isinstance(value, (dict, list, tuple)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from estimators(inner, depth - 1)
