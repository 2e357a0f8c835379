"""How wide the range of the points is that were read off code, and that it reaches section, total and plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.quality import quality
from graders.measure.scoring import RESAMPLES, Estimate, constant
from graders.rubric import reading
from graders.rubric.points import overall
from graders.rubric.scoring_rules import Judged
from graders.rubric.sections import JudgedSection, section
from graders.source.sources import read
from testing.builders import a_challenge, a_section, a_submission
from tests.graders.variants import reference

FUNCTION = "def rooms_{n}(price: float) -> float:\n    share = price / {n}\n    return share + {n}\n\n\n"
SHORT = FUNCTION.format(n=3)
LONG = "".join(FUNCTION.format(n=n) for n in range(2, 60))


def width(files: dict[str, str], share: float = 0.5) -> float:
    found = reading.interval(share, read(a_submission(files)))
    return found.high - found.low


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"a.py": LONG}, {"a.py": SHORT * 8}),
        ({"a.py": SHORT * 8}, {"a.py": SHORT}),
        ({"a.py": LONG}, {"a.py": f"# %%\n{LONG}\n# %%\n"}),
        ({"a.py": LONG}, {"a.py": LONG, "b.py": f"{LONG}\nprint 'x'\n"}),
    ],
    ids=["less code", "a fragment", "cells", "half of it does not parse"],
)
def test_less_to_judge_by_is_a_wider_range(narrow: dict[str, str], wide: dict[str, str]) -> None:
    assert width(narrow) < width(wide) <= 1


def test_enough_code_has_the_error_that_was_measured() -> None:
    found = read(a_submission({"a.py": LONG}))
    assert np.std(reading.error(found)) == pytest.approx(reading.READ, rel=0.01)
    assert abs(np.mean(reading.error(found))) < 1e-9
    assert width({"a.py": LONG}) == pytest.approx(2 * 1.96 * reading.READ, rel=0.02)
    assert (reading.error(found) == reading.error(found)).all()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95, 1.0])
def test_the_range_of_a_section_lies_inside_it_and_about_its_points(share: float) -> None:
    """The error counts once for all criteria, whatever they are, and the points stay as they are."""
    challenge = a_challenge()
    code = [criterion for criterion in challenge.rubric if criterion.section == "code"]
    error = reading.error(read(a_submission({"a.py": LONG})))
    judges = {criterion.id: Judged(constant(share), "seen", error=error) for criterion in code}
    found = section("code", code, lambda judge: judge, judges).result
    assert found.points == pytest.approx(share * found.max)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= share * found.max <= found.high <= found.max
    assert found.low == pytest.approx(max(share - 1.96 * reading.READ, 0) * found.max, abs=0.02 * found.max)
    assert found.high == pytest.approx(min(share + 1.96 * reading.READ, 1) * found.max, abs=0.02 * found.max)


def test_both_errors_reach_the_total() -> None:
    """The noise of the hidden rows and the error of reading add up by their variances; the score stays."""
    rows = Estimate(30.0, 30.0 + np.random.default_rng(1).normal(0, 3, RESAMPLES))
    error = 40 * reading.error(read(a_submission({"a.py": LONG})))
    model = JudgedSection(replace(a_section("model"), max=60.0), rows, 0.0)
    exact, doubtful = (JudgedSection(replace(a_section("code"), max=40.0), constant(20.0), e) for e in (0.0, error))
    measured = SimpleNamespace()
    alone, both = (overall((model, code), measured, ()) for code in (exact, doubtful))  # type: ignore[arg-type]
    assert alone.score == both.score == 50.0
    expected = 1.96 * np.hypot(3, 40 * reading.READ)
    assert (both.high - both.low) / 2 == pytest.approx(expected, rel=0.06)
    assert (alone.bands, both.bands) == ((2,), (1, 2, 3))


def test_reading_alone_gives_the_range_too(tmp_path: Path) -> None:
    for path, text in reference("notebook").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = quality(tmp_path)
    for name in ("score", "code"):
        low, high = found["ranges"][name]
        assert 0 <= low < found[name] < high <= 100
    assert found["section"]["low"] < found["section"]["points"] < found["section"]["high"]
