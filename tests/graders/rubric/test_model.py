"""The criterion on leaks where none was found: all points, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from graders.catalog import CHECKS
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Finding, Severity, Status
from graders.rubric.model import leakage

if TYPE_CHECKING:
    from graders.rubric.model import Context

CODES = [check.code for check in CHECKS if check.verdict == "leakage"]


def about(status: dict[str, Status], suggested: str = "") -> Context:
    """Findings of all kinds of leak, passed unless another status is given."""
    read = Evidence("Scaled over all rows.")
    findings = {
        code: Finding(
            code, code, status.get(code, Status.PASSED), Severity.MAJOR, suggested=read if code == suggested else None
        )
        for code in CODES
    }
    context: Any = type("Findings", (), {"findings": findings})()
    return cast("Context", context)


#: statuses that differ, the code that the text suggests -> what is said, and the findings behind it
NONE_FOUND: dict[str, tuple[dict[str, Status], str, str, tuple[str, ...]]] = {
    "all were looked for": ({}, "", "No way of looking found a leak.", ()),
    "two could not be": (
        dict.fromkeys(CODES[1:3], Status.NOT_APPLICABLE),
        "",
        f"No leak was found. 2 of {len(CODES)} kinds of leak could not be judged.",
        (),
    ),
    "the text suggests one": (
        {"LEAK001": Status.NOT_APPLICABLE},
        "LEAK001",
        "No run shows a leak. The code alone suggests one, which costs no points.",
        ("LEAK001",),
    ),
}


@pytest.mark.parametrize(("status", "suggested", "why", "findings"), NONE_FOUND.values(), ids=NONE_FOUND)
def test_all_points_say_what_they_rest_on(
    status: dict[str, Status], suggested: str, why: str, findings: tuple[str, ...]
) -> None:
    """Kinds that nobody could look for are counted, and what the text alone suggests is named."""
    judged = leakage(about(status, suggested))
    assert (judged.share.value, judged.why, judged.findings) == (1.0, why, findings)


def test_where_nobody_could_look_nothing_is_judged() -> None:
    """No probe could be run: no points are given for that."""
    with pytest.raises(NotApplicable):
        leakage(about(dict.fromkeys(CODES, Status.NOT_APPLICABLE)))
