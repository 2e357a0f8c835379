"""Every check in one list, in the order reports show them; all else that is said of checks is derived from it."""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.code import checks as quality
from graders.checks.leakage import generalisation, reproducibility
from graders.checks.leakage import leaks as leakage
from graders.checks.performance import evaluation, shift, slices, worth
from graders.checks.production import cost, parity, robustness, single_rows, validation
from graders.checks.responsibility import claims, fairness, writing

CHECKS: tuple[Check, ...] = (
    *leakage.CHECKS,
    *generalisation.CHECKS,
    *reproducibility.CHECKS,
    *evaluation.CHECKS,
    *worth.CHECKS,
    *shift.CHECKS,
    *slices.CHECKS,
    *quality.CHECKS,
    *single_rows.CHECKS,
    *robustness.CHECKS,
    *parity.CHECKS,
    *validation.CHECKS,
    *cost.CHECKS,
    *fairness.CHECKS,
    *writing.CHECKS,
    *claims.CHECKS,
)

BY_CODE = {check.code: check for check in CHECKS}


def listing() -> str:
    """The list of all checks as docs/checks.md has it."""
    rows = [
        (
            check.code,
            check.title,
            check.family,
            check.severity.value,
            check.verdict or "",
            "band 2" if check.cap else "",
            ", ".join(check.criteria),
            "words" if check.open else "that it was found",
            "yes" if check.read else "",
        )
        for check in CHECKS
    ]
    head = ("Code", "Finding", "Family", "Severity", "Verdict", "Caps", "Criteria", "Candidates see", "Without a run")
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return "# Checks\n\nMade by `graders.catalog.listing`; a test compares them.\n\n" + "\n".join(lines) + "\n"
