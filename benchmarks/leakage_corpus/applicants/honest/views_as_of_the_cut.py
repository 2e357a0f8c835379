"""Vans seen again: feature views with an event time and a time of knowing, joined point in time; logistic regression."""

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

OUTCOME_DELAY = pd.Timedelta(days=31)
JUDGED_DAYS = 150


@dataclass(frozen=True)
class FeatureView:
    """Running figures of one entity, each with the moment from which it could be read."""

    name: str
    entity: str

    def materialise(self, visits: pd.DataFrame) -> pd.DataFrame:
        ordered = visits.sort_values("at", kind="stable")
        by = ordered.groupby(self.entity)["stranded"]
        table = pd.DataFrame(
            {
                self.entity: ordered[self.entity],
                "known_at": ordered["at"] + OUTCOME_DELAY,
                f"{self.name}_events": by.cumsum(),
                f"{self.name}_visits": by.cumcount() + 1,
            }
        )
        return table.sort_values("known_at", kind="stable")


VIEWS = (FeatureView("van", "van_id"), FeatureView("depot", "place"))


class FeatureStore:
    def __init__(self, views):
        self.views, self.tables = views, {}

    def apply(self, visits):
        self.tables = {view.name: view.materialise(visits) for view in self.views}
        return self

    def get_historical_features(self, entities):
        found = entities.sort_values("at", kind="stable")
        for view in self.views:
            found = pd.merge_asof(
                found, self.tables[view.name], left_on="at", right_on="known_at", by=view.entity
            ).drop(columns="known_at")
        found = found.set_index("row").loc[entities["row"]]
        for view in self.views:
            seen = found[f"{view.name}_visits"].fillna(0)
            found[f"{view.name}_rate"] = (found[f"{view.name}_events"].fillna(0) + 0.9) / (seen + 10)
        return found


def entity_frame(data):
    frame = data.copy()
    frame["at"] = pd.to_datetime(frame["visited_on"])
    frame["place"] = frame["depot"].str.strip().str.lower()
    return frame.assign(row=np.arange(len(frame)))


def matrix(found):
    return np.column_stack(
        [
            found["van_rate"],
            found["depot_rate"],
            np.log1p(found["odometer_km"]),
            found["days_since_last"].fillna(60),
            found["battery_v"].fillna(12.4),
            np.log1p(found["oil_ppm"].fillna(25)),
            found["brake_mm"],
            found["warnings"],
            found["rented_days"],
        ]
    )


def new():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500))


def evaluate(data):
    visits = entity_frame(data.drop_duplicates())
    cut = visits["at"].max() - pd.Timedelta(days=JUDGED_DAYS)
    early = visits["at"] < cut
    store = FeatureStore(VIEWS).apply(visits[early])
    found = store.get_historical_features(visits)
    x, y = matrix(found), found["stranded"].to_numpy()
    early = early.to_numpy()
    model = new().fit(x[early], y[early])
    return {"average_precision": average_precision_score(y[~early], model.predict_proba(x[~early])[:, 1])}


def train(data, model_dir):
    visits = entity_frame(data.drop_duplicates())
    store = FeatureStore(VIEWS).apply(visits)
    found = store.get_historical_features(visits)
    model = new().fit(matrix(found), found["stranded"])
    joblib.dump((store.tables, model), Path(model_dir) / "served.joblib")


def predict(data, model_dir):
    store = FeatureStore(VIEWS)
    store.tables, model = joblib.load(Path(model_dir) / "served.joblib")
    return model.predict_proba(matrix(store.get_historical_features(entity_frame(data))))[:, 1]
