"""A part of a fitted object, a copy of it, and what keeps another as it is, are known by the rows they have seen."""

from __future__ import annotations

from textwrap import dedent

import pytest

from graders.checks.leakage.trace import Trace, read
from tests.graders.checks.leakage.traced import public, run

WAYS = {
    "the best of a search": 'asked(GridSearchCV(Model(), {"var_smoothing": [1e-9]}, cv=2).fit(X, y).best_estimator_)',
    "a step by its name": 'asked(piped.named_steps["m"], piped.named_steps["s"].transform(late))',
    "slices of a pipeline": "asked(piped[-1], piped[:-1].transform(late))",
    "steps of the best": "asked(searched.best_estimator_[-1], searched.best_estimator_[:-1].transform(late))",
    "a member of an ensemble": 'asked(VotingClassifier([("a", Model())]).fit(X, y).estimators_[0])',
    "a model of cross_validate": 'asked(cross_validate(Model(), X, y, cv=one, return_estimator=True)["estimator"][0])',
    "a copy": "asked(copy.deepcopy(Model().fit(X, y)))",
    "a copy of a part": "asked(copy.deepcopy({'model': piped[-1]})['model'], piped[:-1].transform(late))",
    "what a threshold was chosen for": "asked(TunedThresholdClassifierCV(Model(), cv=2).fit(X, y).estimator_)",
    "calibrated as it was": "asked(Calibrated(Frozen(Model().fit(X, y))).fit(X[:40], y[:40]))",
    "the best, calibrated": "asked(Calibrated(Frozen(searched.best_estimator_)).fit(X[:40], y[:40]))",
    "stacked as it was": 'asked(StackingClassifier([("a", Model().fit(X, y))], cv="prefit").fit(X[:40], y[:40]))',
}
SOURCE = """
    import copy
    import numpy as np
    from sklearn.calibration import CalibratedClassifierCV as Calibrated
    from sklearn.ensemble import StackingClassifier, VotingClassifier
    from sklearn.frozen import FrozenEstimator as Frozen
    from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV, cross_validate
    from sklearn.naive_bayes import GaussianNB as Model
    from sklearn.pipeline import make_pipeline, Pipeline
    from sklearn.preprocessing import StandardScaler
    COLUMNS = ["age", "tickets_90d", "discount_pct"]
    def evaluate(data):
        early, last = data[data["customer_id"] % 3 != 0], data[data["customer_id"] % 3 == 0]
        X, y, late = early[COLUMNS], early["churned"], last[COLUMNS]
        one = [(np.arange(len(early)), np.arange(len(early)))]
        piped = Pipeline([("s", StandardScaler()), ("m", Model())]).fit(X, y)
        grid = {"gaussiannb__var_smoothing": [1e-9, 1e-3]}
        searched = GridSearchCV(make_pipeline(StandardScaler(), Model()), grid, cv=2).fit(X, y)
        def asked(model, rows=late):
            return model.predict_proba(rows)
        WAYS
        return {"roc_auc": 0.5}
"""


@pytest.fixture(scope="module")
def trace() -> Trace:
    source = dedent(SOURCE).replace("WAYS", "\n    ".join(WAYS.values()))
    return read(run(source, public(200)).account, len(public(200)))


@pytest.mark.parametrize("number", range(len(WAYS)), ids=list(WAYS))
def test_it_has_seen_the_rows_of_its_fit(trace: Trace, number: int) -> None:
    told = [judged for judged in trace.judged if judged.how == "predict_proba"][number]
    assert told.fit is not None
    fitted = trace.fits[told.fit].rows
    sides = public(200)["customer_id"] % 3 == 0
    assert fitted is not None
    assert told.rows is not None
    assert sorted(fitted.members) == sorted(sides.index[~sides])
    assert sorted(told.rows.members) == sorted(sides.index[sides])


def test_what_saw_other_rows_than_the_whole_is_not_known() -> None:
    """Members of a bag may be asked about the rows that they did not draw, and models of folds about those left out."""
    source = """
    from sklearn.base import BaseEstimator
    from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
    from sklearn.naive_bayes import GaussianNB
    class Folds(BaseEstimator):
        def fit(self, X, y):
            self.models_ = [GaussianNB().fit(X[part::2], y[part::2]) for part in (0, 1)]
            return self
    def evaluate(data):
        X, y = data[["age", "tickets_90d"]].to_numpy(), data["churned"].to_numpy()
        BaggingClassifier(GaussianNB(), n_estimators=2).fit(X, y).estimators_[0].predict_proba(X[:90])
        RandomForestClassifier(n_estimators=2).fit(X, y).estimators_[0].predict_proba(X[:90])
        Folds().fit(X, y).models_[0].predict_proba(X[1::2])
        return {"roc_auc": 0.5}
    """
    told = read(run(dedent(source), public(200)).account, len(public(200)))
    assert [judged.fit for judged in told.judged if judged.how == "predict_proba"] == [None] * 3


def test_a_step_that_is_fitted_again_by_itself_is_its_own() -> None:
    """The rows that it saw in the pipeline before are forgotten, as they are by the step."""
    source = """
    from sklearn.naive_bayes import GaussianNB as Model
    from sklearn.pipeline import make_pipeline
    def evaluate(data):
        X, y = data[["age", "tickets_90d"]], data["churned"]
        model = Model()
        make_pipeline(model).fit(X, y)
        model.fit(X[:90], y[:90])
        model.predict_proba(X[90:])
        return {"roc_auc": 0.5}
    """
    told = read(run(dedent(source), public(200)).account, len(public(200)))
    (asked,) = (judged for judged in told.judged if judged.how == "predict_proba")
    assert asked.fit is not None
    assert len(told.fits[asked.fit].rows or ()) == 90


def test_the_folds_of_a_search_that_is_enabled_later_are_seen() -> None:
    """Its best score is of the rows of its folds, and not of all that its last model was fitted on."""
    source = """
    from sklearn.experimental import enable_halving_search_cv
    from sklearn.model_selection import HalvingGridSearchCV
    from sklearn.tree import DecisionTreeClassifier
    def evaluate(data):
        X, y = data[["age", "tickets_90d"]], data["churned"]
        late = (data["customer_id"] % 3 == 0).to_numpy()
        grid = {"max_leaf_nodes": [2, 3]}
        model = DecisionTreeClassifier()
        search = HalvingGridSearchCV(model, grid, resource="max_depth", max_resources=4, cv=[(~late, late)])
        return {"roc_auc": float(search.fit(X, y).best_score_)}
    """
    told = read(run(dedent(source), public(200)).account, len(public(200)))
    (best,) = (judged for judged in told.judged if judged.how == "best_score_")
    (fold,) = (told.judged[number] for number in best.of)
    assert fold.rows is not None
    assert len(fold.rows) == (public(200)["customer_id"] % 3 == 0).sum()
