"""When a run on permuted labels shows that chance made no difference."""

from __future__ import annotations

import pytest

from graders.checks.leakage import interference
from graders.checks.leakage.trace import read
from graders.probes import sessions
from tests.graders.checks.leakage.snippets import HEAD
from tests.graders.checks.leakage.traced import SEED, challenge, public, run

EVALUATE = """
from sklearn.naive_bayes import GaussianNB
from sklearn.metrics import roc_auc_score
def evaluate(data):
    a, b = later(data)
    x, y = features(data), data["churned"].to_numpy()
    {order}
    model = GaussianNB().fit(x[a], y[a])
    return {{"roc_auc": roc_auc_score(y[b], model.predict_proba(x[b])[:, 1])}}
"""
SCALED = """
def features(data):
    x = numbers(data).fillna(0).to_numpy()
    return (x - x.mean(axis=0)) / x.std(axis=0)
"""
CLEAN = """
def features(data):
    return numbers(data).fillna(0).to_numpy()
"""
ENCODED = """
def features(data):
    x = numbers(data).fillna(0)
    return x.assign(rate=data["churned"].groupby(data["usage_gb"].round(-1)).transform("mean")).to_numpy()
"""
SHUFFLED = "a = np.random.default_rng().permutation(a)"

#: What is fitted -> whether other held-out features made the difference, for sure.
FITTED = {
    "scaled before the split": (SCALED, "", True),
    "nothing differs": (CLEAN, "", False),
    "a rate of labels, which differs with these": (ENCODED, "", False),
    "scaled before the split, and in another order each time": (SCALED, SHUFFLED, False),
}


@pytest.mark.parametrize(("features", "order", "sure"), FITTED.values(), ids=FITTED.keys())
def test_the_same_values_on_permuted_labels_rule_chance_out(features: str, order: str, sure: bool) -> None:
    """A third run is needed only where the values differ with the labels, or by themselves."""
    source, data = HEAD + features + EVALUATE.format(order=order), public()
    plain = read(run(source, data).account, len(data))
    choice = interference.choose(plain, data, challenge(), SEED)
    others = interference.perturb(data, choice.moved, challenge(), SEED), sessions.permute_labels(data, challenge(), 1)
    moved, null = (read(run(source, rows).account, len(data)) for rows in others)
    assert interference.fits_the_same(plain, moved, null, choice) is sure
