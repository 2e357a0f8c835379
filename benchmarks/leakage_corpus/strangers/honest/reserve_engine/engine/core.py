"""What an estimator is, where estimators register, and the engine that runs one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pandas as pd


class Estimator(Protocol):
    def learn(self, rows: pd.DataFrame) -> None: ...
    def answer(self, rows: pd.DataFrame) -> list[float]: ...
    def state(self) -> dict[str, Any]: ...
    def restore(self, state: dict[str, Any]) -> None: ...


class Registry:
    _makers: ClassVar[dict[str, Callable[..., Estimator]]] = {}

    @classmethod
    def register(cls, name: str) -> Callable[[Callable[..., Estimator]], Callable[..., Estimator]]:
        def add(maker: Callable[..., Estimator]) -> Callable[..., Estimator]:
            cls._makers[name] = maker
            return maker

        return add

    @classmethod
    def create(cls, name: str, **options: Any) -> Estimator:
        if name not in cls._makers:
            raise KeyError(f"no estimator is called {name}; there are {sorted(cls._makers)}")
        return cls._makers[name](**options)


class Engine:
    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    def fit(self, rows: pd.DataFrame) -> Engine:
        self._estimator.learn(tidy(rows))
        return self

    def quantiles(self, rows: pd.DataFrame) -> list[float]:
        return self._estimator.answer(tidy(rows))

    def dump(self, path: Path) -> None:
        path.write_text(json.dumps(self._estimator.state()))

    def load(self, path: Path) -> Engine:
        self._estimator.restore(json.loads(path.read_text()))
        return self


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(fault=rows["fault"].str.lower())
