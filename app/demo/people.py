"""Who applies for the fictitious opening, and how far each of them comes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.rights import Role
from app.store.members import NewMember

OPENING = "Demo: machine-learning engineer, customer retention"
TAG = "demo"
#: Begins the external id of each candidate of the demo.
PREFIX = "demo-"
#: Nobody can have an address of this domain (RFC 2606), so no mail leaves and nobody real is meant.
RECRUITER = NewMember("recruiter@demo.invalid", "Demo recruiter", Role.RECRUITER)
INTERVIEWER = NewMember("interviewer@demo.invalid", "Demo interviewer", Role.INTERVIEWER)


class Stage(StrEnum):
    """How far a candidate of the demo comes."""

    INVITED = "invited"
    STARTED = "started"
    GRADED = "graded"
    DEBRIEF = "debrief"
    APPEALED = "appealed"
    DECIDED = "decided"


@dataclass(frozen=True)
class Applicant:
    """`reference` is what they hand in, None where they have handed in nothing yet."""

    first_name: str
    last_name: str
    stage: Stage
    reference: str | None = None

    @property
    def external_id(self) -> str:
        return f"{PREFIX}{self.first_name.lower()}"


#: In the order in which they hand in: the first report is the one with most to see, and what takes longest comes last.
APPLICANTS = (
    Applicant("Noor", "Haddad", Stage.INVITED),
    Applicant("Jo", "Brennan", Stage.STARTED),
    Applicant("Lena", "Brandt", Stage.APPEALED, "leaky"),
    Applicant("Kim", "Okafor", Stage.DECIDED, "good"),
    Applicant("Aiko", "Tanaka", Stage.DEBRIEF, "notebook"),
    Applicant("Tomas", "Rivera", Stage.GRADED, "overfit"),
    Applicant("Sam", "Lindqvist", Stage.GRADED, "crashes"),
    Applicant("Priya", "Raman", Stage.GRADED, "ugly_but_right"),
    Applicant("Mara", "Costa", Stage.GRADED, "accuracy_only"),
    Applicant("Olu", "Adeyemi", Stage.GRADED, "slow"),
    Applicant("Ben", "Novak", Stage.GRADED, "hangs"),
)
