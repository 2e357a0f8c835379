"""Why answers change with the batch: each cause by its name, and none where other rows may be the reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from graders.measure import batches
from graders.model.probe import Action, Exit
from graders.probes import sessions
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run

SOUND = np.linspace(0.1, 0.9, 8)
MOVED = SOUND + np.where(np.arange(8) == 3, 0.05, 0.0)  # an untouched row: every even one is replaced
BESIDE = SOUND + np.where(np.arange(8) % 2 == 0, 0.3, 0.0)
QUIET = {
    ProbeName.PREDICT_FRESH: SOUND,
    ProbeName.PREDICT_FRESH_AGAIN: SOUND,
    ProbeName.PREDICT_BESIDE: BESIDE,
    ProbeName.PREDICT_ROUNDED: SOUND,
}
#: Few rows have moved in parts, and the probes with steps that see single rows agree or do not.
STAYED = {
    ProbeName.PREDICT_FEW: SOUND[:6],
    ProbeName.PREDICT_FEW_PARTS: MOVED[:6],
    ProbeName.PREDICT_ROW_BY_ROW: MOVED[:6],
    ProbeName.PREDICT_ROW_BY_ROW_PARTS: MOVED[:6],
}
INDEXED = {ProbeName.AS_THEY_ARE: SOUND, ProbeName.INDEX_DOUBLED: MOVED}

#: Other rows decide, and the same rows get other answers in another order of sets.
SHAKEN = {ProbeName.PREDICT_BESIDE: MOVED, ProbeName.PREDICT_FRESH_AGAIN: MOVED}


def without(name: ProbeName) -> dict[ProbeName, np.ndarray]:
    return {asked: answers for asked, answers in QUIET.items() if asked != name}


#: Answers of the probes that ask why, by how much single rows and batches differed -> the cause.
CASES = {
    "ties": ({**QUIET, ProbeName.PREDICT_ROUNDED: MOVED}, 0.12, batches.TIES),
    "more than ties": ({**QUIET, ProbeName.PREDICT_ROUNDED: MOVED}, 0.4, batches.SIZE),
    "the number of rows": (QUIET, 0.12, batches.SIZE),
    "chance": ({**QUIET, ProbeName.PREDICT_FRESH_AGAIN: MOVED}, 0.12, batches.CHANCE),
    "other rows": ({**QUIET, ProbeName.PREDICT_BESIDE: MOVED}, 0.12, None),
    "other rows, beside ties": (
        {**QUIET, ProbeName.PREDICT_BESIDE: MOVED, ProbeName.PREDICT_ROUNDED: MOVED},
        0.12,
        None,
    ),
    "other rows, so that rounding is not asked about": (
        {**without(ProbeName.PREDICT_ROUNDED), ProbeName.PREDICT_BESIDE: MOVED},
        0.12,
        None,
    ),
    "a step of a library": ({**QUIET, **STAYED, ProbeName.PREDICT_BESIDE: MOVED}, 0.12, batches.STEP),
    "a step that stands there and changes nothing": (
        {**QUIET, **STAYED, ProbeName.PREDICT_BESIDE: MOVED, ProbeName.PREDICT_ROW_BY_ROW: SOUND[:6]},
        0.12,
        None,
    ),
    "a step, where no row of those has moved": (
        {**QUIET, **STAYED, ProbeName.PREDICT_BESIDE: MOVED, ProbeName.PREDICT_FEW_PARTS: SOUND[:6]},
        0.12,
        None,
    ),
    "few rows that stay, though more rows moved": (
        {**QUIET, **STAYED, ProbeName.PREDICT_TIMED: MOVED, ProbeName.PREDICT_FEW_PARTS: SOUND[:6]},
        0.12,
        batches.SIZE,
    ),
    "index labels": ({**QUIET, **INDEXED}, 0.12, batches.INDEX),
    "other rows, whatever index labels do": ({**QUIET, **INDEXED, ProbeName.PREDICT_BESIDE: MOVED}, 0.12, None),
    "other rows, whatever the order of sets does": (
        {**QUIET, **SHAKEN, ProbeName.PREDICT_FRESH_TWICE: SOUND},
        0.12,
        None,
    ),
    "chance, with the order of sets kept": (
        {**QUIET, **SHAKEN, ProbeName.PREDICT_FRESH_TWICE: MOVED},
        0.12,
        batches.CHANCE,
    ),
    "chance, in a case of old": ({**QUIET, **SHAKEN}, 0.12, batches.CHANCE),
    "nobody has asked": ({}, 0.12, batches.UNASKED),
    "nobody has asked with another rounding": (without(ProbeName.PREDICT_ROUNDED), 0.12, batches.UNASKED),
    "nobody has asked once more": (without(ProbeName.PREDICT_FRESH_AGAIN), 0.12, batches.UNASKED),
}


#: Rows that came alone and got another answer, and rows of all that rounding moves -> whether it may be the cause.
ALONE = {"all, and few by rounding": (13, 4, False), "as many as by rounding": (13, 400, True), "two": (2, 4, True)}


@pytest.mark.parametrize(("alone", "rounded", "ties"), ALONE.values(), ids=ALONE)
def test_ties_are_no_commoner_among_rows_that_come_alone(alone: int, rounded: int, ties: bool) -> None:
    whole = np.linspace(0.1, 0.9, 400)
    timed, other = whole.copy(), whole.copy()
    timed[sessions.timed_alone()[:alone]] += 0.05
    other[200 - rounded // 2 : 200 + rounded // 2] += 0.05
    answers = {
        **dict.fromkeys((ProbeName.PREDICT_FRESH, ProbeName.PREDICT_FRESH_AGAIN, ProbeName.PREDICT_BESIDE), whole),
        ProbeName.PREDICT_TIMED: timed,
        ProbeName.PREDICT_ROUNDED: other,
    }
    runs = [a_run(str(name), Action.PREDICT, predictions=found) for name, found in answers.items()]
    assert (batches.cause(a_case(*runs), 0.05) == batches.TIES) is ties


@pytest.mark.parametrize(("answers", "largest", "cause"), CASES.values(), ids=CASES)
def test_each_cause_is_named(answers: Mapping[str, np.ndarray], largest: float, cause: str | None) -> None:
    """Rounding and chance explain what they were seen to make, and no more."""
    runs = [a_run(str(name), Action.PREDICT, predictions=found) for name, found in answers.items()]
    assert batches.cause(a_case(*(runs or [a_run()])), largest) == cause


def test_who_gave_no_answer_a_second_time_is_not_cleared_by_chance() -> None:
    """Nor accused: nobody knows whether chance decides."""
    answers = {**QUIET, **SHAKEN}
    runs = [a_run(str(name), Action.PREDICT, predictions=found) for name, found in answers.items()]
    silent = a_run(ProbeName.PREDICT_FRESH_TWICE, Action.PREDICT, exit=Exit.CRASHED)
    assert batches.cause(a_case(*runs, silent), 0.12) == batches.UNASKED
