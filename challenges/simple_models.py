"""Models of ours that classify, on the columns of a generated table: the baseline, and two on cleaned columns.

Loads scikit-learn: most of what the command line takes to start, so it is imported where it is called.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from graders.model.arrays import FloatArray


def baseline(public: pd.DataFrame, hidden: pd.DataFrame, columns: list[str], target: str) -> FloatArray:
    """Probabilities of each class, shape (hidden rows, classes), by a logistic regression on columns as they are."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(public[columns], public[target])
    return np.asarray(model.predict_proba(hidden[columns]), dtype=np.float64)


def on_cleaned(
    cleaned: Callable[[pd.DataFrame], pd.DataFrame], public: pd.DataFrame, hidden: pd.DataFrame, target: str
) -> dict[str, FloatArray]:
    """The same by a single split and by a logistic regression, both on the columns that `cleaned` gives."""
    stump = make_pipeline(coded(), SimpleImputer(), DecisionTreeClassifier(max_depth=1, random_state=0))
    models = {"stump": stump, "logistic regression": logistic_regression()}
    known = public.drop_duplicates()
    found = {}
    for name, model in models.items():
        model.fit(cleaned(known), known[target])
        found[name] = np.asarray(model.predict_proba(cleaned(hidden)), dtype=np.float64)
    return found


def coded() -> BaseEstimator:
    """Text columns as numbers, all others as they are."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    return make_column_transformer((codes, make_column_selector(dtype_include="str")), remainder="passthrough")


def logistic_regression() -> BaseEstimator:
    """Of text columns one by one, and of scaled numbers with their gaps marked."""
    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_include="str")),
        (numbers, make_column_selector(dtype_include="number")),
    )
    return make_pipeline(columns, LogisticRegression(C=0.1, max_iter=500))
