"""Which judgement a claim rests on where the metric is not ROC AUC: by library, by scorer, by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from graders.checks.leakage.claimed import Claimed, claimed, fit_of, same
from graders.checks.leakage.trace import Trace, read
from graders.tasks.asked import contract_of, metric_of
from testing import tasks
from tests.graders.checks.leakage.traced import run

NUMBERS = """
import numpy as np
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import *
from sklearn.model_selection import GroupKFold, cross_val_predict, cross_val_score, cross_validate
X, Y = ["area", "promotion", "staff"], "units"
def halves(data):
    late = (data["store_id"] % 3 == 0).to_numpy()
    known, held = data[~late], data[late]
    return held[Y].to_numpy(), Ridge().fit(known[X], known[Y]).predict(held[X])
def sides(data):
    late = (data["store_id"] % 3 == 0).to_numpy()
    return data[~late], data[late]
def told(data):
    known, held = sides(data)
    return held.assign(told=Ridge().fit(known[X], known[Y]).predict(held[X]))
def per_store(data, score):
    return np.mean([score(part[Y], part["told"]) for _, part in told(data).groupby("region")])
def by(data, key, how):
    groups = told(data).groupby(key)[[Y, "told"]].agg(how)
    return groups[Y], groups["told"]
def lost(data):
    held = told(data)
    return (held[Y] - held["told"]).abs()
def multiplied(data):
    known, held = sides(data)
    model = Ridge().fit(known[X], known[Y])
    return held[Y], held[X].to_numpy(float).dot(model.coef_) + model.intercept_
def one_by_one(data):
    known, held = sides(data)
    model = Ridge().fit(known[X].to_numpy(), known[Y])
    return held[Y], [model.predict([row])[0] for row in held[X].to_numpy()]
def two_parts(data, score):
    held = told(data)
    some = held["promotion"] == 1
    return 0.3 * score(held[some]) + 0.7 * score(held[~some])
def fit(data):
    return Ridge().fit(data[X], data[Y])
def folds(data, scoring, model=None):
    groups = data["store_id"]
    return cross_val_score(model or Ridge(), data[X], data[Y], groups=groups, cv=GroupKFold(4), scoring=scoring)
def loop(data, score):
    for known, held in GroupKFold(4).split(data, groups=data["store_id"]):
        known, held = data.iloc[known], data.iloc[held]
        yield score(held[Y], Ridge().fit(known[X], known[Y]).predict(held[X]))
def evaluate(data):
    return {METRIC: float(VALUE)}
"""
CLASSES = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import *
from sklearn.model_selection import GroupKFold, cross_val_predict, cross_val_score, cross_validate
X, Y = ["urgency", "amount", "outage"], "team"
def model():
    return LogisticRegression(max_iter=50)
def halves(data, label=False):
    late = (data["customer_id"] % 3 == 0).to_numpy()
    known, held = data[~late], data[late]
    fitted = model().fit(known[X], known[Y])
    return held[Y], fitted.predict(held[X]) if label else fitted.predict_proba(held[X])
def fit(data):
    return model().fit(data[X], data[Y])
def folds(data, scoring):
    return cross_val_score(model(), data[X], data[Y], groups=data["customer_id"], cv=GroupKFold(4), scoring=scoring)
def evaluate(data):
    return {METRIC: float(VALUE)}
"""


def folded(scoring: object) -> str:
    options = f"groups=data['store_id'], cv=GroupKFold(4), scoring={scoring}"
    return f"cross_validate(Ridge(), data[X], data[Y], {options})"


POOLED = "cross_val_predict(Ridge(), data[X], data[Y], groups=data['store_id'], cv=GroupKFold(4))"
OF_CLASSES = (
    "cross_val_predict(model(), data[X], data[Y], groups=data['customer_id'], cv=GroupKFold(4), method='predict_proba')"
)
#: How a claim is made, and the models behind it.
WAYS = [
    ("mae", "mean_absolute_error(*halves(data))", 1),
    ("mae", "round(mean_absolute_error(*halves(data)), 3)", 1),
    ("mae", "-folds(data, 'neg_mean_absolute_error').mean()", 4),
    ("mae", "np.mean(list(loop(data, mean_absolute_error)))", 4),
    ("mae", "np.mean(list(loop(data, lambda y, p: float(np.mean(np.abs(y - p))))))", 4),
    ("mae", f"mean_absolute_error(data[Y], {POOLED})", 4),
    ("mae", f"np.abs(data[Y] - {POOLED}).mean()", 4),
    ("mae", "np.abs(np.subtract(*halves(data))).mean()", 1),
    ("mae", "-make_scorer(mean_absolute_error, greater_is_better=False)(fit(data), data[X], data[Y])", 1),
    ("mae", f"-{folded(['r2', 'neg_mean_absolute_error'])}['test_neg_mean_absolute_error'].mean()", 4),
    ("mae", "per_store(data, lambda y, p: np.abs(y - p).mean())", 1),
    ("rmse", "per_store(data, lambda y, p: np.sqrt(((y - p) ** 2).mean()))", 1),
    ("rmse", "root_mean_squared_error(*halves(data))", 1),
    ("rmse", "mean_squared_error(*halves(data)) ** 0.5", 1),
    ("rmse", "np.sqrt(np.mean(np.subtract(*halves(data)) ** 2))", 1),
    ("rmse", "-folds(data, 'neg_root_mean_squared_error').mean()", 4),
    ("rmse", "np.sqrt(-folds(data, 'neg_mean_squared_error')).mean()", 4),
    ("rmse", "np.sqrt(-folds(data, 'neg_mean_squared_error').mean())", 4),
    ("rmse", f"-{folded({'a': 'r2', 'b': 'neg_root_mean_squared_error'})}['test_b'].mean()", 4),
    ("r2", "r2_score(*halves(data))", 1),
    ("r2", "folds(data, 'r2').mean()", 4),
    ("r2", "folds(data, None).mean()", 4),
    ("r2", "1 - np.sum(np.subtract(*halves(data)) ** 2) / np.sum((halves(data)[0] - halves(data)[0].mean()) ** 2)", 1),
    ("rmsle", "root_mean_squared_log_error(*halves(data))", 1),
    ("rmsle", "mean_squared_log_error(*halves(data)) ** 0.5", 1),
    ("rmsle", "-folds(data, 'neg_root_mean_squared_log_error').mean()", 4),
    ("mean_pinball_loss", "mean_pinball_loss(*halves(data), alpha=0.5)", 1),
    ("mean_pinball_loss", "-folds(data, make_scorer(mean_pinball_loss, alpha=0.5, greater_is_better=False)).mean()", 4),
    ("mean_poisson_deviance", "mean_poisson_deviance(*halves(data))", 1),
    ("mean_poisson_deviance", "-folds(data, 'neg_mean_poisson_deviance').mean()", 4),
    ("mean_poisson_deviance", "mean_tweedie_deviance(*halves(data), power=1)", 1),
    ("mean_poisson_deviance", "folds(data, make_scorer(mean_tweedie_deviance, power=1)).mean()", 4),
    ("rmse", "mean_tweedie_deviance(*halves(data), power=0) ** 0.5", 1),
    ("mae", "0 * r2_score(*halves(data)) + np.abs(np.subtract(*halves(data))).mean()", 1),
    ("mae", "(mean_squared_error(*halves(data)), np.abs(np.subtract(*halves(data))).mean())[1]", 1),
    ("mae", "2 * mean_pinball_loss(*halves(data), alpha=0.5)", 1),
    ("r2", "get_scorer('r2')(fit(data), data[X], data[Y])", 1),
    ("r2", "1 - mean_squared_error(*halves(data)) / np.var(halves(data)[0])", 1),
    ("mae", "np.median(-folds(data, 'neg_mean_absolute_error'))", 4),
    ("log_loss", "log_loss(*halves(data))", 1),
    ("log_loss", "-folds(data, 'neg_log_loss').mean()", 4),
    ("log_loss", f"log_loss(data[Y], {OF_CLASSES})", 4),
    ("f1_macro", "f1_score(*halves(data, True), average='macro')", 1),
    ("f1_macro", "folds(data, 'f1_macro').mean()", 4),
    ("f1_macro", f"f1_score(data[Y], np.array(sorted(set(data[Y])))[{OF_CLASSES}.argmax(axis=1)], average='macro')", 4),
    ("f1_macro", "precision_recall_fscore_support(*halves(data, True), average='macro')[2]", 1),
    ("f1_macro", "f1_score(*halves(data, True), average=None).mean()", 1),
    ("f1_macro", "classification_report(*halves(data, True), output_dict=True)['macro avg']['f1-score']", 1),
    ("f1_macro", "folds(data, make_scorer(f1_score, average='macro')).mean()", 4),
    ("balanced_accuracy", "balanced_accuracy_score(*halves(data, True))", 1),
    ("balanced_accuracy", "recall_score(*halves(data, True), average='macro')", 1),
    ("balanced_accuracy", "folds(data, 'recall_macro').mean()", 4),
    ("balanced_accuracy", "confusion_matrix(*halves(data, True), normalize='true').diagonal().mean()", 1),
    ("roc_auc_ovr", "folds(data, 'roc_auc_ovr_weighted').mean() * 0 + folds(data, 'roc_auc_ovr').mean()", 4),
    ("log_loss", "-get_scorer('neg_log_loss')(fit(data), data[X], data[Y])", 1),
    ("balanced_accuracy", "folds(data, 'balanced_accuracy').mean()", 4),
    ("roc_auc_ovr", "roc_auc_score(*halves(data), multi_class='ovr')", 1),
    ("roc_auc_ovr", "folds(data, 'roc_auc_ovr').mean()", 4),
]  # fmt: skip


#: The model and the metric are written by hand: how often a state or a fold is judged.
BY_HAND = """
import numpy as np
NAMES = ["billing", "network", "sales"]
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
def parts(data, k, folds):
    held = (data["customer_id"] % folds == k).to_numpy()
    x = np.column_stack([np.ones(len(data)), data["urgency"], data["amount"] / 100, data["outage"]]).astype(float)
    y = np.eye(3)[[NAMES.index(team) for team in data["team"]]]
    return x[~held], y[~held], x[held], y[held]
def learn(x, y, xv, yv, epochs):
    w, best = np.zeros((x.shape[1], 3)), np.inf
    for _ in range(epochs):
        w = w - 0.3 * (x.T @ (softmax(x @ w) - y) / len(x))
        told = softmax(xv @ w)
        loss = -(yv * np.log(told)).sum(axis=1).mean()
        best = min(best, loss)
    return best, loss
def evaluate(data):
    return {"log_loss": float(VALUE)}
"""


@pytest.mark.parametrize(
    ("value", "judged", "claims"),
    [
        ("learn(*parts(data, 0, 4), 12)[0]", 12, 1),
        ("np.mean([learn(*parts(data, k, 4), 1)[1] for k in range(4)])", 4, 4),
    ],
    ids=["the best of several states", "the mean of folds"],
)
def test_a_claim_by_hand_of_a_model_by_hand_finds_its_rows(value: str, judged: int, claims: int) -> None:
    task = tasks.tickets("log_loss")
    ran = run(BY_HAND.replace("VALUE", value), task.dataset.public, contract=contract_of(task.challenge))
    trace = replace(read(ran.account, len(task.dataset.public)), metric="log_loss", loss=True)
    found = claimed(trace).found
    assert (len(trace.judged), len(found)) == (judged, claims)
    customers = task.dataset.public["customer_id"].to_numpy()
    sides = [set(customers[one.rows.members] % 4) for one in found if one.rows is not None]
    assert sides == [{k} for k in range(claims)]


DECIDED = """
import numpy as np
X, Y = ["urgency", "amount", "outage"], "team"
def recalls(truth, said):
    return np.mean([np.mean(said[truth == k] == k) for k in np.unique(truth)])
def evaluate(data):
    teams = sorted(data[Y].unique())
    y, x = np.array([teams.index(team) for team in data[Y]]), data[X].fillna(0).to_numpy(float)
    held = (data["customer_id"] % 4 == 0).to_numpy()
    centres = np.array([x[~held][y[~held] == k].mean(axis=0) for k in range(len(teams))])
    far = ((x[held][:, None] - centres) ** 2 / x[~held].var(axis=0)).sum(axis=2)
    return {"balanced_accuracy": float(VALUE)}
"""


@pytest.mark.parametrize(
    ("value", "judged"),
    [
        ("recalls(y[held], (-far).argmax(axis=1))", 1),
        ("max(recalls(y[held], (far + shift * np.arange(len(teams))).argmin(axis=1)) for shift in SHIFTS)", 12),
    ],
    ids=["one", "the best of several"],
)
def test_a_claim_by_hand_of_classes_that_were_decided_for_finds_its_rows(value: str, judged: int) -> None:
    """Numbers of classes are answers too, where the metric counts which class was said."""
    task = tasks.tickets("balanced_accuracy")
    source = DECIDED.replace("VALUE", value).replace("SHIFTS", "np.linspace(-.4, .4, 12)")
    ran = run(source, task.dataset.public, contract=contract_of(task.challenge))
    trace = replace(read(ran.account, len(task.dataset.public)), metric="balanced_accuracy")
    (found,) = claimed(trace).found
    assert len(trace.judged) == judged
    assert found.rows is not None
    assert set(task.dataset.public["customer_id"].to_numpy()[found.rows.members] % 4) == {0}


@cache
def asked(metric: str) -> tasks.Task:
    make = tasks.tickets if metric in ("log_loss", "f1_macro", "balanced_accuracy", "roc_auc_ovr") else tasks.demand
    return make(metric)


def traced(metric: str, value: str) -> tuple[Trace, Claimed]:
    task = asked(metric)
    source = (NUMBERS if task.challenge.task == "regression" else CLASSES).replace("METRIC", repr(metric))
    ran = run(source.replace("VALUE", value), task.dataset.public, contract=contract_of(task.challenge))
    assert metric in ran.claims
    own = metric_of(task.challenge)
    trace = read(ran.account, len(task.dataset.public))
    trace = Trace(**{**vars(trace), "metric": metric, "loss": not own.higher, "rooted": own.rooted})
    return trace, claimed(trace)


@pytest.mark.parametrize(("metric", "value", "models"), WAYS, ids=[f"{metric} {way[:60]}" for metric, way, _ in WAYS])
def test_a_claim_finds_its_models(metric: str, value: str, models: int) -> None:
    trace, found = traced(metric, value)
    assert found.linked or len(found.leaves) == models
    fits = {leaf.fit for leaf in found.leaves}
    assert len(fits) == models
    assert all(fit_of(trace, leaf) is not None and leaf.rows is not None for leaf in found.leaves)


#: Numbers made of answers by group, losses put together otherwise than by a mean, and answers nobody was asked for.
BY_GROUP = [
    "mean_absolute_error(*by(data, ['store_id', 'region'], 'sum'))",
    "mean_absolute_error(*by(data, 'store_id', 'mean'))",
    "mean_absolute_error(*by(data, 'store_id', 'first'))",
    "lost(data).groupby(data['store_id']).mean().median()",
    "lost(data).groupby(data['month']).mean().mean()",
    "np.average(lost(data), weights=sides(data)[1]['area'])",
    "two_parts(data, lambda part: mean_absolute_error(part[Y], part['told']))",
    "two_parts(data, lambda part: np.abs(part[Y] - part['told']).mean())",
    "mean_absolute_error(*multiplied(data))",
    "mean_absolute_error(*one_by_one(data))",
]


@pytest.mark.parametrize("value", BY_GROUP)
def test_a_claim_by_group_or_by_hand_is_surely_of_its_model(value: str) -> None:
    trace, found = traced("mae", value)
    assert found.linked
    assert found.sure
    stores = tasks.demand("mae").dataset.public["store_id"].to_numpy()
    for leaf in found.leaves:
        fit = fit_of(trace, leaf)
        assert fit is not None
        assert fit.rows is not None
        assert leaf.rows is not None
        assert set(stores[fit.rows.members] % 3) == {1, 2}
        assert set(stores[leaf.rows.members] % 3) == {0}


@pytest.mark.parametrize(
    ("value", "claim", "is_so"),
    [
        (0.81234, 0.812, True),
        (0.81234, 0.81, False),  # two digits are many models' value
        (12.3456, 12.35, True),
        (12.3456, 12.3, False),
        (1234.4, 1234.0, True),
        (98765.4321, 98765.4321 + 1e-7, True),  # the rounding of a sum
        (5.2, 5.3, False),
    ],
)
def test_a_claim_may_be_rounded_to_what_still_tells_it(value: float, claim: float, is_so: bool) -> None:
    assert same(value, claim) is is_so


def test_a_mean_by_rows_and_the_root_of_a_mean_are_claims_of_losses() -> None:
    trace, found = traced("mae", "np.average(list(loop(data, mean_absolute_error)), weights=[400, 400, 400, 400])")
    assert len(found.found) == 4
    assert np.isfinite([judged.value for judged in found.found]).all()
    assert trace.loss
