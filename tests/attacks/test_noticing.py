"""Rows 60 to 63: lookup tables, and code that behaves differently when it notices how it is asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pandas as pd
import pytest

from graders.measure.scoring import roc_auc
from graders.model.arrays import FloatArray
from graders.model.challenge import Dataset
from graders.model.probe import Action, Probe, Run
from graders.probes import sessions
from sandbox.host.docker import DockerSandbox
from testing.builders import a_submission
from tests.attacks.attack import ROOMY
from tests.attacks.data import HIDDEN, Outcome, customers, graded, the_challenge
from tests.scripted import Candidate, ScriptedSandbox, by_score

#: What a candidate may look at to tell the grader's question from another; each gives another score then.
NOTICES = {
    "the number of rows": "len(data) > 1400",
    "the first row": "data['customer_id'].iloc[0] == 10_000",
    "the order of rows": "data['customer_id'].is_monotonic_increasing",
    "the index": "data.index[-1] == 1499",
    "the range of the identifier": "data['customer_id'].between(10_000, 10_499)",
    "a hash of the identifier": "data['customer_id'].astype(str).map(lambda t: hash(t) % 2 == 0)",
    "the rows seen so far": "remember(data) == 1",
    "the mean of the batch": "data['score'] > data['score'].mean()",
}
SOURCE = """
SEEN = []
def remember(data):
    SEEN.append(len(data))
    return len(SEEN)
def predict(data, model_dir):
    import numpy as np
    noticed = {notice}
    honest = 1 / (1 + np.exp(-data["score"]))
    return np.where(noticed, honest, 1 - honest)
"""
HONEST = "True"


def rekeyed(rows: pd.DataFrame, group: str, seed: int) -> pd.DataFrame:
    """`rows` with every customer under a number nobody has had; rows of one customer stay together."""
    old = rows[group].unique()
    new = 10**6 + np.random.default_rng(seed).permutation(len(old) * 7)[: len(old)]
    return rows.assign(**{group: rows[group].map(dict(zip(old, new, strict=True)))})


def questions(hidden: pd.DataFrame) -> tuple[Probe, Probe]:
    """The hidden rows as they are; and a part of them in another order, in parts, under other identifiers."""
    asked = rekeyed(sessions.sample_rows(hidden, 5), "customer_id", 5)
    parts = sessions.parts(len(asked))
    return (
        Probe("whole", Action.PREDICT, hidden, limits=ROOMY),
        Probe("again", Action.PREDICT, asked, limits=ROOMY, batches=parts),
    )


@pytest.fixture(scope="module")
def started(docker_sandbox: DockerSandbox) -> dict[str, Future[tuple[Run, ...]]]:
    hidden, _, _ = customers(HIDDEN, 10_000, 2)
    sources = {name: SOURCE.format(notice=notice) for name, notice in ({"honest": HONEST} | NOTICES).items()}
    return {
        name: docker_sandbox.start(a_submission({"pipeline.py": source}), questions(hidden))
        for name, source in sources.items()
    }


def disagreement(runs: tuple[Run, ...]) -> float:
    """The largest change of a row's probability between the two ways of asking."""
    whole, again = (run.predictions for run in runs)
    assert whole is not None
    assert again is not None
    return float(np.abs(again - whole[sessions.sample_positions(HIDDEN, 5)]).max())


def test_row_61_an_honest_model_agrees(started: dict[str, Future[tuple[Run, ...]]]) -> None:
    """Asked about fewer rows, in another order, in parts and under other identifiers, it says the same."""
    assert disagreement(started["honest"].result(300)) < 1e-9


@pytest.mark.parametrize("name", NOTICES)
def test_row_61_what_notices_the_question_disagrees(name: str, started: dict[str, Future[tuple[Run, ...]]]) -> None:
    """Whatever of the question a model looks at, the second way of asking changes it, and the answers differ."""
    assert disagreement(started[name].result(300)) > 0.01


def noticing(choose: Callable[[pd.DataFrame], object]) -> Callable[[Probe], FloatArray]:
    def predict(probe: Probe) -> FloatArray:
        assert probe.data is not None
        honest = by_score(probe)
        return np.where(np.asarray(choose(probe.data)), honest, 1 - honest)

    return predict


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda data: len(data) > 1400, id="61 the number of rows"),
        pytest.param(lambda data: data["customer_id"].is_monotonic_increasing, id="61 the order"),
        pytest.param(lambda data: data["score"] > data["score"].mean(), id="63 the mean of the batch"),
    ],
)
def test_rows_61_and_63_the_grader_sees_the_disagreement(
    choose: Callable[[pd.DataFrame], object], world: Dataset
) -> None:
    """Code that behaves otherwise on other numbers and orders of rows is flagged, and parity earns nothing."""
    found = graded(a_submission(), ScriptedSandbox(Candidate(predict=noticing(choose))), world)
    assert found.flagged("LEAK010")
    assert found.points("parity") == 0.0


def test_row_62_what_answers_by_the_clock_is_flagged(world: Dataset) -> None:
    """Two runs of the same, at two moments, that differ are seen; a date that has not come cannot be."""
    moments = iter(range(10**6))
    by_clock = Candidate(predict=lambda probe: np.clip(by_score(probe) + 0.01 * next(moments), 0, 1))
    found = graded(a_submission(), ScriptedSandbox(by_clock), world)
    assert found.flagged("REPRO001") or found.flagged("LEAK010")


DATED = """
import datetime, time
def predict(data, model_dir):
    import numpy as np
    honest = 1 / (1 + np.exp(-data["score"]))
    return np.clip(honest + (time.time_ns() % 1000) / 1e4, 0, 1)
"""


def test_row_62_two_runs_at_two_moments_differ(docker_sandbox: DockerSandbox) -> None:
    """The clock in the container is the true one, so what follows it does not agree with itself."""
    hidden, _, _ = customers(HIDDEN, 10_000, 2)
    once = Probe("once", Action.PREDICT, hidden, limits=ROOMY)
    first, second = docker_sandbox.start(a_submission({"pipeline.py": DATED}), [once, once]).result(300)
    assert first.predictions is not None
    assert second.predictions is not None
    assert not np.array_equal(first.predictions, second.predictions)


def key(row: object) -> str:
    return hashlib.sha256(repr(row).encode()).hexdigest()


def looking_up(world: Dataset) -> Callable[[Probe], FloatArray]:
    """Predictions from a table of all public rows by their hash, .5 for every other row."""
    features = world.public.drop(columns="churned")
    known = dict(zip(map(key, features.itertuples(index=False)), world.public["churned"], strict=True))

    def predict(probe: Probe) -> FloatArray:
        assert probe.data is not None
        return np.array([known.get(key(row), 0.5) for row in probe.data.itertuples(index=False)], dtype=float)

    return predict


@pytest.fixture(scope="module")
def lookup(world: Dataset) -> Outcome:
    return graded(a_submission(), ScriptedSandbox(Candidate(predict=looking_up(world))), world)


def test_row_60_a_table_of_known_rows_knows_no_hidden_one(lookup: Outcome, world: Dataset) -> None:
    """A lookup of every public row by its hash is perfect on those, worth .5 on the hidden ones, and flagged."""
    public = looking_up(world)(Probe("", Action.PREDICT, world.public.drop(columns="churned")))
    assert roc_auc(world.public["churned"].to_numpy(), public) == 1.0
    assert lookup.document["metrics"]["hidden"]["roc_auc"]["value"] == 0.5
    assert lookup.flagged("OVR004")
    assert (lookup.points("predictive-quality") or 0.0) < 0.1  # of 4: the baseline is chance itself


def test_row_60_a_claim_that_a_table_makes_is_held_against_it(lookup: Outcome) -> None:
    """A claim of .75 for predictions that are all the same breaks no check, and is flagged."""
    assert lookup.flagged("OVR002")


def test_row_35_the_same_answer_for_every_row_is_graded_and_worth_little(world: Dataset) -> None:
    """A constant, with the honest claim of .5 for it, gets a finite score and no high band."""
    constant = Candidate(predict=lambda probe: np.full(len(by_score(probe)), 0.5), claim=lambda _: 0.5)
    found = graded(a_submission(), ScriptedSandbox(constant), world)
    assert found.report.overall
    assert np.isfinite(found.score)
    assert (found.points("predictive-quality") or 0.0) < 0.1
    assert not re.search(r"\b(nan|inf)\b", json.dumps(found.document["findings"]))


def test_row_60_labels_are_in_no_probe(world: Dataset) -> None:
    """No probe near hidden rows holds a column of labels, and none with labels holds a hidden customer."""
    sandbox = ScriptedSandbox(Candidate())
    graded(a_submission(), sandbox, world)
    hidden = set(world.hidden["customer_id"])
    for probe in (probe for session in sandbox.sessions for probe in session if probe.data is not None):
        assert probe.data is not None
        labelled = the_challenge().target in probe.data
        assert labelled == (probe.action is not Action.PREDICT)
        assert not (labelled and hidden & set(probe.data["customer_id"]))
