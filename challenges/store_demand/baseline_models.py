"""Simple models of ours on the same rows, to say what a submission's complexity buys."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray
from graders.model.later import pd


def baseline_models(public: pd.DataFrame, hidden: pd.DataFrame) -> dict[str, FloatArray]:
    """Forecasts of the hidden rows by a single split and by a linear regression, both on cleaned columns."""
    from sklearn.compose import make_column_selector, make_column_transformer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder  # noqa: PLC0415
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415

    from challenges.store_demand import ladder  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it

    reader = ladder.Forecaster(ladder.ALL)
    known = public.drop_duplicates()
    asked = np.log1p(reader.demand(known))
    coded = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_include="str")), remainder="passthrough"
    )
    models = {
        "stump": make_pipeline(coded, SimpleImputer(), DecisionTreeRegressor(max_depth=1, random_state=0)),
        "linear regression": make_pipeline(coded, SimpleImputer(), Ridge()),
    }
    return {
        name: np.maximum(np.expm1(model.fit(reader.features(known), asked).predict(reader.features(hidden))), 0.0)
        for name, model in models.items()
    }
