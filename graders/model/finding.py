"""What is judged: checks, and what each found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from graders.model.submission import Location


class Severity(StrEnum):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Status(StrEnum):
    FLAGGED = "flagged"
    PASSED = "passed"
    NOT_APPLICABLE = "not applicable"
    BROKEN = "broken"


class Certainty(StrEnum):
    """`confirmed` rests on a measurement made outside the candidate's reach, `suspected` on anything less."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


@dataclass(frozen=True)
class Evidence:
    """Something a person can go and look at.  `source` says how it was seen (see graders/checks/leakage/signal.py)."""

    what: str
    where: Location | None = None
    certainty: Certainty = Certainty.CONFIRMED
    source: str = "outside"


@dataclass(frozen=True)
class Question:
    """One question for the debrief, with what a strong and a weak answer holds."""

    ask: str
    strong: str
    weak: str


@dataclass(frozen=True)
class Guide:
    """A check's entry in the guide: how it detects, why it matters, how to avoid the finding."""

    detect: str
    why: str
    avoid: str


@dataclass(frozen=True)
class Finding:
    code: str
    title: str
    status: Status
    severity: Severity
    note: str = ""
    prevented: bool = False  # not applicable, and by the doing of the candidate's code
    evidence: tuple[Evidence, ...] = ()
    suggested: Evidence | None = None  # not applicable, and what the source text alone suggests is worth a question

    @property
    def flagged(self) -> bool:
        return self.status is Status.FLAGGED

    @property
    def certainty(self) -> Certainty | None:
        """The strongest certainty among the evidence; None when nothing is held against the candidate."""
        if not self.flagged:
            return None
        sure = any(e.certainty is Certainty.CONFIRMED for e in self.evidence)
        return Certainty.CONFIRMED if sure else Certainty.SUSPECTED
