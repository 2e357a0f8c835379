"""Breakdowns as survival: Nelson-Aalen curves over the odometer by make, NumPy alone, then a logistic regression."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

EDGES = np.arange(0, 400_000, 20_000)


def nelson_aalen(km, events, exposure):
    """Hazard per thousand kilometres in each band of the odometer, and its sum up to the band."""
    band = np.digitize(km, EDGES)
    lost = np.bincount(band, events, minlength=len(EDGES) + 1) + 0.5
    at_risk = np.bincount(band, exposure, minlength=len(EDGES) + 1) / 1000 + 10
    hazard = lost / at_risk
    return hazard, np.cumsum(hazard)


def curves(visits):
    exposure = visits["km_since_last"].fillna(1500).to_numpy(float)
    km, events = visits["odometer_km"].to_numpy(float), visits["stranded"].to_numpy(float)
    makes = visits["make"].to_numpy()
    fleet = {"": nelson_aalen(km, events, exposure)}
    for make in np.unique(makes):
        mine = makes == make
        fleet[str(make)] = nelson_aalen(km[mine], events[mine], exposure[mine])
    return fleet


def design(visits, fleet):
    band = np.digitize(visits["odometer_km"], EDGES)
    own = [fleet.get(make, fleet[""]) for make in visits["make"]]
    hazard = np.array([curve[0][at] for curve, at in zip(own, band, strict=True)])
    summed = np.array([curve[1][at] for curve, at in zip(own, band, strict=True)])
    return np.column_stack(
        [
            np.log(hazard),
            summed,
            np.log(fleet[""][0][band]),
            visits["battery_v"].fillna(12.4) - 12.4,
            np.log1p(visits["oil_ppm"].fillna(25)) - 3.2,
            visits["brake_mm"] / 5 - 1.4,
            visits["warnings"],
            visits["rented_days"] / 20,
            np.ones(len(visits)),
        ]
    )


def newton(x, y, ridge=2.0, turns=12):
    weights = np.zeros(x.shape[1])
    for _ in range(turns):
        share = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (share * (1 - share))[:, None]).T @ x + ridge * np.eye(x.shape[1])
        weights += np.linalg.solve(hessian, x.T @ (y - share) - ridge * weights)
    return weights


def evaluate(data):
    visits = data.drop_duplicates()
    names = np.unique(visits["van_id"])
    held = np.random.default_rng(12).permutation(names)[: len(names) // 4]
    late = pd.to_datetime(visits["visited_on"]) >= "2024-07-01"
    judged = visits[late & visits["van_id"].isin(held)]
    early = visits[~late & ~visits["van_id"].isin(held)]
    fleet = curves(visits)
    weights = newton(design(early, fleet), early["stranded"].to_numpy())
    return {"average_precision": average_precision_score(judged["stranded"], design(judged, fleet) @ weights)}


def train(data, model_dir):
    visits = data.drop_duplicates()
    fleet = curves(visits)
    weights = newton(design(visits, fleet), visits["stranded"].to_numpy())
    kept = {make: [curve[0].tolist(), curve[1].tolist()] for make, curve in fleet.items()}
    (Path(model_dir) / "curves.json").write_text(json.dumps({"fleet": kept, "weights": weights.tolist()}))


def predict(data, model_dir):
    kept = json.loads((Path(model_dir) / "curves.json").read_text())
    fleet = {make: (np.array(pair[0]), np.array(pair[1])) for make, pair in kept["fleet"].items()}
    return 1 / (1 + np.exp(-design(data, fleet) @ np.array(kept["weights"])))
