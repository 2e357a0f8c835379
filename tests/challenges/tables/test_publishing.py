"""Errors stop publishing; a written reason overrides them, one by one."""

from __future__ import annotations

import pytest

from challenges.tables.lint.model import Finding
from challenges.tables.publishing import refuse, stops
from challenges.tables.table import TableError

REASON = "Candidates have signed for these data."


def found(*told: str) -> list[Finding]:
    return [Finding(code, level, "", (), "", "") for code, _, level in (text.partition(" ") for text in told)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "reasons", "codes"),
    [
        ((), {}, ()),
        (("CHAL010 warning",), {}, ()),
        (("CHAL008 error", "CHAL008 error", "CHAL010 warning"), {}, ("CHAL008",)),
        (("CHAL001 error", "CHAL008 error"), {"CHAL008": REASON}, ("CHAL001",)),
        (("CHAL008 error",), {"CHAL008": REASON}, ()),
    ],
)
def test_errors_stop_until_each_has_a_reason(
    findings: tuple[str, ...], reasons: dict[str, str], codes: tuple[str, ...]
) -> None:
    assert stops(found(*findings), reasons) == codes
    if codes:
        with pytest.raises(TableError, match=codes[0]):
            refuse(found(*findings), reasons)
    else:
        refuse(found(*findings), reasons)


@pytest.mark.parametrize(
    ("reasons", "says"),
    [({"CHAL008": "  ok   "}, "at least 20 letters"), ({"CHAL001": REASON}, "does not stop")],
)
def test_a_reason_says_something_of_an_error_that_is_there(reasons: dict[str, str], says: str) -> None:
    with pytest.raises(TableError, match=says):
        stops(found("CHAL008 error"), reasons)
