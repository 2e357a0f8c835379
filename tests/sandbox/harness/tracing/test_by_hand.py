"""Pipelines without a library's metric or model: what is claimed finds the rows it was judged on."""

from __future__ import annotations

import numpy as np
import pytest

from graders.checks.leakage.claimed import claimed
from graders.checks.leakage.signal import Look, Source
from sandbox.harness.tracing.by_hand import OF_NUMBERS, Ranked, area
from sandbox.harness.tracing.judging import Area, Numbers
from sandbox.harness.tracing.plain import TIES, Plain
from sandbox.harness.tracing.tracer import Judge, Tracer
from tests.graders.checks.leakage.traced import looks, public

AUC = """
def area(y, s):
    ones = [b for a, b in zip(y, s) if a]
    zeros = [b for a, b in zip(y, s) if not a]
    return sum((a > b) + (a == b) / 2 for a in ones for b in zeros) / (len(ones) * len(zeros))
"""

RECORDS = (
    AUC
    + """
import random

FIELDS = ["usage_trend", "tickets_90d", "late_payments_12m"]

def ranges(rows):
    return {f: (min(r[f] for r in rows), max(r[f] for r in rows)) for f in FIELDS}

def vector(r, limits):
    return [(r[f] - limits[f][0]) / (limits[f][1] - limits[f][0]) for f in FIELDS]

def means(rows, labels):
    return [sum((1 if y else -1) * row[i] for row, y in zip(rows, labels)) / len(rows) for i in range(len(FIELDS))]

def evaluate(data):
    records = data.to_dict("records")
    PREPARE
    weights = means([vector(r, limits) for r in fit], [r["churned"] for r in fit])
    scores = [sum(w * v for w, v in zip(weights, vector(r, limits))) for r in judged]
    return {"roc_auc": area([r["churned"] for r in judged], scores)}
"""
)
SIDES = """
    fit = [r for r in records if r["customer_id"] % 3 and r["snapshot_date"] < "2023-07-01"]
    judged = [r for r in records if not r["customer_id"] % 3 and r["snapshot_date"] >= "2023-07-01"]
"""
SHUFFLED = """
    random.Random(1).shuffle(records)
    fit, judged = records[:1800], records[1800:]
"""


@pytest.mark.parametrize(("ties", "expected"), [(0.5, 0.75), (1.0, 1.0), (0.0, 0.5)])
def test_ties_may_be_counted_as_a_hand_written_sort_counts_them(ties: float, expected: float) -> None:
    """Of four pairs two are tied and two in the right order."""
    positive = np.array([True, True, False, False])
    assert area(positive, np.array([2.0, 1.0, 1.0, 1.0]), ties) == expected


def records(sides: str, limits: str) -> str:
    return RECORDS.replace("    PREPARE", sides + f"    limits = ranges({limits})")


def codes(looks: list[Look]) -> set[str]:
    return {signal.code for one in looks for signal in one.signals}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (records(SIDES, "fit"), set()),
        (records(SHUFFLED, "fit"), {"LEAK003", "LEAK004", "LEAK005"}),
        (records(SIDES, "records"), {"LEAK001"}),
    ],
    ids=["honest", "shuffled", "ranges of everything"],
)
def test_dictionaries_are_followed(source: str, expected: set[str]) -> None:
    """Also where they were shuffled in place, or only stand in other lists."""
    _, found = looks(source, public())
    assert codes(found) == expected


BOOSTER = """
import lightgbm as lgb
import pandas as pd

def x(d):
    return d[["usage_trend", "tickets_90d", "late_payments_12m", "n_products"]]

def evaluate(data):
    held = data["customer_id"] % 3 == 0
    late = data["snapshot_date"] >= "2023-07-01"
    past = data[~held & ~late]
    inner = past["customer_id"] % 4 == 0
    a = lgb.Dataset(x(past[~inner]), past[~inner]["churned"])
    b = lgb.Dataset(x(past[inner]), past[inner]["churned"], reference=a)
    settings = {"objective": "binary", "metric": "auc", "verbosity": -1, "num_threads": 1}
    model = lgb.train(settings, a, 30, valid_sets=[b], callbacks=[lgb.early_stopping(5, verbose=False)])
    test = data[held & late]
    ranks, y = pd.Series(model.predict(x(test))).rank().to_numpy(), test["churned"].to_numpy()
    ones = y.sum()
    return {"roc_auc": float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones)))}
"""


def test_what_stopped_a_training_is_not_taken_for_the_claim() -> None:
    """The claim, computed by ranks, is that of the later rows; the inner ones are not later than those trained on."""
    trace, found = looks(BOOSTER, public())
    (judged,) = claimed(trace).found
    assert judged.how == "by hand"
    assert codes(found) == set()


GOES_ON = """
import lightgbm as lgb
from sklearn.metrics import roc_auc_score

def x(d):
    return d[["usage_trend", "tickets_90d", "late_payments_12m", "n_products"]]

def evaluate(data):
    held, late = data["customer_id"] % 3 == 0, data["snapshot_date"] >= "2023-07-01"
    past, test = data[~held & ~late], data[held & late]
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    first = FIRST
    own = lgb.train(settings, lgb.Dataset(x(past), past["churned"]), 5, init_model=first)
    return {"roc_auc": roc_auc_score(test["churned"], own.predict(x(test)))}
"""


@pytest.mark.parametrize(
    "first",
    [
        'lgb.train(settings, lgb.Dataset(x({rows}), {rows}["churned"]), 9)',
        'lgb.LGBMClassifier(n_estimators=9, verbose=-1, n_jobs=1).fit(x({rows}), {rows}["churned"]).booster_',
    ],
)
@pytest.mark.parametrize(("rows", "expected"), [("data", {"LEAK009"}), ("past", set())])
def test_trees_added_to_others_hold_the_rows_of_both(first: str, rows: str, expected: set[str]) -> None:
    _, found = looks(GOES_ON.replace("FIRST", first.format(rows=rows)), public(600))
    assert codes(found) & {"LEAK003", "LEAK005", "LEAK009"} == expected


LIBRARY_CV = """
import xgboost as xgb

def evaluate(data):
    rows = xgb.DMatrix(data[["usage_trend", "tickets_90d", "n_products"]], label=data["churned"])
    found = xgb.cv({"objective": "binary:logistic", "eval_metric": "auc", "nthread": 1}, rows, 5, nfold=3, seed=1)
    return {"roc_auc": float(found["test-auc-mean"].iloc[-1])}
"""


def test_a_library_s_own_cross_validation_is_followed() -> None:
    trace, found = looks(LIBRARY_CV, public())
    assert len(claimed(trace).leaves) == 3
    assert {"LEAK003", "LEAK004", "LEAK005"} <= {s.code for s in found[0].signals if s.source is Source.INSIDE}


def test_a_mean_of_folds_that_a_library_judged_is_not_looked_for_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    tracer, looked = Tracer("."), list[float]()
    tracer.begin(public())
    monkeypatch.setattr(Plain, "_groups", lambda _, claim, __: looked.append(claim))
    for value in (0.6, 0.7, 0.9):
        tracer.log_judged("cross_val_score", np.arange(100, dtype=np.int32), ("pipeline.py", 3), value=value)
    for claim in (2.2 / 3, 0.5):
        Plain(tracer).link({"roc_auc": claim})
    assert looked == [0.5]


@pytest.mark.parametrize("sought", [True, False])
def test_a_claim_that_is_not_sought_is_not_looked_for(sought: bool) -> None:
    tracer, data = Tracer("."), public()
    tracer.begin(data, sought=sought)
    plain, told = Plain(tracer), data["usage_trend"].fillna(0)
    plain.keep(told, site=1)
    plain.link({"roc_auc": float(area((data["churned"] == 1).to_numpy(), told.to_numpy()) or 0)})
    assert [event["how"] for event in tracer.log.events["judged"]] == ["by hand"] * sought


@pytest.mark.parametrize(("target", "found"), [("churned", 0), ("autopay", 1), ("", 1)])
def test_numbers_are_tried_against_what_answers_are_about(target: str, found: int) -> None:
    """Where the target is told, no other column that has two values; else any."""
    tracer, data = Tracer("."), public().assign(autopay=lambda rows: rows["customer_id"] % 2)
    tracer.begin(data, target=target)
    plain, told = Plain(tracer), data["usage_trend"].fillna(0)
    plain.keep(told, site=1)
    tracer.quietly(plain.link, {"roc_auc": float(area((data["autopay"] == 1).to_numpy(), told.to_numpy()) or 0)})
    assert (len(tracer.log.events["judged"]), tracer.log.lost) == (found, {})


def test_where_no_two_numbers_are_equal_every_way_to_count_ties_gives_the_same() -> None:
    rng = np.random.default_rng(0)
    positive, told, rows = rng.random(60) < 0.4, rng.random(60), np.arange(60, dtype=np.int32)
    judges: list[Judge] = [Area(Ranked(), positive, ties) for ties in (*TIES, None)]
    assert len({judge(rows, told) for judge in judges}) == 1


SECOND_FLOOR = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

def evaluate(data):
    held = data["customer_id"] % 3 == 0
    late = data["snapshot_date"] >= "2023-07-01"
    fit, judged = (~held & ~late).to_numpy(), (held & late).to_numpy()
    X, y = data[["usage_trend", "tickets_90d", "late_payments_12m"]].to_numpy(float), data["churned"].to_numpy()
    first = GaussianNB().fit(X[ROWS], y[ROWS])
    up = np.c_[first.predict_proba(X)[:, 1], X[:, 0]]
    second = LogisticRegression().fit(up[fit], y[fit])
    return {"roc_auc": roc_auc_score(y[judged], second.predict_proba(up[judged])[:, 1])}
"""


@pytest.mark.parametrize(("rows", "there"), [("fit", False), (":", True)])
def test_a_model_whose_answers_are_features_has_seen_what_it_was_fitted_on(rows: str, there: bool) -> None:
    _, found = looks(SECOND_FLOOR.replace("ROWS", rows), public())
    assert ("LEAK009" in codes(found)) == there


FOLDS = """
import numpy as np
from scipy.stats import rankdata

def evaluate(data):
    X = data[["usage_trend", "tickets_90d", "late_payments_12m"]].to_numpy(float)
    y = data["churned"].to_numpy(float)
    late = (data["snapshot_date"] >= "2023-07-01").to_numpy()
    part = PART
    scores = np.full(len(y), np.nan)
    for fold in range(2):
        fit, judged = X[(part != fold) & ~late], y[(part != fold) & ~late]
        weights = (fit[judged == 1].mean(0) - fit[judged == 0].mean(0)) / fit.std(0)
        scores[(part == fold) & late] = X[(part == fold) & late] @ weights
    ranks, y = rankdata(scores[late]), y[late]
    ones = y.sum()
    return {"roc_auc": float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones)))}
"""


@pytest.mark.parametrize(
    ("part", "expected"),
    [('(data["customer_id"] % 2).to_numpy()', set()), ("np.arange(len(y)) % 2", {"LEAK005"})],
    ids=["by customer", "by row"],
)
def test_pooled_folds_are_each_compared_with_their_own_training_rows(part: str, expected: set[str]) -> None:
    """A model by hand for each fold: a row is held against it only where every table of others knows its customer."""
    _, found = looks(FOLDS.replace("PART", part), public())
    assert codes(found) == expected


SMOTE_ENN = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

NUMBERS = ["age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m"]

def resampled(X, y):
    rng = np.random.default_rng(0)
    few = X[y == 1].to_numpy()
    near = NearestNeighbors(n_neighbors=6).fit(few).kneighbors(few, return_distance=False)[:, 1:]
    base = rng.integers(len(few), size=int((y == 0).sum() - len(few)))
    other = near[base, rng.integers(5, size=len(base))]
    new = few[base] + rng.random((len(base), 1)) * (few[other] - few[base])
    X = pd.DataFrame(np.vstack([X.to_numpy(), new]), columns=X.columns)
    y = pd.concat([y, pd.Series(np.ones(len(new), int))], ignore_index=True)
    near = NearestNeighbors(n_neighbors=4).fit(X).kneighbors(X, return_distance=False)[:, 1:]
    keep = (y.to_numpy()[near].mean(axis=1) > 0.5) == (y == 1)
    return X[keep].reset_index(drop=True), y[keep].reset_index(drop=True)

def evaluate(data):
    X, y = data[NUMBERS].astype(float), data["churned"]
    held, late = data["customer_id"] % 3 == 0, data["snapshot_date"] >= "2023-07-01"
    SPLIT
    model = LogisticRegression(max_iter=500).fit(A, b)
    return {"roc_auc": roc_auc_score(d, model.predict_proba(C)[:, 1])}
"""
INSIDE_THE_FOLD = """
    fit = ~held & ~late
    A, b = resampled(X[fit].reset_index(drop=True), y[fit].reset_index(drop=True))
    C, d = X[held & late], y[held & late]
"""
BEFORE_THE_SPLIT = """
    X, y = resampled(X, y)
    from sklearn.model_selection import train_test_split
    A, C, b, d = train_test_split(X, y, test_size=0.3, random_state=1)
"""


@pytest.mark.parametrize(("split", "there"), [(INSIDE_THE_FOLD, False), (BEFORE_THE_SPLIT, True)])
def test_rows_made_up_by_hand_hide_no_others(split: str, there: bool) -> None:
    """Rows of the data are known among made-up ones, numbered anew: every code about rows is judged."""
    _, found = looks(SMOTE_ENN.replace("    SPLIT", split), public())
    assert ("LEAK008" in codes(found)) == there
    assert bool(codes(found)) == there
    assert {"LEAK003", "LEAK004", "LEAK005", "LEAK006", "LEAK009"} <= found[0].able


def test_nothing_is_explained_of_a_group_with_one_value() -> None:
    """Groups by a column of the data are tried too, and one of them may hold a single price."""
    assert np.isnan(OF_NUMBERS["r2"](np.full(9, 3.5), np.arange(9.0)))
    assert np.isnan(Numbers("r2", np.full(9, 3.5))(np.arange(9, dtype=np.int32), np.arange(9.0)))
    assert OF_NUMBERS["r2"](np.arange(9.0), np.arange(9.0)) == 1


BESIDE_ONES = """
import numpy as np
def area(y, s):
    order = np.argsort(s, kind="stable")
    truth, ranks = y[order], np.arange(1, len(s) + 1)
    ones = truth.sum()
    return (ranks[truth == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(s) - ones))
def evaluate(data):
    x, y = data[["usage_trend", "tickets_90d"]].fillna(0).to_numpy(float), data["churned"].to_numpy()
    late = (data["snapshot_date"] >= "2023-07-01").to_numpy() & (data["customer_id"] % 3 == 0).to_numpy()
    early = (data["snapshot_date"] < "2023-07-01").to_numpy() & (data["customer_id"] % 3 > 0).to_numpy()
    x = (x - SEEN.mean(axis=0)) / SEEN.std(axis=0)
    weights = x[early].T @ (y[early] - y[early].mean())
    return {"roc_auc": float(area(y[late], np.c_[np.ones(late.sum()), x[late]] @ np.r_[0.0, weights]))}
"""


@pytest.mark.parametrize(("seen", "expected"), [("x[early]", set()), ("x", {"LEAK001"})])
def test_a_column_of_ones_is_nobodys_answer(seen: str, expected: set[str]) -> None:
    """Rows that were sorted by the real answers would give it their area."""
    trace, found = looks(BESIDE_ONES.replace("SEEN", seen), public())
    assert [len(set(zip(*[iter(one.scores)] * 3, strict=True))) > 1 for one in claimed(trace).found] == [True]
    assert {code for code in codes(found) if code == "LEAK001"} == expected


OF_WORDS = """
import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
def evaluate(data):
    words = [{f"plan {row.plan}": 1.0, "tickets": row.tickets_90d} for row in data.itertuples()]
    cells, y = np.array(words, dtype=object), data["churned"]
    late = (data["snapshot_date"] >= "2023-07-01").to_numpy() & (data["customer_id"] % 3 == 0).to_numpy()
    early = (data["snapshot_date"] < "2023-07-01").to_numpy() & (data["customer_id"] % 3 > 0).to_numpy()
    model = make_pipeline(DictVectorizer(), LogisticRegression()).fit(list(cells[early]), y[early])
    return {"roc_auc": roc_auc_score(y[late], model.predict_proba(list(cells[late]))[:, 1])}
"""


def test_cells_that_hold_dictionaries_lose_nothing() -> None:
    """They cannot be compared, and the account tells of everything else."""
    trace, found = looks(OF_WORDS, public())
    assert not trace.lost
    assert claimed(trace).linked
    assert codes(found) == set()
