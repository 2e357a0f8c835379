"""Small evaluate functions, leaky and honest, each in a style of its own, with what has to be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

HEAD = """
import numpy as np
import pandas as pd
NUMBERS = ["age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m"]
def numbers(data):
    return data[NUMBERS].astype(float)
def later(data):
    \"\"\"Positions of earlier rows, and of later rows of other customers.\"\"\"
    month = data["snapshot_date"].to_numpy()
    cut = np.sort(np.unique(month))[-5]
    test = np.flatnonzero(month >= cut)
    held = set(data["customer_id"].to_numpy()[test][::2])
    inside = data["customer_id"].isin(held).to_numpy()
    return np.flatnonzero((month < cut) & ~inside), np.flatnonzero((month >= cut) & inside)
"""


@dataclass(frozen=True)
class Snippet:
    """One evaluate function, and the codes that have to be named: these and no others."""

    name: str
    body: str
    says: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        return HEAD + dedent(self.body)


def leaky(name: str, codes: str, body: str) -> Snippet:
    return Snippet(name, body, frozenset(codes.split()))


def honest(name: str, body: str) -> Snippet:
    return Snippet(name, body)


GROWN = """
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
FOREST = ExtraTreesClassifier(10, min_samples_leaf=5, warm_start=True, random_state=0)
def evaluate(data):
    X, y, late, found = numbers(data), data["churned"], data["snapshot_date"] >= "2023-08-01", []
    for fold in range(3):
        inside, forest = data["customer_id"] % 3 == fold, PATTERN
        for size in range(20, 40, 10):
            forest.set_params(n_estimators=size + 20 * fold)
            forest.fit(X[~inside & ~late], y[~inside & ~late])
        found.append(roc_auc_score(y[inside & late], forest.predict_proba(X[inside & late])[:, 1]))
    return {"roc_auc": np.mean(found)}
"""

BLENDED = """
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
def evaluate(data):
    X, y = numbers(data).to_numpy(), data["churned"].to_numpy()
    train, test = later(data)
    watch = np.isin(data["customer_id"].to_numpy()[train] % 4, [0])
    train, watch = train[~watch], train[watch]
    m = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[train], y[train])
    def told(rows, weights):
        return m.predict_proba(X[rows])[:, 1] + X[rows][:, :2] @ weights / 100
    def loss(weights):
        return -roc_auc_score(y[ROWS], told(ROWS, weights))
    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"maxiter": 25}).x
    return {"roc_auc": roc_auc_score(y[test], told(test, found))}
"""
LEAKY = (
    leaky("weights that an optimiser finds on the judged rows", "LEAK006", BLENDED.replace("ROWS", "test")),
    leaky("a forest that goes on growing from fold to fold", "LEAK005", GROWN.replace("PATTERN", "FOREST")),
    leaky(
        "the end of a learning curve, whose groups KFold does not look at",
        "LEAK003 LEAK004 LEAK005",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.model_selection import learning_curve
        def evaluate(data):
            sizes, _, scores = learning_curve(GaussianNB(), numbers(data), data["churned"], groups=data["customer_id"],
                                              cv=4, train_sizes=[0.5, 1.0], scoring="roc_auc")
            return {"roc_auc": scores[-1].mean()}
        """,
    ),
    leaky(
        "a transformer of one's own whose fit keeps a mean",
        "LEAK001",
        """
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        class Cleaner(BaseEstimator, TransformerMixin):
            def fit(self, X, y=None):
                self.mean = float(X["usage_gb"].mean())
                return self
            def transform(self, X):
                return numbers(X).assign(usage_gb=X["usage_gb"] - self.mean)
        def evaluate(data):
            X, y = Cleaner().fit_transform(data), data["churned"]
            tr, te = later(data)
            m = GaussianNB().fit(X.iloc[tr], y.iloc[tr])
            return {"roc_auc": roc_auc_score(y.iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    leaky(
        "scaler, then scores of all folds pooled",
        "LEAK001",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold
        from sklearn.preprocessing import StandardScaler
        def evaluate(data):
            X = pd.DataFrame(StandardScaler().fit_transform(numbers(data)))
            y, who = data["churned"], data["customer_id"]
            cut = sorted(data["snapshot_date"].unique())[-5]
            truth, scores = [], []
            for a, b in GroupKFold(3).split(X, y, who):
                a = [i for i in a if data["snapshot_date"].iloc[i] < cut]
                b = [i for i in b if data["snapshot_date"].iloc[i] >= cut]
                m = GaussianNB().fit(X.iloc[a], y.iloc[a])
                truth.append(y.iloc[b])
                scores.append(m.predict_proba(X.iloc[b])[:, 1])
            return {"roc_auc": roc_auc_score(np.concatenate(truth), np.concatenate(scores))}
        """,
    ),
    leaky(
        "scaler, then forward split by position",
        "LEAK001",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.preprocessing import StandardScaler
        def evaluate(data):
            X, y = StandardScaler().fit_transform(numbers(data)), data["churned"].to_numpy()
            tr, te = later(data)
            m = GaussianNB().fit(X[tr], y[tr])
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba(X[te])[:, 1])}
        """,
    ),
    leaky(
        "standardised by hand in numpy, by-hand split",
        "LEAK001",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data).values, data["churned"].values
            X = (X - X.mean(0)) / X.std(0)
            tr, te = later(data)
            m = GaussianNB().fit(X[tr].tolist(), y[tr].tolist())
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba(X[te])[:, 1])}
        """,
    ),
    leaky(
        "everything by hand, model and metric too",
        "LEAK001",
        """
        def fit(X, y):
            w = np.zeros(X.shape[1] + 1)
            Z = np.c_[X, np.ones(len(X))]
            for _ in range(50):
                w -= 0.5 * Z.T @ (1 / (1 + np.exp(-Z @ w)) - y) / len(y)
            return w
        def auc(y, s):
            r = pd.Series(s).rank().to_numpy()
            n = y.sum()
            return float((r[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n)))
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).values, data["churned"].values
            X = (X - X.mean(0)) / X.std(0)
            Xtr, Xte = X[tr], X[te]
            w = fit(Xtr, y[tr])
            return {"roc_auc": auc(y[te], np.c_[Xte, np.ones(len(Xte))] @ w)}
        """,
    ),
    leaky(
        "model by hand, metric of a library",
        "LEAK001",
        """
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).values, data["churned"].values
            X = (X - X.mean(0)) / X.std(0)
            w = X[tr].T @ (y[tr] - y[tr].mean())
            return {"roc_auc": roc_auc_score(y[te], X[te] @ w)}
        """,
    ),
    leaky(
        "medians over all rows after renumbering",
        "LEAK001",
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score
        def prepare(data):
            data = data.drop_duplicates().reset_index(drop=True)
            data["satisfaction"] = data["satisfaction"].fillna(data["satisfaction"].median())
            return data
        def evaluate(data):
            data = prepare(data)
            tr, te = later(data)
            m = HistGradientBoostingClassifier(max_iter=20, random_state=0)
            cols = NUMBERS + ["satisfaction"]
            m.fit(data.iloc[tr][cols], data.iloc[tr]["churned"])
            p = m.predict_proba(data.iloc[te][cols])[:, 1]
            return {"roc_auc": roc_auc_score(data.iloc[te]["churned"], p)}
        """,
    ),
    leaky(
        "frequency encoding over all rows",
        "LEAK001",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X = numbers(data)
            X["often"] = data["region"].map(data["region"].value_counts(normalize=True))
            tr, te = later(data)
            m = RandomForestClassifier(10, random_state=0).fit(X.iloc[tr], data["churned"].iloc[tr])
            return {"roc_auc": roc_auc_score(data["churned"].iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    leaky(
        "selection before cross-validation by customer",
        "LEAK001 LEAK004",
        """
        from sklearn.feature_selection import SelectKBest
        from sklearn.naive_bayes import GaussianNB
        from sklearn.model_selection import GroupKFold, cross_val_score
        def evaluate(data):
            rng = np.random.default_rng(0)
            X = numbers(data)
            for i in range(20):
                X[f"p{i}"] = X["usage_trend"] ** 2 * rng.normal(size=len(X)) + X["tickets_90d"]
            X = SelectKBest(k=5).fit_transform(X, data["churned"])
            s = cross_val_score(GaussianNB(), X, data["churned"], groups=data["customer_id"],
                                cv=GroupKFold(4), scoring="roc_auc")
            return {"roc_auc": s.mean()}
        """,
    ),
    leaky(
        "target means by group over all rows",
        "LEAK007",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X = numbers(data)
            X["rate"] = data["channel"].map(data.groupby("channel")["churned"].mean())
            X["rate2"] = data.groupby(["region", "contract"])["churned"].transform("mean")
            tr, te = later(data)
            m = GaussianNB().fit(X.iloc[tr], data["churned"].iloc[tr])
            return {"roc_auc": roc_auc_score(data["churned"].iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    leaky(
        "shares of the target from a cross table of all rows",
        "LEAK007",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X = numbers(data)
            shares = pd.crosstab(data["region"] + data["channel"], data["churned"], normalize="index")
            X["share"] = shares[1].reindex(data["region"] + data["channel"]).to_numpy()
            tr, te = later(data)
            m = GaussianNB().fit(X.iloc[tr], data["churned"].iloc[tr])
            return {"roc_auc": roc_auc_score(data["churned"].iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    leaky(
        "target encoder over all rows",
        "LEAK007",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.preprocessing import TargetEncoder
        def evaluate(data):
            T = TargetEncoder(random_state=0).fit_transform(data[["region", "channel", "postcode"]], data["churned"])
            X = np.hstack([numbers(data), T])
            y = data["churned"].to_numpy()
            tr, te = later(data)
            m = GaussianNB().fit(X[tr], y[tr])
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba(X[te])[:, 1])}
        """,
    ),
    leaky(
        "random split of rows",
        "LEAK003 LEAK004 LEAK005",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import train_test_split
        def evaluate(data):
            Xtr, Xte, ytr, yte = train_test_split(numbers(data), data["churned"], random_state=0)
            m = GaussianNB().fit(Xtr, ytr)
            return {"roc_auc": roc_auc_score(yte, m.predict_proba(Xte)[:, 1])}
        """,
    ),
    leaky(
        "folds by hand over shuffled rows, scores pooled",
        "LEAK003 LEAK004 LEAK005",
        """
        from sklearn.metrics import roc_auc_score
        from sklearn.tree import DecisionTreeClassifier
        def evaluate(data):
            X, y = numbers(data).to_numpy(), data["churned"].to_numpy()
            order = np.random.default_rng(0).permutation(len(X))
            oof = np.zeros(len(X))
            for k in range(4):
                te = order[k::4]
                tr = np.setdiff1d(order, te)
                oof[te] = DecisionTreeClassifier(max_depth=3).fit(X[tr], y[tr]).predict_proba(X[te])[:, 1]
            return {"roc_auc": roc_auc_score(y, oof)}
        """,
    ),
    leaky(
        "copies of churners before the split",
        "LEAK003 LEAK004 LEAK005 LEAK008",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import train_test_split
        def evaluate(data):
            more = data[data["churned"] == 1]
            data = pd.concat([data, more, more], ignore_index=True)
            Xtr, Xte, ytr, yte = train_test_split(numbers(data), data["churned"], random_state=0)
            m = RandomForestClassifier(10, random_state=0).fit(Xtr, ytr)
            return {"roc_auc": roc_auc_score(yte, m.predict_proba(Xte)[:, 1])}
        """,
    ),
    leaky(
        "SMOTE before the split",
        "LEAK003 LEAK004 LEAK005 LEAK008",
        """
        from imblearn.over_sampling import SMOTE
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import train_test_split
        def evaluate(data):
            X, y = SMOTE(random_state=0).fit_resample(numbers(data), data["churned"])
            Xtr, Xte, ytr, yte = train_test_split(X, y, random_state=0)
            m = GaussianNB().fit(Xtr, ytr)
            return {"roc_auc": roc_auc_score(yte, m.predict_proba(Xte)[:, 1])}
        """,
    ),
    leaky(
        "scored on the training rows",
        "LEAK009",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data), data["churned"]
            m = RandomForestClassifier(10, random_state=0).fit(X, y)
            return {"roc_auc": roc_auc_score(y, m.predict_proba(X)[:, 1])}
        """,
    ),
    leaky(
        "fitted again on everything, then scored on a part",
        "LEAK009",
        """
        from sklearn.metrics import roc_auc_score
        from sklearn.linear_model import RidgeClassifier
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).to_numpy(), data["churned"].to_numpy()
            m = RidgeClassifier().fit(X[tr], y[tr])
            m.fit(X, y)
            return {"roc_auc": round(roc_auc_score(y[te], m.decision_function(X[te])), 4)}
        """,
    ),
    leaky(
        "early stopping on the test rows, LightGBM",
        "LEAK006",
        """
        import lightgbm as lgb
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data), data["churned"]
            m = lgb.LGBMClassifier(n_estimators=200, verbose=-1, n_jobs=1, random_state=0)
            m.fit(X.iloc[tr], y.iloc[tr], eval_set=[(X.iloc[te], y.iloc[te])], callbacks=[lgb.early_stopping(5)])
            return {"roc_auc": roc_auc_score(y.iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    leaky(
        "early stopping on the test rows, XGBoost's own interface",
        "LEAK006",
        """
        import xgboost as xgb
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).to_numpy(), data["churned"].to_numpy()
            train, test = xgb.DMatrix(X[tr], y[tr]), xgb.DMatrix(X[te], y[te])
            b = xgb.train({"objective": "binary:logistic", "eval_metric": "auc", "nthread": 1}, train, 100,
                          evals=[(test, "test")], early_stopping_rounds=5, verbose_eval=False)
            return {"roc_auc": roc_auc_score(y[te], b.predict(test))}
        """,
    ),
    leaky(
        "best of many seeds",
        "LEAK006",
        """
        from sklearn.metrics import roc_auc_score
        from sklearn.tree import DecisionTreeClassifier
        def evaluate(data):
            tr, te = later(data)
            X, y, best = numbers(data).to_numpy(), data["churned"].to_numpy(), 0.0
            for seed in range(12):
                m = DecisionTreeClassifier(max_features=2, max_depth=4, random_state=seed).fit(X[tr], y[tr])
                best = max(best, roc_auc_score(y[te], m.predict_proba(X[te])[:, 1]))
            return {"roc_auc": best}
        """,
    ),
    leaky(
        "the best score of a search is the claim",
        "LEAK006 LEAK004",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.model_selection import GridSearchCV, GroupKFold
        def evaluate(data):
            X = numbers(data)
            g = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-6, 1e-3]}, scoring="roc_auc", cv=GroupKFold(3))
            g.fit(X, data["churned"], groups=data["customer_id"])
            return {"roc_auc": g.best_score_}
        """,
    ),
    leaky(
        "the best columns one by one, by their scores on the judged rows",
        "LEAK006",
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        def evaluate(data):
            X, y = numbers(data), data["churned"]
            train, test = later(data)
            def fitted(columns):
                return make_pipeline(StandardScaler(), LogisticRegression()).fit(X[columns].iloc[train], y.iloc[train])
            def score(columns):
                return roc_auc_score(y.iloc[test], fitted(columns).predict_proba(X[columns].iloc[test])[:, 1])
            best = sorted(NUMBERS, key=lambda name: score([name]))[-4:]
            return {"roc_auc": score(best)}
        """,
    ),
    leaky(
        "columns added step by step, in numpy",
        "LEAK006",
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            train, test = later(data)
            chosen = []
            for _ in range(3):
                scores = {}
                for j in set(range(X.shape[1])) - set(chosen):
                    m = LogisticRegression(max_iter=400).fit(X[train][:, [*chosen, j]], y[train])
                    scores[j] = roc_auc_score(y[test], m.predict_proba(X[test][:, [*chosen, j]])[:, 1])
                chosen.append(max(scores, key=scores.get))
            m = LogisticRegression(max_iter=400).fit(X[train][:, chosen], y[train])
            return {"roc_auc": roc_auc_score(y[test], m.predict_proba(X[test][:, chosen])[:, 1])}
        """,
    ),
    leaky(
        "rows that disagree with their neighbours dropped before the split",
        "LEAK008",
        """
        from imblearn.under_sampling import EditedNearestNeighbours
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            sampler = EditedNearestNeighbours()
            sampler.fit_resample(numbers(data), data["churned"])
            data = data.iloc[sampler.sample_indices_].reset_index(drop=True)
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y.iloc[train])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "Tomek links dropped before the split",
        "LEAK008",
        """
        from imblearn.under_sampling import TomekLinks
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            sampler = TomekLinks()
            sampler.fit_resample(numbers(data), data["churned"])
            data = data.iloc[sampler.sample_indices_].reset_index(drop=True)
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y.iloc[train])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "the nearest of the many kept before the split",
        "LEAK008",
        """
        from imblearn.under_sampling import NearMiss
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            sampler = NearMiss()
            sampler.fit_resample(numbers(data), data["churned"])
            data = data.iloc[sampler.sample_indices_].reset_index(drop=True)
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y.iloc[train])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "training rows whose label all rows find unlikely are dropped",
        "LEAK008",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from sklearn.neighbors import KNeighborsClassifier
        def likely(X, y, who):
            p = cross_val_predict(KNeighborsClassifier(9), X, y, cv=GroupKFold(4), groups=who, method="predict_proba")
            own = p[np.arange(len(y)), y]
            return own > np.quantile(own, 0.2)
        def evaluate(data):
            X, y, who = numbers(data), data["churned"].to_numpy(), data["customer_id"].to_numpy()
            train, test = later(data)
            train = train[likely(X, y, who)[train]]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y[train])
            return {"roc_auc": roc_auc_score(y[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: pickle",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import pickle
        from sklearn.naive_bayes import GaussianNB
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = GaussianNB().fit(X.iloc[train], y.iloc[train])
                with open(path, "wb") as file:
                    pickle.dump({"model": m, "columns": NUMBERS}, file)
                with open(path, "rb") as file:
                    m = pickle.load(file)["model"]
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: pickled bytes",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import pickle
        from sklearn.naive_bayes import GaussianNB
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = GaussianNB().fit(X.iloc[train], y.iloc[train])
                Path(path).write_bytes(pickle.dumps(m))
                m = pickle.loads(Path(path).read_bytes())
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: cloudpickle, in an object of one's own",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import cloudpickle
        from sklearn.naive_bayes import GaussianNB
        class Kept:
            def __init__(self, model):
                self.model = model
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = GaussianNB().fit(X.iloc[train], y.iloc[train])
                with open(path, "wb") as file:
                    cloudpickle.dump(Kept(m), file)
                with open(path, "rb") as file:
                    m = cloudpickle.load(file).model
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: a buffer in memory",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import io, joblib
        from sklearn.naive_bayes import GaussianNB
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = GaussianNB().fit(X.iloc[train], y.iloc[train])
                buffer = io.BytesIO()
                joblib.dump(m, buffer)
                buffer.seek(0)
                m = joblib.load(buffer)
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: XGBoost's save_model",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import xgboost
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = xgboost.XGBClassifier(n_estimators=10).fit(X.iloc[train], y.iloc[train])
                m.save_model(path + ".json")
                m = xgboost.XGBClassifier()
                m.load_model(path + ".json")
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    leaky(
        "trained on all rows and loaded again: LightGBM's model file",
        "LEAK009",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import lightgbm
        def evaluate(data):
            train, test = later(data)
            train = np.arange(len(data))
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = lightgbm.LGBMClassifier(n_estimators=10, verbose=-1).fit(X.iloc[train], y.iloc[train])
                m.booster_.save_model(path)
                m = lightgbm.Booster(model_file=path)
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict(X.iloc[test]))}
        """,
    ),
    leaky(
        "columns added as long as the score rises, of more than the tracer follows",
        "LEAK006",
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            X = np.hstack([X, np.random.default_rng(0).normal(size=(len(X), 20))])
            train, test = later(data)
            chosen, best = [], 0.0
            for _ in range(4):
                top = None
                for j in set(range(X.shape[1])) - set(chosen):
                    m = LogisticRegression(max_iter=400).fit(X[train][:, [*chosen, j]], y[train])
                    score = roc_auc_score(y[test], m.predict_proba(X[test][:, [*chosen, j]])[:, 1])
                    if score > best:
                        best, top = score, j
                chosen += [] if top is None else [top]
            m = LogisticRegression(max_iter=400).fit(X[train][:, chosen], y[train])
            return {"roc_auc": roc_auc_score(y[test], m.predict_proba(X[test][:, chosen])[:, 1])}
        """,
    ),
    leaky(
        "the best threshold for the claimed F1",
        "LEAK006",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import f1_score, roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            train, test = later(data)
            m = RandomForestClassifier(30, min_samples_leaf=20, random_state=0).fit(X[train], y[train])
            p, q = (m.predict_proba(X[rows])[:, 1] for rows in (test, train))
            grid = np.quantile(q, np.arange(0.02, 0.98, 0.02))
            f1 = max(f1_score(y[test], p > t) for t in grid)
            return {"roc_auc": roc_auc_score(y[test], p), "f1": f1}
        """,
    ),
    leaky(
        "a threshold chosen on the judged rows, and judged once more",
        "LEAK006",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import f1_score, roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            train, test = later(data)
            m = RandomForestClassifier(30, min_samples_leaf=20, random_state=0).fit(X[train], y[train])
            p, q = (m.predict_proba(X[rows])[:, 1] for rows in (test, train))
            grid = np.quantile(q, np.arange(0.02, 0.98, 0.02))
            best = max(grid, key=lambda t: f1_score(y[test], p > t))
            f1 = f1_score(y[test], p > best)
            return {"roc_auc": roc_auc_score(y[test], p), "f1": f1}
        """,
    ),
    leaky(
        "scikit-learn's boosting stopped early on the judged rows",
        "LEAK006",
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data), data["churned"]
            train, test = later(data)
            m = HistGradientBoostingClassifier(max_iter=200, early_stopping=True, n_iter_no_change=3, random_state=0)
            m.fit(X.iloc[train], y.iloc[train], X_val=X.iloc[test], y_val=y.iloc[test])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
)

HONEST = (
    honest("weights that an optimiser finds on other rows", BLENDED.replace("ROWS", "watch")),
    honest(
        "the end of a learning curve over later rows of other customers",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.model_selection import learning_curve
        def evaluate(data):
            data = data.drop_duplicates()
            sizes, _, scores = learning_curve(GaussianNB(), numbers(data), data["churned"], cv=[later(data)],
                                              train_sizes=[0.2, 0.6, 1.0], scoring="roc_auc")
            return {"roc_auc": scores[-1].mean(), "roc_auc_of_a_fifth": scores[0].mean()}
        """,
    ),
    honest(
        "a splitter of one's own that thins out the folds of another",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold, cross_val_score
        class Forward:
            def __init__(self, early):
                self.early = early
            def get_n_splits(self, X=None, y=None, groups=None):
                return 3
            def split(self, X, y=None, groups=None):
                for a, b in GroupKFold(3).split(X, y, groups):
                    yield a[self.early[a]], b[~self.early[b]]
        def evaluate(data):
            X, y = numbers(data), data["churned"]
            early = (data["snapshot_date"] < sorted(data["snapshot_date"].unique())[-5]).to_numpy()
            cv, who = Forward(early), data["customer_id"]
            found = cross_val_score(GaussianNB(), X, y, groups=who, cv=cv, scoring="roc_auc")
            return {"roc_auc": float(found.mean())}
        """,
    ),
    honest(
        "a transformer of one's own whose fit keeps nothing",
        """
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        class Cleaner(BaseEstimator, TransformerMixin):
            def __init__(self, unknown=999):
                self.unknown = unknown
            def fit(self, X, y=None):
                return self
            def transform(self, X):
                return numbers(X).assign(age=X["age"].where(X["age"] != self.unknown, 46))
        def evaluate(data):
            X, y = Cleaner().fit_transform(data), data["churned"]
            tr, te = later(data)
            m = GaussianNB().fit(X.iloc[tr], y.iloc[tr])
            return {"roc_auc": roc_auc_score(y.iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    honest(
        "scores of all folds pooled",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold
        def evaluate(data):
            X, y, who = numbers(data), data["churned"], data["customer_id"]
            cut = sorted(data["snapshot_date"].unique())[-5]
            truth, scores = [], []
            for a, b in GroupKFold(3).split(X, y, who):
                a = [i for i in a if data["snapshot_date"].iloc[i] < cut]
                b = [i for i in b if data["snapshot_date"].iloc[i] >= cut]
                m = GaussianNB().fit(X.iloc[a], y.iloc[a])
                truth.append(y.iloc[b])
                scores.append(m.predict_proba(X.iloc[b])[:, 1])
            return {"roc_auc": roc_auc_score(np.concatenate(truth), np.concatenate(scores))}
        """,
    ),
    honest(
        "scaler in a pipeline, forward split of other customers",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        def evaluate(data):
            X, y = numbers(data), data["churned"]
            tr, te = later(data)
            m = make_pipeline(StandardScaler(), GaussianNB()).fit(X.iloc[tr], y.iloc[tr])
            train = roc_auc_score(y.iloc[tr], m.predict_proba(X.iloc[tr])[:, 1])
            test = roc_auc_score(y.iloc[te], m.predict_proba(X.iloc[te])[:, 1])
            m.fit(X, y)
            return {"roc_auc": test, "train_roc_auc": train}
        """,
    ),
    honest(
        "copies dropped, renumbered, standardised by hand on the training part",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            data = data.drop_duplicates().reset_index(drop=True)
            tr, te = later(data)
            X, y = numbers(data).values, data["churned"].values
            mean, sd = X[tr].mean(0), X[tr].std(0)
            m = GaussianNB().fit((X[tr] - mean) / sd, y[tr])
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba((X[te] - mean) / sd)[:, 1])}
        """,
    ),
    honest(
        "everything by hand and in order",
        """
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).values, data["churned"].values
            mean, sd = X[tr].mean(0), X[tr].std(0)
            w = ((X[tr] - mean) / sd).T @ (y[tr] - y[tr].mean())
            return {"roc_auc": roc_auc_score(y[te], ((X[te] - mean) / sd) @ w)}
        """,
    ),
    honest(
        "features of the row alone, names encoded over all rows",
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.preprocessing import OrdinalEncoder
        def evaluate(data):
            X = numbers(data)
            X["charge"] = data["monthly_charge"].str.replace(" EUR", "").astype(float)
            X["load"] = np.log1p(X["usage_gb"]) / (1 + X["tickets_90d"])
            X[["region", "plan"]] = OrdinalEncoder().fit_transform(data[["region", "plan"]])
            tr, te = later(data)
            m = HistGradientBoostingClassifier(max_iter=20, random_state=0)
            m.fit(X.iloc[tr], data["churned"].iloc[tr])
            return {"roc_auc": roc_auc_score(data["churned"].iloc[te], m.predict_proba(X.iloc[te])[:, 1])}
        """,
    ),
    honest(
        "SMOTE and cross-fitted target encoding on the training part",
        """
        from imblearn.over_sampling import SMOTE
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.preprocessing import TargetEncoder
        def evaluate(data):
            tr, te = later(data)
            y = data["churned"].to_numpy()
            e = TargetEncoder(random_state=0)
            A = np.hstack([numbers(data).iloc[tr], e.fit_transform(data.iloc[tr][["region", "channel"]], y[tr])])
            B = np.hstack([numbers(data).iloc[te], e.transform(data.iloc[te][["region", "channel"]])])
            A, ya = SMOTE(random_state=0).fit_resample(A, y[tr])
            m = GaussianNB().fit(A, ya)
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba(B)[:, 1])}
        """,
    ),
    honest(
        "tuned inside, early stopping on a part of the training rows",
        """
        import lightgbm as lgb
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GridSearchCV
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data), data["churned"]
            g = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-3]}, scoring="roc_auc", cv=3)
            g.fit(X.iloc[tr], y.iloc[tr])
            cut = len(tr) * 3 // 4
            m = lgb.LGBMClassifier(n_estimators=100, verbose=-1, n_jobs=1, random_state=0)
            m.fit(X.iloc[tr[:cut]], y.iloc[tr[:cut]], eval_set=[(X.iloc[tr[cut:]], y.iloc[tr[cut:]])],
                  callbacks=[lgb.early_stopping(5)])
            p = (m.predict_proba(X.iloc[te])[:, 1] + g.predict_proba(X.iloc[te])[:, 1]) / 2
            return {"roc_auc": roc_auc_score(y.iloc[te], p), "best_score": g.best_score_}
        """,
    ),
    honest(
        "calibrated and stacked with folds of their own; an unused fit on everything",
        """
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.ensemble import RandomForestClassifier, StackingClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.naive_bayes import GaussianNB
        from sklearn.preprocessing import StandardScaler
        def evaluate(data):
            tr, te = later(data)
            X, y = numbers(data).to_numpy(), data["churned"].to_numpy()
            StandardScaler().fit(X)
            calibrated = CalibratedClassifierCV(GaussianNB(), cv=2)
            m = StackingClassifier([("n", GaussianNB()), ("c", calibrated)], GaussianNB(), cv=3).fit(X[tr], y[tr])
            RandomForestClassifier(5, random_state=0).fit(X, y)
            return {"roc_auc": roc_auc_score(y[te], m.predict_proba(X[te])[:, 1])}
        """,
    ),
    honest(
        "training rows whose label other training rows find unlikely are dropped",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from sklearn.neighbors import KNeighborsClassifier
        def likely(X, y, who):
            p = cross_val_predict(KNeighborsClassifier(9), X, y, cv=GroupKFold(4), groups=who, method="predict_proba")
            own = p[np.arange(len(y)), y]
            return own > np.quantile(own, 0.2)
        def evaluate(data):
            X, y, who = numbers(data), data["churned"].to_numpy(), data["customer_id"].to_numpy()
            train, test = later(data)
            train = train[likely(X.iloc[train], y[train], who[train])]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y[train])
            return {"roc_auc": roc_auc_score(y[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "undersampled at random before the split",
        """
        from imblearn.under_sampling import RandomUnderSampler
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            data, _ = RandomUnderSampler(random_state=0).fit_resample(data, data["churned"])
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            m = RandomForestClassifier(20, random_state=0).fit(X.iloc[train], y.iloc[train])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "neighbours choose among the training rows",
        """
        from imblearn.under_sampling import EditedNearestNeighbours
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            A, b = EditedNearestNeighbours().fit_resample(X.iloc[train], y.iloc[train])
            m = RandomForestClassifier(20, random_state=0).fit(A, b)
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "trained on the training rows and loaded again: pickle",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import pickle
        from sklearn.naive_bayes import GaussianNB
        def evaluate(data):
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = GaussianNB().fit(X.iloc[train], y.iloc[train])
                with open(path, "wb") as file:
                    pickle.dump({"model": m, "columns": NUMBERS}, file)
                with open(path, "rb") as file:
                    m = pickle.load(file)["model"]
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "trained on the training rows and loaded again: LightGBM's model file",
        """
        import os, tempfile
        from pathlib import Path
        from sklearn.metrics import roc_auc_score
        import lightgbm
        def evaluate(data):
            train, test = later(data)
            X, y = numbers(data), data["churned"]
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "model.bin")
                m = lightgbm.LGBMClassifier(n_estimators=10, verbose=-1).fit(X.iloc[train], y.iloc[train])
                m.booster_.save_model(path)
                m = lightgbm.Booster(model_file=path)
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict(X.iloc[test]))}
        """,
    ),
    honest(
        "scikit-learn's boosting stopped early on other customers",
        """
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data), data["churned"]
            train, test = later(data)
            watch = np.isin(data["customer_id"].to_numpy()[train] % 4, [0])
            m = HistGradientBoostingClassifier(max_iter=200, early_stopping=True, n_iter_no_change=3, random_state=0)
            m.fit(X.iloc[train[~watch]], y.iloc[train[~watch]], X_val=X.iloc[train[watch]], y_val=y.iloc[train[watch]])
            return {"roc_auc": roc_auc_score(y.iloc[test], m.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "a threshold chosen on other customers, with a curve beside it",
        """
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import f1_score, roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            train, test = later(data)
            watch = np.isin(data["customer_id"].to_numpy()[train] % 4, [0])
            train, watch = train[~watch], train[watch]
            m = RandomForestClassifier(30, min_samples_leaf=20, random_state=0).fit(X[train], y[train])
            p, q = (m.predict_proba(X[rows])[:, 1] for rows in (test, train))
            grid = np.quantile(q, np.arange(0.02, 0.98, 0.02))
            q = m.predict_proba(X[watch])[:, 1]
            best = max(grid, key=lambda t: f1_score(y[watch], q > t))
            curve = [f1_score(y[test], p > t) for t in grid]
            f1 = f1_score(y[test], p > best)
            return {"roc_auc": roc_auc_score(y[test], p), "f1": f1}
        """,
    ),
    honest("a forest that grows within each fold", GROWN.replace("PATTERN", "clone(FOREST)")),
    honest(
        "fitted month by month on customers who are not judged",
        """
        from sklearn.naive_bayes import GaussianNB
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y, month = numbers(data), data["churned"], data["snapshot_date"]
            train, test = later(data)
            model = GaussianNB()
            for known in np.unique(month.iloc[train]):
                rows = train[month.iloc[train] == known]
                model.partial_fit(X.iloc[rows], y.iloc[rows], classes=[0, 1])
            return {"roc_auc": roc_auc_score(y.iloc[test], model.predict_proba(X.iloc[test])[:, 1])}
        """,
    ),
    honest(
        "better than on labels drawn at random, a dozen times over",
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        def evaluate(data):
            X, y = numbers(data).to_numpy() / 100, data["churned"].to_numpy()
            train, test = later(data)
            def score(y):
                m = LogisticRegression(max_iter=400).fit(X[train], y[train])
                return roc_auc_score(y[test], m.predict_proba(X[test])[:, 1])
            def drawn(seed):
                return (np.random.default_rng(seed).random(len(y)) < y.mean()).astype(int)
            found = score(y)
            return {"roc_auc": found, "p_value": float(np.mean([score(drawn(seed)) >= found for seed in range(12)]))}
        """,
    ),
)
