from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SENSORS = ["age_days", "hours", "vibration", "oil_temp", "weeks_since_service"]


def plain(df):
    x = df[SENSORS].astype(float).fillna({"vibration": 1.0})
    for m in "ABCD":
        x["model_" + m] = (df["model"] == m).astype(float)
    return x


def label(df):
    return (df["failed"] == "yes").astype(int)


HORIZON = 10  # weeks: labels younger than this are not used for a training row, as they will not be there in use


def history(past, asked, gap_weeks):
    """Failure rate of each machine over the weeks that lie at least the gap before the asked one."""
    past = past.assign(when=pd.to_datetime(past["week"]), y=label(past)).sort_values("when")
    rate = past["y"].mean()
    asked_when = pd.to_datetime(asked["week"]) - pd.Timedelta(weeks=gap_weeks)
    told = np.empty(len(asked))
    by_machine = {m: (g["when"].to_numpy(), np.r_[0, g["y"].cumsum()]) for m, g in past.groupby("machine_id")}
    for i, (machine, when) in enumerate(zip(asked["machine_id"], asked_when)):
        times, sums = by_machine[machine]
        n = int(np.searchsorted(times, np.datetime64(when), side="left"))
        told[i] = (sums[n] + 4 * rate) / (n + 4)
    return told


def fit(df):
    x = plain(df).assign(history=history(df, df, HORIZON))
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, label(df))


def train(data, model_dir):
    joblib.dump((fit(data), data[["machine_id", "week", "failed"]]), Path(model_dir) / "m.joblib")


def answer(model, past, df):
    return model.predict_proba(plain(df).assign(history=history(past, df, 0)))[:, 1]


def evaluate(data):
    weeks = np.sort(data["week"].unique())
    cut = weeks[int(0.7 * len(weeks))]
    early, late = data[data["week"] < cut], data[data["week"] >= cut]
    late = late[late["machine_id"].isin(early["machine_id"])]
    p = answer(fit(early), early, late)
    boot = np.random.default_rng(0)
    y = label(late).to_numpy()
    draws = [roc_auc_score(y[k], p[k]) for k in (boot.integers(len(y), size=len(y)) for _ in range(200))]
    return {"roc_auc": float(roc_auc_score(y, p)), "low": float(np.quantile(draws, 0.025)), "high": float(np.quantile(draws, 0.975))}


def predict(data, model_dir):
    model, past = joblib.load(Path(model_dir) / "m.joblib")
    return answer(model, past, data)
