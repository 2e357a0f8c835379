"""Why a run gave nothing, in words a candidate can act on."""

from __future__ import annotations

import pytest

from graders.model import Action, Exit, Failure, Location
from graders.problems import ADVICE, problem, summary
from tests.builders import a_run


@pytest.mark.parametrize("kind", sorted(ADVICE))
@pytest.mark.parametrize("action", [Action.TRAIN, Action.PREDICT])
def test_every_kind_gives_a_whole_sentence_and_a_hint(kind: str, action: Action) -> None:
    """No placeholder is left, the code is the kind, the sandbox's own numbers are shown."""
    run = a_run(action=action, exit=Exit.BAD_OUTPUT, failure=Failure(kind, "490 values for 500 rows {x}"))
    found = problem(run)
    assert found.code == kind
    assert "{phase}" not in found.message
    assert "{detail}" not in found.message
    assert found.message[-1] in ".}"
    assert found.hint


HOSTILE = "row 17: age 44, tickets 3"


@pytest.mark.parametrize(
    ("action", "kind", "shown"),
    [
        (Action.TRAIN, "KeyError", True),
        (Action.EVALUATE, "KeyError", True),
        (Action.TRAIN, "IMPORT_FAILED", True),
        (Action.PREDICT, "KeyError", False),  # it has seen hidden rows: its words could carry them out
        (Action.PREDICT, "IMPORT_FAILED", False),
    ],
)
def test_words_from_predict_never_leave(action: Action, kind: str, shown: bool) -> None:
    """The text of an exception is shown for train and evaluate, and withheld for predict."""
    run = a_run(action=action, exit=Exit.CRASHED, failure=Failure(kind, HOSTILE))
    assert (HOSTILE in problem(run).message) == shown
    assert (HOSTILE in summary(run)) == ((shown and kind != "IMPORT_FAILED") or shown)


def test_the_innermost_place_is_named() -> None:
    """Of the frames in the candidate's own files the last is where it happened."""
    frames = (Location("pipeline.py", 4), Location("churn.ipynb", 2, 5))
    run = a_run(exit=Exit.CRASHED, failure=Failure("KeyError", "", frames))
    assert problem(run).where == frames[-1]
