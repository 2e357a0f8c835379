"""Rows are followed through tables of polars, which only the image has."""

from __future__ import annotations

import numpy as np

from graders.checks.leakage.trace import read
from graders.model.probe import Action, Probe
from sandbox.host.docker import DockerSandbox
from testing.builders import a_submission
from tests.graders.checks.leakage.traced import public

PIPELINE = """
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

COLUMNS = ["charge", "tickets_90d", "usage_trend"]

def evaluate(data):
    told = pl.DataFrame({c: data[c].to_list() for c in ("customer_id", "usage_trend", "tickets_90d", "age", "churned")})
    told = told.with_columns(pl.Series("day", data["snapshot_date"].to_list()).str.to_date())
    rows = told.lazy().with_columns(pl.col("age").sqrt().alias("charge")).collect()
    held = pl.col("customer_id") % 4 == 0
    past, later = rows.filter(~held), rows.filter(held).sort("usage_trend")
    model = LogisticRegression().fit(past.select(COLUMNS).to_numpy(), past["churned"].to_numpy())
    said = model.predict_proba(later.select(COLUMNS).to_numpy())[:, 1]
    return {"roc_auc": roc_auc_score(later["churned"], said)}

def train(data, model_dir):
    pass

def predict(data, model_dir):
    return [0.5] * len(data)
"""


def test_rows_of_polars_are_known(docker_sandbox: DockerSandbox) -> None:
    """Cut by an expression, sorted and handed on as plain numbers: the account names the rows fitted and judged."""
    data = public()
    probe = Probe("evaluate", Action.EVALUATE, data, traced=True)
    (result,) = docker_sandbox.start(a_submission({"pipeline.py": PIPELINE}), [probe]).result()
    assert result.ok, result.log
    trace = read(result.output, len(data))
    (fit,) = trace.fits
    assert not trace.lost
    (judged,) = (one for one in trace.judged if one.how == "roc_auc_score")
    assert fit.rows is not None
    assert judged.rows is not None
    held = np.flatnonzero(data["customer_id"] % 4 == 0)
    assert not set(fit.rows.members) & set(held)
    assert set(judged.rows.members) <= set(held)
    assert len(fit.rows) + len(judged.rows) > 0.98 * len(data)
