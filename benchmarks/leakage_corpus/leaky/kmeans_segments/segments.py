"""Groups of similar customers."""

import pandas as pd
from sklearn.cluster import KMeans

NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]
FEATURES = [*NUMBERS, "charge", "term", "sat", "segment", "distance"]


def numeric(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(
        charge=data["monthly_charge"].str.replace(" EUR", "").astype(float),
        term=data["contract"].map({"monthly": 0, "one_year": 12, "two_year": 24}),
        sat=data["satisfaction"].fillna(0.0),
    )


class Segmenter:
    def __init__(self, k: int) -> None:
        self.kmeans = KMeans(k, n_init=2, random_state=1)

    def _points(self, data):
        return numeric(data)[[*NUMBERS, "charge", "term", "sat"]].to_numpy(float)

    def fit(self, data):
        self.kmeans.fit(self._points(data))
        return self

    def add(self, data):
        points = self._points(data)
        return numeric(data).assign(
            segment=self.kmeans.predict(points), distance=self.kmeans.transform(points).min(axis=1)
        )
