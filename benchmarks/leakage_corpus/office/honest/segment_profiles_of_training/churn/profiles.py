"""Rates of leaving and usual usage by segment."""

from __future__ import annotations

import pandas as pd


class SegmentProfiles:
    """Learned by `fit_transform`; a segment nobody knows gets the base rate."""

    def __init__(self, segments: tuple[tuple[str, ...], ...], strength: float) -> None:
        self.segments, self.strength = segments, strength
        self._rates: dict[tuple[str, ...], pd.DataFrame] = {}
        self._base = 0.5

    def fit_transform(self, rows: pd.DataFrame, churned: pd.Series) -> pd.DataFrame:
        self._base = float(churned.mean())
        out = pd.DataFrame(index=rows.index)
        work = rows.assign(_y=churned)
        for segment in self.segments:
            keys = list(segment)
            total = work.groupby(keys)["_y"].agg(["sum", "count"])
            self._rates[segment] = total
            mine = work.groupby([*keys, "customer_id"])["_y"].transform("sum"), work.groupby([*keys, "customer_id"])["_y"].transform("count")
            of_all = work[keys].merge(total.reset_index(), on=keys, how="left").set_index(rows.index)
            out["rate_" + "_".join(segment)] = self._shrink(of_all["sum"] - mine[0], of_all["count"] - mine[1])
        return out

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        out = pd.DataFrame(index=rows.index)
        for segment, total in self._rates.items():
            found = rows[list(segment)].merge(total.reset_index(), on=list(segment), how="left").set_index(rows.index).fillna({"sum": 0, "count": 0})
            out["rate_" + "_".join(segment)] = self._shrink(found["sum"], found["count"])
        return out

    def _shrink(self, events: pd.Series, count: pd.Series) -> pd.Series:
        return (events + self.strength * self._base) / (count + self.strength)
