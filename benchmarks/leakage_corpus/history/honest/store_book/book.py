"""Lookup tables of what a store sold: made from one stretch of time, read for a later one."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Book:
    """Mean and spread of units by store and by article, from the rows it was written from."""

    stores: dict = field(default_factory=dict)
    articles: dict = field(default_factory=dict)
    level: float = 0.0

    @classmethod
    def written_from(cls, rows: pd.DataFrame) -> Book:
        level = float(rows["units"].mean())
        by_article = rows.groupby("article")["units"].mean()
        ratio = rows["units"] / rows["article"].map(by_article)
        by_store = ratio.groupby(rows["store_id"]).agg(["sum", "count"])
        stores = ((by_store["sum"] + 5) / (by_store["count"] + 5)).to_dict()
        return cls(stores, by_article.to_dict(), level)

    def read(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(
            store_level=rows["store_id"].map(self.stores).astype(float).fillna(1.0),
            known_store=rows["store_id"].isin(list(self.stores)).astype(int),
            article_level=rows["article"].map(self.articles).astype(float).fillna(self.level),
        )
