"""Whether candidates may be invited to a challenge: the one rule that pages, commands and invitations ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from challenges.tables.lint.model import Finding
from challenges.tables.table import TableError

#: What an administrator must at least write to publish in spite of an error; it is kept in the audit log.
LEAST_REASON = 20


def stops(findings: Iterable[Finding], reasons: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The codes that stop publishing, each once: those of errors, without those that `reasons` overrides.

    reasons: an administrator's own words by code.  TableError where one is too short to say anything, or is for a
    code that stops nothing.
    """
    codes = tuple(dict.fromkeys(finding.code for finding in findings if finding.level == "error"))
    told = reasons or {}
    for code, reason in told.items():
        if code not in codes:
            raise TableError(f"{code} does not stop publishing, so it needs no reason.")
        if len(" ".join(reason.split())) < LEAST_REASON:
            raise TableError(f"Say in at least {LEAST_REASON} letters why {code} may be overridden; it is kept.")
    return tuple(code for code in codes if code not in told)


def refuse(findings: Iterable[Finding], reasons: Mapping[str, str] | None = None) -> None:
    """TableError where `stops` names a code, with what to do."""
    codes = stops(findings, reasons)
    if codes:
        raise TableError(
            f"{', '.join(codes)} stop candidates from being invited. Mend the table, or override each with a reason."
        )
