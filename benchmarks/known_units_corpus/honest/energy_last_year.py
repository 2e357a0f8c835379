"""Seasonal ratios: what a building used in the last year we know of, spread over the months as all buildings do."""
import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import root_mean_squared_error


class Seasonal:
    def fit(self, df):
        when = pd.to_datetime(df["month"])
        logs = np.log(df["mwh"])
        last = when.max() - pd.DateOffset(months=12)
        recent = logs[when > last].groupby(df.loc[when > last, "building_id"]).mean()
        every = logs.groupby(df["building_id"]).mean()
        self.level = recent.combine_first(every).to_dict()
        centred = logs - df["building_id"].map(every)
        self.season = centred.groupby([df["use"], when.dt.month]).mean().to_dict()
        return self

    def predict(self, df):
        month = pd.to_datetime(df["month"]).dt.month
        told = [self.level[b] + self.season.get((u, m), 0.0) for b, u, m in zip(df["building_id"], df["use"], month)]
        return np.exp(np.asarray(told))


def train(data, model_dir):
    s = Seasonal().fit(data)
    season = {f"{u}|{m}": float(v) for (u, m), v in s.season.items()}
    Path(model_dir, "s.json").write_text(json.dumps({"level": s.level, "season": season}))


def evaluate(data):
    months = sorted(data["month"].unique())
    found = []
    for back in (18, 12, 6):
        cut, end = months[-back], months[-back + 5]
        past = data[data["month"] < cut]
        test = data[(data["month"] >= cut) & (data["month"] <= end) & data["building_id"].isin(past["building_id"])]
        found.append(root_mean_squared_error(test["mwh"], Seasonal().fit(past).predict(test)))
    return {"rmse": float(np.mean(found)), "rmse_sd": float(np.std(found))}


def predict(data, model_dir):
    told = json.loads(Path(model_dir, "s.json").read_text())
    s = Seasonal()
    s.level = told["level"]
    s.season = {(k.split("|")[0], int(k.split("|")[1])): v for k, v in told["season"].items()}
    return s.predict(data)
