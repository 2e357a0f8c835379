import json
import numpy as np
import pandas as pd

# log-linear model by least squares; no libraries beyond numpy needed
CATS = {"format": ["kiosk", "city"], "area": ["city", "suburb"], "category": ["bakery", "dairy", "produce", "drinks", "sweets"]}


def matrix(rows):
    cols = [np.ones(len(rows)), np.log(rows["size_m2"]), rows["price_eur"], rows["discount"], rows["in_leaflet"]]
    for c, values in CATS.items():
        for v in values:
            cols.append(rows[c] == v)
    wd = pd.to_datetime(rows["date"]).dt.weekday
    for k in range(1, 6):
        cols.append(wd == k)
    return np.column_stack([np.asarray(c, dtype=float) for c in cols])


def solve(rows):
    y = np.log1p(rows["units"].clip(lower=0))
    beta, *_ = np.linalg.lstsq(matrix(rows), y, rcond=None)
    return beta


def forecast(rows, beta):
    return np.expm1(matrix(rows) @ beta).clip(0)


def train(data, model_dir):
    (model_dir / "beta.json").write_text(json.dumps(list(solve(data))))


def evaluate(data):
    rng = np.random.default_rng(12)
    order = rng.permutation(len(data))
    cut = int(0.8 * len(order))
    a, b = data.iloc[order[:cut]], data.iloc[order[cut:]]
    beta = solve(a)
    return {"mae": float(np.mean(np.abs(forecast(b, beta) - b["units"].to_numpy())))}


def predict(data, model_dir):
    return forecast(data, np.array(json.loads((model_dir / "beta.json").read_text())))
