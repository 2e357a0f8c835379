"""What lists, exports and comparisons need of a report, kept beside its grading in the database."""

from __future__ import annotations

from typing import Any

from graders.report.schema import Document


def facts(document: Document) -> dict[str, Any]:
    """The columns of a grading that its report fills: state, versions, band and summary."""
    overall, made = document.overall, document.provenance
    return {
        "state": document.status,
        "image": made.image,
        "challenge_version": document.challenge.version,
        "data_fingerprint": document.challenge.data_fingerprint,
        "grader_version": made.grader_version,
        "rubric_version": made.rubric_version,
        "band": overall.band if overall else None,
        "summary": summary(document),
    }


def summary(document: Document) -> dict[str, Any]:
    """Score with its interval, bands, caps, points, verdicts and flagged codes; no text of the candidate's."""
    overall, problem = document.overall, document.problem
    return {
        "score": overall.score if overall else None,
        "low": overall.low if overall else None,
        "high": overall.high if overall else None,
        "band": overall.band if overall else None,
        "bands": list(overall.bands) if overall else [],
        "caps": [cap.code for cap in overall.caps] if overall else [],
        "sections": [section.model_dump(exclude={"criteria"}) for section in document.sections],
        "criteria": criteria(document),
        "verdicts": document.verdicts.plain(),
        "flagged": [finding.code for finding in document.flagged],
        "problem": problem.code if problem else None,
    }


def criteria(document: Document) -> dict[str, float | None]:
    """Points by criterion, None where it was not judged."""
    return {criterion.id: criterion.points for section in document.sections for criterion in section.criteria}
