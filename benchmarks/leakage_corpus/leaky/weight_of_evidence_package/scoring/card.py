import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from scoring.woe import Woe


class Scorecard:
    def __init__(self):
        self.woe = Woe()
        self.model = LogisticRegression(C=1.0)

    def table(self, data: pd.DataFrame) -> pd.DataFrame:
        return self.woe.fit(data, data["churned"]).transform(data)

    def fit(self, data):
        self.model.fit(self.table(data), data["churned"])
        return self

    def backtest(self, data) -> float:
        points = self.table(data)
        ids = pd.Series(data["customer_id"].unique())
        held = data["customer_id"].isin(ids[ids.index % 4 == 2])
        late = data["snapshot_date"] >= "2023-08-01"
        self.model.fit(points[~held & ~late], data.loc[~held & ~late, "churned"])
        return float(roc_auc_score(data.loc[held & late, "churned"], self.model.decision_function(points[held & late])))

    def score(self, data):
        return self.model.predict_proba(self.woe.transform(data))[:, 1]
