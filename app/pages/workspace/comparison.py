"""Two to four candidates side by side, nobody ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.candidates import service as candidate_service
from app.candidates.comparison import Measured, Pair
from app.candidates.service import Compared
from app.errors import Conflict, Invalid
from app.names import called
from app.organisations import service as organisation_service
from app.pages.workspace.frame import ReaderDep, workspace
from app.pages.workspace.reports import document_for
from app.rights import hides_names
from app.web.auth import ServiceDep
from app.web.rendering import seen
from app.words import N_, _
from graders.model.challenge import Challenge
from graders.report.schema import Document
from graders.report.words import SECTIONS

router = APIRouter(include_in_schema=False)


@router.get("/work/compare")
def comparison(
    service: ServiceDep,
    who: ReaderDep,
    invitation: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Intervals under each other; what cannot be told apart says so in words."""
    try:
        compared = candidate_service.compare(service, who, invitation)
    except (Invalid, Conflict) as no:
        return seen("/work?choose=" + ("rate" if no.code == "scorecard-first" else "again"))
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    names = {standing.invitation.id: called(standing, blind=blind) for standing in compared.standings}
    challenge = service.ports.challenge(compared.standings[0].invitation.challenge)
    documents = {standing.invitation.id: document_for(service, who, standing) for standing in compared.standings}
    lines = _lines({invitation_id: document for invitation_id, document in documents.items() if document is not None})
    parts = [
        _part(challenge, compared, name, names, lines.get(name, ()))
        for name in dict.fromkeys(n for side in compared.sides for n in side.scores)
    ]
    own_rows = compared.own_rows
    return workspace("compare.html", who, "/work", names=names, entries=compared.sides, parts=parts, own_rows=own_rows)


@dataclass(frozen=True)
class Line:
    """One criterion: what could be had, and by invitation the points, None where it was not judged."""

    id: str
    title: str
    most: float
    points: Mapping[str, float | None]


@dataclass(frozen=True)
class Part:
    """The total or a section: what could be had, each candidate's score, and what can be said of differences."""

    id: str
    title: str
    most: float
    scores: Mapping[str, Measured]
    said: Sequence[str]
    lines: Sequence[Line]


def _lines(documents: Mapping[str, Document]) -> dict[str, list[Line]]:
    """By section: its criteria with every candidate's points, in the order of the first report that has them."""
    points: dict[tuple[str, str], dict[str, float | None]] = {}
    known: dict[tuple[str, str], tuple[str, float]] = {}
    for invitation_id, document in documents.items():
        for section in document.sections:
            for criterion in section.criteria:
                key = (section.id, criterion.id)
                points.setdefault(key, {})[invitation_id] = criterion.points
                known.setdefault(key, (criterion.title, criterion.max))
    lines: dict[str, list[Line]] = {}
    for (section_id, criterion_id), (title, most) in known.items():
        line = Line(criterion_id, title, most, points[section_id, criterion_id])
        lines.setdefault(section_id, []).append(line)
    return lines


def _part(challenge: Challenge, compared: Compared, name: str, names: Mapping[str, str], lines: Sequence[Line]) -> Part:
    points = sum(criterion.points for criterion in challenge.rubric if criterion.section == name)
    scores = {side.invitation_id: side.scores[name] for side in compared.sides if name in side.scores}
    title, most = (N_("Total"), 100.0) if name == "overall" else (SECTIONS.get(name, name.capitalize()), points)
    # A section that was judged by another rubric than today's may exceed it.
    most = max(most, *(score.high for score in scores.values()))
    return Part(name, title, most, scores, _said(compared.pairs, name, scores, names), lines)


def _said(pairs: Sequence[Pair], name: str, scores: Mapping[str, Measured], names: Mapping[str, str]) -> list[str]:
    """Which scores differ by more than their noise, and why others are not compared."""
    why_not = [
        _("{one} and {other} cannot be compared. {reason}").format(**_both(pair, names), reason=pair.why_not)
        for pair in pairs
        if pair.why_not
    ]
    compared = [pair for pair in pairs if not pair.why_not]
    apart = [pair for pair in compared if name in pair.apart]
    if not compared:
        return why_not
    if not all(score.measured for score in scores.values()):
        return [*why_not, _("The noise of these points is not known. Read the findings before you compare them.")]
    if not apart:
        return [*why_not, _("These scores show no real difference. They differ by no more than the noise.")]
    if len(apart) == len(compared):
        return [*why_not, _("These scores differ by more than the noise.")]
    differ = [_("{one} and {other} differ by more than the noise.").format(**_both(pair, names)) for pair in apart]
    return [*why_not, *differ, _("The others show no real difference.")]


def _both(pair: Pair, names: Mapping[str, str]) -> dict[str, str]:
    return {"one": names[pair.one], "other": names[pair.other]}
