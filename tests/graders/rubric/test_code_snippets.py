"""Functions of a few lines: scores differ by what is wrong with them, not by how short they are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from app import quality
from tests.graders.snippets import PAIRS, RANKED
from tests.graders.variants import Points, points

#: Points of 100 by which the better one of a pair leads at least, and those that both have at least.
LEAD, LEAST = 0.15, 20.0


def code(judged: Points) -> float:
    """Points for what is read off the code, of 100."""
    return 100 * sum(judged[name] for name in quality.CODE) / 25


@pytest.fixture(scope="module")
def judged() -> dict[str, float]:
    named = {f"{what}: {n}": {"snippet.py": text} for what, pair in PAIRS.items() for n, text in enumerate(pair)}
    ranked = {f"ranked {n}": {"snippet.py": text} for n, text in enumerate(RANKED)}
    return {name: code(found) for name, found in points(named | ranked).items()}


@pytest.mark.parametrize("what", PAIRS)
def test_the_readable_version_scores_higher(what: str, judged: dict[str, float]) -> None:
    """The same function written badly in one way has fewer points, and neither version falls out of the scale."""
    good, bad = judged[f"{what}: 0"], judged[f"{what}: 1"]
    assert good - LEAD > bad > LEAST


def test_more_faults_cost_more(judged: dict[str, float]) -> None:
    """From no fault to all of them the points fall step by step."""
    found = [judged[f"ranked {n}"] for n in range(len(RANKED))]
    assert all(before > after for before, after in pairwise(found)), found


def test_functions_have_scores_of_their_own(judged: dict[str, float]) -> None:
    """Hardly two different functions share a score."""
    rounded = {round(score, 2) for score in judged.values()}
    assert len(rounded) > 0.7 * len({text for pair in PAIRS.values() for text in pair})


def test_length_alone_costs_nothing() -> None:
    """One function and two of the same kind score alike."""
    texts = [PAIRS["deep nesting"][0], PAIRS["deep nesting"][0] + "\n\n" + PAIRS["a swallowed error"][0]]
    one, two = (code(found) for found in points({str(n): {"s.py": text} for n, text in enumerate(texts)}).values())
    assert one == pytest.approx(two, abs=3)


def test_the_command_gives_the_code_alone(tmp_path: Path) -> None:
    """`code` is the score of what is read off the code, beside `score` with what lies around it."""
    (tmp_path / "snippet.py").write_text(RANKED[0])
    found = quality.quality(tmp_path / "snippet.py")
    points = {c["id"]: c["points"] for c in found["section"]["criteria"]}
    assert found["code"] == pytest.approx(100 * sum(points[name] for name in quality.CODE) / 25, abs=1)
    assert found["code"] > found["score"]
