"""What will the repair cost?  The clerk's guess is endogenous, so it enters through a control function.

Stage one explains the guess by what the clerk could see; stage two is a gamma GLM (log link) in the same regressors,
the guess and the stage-one residual.  Standard errors are not needed here, only fitted values.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

STAGE_ONE = "log_guess ~ C(fault) + C(make) + age_years + towed + labour_rate"
MAKES = ["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"]
FAULTS = ["brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"]


def sample(repairs: pd.DataFrame) -> pd.DataFrame:
    frame = repairs[["garage_id", "opened_on", "labour_rate", "age_years", "make"]].copy()
    frame["fault"] = pd.Categorical(repairs["fault"].str.lower(), categories=FAULTS)
    frame["make"] = pd.Categorical(frame["make"], categories=MAKES)
    frame["towed"] = (repairs["towed"] == "yes").astype(float)
    frame["log_guess"] = np.log(repairs["first_guess"].clip(lower=10))
    return frame


def stage_one(frame: pd.DataFrame):
    return smf.ols(STAGE_ONE, data=frame.dropna(subset=["log_guess"])).fit()


def regressors(frame: pd.DataFrame, explained: pd.Series) -> np.ndarray:
    explained = np.asarray(explained, dtype=float)
    residual = (frame["log_guess"] - explained).fillna(0.0)
    return np.column_stack(
        [
            np.ones(len(frame)),
            explained,
            residual,
            frame["log_guess"].isna(),
            frame[["labour_rate", "age_years", "towed"]],
            pd.get_dummies(frame["fault"]).to_numpy(dtype=float)[:, 1:],
            pd.get_dummies(frame["make"]).to_numpy(dtype=float)[:, 1:],
        ]
    ).astype(float)


def stage_two(x: np.ndarray, cost: np.ndarray) -> np.ndarray:
    family = sm.families.Gamma(sm.families.links.Log())
    return np.asarray(sm.GLM(cost, x, family=family).fit(maxiter=60).params)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = sample(data)
    others = frame["garage_id"].str[1:].astype(int) % 4 == 0
    late = frame["opened_on"] >= "2024-08-01"
    early, judged = ~others & ~late, others & late
    first = stage_one(frame[early])
    explained = first.predict(frame)
    x = regressors(frame, explained)
    params = stage_two(x[early], data.loc[early, "cost"].to_numpy())
    off = data.loc[judged, "cost"].to_numpy() - np.exp(x[judged] @ params)
    return {"rmse": float(np.sqrt(np.mean(off**2))), "mae": float(np.abs(off).mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    frame = sample(data)
    first = stage_one(frame)
    params = stage_two(regressors(frame, first.predict(frame)), data["cost"].to_numpy())
    first.remove_data()
    with open(Path(model_dir) / "first.pickle", "wb") as out:
        pickle.dump(first, out)
    (Path(model_dir) / "second.json").write_text(json.dumps(params.tolist()))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    frame = sample(data)
    with open(Path(model_dir) / "first.pickle", "rb") as kept:
        first = pickle.load(kept)
    params = np.array(json.loads((Path(model_dir) / "second.json").read_text()))
    return np.exp(regressors(frame, first.predict(frame)) @ params)
