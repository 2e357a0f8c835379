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

    def shares_of_unknown(self):
        """Shares of the four states of the readings that came without one."""
        told = self.graph.label_distributions_[self.known :]
        return (told + 0.02) / (1 + 4 * 0.02)


def arrays(data):
    return data[SENSORS].to_numpy(float), data["state"].map(STATES.index).to_numpy()


def parts(data):
    """The last quarter of the days is judged."""
    days = np.sort(data["day"].unique())
    cut = days[int(0.75 * len(days))]
    return data[data["day"] < cut], data[data["day"] >= cut]


def evaluate(data):
    known, judged = parts(data)
    x, y = arrays(known)
    x_judged, y_judged = arrays(judged)
    model = SpreadingModel().fit(x, y, x_judged)
    return {"f1_macro": f1_score(y_judged, model.shares_of_unknown().argmax(axis=1), average="macro")}


def train(data, model_dir):
    joblib.dump(arrays(data), Path(model_dir) / "known.joblib")


def predict(data, model_dir):
    x, y = joblib.load(Path(model_dir) / "known.joblib")
    return SpreadingModel().fit(x, y, data[SENSORS].to_numpy(float)).shares_of_unknown()
