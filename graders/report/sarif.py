"""report.json -> SARIF 2.1.0, so that editors and code hosts show the findings at their lines.

Code hosts ask for more than the standard does: they refuse a whole file for one result without a location, and show
every rule with its description and help.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from graders.model.finding import Certainty, Severity, Status
from graders.report.schema import Document, Evidence, Finding
from graders.report.translated import translated
from graders.report.words import place_text
from graders.words import ENGLISH, N_, Speaker, say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
FINGERPRINT = "assayFinding/v1"

LEVELS = {Severity.CRITICAL: "error", Severity.MAJOR: "error", Severity.MINOR: "warning", Severity.INFO: "note"}

#: 0 to 100, the higher the sooner to look at; a suspicion ranks below every measurement of its severity.
RANKS = {Severity.CRITICAL: 95.0, Severity.MAJOR: 75.0, Severity.MINOR: 45.0, Severity.INFO: 15.0}
SUSPICION_COSTS = 10.0

_LITERAL = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"})

Json = dict[str, Any]


def render(document: Document, locale: str = ENGLISH) -> Json:
    """The flagged evidence of a document as one SARIF run; every check is a rule, also those that passed."""
    document, speaker = translated(document, locale), Speaker(locale)
    driver = {
        "name": "Assay",
        "version": document.provenance.grader_version,
        "rules": [_rule(finding, speaker) for finding in document.findings],
    }
    submission, challenge = document.submission, document.challenge
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"assay/{challenge.id}/{submission.id}"},
        "originalUriBaseIds": {ROOT: {"description": {"text": speaker.text(N_("The root of the submission."))}}},
        "invocations": [_invocation(document, speaker)],
        "results": list(_results(document)),
        "columnKind": "unicodeCodePoints",
        "properties": {"status": document.status, "sha256": submission.sha256},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def written(document: Document) -> bytes:
    """The bytes of findings.sarif."""
    return json.dumps(render(document), indent=2, ensure_ascii=False).encode()


def _rule(finding: Finding, speaker: Speaker) -> Json:
    guide = finding.guide
    told = (
        (guide.why, say("Detected: {how}", how=guide.detect), say("Avoid: {how}", how=guide.avoid))
        if guide
        else (finding.title,)
    )
    return {
        "id": finding.code,
        "shortDescription": {"text": finding.title},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {"severity": finding.severity.value, "status": finding.status.value},
        "fullDescription": {"text": told[0]},
        "help": {"text": "\n\n".join(map(speaker.text, told))},
    }


def _results(document: Document) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for index, finding in enumerate(document.findings):
        if not finding.flagged:
            continue
        for evidence in finding.evidence:
            mark = _fingerprint(finding.code, evidence)
            seen[mark] += 1
            result = _result(index, finding, evidence, f"{mark}:{seen[mark]}")
            yield result | {"locations": [_location(evidence, evidence.path or document.submission.entry)]}


def _result(index: int, finding: Finding, evidence: Evidence, fingerprint: str) -> Json:
    suspected = evidence.certainty is Certainty.SUSPECTED
    properties: Json = {"certainty": evidence.certainty.value}
    if evidence.cell is not None:
        properties |= {"cell": evidence.cell} | ({"line": evidence.line} if evidence.line else {})
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "rank": RANKS[finding.severity] - SUSPICION_COSTS * suspected,
        "message": _message(evidence.what or finding.title),
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "properties": properties,
    }


def _message(text: str) -> Json:
    """A message that says `text` and nothing else: SARIF would read brackets as a link, braces as a slot."""
    return {"text": text.translate(_LITERAL)}


def _location(evidence: Evidence, path: str) -> Json:
    """The line; of a notebook the cell, as the lines of an .ipynb file are not lines the candidate knows.

    What is said of the submission as a whole is said of the file that begins it.
    """
    physical: Json = {"artifactLocation": {"uri": quote(path), "uriBaseId": ROOT}}
    if evidence.cell is None and evidence.line is not None:
        physical["region"] = _region(evidence)
    location: Json = {"physicalLocation": physical}
    if evidence.cell is not None:
        name = f"cell {evidence.cell}"
        full = f"{path}/{name}"
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": full, "kind": "cell"}]
        location["message"] = _message(place_text(evidence))
    return location


def _region(evidence: Evidence) -> Json:
    line = _line(evidence)
    return {"startLine": evidence.line} | ({"snippet": {"text": line}} if line else {})


def _line(evidence: Evidence) -> str:
    """The text of the line the evidence speaks of, empty where it is not quoted."""
    return next((text for number, text in evidence.quote if number == evidence.line), "")


def _fingerprint(code: str, evidence: Evidence) -> str:
    """The same for the same fault although lines above it come and go: the line's text counts, not its number."""
    told = (code, evidence.path or "", _line(evidence).strip() or evidence.what)
    return hashlib.sha256("\x00".join(told).encode()).hexdigest()[:32]


def _invocation(document: Document, speaker: Speaker) -> Json:
    """How the grading went: a submission that could not be scored and checks that broke are told as notes."""
    notes = [
        {
            "level": "error",
            "message": _message(
                speaker.text(say("{code} could not be checked: {why}", code=finding.code, why=finding.note))
            ),
        }
        for finding in document.findings
        if finding.status is Status.BROKEN
    ]
    problem = document.problem
    if problem:
        told = speaker.text(say("Not graded: {what} {hint}", what=problem.message, hint=problem.hint))
        notes.append({"level": "error", "message": _message(told)})
    return {"executionSuccessful": document.status == "graded", "toolExecutionNotifications": notes}
