"""The debrief: the interview plan with a place for notes, and the interviewer's own scorecard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from app.errors import Conflict, NotFound
from app.invitations import service as invitation_service
from app.organisations import service as organisation_service
from app.pages.workspace.frame import Question, ReviewerDep, StandingDep, ask_first, name_for, workspace
from app.pages.workspace.reports import before_rating, document_for, plan
from app.ports import Service
from app.reviews import scorecard
from app.reviews import service as review_service
from app.reviews.scorecard import Live
from app.rights import Principal, Right, hides_names
from app.store.invitations import Standing
from app.submissions import service as submission_service
from app.web.auth import ServiceDep
from app.web.rendering import fragment, seen
from app.words import N_

router = APIRouter(include_in_schema=False)
NOTE_MAX = 5000
LOCK = Question(
    N_("Submit your scorecard?"),
    N_("Submitting is final. You cannot change your notes and levels afterwards. You then see the other scorecards."),
    N_("Submit it"),
    invitation_service.find,
)


@router.get("/work/c/{invitation_id}/debrief")
def debrief(standing: StandingDep, service: ServiceDep, who: ReviewerDep, kept: str = "") -> Response:
    """The plan, the notes so far and the card as it stands."""
    invitation_service.note_read(service, who, standing)
    return _page(service, who, standing, kept=kept == "yes")


@router.post("/work/c/{invitation_id}/debrief")
async def keep(request: Request, standing: StandingDep, service: ServiceDep, who: ReviewerDep) -> Response:
    """Keep notes and levels, and lock the card where that was the button."""
    form = await request.form(max_fields=120, max_part_size=NOTE_MAX * 4)
    return await run_in_threadpool(_keep, service, who, standing, form)


def _keep(service: Service, who: Principal, standing: Standing, form: FormData) -> Response:
    here = standing.invitation.id
    page = f"/work/c/{here}/debrief"
    try:
        if form.get("sure"):
            review_service.lock(service, who, here)
            return seen(f"/work/c/{here}")
        panel = review_service.save(service, who, here, _ratings(form), _notes(form))
        if form.get("do") != "lock":
            return seen(f"{page}?kept=yes")
        with service.reader.connect() as connection:
            missing = review_service.objection(connection, who, here, panel.own)
        if missing:
            raise Conflict("incomplete", missing)
        return ask_first(service, who, LOCK, here, page, page)
    except Conflict as no:
        return _page(service, who, standing, 409, problem=no.detail)


def _ratings(form: FormData) -> dict[str, int]:
    levels = {name: str(form.get(f"level-{name}", "")) for name in scorecard.dimensions(Live.ALLOWED)}
    return {name: int(level) for name, level in levels.items() if level in {"1", "2", "3", "4"}}


def _notes(form: FormData) -> dict[str, str]:
    """Notes by question; what PostgreSQL cannot hold is left out."""
    notes = {name.removeprefix("note-")[:40]: str(value) for name, value in form.items() if name.startswith("note-")}
    return {code: text.replace("\0", "")[:NOTE_MAX] for code, text in notes.items() if text.strip()}


def _page(service: Service, who: Principal, standing: Standing, status: int = 200, **more: Any) -> Response:
    panel = review_service.show(service, who, standing.invitation.id)
    document = document_for(service, who, standing)
    if document is None:
        raise NotFound
    if not panel.total:
        document = before_rating(document)
    card = panel.own
    locked = card is not None and card.locked_at is not None
    notes = card.notes if card else {}
    with service.reader.connect() as connection:
        rates_live = review_service.rates_live(connection, who, standing.invitation.id)
    used = organisation_service.policies(service, who).live and who.may(Right.READ_CODE)
    live = f"/work/c/{standing.invitation.id}/live" if used and document.status == "graded" else ""
    boxes = {i: _box(i, q.code, notes.get(q.code, ""), live, locked=locked) for i, q in enumerate(document.debrief)}
    context = {"problem": "", "kept": False} | more
    return workspace(
        "debrief.html",
        who,
        "/work",
        status,
        name=name_for(service, who, standing),
        standing=standing,
        panel=panel,
        card=card,
        locked=locked,
        d=document,
        history=_history(service, who, standing),
        plan=plan(document, boxes, f"/work/c/{standing.invitation.id}/report"),
        dimensions=scorecard.dimensions(rates_live),
        levels=scorecard.LEVELS,
        live_levels=scorecard.LIVE_LEVELS,
        live_required=rates_live is Live.REQUIRED,
        live=live,
        **context,
    )


def _history(service: Service, who: Principal, standing: Standing) -> dict[str, Any] | None:
    """How the submission that counts came to be, where it was taken from git: facts to talk about, no judgement.

    Subjects may name their author, so readers who judge blind see none.
    """
    found = submission_service.repository(service, standing.final) if standing.final else None
    if found is None:
        return None
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    steps = [
        {**step, "at": datetime.fromisoformat(step["at"]), "subject": "" if blind else step["subject"]}
        for step in found.steps
    ]
    tests = next((place for place, step in enumerate(found.steps, 1) if step["tests"]), None)
    address = "" if blind else found.address
    return {"steps": steps, "tests": tests, "whole": found.whole, "commit": found.commit, "address": address}


def _box(index: int, code: str, text: str, live: str, *, locked: bool) -> Markup:
    return Markup(fragment("work/_note.html", index=index, code=code, text=text, live=live, locked=locked))  # noqa: S704 - escaped
