"""What plain scripts are said to do: each rule beside a lookalike that must be told the other way."""

from __future__ import annotations

import pytest

from graders.checks.leakage.static import analyse

HEAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("train.csv")
m = LogisticRegression()
"""
SPLIT = "X_tr, X_te, y_tr, y_te = train_test_split(X, y)\nm.fit(X_tr, y_tr)\nm.score(X_te, y_te)"

OVERLAP = {
    "asked about what it was fitted on": (True, "m.fit(df, df.y)\nm.predict(df)"),
    "asked about one row of it": (False, "m.fit(df, df.y)\nm.predict([df.values[7]])"),
    "asked about one row, reshaped": (False, "m.fit(df, df.y)\nm.predict(df.values[7].reshape(1, -1))"),
    "asked about its rows one by one": (True, "m.fit(df, df.y)\nfor row in df.values:\n    m.predict([row])"),
    "labels of rows": (
        False,
        """both = pd.concat([df, pd.read_csv("test.csv")], keys=["train", "test"])
m.fit(both.loc["train"], df.y)
m.predict(both.loc["test"])""",
    ),
    "the same label of rows": (
        True,
        """both = pd.concat([df, pd.read_csv("test.csv")], keys=["train", "test"])
m.fit(both.loc["train"], df.y)
m.predict(both.loc["train"])""",
    ),
    "one slice written twice": (True, "m.fit(df[:90], df.y[:90])\nm.predict(df[:90])"),
    "the two sides of a slice": (False, "m.fit(df[:90], df.y[:90])\nm.predict(df[90:])"),
    "windows of two loops": (
        False,
        """a, b = [], []
for i in range(90):
    a.append(df[:i])
for i in range(90, 99):
    b.append(df[:i])
m.fit(a, df.y)
m.predict(b)""",
    ),
    "windows of one loop": (True, "for i in range(90):\n    m.fit(df[:i], df.y[:i])\n    m.predict(df[:i])"),
    "the end of the parts put together": (
        False,
        """whole = pd.concat([df[:90], df[90:]])
m.fit(df[:90], df.y[:90])
m.predict(whole[len(whole) - 10:])""",
    ),
    "all of the parts put together": (
        True,
        "whole = pd.concat([df[:90], df[90:]])\nm.fit(df[:90], df.y[:90])\nm.predict(whole)",
    ),
}

BEFORE = {
    "standardised by column": (True, f"X, y = df.apply(lambda c: (c - c.mean()) / c.std()), df.y\n{SPLIT}"),
    "standardised by row": (False, f"X, y = df.apply(lambda r: (r - r.mean()) / r.std(), axis=1), df.y\n{SPLIT}"),
    "by row, with a mean of all": (True, f"X, y = df.apply(lambda r: r.fillna(df.a.mean()), axis=1), df.y\n{SPLIT}"),
    "scaled before rows are named": (
        True,
        """both = pd.concat([df, pd.read_csv("test.csv")], keys=["train", "test"])
both = pd.DataFrame(StandardScaler().fit_transform(both), index=both.index)
m.fit(both.loc["train"], df.y)
m.predict(both.loc["test"])""",
    ),
}


@pytest.mark.parametrize(("said", "body"), OVERLAP.values(), ids=OVERLAP)
def test_overlap_is_a_model_judged_on_rows_it_saw(said: bool, body: str) -> None:
    """The last use of a model is on rows it was fitted on, or not."""
    assert any(p.overlap for p in analyse(HEAD + body).pairs) is said


@pytest.mark.parametrize(("said", "body"), BEFORE.values(), ids=BEFORE)
def test_fitted_before_is_what_rows_of_both_sides_took_part_in(said: bool, body: str) -> None:
    """Something the model rests on was learned from the rows it is asked about, or not."""
    assert any(p.fitted_before for p in analyse(HEAD + body).pairs) is said
