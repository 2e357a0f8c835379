import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from churnlib.data.table import days_between
from churnlib.modelling.linear.binning import Binner


class Scorecard:
    def _columns(self, rows: pd.DataFrame) -> dict[str, pd.Series]:
        left = days_between(rows["discount_end_date"], rows["snapshot_date"])
        monthly = rows["contract"] == "monthly"
        return {
            "contract": rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
            "tenure": days_between(rows["snapshot_date"], rows["signup_date"]),
            "charge": rows["monthly_charge"].str.replace(" EUR", "").astype(float),
            "jump": ((left <= 60) & monthly) * rows["discount_pct"],
            "held": ((left > 60) & monthly) * 1,
            **{c: rows[c] for c in ("satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products")},
        }

    def _design(self, rows: pd.DataFrame) -> np.ndarray:
        return np.hstack([self.binners[name].indicators(values) for name, values in self._columns(rows).items()])

    def fit(self, rows: pd.DataFrame) -> "Scorecard":
        self.binners = {name: Binner().fit(values) for name, values in self._columns(rows).items()}
        self.weights = LogisticRegression(C=0.3, max_iter=400).fit(self._design(rows), rows["churned"])
        return self

    def score(self, rows: pd.DataFrame) -> np.ndarray:
        return self.weights.predict_proba(self._design(rows))[:, 1]
