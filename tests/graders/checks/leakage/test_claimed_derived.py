"""A claim finds its models where what is judged was derived from their answers, or the target from the data's."""

from __future__ import annotations

import pytest

from graders.checks.leakage.claimed import claimed, fit_of
from graders.checks.leakage.trace import Trace, read
from graders.tasks.asked import contract_of, metric_of
from tests.graders.checks.leakage.test_claimed_of_tasks import asked
from tests.graders.checks.leakage.traced import run

FRAME = """
import numpy as np, pandas as pd
from scipy.special import softmax
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import *
from sklearn.model_selection import GroupKFold, RepeatedKFold
from sklearn.preprocessing import LabelEncoder, StandardScaler
UNIT, X, Y = COLUMNS
TEAMS = ["billing", "network", "sales"]
def parts(data):
    late = (data[UNIT] % 3 == 0).to_numpy()
    return data[~late], data[late]
def folds(data):
    for a, b in GroupKFold(4).split(data, groups=data[UNIT]):
        yield data.iloc[a], data.iloc[b]
def fit(rows): return LogisticRegression(max_iter=50).fit(rows[X], rows[Y])
BODY
def evaluate(data):
    return {METRIC: float(claim(data))}
"""
COLUMNS = {
    "regression": ("store_id", ["area", "promotion", "staff"], "units"),
    "multiclass": ("customer_id", ["urgency", "amount", "outage"], "team"),
}
#: How a claim is made: the metric, the models behind it, the code.
WAYS: dict[str, tuple[str, int, str]] = {
    "logarithms, and back on both sides": (
        "rmse",
        1,
        """
def claim(data):
    data = data.copy(); data["y"] = np.log1p(data[Y])
    a, b = parts(data)
    p = Ridge().fit(a[X], a["y"]).predict(b[X])
    return root_mean_squared_error(np.expm1(b["y"]), np.expm1(p).clip(0))
""",
    ),
    "a target scaled by hand": (
        "mae",
        1,
        """
def claim(data):
    a, b = parts(data); m, s = a[Y].mean(), a[Y].std()
    p = Ridge().fit(a[X], (a[Y]-m)/s).predict(b[X])
    return mean_absolute_error(b[Y].values, p*s+m)
""",
    ),
    "a target scaled by a library": (
        "mae",
        1,
        """
def claim(data):
    a, b = parts(data); sc = StandardScaler().fit(a[[Y]])
    p = Ridge().fit(a[X], sc.transform(a[[Y]]).ravel()).predict(b[X])
    return mean_absolute_error(b[Y], sc.inverse_transform(p.reshape(-1,1)).ravel())
""",
    ),
    "the mean of ninety draws, of which sixty are looked at": (
        "mae",
        1,
        """
def claim(data):
    a, b = parts(data); p = Ridge().fit(a[X], a[Y]).predict(b[X]); y = b[Y].to_numpy()
    draws = np.random.default_rng(0).integers(0, len(y), (90, len(y)))
    return np.mean([mean_absolute_error(y[i], p[i]) for i in draws])
""",
    ),
    "clipped and rounded": (
        "mae",
        1,
        """
def claim(data):
    a, b = parts(data)
    p = pd.Series(Ridge().fit(a[X], a[Y]).predict(b[X]), index=b.index).clip(lower=0).round()
    return (b[Y] - p).abs().mean()
""",
    ),
    "a column of a frame, filled fold by fold": (
        "mae",
        4,
        """
def claim(data):
    data = data.copy(); data["pred"] = np.nan
    for a, b in folds(data):
        data.loc[b.index, "pred"] = np.expm1(Ridge().fit(a[X], np.log1p(a[Y])).predict(b[X]))
    return mean_absolute_error(data[Y], data["pred"])
""",
    ),
    "an array, filled fold by fold": (
        "rmse",
        4,
        """
def claim(data):
    oof = np.zeros(len(data)); y = data[Y].to_numpy()
    for a, b in GroupKFold(4).split(data, groups=data[UNIT]):
        oof[b] = np.maximum(np.expm1(Ridge().fit(data[X].iloc[a], np.log1p(y[a])).predict(data[X].iloc[b])), 0)
    return np.sqrt(mean_squared_error(y, oof))
""",
    ),
    "frames of folds put behind each other": (
        "mae",
        4,
        """
def claim(data):
    out = []
    for a, b in folds(data):
        out.append(b.assign(pred=np.clip(Ridge().fit(a[X], a[Y]).predict(b[X]), 0, None)))
    out = pd.concat(out, ignore_index=True)
    return (out["pred"] - out[Y]).abs().mean()
""",
    ),
    "lists that grow": (
        "mae",
        4,
        """
def claim(data):
    ys, ps = [], []
    for a, b in folds(data):
        ps.extend(np.exp(Ridge().fit(a[X], np.log(a[Y]+1)).predict(b[X])) - 1); ys.extend(b[Y])
    return mean_absolute_error(ys, ps)
""",
    ),
    "joined by a key": (
        "mae",
        1,
        """
def claim(data):
    data = data.reset_index(names="row")
    a, b = parts(data)
    p = pd.DataFrame({"row": b["row"], "pred": Ridge().fit(a[X], a[Y]).predict(b[X])})
    m = b[["row", Y]].merge(p, on="row")
    return mean_absolute_error(m[Y], m["pred"].clip(lower=0))
""",
    ),
    "a target that is corrected first": (
        "mae",
        1,
        """
def claim(data):
    data = data.assign(asked=data[Y] * np.where(data["promotion"] == 1, 1.1, 1.0))
    a, b = parts(data)
    return mean_absolute_error(b["asked"], Ridge().fit(a[X], a["asked"]).predict(b[X]) * 0.97)
""",
    ),
    "a mean over months of pooled folds": (
        "mae",
        4,
        """
def claim(data):
    out = pd.concat([b.assign(p=Ridge().fit(a[X], a[Y]).predict(b[X])) for a, b in folds(data)])
    return np.mean([mean_absolute_error(r[Y], r["p"]) for _, r in out.groupby("month")])
""",
    ),
    "rounds that judge the same rows": (
        "mae",
        3,
        """
def claim(data):
    a, b = parts(data); out = []
    for k in range(3):
        t = a[a[UNIT] % 5 != k]
        out.append(b.assign(p=0.97 * Ridge().fit(t[X], t[Y]).predict(b[X])))
    out = pd.concat(out, ignore_index=True)
    return mean_absolute_error(out[Y], out["p"])
""",
    ),
    "a blend": (
        "mae",
        2,
        """
def claim(data):
    a, b = parts(data)
    p, q = (m.fit(a[X], a[Y]).predict(b[X]) for m in (Ridge(), HistGradientBoostingRegressor(max_iter=20)))
    return mean_absolute_error(b[Y], 0.5 * p + 0.5 * q)
""",
    ),
    "repeated folds, averaged": (
        "mae",
        8,
        """
def claim(data):
    tot = np.zeros(len(data)); y = np.log1p(data[Y].to_numpy())
    for a, b in RepeatedKFold(n_splits=4, n_repeats=2, random_state=0).split(data):
        tot[b] += np.expm1(Ridge().fit(data[X].iloc[a], y[a]).predict(data[X].iloc[b]))
    return mean_absolute_error(data[Y], tot / 2)
""",
    ),
    "folds aligned by index": (
        "rmse",
        4,
        """
def claim(data):
    parts = []
    for a, b in folds(data):
        parts.append(pd.Series(np.expm1(Ridge().fit(a[X], np.log1p(a[Y])).predict(b[X])), index=b.index))
    p = pd.concat(parts).sort_index()
    return float(((data[Y] - p) ** 2).mean() ** 0.5)
""",
    ),
    "a booster's own interface, with logarithms": (
        "mae",
        1,
        """
import lightgbm as lgb
def claim(data):
    a, b = parts(data)
    inner = a[UNIT] % 4 == 1
    ds, dv = (lgb.Dataset(a.loc[some, X], np.log1p(a.loc[some, Y])) for some in (~inner, inner))
    stop = [lgb.early_stopping(5, verbose=False)]
    m = lgb.train({"objective": "l1", "verbose": -1, "num_threads": 1}, ds, 50, valid_sets=[dv], callbacks=stop)
    return mean_absolute_error(b[Y], np.expm1(m.predict(b[X])))
""",
    ),
    "frames with classes as columns": (
        "log_loss",
        4,
        """
def claim(data):
    ps, ys = [], []
    for a, b in folds(data):
        m = fit(a)
        p = pd.DataFrame(m.predict_proba(b[X]), columns=m.classes_, index=b.index)
        ps.append(p.reindex(columns=TEAMS, fill_value=0)); ys.append(b[Y])
    return log_loss(pd.concat(ys), pd.concat(ps), labels=TEAMS)
""",
    ),
    "a matrix, clipped and made to sum to one": (
        "log_loss",
        4,
        """
def claim(data):
    oof = np.zeros((len(data), 3)); y = data[Y].map(TEAMS.index).to_numpy()
    for a, b in GroupKFold(4).split(data, groups=data[UNIT]):
        oof[b] = fit(data.iloc[a]).predict_proba(data[X].iloc[b])
    oof = np.clip(oof, 0.01, 0.99); oof /= oof.sum(axis=1, keepdims=True)
    return log_loss(y, oof)
""",
    ),
    "a loss by hand": (
        "log_loss",
        1,
        """
def claim(data):
    a, b = parts(data); p = fit(a).predict_proba(b[X])
    codes = b[Y].map(TEAMS.index).to_numpy()
    return -np.mean(np.log(p[np.arange(len(b)), codes]))
""",
    ),
    "a loss by hand, over folds": (
        "log_loss",
        4,
        """
def claim(data):
    out = []
    for a, b in folds(data):
        p = fit(a).predict_proba(b[X]); codes = b[Y].map(TEAMS.index).to_numpy()
        out.append(-np.log(np.clip(p[np.arange(len(b)), codes], 1e-15, 1)))
    return np.concatenate(out).mean()
""",
    ),
    "classes decided from a matrix": (
        "f1_macro",
        4,
        """
def claim(data):
    oof = np.zeros((len(data), 3))
    for a, b in GroupKFold(4).split(data, groups=data[UNIT]):
        oof[b] = fit(data.iloc[a]).predict_proba(data[X].iloc[b])
    return f1_score(data[Y], np.array(TEAMS)[oof.argmax(axis=1)], average="macro")
""",
    ),
    "numbered classes in a frame": (
        "balanced_accuracy",
        4,
        """
def claim(data):
    data = data.copy(); data["y"] = LabelEncoder().fit_transform(data[Y]); data["pred"] = -1
    for a, b in folds(data):
        data.loc[b.index, "pred"] = LogisticRegression().fit(a[X], a["y"]).predict(b[X])
    return balanced_accuracy_score(data["y"], data["pred"])
""",
    ),
    "a softmax of distances": (
        "log_loss",
        1,
        """
def claim(data):
    a, b = parts(data)
    return log_loss(b[Y], softmax(fit(a).decision_function(b[X]) / 1.2, axis=1))
""",
    ),
    "one model for each class": (
        "log_loss",
        3,
        """
def claim(data):
    a, b = parts(data)
    p = np.column_stack([LogisticRegression().fit(a[X], a[Y] == t).predict_proba(b[X])[:, 1] for t in TEAMS])
    return log_loss(b[Y], p / p.sum(axis=1, keepdims=True))
""",
    ),
    "recalls by hand": (
        "balanced_accuracy",
        1,
        """
def claim(data):
    a, b = parts(data); p = fit(a).predict(b[X]); y = b[Y].to_numpy()
    return np.mean([(p[y == t] == t).mean() for t in TEAMS])
""",
    ),
}


def traced(metric: str, body: str) -> Trace:
    challenge, dataset = asked(metric).challenge, asked(metric).dataset
    source = FRAME.replace("COLUMNS", repr(COLUMNS[challenge.task])).replace("BODY", body)
    ran = run(source.replace("METRIC", repr(metric)), dataset.public, contract=contract_of(challenge))
    assert metric in ran.claims
    own = metric_of(challenge)
    trace = read(ran.account, len(dataset.public))
    return Trace(**{**vars(trace), "metric": metric, "loss": not own.higher, "rooted": own.rooted})


@pytest.mark.parametrize(("metric", "models", "body"), WAYS.values(), ids=WAYS)
def test_what_was_derived_leads_back_to_the_models(metric: str, models: int, body: str) -> None:
    trace = traced(metric, body)
    found = claimed(trace)
    assert found.linked
    assert not trace.lost
    assert len({leaf.fit for leaf in found.leaves}) == models
    assert all(fit_of(trace, leaf) is not None and leaf.rows is not None for leaf in found.leaves)


def test_a_function_that_also_predicts_training_rows_is_no_leak() -> None:
    """Scores on both parts of each fold come from one line; only those of the held-out part make up the claim."""
    body = """
def told(model, rows):
    return np.expm1(model.predict(rows[X]))
def claim(data):
    out = []
    for a, b in folds(data):
        model = Ridge().fit(a[X], np.log1p(a[Y]))
        print(mean_absolute_error(a[Y], told(model, a)))
        out.append(b.assign(p=told(model, b)))
    out = pd.concat(out, ignore_index=True)
    return np.mean([mean_absolute_error(rows[Y], rows["p"]) for _, rows in out.groupby("month")])
"""
    trace = traced("mae", body)
    leaves = claimed(trace).leaves
    assert len(leaves) == 4
    for leaf in leaves:
        fit = fit_of(trace, leaf)
        assert fit is not None
        assert fit.rows is not None
        assert leaf.rows is not None
        assert not set(fit.rows.members.tolist()) & set(leaf.rows.members.tolist())


@pytest.mark.parametrize("scored", ["p[held]", "(p + 1.0)[held]"], ids=["as it was told", "moved"])
def test_of_a_model_that_is_asked_about_all_rows_only_judged_ones_count(scored: str) -> None:
    """Its training rows are among those it was asked about, and the claim is of the others."""
    body = """
def claim(data):
    held = data["month"].isin(sorted(data["month"].unique())[-2:]).to_numpy()
    p = Ridge().fit(data[X][~held], data[Y][~held]).predict(data[X])
    return mean_absolute_error(data[Y][held], SCORED)
""".replace("SCORED", scored)
    trace = traced("mae", body)
    (leaf,) = claimed(trace).leaves
    fit = fit_of(trace, leaf)
    assert fit is not None
    assert fit.rows is not None
    assert leaf.rows is not None
    assert len(fit.rows) + len(leaf.rows) == trace.rows
    assert not set(fit.rows.members.tolist()) & set(leaf.rows.members.tolist())
    assert leaf.rank is not None
    assert leaf.rank != trace.judged[leaf.id].rank
