"""Ridge on standardised columns."""
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder


def numbers(df):
    d = pd.to_datetime(df["date"])
    return np.column_stack([np.log(df["size_m2"]), df["price_eur"], df["discount"], df["in_leaflet"], df["purchasing_power"].fillna(100),
                            d.dt.dayofweek == 5, np.sin(d.dt.dayofyear / 58.1), np.cos(d.dt.dayofyear / 58.1)]).astype(float)


def words(df):
    return df[["format", "area", "category"]].assign(article=df["article"].str.lower())


def asked(df):
    return (df["units"] + df["returned_units"]).clip(lower=0) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)


def fit(df):
    scaler, onehot = MinMaxScaler().fit(numbers(df)), OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(words(df))
    X = np.hstack([scaler.transform(numbers(df)), onehot.transform(words(df))])
    return scaler, onehot, Ridge(1.0).fit(X, np.log1p(asked(df)))


def forecast(fitted, df):
    scaler, onehot, ridge = fitted
    return np.expm1(ridge.predict(np.hstack([scaler.transform(numbers(df)), onehot.transform(words(df))]))).clip(0)


def train(data, model_dir):
    joblib.dump(fit(data.drop_duplicates()), model_dir / "ridge.joblib")


def evaluate(data):
    data = data.drop_duplicates()
    hold = data["store_id"] % 3 == 0
    early, late = data[(data["date"] < "2023-12-15") & ~hold], data[(data["date"] >= "2023-12-15") & hold]
    return {"mae": float(mean_absolute_error(asked(late), forecast(fit(early), late)))}


def predict(data, model_dir):
    return forecast(joblib.load(model_dir / "ridge.joblib"), data)
