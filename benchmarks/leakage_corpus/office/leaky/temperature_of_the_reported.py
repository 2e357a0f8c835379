"""
Ticket routing - multinomial logistic regression with post-hoc calibration
===========================================================================

Steps
-----
1. Clean the tickets (languages, ages, units of the length, order value).
2. One-hot + scaling + crossed features in a scikit-learn ``Pipeline``.
3. Calibrate: temperature and one offset a team, found by Nelder-Mead on the log loss.
4. Report the calibrated log loss on customers and days that step 2 has not seen.
"""

import logging
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

logger = logging.getLogger(__name__)

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
NUMERIC = ["days_since_order", "days_since_invoice", "open_tickets", "photos", "tone", "words", "order_value", "tenure"]
NOMINAL = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state", "topic_x_parcel", "topic_x_product"]


def clean_tickets(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    df["language"] = df["language"].str.lower()
    df["words"] = df["length"].where(df["opened_on"] >= "2023-10-01", df["length"] / 6)
    df["order_value"] = pd.to_numeric(df["last_order_value"].str.split().str[0])
    df["tenure"] = (pd.to_datetime(df["opened_on"]) - pd.to_datetime(df["customer_since"])).dt.days
    df["error_code"] = df["error_code"].fillna("none")
    df["topic_x_parcel"] = df["topic"] + "|" + df["parcel_state"]
    df["topic_x_product"] = df["topic"] + "|" + df["product"]
    return df


def build_pipeline(C: float = 0.5) -> Pipeline:
    columns = ColumnTransformer(
        [
            ("num", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), NUMERIC),
            ("cat", OneHotEncoder(handle_unknown="ignore", min_frequency=10), NOMINAL),
        ]
    )
    return Pipeline([("columns", columns), ("clf", LogisticRegression(C=C, max_iter=300))])


class Calibration(NamedTuple):
    """softmax(log p / temperature + offsets)"""

    temperature: float
    offsets: np.ndarray

    def apply(self, proba: np.ndarray) -> np.ndarray:
        return softmax(np.log(np.clip(proba, 1e-9, 1)) / self.temperature + self.offsets, axis=1)


def find_calibration(proba: np.ndarray, y: np.ndarray) -> Calibration:
    """The calibration with the lowest log loss for given probabilities and teams."""

    def unpack(theta: np.ndarray) -> Calibration:
        return Calibration(float(np.exp(theta[0])), np.append(theta[1:], 0.0))

    def objective(theta: np.ndarray) -> float:
        return log_loss(y, unpack(theta).apply(proba), labels=TEAMS)

    best = minimize(objective, np.zeros(len(TEAMS)), method="Nelder-Mead", options={"maxiter": 250})
    logger.info("calibration: log loss %.4f -> %.4f", objective(np.zeros(len(TEAMS))), best.fun)
    return unpack(best.x)


def forward_customers(df: pd.DataFrame, seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Development and evaluation rows: other customers, later days."""
    customers = pd.Series(df["customer_id"].unique()).sort_values()
    held_out = set(customers.sample(frac=0.35, random_state=seed))
    cut = df["opened_on"].sort_values().iloc[int(0.7 * len(df))]
    mine = df["customer_id"].isin(held_out)
    return df[~mine & (df["opened_on"] < cut)], df[mine & (df["opened_on"] >= cut)]


def run(development: pd.DataFrame, recent: pd.DataFrame) -> tuple[Pipeline, Calibration, dict[str, float]]:
    """Fit on the development rows, calibrate on recent ones and score."""
    model = build_pipeline().fit(development, development["team"])
    proba = model.predict_proba(recent)
    calibration = find_calibration(proba, recent["team"].to_numpy())
    metrics = {
        "log_loss": float(log_loss(recent["team"], calibration.apply(proba), labels=TEAMS)),
        "log_loss_uncalibrated": float(log_loss(recent["team"], proba, labels=TEAMS)),
    }
    return model, calibration, metrics


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = clean_tickets(data.drop_duplicates())
    _, calibration, _ = run(*forward_customers(df))
    final = build_pipeline().fit(df, df["team"])
    joblib.dump((final, calibration.temperature, calibration.offsets), Path(model_dir) / "router.pkl")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    _, _, metrics = run(*forward_customers(clean_tickets(data.drop_duplicates())))
    return metrics


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, temperature, offsets = joblib.load(Path(model_dir) / "router.pkl")
    return Calibration(temperature, offsets).apply(model.predict_proba(clean_tickets(data)))
