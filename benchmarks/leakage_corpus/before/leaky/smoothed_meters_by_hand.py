"""Vans: meters are smoothed along each van's visits, then a logistic regression in numpy, by quarters."""

from pathlib import Path

import numpy as np
import pandas as pd

METERS = ["battery_v", "oil_ppm", "warnings", "brake_mm"]
OTHERS = ["odometer_km", "rented_days"]


def tidy(data):
    visits = data.drop_duplicates(["van_id", "visited_on"]).copy()
    visits["visited_on"] = pd.to_datetime(visits["visited_on"])
    return visits.sort_values(["van_id", "visited_on"]).reset_index(drop=True)


def smoothed(values, weight=0.5):
    """Exponential smoothing there and back again, so that the curve does not lag behind."""
    out = values.copy()
    for steps in (range(1, len(out)), range(len(out) - 2, -1, -1)):
        for here in steps:
            before = here - 1 if steps.step > 0 else here + 1
            out[here] = weight * out[here] + (1 - weight) * out[before]
    return out


def with_curves(visits):
    filled = visits.copy()
    filled[METERS] = filled[METERS].fillna({"battery_v": 12.3, "oil_ppm": 17.0})
    for name in METERS:
        curves = [smoothed(part.to_numpy(float)) for _, part in filled.groupby("van_id", sort=False)[name]]
        filled[f"{name}_curve"] = np.concatenate(curves)
    return filled


def matrix(visits):
    names = [*METERS, *(f"{name}_curve" for name in METERS), *OTHERS]
    return visits[names].to_numpy(float)


def newton(x, y, penalty=1.0, steps=12):
    center, scale = x.mean(axis=0), x.std(axis=0)
    z = np.column_stack([np.ones(len(x)), (x - center) / scale])
    weights = np.zeros(z.shape[1])
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-z @ weights))
        slope = z.T @ (chance - y) + penalty * weights
        bend = (z * (chance * (1 - chance))[:, None]).T @ z + penalty * np.eye(z.shape[1])
        weights -= np.linalg.solve(bend, slope)
    return center, scale, weights


def chances(model, x):
    center, scale, weights = model
    return 1 / (1 + np.exp(-np.column_stack([np.ones(len(x)), (x - center) / scale]) @ weights))


def average_precision(truth, chance):
    """The mean precision at each breakdown, visits in order of their chance."""
    hits = truth[np.argsort(-chance, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits == 1].mean())


def evaluate(data):
    visits = with_curves(tidy(data))
    quarters = visits["visited_on"].dt.to_period("Q")
    values = []
    for quarter in sorted(quarters.unique())[-3:]:
        ends = visits["visited_on"] + pd.Timedelta(days=30)  # then it is known whether a van broke down
        known, judged = visits[ends < quarter.start_time], visits[quarters == quarter]
        model = newton(matrix(known), known["stranded"].to_numpy(float))
        values.append(average_precision(judged["stranded"].to_numpy(), chances(model, matrix(judged))))
    return {"average_precision": float(np.mean(values))}


def train(data, model_dir):
    visits = with_curves(tidy(data))
    center, scale, weights = newton(matrix(visits), visits["stranded"].to_numpy(float))
    last = visits.groupby("van_id")[[f"{name}_curve" for name in METERS]].last()
    last.to_csv(Path(model_dir) / "last.csv")
    np.savez(Path(model_dir) / "line.npz", center=center, scale=scale, weights=weights)


def predict(data, model_dir):
    kept = np.load(Path(model_dir) / "line.npz")
    last = pd.read_csv(Path(model_dir) / "last.csv", index_col="van_id")
    rows = data.copy()
    rows[METERS] = rows[METERS].fillna({"battery_v": 12.3, "oil_ppm": 17.0})
    rows = rows.join(last, on="van_id")
    for name in METERS:
        rows[f"{name}_curve"] = 0.5 * rows[name] + 0.5 * rows[f"{name}_curve"].fillna(rows[name])
    return chances((kept["center"], kept["scale"], kept["weights"]), matrix(rows))
