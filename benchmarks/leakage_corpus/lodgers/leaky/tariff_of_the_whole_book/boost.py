"""What the tariff does not explain: boosted trees with the tariff as their offset."""

import numpy as np
import pandas as pd
import xgboost as xgb


def matrix(visits: pd.DataFrame, columns: list[str], offset: np.ndarray, label: str | None = None) -> xgb.DMatrix:
    out = xgb.DMatrix(visits[columns].astype(float), label=visits[label] if label else None)
    out.set_base_margin(offset)
    return out


def correct(visits: pd.DataFrame, offset: np.ndarray, settings: dict) -> xgb.Booster:
    rows = matrix(visits, settings["columns"], offset, "stranded")
    return xgb.train({"objective": "binary:logistic", **settings["booster"]}, rows, settings["rounds"])


def chances(booster: xgb.Booster, visits: pd.DataFrame, offset: np.ndarray, settings: dict) -> np.ndarray:
    return booster.predict(matrix(visits, settings["columns"], offset))
