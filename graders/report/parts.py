"""Parts of report.json as the plain values that it holds: of them the document is made, and `assay quality` shows some.

Nothing here knows the types of the document: whoever shows one part need not load them all.
"""

from __future__ import annotations

from typing import Any

from graders.checks.check import Check, told
from graders.model.challenge import Challenge
from graders.model.finding import Finding
from graders.model.report import CriterionResult, SectionResult
from graders.model.submission import Form, Submission
from graders.report.clean import clean, clean_line
from graders.report.places import evidence
from graders.report.rounding import POINTS, rounded

#: More evidence than this is counted, not listed.
MAX_EVIDENCE = 12

#: A sentence of a check may quote the candidate, so every sentence is cleaned and cut here.
MAX_SENTENCE = 1200


def submission_head(submission: Submission) -> dict[str, Any]:
    """What was handed in."""
    return {
        "id": clean_line(submission.id, 100),
        "sha256": submission.sha256,
        "form": submission.form.value,
        "entry": clean_line(submission.entry),
        "files": len(submission.files),
        "lines": _lines(submission),
    }


def _lines(submission: Submission) -> int:
    """Lines of Python the candidate wrote, those in notebook cells included."""
    modules = sum(len(source.splitlines()) for path, source in submission.files.items() if path.endswith(".py"))
    cells = sum(len(source.splitlines()) for source in submission.cells.values())
    return modules + (cells if submission.form is Form.NOTEBOOK else 0)


def section(result: SectionResult) -> dict[str, Any]:
    """One section with its criteria."""
    return {
        "id": result.id,
        "points": rounded(result.points, POINTS),
        "max": rounded(result.max, POINTS),
        "weight": rounded(result.weight, POINTS),
        "low": rounded(result.low, POINTS),
        "high": rounded(result.high, POINTS),
        "criteria": [_criterion(criterion) for criterion in result.criteria],
    }


def _criterion(criterion: CriterionResult) -> dict[str, Any]:
    return {
        "id": criterion.id,
        "title": str(criterion.title),
        "points": rounded(criterion.points, POINTS),
        "max": rounded(criterion.max, POINTS),
        "why": clean(criterion.why, MAX_SENTENCE),
        "findings": list(criterion.findings),
        "next": clean(criterion.next, MAX_SENTENCE),
        "gain": rounded(criterion.gain, POINTS),
    }


def finding(
    submission: Submission, finding_: Finding, check: Check | None, challenge: Challenge | None = None
) -> dict[str, Any]:
    """One finding with its evidence, and with question and guide in the words of the challenge."""
    guide, question = (None, None) if check is None else told(check, challenge)
    return {
        "code": finding_.code,
        "title": str(finding_.title),
        "status": finding_.status.value,
        "severity": finding_.severity.value,
        "certainty": None if finding_.certainty is None else finding_.certainty.value,
        "note": clean(finding_.note, MAX_SENTENCE),
        "evidence": [evidence(submission, item) for item in finding_.evidence[:MAX_EVIDENCE]],
        "evidence_left_out": max(len(finding_.evidence) - MAX_EVIDENCE, 0),
        "question": "" if question is None else str(question.ask),
        "guide": None if guide is None else {name: str(text) for name, text in vars(guide).items()},
    }
