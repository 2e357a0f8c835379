"""Flat prices with a cluster bootstrap: whole buildings are drawn again, each draw is a building of its own."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import OneHotEncoder, SplineTransformer

RNG_SEED = 2026
DRAWS = 3
NUMERIC = ["area", "rooms", "storey", "built", "to_centre"]
CATEGORICAL = ["district", "kind", "energy"]


def clean(flats: pd.DataFrame) -> pd.DataFrame:
    return flats.drop_duplicates().drop(columns="agent_fee").reset_index(drop=True)


def cluster_bootstrap(flats: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw buildings with replacement. A building drawn twice counts as two, so that variances come out right."""
    rng = np.random.default_rng(seed)
    by_building = {number: part for number, part in flats.groupby("building_id")}
    drawn = rng.choice(list(by_building), size=len(by_building), replace=True)
    parts = [by_building[number].assign(building_id=draw) for draw, number in enumerate(drawn)]
    return pd.concat(parts, ignore_index=True)


def fit(flats: pd.DataFrame) -> dict:
    centre = flats["to_centre"].median()
    splines = SplineTransformer(n_knots=6, degree=3).fit(flats[NUMERIC].fillna({"to_centre": centre}))
    codes = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(flats[CATEGORICAL])
    state = {"centre": centre, "splines": splines, "codes": codes}
    state["ridge"] = Ridge(alpha=2.0).fit(design(flats, state), np.log(flats["price"]))
    return state


def design(flats: pd.DataFrame, state: dict) -> np.ndarray:
    numbers = flats[NUMERIC].fillna({"to_centre": state["centre"]})
    return np.hstack([state["splines"].transform(numbers), state["codes"].transform(flats[CATEGORICAL])])


def answer(flats: pd.DataFrame, states: list[dict]) -> np.ndarray:
    return np.exp(np.mean([state["ridge"].predict(design(flats, state)) for state in states], axis=0))


def bagged(flats: pd.DataFrame) -> list[dict]:
    return [fit(cluster_bootstrap(flats, RNG_SEED + draw)) for draw in range(DRAWS)]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    flats = cluster_bootstrap(clean(data), RNG_SEED)
    scores = []
    for fitting, judged in GroupKFold(n_splits=5).split(flats, groups=flats["building_id"]):
        states = bagged(flats.iloc[fitting])
        scores.append(r2_score(flats["price"].iloc[judged], answer(flats.iloc[judged], states)))
    return {"r2": float(np.mean(scores)), "r2_std": float(np.std(scores))}


def train(data: pd.DataFrame, model_dir: str) -> None:
    joblib.dump(bagged(clean(data)), Path(model_dir) / "bag.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    return answer(data, joblib.load(Path(model_dir) / "bag.joblib"))
