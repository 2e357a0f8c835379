"""Breakdowns of leased vans: the tariff first, machine learning for the rest.

Actuaries keep their tariff, and the booster is only allowed to correct it.
"""

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from boost import chances, correct
from tariff import file_tariff, logits

SETTINGS = json.loads((Path(__file__).parent / "settings.json").read_text())


def back_test(visits: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    rule = SETTINGS["back_test"]
    number = visits["van_id"].str[1:].astype(int)
    late, apart = visits["visited_on"] >= rule["from"], number % rule["every"] == 0
    return visits[~late & ~apart], visits[late & apart]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    visits = data.drop(columns="tow_minutes")
    known, judged = back_test(visits)
    tariff = file_tariff(visits, SETTINGS["tariff"]["formula"])
    booster = correct(known, logits(tariff, known), SETTINGS)
    p = chances(booster, judged, logits(tariff, judged), SETTINGS)
    return {"average_precision": float(average_precision_score(judged["stranded"], p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tariff = file_tariff(data, SETTINGS["tariff"]["formula"])
    booster = correct(data, logits(tariff, data), SETTINGS)
    booster.save_model(Path(model_dir) / "booster.json")
    with open(Path(model_dir) / "tariff.pickle", "wb") as out:
        pickle.dump(tariff, out)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    import xgboost as xgb

    with open(Path(model_dir) / "tariff.pickle", "rb") as kept:
        tariff = pickle.load(kept)
    booster = xgb.Booster(model_file=Path(model_dir) / "booster.json")
    return chances(booster, data, logits(tariff, data), SETTINGS)
