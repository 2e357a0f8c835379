"""Features of earlier rows look like statistics of all rows, and are none; what differs from them in a word is."""

from __future__ import annotations

import pytest

from graders.checks.leakage.static import Columns, look
from graders.checks.leakage.static.clocks import When, left_of, spans, together
from testing.builders import a_submission

COLUMNS = Columns(target="late", time="docked", metric="average_precision")
HEAD = """import heapq
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

COLS = ["miles", "draught", "feat"]
"""
TAIL = """

def evaluate(data):
    df = features(data)
    past, ahead = df[df["docked"] < "2024-06-01"], df[df["docked"] >= "2024-07-01"]
    model = LogisticRegression().fit(past[COLS], past["late"])
    answers = model.predict_proba(ahead[COLS])[:, 1]
    return {"average_precision": average_precision_score(ahead["late"], answers)}

def predict(data, model_dir):
    return np.zeros(len(data))
"""

HONEST = {
    "how far back a row looks is bounded by the day of the cut": """
def features(df):
    days = (pd.to_datetime(df["docked"]) - pd.Timestamp("2022-01-01")).dt.days
    df["feat"] = np.minimum(days, np.quantile(days, 0.8))
    return df
""",
    "days until the last of all": """
def features(df):
    docked = pd.to_datetime(df["docked"])
    df["feat"] = (docked.max() - docked).dt.days
    return df
""",
    "labels of earlier calls in a lambda": """
def features(df):
    df = df.sort_values(["ship","docked"])
    df["feat"] = df.groupby("ship")["late"].transform(lambda s: s.shift().expanding().mean())
    return df
""",
    "a running sum of labels less the own one": """
def features(df):
    df = df.sort_values(["ship","docked"])
    g = df.groupby("ship")["late"]
    df["feat"] = (g.cumsum() - df["late"]) / g.cumcount().clip(lower=1)
    return df
""",
    "a running sum of a feature": """
def features(df):
    df = df.sort_values("docked")
    g = df.groupby("berth")["delays"]
    df["feat"] = (g.cumsum() - df["delays"]) / g.cumcount().clip(lower=1)
    return df
""",
    "expanding, then moved on": """
def features(df):
    df = df.sort_values("docked")
    df["feat"] = df.groupby("berth")["delays"].expanding().mean().reset_index(level=0, drop=True)
    df["feat"] = df.groupby("berth")["feat"].shift(1)
    return df
""",
    "means of days, moved on and averaged": """
def features(df):
    daily = df.groupby("docked")["delays"].mean().sort_index()
    df["feat"] = df["docked"].map(daily.shift(1).rolling(7).mean())
    return df
""",
    "means of a month joined to the next": """
def features(df):
    df["m"] = pd.to_datetime(df["docked"]).dt.to_period("M")
    monthly = df.groupby(["berth","m"])["delays"].mean().rename("feat").reset_index()
    monthly["m"] = monthly["m"] + 1
    return df.merge(monthly, on=["berth","m"], how="left")
""",
    "months as text, unstacked and moved on": """
def features(df):
    df = df.assign(month=df["docked"].str.slice(0, 7))
    t = df.groupby(["month","berth"])["delays"].mean().unstack().sort_index().expanding().mean().shift(1)
    return df.merge(t.stack().rename("feat").reset_index(), on=["month","berth"], how="left")
""",
    "the function pivot_table, moved on": """
def features(df):
    df = df.assign(month=pd.to_datetime(df["docked"]).dt.strftime("%Y-%m"))
    t = pd.pivot_table(df, index="month", columns="berth", values="delays", aggfunc="mean").shift(1)
    return df.join(t.stack().rename("feat"), on=["month","berth"])
""",
    "a Grouper by months": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    t = df.groupby(["berth", pd.Grouper(key="docked", freq="MS")])["delays"].mean().groupby(level=0).shift(1)
    df["start"] = df["docked"].dt.to_period("M").dt.start_time
    return df.join(t.rename("feat"), on=["berth","start"])
""",
    "weeks resampled": """
def features(df):
    day = pd.to_datetime(df["docked"])
    week = df.set_index(day).resample("W")["delays"].mean().shift(1).rename("feat")
    df["week"] = day.dt.to_period("W").dt.end_time.dt.normalize()
    return df.merge(week, left_on="week", right_index=True, how="left")
""",
    "months counted since year nought": """
def features(df):
    when = pd.to_datetime(df["docked"])
    month = when.dt.year * 12 + when.dt.month
    t = df.groupby([df["berth"], month])["delays"].mean()
    t.index = pd.MultiIndex.from_arrays([t.index.get_level_values(0), t.index.get_level_values(1) + 1])
    df["feat"] = t.reindex(pd.MultiIndex.from_arrays([df["berth"], month])).to_numpy()
    return df
""",
    "as of an earlier day": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    d = df.groupby(["berth", "docked"], as_index=False)["cargo"].mean().sort_values("docked")
    d = d.rename(columns={"cargo": "feat"})
    return pd.merge_asof(df.sort_values("docked"), d, on="docked", by="berth", allow_exact_matches=False)
""",
    "running sums as of an earlier day": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    d = df.groupby(["line","docked"]).agg(s=("delays","sum"), n=("delays","count")).reset_index().sort_values("docked")
    d[["s","n"]] = d.groupby("line")[["s","n"]].cumsum()
    d["feat"] = d["s"] / d["n"]
    d = d[["line", "docked", "feat"]]
    return pd.merge_asof(df.sort_values("docked"), d, on="docked", by="line", allow_exact_matches=False)
""",
    "months in a loop, each told by those before": """
def features(df):
    df["m"] = df["docked"].str[:7]
    parts = []
    for m in sorted(df["m"].unique()):
        past = df[df["m"] < m]
        now = df[df["m"] == m].copy()
        now["feat"] = now["berth"].map(past.groupby("berth")["delays"].mean())
        parts.append(now)
    return pd.concat(parts)
""",
    "rates kept by month": """
def features(df):
    df["m"] = df["docked"].str[:7]
    rates = {}
    for m in sorted(df["m"].unique()):
        rates[m] = df[df["m"] < m].groupby("berth")["delays"].mean()
    df["feat"] = [rates[m].get(d, 0.0) for m, d in zip(df["m"], df["berth"])]
    return df
""",
    "bisection in sorted days": """
def features(df):
    df = df.sort_values("docked").reset_index(drop=True)
    days = df["docked"].to_numpy()
    run = np.concatenate([[0.0], np.cumsum(df["delays"].to_numpy())])
    k = np.searchsorted(days, days, side="left")
    df["feat"] = run[k] / np.maximum(k, 1)
    return df
""",
    "a dictionary filled after it is read": """
def features(df):
    df = df.sort_values("docked")
    total, count, out = defaultdict(float), defaultdict(int), []
    for row in df.itertuples():
        out.append(total[row.berth] / max(count[row.berth], 1))
        total[row.berth] += row.delays
        count[row.berth] += 1
    df["feat"] = out
    return df
""",
    "a dictionary of labels filled after it is read": """
def features(df):
    df = df.sort_values("docked")
    total, count, out = defaultdict(float), defaultdict(int), []
    for row in df.itertuples():
        out.append(total[row.berth] / max(count[row.berth], 1))
        total[row.berth] += row.late
        count[row.berth] += 1
    df["feat"] = out
    return df
""",
    "means that fade, moved on": """
def features(df):
    df = df.sort_values("docked")
    df["feat"] = df.groupby("berth")["cargo"].transform(lambda s: s.ewm(span=20).mean().shift(1))
    return df
""",
    "a window closed on the left": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    df = df.sort_values(["berth","docked"])
    df["feat"] = df.groupby("berth").rolling("90D", on="docked", closed="left")["delays"].mean().to_numpy()
    return df
""",
    "polars, months moved on": """
def features(df):
    t = pl.from_pandas(df).with_columns(pl.col("docked").str.to_date())
    t = t.with_columns(pl.col("docked").dt.truncate("1mo").alias("month"))
    m = t.group_by("berth", "month").agg(pl.col("delays").mean().alias("feat"))
    m = m.with_columns(pl.col("month").dt.offset_by("1mo"))
    return t.join(m, on=["berth", "month"], how="left").to_pandas()
""",
    "polars, a running sum less the own": """
def features(df):
    t = pl.from_pandas(df).sort("docked")
    t = t.with_columns((pl.col("delays").cum_sum() - pl.col("delays")).over("berth").alias("feat"))
    return t.to_pandas()
""",
    "polars, a window closed on the left": """
def features(df):
    t = pl.from_pandas(df).with_columns(pl.col("docked").str.to_date()).sort("berth", "docked")
    seen = pl.col("delays").rolling_mean_by("docked", window_size="90d", closed="left").over("berth")
    t = t.with_columns(seen.alias("feat"))
    return t.to_pandas()
""",
    "polars, weeks moved on": """
def features(df):
    t = pl.from_pandas(df).with_columns(pl.col("docked").str.to_date()).sort("docked")
    w = t.group_by_dynamic("docked", every="1w", group_by="berth").agg(pl.col("delays").mean().alias("feat"))
    w = w.with_columns(pl.col("docked").dt.offset_by("1w"))
    return t.join_asof(w.sort("docked"), on="docked", by="berth", strategy="backward").to_pandas()
""",
    "crosstab of months": """
def features(df):
    month = df["docked"].str[:7].rename("month")
    t = pd.crosstab(month, df["berth"], values=df["delays"], aggfunc="mean").shift(1)
    df["feat"] = [t.at[m, d] for m, d in zip(month, df["berth"])]
    return df
""",
    "quarters as periods": """
def features(df):
    df["q"] = pd.PeriodIndex(df["docked"], freq="Q")
    q = df.groupby(["line","q"])["cargo"].median()
    df["feat"] = [q.get((m, p - 1), np.nan) for m, p in zip(df["line"], df["q"])]
    return df
""",
    "labels that wait in a heap": """
def features(df):
    df = df.sort_values("docked")
    won, seen, heap, out = defaultdict(float), defaultdict(int), [], []
    for row in df.itertuples():
        while heap and heap[0][0] < row.docked:
            _, k, y = heapq.heappop(heap)
            won[k] += y
            seen[k] += 1
        out.append(won[row.berth] / max(seen[row.berth], 1))
        heapq.heappush(heap, (row.docked, row.berth, row.late))
    df["feat"] = out
    return df
""",
    "a class that scores, then counts": """
class Rates:
    def __init__(self):
        self.n, self.k = Counter(), Counter()
    def score(self, r):
        return self.k[r.berth] / max(self.n[r.berth], 1)
    def update(self, r):
        self.n[r.berth] += 1
        self.k[r.berth] += r.late
def features(df):
    df = df.sort_values("docked")
    rates, out = Rates(), []
    for r in df.itertuples():
        out.append(rates.score(r))
        rates.update(r)
    return df.assign(feat=out)
""",
    "groups in a loop, put together again": """
def features(df):
    parts = []
    for van, rows in df.groupby("ship"):
        rows = rows.sort_values("docked")
        rows["feat"] = rows["late"].shift().expanding().mean()
        parts.append(rows)
    return pd.concat(parts)
""",
    "a function for each group": """
def before(rows):
    rows = rows.sort_values("docked")
    rows["feat"] = rows["delays"].cumsum().shift(fill_value=0)
    return rows
def features(df):
    return df.groupby("berth", group_keys=False).apply(before)
""",
    "a window with its own function": """
def features(df):
    df = df.sort_values("docked")
    df["feat"] = df["delays"].shift(1).rolling(50, min_periods=1).apply(lambda w: w.max() - w.min())
    return df
""",
    "rates of labels, moved on": """
def features(df):
    df = df.sort_values(["ship","docked"])
    df["rate"] = df.groupby("ship")["late"].expanding().mean().reset_index(level=0, drop=True)
    df["feat"] = df.groupby("ship")["rate"].shift(1)
    return df
""",
    "a running sum by transform": """
def features(df):
    df = df.sort_values(["docked"])
    s = df.groupby("berth")["late"].transform("cumsum") - df["late"]
    df["feat"] = s.sub(0) / (df.groupby("berth").cumcount() + 1)
    return df
""",
    "a running sum less the own by a method": """
def features(df):
    df = df.sort_values(["docked"])
    g = df.groupby("berth")["late"]
    df["feat"] = g.cumsum().sub(df["late"]).div(g.cumcount().clip(lower=1))
    return df
""",
    "a running sum that is printed": """
def features(df):
    df = df.sort_values("docked")
    print((df["late"].cumsum() / df["late"].sum()).quantile(.5))
    df["feat"] = df.groupby("ship")["depth"].diff()
    return df
""",
    "weeks by their first day": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    df["week"] = df["docked"].dt.to_period("W").dt.start_time
    w = df.groupby(["line","week"], as_index=False).agg(feat=("draught","mean"))
    w["week"] = w["week"] + pd.Timedelta(weeks=1)
    return df.merge(w, on=["line","week"], how="left")
""",
    "months of numpy": """
def features(df):
    df["month"] = pd.to_datetime(df["docked"]).to_numpy().astype("datetime64[M]")
    w = df.groupby("month")["draught"].mean().expanding().mean().shift()
    df["feat"] = df["month"].map(w)
    return df
""",
    "year and month as two keys": """
def features(df):
    when = pd.to_datetime(df["docked"])
    df["y"], df["m"] = when.dt.year, when.dt.month
    t = df.groupby(["y","m"])["delays"].mean().shift(1).rename("feat")
    return df.join(t, on=["y","m"])
""",
    "labels of months, moved on by two": """
def features(df):
    df = df.assign(month=df["docked"].str[:7])
    t = df.pivot_table(index="month", columns="berth", values="late", aggfunc="mean").expanding().mean().shift(2)
    return df.merge(t.stack().rename("feat").reset_index(), on=["month", "berth"], how="left")
""",
    "labels of days, moved on by a month": """
def features(df):
    day = pd.to_datetime(df["docked"])
    t = df.groupby([day, "berth"])["late"].sum().unstack(fill_value=0)
    t = t.rolling(28).sum().shift(31)
    return df.assign(feat=[t.at[d, b] for d, b in zip(day, df["berth"])])
""",
    "against the others of the day, by a lambda": """
def features(df):
    df["feat"] = df.groupby("docked")["delays"].transform(lambda s: (s - s.mean()) / (s.std() + 1))
    return df
""",
    "windows of thirty days in a while loop": """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    out, start = [], df["docked"].min()
    while start <= df["docked"].max():
        end = start + pd.Timedelta(days=30)
        now = df[(df["docked"] >= start) & (df["docked"] < end)].copy()
        now["feat"] = df[df["docked"] < start]["delays"].mean()
        out.append(now)
        start = end
    return pd.concat(out)
""",
    "a helper for each month": """
def one(df, month):
    now = df[df["month"] == month].copy()
    now["feat"] = now["berth"].map(df[df["month"] < month].groupby("berth")["delays"].mean())
    return now

def features(df):
    df["month"] = df["docked"].str[:7]
    parts = []
    for month in sorted(df["month"].unique()):
        parts.append(one(df, month))
    return pd.concat(parts)
""",
    "parts added to a list": """
def features(df):
    df["month"] = df["docked"].str[:7]
    parts = []
    for month in df["month"].unique():
        parts += [df[df["month"] == month].assign(feat=df[df["month"] < month]["delays"].mean())]
    return pd.concat(parts)
""",
}
LEAKY = {
    "a bound that all rows give": (
        "LEAK001",
        """
def features(df):
    df["feat"] = np.minimum(df["delays"], np.quantile(df["delays"], 0.8))
    return df
""",
    ),
    "means of a month of any year": (
        "LEAK001",
        """
def features(df):
    df["month"] = pd.to_datetime(df["docked"]).dt.month
    m = df.groupby(["berth","month"])["delays"].mean().rename("feat").reset_index()
    return df.merge(m, on=["berth","month"], how="left")
""",
    ),
    "means of a weekday": (
        "LEAK001",
        """
def features(df):
    wd = pd.to_datetime(df["docked"]).dt.dayofweek
    df["feat"] = df.groupby(["berth", wd])["delays"].transform("mean")
    return df
""",
    ),
    "the letters of a month": (
        "LEAK001",
        """
def features(df):
    df["mm"] = df["docked"].str[5:7]
    df["feat"] = df.groupby(["mm"])["cargo"].transform("median")
    return df
""",
    ),
    "a table without time": (
        "LEAK001",
        """
def features(df):
    t = df.pivot_table(index="line", columns="berth", values="delays", aggfunc="mean")
    return df.merge(t.stack().rename("feat").reset_index(), on=["line","berth"], how="left")
""",
    ),
    "the mean of all months": (
        "LEAK001",
        """
def features(df):
    df["month"] = df["docked"].str[:7]
    monthly = df.groupby(["berth","month"])["delays"].mean().reset_index()
    df["feat"] = df["berth"].map(monthly.groupby("berth")["delays"].mean())
    return df
""",
    ),
    "days against the mean of days": (
        "LEAK001",
        """
def features(df):
    daily = df.groupby("docked")["delays"].mean()
    df["feat"] = (df["docked"].map(daily) - daily.mean()) / daily.std()
    return df
""",
    ),
    "labels of the own month": (
        "LEAK007",
        """
def features(df):
    df["m"] = df["docked"].str[:7]
    df["feat"] = df.groupby(["berth","m"])["late"].transform("mean")
    return df
""",
    ),
    "a dictionary of labels filled before it is read": (
        "LEAK002",
        """
def features(df):
    df = df.sort_values("docked")
    total, out = defaultdict(float), []
    for row in df.itertuples():
        total[row.berth] += row.late
        out.append(total[row.berth])
    df["feat"] = out
    return df
""",
    ),
    "a dictionary filled first and read afterwards": (
        "LEAK007",
        """
def features(df):
    total = defaultdict(float)
    for row in df.itertuples():
        total[row.berth] += row.late
    df["feat"] = [total[d] for d in df["berth"]]
    return df
""",
    ),
    "a running sum with the own label": (
        "LEAK002",
        """
def features(df):
    df = df.sort_values(["ship","docked"])
    df["feat"] = df.groupby("ship")["late"].cumsum()
    return df
""",
    ),
    "a running mean with the own label": (
        "LEAK002",
        """
def features(df):
    df = df.sort_values(["ship","docked"])
    df["feat"] = df.groupby("ship")["late"].transform(lambda s: s.expanding().mean())
    return df
""",
    ),
    "a window closed on both sides": (
        "LEAK002",
        """
def features(df):
    df["docked"] = pd.to_datetime(df["docked"])
    df = df.sort_values(["ship","docked"])
    df["feat"] = df.groupby("ship").rolling("365D", on="docked", closed="both")["late"].sum().to_numpy()
    return df
""",
    ),
    "polars, a running sum with the own label": (
        "LEAK002",
        """
def features(df):
    t = pl.from_pandas(df).sort("ship", "docked")
    return t.with_columns(pl.col("late").cum_sum().over("ship").alias("feat")).to_pandas()
""",
    ),
    "the day before where the latest comes first": (
        "LEAK001",
        """
def features(df):
    daily = df.groupby(["berth", "docked"], as_index=False)["delays"].mean()
    daily = daily.sort_values(["berth", "docked"], ascending=[True, False])
    daily["feat"] = daily.groupby("berth")["delays"].shift(1)
    return df.merge(daily[["berth","docked","feat"]], on=["berth","docked"])
""",
    ),
    "the month after": (
        "LEAK001",
        """
def features(df):
    df["month"] = df["docked"].str[:7]
    t = df.groupby("month")["delays"].mean().shift(-1)
    df["feat"] = df["month"].map(t)
    return df
""",
    ),
}


def codes(features: str) -> set[str]:
    found = look(a_submission({"pipeline.py": HEAD + features + TAIL}), COLUMNS)
    assert "LEAK001" in found.able
    return {signal.code for signal in found.signals}


@pytest.mark.parametrize("features", HONEST.values(), ids=HONEST)
def test_what_rests_on_earlier_rows_is_left_alone(features: str) -> None:
    assert codes(features) == set()


@pytest.mark.parametrize(("code", "features"), LEAKY.values(), ids=LEAKY)
def test_what_rests_on_other_rows_is_named(code: str, features: str) -> None:
    assert codes(features) == {code}


@pytest.mark.parametrize("copies", ["range(3)", "[1, 2, 3]"])
def test_rows_put_together_again_and_again_are_repeated(copies: str) -> None:
    """A loop that chooses no rows puts the same ones into its list."""
    features = f"""
def features(df):
    parts = []
    for _ in {copies}:
        parts.append(df)
    return pd.concat(parts).assign(feat=0)
"""
    assert codes(features) == {"LEAK003"}


def test_a_helper_that_is_told_the_turn_and_leaves_all_rows_chooses_none() -> None:
    features = """
def shaken(df, seed):
    return df.assign(feat=np.random.default_rng(seed).normal(size=len(df)))

def features(df):
    parts = []
    for seed in range(5):
        parts.append(shaken(df, seed))
    return pd.concat(parts)
"""
    assert codes(features) == {"LEAK003"}


@pytest.mark.parametrize(
    ("name", "told", "left"),
    [
        ("dt", (), When.SPAN),
        ("month", (), When.ROUND),
        ("year", (), When.YEAR),
        ("strftime", ("%Y-%m",), When.SPAN),
        ("strftime", ("%m",), When.ROUND),
        ("strftime", ("%Y",), When.YEAR),
        ("to_period", ("M",), When.SPAN),
        ("to_period", ("Y",), When.YEAR),
        ("truncate", ("1mo",), When.SPAN),
    ],
)
def test_what_is_left_of_a_time(name: str, told: tuple[str, ...], left: When) -> None:
    assert left_of(When.SPAN, name, told) is left
    assert left_of(When.NEVER, name, told) is When.NEVER


def test_parts_of_a_time_together() -> None:
    """A month of a year is a span of time, the same month of any year is none."""
    assert together(When.YEAR, When.ROUND) is When.SPAN
    assert together(When.ROUND, When.ROUND) is When.ROUND
    assert together(When.SPAN, When.NEVER) is When.NEVER
    assert spans([When.NEVER, When.SPAN])
    assert not spans([When.NEVER, When.YEAR])
    assert not spans([])
