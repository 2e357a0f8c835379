"""Generated tables: an honest one of each task, and faults that can be planted in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from challenges.tables.proposal import Wish, propose
from challenges.tables.split import split
from challenges.tables.table import Table

ROWS = 3_000


def kinds(rows: pd.DataFrame) -> dict[str, str]:
    """The kinds that reading would give these columns."""
    found = {}
    for name, column in rows.items():
        known = column.dropna().astype("str")
        if pd.api.types.is_integer_dtype(column):
            found[name] = "int"
        elif pd.api.types.is_float_dtype(column):
            found[name] = "float"
        else:
            found[name] = "date text" if known.str.match(r"\d{4}-\d{2}-\d{2}$").all() and len(known) else "text"
    return found


def table(rows: pd.DataFrame) -> Table:
    """As it was read; making a challenge takes its columns out."""
    return Table(rows.copy(), kinds(rows), {}, ())  # type: ignore[arg-type]


def honest(task: str = "binary", seed: int = 0, rows: int = ROWS) -> pd.DataFrame:
    """Rows that depend on five of seven columns, with noise; nothing is wrong with them."""
    rng = np.random.default_rng(seed)
    income, age = rng.lognormal(3.5, 0.5, rows).round(2), rng.integers(18, 90, rows)
    frame = pd.DataFrame(
        {
            "income": np.where(rng.random(rows) < 0.1, np.nan, income),
            "tenure": rng.gamma(2, 400, rows).round(1),
            "visits": rng.poisson(3, rows),
            "plan": rng.choice(["small", "medium", "large"], rows, p=[0.5, 0.3, 0.2]),
            "region": rng.choice([f"r{number}" for number in range(12)], rows),
            "age": age,
            "score": rng.normal(size=rows).round(3),
        }
    )
    drive = (
        0.9 * np.log(income / 33)
        - 0.0008 * (frame["tenure"] - 800)
        + 0.25 * (frame["visits"] - 3)
        + 0.8 * (frame["plan"] == "large")
        + 0.02 * (age - 50)
        + 0.5 * np.abs(frame["score"])
    ).to_numpy()
    if task == "regression":
        return frame.assign(y=(20 + 4 * drive + rng.normal(0, 3, rows)).round(2))
    if task == "multiclass":
        odds = np.column_stack([drive, 1.5 * frame["score"], np.zeros(rows)]) + rng.gumbel(size=(rows, 3))
        return frame.assign(y=np.asarray(["blue", "green", "red"], dtype=object)[odds.argmax(axis=1)])
    return frame.assign(y=np.where(drive + rng.logistic(size=rows) > 0.5, "yes", "no"))


def grouped(seed: int = 0, units: int = 600, each: int = 5) -> pd.DataFrame:
    """Rows of customers whose rows are alike, in what they hold and in what became of them."""
    rng = np.random.default_rng(seed + 1000)
    of = np.repeat(np.arange(units), each)
    base = honest("binary", seed, units).drop(columns="y").iloc[of].reset_index(drop=True)
    effect = rng.normal(0, 1.5, units)[of]
    drive = 0.8 * (base["plan"] == "large") + 0.02 * (base["age"] - 50) + effect
    y = np.where(drive + rng.logistic(size=len(of)) > 0.3, "yes", "no")
    order = rng.permutation(len(of))
    frame = base.assign(score=rng.normal(size=len(of)).round(3), customer_id=1000 + of, y=y)
    return frame.iloc[order].reset_index(drop=True)


def panel(seed: int = 0, units: int = 60, weeks: int = 40, joining: float = 0.0, spread: float = 6.0) -> pd.DataFrame:
    """A number of machines week by week: each has a level of its own; some join in the last weeks."""
    rng = np.random.default_rng(seed + 3000)
    of, week = np.repeat(np.arange(units), weeks), np.tile(np.arange(weeks), units)
    since = np.where(rng.random(units) < joining, weeks - 8, 0)
    load, heat = rng.normal(size=len(of)).round(3), rng.normal(20, 4, len(of)).round(1)
    drive = rng.normal(0, spread, units)[of] + 2 * load + 0.3 * heat + np.sin(week / 8)
    frame = pd.DataFrame(
        {
            "machine_id": [f"M{number:03}" for number in of],
            "week": (pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")).strftime("%Y-%m-%d"),
            "load": load,
            "heat": heat,
            "kind": rng.choice(["press", "saw", "drill"], units)[of],
            "y": (drive + rng.normal(0, 2, len(of))).round(2),
        }
    )[week >= since[of]]
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


def moving(seed: int = 0, drift: float = 3.0, rows: int = ROWS) -> pd.DataFrame:
    """A number whose level and slopes move over two years, with the day of each row."""
    rng = np.random.default_rng(seed + 2000)
    day = np.sort(rng.integers(0, 730, rows))
    frame = honest("regression", seed, rows)
    moved = drift * np.sin(day / 90) * (frame["plan"] == "small") + drift * 2 * day / 730 * (frame["region"] < "r5")
    week = pd.Series(day // 30)
    hidden_level = week.map(dict(enumerate(rng.normal(0, drift, week.max() + 1))))
    frame["temperature"] = (hidden_level + 0.05 * rng.normal(size=rows)).round(2)  # known by month only
    frame["y"] = (frame["y"] + moved + hidden_level * np.where(week % 2 == 0, 1.5, -1.5)).round(2)
    frame["day"] = (pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d")
    return frame.iloc[rng.permutation(rows)].reset_index(drop=True)


def proposed(rows: pd.DataFrame, **wish: object):
    return propose(table(rows), Wish("y", **wish))  # type: ignore[arg-type]


def parts(rows: pd.DataFrame, **wish: object):
    """(definition, the rows split by it)"""
    definition = proposed(rows, **wish).definition
    own = rows[[entry.name for entry in definition.column]].copy()
    if definition.group:
        own[definition.group] = own[definition.group].astype("str")
    return definition, split(definition, own, 7)
