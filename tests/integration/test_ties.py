"""Nearest neighbours that rounding decides between, through a sandbox: nobody is told that rows leak into another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.catalog import BY_CODE
from graders.checks.check import judge
from graders.facts import Facts
from graders.model.case import Case
from graders.model.finding import Certainty, Status
from graders.probes import sessions
from graders.probes.names import ProbeName
from sandbox.host.local import LocalSandbox
from testing import tasks
from testing.builders import a_submission

#: Whole numbers and yes or no, scaled: many known rows are equally far but for the last bits.  Few rows are reckoned
#: by the differences themselves, many by the product of matrices, as libraries do by the size of a batch.
NEIGHBOURS = """
import joblib
import numpy as np


def features(data):
    steps = [data["promotion"], np.floor(3 * data["area"]), np.floor(4 * data["staff"]), data["region"] == "north"]
    return np.column_stack(steps).astype(np.float64)


def train(data, model_dir):
    known = features(data)
    scale = known.std(axis=0)
    joblib.dump((known / scale, scale, data["units"].to_numpy()), model_dir / "model.joblib")


def evaluate(data):
    return {"mae": 8.0}


def distances(rows, known):
    if len(rows) < 128:
        return ((rows[:, None] - known[None]) ** 2).sum(axis=-1)
    return (rows**2).sum(axis=1)[:, None] - 2 * rows @ known.T + (known**2).sum(axis=1)


def predict(data, model_dir):
    known, scale, units = joblib.load(model_dir / "model.joblib")
    nearest = np.argsort(distances(features(data) / scale, known), axis=1, kind="stable")[:, :7]
    return units[nearest].mean(axis=1)
"""
CODES = ("LEAK010", "SKEW001")
ASKED = (ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED)


@pytest.fixture(scope="module")
def of_neighbours() -> Case:
    """All that is asked of such a model and its batches."""
    task = tasks.demand()
    challenge, dataset, submission = task.challenge, task.dataset, a_submission({"pipeline.py": NEIGHBOURS})
    with LocalSandbox() as box:
        (trained,) = box.start(submission, sessions.counted_session(challenge, dataset, 3)[:1]).result()
        assert trained.model is not None
        predicting = sessions.predict_session(challenge, dataset, 3, (trained,))
        asked = [probe for probe in predicting if probe.name in ASKED]
        asked += sessions.batch_session(challenge, dataset, 3, trained.model)
        asked += sessions.rounding_session(challenge, dataset, 3, trained.model)
        runs = {run.name: run for run in box.start(submission, asked).result()}
    return Case(submission, challenge, dataset, runs, box.info, 3, "")


@pytest.mark.parametrize("code", CODES)
def test_ties_are_named_and_held_against_nobody(of_neighbours: Case, code: str) -> None:
    found = judge(BY_CODE[code], Facts(of_neighbours))
    assert found.status is Status.NOT_APPLICABLE, found
    assert "rounding decides" in found.note


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("silent", [ProbeName.PREDICT_ROUNDED, ProbeName.PREDICT_FRESH_AGAIN, ProbeName.PREDICT_BESIDE])
def test_what_no_probe_has_ruled_out_confirms_nothing(of_neighbours: Case, code: str, silent: ProbeName) -> None:
    """A probe that would have told ties may be missing: its container broke, or the case is an old one."""
    runs = {name: run for name, run in of_neighbours.runs.items() if name != silent}
    found = judge(BY_CODE[code], Facts(replace(of_neighbours, runs=runs)))
    assert found.certainty is Certainty.SUSPECTED, found
