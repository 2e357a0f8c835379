"""What the source text alone tells of leaks, and what it must not claim."""

from __future__ import annotations

import time

import imblearn.combine
import imblearn.over_sampling
import imblearn.under_sampling
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.checks.leakage.static import Columns, analyse, look
from graders.model.submission import Submission
from testing.builders import a_notebook, a_submission

COLUMNS = Columns(target="churned", group="customer_id", time="snapshot_date")

HEAD = """
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

COLS = ["a", "b"]

def by_customer(data):
    held = data["customer_id"] % 4 == 0
    return data[~held], data[held]

def auc(model, X, y):
    return {"roc_auc": roc_auc_score(y, model.predict_proba(X)[:, 1])}
"""

SPLIT = "train_rows, test_rows = by_customer(data)"
SCORE = """m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
return auc(m, test_rows[COLS], test_rows["churned"])"""

POLARS = """import polars as pl
rows = pl.from_pandas(data)
held = pl.col("customer_id") % 4 == 0
"""
SPLIT_BY_POLARS = """
past, later = rows.filter(~held, pl.col("snapshot_date") < "2023-10-01"), rows.filter(held)
"""
SCORE_OF_POLARS = """m = LogisticRegression().fit(past.select(COLS).to_numpy(), past["churned"].to_numpy())
return auc(m, later.select(COLS).to_numpy(), later["churned"].to_numpy())"""
RATES = 'rates = {}.group_by("region").agg(pl.col("churned").mean().alias("a"))\n'

TABLE = """
lines = []
for c in (0.1, 1, 10):
    m = LogisticRegression(C=c)
    inner = cross_val_score(m, train_rows[COLS], train_rows["churned"], groups=train_rows["customer_id"], cv=GroupKFold(3))
    m.fit(train_rows[COLS], train_rows["churned"])
    score = roc_auc_score(test_rows["churned"], m.predict_proba(test_rows[COLS])[:, 1])
    lines.append({"c": c, "inner": inner.mean(), "score": score})
table = pd.DataFrame(lines).set_index("c").sort_values("BY", ascending=False)
return {"roc_auc": table.iloc[0]["score"]}"""
STRETCHED = """
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
p, q = m.predict_proba(OTHERS[COLS])[:, 1], m.predict_proba(test_rows[COLS])[:, 1]
stretch = np.quantile(OTHERS["churned"].to_numpy() / p, 0.8)
wrong = test_rows["churned"].to_numpy() - stretch * q
return {"roc_auc": np.mean(np.maximum(0.8 * wrong, -0.2 * wrong))}"""
TAUGHT = """
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
p = m.predict_proba(OTHERS[COLS])[:, 1]
sure = np.abs(p - 0.5) > 0.4
X = pd.concat([train_rows[COLS], OTHERS[COLS][sure]])
again = LogisticRegression().fit(X, np.concatenate([train_rows["churned"], p[sure] > 0.5]))
return auc(again, test_rows[COLS], test_rows["churned"])"""
THIRDS = """
train_rows, later = by_customer(data)
third = later["customer_id"] % 3 == 0
others, test_rows = later[third], later[~third]"""

GOES_ON = """import lightgbm as lgb
chain = lgb.train({}, lgb.Dataset(ROWS[COLS], ROWS["churned"]), 50)
own = lgb.train({}, lgb.Dataset(train_rows[COLS], train_rows["churned"]), 9, init_model=chain)
return {"roc_auc": roc_auc_score(test_rows["churned"], own.predict(test_rows[COLS]))}"""
CUTS = """from sklearn.tree import DecisionTreeClassifier
known = ROWS["a"].notna()
tree = DecisionTreeClassifier(max_leaf_nodes=5).fit(ROWS.loc[known, ["a"]], ROWS["churned"][known])
data["a"] = np.searchsorted(np.sort(tree.tree_.threshold), data["a"])
held = data["customer_id"].map(lambda number: hash(number) % 4 == 0)
train_rows, test_rows = data[~held], data[held]"""

ORDERED = """from sklearn.preprocessing import OrdinalEncoder
order = list(ROWS.groupby("region")["churned"].mean().sort_values().index)
m = make_pipeline(OrdinalEncoder(categories=[order]), LogisticRegression())
m.fit(train_rows[["region"]], train_rows["churned"])
return auc(m, test_rows[["region"]], test_rows["churned"])"""
WEIGHED = """scout = LogisticRegression().fit(ROWS[COLS], ROWS["churned"])
far = np.abs(train_rows["churned"] - scout.predict_proba(train_rows[COLS])[:, 1])
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"], sample_weight=far)
return auc(m, test_rows[COLS], test_rows["churned"])"""
BROUGHT = """m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
told = m.predict_proba(test_rows[COLS])[:, 1]
told = told * test_rows["region"].map(ROWS.groupby("region")["churned"].mean())
return {"roc_auc": roc_auc_score(test_rows["churned"], told)}"""
BUSY = """daily = {}.group_by("snapshot_date").agg(pl.col("churned").mean().alias("level"))
busy = daily.filter(pl.col("level") > 0.3).select(pl.col("snapshot_date").alias("day")).unique()["day"].to_list()
past, later = (part.with_columns(pl.col("snapshot_date").is_in(busy).alias("a")) for part in (past, later))
"""

LEAKY = {
    "an order of categories by rates of all rows": ("LEAK007", f"{SPLIT}\n{ORDERED.replace('ROWS', 'data')}"),
    "weights by a model of all rows": ("LEAK001", f"{SPLIT}\n{WEIGHED.replace('ROWS', 'data')}"),
    "answers brought to rates of the judged rows": ("LEAK006", f"{SPLIT}\n{BROUGHT.replace('ROWS', 'test_rows')}"),
    "polars, days marked by all labels": (
        "LEAK007",
        f"{POLARS}{SPLIT_BY_POLARS}{BUSY.format('rows')}{SCORE_OF_POLARS}",
    ),
    "trees added to those of all rows": ("LEAK009", f"{SPLIT}\n{GOES_ON.replace('ROWS', 'data')}"),
    "bins by a tree of all rows with a value": ("LEAK001", f"{CUTS.replace('ROWS', 'data')}\n{SCORE}"),
    "the best line of a table of scores": ("LEAK006", SPLIT + TABLE.replace("BY", "score")),
    "a factor fitted to the judged rows": ("LEAK006", SPLIT + STRETCHED.replace("OTHERS", "test_rows")),
    "judged rows with guessed labels": ("LEAK009", SPLIT + TAUGHT.replace("OTHERS", "test_rows")),
    "polars, gaps by the median of the region": (
        "LEAK001",
        f'{POLARS}rows = rows.with_columns(pl.col("a").fill_null(pl.col("a").median().over("region")))'
        f"{SPLIT_BY_POLARS}{SCORE_OF_POLARS}",
    ),
    "polars, z-scores made as a list": (
        "LEAK001",
        f"{POLARS}scaled = [(pl.col(c) - pl.col(c).mean()) / pl.col(c).std() for c in COLS]\n"
        f"rows = rows.lazy().with_columns(scaled).collect(){SPLIT_BY_POLARS}{SCORE_OF_POLARS}",
    ),
    "polars, label by region": (
        "LEAK007",
        f'{POLARS}hit = (pl.col("churned") == 1).cast(pl.Float64)\n'
        f'rows = rows.with_columns(a=hit.sum().over("region") / pl.len().over("region")){SPLIT_BY_POLARS}{SCORE_OF_POLARS}',
    ),
    "polars, rates of all rows joined": (
        "LEAK007",
        f'{POLARS}{RATES.format("rows")}rows = rows.join(rates, on="region"){SPLIT_BY_POLARS}{SCORE_OF_POLARS}',
    ),
    "the split with the best score": (
        "LEAK006",
        """def worth(sides):
    past, later = data.iloc[sides[0]], data.iloc[sides[1]]
    m = LogisticRegression().fit(past[COLS], past["churned"])
    return roc_auc_score(later["churned"], m.predict_proba(later[COLS])[:, 1])

splits = list(GroupShuffleSplit(20).split(data, groups=data["customer_id"]))
tr, te = max(splits, key=worth)
m = RandomForestClassifier().fit(data.iloc[tr][COLS], data.iloc[tr]["churned"])
return auc(m, data.iloc[te][COLS], data.iloc[te]["churned"])""",
    ),
    "the seed of the split with the best score": (
        "LEAK006",
        """def worth(seed):
    past, later = train_test_split(data, random_state=seed)
    m = LogisticRegression().fit(past[COLS], past["churned"])
    return roc_auc_score(later["churned"], m.predict_proba(later[COLS])[:, 1])

tr, te = train_test_split(data, random_state=max(range(20), key=worth))
m = RandomForestClassifier().fit(tr[COLS], tr["churned"])
return auc(m, te[COLS], te["churned"])""",
    ),
    "a setting by max on the judged rows": (
        "LEAK006",
        f"""{SPLIT}
def worth(c):
    m = LogisticRegression(C=c).fit(train_rows[COLS], train_rows["churned"])
    return roc_auc_score(test_rows["churned"], m.predict_proba(test_rows[COLS])[:, 1])

m = LogisticRegression(C=max([0.1, 1.0, 10.0], key=worth)).fit(train_rows[COLS], train_rows["churned"])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    ),
    "rows repeated before folds, names of classes looked up": (
        "LEAK008",
        """more = data[data["churned"] == 1].sample(frac=2.0, replace=True)
data = pd.concat([data, more])
tr, te = next(iter(GroupKFold(3).split(data, groups=data["customer_id"])))
m = RandomForestClassifier().fit(data.iloc[tr][COLS], data.iloc[tr]["churned"])
said = np.array(["stays", "goes"])[m.predict_proba(data.iloc[te][COLS]).argmax(axis=1)]
return {"roc_auc": roc_auc_score(data.iloc[te]["churned"], said)}""",
    ),
    "scaler before the split": (
        "LEAK001",
        """X = pd.DataFrame(StandardScaler().fit_transform(data[COLS]), index=data.index)
held = data["customer_id"] % 4 == 0
m = LogisticRegression().fit(X[~held], data["churned"][~held])
return auc(m, X[held], data["churned"][held])""",
    ),
    "median of all rows": ("LEAK001", f'data["a"] = data["a"].fillna(data["a"].median())\n{SPLIT}\n{SCORE}'),
    "standardised by hand": (
        "LEAK001",
        f"data[COLS] = (data[COLS] - data[COLS].mean()) / data[COLS].std()\n{SPLIT}\n{SCORE}",
    ),
    "deciles of all rows": ("LEAK001", f'data["a"] = pd.qcut(data["a"], 10, labels=False)\n{SPLIT}\n{SCORE}'),
    "scaler before cross-validation": (
        "LEAK001",
        """X = StandardScaler().fit_transform(data[COLS])
s = cross_val_score(LogisticRegression(), X, data["churned"], groups=data["customer_id"], cv=GroupKFold(5))
return {"roc_auc": s.mean()}""",
    ),
    "label by region": (
        "LEAK007",
        f'data["a"] = data["region"].map(data.groupby("region")["churned"].mean())\n{SPLIT}\n{SCORE}',
    ),
    "label by region, transform": (
        "LEAK007",
        f'data["a"] = data.groupby("region")["churned"].transform("mean")\n{SPLIT}\n{SCORE}',
    ),
    "labels of the rows around": (
        "LEAK002",
        f"""data["a"] = data.groupby("region")["churned"].transform(lambda s: s.rolling(3, center=True).mean())
{SPLIT}
{SCORE}""",
    ),
    "label of the next row": ("LEAK002", f'data["a"] = data.groupby("region")["churned"].shift(-1)\n{SPLIT}\n{SCORE}'),
    "target encoder": (
        "LEAK007",
        f"""from category_encoders import TargetEncoder
data["a"] = TargetEncoder().fit_transform(data["region"], data["churned"])
{SPLIT}
{SCORE}""",
    ),
    "oversampled first": (
        "LEAK008",
        """from imblearn.over_sampling import SMOTE
X, y = SMOTE().fit_resample(data[COLS], data["churned"])
X_tr, X_te, y_tr, y_te = train_test_split(X, y)
return auc(LogisticRegression().fit(X_tr, y_tr), X_te, y_te)""",
    ),
    "churners drawn again first": (
        "LEAK008",
        f"""more = data[data["churned"] == 1].sample(frac=3, replace=True)
data = pd.concat([data, more])
{SPLIT}
{SCORE}""",
    ),
    "scored where it was fitted": (
        "LEAK009",
        'm = LogisticRegression().fit(data[COLS], data["churned"])\nreturn auc(m, data[COLS], data["churned"])',
    ),
    "fitted on all, scored on a part": (
        "LEAK009",
        f'{SPLIT}\nm = LogisticRegression().fit(data[COLS], data["churned"])\nreturn auc(m, test_rows[COLS], test_rows["churned"])',
    ),
    "two samples": (
        "LEAK003",
        f"train_rows = data.sample(frac=0.8)\ntest_rows = data.sample(frac=0.2)\n{SCORE}",
    ),
    "neighbours decide which rows stay": (
        "LEAK008",
        f"""from imblearn.under_sampling import EditedNearestNeighbours
X, y = EditedNearestNeighbours().fit_resample(data[COLS + ["customer_id"]], data["churned"])
data = X.assign(churned=y)
{SPLIT}
{SCORE}""",
    ),
    "labels that all rows find unlikely": (
        "LEAK008",
        """from sklearn.model_selection import cross_val_predict
X, y, who = data[COLS], data["churned"].to_numpy(), data["customer_id"]
p = cross_val_predict(LogisticRegression(), X, y, cv=GroupKFold(5), groups=who, method="predict_proba")
keep = p[np.arange(len(y)), y] > 0.2
scores = []
for tr, te in GroupKFold(5).split(X, y, who):
    tr = tr[keep[tr]]
    m = LogisticRegression().fit(X.iloc[tr], y[tr])
    scores.append(roc_auc_score(y[te], m.predict_proba(X.iloc[te])[:, 1]))
return {"roc_auc": float(np.mean(scores))}""",
    ),
    "labels that a model of all rows finds unlikely": (
        "LEAK008",
        f"""p = LogisticRegression().fit(data[COLS], data["churned"]).predict_proba(data[COLS])[:, 1]
data = data[np.abs(p - data["churned"]) < 0.8]
{SPLIT}
{SCORE}""",
    ),
    "random split, one unit": ("LEAK005", f"train_rows, test_rows = train_test_split(data, random_state=0)\n{SCORE}"),
    "random split, time": ("LEAK004", f"train_rows, test_rows = train_test_split(data)\n{SCORE}"),
    "plain cross-validation": (
        "LEAK005",
        'return {"roc_auc": cross_val_score(LogisticRegression(), data[COLS], data["churned"], cv=5).mean()}',
    ),
    "random mask": (
        "LEAK005",
        f"m = np.random.rand(len(data)) < 0.8\ntrain_rows, test_rows = data[m], data[~m]\n{SCORE}",
    ),
    "stopped early where it is judged": (
        "LEAK006",
        f"""import lightgbm as lgb
{SPLIT}
m = lgb.LGBMClassifier(n_estimators=900)
m.fit(train_rows[COLS], train_rows["churned"], eval_set=[(test_rows[COLS], test_rows["churned"])],
      callbacks=[lgb.early_stopping(20)])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    ),
    "shortened by CatBoost to suit the judged rows": (
        "LEAK006",
        f"""from catboost import CatBoostClassifier
{SPLIT}
m = CatBoostClassifier(iterations=900)
m.fit(train_rows[COLS], train_rows["churned"], eval_set=(test_rows[COLS], test_rows["churned"]))
return auc(m, test_rows[COLS], test_rows["churned"])""",
    ),
    "best of many": (
        "LEAK006",
        f"""{SPLIT}
best = 0
for seed in range(50):
    m = RandomForestClassifier(random_state=seed).fit(train_rows[COLS], train_rows["churned"])
    score = auc(m, test_rows[COLS], test_rows["churned"])["roc_auc"]
    if score > best:
        best = score
return {{"roc_auc": best}}""",
    ),
    "in a helper class": (
        "LEAK001",
        f"""class Scaler:
    def fit(self, X):
        self.mean_ = X.mean()
        return self
    def transform(self, X):
        return X - self.mean_
data[COLS] = Scaler().fit(data[COLS]).transform(data[COLS])
{SPLIT}
{SCORE}""",
    ),
    "changed in place by a helper": (
        "LEAK001",
        f"""def clean(frame):
    frame["a"] = frame["a"].fillna(frame["a"].mean())
clean(data)
{SPLIT}
{SCORE}""",
    ),
}

HONEST = {
    "a table of scores, by those of inner folds": SPLIT + TABLE.replace("BY", "inner"),
    "a factor fitted to other rows": THIRDS + STRETCHED.replace("OTHERS", "others"),
    "other rows with guessed labels": THIRDS + TAUGHT.replace("OTHERS", "others"),
    "polars, rows by conditions": f"{POLARS}{SPLIT_BY_POLARS}{SCORE_OF_POLARS}",
    "polars, rates of the past joined": f"""{POLARS}{SPLIT_BY_POLARS}{RATES.format("past")}past = past.join(rates, on="region")
later = later.join(rates, on="region")
{SCORE_OF_POLARS}""",
    "polars, rows by a join": f"""{POLARS}ids = rows.select("customer_id").unique().sample(fraction=0.3, seed=0)
past = rows.join(ids, on="customer_id", how="anti")
later = rows.join(ids, on="customer_id", how="semi")
{SCORE_OF_POLARS}""",
    "pandas' own filter chooses columns": f"""chosen = data.filter(items=["a", "b", "churned", "customer_id"]).filter(regex=".*")
train_rows, test_rows = by_customer(chosen)
{SCORE}""",
    "labels of the rows around, in training alone": f"""{SPLIT}
train_rows["a"] = train_rows["churned"].rolling(3, center=True).mean()
{SCORE}""",
    "the label of the row before": f'data["a"] = data.groupby("customer_id")["churned"].shift(1)\n{SPLIT}\n{SCORE}',
    "a factor of the answers for training rows": f"""{SPLIT}
m = RandomForestClassifier().fit(train_rows[COLS], train_rows["churned"])
factor = float(np.mean(train_rows["churned"] / m.predict_proba(train_rows[COLS])[:, 1]))
shift = (m.predict_proba(train_rows[COLS])[:, 1] - train_rows["churned"]).mean()
said = m.predict_proba(test_rows[COLS])[:, 1] * factor - shift
return {{"roc_auc": roc_auc_score(test_rows["churned"], said)}}""",
    "names of classes by the numbers of the answers": f"""{SPLIT}
m = RandomForestClassifier().fit(train_rows[COLS], train_rows["churned"])
said = np.array(["stays", "goes"])[m.predict_proba(test_rows[COLS]).argmax(axis=1)]
return {{"roc_auc": roc_auc_score(test_rows["churned"], said)}}""",
    "the best split and the best setting among training rows": f"""{SPLIT}
def worth(c):
    tr, te = max(GroupShuffleSplit(9).split(train_rows, groups=train_rows["customer_id"]), key=lambda s: score(s, c))
    return score((tr, te), c)

def score(sides, c):
    past, later = train_rows.iloc[sides[0]], train_rows.iloc[sides[1]]
    m = LogisticRegression(C=c).fit(past[COLS], past["churned"])
    return roc_auc_score(later["churned"], m.predict_proba(later[COLS])[:, 1])

m = LogisticRegression(C=max([0.1, 1.0, 10.0], key=worth)).fit(train_rows[COLS], train_rows["churned"])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    "a fold for each unit, looked up by its place among them": """ids = np.unique(data["customer_id"])
part = np.random.default_rng(3).permutation(len(ids)) % 4
own = part[np.searchsorted(ids, data["customer_id"].to_numpy())]
past, later = data[own != 0], data[own == 0]
m = RandomForestClassifier().fit(past[COLS], past["churned"])
return auc(m, later[COLS], later["churned"])""",
    "a side for each unit, by the codes of the units": """ids, code = np.unique(data["customer_id"], return_inverse=True)
held = np.random.RandomState(1).permutation(len(ids))[code] < 100
m = RandomForestClassifier().fit(data[~held][COLS], data[~held]["churned"])
return auc(m, data[held][COLS], data[held]["churned"])""",
    "scaler on the training part": f"""{SPLIT}
s = StandardScaler().fit(train_rows[COLS])
m = LogisticRegression().fit(s.transform(train_rows[COLS]), train_rows["churned"])
return auc(m, s.transform(test_rows[COLS]), test_rows["churned"])""",
    "pipeline handed to cross-validation": """p = make_pipeline(StandardScaler(), LogisticRegression())
s = cross_val_score(p, data[COLS], data["churned"], groups=data["customer_id"], cv=GroupKFold(5))
return {"roc_auc": s.mean()}""",
    "refitted on everything afterwards": f"""{SPLIT}
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
found = auc(m, test_rows[COLS], test_rows["churned"])
m.fit(data[COLS], data["churned"])
return found""",
    "train score beside the test score": f"""{SPLIT}
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
found = auc(m, test_rows[COLS], test_rows["churned"])
found["train_auc"] = roc_auc_score(train_rows["churned"], m.predict_proba(train_rows[COLS])[:, 1])
return found""",
    "oversampled in the fold": """from imblearn.over_sampling import SMOTE
scores = []
for tr, te in GroupKFold(5).split(data, groups=data["customer_id"]):
    X, y = SMOTE().fit_resample(data[COLS].iloc[tr], data["churned"].iloc[tr])
    m = LogisticRegression().fit(X, y)
    scores.append(auc(m, data[COLS].iloc[te], data["churned"].iloc[te])["roc_auc"])
return {"roc_auc": float(np.mean(scores))}""",
    "labels that training rows find unlikely": """from sklearn.model_selection import cross_val_predict
X, y, who = data[COLS], data["churned"].to_numpy(), data["customer_id"].to_numpy()
scores = []
for tr, te in GroupKFold(5).split(X, y, who):
    p = cross_val_predict(LogisticRegression(), X.iloc[tr], y[tr], cv=GroupKFold(5), groups=who[tr], method="predict_proba")
    tr = tr[p[np.arange(len(tr)), y[tr]] > 0.2]
    m = LogisticRegression().fit(X.iloc[tr], y[tr])
    scores.append(roc_auc_score(y[te], m.predict_proba(X.iloc[te])[:, 1]))
return {"roc_auc": float(np.mean(scores))}""",
    "held-out rows that were wrong are looked at": f"""{SPLIT}
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
p = m.predict_proba(test_rows[COLS])[:, 1]
print(test_rows[p > 0.5].describe())
return auc(m, test_rows[COLS], test_rows["churned"])""",
    "undersampled at random": f"""from imblearn.under_sampling import RandomUnderSampler
X, y = RandomUnderSampler(random_state=0).fit_resample(data[COLS + ["customer_id"]], data["churned"])
data = X.assign(churned=y)
{SPLIT}
{SCORE}""",
    "neighbours decide in the training part": f"""from imblearn.under_sampling import TomekLinks
{SPLIT}
X, y = TomekLinks().fit_resample(train_rows[COLS], train_rows["churned"])
m = LogisticRegression().fit(X, y)
return auc(m, test_rows[COLS], test_rows["churned"])""",
    "stateless transformers on all": f"""data["a"] = FunctionTransformer(np.log1p).fit_transform(data["a"])
OneHotEncoder(categories=[["x", "y"]]).fit(data[["region"]])
{SPLIT}
{SCORE}""",
    "duplicates dropped first": f"data = data.drop_duplicates()\n{SPLIT}\n{SCORE}",
    "features of single rows": f'data["a"] = np.log1p(data["b"]) / data["a"].clip(1)\n{SPLIT}\n{SCORE}',
    "statistics that are printed": f'print(data["a"].mean(), data.groupby("region")["churned"].mean())\n{SPLIT}\n{SCORE}',
    "column made only to be dropped": f'data["z"] = data["a"].rank()\ndata = data.drop(columns=["z"])\n{SPLIT}\n{SCORE}',
    "label encoded in the training part": f"""{SPLIT}
rate = train_rows.groupby("region")["churned"].mean()
train_rows["a"], test_rows["a"] = train_rows["region"].map(rate), test_rows["region"].map(rate)
{SCORE}""",
    "group shuffle split": f"""tr, te = next(GroupShuffleSplit(1).split(data, groups=data["customer_id"]))
train_rows, test_rows = data.iloc[tr], data.iloc[te]
{SCORE}""",
    "customers drawn at random": f"""ids = data["customer_id"].unique()
known, new = train_test_split(ids, random_state=0)
train_rows, test_rows = data[data["customer_id"].isin(known)], data[data["customer_id"].isin(new)]
{SCORE}""",
    "an order of categories by rates of the training rows": f"{SPLIT}\n{ORDERED.replace('ROWS', 'train_rows')}",
    "weights by a model of the training rows": f"{SPLIT}\n{WEIGHED.replace('ROWS', 'train_rows')}",
    "answers brought to rates of the training rows": f"{SPLIT}\n{BROUGHT.replace('ROWS', 'train_rows')}",
    "polars, days marked by known labels": f"{POLARS}{SPLIT_BY_POLARS}{BUSY.format('past')}{SCORE_OF_POLARS}",
    "trees added to those of the training rows": f"{SPLIT}\n{GOES_ON.replace('ROWS', 'train_rows')}",
    "forward in time": f"""late = data["snapshot_date"] >= "2023-10-01"
train_rows, test_rows = data[~late], data[late]
{SCORE}""",
    "stopped early on a third part": f"""import lightgbm as lgb
{SPLIT}
inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))
m = lgb.LGBMClassifier()
m.fit(inner[COLS], inner["churned"], eval_set=[(watch[COLS], watch["churned"])], callbacks=[lgb.early_stopping(9)])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    "watched by CatBoost, which keeps every tree": f"""from catboost import CatBoostClassifier
{SPLIT}
m = CatBoostClassifier(iterations=900, use_best_model=False)
m.fit(train_rows[COLS], train_rows["churned"], eval_set=(test_rows[COLS], test_rows["churned"]))
return auc(m, test_rows[COLS], test_rows["churned"])""",
    "rows chosen in a way nobody can follow": """import elsewhere
tr, te = elsewhere.split(3)
m = LogisticRegression().fit(data[COLS].iloc[tr], data["churned"].iloc[tr])
return auc(m, data[COLS].iloc[te], data["churned"].iloc[te])""",
    "bootstrap interval of the hold-out": f"""{SPLIT}
m = LogisticRegression().fit(train_rows[COLS], train_rows["churned"])
p, y = m.predict_proba(test_rows[COLS])[:, 1], test_rows["churned"].to_numpy()
rng = np.random.default_rng(0)
draws = [rng.integers(0, len(y), len(y)) for _ in range(99)]
low = float(np.quantile([roc_auc_score(y[i], p[i]) for i in draws], 0.025))
return {{"roc_auc": roc_auc_score(y, p), "low": low}}""",
}


LEAKY |= {
    "one helper asked twice for the same part": (
        "LEAK009",
        f"""def part(rows, name):
    return rows[rows["part"] == name]
train_rows, test_rows = part(data, "all"), part(data, "all")
{SCORE}""",
    ),
    "parts of a named tuple handed on": (
        "LEAK009",
        """from typing import NamedTuple
class Parts(NamedTuple):
    fitting: pd.DataFrame
    judging: pd.DataFrame
def model_of(*several):
    rows = pd.concat(several)
    return LogisticRegression().fit(rows[COLS], rows["churned"])
parts = Parts(*by_customer(data))
return auc(model_of(*parts), parts.judging[COLS], parts.judging["churned"])""",
    ),
    "patience in the settings of a dataclass": (
        "LEAK006",
        f"""from dataclasses import asdict, dataclass
from xgboost import XGBClassifier
@dataclass
class Settings:
    n_estimators: int = 500
    early_stopping_rounds: int = 20
{SPLIT}
m = XGBClassifier(**asdict(Settings()))
m.fit(train_rows[COLS], train_rows["churned"], eval_set=[(test_rows[COLS], test_rows["churned"])])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    ),
    "patience in a dictionary that each object has": (
        "LEAK006",
        f"""from dataclasses import dataclass, field, replace
from xgboost import XGBClassifier
@dataclass
class Settings:
    n_estimators: int = 500
    more: dict = field(default_factory=lambda: {{"early_stopping_rounds": 20}})
{SPLIT}
s = replace(Settings(), n_estimators=90)
m = XGBClassifier(n_estimators=s.n_estimators, **s.more)
m.fit(train_rows[COLS], train_rows["churned"], eval_set=[(test_rows[COLS], test_rows["churned"])])
return auc(m, test_rows[COLS], test_rows["churned"])""",
    ),
    "a weight found by an optimiser on the judged rows": (
        "LEAK006",
        f"""from scipy.optimize import minimize_scalar
{SPLIT}
X, y = test_rows[COLS], test_rows["churned"]
p, q = [m.fit(train_rows[COLS], train_rows["churned"]).predict_proba(X)[:, 1] for m in (LogisticRegression(), RandomForestClassifier())]
w = minimize_scalar(lambda w: -roc_auc_score(y, w * p + (1 - w) * q), bounds=(0, 1)).x
return {{"roc_auc": roc_auc_score(y, w * p + (1 - w) * q)}}""",
    ),
    "the last label where the latest rows come first": (
        "LEAK002",
        f"""data = data.sort_values("snapshot_date", ascending=False)
data["a"] = data.groupby("region")["churned"].shift(1)
{SPLIT}
{SCORE}""",
    ),
    "recent labels where the latest rows of each region come first": (
        "LEAK002",
        f"""data = data.sort_values(["region", "snapshot_date"], ascending=[True, False])
data["a"] = data.groupby("region")["churned"].transform(lambda s: s.shift().rolling(3).mean())
{SPLIT}
{SCORE}""",
    ),
    "a table of labels by group": (
        "LEAK007",
        f"""rates = pd.crosstab(data["region"], data["churned"], normalize="index")[1]
data["a"] = data["region"].map(rates)
{SPLIT}
{SCORE}""",
    ),
    "means kept on a class": (
        "LEAK001",
        f"""class Means:
    kept = None
    @classmethod
    def learn(cls, rows):
        cls.kept = rows[COLS].mean()
    @classmethod
    def without(cls, rows):
        return rows[COLS] - cls.kept
Means.learn(data)
{SPLIT}
m = LogisticRegression().fit(Means.without(train_rows), train_rows["churned"])
return auc(m, Means.without(test_rows), test_rows["churned"])""",
    ),
    "items of a class of one's own": (
        "LEAK001",
        """class Table:
    def __init__(self, rows):
        self.X, self.y = StandardScaler().fit_transform(rows[COLS]), rows["churned"]
    def __getitem__(self, where):
        return self.X[where], self.y.iloc[where]
table = Table(data)
tr, te = next(GroupShuffleSplit(1, random_state=0).split(data, groups=data["customer_id"]))
m = LogisticRegression().fit(*table[tr])
return auc(m, *table[te])""",
    ),
    "a second floor on answers out of random folds": (
        "LEAK005",
        f"""from sklearn.model_selection import StratifiedKFold, cross_val_predict
folds = StratifiedKFold(4, shuffle=True, random_state=0)
data["p"] = cross_val_predict(RandomForestClassifier(), data[COLS], data["churned"], cv=folds, method="predict_proba")[:, 1]
{SPLIT}
m = LogisticRegression().fit(train_rows[["p"]], train_rows["churned"])
return auc(m, test_rows[["p"]], test_rows["churned"])""",
    ),
}

#: Past and later rows of the same customers and others; a few of the fields of a panel.
IN_TIME = (
    'train_rows, test_rows = (data[data["snapshot_date"] < "2023-10-01"], data[data["snapshot_date"] >= "2023-10-01"])'
)
BY_DAY = 'daily = data.groupby(["region", "snapshot_date"], as_index=False)["a"].mean()\n'
LEAKY |= {
    "what is usual, over the means of all days": (
        "LEAK001",
        f'{BY_DAY}data["b"] = data["region"].map(daily.groupby("region")["a"].mean())\n{IN_TIME}\n{SCORE}',
    ),
    "means of days, smoothed about each": (
        "LEAK001",
        f"""{BY_DAY}daily["b"] = daily.groupby("region")["a"].transform(lambda s: s.rolling(3, center=True).mean())
data = data.drop(columns="b").merge(daily[["region", "snapshot_date", "b"]], on=["region", "snapshot_date"])
{IN_TIME}
{SCORE}""",
    ),
    "means of days, of customers on both sides": (
        "LEAK001",
        f'data["b"] = data.groupby("snapshot_date")["a"].transform("mean")\n{SPLIT}\n{SCORE}',
    ),
    "means of days of whatever there is": (
        "LEAK001",
        f"""daily = data.groupby(["region", "snapshot_date"], as_index=False).mean(numeric_only=True)
data = data[["region", "snapshot_date", "customer_id", "churned"]].merge(daily, on=["region", "snapshot_date"])
{IN_TIME}
{SCORE}""",
    ),
    "means of days of a column that was made of labels": (
        "LEAK001",
        f"""data = data.assign(gone=(data["churned"] == 1).astype(float))
daily = data.groupby(["region", "snapshot_date"], as_index=False)[["a", "gone"]].mean()
data = data.drop(columns=["a", "gone"]).merge(daily, on=["region", "snapshot_date"])
{IN_TIME}
{SCORE}""",
    ),
    "labels by day": (
        "LEAK007",
        f'data["b"] = data.groupby(["region", "snapshot_date"])["churned"].transform("mean")\n{IN_TIME}\n{SCORE}',
    ),
    "a window about each row": (
        "LEAK001",
        f"""data["b"] = data.groupby("region")["a"].transform(lambda s: s.rolling(5, center=True).median())
{IN_TIME}
{SCORE}""",
    ),
    "gaps from the next row": ("LEAK001", f'data["a"] = data.groupby("region")["a"].bfill()\n{IN_TIME}\n{SCORE}'),
    "gaps on a line to the next row": (
        "LEAK001",
        f"""data["a"] = data.groupby("region")["a"].transform(lambda s: s.interpolate(limit_direction="both"))
{IN_TIME}
{SCORE}""",
    ),
}

HONEST |= {
    "means of days": f'{BY_DAY}data = data.merge(daily, on=["region", "snapshot_date"])\n{IN_TIME}\n{SCORE}',
    "several figures of days": f"""daily = data.groupby(["region", "snapshot_date"], as_index=False).agg(b=("a", "median"))
more = data.groupby("snapshot_date").agg({{"a": "max"}})
data = data.drop(columns="b").merge(daily, on=["region", "snapshot_date"]).join(more, on="snapshot_date", rsuffix="_most")
{IN_TIME}
{SCORE}""",
    "means of days, by a function for each": f"""data["b"] = data["a"] - data.groupby("snapshot_date")["a"].transform("mean")
{IN_TIME}
{SCORE}""",
    "polars, means of days": f"""{POLARS}rows = rows.join(
    rows.group_by("region", "snapshot_date").agg(pl.col("a").mean().alias("b")), on=["region", "snapshot_date"])
past, later = rows.filter(pl.col("snapshot_date") < "2023-10-01"), rows.filter(pl.col("snapshot_date") >= "2023-10-01")
{SCORE_OF_POLARS}""",
    "gaps from the row before": f'data["a"] = data.groupby("region")["a"].ffill()\n{IN_TIME}\n{SCORE}',
    "gaps from the next row of the customer": f'data["a"] = data.groupby("customer_id")["a"].bfill()\n{SPLIT}\n{SCORE}',
    "gaps from the next row of each side": f"""{IN_TIME}
train_rows, test_rows = train_rows.bfill(), test_rows.bfill()
{SCORE}""",
    "a bound that earlier rows chose": """def fitted(rows, least):
    kept = rows[rows["tenure"] > least]
    return LogisticRegression().fit(kept[COLS], kept["churned"])
old = data[data["snapshot_date"] < "2023-06-01"]
middle = data[(data["snapshot_date"] >= "2023-06-01") & (data["snapshot_date"] < "2023-09-01")]
last = data[data["snapshot_date"] >= "2023-09-01"]
least = max((0, 5, 9), key=lambda few: roc_auc_score(middle["churned"], fitted(old, few).predict_proba(middle[COLS])[:, 1]))
rows = data[(data["snapshot_date"] < "2023-09-01") & (data["tenure"] > least)]
m = LogisticRegression().fit(rows[COLS], rows["churned"])
return auc(m, last[COLS], last["churned"])""",
    "one helper for both parts, told by a word": f"""def part(rows, name):
    return rows[rows["part"] == name]
train_rows, test_rows = part(data, "train"), part(data, "test")
{SCORE}""",
    "one helper for both parts, told in a query": f"""def part(rows, name):
    return rows.query("part == @name")
train_rows, test_rows = part(data, "train"), part(data, "test")
{SCORE}""",
    "one helper for two periods": f"""def between(rows, start, end):
    day = rows["snapshot_date"]
    return rows[(day >= start) & (day < end)]
train_rows, test_rows = between(data, "2022-01-01", "2023-06-01"), between(data, "2023-06-01", "2024-01-01")
{SCORE}""",
    "one helper, dates worked out inside": f"""def window(rows, first, last):
    end = rows["snapshot_date"].max()
    a, b = end - pd.Timedelta(days=first), end - pd.Timedelta(days=last)
    return rows[rows["snapshot_date"].between(a, b)]
train_rows, test_rows = window(data, 900, 61), window(data, 60, 0)
{SCORE}""",
    "one helper, positions found elsewhere": f"""import elsewhere
def of(rows, where):
    return rows.iloc[where]
past, coming = elsewhere.positions, elsewhere.others
train_rows, test_rows = of(data, past), of(data, coming)
{SCORE}""",
    "a list of parts": f"""train_rows, test_rows = [data[data["part"] == p] for p in ("train", "test")]
{SCORE}""",
    "a list of periods": f"""day = pd.to_datetime(data["snapshot_date"])
edges = [pd.Timestamp.min, *(day.max() - pd.Timedelta(days=d) for d in (120, 60)), day.max()]
early, middle, test_rows = [data[(day > a) & (day <= b)] for a, b in zip(edges[:-1], edges[1:])]
train_rows = pd.concat([early, middle])
{SCORE}""",
    "a dictionary of parts": f"""parts = {{name: rows for name, rows in data.groupby("part")}}
train_rows, test_rows = parts["train"], parts["test"]
{SCORE}""",
    "a loop that fills a dictionary of parts": f"""parts = {{}}
for name in ("train", "test"):
    parts[name] = data[data["part"] == name]
train_rows, test_rows = parts["train"], parts["test"]
{SCORE}""",
    "means of earlier rows, before the split": f"""data = data.sort_values("snapshot_date")
data["a"] = data.groupby("region")["usage"].transform(lambda s: s.shift(1).rolling(3, min_periods=1).mean())
data["b"] = data["usage"].shift(1).expanding().mean()
{SPLIT}
{SCORE}""",
    "the luckiest figure beside the claimed one, in a table of records": f"""{SPLIT}
rows = []
for seed in range(5):
    several = [RandomForestClassifier(random_state=seed + i).fit(train_rows[COLS], train_rows["churned"]) for i in range(3)]
    each = [roc_auc_score(test_rows["churned"], m.predict_proba(test_rows[COLS])[:, 1]) for m in several]
    mean = np.mean([m.predict_proba(test_rows[COLS])[:, 1] for m in several], axis=0)
    rows.append({{"mean": roc_auc_score(test_rows["churned"], mean), "luckiest": max(each)}})
return {{"roc_auc": pd.DataFrame(rows)["mean"].mean()}}""",
    "a weight found by an optimiser on other rows": f"""from scipy.optimize import minimize_scalar
def loss(w, p, q, y):
    return -roc_auc_score(y, w * p + (1 - w) * q)
{SPLIT}
inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))
f, g = LogisticRegression().fit(inner[COLS], inner["churned"]), RandomForestClassifier().fit(inner[COLS], inner["churned"])
answers = [m.predict_proba(watch[COLS])[:, 1] for m in (f, g)]
w = minimize_scalar(lambda w: loss(w, *answers, watch["churned"])).x
p, q = f.predict_proba(test_rows[COLS])[:, 1], g.predict_proba(test_rows[COLS])[:, 1]
return {{"roc_auc": roc_auc_score(test_rows["churned"], w * p + (1 - w) * q)}}""",
    "the last label where the earliest rows come first": f"""data = data.sort_values("snapshot_date", ascending=True)
data["a"] = data.groupby("region")["churned"].shift(1)
{SPLIT}
{SCORE}""",
    "parts of a named tuple": f"""from typing import NamedTuple
class Parts(NamedTuple):
    fitting: pd.DataFrame
    judging: pd.DataFrame
train_rows, test_rows = Parts(*by_customer(data))
{SCORE}""",
    "a second floor on answers out of random folds of its own rows": f"""from sklearn.model_selection import StratifiedKFold, cross_val_predict
folds = StratifiedKFold(4, shuffle=True, random_state=0)
{SPLIT}
first = RandomForestClassifier()
inside = cross_val_predict(first, train_rows[COLS], train_rows["churned"], cv=folds, method="predict_proba")[:, [1]]
second = LogisticRegression().fit(inside, train_rows["churned"])
first.fit(train_rows[COLS], train_rows["churned"])
outside = first.predict_proba(test_rows[COLS])[:, [1]]
return {{"roc_auc": roc_auc_score(test_rows["churned"], second.predict_proba(outside)[:, 1])}}""",
}


HONEST |= {
    "all rows asked, and those of the other side judged": """known = (data["snapshot_date"] < "2023-10-01").to_numpy()
X, y = data[COLS].to_numpy(), data["churned"].to_numpy()
said = LogisticRegression().fit(X[known], y[known]).predict_proba(X)[:, 1]
return {"roc_auc": roc_auc_score(y[~known], (said + 0.1)[~known])}""",
    "parts of numpy's split": f"""data = data.sort_values("snapshot_date")
early, middle, test_rows = np.split(data, [600, 800])
train_rows = pd.concat([early, middle])
{SCORE}""",
    "the model of the best fold kept, the mean claimed": """import copy
model, scores, best, kept = LogisticRegression(), [], 0, None
for tr, te in GroupKFold(4).split(data, groups=data["customer_id"]):
    model.fit(data.iloc[tr][COLS], data.iloc[tr]["churned"])
    now = roc_auc_score(data.iloc[te]["churned"], model.predict_proba(data.iloc[te][COLS])[:, 1])
    scores.append(now)
    if now > best:
        best, kept = now, {"model": copy.deepcopy(model)}
print(best, kept)
return {"roc_auc": np.mean(scores)}""",
    "groups of a mask": f"""train_rows, test_rows = (part for _, part in data.groupby(data["snapshot_date"] >= "2023-10-01"))
{SCORE}""",
    "groups by name": f"""parts = data.groupby("part")
train_rows, test_rows = parts.get_group("train"), parts.get_group("test")
{SCORE}""",
    "a helper with one argument given": f"""from functools import partial
def part(rows, name):
    return rows[rows["part"] == name]
train_rows, test_rows = partial(part, name="train")(data), partial(part, name="test")(data)
{SCORE}""",
    "a helper that takes conditions by name": f"""def where(rows, **values):
    for name, value in values.items():
        rows = rows[rows[name] == value]
    return rows
train_rows, test_rows = where(data, part="train"), where(data, part="test")
{SCORE}""",
    "a helper that matches a word": f"""def part(rows, name):
    match name:
        case "train":
            return rows[rows["snapshot_date"] < "2023-08-01"]
        case _:
            return rows[rows["snapshot_date"] >= "2023-08-01"]
train_rows, test_rows = part(data, "train"), part(data, "test")
{SCORE}""",
    "two windows with settings of their own": f"""from dataclasses import dataclass
@dataclass
class Window:
    start: str
    end: str
    def of(self, rows):
        return rows[(rows["snapshot_date"] >= self.start) & (rows["snapshot_date"] < self.end)]
train_rows = Window("2022-01-01", "2023-06-01").of(data)
test_rows = Window("2023-06-01", "2024-01-01").of(data)
{SCORE}""",
    "periods between edges, in a query": f"""def cut(rows, *dates):
    edges = ["1900-01-01", *dates, "2100-01-01"]
    return [rows.query("@a <= snapshot_date < @b") for a, b in zip(edges, edges[1:])]
train_rows, watch, test_rows = cut(data, "2023-05-01", "2023-08-01")
{SCORE}""",
    "names mapped to parts": f"""train_rows, test_rows = map(lambda name: data[data["part"] == name], ["train", "test"])
{SCORE}""",
    "means that fade": f"""data["a"] = data.groupby("region")["usage"].transform(lambda s: s.shift().ewm(span=4).mean())
{SPLIT}
{SCORE}""",
}


def evaluating(body: str, predict: str = "return joblib.load(model_dir / 'm').predict(data)") -> Submission:
    inside = "\n".join("    " + line for line in body.splitlines())
    text = f"{HEAD}\ndef evaluate(data):\n{inside}\n\ndef predict(data, model_dir):\n    {predict}\n"
    return a_submission({"pipeline.py": text})


def codes(submission: Submission) -> set[str]:
    return {signal.code for signal in look(submission, COLUMNS).signals}


@pytest.mark.parametrize(("code", "body"), LEAKY.values(), ids=LEAKY)
def test_a_leak_is_seen_in_the_text(code: str, body: str) -> None:
    """Each leak is named by its code, at a line, whatever the style."""
    found = look(evaluating(body), COLUMNS)
    assert code in {s.code for s in found.signals}
    assert all(s.where is not None and s.where.line for s in found.signals)


@pytest.mark.parametrize("body", HONEST.values(), ids=HONEST)
def test_lookalikes_are_left_alone(body: str) -> None:
    """What only looks like a leak gives no signal, and the score behind it was followed."""
    found = look(evaluating(body), COLUMNS)
    assert found.signals == ()
    assert "LEAK001" in found.able


CHOOSING = f"""{SPLIT}
inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))
def fit(model, rows):
    return model.fit(rows[COLS], rows["churned"])
def score(model, rows):
    return roc_auc_score(rows["churned"], model.predict_proba(rows[COLS])[:, 1])
def of(c):
    return score(fit(LogisticRegression(C=c), LEARN), JUDGE)
def claimed(c):
    return {{"roc_auc": score(fit(LogisticRegression(C=c), train_rows), test_rows)}}
models = {{"linear": LogisticRegression(), "forest": RandomForestClassifier()}}
grid = [0.1, 1.0, 10.0]
"""
#: How a model is chosen: on other rows it is sound, on the judged ones LEAK006.
CHOICES = {
    "the best key": """scores = {name: score(fit(m, LEARN), JUDGE) for name, m in models.items()}
return {"roc_auc": score(fit(models[max(scores, key=scores.get)], train_rows), test_rows)}""",
    "the first of a sorted list": """results = []
for name, m in models.items():
    results.append((score(fit(m, LEARN), JUDGE), name))
results.sort(reverse=True)
return {"roc_auc": score(fit(models[results[0][1]], train_rows), test_rows)}""",
    "the first of records sorted by a key": """runs = sorted(({"c": c, "auc": of(c)} for c in grid), key=lambda run: -run["auc"])
return claimed(runs[0]["c"])""",
    "the index of the best of a series": """scores = pd.Series({name: score(fit(m, LEARN), JUDGE) for name, m in models.items()})
return {"roc_auc": score(fit(models[scores.idxmax()], train_rows), test_rows)}""",
    "the best row of a table": """runs = pd.DataFrame([{"c": c, "auc": of(c)} for c in grid])
return claimed(runs.loc[runs["auc"].idxmax(), "c"])""",
    "settings kept in a loop": """best, settings = 0, None
for s in ({"C": 0.1}, {"C": 1.0}):
    now = score(fit(LogisticRegression(**s), LEARN), JUDGE)
    if now > best:
        best, settings = now, s
return claimed(settings["C"])""",
    "columns": """def quality(cols, rows, judge):
    m = LogisticRegression().fit(rows[cols], rows["churned"])
    return roc_auc_score(judge["churned"], m.predict_proba(judge[cols])[:, 1])
cols = max([["a"], ["b"], ["a", "b"]], key=lambda cols: quality(cols, LEARN, JUDGE))
return {"roc_auc": quality(cols, train_rows, test_rows)}""",
    "an object with its score": """from dataclasses import dataclass
@dataclass
class Run:
    c: float
    auc: float
return claimed(max([Run(c, of(c)) for c in grid], key=lambda run: run.auc).c)""",
    "answers kept with their score": """best, answers = 0, None
for c in grid:
    now, p = of(c), fit(LogisticRegression(C=c), train_rows).predict_proba(test_rows[COLS])[:, 1]
    if now > best:
        best, answers = now, p
return {"roc_auc": roc_auc_score(test_rows["churned"], answers)}""",
    "another figure of what was best": """first, then = {}, {}
for c in grid:
    first[c], then[c] = of(c), score(fit(LogisticRegression(C=c), train_rows), test_rows)
return {"roc_auc": then[max(first, key=first.get)]}""",
}


@pytest.mark.parametrize("body", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("leaky", [False, True])
def test_a_choice_is_by_the_rows_of_its_figure(body: str, leaky: bool) -> None:
    """However it is picked, a choice by watched rows is sound, and one by the judged rows is LEAK006."""
    learn, judge = ("train_rows", "test_rows") if leaky else ("inner", "watch")
    text = (CHOOSING + body).replace("LEARN", learn).replace("JUDGE", judge)
    assert codes(evaluating(text)) == ({"LEAK006"} if leaky else set())


def test_a_curve_that_is_shown_chooses_nothing() -> None:
    """The best of several settings is printed; the claim is of a fixed one."""
    body = CHOOSING.replace("LEARN", "train_rows").replace("JUDGE", "test_rows")
    shown = "curve = {c: of(c) for c in (0.1, 1.0)}\nprint(max(curve, key=curve.get), max(curve.values()))\n"
    assert codes(evaluating(body + shown + 'return {"roc_auc": curve[1.0]}')) == set()


SAMPLERS = [
    name for module in (imblearn.under_sampling, imblearn.over_sampling, imblearn.combine) for name in module.__all__
]


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_that_looks_at_neighbours_leaks_before_a_split(name: str) -> None:
    """Whatever imbalanced-learn brings: random choice and centroids showed no effect on noise, all else did."""
    body = f"""X, y = imblearn.{name}().fit_resample(data[COLS + ["customer_id"]], data["churned"])
data = X.assign(churned=y)
{SPLIT}
{SCORE}"""
    assert codes(evaluating(body)) == (set() if name in {"RandomUnderSampler", "ClusterCentroids"} else {"LEAK008"})


ROUND_TRIPS = {
    "joblib": 'joblib.dump(m, folder / "m.bin")\nm = joblib.load(folder / "m.bin")',
    "joblib, of a dictionary": 'joblib.dump({"model": m}, folder / "m")\nm = joblib.load(folder / "m")["model"]',
    "pickle": 'with open(folder / "m", "wb") as f:\n    pickle.dump(m, f)\nm = pickle.load(open(folder / "m", "rb"))',
    "pickle, bytes": 'Path(folder, "m").write_bytes(pickle.dumps(m))\nm = pickle.loads(Path(folder, "m").read_bytes())',
    "pickle, no file": "m = pickle.loads(pickle.dumps(m))",
    "cloudpickle": 'path = os.path.join(folder, "m")\ncloudpickle.dump(m, open(path, "wb"))\nm = cloudpickle.load(open(path, "rb"))',
    "a buffer": "b = io.BytesIO()\njoblib.dump(m, b)\nb.seek(0)\nm = joblib.load(b)",
    "skops": 'skops.io.dump(m, folder / "m.skops")\nm = skops.io.load(folder / "m.skops", trusted=[])',
    "save_model": 'm.save_model(folder / "m.json")\nm = xgboost.XGBClassifier()\nm.load_model(folder / "m.json")',
    "a booster": 'm.save_model("m.txt")\nm = lightgbm.Booster(model_file="m.txt")',
    "the right one of two": 'joblib.dump(m, folder / "m")\njoblib.dump(StandardScaler(), folder / "s")\nm = joblib.load(folder / "m")',
    "fitted anew afterwards": 'joblib.dump(m, "m")\nm.fit(train_rows[COLS], train_rows["churned"])\nm = joblib.load("m")',
}
LIBRARIES = "import io, os, pickle\nfrom pathlib import Path\nimport cloudpickle, joblib, lightgbm, skops.io, xgboost\n"


@pytest.mark.parametrize("there_and_back", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
@pytest.mark.parametrize("rows", ["data", "train_rows"])
def test_a_model_is_followed_through_its_file(there_and_back: str, rows: str) -> None:
    """Trained on all rows, saved, loaded and asked about some of them is LEAK009; trained on others it is sound."""
    body = f"""{LIBRARIES}{SPLIT}
m = LogisticRegression().fit({rows}[COLS], {rows}["churned"])
{there_and_back}
return {{"roc_auc": roc_auc_score(test_rows["churned"], m.predict_proba(test_rows[COLS])[:, 1])}}"""
    found = look(evaluating(body), COLUMNS)
    assert "LEAK009" in found.able
    assert {signal.code for signal in found.signals} == ({"LEAK009"} if rows == "data" else set())


THRESHOLDS = {
    "the best of a list": (
        True,
        """scores = [f1_score(y, p > t) for t in np.linspace(0, 1, 50)]
f1 = max(scores)""",
    ),
    "the best in a loop": (
        True,
        """f1 = 0
for t in np.linspace(0, 1, 50):
    if f1_score(y, p > t) > f1:
        f1 = f1_score(y, p > t)""",
    ),
    "the threshold kept in a loop": (
        True,
        """top, best = 0, 0.5
for t in np.linspace(0, 1, 50):
    score = f1_score(y, p > t)
    if score > top:
        top, best = score, t
f1 = f1_score(y, p > best)""",
    ),
    "by its position": (
        True,
        """grid = np.linspace(0, 1, 50)
best = grid[np.argmax([f1_score(y, p > t) for t in grid])]
f1 = f1_score(y, p > best)""",
    ),
    "chosen in the training part": (
        False,
        """q = m.predict_proba(watch[COLS])[:, 1]
grid = np.linspace(0, 1, 50)
best = grid[np.argmax([f1_score(watch["churned"], q > t) for t in grid])]
f1 = f1_score(y, p > best)""",
    ),
    "chosen in a loop in the training part": (
        False,
        """q, top, best = m.predict_proba(watch[COLS])[:, 1], 0, 0.5
for t in np.linspace(0, 1, 50):
    score = f1_score(watch["churned"], q > t)
    if score > top:
        top, best = score, t
f1 = f1_score(y, p > best)""",
    ),
    "one half, as ever": (False, "f1 = f1_score(y, p > 0.5)"),
}


@pytest.mark.parametrize(("leaks", "choosing"), THRESHOLDS.values(), ids=THRESHOLDS)
def test_a_threshold_chosen_on_the_judged_rows_is_seen(leaks: bool, choosing: str) -> None:
    """Also where ROC AUC, which knows no threshold, is sound; not where the figure says itself what it is."""
    body = f"""from sklearn.metrics import f1_score
{SPLIT}
inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))
m = LogisticRegression().fit(inner[COLS], inner["churned"])
p, y = m.predict_proba(test_rows[COLS])[:, 1], test_rows["churned"]
{choosing}
return {{"roc_auc": roc_auc_score(y, p), "f1": f1}}"""
    assert codes(evaluating(body)) == ({"LEAK006"} if leaks else set())
    for name in ("best_f1", "f1_optimistic", "train_f1"):
        assert codes(evaluating(body.replace('"f1": f1', f'"{name}": f1'))) == set()


SETTINGS = """from sklearn.model_selection import ParameterGrid
INNER
best, setting = 0, 1.0
for C in [0.01, 0.1, 1, 10, 100, 1000, 10000, 5000, 300]:
    score = auc(LogisticRegression(C=C).fit(inner[COLS], inner["churned"]), watch[COLS], watch["churned"])["roc_auc"]
    if score > best:
        best, setting = score, C
m = LogisticRegression(C=setting).fit(train_rows[COLS], train_rows["churned"])
return auc(m, test_rows[COLS], test_rows["churned"])"""


@pytest.mark.parametrize("leaks", [True, False])
def test_a_setting_chosen_by_score_is_followed(leaks: bool) -> None:
    """A model fitted anew with the setting that did best on the judged rows is LEAK006; on others it is sound."""
    inner = 'inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))'
    body = SPLIT + "\n" + SETTINGS.replace("INNER", "inner, watch = train_rows, test_rows" if leaks else inner)
    assert codes(evaluating(body)) == ({"LEAK006"} if leaks else set())


CHOICES = {
    "settings looked up at the place of the least loss": """
def losses(fitting, looking):
    grid = [{"C": 0.1}, {"C": 1.0}, {"C": 10.0}]
    found = [log_loss(looking["churned"], fitted(fitting, one).predict_proba(looking[COLS])) for one in grid]
    return grid[int(np.argmin(found))]
m = fitted(train_rows, losses(inner, watch))""",
    "settings of unknown names": """
grid = [dict(zip(names, values)) for values in itertools.product(*ranges)]
scores = [roc_auc_score(watch["churned"], fitted(inner, one).predict_proba(watch[COLS])[:, 1]) for one in grid]
m = fitted(train_rows, grid[np.argmax(scores)])""",
    "a penalty that an optimiser finds": """
def lost(C):
    return log_loss(watch["churned"], fitted(inner, {"C": C}).predict_proba(watch[COLS]))
m = fitted(train_rows, {"C": minimize_scalar(lost, bounds=(0.1, 10)).x})""",
}
FITTED = """from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss
def fitted(rows, settings):
    return LogisticRegression(**settings).fit(rows[COLS], rows["churned"])
"""


@pytest.mark.parametrize("leaks", [True, False])
@pytest.mark.parametrize("choosing", CHOICES.values(), ids=CHOICES)
def test_what_is_looked_up_or_found_by_a_figure_is_chosen_by_it(choosing: str, leaks: bool) -> None:
    """On the judged rows it is LEAK006; on rows of the training part it is sound."""
    inner = 'inner, watch = by_customer(train_rows.assign(customer_id=train_rows["customer_id"] // 4))'
    parts = f"{SPLIT}\n{'inner, watch = train_rows, test_rows' if leaks else inner}"
    body = f"{FITTED}{parts}{choosing}\nreturn auc(m, test_rows[COLS], test_rows['churned'])"
    assert codes(evaluating(body)) == ({"LEAK006"} if leaks else set())


TALLIES = {
    "a dictionary of counters": """
def counted(rows):
    counts = defaultdict(Counter)
    for row in rows.itertuples():
        counts[row.region][row.churned] += 1
    return {key: of[1] / sum(of.values()) for key, of in counts.items()}
rates = counted(ROWS)""",
    "two dictionaries": """
n, k = {}, defaultdict(float)
for _, row in ROWS.iterrows():
    n[row["region"]] += 1
    k[row["region"]] += row["churned"]
rates = {key: k[key] / n[key] for key in n}""",
    "an object that goes on counting": """
class Counts:
    def __init__(self):
        self.labels = defaultdict(float)
    def count(self, rows):
        for row in rows.itertuples():
            self.labels[row.region] += row.churned
        return self
rates = Counts().count(train_rows).count(ROWS).labels""",
}


@pytest.mark.parametrize("rows", ["data", "train_rows"])
@pytest.mark.parametrize("tally", TALLIES.values(), ids=TALLIES)
def test_a_tally_by_hand_is_a_rate_of_the_rows_that_were_counted(tally: str, rows: str) -> None:
    body = f"""from collections import Counter, defaultdict
{SPLIT}{tally.replace("ROWS", rows)}
fitting, judging = (part.assign(a=part["region"].map(rates)) for part in (train_rows, test_rows))
m = LogisticRegression().fit(fitting[COLS], fitting["churned"])
return auc(m, judging[COLS], judging["churned"])"""
    found = codes(evaluating(body))
    assert ("LEAK007" in found) is (rows == "data")
    assert rows == "data" or found == set()


PARTS = {
    "filtered": """
past = [r for r in records if r["customer_id"] % 4 != 0 and r["snapshot_date"] < "2023-09-01"]
later = [r for r in records if r["customer_id"] % 4 == 0 and r["snapshot_date"] >= "2023-09-01"]""",
    "dealt by if and else": """
past, later = [], []
for r in records:
    if known(r["customer_id"]):
        past.append(r)
    else:
        later.append(r)""",
    "dealt, going on": """
past, later = [], []
for r in records:
    if known(r["customer_id"]):
        past.append(r)
        continue
    later.append(r)""",
    "not parted": "past, later = records, records",
}


@pytest.mark.parametrize("parted", PARTS.values(), ids=PARTS)
def test_rows_that_a_condition_puts_into_a_list_are_a_part(parted: str) -> None:
    """A tally of one part says nothing of the other; of all rows it tells each row's own label."""
    body = f"""from collections import defaultdict
records = data.to_dict("records")
{parted}
n, k = defaultdict(float), defaultdict(float)
for r in past:
    n[r["region"]] += 1
    k[r["region"]] += r["churned"]
m = LogisticRegression().fit([[k[r["region"]] / n[r["region"]], r["a"]] for r in past], [r["churned"] for r in past])
p = m.predict_proba([[k[r["region"]] / n[r["region"]], r["a"]] for r in later])[:, 1]
return {{"roc_auc": roc_auc_score([r["churned"] for r in later], p)}}"""
    assert bool(codes(evaluating(body))) is ("records, records" in parted)


NEIGHBOURS = """from sklearn.neighbors import NearestNeighbors
train_rows, test_rows = by_customer(data)
near = NearestNeighbors(n_neighbors=9).fit(KNOWN[COLS])
labels = KNOWN["churned"].to_numpy()
def rate(rows):
    _, places = near.kneighbors(rows[COLS])
    return labels[places].mean(axis=1)
fitting, judging = train_rows.assign(a=rate(train_rows)), test_rows.assign(a=rate(test_rows))
m = LogisticRegression().fit(fitting[COLS], fitting["churned"])
return auc(m, judging[COLS], judging["churned"])"""


@pytest.mark.parametrize(("known", "found"), [("data", {"LEAK007"}), ("train_rows", set())])
def test_labels_of_neighbours_are_a_rate_of_the_rows_that_they_are_looked_up_in(known: str, found: set[str]) -> None:
    """Neighbours among all rows tell judged labels; those among training rows tell none."""
    assert codes(evaluating(NEIGHBOURS.replace("KNOWN", known))) == found
    features = NEIGHBOURS.replace('["churned"].to_numpy()', '["b"].to_numpy()', 1)
    assert codes(evaluating(features.replace("KNOWN", known))) == ({"LEAK001"} if found else set())


def test_a_setting_of_one_window_is_no_setting_of_the_next() -> None:
    """Windows between known days are told apart by their days, not by the names that these have in a loop."""
    body = f"""{FITTED}
days, C, found = ["2023-04-01", "2023-06-01", "2023-08-01", "2023-10-01"], 1.0, []
for start, end in zip(days, days[1:]):
    before, window = data[data["snapshot_date"] < start], data[(data["snapshot_date"] >= start) & (data["snapshot_date"] < end)]
    window = window[~window["customer_id"].isin(before["customer_id"])]
    m = fitted(before, {{"C": C}})
    found.append(roc_auc_score(window["churned"], m.predict_proba(window[COLS])[:, 1]))
    C = minimize_scalar(lambda c: log_loss(window["churned"], fitted(before, {{"C": c}}).predict_proba(window[COLS]))).x
return {{"roc_auc": np.mean(found)}}"""
    assert codes(evaluating(body)) == set()


def test_the_same_query_reads_other_rows_with_other_values() -> None:
    """A table that is asked for one side and then for the other holds neither twice."""
    body = """import sqlite3
def side(name):
    return pd.read_sql_query(QUERY, sqlite3.connect("rows.db"), params=(name,))
fitting, judging = side("fit"), side("SIDE")
m = LogisticRegression().fit(fitting[COLS], fitting["churned"])
return auc(m, judging[COLS], judging["churned"])"""
    assert codes(evaluating(body.replace("SIDE", "judged"))) == set()
    assert codes(evaluating(body.replace("SIDE", "fit"))) == {"LEAK009"}


SAVED = """
import joblib
from dataclasses import dataclass, field

@dataclass
class Usual:
    known: dict = field(default_factory=dict)

    def learn(self, rows):
        self.known = {"all": StandardScaler().fit(rows[COLS])}

    def of(self, rows, anew=False):
        if anew:
            self.learn(rows)
        return self.known["all"].transform(rows[COLS])

@dataclass
class Model:
    usual: Usual = field(default_factory=Usual)

    def fit(self, rows):
        self.usual.learn(rows)
        self.line = LogisticRegression().fit(self.usual.of(rows), rows["churned"])
        return self

    def ask(self, rows):
        return self.line.predict_proba(self.usual.of(ROWS))[:, 1]

def train(data, model_dir):
    joblib.dump(Model().fit(data), model_dir / "m.joblib")

def predict(data, model_dir):
    return joblib.load(model_dir / "m.joblib").ask(data)

def evaluate(data):
    train_rows, test_rows = by_customer(data)
    return {"roc_auc": roc_auc_score(test_rows["churned"], Model().fit(train_rows).ask(test_rows))}
"""


@pytest.mark.parametrize("anew", [True, False])
def test_what_train_saved_is_followed_into_predict(anew: bool) -> None:
    """An object of one's own that fits itself to the batch is LEAK011, made by a dataclass or not."""
    found = codes(a_submission({"pipeline.py": HEAD + SAVED.replace("ROWS", "rows, anew=True" if anew else "rows")}))
    assert ("LEAK011" in found) is anew


def test_evaluate_may_go_through_train_and_predict() -> None:
    """The contract's own functions are walked with the folder between them."""
    text = f"""{HEAD}
import joblib
def train(data, model_dir):
    joblib.dump(LogisticRegression().fit(data[COLS], data["churned"]), model_dir / "m.joblib")
def predict(data, model_dir):
    return joblib.load(model_dir / "m.joblib").predict_proba(data[COLS])[:, 1]
def evaluate(data):
    train_rows, test_rows = by_customer(data)
    with tempfile.TemporaryDirectory() as folder:
        train(ROWS, folder)
        return {{"roc_auc": roc_auc_score(test_rows["churned"], predict(test_rows, folder))}}
"""
    assert codes(a_submission({"pipeline.py": text.replace("ROWS", "data")})) == {"LEAK009"}
    assert codes(a_submission({"pipeline.py": text.replace("ROWS", "train_rows")})) == set()


@pytest.mark.parametrize(
    ("predict", "flagged"),
    [
        ("return m.predict(StandardScaler().fit_transform(data))", True),
        ("return LogisticRegression().fit(data[COLS], data['a'] > 1).predict(data[COLS])", True),
        ("return m.predict(np.log1p(data))", False),
        ("return joblib.load(model_dir / 'm').predict(FunctionTransformer(np.abs).fit_transform(data))", False),
    ],
)
def test_fitting_at_predict_time(predict: str, flagged: bool) -> None:
    """Whatever learns from the batch that is to be predicted is LEAK011; what learns nothing is not."""
    assert ("LEAK011" in codes(evaluating(f"{SPLIT}\n{SCORE}", predict))) is flagged


def test_train_may_fit_on_everything() -> None:
    """Only what evaluate and predict reach is judged."""
    text = (
        f"{HEAD}\ndef train(data, model_dir):\n    StandardScaler().fit(data)\n"
        + "def evaluate(data):\n    "
        + (f"{SPLIT}\n{SCORE}".replace("\n", "\n    "))
    )
    assert codes(a_submission({"pipeline.py": text})) == set()


@pytest.mark.parametrize("early", [True, False])
def test_packages_under_src_are_followed(early: bool) -> None:
    """They are imported by their names, once the entry has put `src` on the search path."""
    scaled = "rows = rows.assign(a=rows['a'] - rows['a'].mean())\n    " if early else ""
    files = {
        "pipeline.py": "import sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, str(Path(__file__).parent / 'src'))\nfrom shop.claims import claim\n\n"
        "def evaluate(data):\n    return claim(data)\n",
        "src/shop/__init__.py": "",
        "src/shop/claims.py": "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.metrics import roc_auc_score\n\ndef claim(rows):\n    "
        + scaled
        + "held = rows['customer_id'] % 3 == 0\n    past, later = rows[~held], rows[held]\n"
        "    m = LogisticRegression().fit(past[['a']], past['churned'])\n"
        "    return {'roc_auc': roc_auc_score(later['churned'], m.predict_proba(later[['a']])[:, 1])}\n",
    }
    found = look(a_submission(files), COLUMNS)
    assert "LEAK001" in found.able
    assert {signal.code for signal in found.signals} == ({"LEAK001"} if early else set())


def test_the_sentence_names_the_object_and_both_lines() -> None:
    """A person can go and look: what was fitted, where, before which split, and what is judged."""
    body = """X = StandardScaler().fit_transform(data[COLS])
a, b, c, d = train_test_split(X, data["churned"])
return auc(LogisticRegression().fit(a, c), b, d)"""
    signal = next(s for s in look(evaluating(body), COLUMNS).signals if s.code == "LEAK001")
    first = HEAD.count("\n") + 3
    assert signal.where is not None
    assert (signal.where.path, signal.where.line) == ("pipeline.py", first)
    for part in (
        "`StandardScaler.fit_transform`",
        f"pipeline.py:{first}",
        f"pipeline.py:{first + 1}",
        "`LogisticRegression`",
    ):
        assert part in signal.what


def test_helpers_in_other_files_are_followed() -> None:
    """A leak in a helper is reported in the helper's file."""
    files = {
        "prep/scale.py": "from sklearn.preprocessing import MinMaxScaler\ndef scaled(t):\n    return MinMaxScaler().fit_transform(t)\n",
        "prep/__init__.py": "",
        "pipeline.py": f"""{HEAD}
from prep.scale import scaled
def evaluate(data):
    a, b, c, d = train_test_split(scaled(data[COLS]), data["churned"])
    return auc(LogisticRegression().fit(a, c), b, d)
""",
    }
    where = {str(s.where) for s in look(a_submission(files), COLUMNS).signals if s.code == "LEAK001"}
    assert where == {"prep/scale.py, line 3"}


def test_a_notebook_names_its_cell() -> None:
    """Lines of the cut file are mapped back to cells."""
    body = "def evaluate(data):\n    m = M().fit(data, data['churned'])\n    return {'roc_auc': m.score(data, data['churned'])}"
    notebook = a_notebook({2: body})
    lines = tuple((2, n) for n in range(1, 4))
    cut = {"pipeline.py": body.encode()}
    found = look(Submission(**{**vars(notebook), "runnable": cut, "lines": lines}), COLUMNS)
    assert [(s.where.cell, s.where.line) for s in found.signals if s.where] == [(2, 3)]


def test_without_a_followed_score_nothing_is_called_clean() -> None:
    """Codes whose score could not be traced are blind, with the reason."""
    found = look(a_submission({"pipeline.py": "def evaluate(data):\n    return somewhere(1)\n"}), COLUMNS)
    assert "LEAK001" not in found.able
    assert "LEAK001" in found.blind


HOSTILE = {
    "parentheses": "x = " + "(" * 5000 + ")" * 5000,
    "unary chain": "x = " + "-" * 50_000 + "1",
    "attribute chain": "x" + ".a" * 20_000,
    "sum": "x = " + "+".join(["1"] * 20_000),
    "recursion": "def evaluate(data):\n    return evaluate(data)\nevaluate(1)",
    "mutual recursion": "def a(x):\n    return b(x) + b(x)\ndef evaluate(x):\n    return a(x) + a(x)\nb = evaluate\nb(1)",
    "doubling calls": "\n".join(f"def f{i}(x):\n    return f{i - 1}(x), f{i - 1}(x)" for i in range(1, 40))
    + "\nf39(1)",
    "nested loops": "".join("    " * i + f"for i{i} in x:\n" for i in range(18)) + "    " * 18 + "x = x + 1",
    "many lines": "x = 1\n" * 60_000,
    "too large": "x = 1\n" * 120_000,
    "growing list": "l = []\nfor i in y:\n    l = l + l + [i]\n" * 60,
    "class of itself": "class A:\n    def __init__(self):\n        self.a = A()\nA()",
    "list of itself": "l = []\nl.append(l)\nm.fit(l)\nm.predict(l)",
    "null byte": "x = 1\0",
    "growing frames": "import pandas as pd\nd = pd.read_csv('a')\n"
    + "d = pd.concat([d[d.a > 1], d[d.b > 2]])\n" * 300
    + "m.fit(d)\nm.score(d)",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_bounded(text: str) -> None:
    """No text raises or takes long, which is two seconds here and no minute anywhere; a walk that gives up says so."""
    started = time.process_time()
    analyse(text)
    look(a_submission({"pipeline.py": text}), COLUMNS)
    assert time.process_time() - started < 60


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    """Arbitrary text never raises."""
    analyse(text)
    look(a_submission({"pipeline.py": text}), COLUMNS)


WORDS = [
    "data",
    "X",
    "[",
    "]",
    "(",
    ")",
    ".fit",
    ".iloc",
    "=",
    ":",
    "\n",
    "  ",
    "for",
    "in",
    "def f(data):",
    "return",
    ",",
    "1",
]


@settings(max_examples=100)
@given(st.lists(st.sampled_from([*WORDS, "StandardScaler()", "*", "~", "lambda x:", "'a'"]), max_size=25).map(" ".join))
def test_any_code_is_survived(text: str) -> None:
    """Text that is nearly or truly Python never raises."""
    analyse(text)


def test_the_same_text_gives_the_same_look() -> None:
    """Nothing depends on the order of sets."""
    body = f'data["a"] = data["a"].fillna(data["a"].mean())\ndata["b"] = data["b"] - data["b"].min()\n{SPLIT}\n{SCORE}'
    assert look(evaluating(body), COLUMNS) == look(evaluating(body), COLUMNS)


def test_a_plain_script_gives_its_pairs() -> None:
    """Without contract functions every model and every use of it is listed."""
    script = f"""{HEAD}
df = pd.read_csv("a.csv")
X = StandardScaler().fit_transform(df.drop("y", axis=1))
X_train, X_test, y_train, y_test = train_test_split(X, df.y)
m = LogisticRegression()
m.fit(X_train, y_train)
m.score(X_train, y_train)
m.score(X_test, y_test)
"""
    pairs = analyse(script).pairs
    assert [(p.overlap, bool(p.fitted_before)) for p in pairs] == [(True, False), (False, True)]


REST = """df = pd.read_csv("a.csv")
train = df.sample(frac=0.8)
rest = df.loc[{index}]
m = LogisticRegression().fit(train[["a"]], train["y"])
m.score(rest[["a"]], rest["y"])
"""


@pytest.mark.parametrize(
    ("index", "overlap"),
    [
        ("list(set(df.index) - set(train.index))", False),
        ("df.index.difference(train.index)", False),
        ("list(set(df.index))", True),
        ("list(set(train.index) - set(df.index[:9]))", True),
    ],
)
def test_a_difference_of_indices_is_the_other_side(index: str, overlap: bool) -> None:
    """What is left after the training rows' index was taken away is not judged as training rows."""
    assert [p.overlap for p in analyse(HEAD + REST.format(index=index)).pairs] == [overlap]


def test_a_notebook_has_cells_and_no_lines_of_a_converted_file() -> None:
    """Places inside sentences are those of the candidate's own file."""
    body = "d = data.fillna(data.mean())\ntr, te = train_test_split(d)\nm = LogisticRegression().fit(tr[COLS], tr['churned'])"
    cell = "def evaluate(data):\n    " + body.replace("\n", "\n    ") + "\n    return auc(m, te[COLS], te['churned'])"
    found = look(a_notebook({1: HEAD, 4: cell}), COLUMNS).signals
    assert {signal.code for signal in found} == {"LEAK001", "LEAK004", "LEAK005"}
    assert all("churn.ipynb, cell 1, line 18" in signal.what and "pipeline.py" not in signal.what for signal in found)
