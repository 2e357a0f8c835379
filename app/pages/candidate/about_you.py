"""What a candidate may say of themselves, apart from their work: sex, and race or ethnicity."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.impact import service as impact_service
from app.impact.categories import OTHER_SEXES, RACES, SEXES
from app.pages.candidate.visit import VisitDep, candidate_page
from app.store.self_descriptions import SelfDescription
from app.web.auth import ServiceDep, require_same_origin
from app.web.rendering import seen
from app.words import N_, _

router = APIRouter(include_in_schema=False)
HERE = "/i/{token}/about-you"
Field = Annotated[str, Form(max_length=20)]
NOTICES = {"kept": N_("Your answers are kept."), "taken-back": N_("Your answers are removed.")}


@router.get(HERE)
def show(visit: VisitDep, service: ServiceDep, did: str = "") -> Response:
    """The two questions, with what was answered; 404 where the organisation does not ask."""
    said = impact_service.said(service, visit.standing)
    return candidate_page(
        "about_you.html",
        service,
        visit,
        said=said,
        answers=said or SelfDescription(),
        sexes={**SEXES, **OTHER_SEXES},
        races=RACES,
        notice=_(NOTICES[did]) if did in NOTICES else "",
    )


@router.post(HERE)
def answer(
    request: Request, visit: VisitDep, service: ServiceDep, do: Field = "keep", sex: Field = "", race: Field = ""
) -> Response:
    """Keep the answers, or take them back."""
    require_same_origin(request)
    if do == "take-back":
        impact_service.take_back(service, visit.standing)
        return seen(
            f"{visit.path}/about-you?did=taken-back" if visit.organisation.asks_self_description else visit.path
        )
    impact_service.say(service, visit.standing, SelfDescription(sex, race))
    return seen(f"{visit.path}/about-you?did=kept")
