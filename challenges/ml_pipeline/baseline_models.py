"""Simple models of ours on the same rows, to say what a submission's complexity buys."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graders.model.arrays import FloatArray


def baseline_models(public: pd.DataFrame, hidden: pd.DataFrame) -> dict[str, FloatArray]:
    """Scores of the hidden rows by a single split and by a logistic regression, both on cleaned columns."""
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415

    from challenges.ml_pipeline import ladder  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it

    stump = make_pipeline(ladder.coded(), SimpleImputer(), DecisionTreeClassifier(max_depth=1, random_state=0))
    models = {"stump": stump, "logistic regression": ladder.logistic_regression()}
    known = public.drop_duplicates()
    found = {}
    for name, model in models.items():
        model.fit(ladder.cleaned(known), known["churned"])
        found[name] = np.asarray(model.predict_proba(ladder.cleaned(hidden))[:, 1], dtype=np.float64)
    return found
