"""The evaluate that counts is watched: what code can make of that, in processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graders.model.challenge import Dataset, Limits
from graders.model.probe import Exit, Run
from graders.probes import sessions
from sandbox.host.local import LocalSandbox
from testing.builders import a_challenge, a_crash, a_run, a_submission
from tests.graders.cases import the_challenge

PIPELINE = """
import pathlib, random
import numpy as np
WATCHED = "tracing" in type(__loader__).__module__
def train(data, folder):
    (pathlib.Path(folder) / "model").write_text("m")
def predict(data, folder):
    return np.full(len(data), 0.5)
def evaluate(data):
"""


@pytest.fixture(scope="module")
def box() -> Iterator[LocalSandbox]:
    with LocalSandbox() as opened:
        yield opened


def evaluated(box: LocalSandbox, body: str, customers: Dataset) -> list[Run]:
    submission = a_submission({"pipeline.py": f"{PIPELINE}    {body}\n"})
    return list(box.start(submission, sessions.counted_session(the_challenge(), customers, 3)).result()[1:])


def test_what_crashes_under_the_tracer_alone_is_run_without_it(box: LocalSandbox, customers: Dataset) -> None:
    """The run that counts is the last of its name."""
    watched, plain = evaluated(box, "assert not WATCHED; return {'roc_auc': 0.7}", customers)
    assert (watched.ok, plain.ok) == (False, True)
    assert (watched.watched, plain.watched) == (True, False)
    assert plain.claims == {"roc_auc": 0.7}


def test_what_behaves_where_it_is_watched_has_claimed_that(box: LocalSandbox, customers: Dataset) -> None:
    """There is no other run for it to claim more in."""
    (only,) = evaluated(box, "return {'roc_auc': 0.7 if WATCHED else 0.9}", customers)
    assert only.claims == {"roc_auc": 0.7}
    assert only.output


ENDS = {
    "well": (a_run(cpu_seconds=50.0, seconds=60.0, waited=0.0), False),
    "well, with more than a plain run may use": (a_run(cpu_seconds=70.0, seconds=80.0, waited=0.0), True),
    "with a crash": (a_crash(cpu_seconds=1.0, seconds=1.0, waited=0.0), True),
    "at the limit of the processor": (a_run(exit=Exit.TIMED_OUT, cpu_seconds=90.0, seconds=90.0, waited=0.0), True),
    "asleep": (a_run(exit=Exit.TIMED_OUT, cpu_seconds=1.0, seconds=180.0, waited=0.0), False),
}


@pytest.mark.parametrize(("watched", "asked"), ENDS.values(), ids=ENDS.keys())
def test_a_plain_run_follows_where_the_tracer_may_be_at_fault(watched: Run, asked: bool, customers: Dataset) -> None:
    """It makes nobody sleep."""
    challenge = a_challenge(train_limits=Limits(seconds=120.0, cpu_seconds=60.0))
    *_, plain = sessions.counted_session(challenge, customers, 3)
    assert plain.unless is not None
    assert plain.unless([watched]) is not asked


BY_CHANCE = {
    "nothing random": ("", False),
    "seeded generators": ("data.sample(3, random_state=1); np.random.default_rng(5).random(); ", False),
    "a seeded one of Python": ("random.Random(3).random(); ", False),
    "numpy's global generator": ("np.random.rand(); ", True),
    "Python's global generator": ("random.random(); ", True),
    "a generator without a seed": ("np.random.default_rng().random(); ", True),
    "an older generator without a seed": ("np.random.RandomState().rand(); ", True),
    "one of Python without a seed": ("random.Random().random(); ", True),
    "the system's": ("import secrets; secrets.randbelow(9); ", True),
    "a column drawn without a seed": ("data.sample(9); ", True),
}


@pytest.mark.parametrize(("body", "by_chance"), BY_CHANCE.values(), ids=BY_CHANCE.keys())
def test_a_run_says_whether_it_drew_by_chance(
    body: str, by_chance: bool, box: LocalSandbox, customers: Dataset
) -> None:
    (only,) = evaluated(box, f"{body}return {{'roc_auc': 0.7}}", customers)
    assert only.ok, only.failure
    assert only.by_chance is by_chance
