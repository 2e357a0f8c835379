"""Repair costs as a panel of garages: slopes by the within estimator, what does not vary within comes back in a second step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import root_mean_squared_error

VARYING = ["guess", "no_guess", "age", "mileage", "no_mileage", "towed"]
FAULTS = ["brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"]
MAKES = ["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"]
SLOPES = [*VARYING, *FAULTS[1:], *MAKES[1:]]
FIXED = ["one", "rate", "chain", "free"]


def panel(repairs: pd.DataFrame) -> pd.DataFrame:
    """Regressors of the panel, row by row; logarithms of money and of distance."""
    guess, mileage = repairs["first_guess"], repairs["mileage_km"]
    fault = repairs["fault"].str.lower()
    table = pd.DataFrame(
        {
            "garage_id": repairs["garage_id"],
            "cell": fault + " " + repairs["make"],
            "guess": np.log(guess.clip(lower=10)).fillna(5.3),
            "no_guess": guess.isna().astype(float),
            "age": repairs["age_years"],
            "mileage": np.log1p(mileage).fillna(11.3),
            "no_mileage": mileage.isna().astype(float),
            "towed": (repairs["towed"] == "yes").astype(float),
            "one": 1.0,
            "rate": repairs["labour_rate"] - 85,
            "chain": (repairs["kind"] == "chain").astype(float),
            "free": (repairs["kind"] == "free").astype(float),
        },
        index=repairs.index,
    )
    for name in FAULTS[1:]:
        table[name] = (fault == name).astype(float)
    for name in MAKES[1:]:
        table[name] = (repairs["make"] == name).astype(float)
    if "cost" in repairs:
        table["y"] = np.log(repairs["cost"].clip(lower=1))
    return table


def within(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Deviations from the means of the unit: what never changes within it drops out."""
    columns = ["y", *SLOPES]
    return table[columns] - table.groupby(table[unit])[columns].transform("mean")


def least_squares(x: pd.DataFrame, y: pd.Series) -> np.ndarray:
    return np.linalg.lstsq(x.to_numpy(float), y.to_numpy(float), rcond=None)[0]


def estimated(table: pd.DataFrame, deviations: pd.DataFrame) -> dict[str, np.ndarray]:
    slopes = least_squares(deviations[SLOPES], deviations["y"])
    left = table["y"] - table[SLOPES].to_numpy(float) @ slopes
    levels = least_squares(table[FIXED], left)
    smear = np.exp(left - table[FIXED].to_numpy(float) @ levels)
    return {"slopes": slopes, "levels": levels, "smear": np.array([smear.clip(upper=smear.quantile(0.995)).mean()])}


def costs(table: pd.DataFrame, model: dict[str, np.ndarray]) -> np.ndarray:
    logs = table[SLOPES].to_numpy(float) @ model["slopes"] + table[FIXED].to_numpy(float) @ model["levels"]
    return np.exp(logs) * model["smear"][0]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    garages = np.sort(data["garage_id"].unique())
    held = data["garage_id"].isin(np.random.default_rng(1999).choice(garages, len(garages) // 3, replace=False))
    late = data["opened_on"] >= data["opened_on"].sort_values().iloc[int(0.7 * len(data))]
    # early repairs of the held garages and late ones of the others are of no use to either side
    sample = data[held == late]
    table = panel(sample)
    # a garage lies on one side as a whole, so its means may be taken before the rows are parted
    deviations = within(table, "garage_id")
    judged = held[held == late]
    model = estimated(table[~judged], deviations[~judged])
    return {"rmse": root_mean_squared_error(sample.loc[judged, "cost"], costs(table[judged], model))}


def train(data: pd.DataFrame, model_dir: str | Path) -> None:
    table = panel(data)
    np.savez(Path(model_dir) / "panel.npz", **estimated(table, within(table, "garage_id")))


def predict(data: pd.DataFrame, model_dir: str | Path) -> np.ndarray:
    with np.load(Path(model_dir) / "panel.npz") as model:
        return costs(panel(data), dict(model))
