"""Why a row's answer changes with its batch, where the rows beside it are not the reason."""

from __future__ import annotations

import math

import numpy as np

from graders.measure.answers import predictions
from graders.measure.importance import of_row, unit_of
from graders.measure.scoring import SAME
from graders.model.case import Case, NotApplicable
from graders.probes import sessions, variants
from graders.probes.names import ProbeName
from graders.words import N_

#: A cause explains differences up to so many times those that it was seen to make.
REACH = 3.0
#: So seldom more rows move alone by luck than rounding moves: one time in 10,000.
UNLIKELY = 1e-4
TIES = N_("rounding decides between values that are as good as equal, such as equally near neighbours")
CHANCE = N_("the same rows get other answers when they are asked again")
INDEX = N_("the same rows get other answers under other index labels: a step joins or numbers rows by their index")
STEP = N_(
    "where steps of scikit-learn see rows one by one, answers stay: such a step works on all rows of a call together"
)
NOT_THE_ROWS = (TIES, CHANCE, INDEX, STEP)
#: No cause: an answer may change so for reasons that are held against nobody, and these were not ruled out.
UNASKED = N_("the probes that tell rounding and chance from other rows gave no answers")
SIZE = N_("other rows in a batch of the same size change nothing; the number of rows, or their index labels, do")


def cause(case: Case, largest: float) -> str | None:
    """What explains a difference of up to `largest`; None where other rows do, UNASKED where nobody knows.

    Rows beside others have the index labels and the order of sets of those alone.  So neither explains why they get
    other answers, whatever else follows from it.
    """
    others = other_rows_decide(case)
    if not others and _reaches(case, ProbeName.AS_THEY_ARE, ProbeName.INDEX_DOUBLED, largest):
        return INDEX
    kept = ProbeName.PREDICT_FRESH_TWICE if others else ProbeName.PREDICT_FRESH_AGAIN
    again = kept if kept in case.runs else ProbeName.PREDICT_FRESH_AGAIN  # in cases of old nobody asked twice
    if _reaches(case, ProbeName.PREDICT_FRESH, again, largest):
        return CHANCE
    if one_by_one_they_stay(case):
        return STEP
    try:
        predictions(case, again if others else ProbeName.PREDICT_ROUNDED)
    except NotApplicable:
        others = None
    if others is None:
        return UNASKED
    if others:
        return None
    rounding = _reaches(case, ProbeName.PREDICT_FRESH, ProbeName.PREDICT_ROUNDED, largest)
    return TIES if rounding and not more_often_alone(case) else SIZE


def more_often_alone(case: Case) -> bool:
    """Whether of the rows that were asked alone more get another answer than rounding moves of the same rows together:
    ties are no commoner among them.  False where nobody has asked."""
    try:
        whole, rounded, timed = (
            predictions(case, name)
            for name in (ProbeName.PREDICT_FRESH, ProbeName.PREDICT_ROUNDED, ProbeName.PREDICT_TIMED)
        )
    except NotApplicable:
        return False
    alone = sessions.timed_alone()
    alone = alone[alone < min(len(whole), len(timed))]
    same = SAME * unit_of(case)
    moved = int((of_row(timed[alone] - whole[alone]) > same).sum())
    share = (1 + int((of_row(rounded - whole) > same).sum())) / (1 + len(whole))
    return _luck(moved, len(alone), share) < UNLIKELY


def _luck(hits: int, of: int, share: float) -> float:
    """The chance of so many hits or more."""
    return sum(math.comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(hits, of + 1))


def chance_in_doubt(case: Case) -> bool:
    """Whether the same rows got other answers in another order of sets, and nobody has asked in the same one."""
    if ProbeName.PREDICT_FRESH_TWICE in case.runs:
        return False
    return _reaches(case, ProbeName.PREDICT_FRESH, ProbeName.PREDICT_FRESH_AGAIN, 0.0)


def other_rows_decide(case: Case) -> bool | None:
    """Whether a row gets another answer beside others in a batch of the same size, where asking again gives the same;
    None where nobody has asked.  Rounding is the same in both, so that it need not be asked about then."""
    try:
        predictions(case, ProbeName.PREDICT_FRESH_AGAIN)
        whole, beside = predictions(case, ProbeName.PREDICT_FRESH), predictions(case, ProbeName.PREDICT_BESIDE)
        changes = of_row(beside - whole)[~variants.touched(len(whole))]
        return float(changes.max(initial=0.0)) > SAME * unit_of(case)
    except NotApplicable:
        return None


def one_by_one_they_stay(case: Case) -> bool:
    """Whether rows whose answers change with the batch keep them where library steps see single rows.

    This is measured, so a step that merely stands in the code explains nothing.  Both times the same rows come in the
    same batches: code that looks at how many rows there are answers alike in both, and is not taken for such a step.
    """
    same = SAME * unit_of(case)
    try:
        moved, stayed = (
            float(np.abs(predictions(case, in_parts) - predictions(case, at_once)).max())
            for at_once, in_parts in (
                (ProbeName.PREDICT_FEW, ProbeName.PREDICT_FEW_PARTS),
                (ProbeName.PREDICT_ROW_BY_ROW, ProbeName.PREDICT_ROW_BY_ROW_PARTS),
            )
        )
    except NotApplicable:
        return False
    return moved > same >= stayed


def _reaches(case: Case, first: str, second: str, largest: float) -> bool:
    """Whether the answers of two probes differ by about as much."""
    try:
        moved = float(np.abs(predictions(case, first) - predictions(case, second)).max())
    except NotApplicable:
        return False
    return moved > SAME * unit_of(case) and largest <= REACH * moved
