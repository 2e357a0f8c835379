"""What a change did, from two outcomes and two texts."""

from __future__ import annotations

import pytest

from graders.live.difference import difference
from graders.live.model import LiveFigure, LiveFinding, LiveOutcome
from graders.words import say


def finding(code: str, places: int = 1) -> LiveFinding:
    return LiveFinding(code, "confirmed", say(code), say(code), "pipeline.py", 3, places)


def outcome(found: str = "", asked: str = "") -> LiveOutcome:
    return LiveOutcome(findings=tuple(map(finding, found.split())), asked=tuple(f"{found} {asked}".split()))


#: before, after -> gone, new, kept, unjudged
CASES = {
    "mended": (outcome("A"), outcome("", "A"), "A", "", "", ""),
    "spoilt": (outcome("", "A"), outcome("A"), "", "A", "", ""),
    "as it was": (outcome("A"), outcome("A"), "", "", "A", ""),
    "one for another": (outcome("A", "B"), outcome("B", "A"), "A", "B", "", ""),
    "not judged any more": (outcome("A"), outcome(), "", "", "", "A"),
    "not judged before": (outcome(), outcome("A"), "", "", "A", ""),
    "failed": (outcome("A"), LiveOutcome(failure=say("No.")), "", "", "", "A"),
}


@pytest.mark.parametrize("case", CASES)
def test_findings(case: str) -> None:
    before, after, *wanted = CASES[case]
    found = difference(before, after, {}, {})
    lists = (found.gone, found.new, found.kept, found.unjudged)
    assert [" ".join(finding.code for finding in one) for one in lists] == wanted


#: name, unit, more, before, after -> whether it changed, and for the better
FIGURES = {
    "faster": ("ms", False, 20.0, 9.0, True, True),
    "noise of a clock": ("ms", False, 20.0, 21.5, False, None),
    "a short call": ("ms", False, 0.4, 0.9, False, None),
    "better": ("", True, 0.70, 0.71, True, True),
    "worse": ("", True, 0.71, 0.70, True, False),
    "no direction": ("", None, 0.9, 0.8, True, None),
    "rounding": ("", True, 0.7, 0.7 + 1e-9, False, None),
}


@pytest.mark.parametrize("case", FIGURES)
def test_figures(case: str) -> None:
    unit, more, was, now, changed, better = FIGURES[case]
    outcomes = [LiveOutcome(figures=(LiveFigure("x", say("x"), value, unit, more),)) for value in (was, now)]
    found = difference(outcomes[0], outcomes[1], {}, {}).figures
    assert [change.better for change in found] == ([better] if changed else [])


def test_fewer_places_of_a_finding_are_a_figure() -> None:
    before, after = (LiveOutcome(findings=(finding("A", places),), asked=("A",)) for places in (3, 2))
    found = difference(before, after, {}, {})
    assert [(change.before.value, change.after.value, change.better) for change in found.figures] == [(3, 2, True)]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"a": "x\ny\n"}, {"a": "x\nz\n"}, (1, 1)),
        ({"a": "x\ny\n"}, {"a": "y\nx\n"}, (0, 0)),
        ({"a": "x\n"}, {"a": "x\n", "b": "x\n\n"}, (1, 0)),
        ({"a": "x\nx\n"}, {"a": "x\n"}, (0, 1)),
        ({"a": "x\n" * 200_000}, {"a": "y\n" * 200_000}, (200_000, 200_000)),
    ],
)
def test_lines(before: dict[str, str], after: dict[str, str], lines: tuple[int, int]) -> None:
    found = difference(LiveOutcome(), LiveOutcome(), before, after)
    assert (found.lines_added, found.lines_removed) == lines
