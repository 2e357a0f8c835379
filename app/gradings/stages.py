"""The stages of a grading: what is told of it to whoever waits, and to whoever measures the service.

There are few and always the same, while the probes of a grading differ with what is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from graders.mutation.trial import is_trial
from graders.probes import sessions, variants


class Stage(StrEnum):
    """In the order in which they begin, as a rule."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    PREDICT = "predict"
    ODD_ROWS = "odd-rows"
    READ_CODE = "read-code"
    TESTS = "tests"
    DOUBTS = "doubts"


_PROBES: Mapping[Stage, tuple[str, ...]] = {
    Stage.TRAIN: (sessions.TRAIN, sessions.TRAIN_AGAIN),
    Stage.EVALUATE: (
        sessions.EVALUATE,
        sessions.EVALUATE_NULL,
        sessions.EVALUATE_AGAIN,
        *sessions.NULL_DRAWS,
        sessions.EVALUATE_PERTURBED,
        sessions.EVALUATE_STEADY,
        sessions.EVALUATE_BLANKED,
    ),
    Stage.PREDICT: (
        sessions.PREDICT,
        sessions.PREDICT_PARTS,
        sessions.PREDICT_PUBLIC,
        sessions.PREDICT_JITTERED,
        sessions.PREDICT_BLANKED,
        sessions.PREDICT_REKEYED,
        sessions.PREDICT_STRANGERS,
        sessions.PREDICT_AGAIN,
        sessions.PREDICT_SHUFFLED,
        sessions.PREDICT_FRESH,
        sessions.PREDICT_TIMED,
    ),
    Stage.ODD_ROWS: (variants.AS_THEY_ARE, variants.NEXT_CATEGORIES, *variants.BY_NAME),
    Stage.READ_CODE: (sessions.RUFF, sessions.RADON),
    Stage.TESTS: (sessions.TESTS,),
}
_STAGE = {probe: stage for stage, probes in _PROBES.items() for probe in probes}


def stage_of(probe: str) -> Stage:
    """The stage that a probe belongs to; DOUBTS for one that is not foreseen."""
    return Stage.TESTS if is_trial(probe) else _STAGE.get(probe, Stage.DOUBTS)
