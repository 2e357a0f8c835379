from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from src.steps import Imputer, Parse, Scaler


class Workflow:
    def __init__(self):
        self.steps = [Imputer(), Scaler()]
        self.model = LogisticRegression(max_iter=400)

    def fit(self, X, y):
        for step in self.steps:
            X = step.fit_transform(X)
        self.model.fit(X, y)
        return self

    def predict(self, X):
        for step in self.steps:
            X = step.transform(X)
        return self.model.predict_proba(X)[:, 1]


class Experiment:
    """Parses the table once (rows do not know of each other), then works with masks."""

    def __init__(self, table, seed):
        self.table = table.drop_duplicates()
        self.X = Parse().fit_transform(self.table)
        self.y = self.table["churned"]
        self.seed = seed

    def masks(self, share, start):
        customers = self.table["customer_id"].drop_duplicates().sort_values()
        chosen = customers.sample(frac=share, random_state=self.seed)
        new = self.table["customer_id"].isin(chosen)
        late = self.table["snapshot_date"] >= start
        return ~new & ~late, new & late

    def run(self, share=0.5, start="2023-09-01"):
        train, test = self.masks(share, start)
        flow = Workflow().fit(self.X[train], self.y[train])
        return {
            "roc_auc": float(roc_auc_score(self.y[test], flow.predict(self.X[test]))),
            "train_roc_auc": float(roc_auc_score(self.y[train], flow.predict(self.X[train]))),
        }
