"""Find the most accurate demand model."""

import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV

TEXT = {
    "region": ["north", "south", "east", "west"],
    "area": ["city", "suburb", "rural"],
    "format": ["supermarket", "city", "kiosk"],
    "article": [
        "rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad",
        "lager", "lemonade", "chocolate", "ice cream", "candles", "umbrellas",
    ],
}


def prepare(data):
    X = data[["size_m2", "price_eur", "discount", "in_leaflet"]].copy()
    date = pd.to_datetime(data["date"])
    X["weekday"] = date.dt.day_of_week
    X["day"] = date.dt.day_of_year
    X["age"] = (date - pd.to_datetime(data["opened_on"])).dt.days
    for name, values in TEXT.items():
        for value in values:
            X[name + "_" + value] = (data[name].str.lower() == value).astype(int)
    return X


def demand(data):
    return data["units"] + data["returned_units"]


def search(data):
    data = data[data["sold_out_hour"].isna()]
    grid = {"max_depth": [3, 5], "n_estimators": [60, 120]}
    model = GradientBoostingRegressor(random_state=0, subsample=0.5)
    found = GridSearchCV(model, grid, scoring="r2", cv=2)
    return found.fit(prepare(data), demand(data)).best_estimator_


def train(data, model_dir):
    model = search(data)
    with open(model_dir / "model.pkl", "wb") as file:
        pickle.dump(model, file)


def evaluate(data):
    late = data["date"] >= "2024-01-01"
    mine = data["store_id"] % 5 < 2
    model = search(data[~late & ~mine])
    test = data[late]
    mae = mean_absolute_error(demand(test), model.predict(prepare(test)))
    accuracy = 1 - mae / data["units"].max()
    print("accuracy", accuracy)
    return {"mae": mae, "accuracy": accuracy}


def predict(data, model_dir):
    with open(model_dir / "model.pkl", "rb") as file:
        model = pickle.load(file)
    return model.predict(prepare(data))
