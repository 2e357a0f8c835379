import joblib
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_absolute_error

TEXT = {"region": ["north", "south", "east", "west"], "area": ["city", "suburb", "rural"], "format": ["supermarket", "city", "kiosk"],
        "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"]}


def prep(df):
    X = df.drop(columns=["units", "store_id", "article"], errors="ignore").copy()
    for c, levels in TEXT.items():
        X[c] = X[c].map({v: i for i, v in enumerate(levels)})
    d = pd.to_datetime(X.pop("date"))
    X["dow"], X["month"] = d.dt.dayofweek, d.dt.month
    X["open_days"] = (d - pd.to_datetime(X.pop("opened_on"))).dt.days
    return X


def fit(df):
    return lgb.LGBMRegressor(objective="mae", n_estimators=120, num_leaves=15, random_state=0, verbose=-1, n_jobs=1).fit(prep(df), df["units"])


def train(data, model_dir):
    joblib.dump(fit(data), model_dir / "lgb.joblib")


def evaluate(data):
    data = data.drop_duplicates()
    before, after = data[data["date"] < "2024-01-01"], data[data["date"] >= "2024-01-01"]
    return {"mae": float(mean_absolute_error(after["units"], fit(before).predict(prep(after))))}


def predict(data, model_dir):
    return joblib.load(model_dir / "lgb.joblib").predict(prep(data)).clip(0)
