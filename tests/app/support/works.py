"""A work, and a copy of it under other names."""

from __future__ import annotations

WORK = """
import pandas as pd
from sklearn.linear_model import LogisticRegression


def prepared(rows):
    # written by Kim Okafor
    rows = rows.assign(spent=rows["price"] * rows["months"], calls=rows["calls"].fillna(0))
    rows["late"] = rows["paid"].gt(rows["due"]).astype(int)
    for column in ("region", "channel"):
        counts = rows[column].value_counts(normalize=True)
        rows[column] = rows[column].map(counts).fillna(counts.min())
    return rows.drop(columns=["paid", "due"])


def train(folder, target):
    rows = pd.read_csv(folder / "public.csv")
    rows = rows[rows["age"].between(18, 90)].sort_values("day").reset_index(drop=True)
    model = LogisticRegression(C=0.3, max_iter=500)
    model.fit(prepared(rows).to_numpy(), rows[target].to_numpy())
    kept = {name: weight for name, weight in zip(rows.columns, model.coef_[0]) if abs(weight) > 0.01}
    return model, sorted(kept, key=lambda name: -abs(kept[name]))[:10]
"""
COPY = WORK.replace("prepared", "clean").replace("rows", "table").replace("kept", "best").replace("# written by ", "# ")
