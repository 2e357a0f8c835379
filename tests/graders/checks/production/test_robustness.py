"""What is said of odd rows."""

from __future__ import annotations

import pytest

from graders.checks.production.robustness import Outcome, Reaction
from graders.probes.variants import VARIANTS


@pytest.mark.parametrize(("strayed", "told"), [(0.4312, "0.431"), (0.0004, "0.0004"), (2e-6, "2e-06")])
def test_a_change_is_never_told_as_nothing(strayed: float, told: str) -> None:
    """However small an answer moved, its figure does not round to zero."""
    clause = Reaction(VARIANTS[0], Outcome.NONSENSE, strayed=strayed).clause
    assert f"moved by up to {told} when" in clause
