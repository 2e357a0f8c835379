"""Boosters' own interfaces, by keyword and by parts of their containers, and a library that is given its rows first."""

from __future__ import annotations

import sys
from textwrap import dedent
from types import ModuleType

import numpy as np
import pytest

from graders.checks.leakage.claimed import claimed, overlap
from graders.checks.leakage.trace import Judgement, Trace, read
from tests.graders.checks.leakage.traced import public, run

WAYS = {
    "lightgbm by keyword": "lgb.train(params=L, train_set=lgb.Dataset(data=X, label=y)).predict(late)",
    "a subset of a Dataset": "lgb.train(L, every_l.subset(early), 2).predict(late)",
    "labels set afterwards": "labelled(lgb.Dataset(X), y).predict(late)",
    "a model as text": "lgb.Booster(model_str=lgb.train(L, lgb.Dataset(X, y), 2).model_to_string()).predict(late)",
    "a model of lightgbm.cv": "lgb.cv(L, lgb.Dataset(X, y), 2, nfold=2, **KEEP)['cvbooster'].predict(late)",
    "xgboost by keyword": "xgb.train(params=B, dtrain=xgb.DMatrix(data=X, label=y), num_boost_round=2).predict(matrix)",
    "a slice of a DMatrix": "xgb.train(B, every_x.slice(early), 2).predict(every_x.slice(others))",
    "a model as bytes": "again(xgb.train(B, xgb.DMatrix(X, y), 2).save_raw()).predict(matrix)",
}
SOURCE = """
    import lightgbm as lgb
    import numpy as np
    import xgboost as xgb
    COLUMNS = ["age", "tickets_90d", "discount_pct"]
    L, B, KEEP = {"verbose": -1, "num_threads": 1, "num_iterations": 2}, {"nthread": 1}, {"return_cvbooster": True}
    def labelled(box, y):
        box.set_label(y)
        return lgb.train(L, box, 2)
    def again(text):
        model = xgb.Booster()
        model.load_model(text)
        return model
    def evaluate(data):
        first = data["customer_id"] % 3 != 0
        early, others = np.flatnonzero(first), np.flatnonzero(~first)
        X, y, late = data[first][COLUMNS], data[first]["churned"], data[~first][COLUMNS]
        every_l = lgb.Dataset(data[COLUMNS], data["churned"], free_raw_data=False)
        every_x, matrix = xgb.DMatrix(data[COLUMNS], data["churned"]), xgb.DMatrix(late)
        WAYS
        told = {}
        sets = [(xgb.DMatrix(late, data[~first]["churned"]), "test")]
        xgb.train({**B, "eval_metric": "auc"}, xgb.DMatrix(X, y), 2, evals=sets, evals_result=told, verbose_eval=False)
        text = xgb.train({**B, "eval_metric": "auc"}, xgb.DMatrix(X, y), 2).eval_set([(every_x, "all"), *sets])
        box = lgb.Dataset(X, y)
        apart = lgb.Dataset(late, data[~first]["churned"], reference=box)
        own = lgb.train({**L, "metric": "auc"}, box, 2, keep_training_booster=True).eval(apart, "own")[0][2]
        return {"roc_auc": told["test"]["auc"][-1], "text": float(text.rpartition(":")[2]), "own": own}
"""


@pytest.fixture(scope="module")
def trace() -> Trace:
    source = dedent(SOURCE).replace("WAYS", "\n    ".join(WAYS.values()))
    return read(run(source, public(200)).account, len(public(200)))


def held_out(trace: Trace, judged: Judgement) -> bool:
    """Whether a model of the first customers, and of no other, is judged on all of the others."""
    first = (public(200)["customer_id"] % 3 != 0).to_numpy()
    fit = trace.fits[judged.fit] if judged.fit is not None else None
    known = fit is not None and fit.rows is not None and judged.rows is not None
    if not known or fit is None or fit.rows is None or judged.rows is None:
        return False
    return first[fit.rows.members].all() and sorted(judged.rows.members) == sorted(np.flatnonzero(~first))


@pytest.mark.parametrize("number", range(len(WAYS)), ids=list(WAYS))
def test_its_rows_are_known(trace: Trace, number: int) -> None:
    lines = sorted({one.place.line for one in trace.judged if one.how == "predict" and one.place is not None})
    at_line = [one for one in trace.judged if one.how == "predict" and one.place and one.place.line == lines[number]]
    assert len(at_line) == 1 + list(WAYS)[number].startswith("a model of")
    assert all(held_out(trace, one) for one in at_line)
    assert not trace.lost


@pytest.mark.parametrize(("how", "claim"), [("test auc, last", "roc_auc"), ("test-auc", "text"), ("own-auc", "own")])
def test_what_a_booster_says_of_other_rows_is_their_judgement(trace: Trace, how: str, claim: str) -> None:
    """In its training, and asked afterwards about one set or several."""
    (told,) = (one for one in trace.judged if one.how == how)
    assert told.value == trace.claims[claim]
    assert held_out(trace, told)


CATBOOST = """
import numpy as np
class Pool:
    def __init__(self, data, label=None):
        self.rows = len(data)
    def slice(self, rows):
        return self
class CatBoost:
    def fit(self, X, y=None):
        return self
    def predict(self, data):
        return np.zeros(len(data))
    def eval_metrics(self, data, metrics):
        return {metrics[0]: [0.6, 0.7, 0.65]}
CatBoostClassifier = CatBoostRegressor = CatBoost
def cv(pool=None, params=None, folds=None):
    pairs = list(folds.split(np.zeros(pool.rows)) if hasattr(folds, "split") else folds)
    return {"test-AUC-mean": [0.6, 0.7, 0.5 + len(pairs) / 100]}
"""


@pytest.mark.parametrize("folds", ["KFold(3)", "list(KFold(3).split(data))", "KFold(3).split(data)"])
def test_folds_that_a_library_is_given_are_known(folds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library in the shape of CatBoost, which is not there everywhere."""
    library = ModuleType("catboost")
    exec(CATBOOST, vars(library))  # noqa: S102  (the text is the one above)
    monkeypatch.setitem(sys.modules, "catboost", library)
    source = f"""
    import catboost
    from sklearn.model_selection import KFold
    def evaluate(data):
        pool = catboost.Pool(data[["age", "tickets_90d", "discount_pct"]], data["churned"])
        model = catboost.CatBoost().fit(data[["age", "tickets_90d"]][:400], data["churned"][:400])
        own = model.eval_metrics(catboost.Pool(data[["age", "tickets_90d"]][400:]), ["AUC"])["AUC"][-1]
        return {{"roc_auc": catboost.cv(pool, {{}}, folds={folds})["test-AUC-mean"][-1], "own": own}}
    """
    told = read(run(dedent(source), public(200)).account, len(public(200)))
    behind = claimed(told)
    assert told.claims == {"roc_auc": 0.53, "own": 0.65}
    assert [len(one.rows or ()) for one in told.judged if one.how == "AUC, last"] == [len(public(200)) - 400]
    assert [len(leaf.rows or ()) for leaf in behind.leaves] == [len(part) for part in np.array_split(public(200), 3)]
    fits = [told.fits[leaf.fit] for leaf in behind.leaves if leaf.fit is not None]
    assert all(
        fit.rows is not None and not overlap(fit.rows, leaf.rows) for fit, leaf in zip(fits, behind.leaves, strict=True)
    )


def test_a_model_that_is_given_its_rows_when_it_is_made_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library in the shape of statsmodels, which is not there everywhere."""
    library = ModuleType("statsmodels.base.model")
    exec(  # noqa: S102  (the text is this one)
        dedent("""
        import numpy as np
        class Model:
            def __init__(self, endog, exog=None, **options):
                self.endog, self.exog = endog, exog
            def fit(self):
                return Results(self, np.array([1.0, 2.0, 3.0]))
        class Results:
            def __init__(self, model, params):
                self.model, self.params = model, params
            def predict(self, exog=None):
                return exog @ self.params
        """),
        vars(library),
    )
    for name in ("statsmodels", "statsmodels.base"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "statsmodels.base.model", library)
    source = """
    from statsmodels.base.model import Model
    COLUMNS = ["age", "tickets_90d", "discount_pct"]
    def evaluate(data):
        first = data["customer_id"] % 3 != 0
        fitted = Model(data[first]["churned"], data[first][COLUMNS]).fit()
        fitted.predict(data[~first][COLUMNS])
        data[~first][COLUMNS].to_numpy() @ fitted.params
        return {"roc_auc": 0.5}
    """
    told = read(run(dedent(source), public(200)).account, len(public(200)))
    asked = [(one.how, held_out(told, one)) for one in told.judged if one.how in ("predict", "coef_")]
    assert asked == [("predict", True), ("coef_", True)]
