"""What an organisation looks at over all its candidates: reviews, notices, adverse impact, agreement with people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Response

from app import links
from app.challenges import service as challenge_service
from app.decisions import human_reviews
from app.errors import DomainError, Invalid, NotFound
from app.impact import service as impact_service
from app.invitations import service as invitation_service
from app.law import service as law_service
from app.law.notice import HEADINGS
from app.law.profiles import NAMES, profiles
from app.law.views import LONGEST, NoticeIn
from app.organisations import service as organisation_service
from app.pages.candidate.brief import written
from app.pages.workspace.frame import ManagerDep, name_for, problem_of, workspace
from app.pages.workspace.settings import valid
from app.ports import Service
from app.rights import Principal, Right
from app.validity import service as validity_service
from app.web.auth import ServiceDep, need
from app.web.errors import status_of
from app.web.rendering import seen
from app.words import _

router = APIRouter(include_in_schema=False)
HERE = "/work/oversight"
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]


@router.get(HERE)
def index(service: ServiceDep, who: ExporterDep) -> Response:
    """The reports so far, and a form to make another."""
    return _page(service, who)


@router.post(HERE + "/impact")
def make(service: ServiceDep, who: ExporterDep, challenge: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Make a report, and show it."""
    try:
        report = impact_service.make(service, who, challenge)
    except DomainError as no:
        return _page(service, who, status_of(no), problem=problem_of(no))
    return seen(f"{HERE}/impact/{report.row.id}")


@router.get(HERE + "/impact/{report_id}")
def show(report_id: str, service: ServiceDep, who: ExporterDep) -> Response:
    """One report."""
    report = impact_service.find(service, who, report_id)
    return workspace("impact.html", who, HERE, report=report, figures=report.figures)


@router.get(HERE + "/validity")
def validity(service: ServiceDep, who: ExporterDep, challenge: Annotated[str, Query(max_length=200)] = "") -> Response:
    """How far the points of a challenge agreed with cards and decisions."""
    if not challenge:
        return seen(HERE)
    return workspace("validity.html", who, HERE, found=validity_service.of_challenge(service, who, challenge))


@router.get(HERE + "/profiles")
def all_profiles(who: ExporterDep) -> Response:
    """What each profile of jurisdiction asks, and where that was read."""
    return workspace("profiles.html", who, HERE, profiles=profiles(), names=NAMES, headings=HEADINGS)


@router.get(HERE + "/notices/new")
def new_notice(
    service: ServiceDep,
    who: ManagerDep,
    challenge: Annotated[str, Query(max_length=200)] = "",
    profile: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    """A notice to edit: the last version, or a draft."""
    if not challenge:
        return seen(HERE)
    return _editing(service, who, challenge, profile, law_service.draft(service, who, challenge, profile))


@router.post(HERE + "/notices")
def publish(
    service: ServiceDep,
    who: ManagerDep,
    challenge: Annotated[str, Form(max_length=200)] = "",
    profile: Annotated[str, Form(max_length=50)] = "",
    text: Annotated[str, Form(max_length=2 * LONGEST)] = "",
) -> Response:
    """Publish it, or back to the text with what is missing."""
    said = text.replace("\r\n", "\n")
    try:
        new = valid(NoticeIn, {"challenge": challenge, "profile": profile, "text": said})
        made = law_service.publish(service, who, new)
    except Invalid as no:
        return _editing(service, who, challenge, profile, said, status_of(no), problem=problem_of(no))
    return seen(f"{HERE}/notices/{made.notice.id}")


@router.get(HERE + "/notices/{notice_id}")
def notice(notice_id: str, service: ServiceDep, who: ExporterDep) -> Response:
    """One version, as candidates read it."""
    published = law_service.find(service, who, notice_id)
    return workspace(
        "notice.html",
        who,
        HERE,
        published=published,
        names=NAMES,
        challenge=service.ports.challenge(published.notice.challenge),
        text=written(published.notice.text),
        address=links.to_notice(service.settings, notice_id),
    )


def _editing(
    service: Service,
    who: Principal,
    challenge_id: str,
    profile_id: str,
    text: str,
    status: int = 200,
    problem: str = "",
) -> Response:
    challenge = next((c for c in challenge_service.known(service, who.org_id) if c.id == challenge_id), None)
    law = profiles().get(profile_id)
    if challenge is None or law is None:
        raise NotFound
    parts = " · ".join(_(HEADINGS[part]) for part in law.notice.parts) if law.notice else ""
    context = {"challenge": challenge, "law": law, "names": NAMES, "parts": parts}
    return workspace("notice_edit.html", who, HERE, status, text=text, problem=problem, most=LONGEST, **context)


def _page(service: Service, who: Principal, status: int = 200, **more: Any) -> Response:
    challenges = challenge_service.known(service, who.org_id)
    reviews = human_reviews.listed(service, who)
    context: dict[str, Any] = {
        "reviews": reviews,
        "people": {
            each.invitation_id: name_for(service, who, invitation_service.find(service, who, each.invitation_id))
            for each in reviews
        },
        "now": datetime.now(UTC),
        "titles": {challenge.id: challenge.title for challenge in challenges},
        "reports": impact_service.listed(service, who),
        "challenges": challenges,
        "organisation": organisation_service.policies(service, who),
        "notices": law_service.listed(service, who),
        "laws": {name: title for name, title in NAMES.items() if profiles()[name].notice},
        "names": NAMES,
        "problem": "",
    }
    return workspace("oversight.html", who, HERE, status, **(context | more))
