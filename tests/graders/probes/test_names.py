"""Every probe has a stage, so that a timeline has a place for it and no figure grows with what is handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.model.submission import Location
from graders.mutation.plan import Planted, Rewritings
from graders.mutation.trial import name
from graders.probes import names
from graders.probes.names import PROBES, ProbeName, Stage, stage_of


def test_a_probe_without_a_stage_cannot_be_imported() -> None:
    text = Path(names.__file__).read_text()
    without = text.replace('    RUFF = N_("ruff"), Stage.READ_CODE', '    RUFF = N_("ruff")')
    assert without != text
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'stage'"):
        exec(compile(without, "names.py", "exec"), {"__name__": "names"})  # noqa: S102 - our own text


@pytest.mark.parametrize("probe", PROBES)
def test_what_is_always_asked_is_no_doubt(probe: ProbeName) -> None:
    assert probe.stage is not Stage.DOUBTS


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
    planted = Planted(
        "a1b2", "a comparison turned round", Location("pipeline.py", 3), "compare", {}, Rewritings((), ""), faulty
    )
    assert stage_of(name(planted)) is Stage.TESTS
