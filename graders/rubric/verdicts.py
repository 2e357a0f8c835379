"""The three verdicts at the head of a report, each from named findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from graders.catalog import BY_CODE
from graders.checks.check import VerdictName
from graders.model.finding import Certainty, Finding, Status
from graders.model.report import Verdict, Verdicts

VERDICTS: tuple[VerdictName, ...] = get_args(VerdictName)


def verdicts(findings: tuple[Finding, ...]) -> Verdicts:
    """Each rests on the findings of the checks that feed it; a code that is no check's of today feeds none."""
    fed = {name: [f for f in findings if f.code in BY_CODE and BY_CODE[f.code].verdict == name] for name in VERDICTS}
    return Verdicts(_verdict(fed["leakage"]), _verdict(fed["overfitting"]), _reproducible(fed["reproducible"]))


def _verdict(findings: Sequence[Finding]) -> Verdict:
    """Clean needs somebody who looked, and nobody whom the candidate's code kept from looking."""
    certainties = {f.certainty for f in findings if f.flagged}
    if Certainty.CONFIRMED in certainties:
        return "confirmed"
    if Certainty.SUSPECTED in certainties:
        return "suspected"
    seen = any(f.status is Status.PASSED for f in findings) and not any(f.prevented for f in findings)
    return "clean" if seen else "not judged"


def _reproducible(findings: Sequence[Finding]) -> bool | None:
    judged = [finding for finding in findings if finding.status in (Status.PASSED, Status.FLAGGED)]
    return not any(finding.flagged for finding in judged) if judged else None
