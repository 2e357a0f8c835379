"""Changes since the visit before, looked up in a ledger of visits that is kept with the model."""
import pickle

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

READ = ["battery_v", "oil_ppm", "warnings", "brake_mm"]
PLAIN = ["odometer_km", "days_since_last", "km_since_last", "rented_days", *READ]


def dated(df):
    df = df.copy()
    df["visited_on"] = pd.to_datetime(df["visited_on"])
    return df


def ledger_of(df):
    """What was read at each visit, one line for a van and day."""
    return df.groupby(["van_id", "visited_on"], as_index=False)[READ].mean().sort_values("visited_on")


def with_visit_before(df, ledger):
    """Joined to the last line of the ledger strictly before the day; nothing of the day itself or later."""
    df = df.assign(_row=np.arange(len(df))).sort_values("visited_on", kind="stable")
    out = pd.merge_asof(
        df, ledger, on="visited_on", by="van_id", suffixes=("", "_before"), direction="backward", allow_exact_matches=False
    )
    for name in READ:
        out[f"{name}_moved"] = out[name] - out[f"{name}_before"]
    return out.sort_values("_row").drop(columns="_row").reset_index(drop=True)


def matrix(df):
    return df[PLAIN + [f"{n}_before" for n in READ] + [f"{n}_moved" for n in READ]].astype(float)


def fit(df):
    model = lgb.LGBMClassifier(
        n_estimators=150, learning_rate=0.04, num_leaves=7, min_child_samples=40, subsample=0.8, subsample_freq=1, verbose=-1,
        random_state=1, n_jobs=1,
    )
    return model.fit(matrix(df), df["stranded"])


def evaluate(data):
    data = dated(data)
    # readings of earlier visits are known on the day, so the ledger of all visits may serve both sides
    full = with_visit_before(data, ledger_of(data))
    cut = full["visited_on"].quantile(0.75)
    early = full[full["visited_on"] < cut - pd.Timedelta(days=30)]
    late = full[full["visited_on"] >= cut]
    chances = fit(early).predict_proba(matrix(late))[:, 1]
    return {"average_precision": float(average_precision_score(late["stranded"], chances)), "rows": float(len(late))}


def train(data, model_dir):
    data = dated(data)
    ledger = ledger_of(data)
    with open(model_dir / "van.pkl", "wb") as f:
        pickle.dump((ledger, fit(with_visit_before(data, ledger))), f)


def predict(data, model_dir):
    with open(model_dir / "van.pkl", "rb") as f:
        ledger, model = pickle.load(f)
    return model.predict_proba(matrix(with_visit_before(dated(data), ledger)))[:, 1]
