"""Every probe has a stage, so that a timeline has a place for it and no figure grows with what is handed in."""

from __future__ import annotations

import pytest

from app.gradings.stages import Stage, stage_of
from graders.model.submission import Location
from graders.mutation.plan import Planted
from graders.mutation.trial import name
from graders.probes import sessions
from graders.probes.sessions import PROBES


@pytest.mark.parametrize("probe", [*PROBES, *sessions.NULL_DRAWS, sessions.EVALUATE_STEADY])
def test_what_is_always_asked_is_no_doubt(probe: str) -> None:
    assert stage_of(probe) is not Stage.DOUBTS


@pytest.mark.parametrize(
    ("probe", "stage"),
    [
        ("train again", Stage.TRAIN),
        ("evaluate on permuted labels, draw 3", Stage.EVALUATE),
        ("ruff", Stage.READ_CODE),
        ("tests of something else", Stage.DOUBTS),
        ("something new", Stage.DOUBTS),
    ],
)
def test_the_stage_of_a_probe(probe: str, stage: Stage) -> None:
    assert stage_of(probe) is stage


@pytest.mark.parametrize("faulty", [True, False])
def test_a_run_over_a_planted_fault_belongs_to_the_tests(faulty: bool) -> None:
    """However many are planted, and whatever their keys are."""
    planted = Planted("a1b2", "a comparison turned round", Location("pipeline.py", 3), "compare", {}, faulty)
    assert stage_of(name(planted)) is Stage.TESTS
