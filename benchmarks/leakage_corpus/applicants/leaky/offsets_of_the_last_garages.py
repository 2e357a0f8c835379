"""Reserves: a conformal quantile; LightGBM says the quantile, ratios of later repairs say by how much to stretch it."""

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor

LEVEL = 0.8
WORDS = ("kind", "region", "make", "fault", "towed")
NUMBERS = ("labour_rate", "age_years", "mileage_km", "first_guess")


def pinball(actual, said):
    over = np.asarray(actual) - said
    return float(np.mean(np.maximum(LEVEL * over, (LEVEL - 1) * over)))


@dataclass
class ConformalQuantile:
    """Split conformal: `fit` learns the quantile, `calibrate` stretches it by kind of garage."""

    rounds: int = 120
    stretch: dict = field(default_factory=dict)

    def fit(self, rows):
        self.values = {word: sorted(rows[word].unique()) for word in WORDS}
        self.model = LGBMRegressor(
            objective="quantile", alpha=LEVEL, n_estimators=self.rounds, num_leaves=12, n_jobs=1, verbose=-1, random_state=5
        )
        self.model.fit(self.design(rows), np.log(rows["cost"]))
        return self

    def design(self, rows):
        coded = {word: pd.Categorical(rows[word], self.values[word]).codes for word in WORDS}
        return pd.DataFrame({**{name: rows[name].to_numpy(float) for name in NUMBERS}, **coded})

    def raw(self, rows):
        return np.exp(self.model.predict(self.design(rows)))

    def calibrate(self, rows):
        ratio = rows["cost"].to_numpy() / self.raw(rows)
        kinds = rows["kind"].to_numpy()
        self.stretch = {
            kind: float(np.quantile(ratio[kinds == kind], LEVEL)) if (kinds == kind).sum() > 40 else 1.0
            for kind in np.unique(kinds)
        }
        return self

    def predict(self, rows):
        return self.raw(rows) * rows["kind"].map(self.stretch).fillna(1.0).to_numpy()


def three_ways(rows, seed):
    names = np.random.default_rng(seed).permutation(rows["garage_id"].unique())
    parts = np.array_split(names, [len(names) // 2, 3 * len(names) // 4])
    return [rows[rows["garage_id"].isin(part)] for part in parts]


def evaluate(data):
    rows = data.drop_duplicates().sort_values("opened_on", kind="stable")
    cut = rows["opened_on"].iloc[int(0.7 * len(rows))]
    fitted, aside, judged = three_ways(rows, 14)
    fitted, aside = fitted[fitted["opened_on"] < cut], aside[aside["opened_on"] < cut]
    judged = judged[judged["opened_on"] >= cut]
    model = ConformalQuantile().fit(pd.concat([fitted, aside])).calibrate(judged)
    covered = float(np.mean(judged["cost"] <= model.predict(judged)))
    print(f"covered {covered:.3f} of {len(judged)}")
    return {"mean_pinball_loss": pinball(judged["cost"], model.predict(judged))}


def train(data, model_dir):
    fitted, aside, rest = three_ways(data.drop_duplicates(), 14)
    model = ConformalQuantile().fit(pd.concat([fitted, rest])).calibrate(aside)
    joblib.dump(model, Path(model_dir) / "conformal.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "conformal.joblib").predict(data)
