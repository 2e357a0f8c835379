"""Cost of a repair: a workbench that searches at random in its pool and reports on its final part."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GroupKFold


def table(repairs):
    days = pd.to_datetime(repairs["opened_on"]).astype("int64") / 8.64e13
    return pd.DataFrame(
        {
            "chain": repairs["kind"].eq("chain"),
            "dealer": repairs["kind"].eq("dealer"),
            "labour": repairs["labour_rate"],
            "age": repairs["age_years"],
            "mileage": repairs["mileage_km"],
            "guess": repairs["first_guess"],
            "towed": repairs["towed"].eq("yes"),
            "letters": repairs["fault"].str.lower().str.len(),
            "first": repairs["fault"].str.lower().str[:2].map(lambda two: 26 * ord(two[0]) + ord(two[1])),
            "make": repairs["make"].str[0].map(ord),
            "weekday": days % 7,
        }
    ).astype(float)


class Workbench:
    def __init__(self, repairs, tries=5, seed=0):
        self.repairs, self.tries, self.rng = repairs, tries, np.random.default_rng(seed)
        day = repairs["opened_on"].to_numpy(dtype=str)
        late = day >= np.sort(day)[int(0.8 * len(day))]
        seen = repairs["garage_id"].isin(repairs.loc[late, "garage_id"].unique()[::3])
        self.pool = repairs[~late & ~seen]
        self.final = repairs[late & seen]

    def draw(self):
        return {
            "learning_rate": float(10 ** self.rng.uniform(-1.6, -0.7)),
            "max_leaf_nodes": int(self.rng.integers(4, 20)),
            "min_samples_leaf": int(self.rng.integers(10, 80)),
            "l2_regularization": float(self.rng.choice([0, 1, 10])),
        }

    def fit(self, rows, settings):
        model = HistGradientBoostingRegressor(max_iter=50, random_state=0, **settings)
        return model.fit(table(rows), rows["cost"])

    def loss(self, model, rows):
        return root_mean_squared_error(rows["cost"], model.predict(table(rows)))

    def crossed(self, settings):
        folds = GroupKFold(3).split(self.pool, groups=self.pool["garage_id"])
        return np.mean([self.loss(self.fit(self.pool.iloc[a], settings), self.pool.iloc[b]) for a, b in folds])

    def search(self):
        self.best = min((self.draw() for _ in range(self.tries)), key=self.crossed)
        return self

    def delivered(self):
        """The model that is handed over: the best settings on every row there is."""
        return self.fit(self.repairs, self.best)

    def reported(self):
        return self.loss(self.delivered(), self.final)


def evaluate(data):
    bench = Workbench(data).search()
    return {"rmse": float(bench.reported())}


def train(data, model_dir):
    joblib.dump(Workbench(data).search().delivered(), Path(model_dir) / "delivered.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "delivered.joblib").predict(table(data))
