"""The code section for anything that is code, without Docker: what `assay quality` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.intake.bounded import CODE_SERVER, bounded
from app.intake.source_tree import EVERYTHING, Choice, read_source
from app.words import language
from challenges.expected import TOOL_LIMITS
from challenges.rubric import CODE as CRITERIA
from graders.checks.check import judge_code
from graders.model.case import NotApplicable
from graders.model.finding import Finding
from graders.model.probe import Action, Probe
from graders.model.report import SectionResult
from graders.model.submission import Submission
from graders.probes.names import ProbeName
from graders.readable import BY_CODE, CHECKS, code_section
from graders.report import parts
from graders.report.spoken import spoken
from graders.rubric import reading
from graders.source.code import Code
from sandbox.static_tools import analysis
from sandbox.static_tools.bounded import OF_A_PROJECT

PROBES = (
    Probe(ProbeName.RUFF, Action.RUFF, limits=TOOL_LIMITS),
    Probe(ProbeName.RADON, Action.RADON, limits=TOOL_LIMITS),
)
#: Criteria that are read off the code alone.
CODE = ("structure", "complexity-duplication", "correctness", "readability", "error-handling")


def quality(path: Path, choice: Choice = EVERYTHING) -> dict[str, Any]:
    """The code section and its findings as the report gives them.  Raises Rejected.

    `score` is of all that can be read, `code` of the code without what lies around it; both 0 to 100.
    `ranges` has low and high of both: an expert's grade of the same code lies there in 95 of 100 cases.
    It is read in a process that can be ended.  What it says is in the reader's language.
    """
    return bounded(CODE_SERVER, OF_A_PROJECT, judged, path.absolute(), choice)


def judged(path: Path, choice: Choice) -> dict[str, Any]:
    """What `quality` gives, in this process."""
    submission = read_source(path, choice)
    code = analysed(submission)
    section, findings = read(code)
    scores = {"score": score(section), "code": score(section, *CODE)}
    return {
        "submission": parts.submission_head(submission),
        **scores,
        "ranges": {name: ends(code, value) for name, value in scores.items()},
        "section": spoken(parts.section(section), language(), section),
        "findings": [
            spoken(parts.finding(submission, found, BY_CODE.get(found.code)), language(), found) for found in findings
        ],
    }


def read(code: Code) -> tuple[SectionResult, tuple[Finding, ...]]:
    """Read and judge, running nothing of the submission."""
    findings = tuple(judge_code(check, code) for check in CHECKS)
    return code_section(code, CRITERIA, findings), findings


def analysed(submission: Submission) -> Code:
    """The code beside what ruff and radon say of it."""
    runs = [analysis.run(submission, probe) for probe in PROBES]
    return Code(submission, {run.name: run for run in runs})


def score(section: SectionResult, *criteria: str) -> float | None:
    """Points of what was judged, of `criteria` alone where they are named, as 0-100."""
    judged = [c for c in section.criteria if c.points is not None and (not criteria or c.id in criteria)]
    most = sum(c.max for c in judged)
    return 100 * sum(c.points or 0.0 for c in judged) / most if most else None


def ends(code: Code, value: float | None) -> list[float] | None:
    """Low and high of a score that was read off code; None where nothing could be read."""
    if value is None:
        return None
    try:
        found = reading.interval(value / 100, code.everything)
    except NotApplicable:
        return None
    return [round(100 * found.low, 1), round(100 * found.high, 1)]
