# Reserves for repairs.  Ported from R (tidymodels); the verbs keep their names: recipe, prep, bake, initial_split.
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_pinball_loss

TAU = 0.8
NOMINAL = ["kind", "region", "make", "fault", "towed"]
NUMERIC = ["labour_rate", "age_years", "mileage_km", "first_guess"]


# --- recipe -------------------------------------------------------------------------------------------
def recipe(template):
    """Roles and types only; the template's values are not looked at."""
    return {"nominal": [c for c in NOMINAL if c in template], "numeric": [c for c in NUMERIC if c in template], "outcome": "cost"}


def prep(rec, training):
    """step_impute_median, step_YeoJohnson (numeric), step_dummy, step_BoxCox (outcome)"""
    steps = dict(rec)
    steps["median"] = training[rec["numeric"]].median()
    filled = training[rec["numeric"]].fillna(steps["median"])
    steps["lambda_x"] = {c: stats.yeojohnson_normmax(filled[c].to_numpy()) for c in rec["numeric"]}
    steps["levels"] = {c: sorted(training[c].str.lower().unique()) for c in rec["nominal"]}
    steps["lambda_y"] = stats.boxcox_normmax(training[rec["outcome"]].to_numpy(), method="mle")
    return steps


def bake(steps, new_data):
    filled = new_data[steps["numeric"]].fillna(steps["median"])
    out = {c: stats.yeojohnson(filled[c].to_numpy(), steps["lambda_x"][c]) for c in steps["numeric"]}
    out |= {f"{c}_na": new_data[c].isna().to_numpy() for c in steps["numeric"]}
    for c, levels in steps["levels"].items():
        typed = new_data[c].str.lower()
        out |= {f"{c}_{level}": (typed == level).to_numpy() for level in levels[1:]}
    return pd.DataFrame(out, index=new_data.index).astype(float)


def bake_outcome(steps, new_data):
    return stats.boxcox(new_data[steps["outcome"]].to_numpy(), steps["lambda_y"])


def unbake_outcome(steps, y):
    lam = steps["lambda_y"]
    return np.exp(y) if abs(lam) < 1e-9 else np.maximum(lam * y + 1, 1e-6) ** (1 / lam)


# --- rsample ------------------------------------------------------------------------------------------
def initial_split(data, prop=0.7):
    """group_initial_split and initial_time_split at once: other garages, later days"""
    garages = pd.Series(np.sort(data["garage_id"].unique())).sample(frac=prop, random_state=42)
    cut = data["opened_on"].sort_values().iloc[int(prop * len(data))]
    ours, early = data["garage_id"].isin(garages), data["opened_on"] < cut
    return data[ours & early], data[~ours & ~early]


# --- parsnip ------------------------------------------------------------------------------------------
def fit_engine(x, y):
    # quantiles go through monotone transformations unharmed
    return GradientBoostingRegressor(
        loss="quantile", alpha=TAU, n_estimators=120, max_depth=3, subsample=0.7, max_features=0.5, min_samples_leaf=15, random_state=1
    ).fit(x, y)


def evaluate(data):
    training, testing = initial_split(data)
    rec = recipe(data)
    steps = prep(rec, training=data)
    engine = fit_engine(bake(steps, training), bake_outcome(steps, training))
    held = unbake_outcome(steps, engine.predict(bake(steps, testing)))
    return {"mean_pinball_loss": mean_pinball_loss(testing["cost"], held, alpha=TAU)}


def train(data, model_dir):
    steps = prep(recipe(data), training=data)
    workflow = steps, fit_engine(bake(steps, data), bake_outcome(steps, data))
    Path(model_dir, "workflow.pkl").write_bytes(pickle.dumps(workflow))


def predict(data, model_dir):
    steps, engine = pickle.loads(Path(model_dir, "workflow.pkl").read_bytes())
    return unbake_outcome(steps, engine.predict(bake(steps, data)))
