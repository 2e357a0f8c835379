"""What other labels of held-out rows reach, in leaky and in honest evaluations."""

from __future__ import annotations

import pandas as pd
import pytest

from graders.checks.leakage import interference, relabelled
from graders.checks.leakage.signal import Look
from graders.checks.leakage.trace import read
from graders.model.case import NotApplicable
from graders.model.submission import Location
from tests.graders.checks.leakage import snippets
from tests.graders.checks.leakage.snippets import HEAD, Snippet
from tests.graders.checks.leakage.traced import SEED, challenge, public, run

BODY = """
from sklearn.naive_bayes import GaussianNB
from sklearn.metrics import roc_auc_score
def evaluate(data):
    a, b = later(data)
    x, y = features(data), data["churned"].to_numpy()
    model = GaussianNB().fit(x[a], y[a])
    return {"roc_auc": roc_auc_score(y[b], answers(model, x[b], y[b]))}
def answers(model, x, y):
    return model.predict_proba(x)[:, 1]
"""
PLAIN = """
def features(data):
    return numbers(data).fillna(0).to_numpy()
"""
OF_GROUPS = """
def features(data):
    data = data.sort_values("snapshot_date", kind="stable")
    labels = data["churned"].groupby([data["region"], data["contract"]])
    return numbers(data).fillna(0).assign(rate={rate}).sort_index().to_numpy()
"""
OF_CUSTOMERS = """
def features(data):
    data = data.sort_values("snapshot_date", kind="stable")
    return numbers(data).fillna(0).assign(sum=data.groupby("customer_id")["churned"].cumsum()).sort_index().to_numpy()
"""
SCALED = """
from sklearn.preprocessing import StandardScaler
def features(data):
    x = StandardScaler().fit_transform(numbers(data).fillna(0))
    rate = data.groupby(data["usage_gb"].round(-1))["churned"].transform("mean")
    return np.column_stack([x[:, :4], np.round(x[:, 4:6]) + rate.to_numpy()[:, None]])
"""
SO_FAR = "labels.transform(lambda own: own.expanding().mean())"
ROLLING = "labels.transform(lambda own: own.rolling(12, min_periods=1).mean())"
BY_HAND = """
from sklearn.metrics import roc_auc_score
def evaluate(data):
    a, b = later(data)
    x, y = numbers(data).fillna(0).to_numpy(), data["churned"].to_numpy()
    x = (x - x[a].mean(axis=0)) / x[a].std(axis=0)
    judge, best, kept, draw = JUDGE, np.inf, None, np.random.default_rng(0)
    weights = x[a].T @ (y[a] - y[a].mean()) / len(a)
    for step in range(40):
        tried = weights + draw.normal(0, 0.5, len(weights))
        chances = 1 / (1 + np.exp(-x[judge] @ tried))
        loss = -np.mean(y[judge] * np.log(chances) + (1 - y[judge]) * np.log(1 - chances))
        if loss < best:
            best, kept = loss, tried
    return {"roc_auc": roc_auc_score(y[b], x[b] @ kept)}
"""
MIXED = """
def answers(model, x, y):
    parts = np.column_stack([model.predict_proba(x)[:, 1], x[:, 0] / 100, np.ones(len(x))])
    return parts @ np.linalg.lstsq(parts, y, rcond=None)[0]
"""
BROUGHT = """
def answers(model, x, y):
    plain = model.predict_proba(x)[:, 1]
    return np.where(x[:, 0] > np.median(x[:, 0]), plain * y.mean() / plain.mean(), plain)
"""

STARTED = """
import xgboost as xgb
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
def box(x, start, y=None):
    found = xgb.DMatrix(x, y)
    found.set_base_margin(start)
    return found
def evaluate(data):
    a, b = later(data)
    x, y = numbers(data).fillna(0).to_numpy(), data["churned"].to_numpy()
    known = LEARNT
    tariff = LogisticRegression(max_iter=20).fit(x[known], y[known])
    chances = tariff.predict_proba(x)[:, 1]
    start = np.log(chances / (1 - chances))
    trees = xgb.train({"nthread": 1, "max_depth": 2, "objective": "binary:logistic"}, box(x[a], start[a], y[a]), 3)
    return {"roc_auc": roc_auc_score(y[b], trees.predict(box(x[b], start[b])))}
"""

#: Where labels of held-out rows come in -> what is said.
LEAKY = {
    "a window that ends at the row itself": (OF_GROUPS.format(rate=ROLLING) + BODY, {"LEAK002"}),
    "a customer's sum so far, and the own label": (OF_CUSTOMERS + BODY, {"LEAK002"}),
    "a mean of all rows so far, and the own label": (OF_GROUPS.format(rate=SO_FAR) + BODY, {"LEAK002"}),
    "a rate of all rows": (OF_GROUPS.format(rate="labels.transform('mean')") + BODY, {"LEAK007"}),
    "a rate of all rows, beside a scaler that saw no label": (SCALED + BODY, {"LEAK007"}),
    "a mix of answers, by the judged labels": (PLAIN + BODY + MIXED, {"LEAK006"}),
    "answers brought to the share of the judged labels": (PLAIN + BODY + BROUGHT, {"LEAK006"}),
    "a setting by the judged labels": (
        PLAIN + BODY.replace("GaussianNB()", "GaussianNB(var_smoothing=abs(np.corrcoef(x[b][:, 0], y[b])[0, 1]))"),
        {"LEAK006"},
    ),
    "trees added to answers of a model of all rows": (STARTED.replace("LEARNT", "np.arange(len(data))"), {"LEAK009"}),
    "a search by hand, by the judged labels": (BY_HAND.replace("JUDGE", "b"), {"LEAK006"}),
}


@pytest.mark.parametrize(("source", "codes"), LEAKY.values(), ids=LEAKY.keys())
def test_what_labels_reach_is_named(source: str, codes: set[str]) -> None:
    """By what had seen them: the row's own features, those of training rows, or a choice."""
    assert {signal.code for signal in looked(source).signals} == codes


#: What rests on labels and may: nothing is said, and whether it was able to tell that no label was in a feature.
HONEST = {
    "no label in any feature": (PLAIN + BODY, True),
    "labels of rows before": (
        OF_GROUPS.format(rate="labels.transform(lambda own: own.shift(1).rolling(9).mean()).fillna(0)") + BODY,
        False,
    ),
    "a mean of all rows before": (
        OF_GROUPS.format(rate=SO_FAR.replace("expanding()", "shift(1).expanding()") + ".fillna(0)") + BODY,
        False,
    ),
    "trees added to answers of a model of training rows": (STARTED.replace("LEARNT", "a"), True),
    "a search by training rows": (BY_HAND.replace("JUDGE", "a[::3]"), True),
}


@pytest.mark.parametrize(("source", "able"), HONEST.values(), ids=HONEST.keys())
def test_what_may_rest_on_labels_is_left_alone(source: str, able: bool) -> None:
    found = looked(source)
    assert found.signals == ()
    assert (set(relabelled.CODES) <= found.able) is able


def test_chance_is_not_taken_for_a_label() -> None:
    """Answers that differ from run to run do so whoever's label was changed."""
    noise = """
def answers(model, x, y):
    return model.predict_proba(x + np.random.default_rng().random(len(x))[:, None])[:, 1]
"""
    assert "LEAK002" not in {signal.code for signal in looked(PLAIN + BODY + noise).signals}


@pytest.mark.parametrize("snippet", snippets.HONEST, ids=lambda snippet: snippet.name)
def test_nothing_is_held_against_the_honest(snippet: Snippet) -> None:
    try:
        found = looked(snippet.source.removeprefix(HEAD))
    except NotApplicable:
        return
    assert found.signals == ()


def test_labels_are_exchanged_and_nothing_else() -> None:
    """Of each class there are nearly as many as before, and only held-out rows of the later days are touched."""
    data = public(1500)
    plain = read(run(HEAD + PLAIN + BODY, data).account, len(data))
    choice = interference.choose(plain, data, challenge(), SEED)
    swapped = relabelled.swap(plain, choice, data, challenge(), SEED)
    differ = (swapped.data != data) & ~(swapped.data.isna() & data.isna())
    assert differ.any().loc[lambda some: some].index.tolist() == ["churned"]
    assert 0 < abs(swapped.data["churned"].sum() - data["churned"].sum()) < 0.1 * len(swapped.changed)
    assert set(differ.index[differ["churned"]]) == {data.index[row] for row in (*swapped.changed, *swapped.opening)}
    assert not {*swapped.changed, *swapped.opening} & {*swapped.kept, *swapped.first}
    day = pd.to_datetime(data["snapshot_date"])
    assert day.iloc[swapped.first].max() < day.iloc[swapped.opening].min()
    assert day.iloc[swapped.opening].max() < day.iloc[swapped.changed].min()


@pytest.mark.parametrize(
    ("other", "computed"), [((1, 9, 3, 4), True), ((1, 3, 9, 4), False), ((1, 2, 3, 4), False), ((9, 8, 7, 6), False)]
)
def test_columns_that_go_elsewhere_were_chosen(other: tuple[int, ...], computed: bool) -> None:
    assert relabelled._same_places((1, 2, 3, 4), other) is computed


def looked(source: str) -> Look:
    data = public(1500)
    plain = read(run(HEAD + source, data).account, len(data))
    choice = interference.choose(plain, data, challenge(), SEED)
    swapped = relabelled.swap(plain, choice, data, challenge(), SEED)
    other = read(run(HEAD + source, swapped.data).account, len(data))
    return relabelled.look(plain, other, choice, swapped, challenge(), Location)
