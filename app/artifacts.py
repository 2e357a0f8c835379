"""What one grading leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graders.live.model import LiveOutcome, LiveTask
from graders.model.challenge import Challenge
from graders.model.probe import Watch
from graders.model.submission import Submission
from graders.report.schema import Document

JSON, HTML, SARIF = "report.json", "report.html", "findings.sarif"
CASE = "case.zip"
#: What the report's sentences were made of, from which they are said in another language; nobody is handed it.
MESSAGES = "messages.json"
#: Made when they are asked for: what a meeting needs, and all of it.
PDF, APPENDIX = "report.pdf", "appendix.pdf"


@dataclass(frozen=True)
class Artifacts:
    """The report as a document, as a page, its findings as SARIF, and the case it can be recomputed from."""

    document: Document
    html: str
    sarif: Mapping[str, Any]
    case: bytes

    @property
    def status(self) -> str:
        """`graded` or `ungraded`."""
        return self.document.status

    def files(self) -> dict[str, bytes]:
        """The three files by name, as they are handed out."""
        return {
            JSON: self.document.written(),
            HTML: self.html.encode(),
            SARIF: json.dumps(self.sarif, indent=2, ensure_ascii=False).encode(),
        }


@dataclass(frozen=True)
class Verdict:
    """What a check on public data says, a line each; `ok` where the grader will accept it."""

    ok: bool
    lines: tuple[str, ...]


#: Grade a submission to its end; SandboxError means that nobody was graded.
Grade = Callable[[Submission, Challenge, Watch], Artifacts]
#: A live run: the task's probes put to a work, changed or not, on public rows; SandboxError where the fault is ours.
Live = Callable[[Submission, Challenge, LiveTask], LiveOutcome]
#: A preview: run a submission once on public rows, as `assay check` does; SandboxError where the fault is ours.
Preview = Callable[[Submission, Challenge], Verdict]
