"""Why an answer may depend on the other rows of the batch, as the text of predict shows it."""

from __future__ import annotations

import pandas as pd
import pytest

from graders.checks.leakage.signal import Signal
from graders.checks.leakage.static import Columns, look
from testing.builders import a_submission

PIPELINE = """
import numpy as np
import pandas as pd
from helper import joined, load

def evaluate(data):
    return {"roc_auc": 0.5}

def predict(data, model_dir):
    X = pd.DataFrame(index=data.index)
    X = prepared(X, data)
    return load(model_dir).predict_proba(joined(X, data))[:, 1]

def prepared(X, data):
    LINE
    return X
"""
HELPER = """
import joblib

def load(folder):
    return joblib.load(folder / "m")

def joined(X, data):
    return X
"""
CAUSES = {
    'X["d"] = pd.to_datetime(data["signup_date"]).astype("int64")': "unit that pandas 3 keeps dates in",
    'X["d"] = pd.to_datetime(data["signup_date"]).view("i8") // 10**9': "unit that pandas 3 keeps dates in",
    'X["d"] = (pd.to_datetime(data["snapshot_date"]) - pd.Timestamp("2020")).astype(int)': "unit that pandas 3 keeps",
    'X["d"] = pd.to_datetime(data["signup_date"]).fillna(pd.Timestamp("2020")).astype(int)': "unit that pandas 3 keeps",
    'X["d"] = pd.to_datetime(data["signup_date"]).dt.normalize().astype(int)': "unit that pandas 3 keeps",
    'X = pd.get_dummies(data[["region"]])': "a column for each value that occurs",
    'X["q"] = pd.qcut(data["usage_gb"], 10, labels=False)': "quantiles of the batch",
    'X["q"] = pd.cut(data["usage_gb"], 10, labels=False)': "range of the batch",
    'X["r"] = data["usage_gb"].rank(pct=True)': "among the rows of the batch",
    'X["c"] = data["region"].astype("category").cat.codes': "numbers categories by those that occur",
    'kinds = data["region"].astype("category"); X["c"] = kinds.cat.codes': "numbers categories by those that occur",
    'kinds = pd.CategoricalIndex(data["region"]); X["c"] = kinds.codes': "numbers categories by those that occur",
    'X["c"] = pd.factorize(data["region"])[0]': "numbers values in the order",
    'X["c"] = np.unique(data["region"], return_inverse=True)[1]': "numbers values by those that occur",
    'X["z"] = (data["usage_gb"] - data["usage_gb"].mean()) / 3': "statistic of the batch",
    'X["s"] = data["usage_gb"].ffill()': "reads rows beside it",
    'X["s"] = data["usage_gb"].cumsum(axis=0)': "reads rows beside it",
    'X["d"] = pd.to_datetime(data["signup_date"]).to_numpy().astype("int64")': "unit that pandas 3 keeps dates in",
}
SOUND = (
    'X["d"] = (pd.to_datetime(data["signup_date"]) - pd.Timestamp("2020-01-01")).dt.days',
    'X = pd.get_dummies(data[["region"]]).reindex(columns=["region_north"], fill_value=0)',
    'X["c"] = pd.Categorical(data["region"], categories=["north", "south"]).codes',
    'X["q"] = pd.cut(data["usage_gb"], [0, 10, 100], labels=False)',
    'X["m"] = data[["usage_gb", "age"]].mean(axis=1)',
    'print("rows", len(data), data["usage_gb"].mean())',
    'X["n"] = data["n_products"].astype("int64")',
    'X["w"] = (pd.to_datetime(data["snapshot_date"]).dt.dayofweek > 4).astype(int)',
    'X["w"] = pd.to_datetime(data["snapshot_date"]).dt.dayofweek.astype(int)',
    'X["w"] = pd.to_datetime(data["snapshot_date"]).dt.isocalendar().week.astype(int)',
    'X["d"] = (pd.to_datetime(data["discount_end_date"]) - pd.Timestamp("2020")).dt.days.fillna(-1).astype(int)',
    'X["d"] = (pd.to_datetime(data["signup_date"]) - pd.Timestamp("2020")).dt.total_seconds().div(60).astype("int64")',
    'X["f"] = (~pd.to_datetime(data["discount_end_date"]).isna() & data["region"].eq("north")).astype("int64")',
    'X["g"] = pd.to_datetime(data["discount_end_date"]).isna().to_numpy().astype(int)',
    'X["g"] = (pd.to_datetime(data["signup_date"]) > pd.Timestamp("2020")).values.astype("int64")',
    'X[["a", "b"]] = data[["usage_gb", "age"]].cumsum(axis=1)',
    'X["c"] = data["region"].map(load("m").codes)',
    "X = bundle.codes.transform(X)",
    'm = pd.to_datetime(data["signup_date"]).to_numpy().astype("datetime64[M]"); X["m"] = m.astype(int) % 12',
    'd = pd.to_datetime(data["signup_date"]).dt.year; X["new"] = np.where(d > 2020, 1.0, 0.0).astype(int)',
    'X["n"] = data["region"].replace({"north": "1"}).astype(int) + pd.to_datetime(data["signup_date"]).dt.year',
)


def signals(line: str) -> list[Signal]:
    files = {"pipeline.py": PIPELINE.replace("LINE", line), "helper.py": HELPER}
    return [signal for signal in look(a_submission(files), Columns()).signals if signal.code == "LEAK010"]


@pytest.mark.parametrize(("line", "told"), CAUSES.items())
def test_a_cause_is_named_with_its_line(line: str, told: str) -> None:
    (signal,) = signals(line)
    assert told in signal.what
    assert signal.where is not None
    assert (signal.where.path, signal.where.line) == ("pipeline.py", 15)


@pytest.mark.parametrize("line", SOUND)
def test_what_is_fixed_beforehand_is_no_cause(line: str) -> None:
    assert signals(line) == []


@pytest.mark.parametrize(("kept", "cause"), [("levels", False), ("data", True)])
def test_a_statistic_of_what_train_saved_is_none_of_the_batch(kept: str, cause: bool) -> None:
    text = f"""
import joblib
def train(data, model_dir):
    joblib.dump(data.groupby("region")["usage_gb"].mean(), model_dir / "levels")
def evaluate(data):
    return {{"roc_auc": 0.5}}
def predict(data, model_dir):
    levels = joblib.load(model_dir / "levels")
    return data["usage_gb"] - {kept}.mean()
"""
    found = look(a_submission({"pipeline.py": text}), Columns()).signals
    assert any(signal.code == "LEAK010" for signal in found) is cause


@pytest.mark.parametrize("flag", [True, False])
def test_a_branch_that_is_not_taken_is_no_cause(flag: bool) -> None:
    """What a function does for training alone, as a flag says, is not done when it is asked."""
    helper = (
        f"return means(X, data, {flag})\n\ndef means(X, data, learn):\n    if learn:\n        X['m'] = data['a'].mean()"
    )
    assert bool(signals(helper)) is flag


def test_pandas_keeps_dates_in_another_unit_by_what_a_batch_holds() -> None:
    """So whole numbers made of the same date differ by a thousand or a million (pandas 3.1.1)."""
    units = [
        pd.to_datetime(pd.Series(values, dtype="str")).dtype
        for values in (
            ["2023-01-01", "2023-02-01"],
            [None, None],
            ["2023-01-01 00:00:00.123456789", "2023-02-01 00:00:00.500"],
        )
    ]
    assert [str(unit) for unit in units] == ["datetime64[us]", "datetime64[s]", "datetime64[ns]"]
