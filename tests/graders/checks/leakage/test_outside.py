"""What the answers alone say of a leak."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage.outside import depends_on_the_batch, rests_on_post_outcome_columns
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Dataset
from graders.model.probe import Action
from graders.probes import sessions
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run
from tests.graders.cases import the_challenge

ROWS = 2_000


def moved_in(rows: int, *, beside: bool) -> Case:
    """So many of the asked rows have another answer in parts; `beside` says whether other rows change answers too."""
    whole = np.full(ROWS, 0.4)
    asked = whole[sessions.sample_positions(ROWS, 7)].copy()
    asked[:rows] += 0.2
    fresh = np.full(100, 0.4)
    answers = {
        ProbeName.PREDICT: whole,
        ProbeName.PREDICT_PARTS: asked,
        ProbeName.PREDICT_FRESH: fresh,
        ProbeName.PREDICT_FRESH_AGAIN: fresh,
        ProbeName.PREDICT_ROUNDED: fresh,
        ProbeName.PREDICT_BESIDE: fresh + 0.1 * beside,
    }
    return a_case(*(a_run(name, Action.PREDICT, predictions=told) for name, told in answers.items()))


def test_a_few_rows_that_other_rows_do_not_move_are_ties() -> None:
    with pytest.raises(NotApplicable, match="no other row decides them: rounding"):
        list(depends_on_the_batch(moved_in(3, beside=False)))


@pytest.mark.parametrize("case", [moved_in(50, beside=False), moved_in(3, beside=True)])
def test_many_rows_or_other_rows_are_told(case: Case) -> None:
    (told,) = depends_on_the_batch(case)
    assert "got another" in told.what
    assert not told.doubt


@pytest.mark.parametrize(
    ("weight", "noise", "told"),
    [(0.3, 0.0, True), (0.01, 0.0, False), (0.3, 0.3, False)],
    ids=["read", "hardly read", "by chance as well"],
)
def test_answers_that_move_with_a_post_outcome_column_alone_rest_on_it(
    customers: Dataset, weight: float, noise: float, told: bool
) -> None:
    """Whether they get worse or not; where rows that got their own value back move too, something else did it."""
    challenge, rng = the_challenge(), np.random.default_rng(0)
    late = rng.integers(0, 4, len(customers.public))  # of no use to a model
    dataset = replace(customers, public=customers.public.assign(late=late))
    rows = sessions.moved(challenge, dataset, 0)
    plain = rng.uniform(0.2, 0.6, len(late))
    at = sessions.crowd_positions(len(plain), 0)

    def answers(late: pd.Series) -> np.ndarray:
        return np.asarray(plain[at] + weight * (late > 1.5) + noise * rng.random(len(at)))

    runs = {
        ProbeName.PREDICT_PUBLIC: plain,
        ProbeName.PREDICT_KEPT: answers(rows["late"]),
        ProbeName.PREDICT_CHANGED: answers(sessions.blank(rows, challenge, 0)["late"]),
    }
    made = (a_run(name, Action.PREDICT, predictions=given) for name, given in runs.items())
    found = list(rests_on_post_outcome_columns(a_case(*made, challenge=challenge, dataset=dataset, seed=0)))
    assert bool(found) is told
