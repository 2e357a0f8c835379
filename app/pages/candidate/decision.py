"""The letter about a decision, and asking that a person look again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.decisions import human_reviews
from app.decisions import letters as letter_service
from app.errors import Conflict
from app.pages.candidate.brief import written
from app.pages.candidate.visit import Visit, VisitDep, candidate_page
from app.ports import Service
from app.web.auth import ServiceDep, require_same_origin
from app.web.rendering import seen
from app.words import _

router = APIRouter(include_in_schema=False)
MOST = 5000


@router.get("/i/{token}/decision")
def show(visit: VisitDep, service: ServiceDep) -> Response:
    """The last letter; 404 where there is none."""
    return _page(service, visit)


@router.post("/i/{token}/decision")
def ask(
    request: Request, visit: VisitDep, service: ServiceDep, words: Annotated[str, Form(max_length=20_000)] = ""
) -> Response:
    """Ask for a human review, or back to the form with what is wrong."""
    require_same_origin(request)
    said = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not said or len(said) > MOST:
        problem = _("Say what a person should look at again, in at most {most} characters.").format(most=MOST)
        return _page(service, visit, 422, problem, said)
    try:
        human_reviews.ask(service, visit.standing, said)
    except Conflict as no:
        return _page(service, visit, 409, no.detail, said)
    return seen(request.url.path)


def _page(service: Service, visit: Visit, status: int = 200, problem: str = "", words: str = "") -> Response:
    letter = letter_service.newest(service, visit.standing)
    reviews = human_reviews.of_candidate(service, visit.standing)
    review = next((each for each in reviews if each.version == letter.version), None)
    may_ask = review is None and letter.review_until is not None and datetime.now(UTC) <= letter.review_until
    text = {"letter": letter, "text": written(letter.text), "words": words, "problem": problem, "most": MOST}
    return candidate_page("decision.html", service, visit, status, **text, review=review, may_ask=may_ask)
