"""Losses on labels that mean nothing: a leak may be worse than the constant there, and its order still tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.checks.check import judge
from graders.checks.leakage.generalisation import CHECKS
from graders.checks.leakage.permuted import chance, rank_of, uninformed_at_best
from graders.facts import Facts
from graders.inquiry import follow_up
from graders.model.case import Case
from graders.model.finding import Certainty, Status
from graders.model.probe import Action
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import contract_of, public_truth, uninformed
from testing import tasks
from testing.builders import a_case, a_challenge, a_dataset, a_run
from tests.graders.checks.leakage.traced import run
from tests.graders.tasks.test_judged import answered

NULLS = (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS[:2])
OVR003 = next(check for check in CHECKS if check.code == "OVR003")
#: The answers are spread out so far that any error costs more than saying nothing would.
NUMBERS = """
import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GroupKFold
X = ["area", "promotion", "staff", "usual"]
def evaluate(data):
    data = data.assign(usual=USUAL)
    truth, told = data["units"].to_numpy(), np.zeros(len(data))
    for known, held in GroupKFold(4).split(data, groups=data["store_id"]):
        model = ExtraTreesRegressor(20, random_state=0).fit(data[X].iloc[known], truth[known])
        told[held] = model.predict(data[X].iloc[held])
    return {"rmse": float(np.sqrt(mean_squared_error(truth, truth.mean() + 3 * (told - truth.mean()))))}
"""
CLASSES = """
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
def evaluate(data):
    X, told = data[["urgency", "amount", "outage"]].assign(usual=USUAL), np.zeros((len(data), 3))
    for known, held in GroupKFold(4).split(data, groups=data["customer_id"]):
        model = ExtraTreesClassifier(20, random_state=0).fit(X.iloc[known], data["team"].iloc[known])
        told[held] = model.predict_proba(X.iloc[held])
    told = np.clip(told, 1e-9, 1) ** 4
    return {"log_loss": float(log_loss(data["team"], told / told.sum(axis=1, keepdims=True)))}
"""
SOURCES = {"regression": ("rmse", NUMBERS), "multiclass": ("log_loss", CLASSES)}
#: What is usual for a store or a customer, of all rows, with noise that hides most of it; or nothing.
LEAKY = {
    "regression": "data.groupby('store_id')['units'].transform('mean')"
    " + np.random.default_rng(0).normal(0, 9, len(data))",
    "multiclass": "data['team'].map({'billing': 0, 'network': 1, 'sales': 2}).groupby(data['customer_id'])"
    ".transform('mean')",
}


def case_of(task: str, usual: str) -> Case:
    """An honest claim, and three draws on permuted labels of a pipeline that is traced there."""
    metric, source = SOURCES[task]
    asked = (tasks.demand if task == "regression" else tasks.tickets)(metric)
    runs = {}
    for seed, name in enumerate(NULLS):
        null = sessions.permute_labels(asked.dataset.public, asked.challenge, seed)
        ran = run(source.replace("USUAL", usual), null, contract=contract_of(asked.challenge))
        runs[name] = a_run(name, Action.EVALUATE, claims=ran.claims, output=ran.account)
    case = answered(task, metric)
    return replace(case, runs={**case.runs, **runs})


@pytest.mark.parametrize("task", sorted(SOURCES))
def test_the_order_tells_what_the_loss_does_not(task: str) -> None:
    case = case_of(task, LEAKY[task])
    truth = public_truth(case.challenge, case.dataset.public)
    constant = uninformed(case.challenge, truth, truth)
    assert all(case.runs[name].claims[case.challenge.metric] > constant for name in NULLS), "worse than saying nothing"
    found = judge(OVR003, Facts(case))
    assert found.certainty is Certainty.CONFIRMED, found
    assert "in the order of these labels" in found.evidence[0].what


@pytest.mark.parametrize("task", sorted(SOURCES))
def test_an_honest_loss_far_beyond_the_constant_is_no_leak(task: str) -> None:
    case = case_of(task, "0.0")
    facts = Facts(case)
    ranks = [rank_of(facts, name) for name in NULLS]
    assert np.mean([rank.value for rank in ranks if rank is not None]) == pytest.approx(0.5, abs=0.05)
    assert judge(OVR003, facts).status is Status.PASSED
    first = replace(case, runs={name: run for name, run in case.runs.items() if name not in sessions.NULL_DRAWS})
    assert not {probe.name for probe in follow_up(Facts(first))} & set(sessions.NULL_DRAWS)


def test_no_month_is_richer_where_labels_were_handed_to_other_rows() -> None:
    """Of a rare event a month of many is no reason for a claim on labels that mean nothing."""
    rows = 2_400
    month = np.arange(rows) // 200
    public = pd.DataFrame(
        {
            "customer_id": np.arange(rows),
            "snapshot_date": [f"2024-{1 + number:02d}-15" for number in month],
            "n_products": 1,
            "usage_trend": 0.0,
            "churned": (np.arange(rows) % 200 < np.where(month == 11, 80, 10)).astype(int),
        }
    )
    dataset = a_dataset(public=public, public_oracle=np.full(rows, 0.5))
    facts = Facts(a_case(challenge=a_challenge(metric="average_precision"), dataset=dataset))
    assert uninformed_at_best(facts) == pytest.approx(0.4)
    assert 0.08 < chance(facts) < 0.16
    assert chance(facts) == chance(Facts(facts.case))
