"""What a difference between two runs comes of: chance, scores on held-out rows, or their values."""

from __future__ import annotations

import pytest

from graders.checks.leakage import interference
from graders.checks.leakage.trace import read
from graders.model.submission import Location
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


TARGETS = """
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeRegressor
def evaluate(data):
    a, b = later(data)
    x, y = numbers(data).fillna(0).to_numpy(), data["churned"].to_numpy()
    ways = [y, np.where(x[:, 5] > np.median(x[a, 5]), y, 1 - y), x[:, 0] - x[:, 1]]
    def fit(way):
        return DecisionTreeRegressor(max_depth=3, random_state=0).fit(x[a], way[a])
    def score(model, rows):
        return roc_auc_score(y[rows], model.predict(x[rows]))
    best = max(ways, key=lambda way: score(fit(way), JUDGES))
    return {"roc_auc": score(fit(best), b)}
"""


@pytest.mark.parametrize(("judges", "codes"), [("b", {"LEAK006"}), ("a", set())])
def test_a_target_of_several_that_scores_chose_is_no_value_of_held_out_rows(judges: str, codes: set[str]) -> None:
    """The model is fitted on what another candidate had been fitted on before: nothing was computed of these rows."""
    source, data = HEAD + TARGETS.replace("JUDGES", judges), public(900)
    plain = read(run(source, data).account, len(data))
    choice = interference.choose(plain, data, challenge(), SEED)
    other = interference.perturb(
        interference.relabel(data, choice, challenge(), SEED), choice.moved, challenge(), SEED, against=True
    )
    moved = read(run(source, other).account, len(data))
    found = interference.look(plain, moved, choice, challenge(), Location)
    assert {signal.code for signal in found.signals} == codes


SETTINGS = """
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier
def evaluate(data):
    a, b = later(data)
    x, y = numbers(data).fillna(0).to_numpy(), data["churned"].to_numpy()
    tried = JUDGES[::2]
    def score(depth, known, asked):
        model = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(x[known], y[known])
        return roc_auc_score(y[asked], 1 - np.exp(-model.predict_proba(x[asked])[:, 1]))
    best = max((1, 3, 9), key=lambda depth: score(depth, np.setdiff1d(a, tried), tried))
    return {"roc_auc": score(best, a, b)}
"""


@pytest.mark.parametrize(("judges", "codes"), [("b", {"LEAK006"}), ("a", set())])
def test_a_setting_that_a_part_of_the_judged_rows_chose_is_named(judges: str, codes: set[str]) -> None:
    """The model learns what it learnt before, and judged rows as they were get another score."""
    source, data = HEAD + SETTINGS.replace("JUDGES", judges), public(900)
    plain = read(run(source, data).account, len(data))
    choice = interference.choose(plain, data, challenge(), SEED)
    other = interference.perturb(data, choice.moved, challenge(), SEED, against=True)
    moved = read(run(source, other).account, len(data))
    found = interference.look(plain, moved, choice, challenge(), Location)
    assert {signal.code for signal in found.signals} == codes
