"""What the answers alone say of a leak."""

from __future__ import annotations

import numpy as np
import pytest

from graders.checks.leakage.outside import depends_on_the_batch
from graders.model.case import Case, NotApplicable
from graders.model.probe import Action
from graders.probes import sessions
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run

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
