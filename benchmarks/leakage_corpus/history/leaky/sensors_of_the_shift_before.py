"""Machine states: what the line's sensors read on its reading before."""

import pickle
from pathlib import Path

import lightgbm as lgb
from sklearn.metrics import f1_score

SENSORS = [f"s{i}" for i in range(8)]
CLASSES = ["faulty", "ok", "stopped", "worn"]
PARAMS = {
    "objective": "multiclass",
    "num_class": 4,
    "learning_rate": 0.08,
    "num_leaves": 10,
    "min_data_in_leaf": 30,
    "verbosity": -1,
    "num_threads": 1,
    "seed": 5,
    "deterministic": True,
}


def line_daily(df):
    """Sensors and share of faults of each line and day, the last days on top."""
    daily = (
        df.assign(fault=(df["state"] == "faulty").astype(float))
        .groupby(["line", "day"], as_index=False)[[*SENSORS, "fault"]]
        .mean()
    )
    return daily.sort_values(["line", "day"], ascending=[True, False])


def shifted(df):
    daily = line_daily(df)
    names = [*SENSORS, "fault"]
    daily[[f"{n}_before" for n in names]] = daily.groupby("line")[names].shift(1)
    return df.merge(daily.drop(columns=names), on=["line", "day"], how="left")


def newest(df):
    return line_daily(df).groupby("line").first().drop(columns="day").add_suffix("_before")


def X(df):
    before = [f"{n}_before" for n in [*SENSORS, "fault"]]
    return df[[*SENSORS, *before]].to_numpy(float)


def y(df):
    return df["state"].map(CLASSES.index).to_numpy()


def booster(df):
    return lgb.train(PARAMS, lgb.Dataset(X(df), y(df)), num_boost_round=80)


def evaluate(data):
    df = shifted(data)
    day = sorted(df["day"])[int(0.75 * len(df))]
    a, b = df[df["day"] < day], df[df["day"] >= day]
    guess = booster(a).predict(X(b)).argmax(axis=1)
    return {"f1_macro": float(f1_score(y(b), guess, average="macro"))}


def train(data, model_dir):
    text = booster(shifted(data)).model_to_string()
    Path(model_dir, "booster.pkl").write_bytes(pickle.dumps((text, newest(data))))


def predict(data, model_dir):
    text, last = pickle.loads(Path(model_dir, "booster.pkl").read_bytes())
    return lgb.Booster(model_str=text).predict(X(data.join(last, on="line")))
