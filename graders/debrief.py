"""The interview plan: two questions for everybody, up to four from this candidate's findings, one strength."""

from __future__ import annotations

from collections.abc import Sequence

from graders.catalog import BY_CODE
from graders.model import Certainty, CriterionResult, Debrief, Finding, Question, SectionResult, Severity

WALK_THROUGH = Question(
    "Walk me through one row, from the raw file to the prediction.",
    "names each transform, where it is fitted and where it could fail",
    "reads the code aloud, skips preprocessing",
)
MONITORING = Question(
    "It has been live for a month. What do you watch, what wakes you, and what do you do then?",
    "inputs, predictions, labels and operations, with thresholds and reasons; an owner; rollback; when to retrain",
    '"check accuracy", with no labels in sight',
)
STRENGTH = Question(
    "This part is notably good. Which alternatives did you reject?",
    "at least two alternatives, with a criterion",
    '"it is best practice"',
)
MOST = 4
WORST_FIRST = [Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.INFO]


def debrief(findings: Sequence[Finding], sections: Sequence[SectionResult]) -> tuple[Debrief, ...]:
    """At most one question a competency (the letters of a code), worst and surest findings first."""
    plan = [_entry("CORE001", WALK_THROUGH, "asked of every candidate")]
    seen = {"MON"}  # the last question is on it already
    for finding in sorted((f for f in findings if f.flagged), key=_weight):
        competency = finding.code.rstrip("0123456789")
        if competency not in seen and len(seen) <= MOST:
            seen.add(competency)
            plan.append(_entry(finding.code, BY_CODE[finding.code].question, _evidence(finding)))
    best = _strength(sections)
    if best is not None:
        plan.append(_entry("CORE002", STRENGTH, f"{best.title}: {best.why}"))
    return (*plan, _entry("MON001", MONITORING, "asked of every candidate"))


def _entry(code: str, question: Question, evidence: str) -> Debrief:
    return Debrief(code, question.ask, evidence, question.strong, question.weak)


def _weight(finding: Finding) -> tuple[int, bool, str]:
    return WORST_FIRST.index(finding.severity), finding.certainty is not Certainty.CONFIRMED, finding.code


def _evidence(finding: Finding) -> str:
    first = finding.evidence[0]
    return f"{first.where}: {first.what}" if first.where else first.what


def _strength(sections: Sequence[SectionResult]) -> CriterionResult | None:
    """The criterion of most points among those with nearly all of them."""
    full = [c for section in sections for c in section.criteria if c.points is not None and c.points >= 0.9 * c.max]
    return max(full, key=lambda c: c.max, default=None)
