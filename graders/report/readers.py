"""One document, three readers: what an interviewer, a recruiter and the candidate may see of it.

What a candidate sees is chosen by name, so a check, a criterion or a table that is added later stays hidden from
candidates until somebody decides otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from graders.report.summary import summary

Reader = Literal["interviewer", "recruiter", "candidate"]

#: Checks whose words rest on the candidate's own files or on public rows alone; the letters stand for all numbers.
OPEN_CHECKS = frozenset({
    "CODE", "TEST", "SEC", "HYG", "DOC001", "DOC002", "MON001", "REPRO002", "REPRO003", "REPRO004", "ROB", "SKEW",
    "DATA001", "PERF",
})  # fmt: skip
#: Ways of seeing that need no hidden row (see graders/checks/leakage/signal.py).
OPEN_SOURCES = frozenset({"static", "inside", "interference"})
#: Criteria that are judged from the code or on public rows.
OPEN_CRITERIA = frozenset({
    "structure", "complexity-duplication", "correctness", "readability", "error-handling", "environment", "tests",
    "hygiene", "robustness", "cost", "parity", "data-validation", "monitoring",
})  # fmt: skip
OPEN_TABLES = frozenset({"robustness", "cost"})
WITHHELD = "Measured; what the measurement says is not shown, so that the hidden rows stay hidden."

NO_METRICS: Mapping[str, Any] = {
    "hidden": {},
    "train": {},
    "claimed": {},
    "claimed_null": {},
    "skill": None,
    "oracle": None,
    "baseline": None,
}

Document = Mapping[str, Any]


def for_reader(document: Document, reader: Reader) -> dict[str, Any]:
    """The part of `document` that `reader` may see: again a document, for `html.render`.  `document` stays as it is."""
    cut = {"interviewer": _interviewer, "recruiter": _recruiter, "candidate": _candidate}[reader]
    return {**cut(document), "reader": reader}


def _interviewer(document: Document) -> dict[str, Any]:
    return dict(document)


def _recruiter(document: Document) -> dict[str, Any]:
    """Points, reasons and what was found; no code, no questions, no tables."""
    findings = [{**finding, "evidence": [], "evidence_left_out": 0, "question": ""} for finding in document["findings"]]
    problem = document["problem"] and {**document["problem"], "quote": []}
    return {
        **document,
        **_emptied(),
        "runs": [],
        "sources": [],
        "set_aside": [],
        "findings": findings,
        "problem": problem,
    }


def _candidate(document: Document) -> dict[str, Any]:
    """Findings and what to do next; of what rests on hidden rows, nothing but the band and that it was found."""
    findings = [_finding(finding) for finding in document["findings"]]
    sections = [_section(section) for section in document["sections"]]
    claimed = {name: {**score, "low": None, "high": None} for name, score in document["metrics"]["claimed"].items()}
    tables = [table for table in document.get("measurements", ()) if table["id"] in OPEN_TABLES]
    return {
        **document,
        **_emptied(),
        "overall": document["overall"] and _overall(document["overall"], findings),
        "metrics": {**NO_METRICS, "claimed": claimed},
        "measurements": tables,
        "sections": sections,
        "findings": findings,
        "summary": summary(sections, [_explained(finding) for finding in findings]),
    }


def _emptied() -> dict[str, Any]:
    """What neither a recruiter nor a candidate gets."""
    curves: dict[str, list[Any]] = {"roc": [], "calibration": [], "precision_recall": [], "cost": []}
    return {"metrics": dict(NO_METRICS), "curves": curves, "measurements": [], "debrief": [], "levels": []}


def _overall(overall: Document, findings: list[dict[str, Any]]) -> dict[str, Any]:
    titles = {finding["code"]: finding["title"] for finding in findings}
    caps = [{"code": cap["code"], "why": titles.get(cap["code"], "")} for cap in overall["caps"]]
    return {"score": None, "low": None, "high": None, "band": overall["band"], "bands": [overall["band"]], "caps": caps}


def _section(section: Document) -> dict[str, Any]:
    """The open criteria; the sum would tell the hidden ones by difference."""
    criteria = [criterion for criterion in section["criteria"] if criterion["id"] in OPEN_CRITERIA]
    return {**section, "points": None, "low": None, "high": None, "criteria": criteria}


def _finding(finding: Document) -> dict[str, Any]:
    if _is_open(finding["code"]):
        return {**finding, "question": ""}
    evidence = [item if item["source"] in OPEN_SOURCES else {**item, "what": WITHHELD} for item in finding["evidence"]]
    placed = [item for item in evidence if item["path"] or item["what"] != WITHHELD]
    return {**finding, "question": "", "note": "", "evidence": placed or evidence[:1], "evidence_left_out": 0}


def _is_open(code: str) -> bool:
    return code in OPEN_CHECKS or code.rstrip("0123456789") in OPEN_CHECKS


def _explained(finding: Document) -> Document:
    """For the summary: where the evidence is withheld, why the finding matters stands in its place."""
    evidence = finding["evidence"]
    if not evidence or evidence[0]["what"] != WITHHELD or not finding["guide"]:
        return finding
    return {**finding, "evidence": [{**evidence[0], "what": finding["guide"]["why"]}]}
