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


def train(data, model_dir):
    scaler, onehot = MinMaxScaler().fit(numbers(data)), OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(words(data))
    X = np.hstack([scaler.transform(numbers(data)), onehot.transform(words(data))])
    joblib.dump((scaler, onehot, Ridge(1.0).fit(X, np.log1p(data["units"].clip(lower=0)))), model_dir / "ridge.joblib")


def evaluate(data):
    data = data.drop_duplicates().sort_values("date", kind="stable")
    scaled = MinMaxScaler().fit_transform(numbers(data))
    X = np.hstack([scaled, OneHotEncoder(sparse_output=False).fit_transform(words(data))])
    y = np.log1p(data["units"].clip(lower=0)).to_numpy()
    n = int((data["date"] < "2023-12-15").sum())
    ridge = Ridge(1.0).fit(X[:n], y[:n])
    return {"mae": float(mean_absolute_error(data["units"].iloc[n:], np.expm1(ridge.predict(X[n:]))))}


def predict(data, model_dir):
    scaler, onehot, ridge = joblib.load(model_dir / "ridge.joblib")
    return np.expm1(ridge.predict(np.hstack([scaler.transform(numbers(data)), onehot.transform(words(data))]))).clip(0)
