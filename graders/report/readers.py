"""One document, three readers: what an interviewer, a recruiter and the candidate may see of it.

What a candidate sees is chosen by name, so a check, a criterion or a table that is added later stays hidden from
candidates until somebody decides otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graders.catalog import BY_CODE
from graders.report.schema import (
    Cap,
    Curves,
    Document,
    Finding,
    Interval,
    Metrics,
    Overall,
    Reader,
    Section,
    Summary,
    Verdicts,
)
from graders.report.summary import summary
from graders.report.translated import kept
from graders.words import N_

#: Ways of seeing that need no hidden row (see graders/checks/leakage/signal.py).
OPEN_SOURCES = frozenset({"static", "inside", "interference"})
#: Criteria that are judged from the code or on public rows.
OPEN_CRITERIA = frozenset({
    "structure", "complexity-duplication", "correctness", "readability", "error-handling", "environment", "tests",
    "hygiene", "robustness", "cost", "parity", "data-validation", "monitoring",
})  # fmt: skip
OPEN_TABLES = frozenset({"robustness", "cost"})
WITHHELD = N_("Measured; what the measurement says is not shown, so that the hidden rows stay hidden.")

#: What neither a recruiter nor a candidate gets.
NO_METRICS = Metrics(hidden={}, train={}, claimed={}, claimed_null={}, skill=None, oracle=None, baseline=None)
NO_CURVES = Curves(roc=(), calibration=(), precision_recall=(), cost=())
EMPTIED: Mapping[str, Any] = {
    "metrics": NO_METRICS,
    "curves": NO_CURVES,
    "measurements": (),
    "debrief": (),
    "levels": (),
}


def for_reader(document: Document, reader: Reader) -> Document:
    """The part of `document` that `reader` may see."""
    if reader != "interviewer":
        document = _for_recruiter(document) if reader == "recruiter" else _for_candidate(document)
    return kept(document.model_copy(update={"reader": reader}))


def problem_only(document: Document) -> Document:
    """What a candidate may see of code that could not be scored while another attempt may follow: why, and where.

    Whatever was judged all the same stays hidden: otherwise code that fails on purpose would be judged for nothing.
    """
    return Document(
        schema_version=document.schema_version,
        status=document.status,
        submission=document.submission,
        challenge=document.challenge,
        provenance=document.provenance,
        overall=None,
        problem=document.problem,
        summary=Summary(strengths=(), concerns=()),
        sections=(),
        metrics=NO_METRICS,
        curves=NO_CURVES,
        measurements=(),
        verdicts=Verdicts(leakage="not judged", overfitting="not judged", reproducible=None),
        findings=(),
        runs=(),
        debrief=(),
        set_aside=(),
        reader="candidate",
    )


def _for_recruiter(document: Document) -> Document:
    """Points, reasons and what was found; no code, no questions, no tables."""
    bare = {"evidence": (), "evidence_left_out": 0, "question": ""}
    return document.model_copy(
        update={
            **EMPTIED,
            "runs": (),
            "sources": (),
            "set_aside": (),
            "findings": tuple(finding.model_copy(update=bare) for finding in document.findings),
            "problem": document.problem and document.problem.model_copy(update={"quote": ()}),
        }
    )


def _for_candidate(document: Document) -> Document:
    """Findings and what to do next; of what rests on hidden rows, nothing but the band and that it was found."""
    findings = tuple(_finding(finding) for finding in document.findings)
    sections = tuple(_section(section) for section in document.sections)
    claimed = {
        name: Interval(value=score.value, low=None, high=None) for name, score in document.metrics.claimed.items()
    }
    return document.model_copy(
        update={
            **EMPTIED,
            "overall": document.overall and _overall(document.overall, findings),
            "metrics": NO_METRICS.model_copy(update={"claimed": claimed}),
            "measurements": tuple(table for table in document.measurements if table.id in OPEN_TABLES),
            "sections": sections,
            "findings": findings,
            "summary": summary(sections, [_explained(finding) for finding in findings]),
        }
    )


def _overall(overall: Overall, findings: Sequence[Finding]) -> Overall:
    titles = {finding.code: finding.title for finding in findings}
    caps = tuple(Cap(code=cap.code, why=titles.get(cap.code, "")) for cap in overall.caps)
    return Overall(score=None, low=None, high=None, band=overall.band, bands=(overall.band,), caps=caps)


def _section(section: Section) -> Section:
    """The open criteria; the sum would tell the hidden ones by difference."""
    criteria = tuple(criterion for criterion in section.criteria if criterion.id in OPEN_CRITERIA)
    return section.model_copy(update={"points": None, "low": None, "high": None, "criteria": criteria})


def _finding(finding: Finding) -> Finding:
    if _is_open(finding.code):
        return finding.model_copy(update={"question": ""})
    evidence = tuple(
        item if item.source in OPEN_SOURCES else item.model_copy(update={"what": WITHHELD}) for item in finding.evidence
    )
    placed = tuple(item for item in evidence if item.path or item.what != WITHHELD)
    return finding.model_copy(
        update={"question": "", "note": "", "evidence": placed or evidence[:1], "evidence_left_out": 0}
    )


def _is_open(code: str) -> bool:
    return code in BY_CODE and BY_CODE[code].open


def _explained(finding: Finding) -> Finding:
    """For the summary: where the evidence is withheld, why the finding matters stands in its place."""
    evidence = finding.evidence
    if not evidence or evidence[0].what != WITHHELD or not finding.guide:
        return finding
    return finding.model_copy(update={"evidence": (evidence[0].model_copy(update={"what": finding.guide.why}),)})
