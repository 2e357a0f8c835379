"""Machine states: most readings nobody has looked at, so labels are spread over near readings (LabelSpreading)."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading

SENSORS = [f"s{number}" for number in range(8)]
STATES = ["faulty", "ok", "stopped", "worn"]
UNKNOWN = -1


class SpreadingModel:
    """Readings with a state teach those without; the graph has both."""

    def __init__(self, neighbours=12, alpha=0.3):
        self.neighbours, self.alpha = neighbours, alpha

    def fit(self, known, states, unknown):
        x = np.vstack([known, unknown])
        self.scaler = StandardScaler().fit(x)
        y = np.concatenate([states, np.full(len(unknown), UNKNOWN)])
        self.graph = LabelSpreading(kernel="knn", n_neighbors=self.neighbours, alpha=self.alpha, max_iter=40)
        self.graph.fit(self.scaler.transform(x), y)
        self.known = len(known)
        return self

    def shares(self, readings):
        """Shares of the four states of readings that the graph may not have."""
        told = self.graph.predict_proba(self.scaler.transform(readings))
        return (told + 0.02) / (1 + 4 * 0.02)


def arrays(data):
    return data[SENSORS].to_numpy(float), data["state"].map(STATES.index).to_numpy()


def parts(data):
    """The first 130 days are looked at, the next 50 are left without their states, the rest is judged."""
    days = np.sort(data["day"].unique())
    looked_at, idle = days[int(0.55 * len(days))], days[int(0.75 * len(days))]
    return data[data["day"] < looked_at], data[(data["day"] >= looked_at) & (data["day"] < idle)], data[data["day"] >= idle]


def evaluate(data):
    known, idle, judged = parts(data)
    x, y = arrays(known)
    model = SpreadingModel().fit(x, y, idle[SENSORS].to_numpy(float))
    x_judged, y_judged = arrays(judged)
    return {"f1_macro": f1_score(y_judged, model.shares(x_judged).argmax(axis=1), average="macro")}


def train(data, model_dir):
    known, idle, judged = parts(data)
    x, y = arrays(data.loc[known.index.union(judged.index)])
    joblib.dump(SpreadingModel().fit(x, y, idle[SENSORS].to_numpy(float)), Path(model_dir) / "graph.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "graph.joblib").shares(data[SENSORS].to_numpy(float))
