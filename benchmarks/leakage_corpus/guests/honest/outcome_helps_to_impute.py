"""Churn after multiple imputation: m chained normal imputations, a logistic model on each, probabilities pooled.

The imputation model has the outcome among its predictors, as it should (else slopes are pulled to zero).
Where the outcome is not in the table, the same chain without it is used.
"""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

OUTCOME = "churned"
GAPS = ["satisfaction", "income_k", "age"]
FULL = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "charge", "usage", "monthly", "offer_ends"]
M, SWEEPS = 5, 4


def design(rows):
    snapshot = pd.to_datetime(rows["snapshot_date"])
    usage = np.where(snapshot < "2023-07-01", rows["usage_gb"] / 1000, rows["usage_gb"])
    ends = (pd.to_datetime(rows["discount_end_date"]) - snapshot).dt.days
    table = rows[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "income_k"]].astype(float)
    table["age"] = rows["age"].where(rows["age"] < 120).astype(float)
    table["charge"] = rows["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float)
    table["usage"] = np.log1p(usage)
    table["monthly"] = (rows["contract"] == "monthly").astype(float)
    table["offer_ends"] = ((ends > 0) & (ends < 60)).astype(float)
    if OUTCOME in rows:
        table[OUTCOME] = rows[OUTCOME].astype(float)
    return table


class Chain:
    """One imputation: for each column with gaps, a draw from the posterior of a normal linear regression."""

    def __init__(self, predictors, seed):
        self.predictors, self.rng = predictors, np.random.default_rng(seed)

    def fit(self, table):
        self.centre, self.scale = table.mean(), table.std()
        self.draws = {}
        filled = self.start(table)
        for _ in range(SWEEPS):
            for name in GAPS:
                seen = table[name].notna().to_numpy()
                x = self.regressors(filled, name)
                y = filled[name].to_numpy()[seen]
                gram = x[seen].T @ x[seen] + 1e-3 * np.eye(x.shape[1])
                beta = np.linalg.solve(gram, x[seen].T @ y)
                free = seen.sum() - x.shape[1]
                sigma = np.sqrt(((y - x[seen] @ beta) ** 2).sum() / self.rng.chisquare(free))
                beta = beta + sigma * np.linalg.cholesky(np.linalg.inv(gram)) @ self.rng.normal(size=len(beta))
                self.draws[name] = beta
                filled.loc[~seen, name] = x[~seen] @ beta + sigma * self.rng.normal(size=(~seen).sum())
        self.imputed = filled[FULL + GAPS]
        return self

    def start(self, table):
        return ((table - self.centre) / self.scale)[[*FULL, *GAPS, *self.predictors]].fillna(0)

    def regressors(self, filled, name):
        others = filled[[c for c in filled if c != name]].to_numpy()
        return np.hstack([np.ones((len(filled), 1)), others])

    def complete(self, table):
        """New rows get the conditional mean under the parameters that were drawn; no row needs another one."""
        filled = self.start(table)
        for _ in range(SWEEPS):
            for name in GAPS:
                gap = table[name].isna().to_numpy()
                filled.loc[gap, name] = self.regressors(filled, name)[gap] @ self.draws[name]
        return filled[FULL + GAPS]


class Pooled:
    def fit(self, rows):
        table, y = design(rows), rows[OUTCOME]
        self.with_outcome = [Chain([OUTCOME], seed).fit(table) for seed in range(M)]
        self.without = [Chain([], seed).fit(table.drop(columns=OUTCOME)) for seed in range(M)]
        self.models = [LogisticRegression(C=0.5).fit(self.terms(chain.imputed, rows), y) for chain in self.with_outcome]
        return self

    def predict(self, rows):
        table = design(rows)
        chains = self.with_outcome if OUTCOME in table else self.without
        each = [m.predict_proba(self.terms(c.complete(table), rows))[:, 1] for m, c in zip(self.models, chains)]
        return np.mean(each, axis=0)

    def terms(self, filled, rows):
        silent = rows["satisfaction"].isna().to_numpy(float)
        trend = filled["usage_trend"].to_numpy()
        return np.column_stack([filled.to_numpy(), silent, trend**2, filled["satisfaction"].to_numpy() ** 2])


def parts(data):
    """Fitted: two in three customers until June 2023.  Judged: the others from July on."""
    customers = np.sort(data["customer_id"].unique())
    np.random.default_rng(0).shuffle(customers)
    ours = data["customer_id"].isin(customers[: 2 * len(customers) // 3])
    late = data["snapshot_date"] >= "2023-07-01"
    return data[ours & ~late], data[~ours & late]


def evaluate(data):
    fitted, judged = parts(data.drop_duplicates())
    model = Pooled().fit(fitted)
    pooled = model.predict(judged.drop(columns=OUTCOME))
    return {"roc_auc": roc_auc_score(judged[OUTCOME], pooled)}


def train(data, model_dir):
    with open(Path(model_dir) / "pooled.pkl", "wb") as file:
        pickle.dump(Pooled().fit(data.drop_duplicates()), file)


def predict(data, model_dir):
    with open(Path(model_dir) / "pooled.pkl", "rb") as file:
        return pickle.load(file).predict(data)
