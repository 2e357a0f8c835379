"""The three verdicts at the head of a report, each from named findings."""

from __future__ import annotations

from collections.abc import Sequence

from graders.model.finding import Certainty, Finding, Status
from graders.model.report import Verdict, Verdicts


def verdicts(findings: tuple[Finding, ...]) -> Verdicts:
    """Leakage rests on the LEAK findings and on OVR003, which only a leak can cause; overfitting on the
    other OVR findings; reproducible on REPRO001."""
    leakage = [f for f in findings if speaks_of_leakage(f)]
    overfitting = [f for f in findings if f.code.startswith("OVR") and f.code != "OVR003"]
    return Verdicts(_verdict(leakage), _verdict(overfitting), _reproducible(findings))


def speaks_of_leakage(finding: Finding) -> bool:
    """Whether the verdict and the criterion on leakage rest on this finding."""
    return finding.code.startswith("LEAK") or finding.code == "OVR003"


def _verdict(findings: Sequence[Finding]) -> Verdict:
    """Clean needs somebody who looked, and nobody whom the candidate's code kept from looking."""
    certainties = {f.certainty for f in findings if f.flagged}
    if Certainty.CONFIRMED in certainties:
        return "confirmed"
    if Certainty.SUSPECTED in certainties:
        return "suspected"
    seen = any(f.status is Status.PASSED for f in findings) and not any(f.prevented for f in findings)
    return "clean" if seen else "not judged"


def _reproducible(findings: tuple[Finding, ...]) -> bool | None:
    for finding in findings:
        if finding.code == "REPRO001" and finding.status in (Status.PASSED, Status.FLAGGED):
            return not finding.flagged
    return None
