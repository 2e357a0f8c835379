"""Quantiles by group, each drawn towards the group it lies in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from engine.core import Registry


@Registry.register("shrunken_quantiles")
class ShrunkenQuantiles:
    def __init__(self, levels: list[list[str]], weight: float, quantile: float) -> None:
        self._levels, self._weight, self._quantile = levels, weight, quantile
        self._tables: list[dict[str, float]] = []
        self._whole = 0.0

    def learn(self, rows: pd.DataFrame) -> None:
        relative = np.log(rows["cost"] / rows["labour_rate"])
        self._whole = float(relative.quantile(self._quantile))
        self._tables = []
        above = pd.Series(self._whole, index=rows.index)
        for keys in self._levels:
            names = self._names(rows, keys)
            table = {}
            for name, group in relative.groupby(names):
                parent = float(above.loc[group.index].iloc[0])
                n = len(group)
                table[name] = (n * float(group.quantile(self._quantile)) + self._weight * parent) / (n + self._weight)
            self._tables.append(table)
            above = names.map(table)

    def answer(self, rows: pd.DataFrame) -> list[float]:
        found = pd.Series(self._whole, index=rows.index)
        for keys, table in zip(self._levels, self._tables, strict=True):
            found = self._names(rows, keys).map(table).fillna(found)
        return (np.exp(found) * rows["labour_rate"]).tolist()

    def state(self) -> dict[str, Any]:
        return {"whole": self._whole, "tables": self._tables}

    def restore(self, state: dict[str, Any]) -> None:
        self._whole, self._tables = state["whole"], state["tables"]

    @staticmethod
    def _names(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
        return rows[keys].astype(str).agg("|".join, axis=1)
