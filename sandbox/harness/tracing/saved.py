"""Hooks in what saves, loads and copies: a model that is saved and loaded again is still the one that was fitted."""

from __future__ import annotations

import copy
import hashlib
import importlib
import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

from .tracer import Tracer, around, replace

LIBRARIES = ("cloudpickle", "dill", "skops")  # hooked where the submission names them
MOST_THINGS = 200


class Saved:
    """Remembers by file, or by content, which fitted objects were saved, in the order in which they lie in what holds
    them."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._files: dict[str, list[int]] = {}

    def install(self, named: set[str]) -> None:
        import joblib  # type: ignore[import-untyped]  # noqa: PLC0415  (comes with scikit-learn)

        self._hook(joblib)
        self._hook(pickle)
        replace(copy, "deepcopy", self._copying)
        for name in LIBRARIES:
            if name in named:
                try:
                    self._hook(importlib.import_module("skops.io" if name == "skops" else name))
                except ImportError:
                    continue  # it is not installed; the candidate will hear of it

    def install_models(self, cls: Any) -> None:
        """A booster's own way: `save_model`, `load_model`, a text or bytes, and what is handed to the constructor."""
        for name in ("save_model", "load_model"):
            if name in vars(cls):
                replace(cls, name, self._writing if name == "save_model" else self._reading)
        for name in ("model_to_string", "save_raw"):
            if name in vars(cls):
                replace(cls, name, self._dumping_bytes)
        if not hasattr(cls, "get_params"):
            replace(cls, "__init__", self._making)

    def _hook(self, module: Any) -> None:
        for name, wrap in (("dump", self._dumping), ("dumps", self._dumping_bytes), ("load", self._loading)):
            if hasattr(module, name):
                replace(module, name, wrap)
        if hasattr(module, "loads"):
            replace(module, "loads", self._loading)

    def _dumping(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda _, args, kwargs: self._note(args[0], second(args, kwargs)))

    def _dumping_bytes(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda result, args, _: self._note(args[0], content(result)))

    def _loading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda result, args, kwargs: self._recall(result, first(args, kwargs)))

    def _writing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda _, args, kwargs: self._note(args[0], second(args, kwargs)))

    def _reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda _, args, kwargs: self._recall(args[0], second(args, kwargs)))

    def _making(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def after(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            for name in ("model_file", "model_str"):
                if (given := kwargs.get(name)) is not None:
                    self._recall(args[0], content(given) if name == "model_str" else given)

        return around(self._tracer, original, after)

    def _copying(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return around(self._tracer, original, lambda result, args, kwargs: self._copied(first(args, kwargs), result))

    def _copied(self, value: Any, copied: Any) -> None:
        for thing, new in zip(things(value), things(copied), strict=False):
            self._tracer.same_fit(thing, new)

    def _note(self, value: Any, file: Any) -> None:
        self._files[key(file)] = [self._tracer.fit_of(thing) for thing in things(value)]

    def _recall(self, value: Any, file: Any) -> None:
        found = list(things(value))
        known = self._files.get(key(file), [])
        if len(found) == len(known):
            for thing, fit in zip(found, known, strict=True):
                self._tracer.fitted(thing, None if fit < 0 else {"id": fit})


def first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[0] if args else next(iter(kwargs.values()))


def second(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[1] if len(args) > 1 else next(iter(kwargs.values()))


def content(told: Any) -> Any:
    """What a library gave for a file's content, as bytes: a text is no path."""
    return told.encode() if isinstance(told, str) else told


def key(file: Any) -> str:
    """A path by where it leads, an open file by its path, bytes in memory by what they are."""
    if hasattr(file, "getvalue"):
        file = file.getvalue()
    if isinstance(file, (bytes, bytearray, memoryview)):
        return hashlib.blake2b(file, digest_size=16).hexdigest()
    name = getattr(file, "name", None) if hasattr(file, "read") or hasattr(file, "write") else file
    return os.path.realpath(os.fspath(name))  # type: ignore[arg-type]  # anything else is nothing to remember


def things(value: Any) -> Iterator[Any]:
    """What may have been fitted, in dictionaries, lists and the candidate's own objects; bounded."""
    waiting, seen = [(value, 3)], 0
    while waiting and seen < MOST_THINGS:
        thing, depth = waiting.pop()
        seen += 1
        if isinstance(thing, (dict, list, tuple)):
            inner = list(thing.values() if isinstance(thing, dict) else thing)
        elif isinstance(thing, type) or not hasattr(thing, "__dict__"):
            continue
        else:
            if hasattr(thing, "get_params") or hasattr(thing, "predict"):
                yield thing
            inner = [] if hasattr(thing, "get_params") else list(vars(thing).values())
        if depth:
            waiting += [(one, depth - 1) for one in inner[::-1]]
