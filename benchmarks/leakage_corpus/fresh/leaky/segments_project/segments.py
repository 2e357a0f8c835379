"""Customer segments for the marketing people; handy as a feature as well."""
import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import RobustScaler

COLS = ["usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]


class Segmenter:
    def __init__(self, k=7):
        self.scale, self.km = RobustScaler(), KMeans(k, n_init=2, random_state=1)

    def learn(self, df):
        self.km.fit(self.scale.fit_transform(df[COLS]))
        return self

    def tag(self, df):
        z = self.scale.transform(df[COLS])
        return self.km.predict(z), np.min(self.km.transform(z), axis=1)
