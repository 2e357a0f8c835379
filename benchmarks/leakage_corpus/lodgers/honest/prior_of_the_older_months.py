"""Bayesian churn: logistic regression with an informative prior, posterior by Laplace, prediction averaged over it.

History is worth something but markets move: an older estimate becomes the prior, with its precision discounted
(a power prior, Ibrahim and Chen 2000), and recent months are the likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.metrics import roc_auc_score

Array = npt.NDArray[np.float64]
POWER, RIDGE = 0.25, 0.5
RECENT = "2023-03-01"


@dataclass(frozen=True)
class Normal:
    mean: Array
    precision: Array

    def discounted(self, power: float) -> Normal:
        return Normal(self.mean, power * self.precision + 0.02 * np.eye(len(self.mean)))


def design(rows: pd.DataFrame) -> Array:
    day = pd.to_datetime(rows["snapshot_date"])
    tenure = (day - pd.to_datetime(rows["signup_date"])).dt.days / 365
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
    usage = rows["usage_gb"] / np.where(day < "2023-07-01", 1000, 1)
    monthly = rows["contract"] == "monthly"
    postcode = rows["postcode"] // 1000
    columns = [
        np.ones(len(rows)),
        monthly,
        rows["contract"] == "two_year",
        monthly & left.between(0, 60),
        np.log1p(tenure),
        np.log1p(usage) - 1,
        rows["usage_trend"] / 2,
        np.abs(rows["usage_trend"]) / 2,
        rows["tickets_90d"].clip(upper=6) / 2,
        rows["late_payments_12m"].clip(upper=6) / 2,
        (rows["satisfaction"].fillna(6) - 6) / 2,
        rows["satisfaction"].isna(),
        rows["n_products"] - 2,
        rows["discount_pct"] / 15,
        *(rows["region"] == name for name in ("east", "metro", "north", "south")),
        *(rows["channel"] == name for name in ("shop", "phone", "partner")),
        *((postcode == area) & monthly for area in range(10, 100)),
    ]
    return np.column_stack(columns).astype(float)


def laplace(x: Array, y: Array, prior: Normal, steps: int = 12) -> Normal:
    """Newton to the mode; precision there."""
    beta = prior.mean.copy()
    for _ in range(steps):
        p = expit(x @ beta)
        curvature = x.T @ (x * (p * (1 - p))[:, None]) + prior.precision
        beta = beta + np.linalg.solve(curvature, x.T @ (y - p) - prior.precision @ (beta - prior.mean))
    return Normal(beta, curvature)


def vague(width: int) -> Normal:
    return Normal(np.zeros(width), RIDGE * np.eye(width))


def chance(x: Array, posterior: Normal) -> Array:
    """MacKay's approximation of the average over the posterior."""
    spread = np.einsum("ij,ij->i", x, np.linalg.solve(posterior.precision, x.T).T)
    return expit(x @ posterior.mean / np.sqrt(1 + np.pi * spread / 8))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    x, y = design(data), data["churned"].to_numpy(dtype=float)
    rng = np.random.default_rng(12)
    ids = np.unique(data["customer_id"])
    held = data["customer_id"].isin(rng.permutation(ids)[: len(ids) // 3]).to_numpy()
    late = (data["snapshot_date"] >= "2023-10-01").to_numpy()
    recent = (data["snapshot_date"] >= RECENT).to_numpy()
    older = ~recent & ~held
    history = laplace(x[older], y[older], vague(x.shape[1]))
    learnt = recent & ~late & ~held
    posterior = laplace(x[learnt], y[learnt], history.discounted(POWER))
    judged = late & held
    p = chance(x[judged], posterior)
    return {"roc_auc": roc_auc_score(y[judged], p), "log_score": float(np.log(np.where(y[judged] == 1, p, 1 - p)).mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    x, y = design(data), data["churned"].to_numpy(dtype=float)
    recent = (data["snapshot_date"] >= RECENT).to_numpy()
    history = laplace(x[~recent], y[~recent], vague(x.shape[1]))
    posterior = laplace(x[recent], y[recent], history.discounted(POWER))
    np.savez(Path(model_dir) / "posterior.npz", mean=posterior.mean, precision=posterior.precision)


def predict(data: pd.DataFrame, model_dir: Path) -> Array:
    with np.load(Path(model_dir) / "posterior.npz") as kept:
        return chance(design(data), Normal(kept["mean"], kept["precision"]))
