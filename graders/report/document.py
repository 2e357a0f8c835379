"""Report -> report.json: plain values that say everything, so that any page can be made from them years later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from graders.checks.check import Check
from graders.debrief import LEVELS
from graders.model.finding import Finding
from graders.model.report import CriterionResult, Curves, Debrief, Overall, Problem, Report, SectionResult
from graders.model.submission import Form, Submission
from graders.report.clean import clean, clean_line
from graders.report.measured import measurement
from graders.report.numbers import CURVE, POINTS, metrics, rounded
from graders.report.places import evidence, place, quote, set_aside
from graders.report.runs import entry
from graders.report.sources import sources
from graders.report.summary import summary

SCHEMA_VERSION = "1.1.0"

#: More than this many of one kind are counted, not listed.
MAX_EVIDENCE, MAX_SET_ASIDE = 12, 200

#: A sentence of a check may quote the candidate, so every sentence is cleaned and cut here.
MAX_SENTENCE = 1200


def document(report: Report, checks: Mapping[str, Check]) -> dict[str, Any]:
    """The report.json of `report`, valid against `schema()`; `checks` gives guide and question by code.

    A check that is no longer in `checks` leaves its guide None and its question empty.
    """
    candidate = report.case.submission
    findings = [finding(candidate, found, checks.get(found.code)) for found in report.findings]
    sections = [section(one) for one in report.sections]
    return _head(report) | {
        "overall": None if report.overall is None else _overall(report.overall),
        "problem": None if report.problem is None else _problem(report.problem, report.case.submission),
        "summary": summary(sections, findings),
        "sections": sections,
        "metrics": metrics(report.metrics),
        "curves": _curves(report.curves),
        "measurements": [measurement(table) for table in report.measurements],
        "verdicts": {
            "leakage": report.verdicts.leakage,
            "overfitting": report.verdicts.overfitting,
            "reproducible": report.verdicts.reproducible,
        },
        "findings": findings,
        "runs": [entry(run, report.case.submission) for run in report.case.runs.values()],
        "debrief": [_debrief(item, candidate) for item in report.debrief],
        "levels": list(LEVELS) if report.debrief else [],
        "sources": sources(candidate, _pointed(report)),
        "set_aside": [set_aside(item) for item in report.case.submission.set_aside[:MAX_SET_ASIDE]],
    }


@lru_cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report.json of this version meets."""
    text = Path(__file__).with_name("schema.json").read_text("utf-8")
    return dict(json.loads(text))


def _head(report: Report) -> dict[str, Any]:
    """What was graded, against what, and by what."""
    case = report.case
    return {
        "schema_version": SCHEMA_VERSION,
        "status": "ungraded" if report.overall is None else "graded",
        "submission": submission_head(case.submission),
        "challenge": {
            "id": case.challenge.id,
            "version": case.challenge.version,
            "title": case.challenge.title,
            "data_fingerprint": case.dataset.fingerprint,
        },
        "provenance": {
            "grader_version": report.grader_version,
            "rubric_version": report.rubric_version,
            "image": case.sandbox.image,
            "runtime": case.sandbox.runtime,
            "seed": case.seed,
            "graded_at": case.graded_at,
        },
    }


def submission_head(submission: Submission) -> dict[str, Any]:
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


def _overall(overall: Overall) -> dict[str, Any]:
    return {
        "score": rounded(overall.score, POINTS),
        "low": rounded(overall.low, POINTS),
        "high": rounded(overall.high, POINTS),
        "band": overall.band,
        "bands": list(overall.bands),
        "caps": [{"code": cap.code, "why": clean(cap.why, MAX_SENTENCE)} for cap in overall.caps],
    }


def _problem(problem: Problem, submission: Submission) -> dict[str, Any]:
    return {
        "code": clean_line(problem.code),
        "message": clean(problem.message, MAX_SENTENCE),
        "hint": clean(problem.hint, MAX_SENTENCE),
        "where": None if problem.where is None else place(problem.where),
        "quote": quote(submission, problem.where),
    }


def section(result: SectionResult) -> dict[str, Any]:
    """One section with its criteria, as report.json holds it."""
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
        "title": criterion.title,
        "points": rounded(criterion.points, POINTS),
        "max": rounded(criterion.max, POINTS),
        "why": clean(criterion.why, MAX_SENTENCE),
        "findings": list(criterion.findings),
        "next": clean(criterion.next, MAX_SENTENCE),
        "gain": rounded(criterion.gain, POINTS),
    }


def finding(submission: Submission, found: Finding, check: Check | None) -> dict[str, Any]:
    """One finding with its evidence, question and guide, as report.json holds it."""
    return {
        "code": found.code,
        "title": found.title,
        "status": found.status.value,
        "severity": found.severity.value,
        "certainty": None if found.certainty is None else found.certainty.value,
        "note": clean(found.note, MAX_SENTENCE),
        "evidence": [evidence(submission, item) for item in found.evidence[:MAX_EVIDENCE]],
        "evidence_left_out": max(len(found.evidence) - MAX_EVIDENCE, 0),
        "question": "" if check is None else check.question.ask,
        "guide": None if check is None else _guide(check),
    }


def _guide(check: Check) -> dict[str, str]:
    return {"detect": check.guide.detect, "why": check.guide.why, "avoid": check.guide.avoid}


def _debrief(item: Debrief, submission: Submission) -> dict[str, Any]:
    return {
        "code": item.code,
        "kind": item.kind,
        "minutes": item.minutes,
        "stake": rounded(item.stake, POINTS),
        "question": clean(item.question, MAX_SENTENCE),
        "evidence": clean(item.evidence, MAX_SENTENCE),
        "strong": clean(item.strong, MAX_SENTENCE),
        "weak": clean(item.weak, MAX_SENTENCE),
        "where": None if item.where is None else place(item.where) | {"quote": _shown(item, submission)},
    }


def _shown(item: Debrief, submission: Submission) -> list[list[Any]]:
    """What to quote of a place to look at together: the lines about it, but of a function its beginning."""
    if item.where is None or item.where.line is None:
        return []
    lines = quote(submission, item.where)
    if any(line == item.where.line and text.startswith("def ") for line, text in lines):
        lines = quote(submission, replace(item.where, line=item.where.line + 3), 3)
    while lines and not lines[-1][1].strip():
        lines.pop()
    return lines


def _pointed(report: Report) -> list[str]:
    """The files that the plan and the flagged findings point to."""
    asked = [item.where for item in report.debrief]
    found = [item.where for finding in report.findings if finding.flagged for item in finding.evidence]
    return [where.path for where in (*asked, *found) if where is not None]


def _curves(curves: Curves) -> dict[str, Any]:
    return {
        "roc": [[rounded(x, CURVE), rounded(y, CURVE)] for x, y in curves.roc],
        "calibration": [
            [rounded(mean, CURVE), rounded(rate, CURVE), int(rows)] for mean, rate, rows in curves.calibration
        ],
        "precision_recall": [[rounded(x, CURVE), rounded(y, CURVE)] for x, y in curves.precision_recall],
        "cost": [[rounded(at, CURVE), rounded(cost, POINTS)] for at, cost in curves.cost],
    }
