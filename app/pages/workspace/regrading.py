"""Grading the submission that counts once more, what came of it, and letting the new report count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Response
from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings import difference as comparing
from app.gradings import reading
from app.gradings import service as regrade
from app.pages.workspace.frame import StandingDep, name_for, workspace
from app.rights import Principal, Right
from app.store import gradings, submissions
from app.store.gradings import REGRADE, RESCORE
from app.store.invitations import Standing
from app.web.auth import ServiceDep, need
from app.web.rendering import seen
from app.words import _

router = APIRouter(include_in_schema=False)
HERE = "/work/c/{invitation_id}/gradings"
RegraderDep = Annotated[Principal, Depends(need(Right.REGRADE))]
Run = Annotated[int, Path(ge=1, le=2**31 - 1)]
Reason = Annotated[str, Form(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


@router.post(HERE)
def again(
    standing: StandingDep, service: ServiceDep, who: RegraderDep, do: Annotated[str, Form()] = "", why: Reason = "–"
) -> Response:
    """Grade once more, or stop the grading that goes."""
    submission_id = standing.final or ""
    if do in (REGRADE, RESCORE):
        _tried(lambda: regrade.ask(service, who, submission_id, do, why))
    elif do == "abort":
        _tried(lambda: regrade.abort(service, who, submission_id))
    else:
        raise NotFound
    return seen(f"/work/c/{standing.invitation.id}?did={'stopped' if do == 'abort' else 'queued'}#gradings")


@router.get(HERE + "/{run}")
def difference(run: Run, standing: StandingDep, service: ServiceDep, who: RegraderDep) -> Response:
    """What a grading says that the one that counts does not."""
    counting, other = reading.beside(service, who, standing.final or "", run)
    return workspace(
        "difference.html",
        who,
        "/work",
        name=name_for(service, who, standing),
        standing=standing,
        run=run,
        grading=other.grading,
        difference=comparing.compare(counting.document(service), other.document(service)),
    )


@router.post(HERE + "/{run}")
def adopt(run: Run, standing: StandingDep, service: ServiceDep, who: RegraderDep, why: Reason) -> Response:
    """Let this report count; the one before stays to be read."""
    _tried(lambda: regrade.adopt(service, who, standing.final or "", run, why))
    return seen(f"/work/c/{standing.invitation.id}?did=adopted#gradings")


def of_final(connection: Connection, standing: Standing) -> list[dict[str, Any]]:
    """The gradings of the submission that counts, the newest first, and which of them counts."""
    row = submissions.find(connection, standing.final) if standing.final else None
    if row is None:
        return []
    newest_first = sorted(gradings.of_submission(connection, row.id), key=lambda grading: -grading.run)
    return [{"grading": grading, "counts": grading.run == row.report_run} for grading in newest_first]


def _tried(work: Callable[[], object]) -> None:
    """Do `work`; what stands in its way is told with what to do about it."""
    try:
        work()
    except Conflict as no:
        raise Conflict(no.code, no.detail, hint=_("Go back, and load the candidate's page again.")) from None
