"""A report behind a share link: for whoever has the link and, where there is one, the passcode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from app.accounts import passwords, throttle
from app.api.shares import SHARE
from app.artifacts import HTML
from app.errors import NotFound, TooMany
from app.gradings import reading
from app.gradings.reading import Report
from app.pages.sign_in import address
from app.ports import Service
from app.store import members, shares, submissions
from app.store.rows import Owner
from app.store.shares import ShareLink
from app.web.auth import ServiceDep
from app.web.headers import REPORT_POLICY
from app.web.rendering import page

router = APIRouter(include_in_schema=False)


def shared(token: str, service: ServiceDep) -> ShareLink:
    """The link that the address names, or 404 as for a link that never was."""
    signed = service.keys.read(SHARE, token)
    with service.engine.connect() as connection:
        found = shares.alive(connection, signed[0]) if signed else None
    if found is None:
        raise NotFound
    return found


SharedDep = Annotated[ShareLink, Depends(shared)]


@router.get("/s/{token}")
def open_link(request: Request, link: SharedDep, service: ServiceDep) -> Response:
    """The report, or the form for its passcode."""
    return page("passcode.html", link=link, problem="") if link.passcode else _report(request, service, link)


@router.post("/s/{token}")
async def unlock(
    request: Request, link: SharedDep, service: ServiceDep, passcode: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The report in answer to the right passcode, which no cookie remembers; guesses are counted."""
    if not link.passcode:
        return await run_in_threadpool(_report, request, service, link)
    guess = (f"share:{link.id}", address(request))
    try:
        counted = await run_in_threadpool(_count, service, *guess)
    except TooMany:
        return page("passcode.html", 429, link=link, problem="Too many wrong passcodes. Wait a quarter of an hour.")
    if not await passwords.verified(passcode, link.passcode):
        return page("passcode.html", 403, link=link, problem="That is not the passcode.")
    await run_in_threadpool(_right, service, *guess, counted)
    return await run_in_threadpool(_report, request, service, link)


def _count(service: Service, what: str, where: str) -> Sequence[int]:
    with service.engine.begin() as connection:
        return throttle.count(connection, what, where)


def _right(service: Service, what: str, where: str, counted: Sequence[int]) -> None:
    with service.engine.begin() as connection:
        throttle.right(connection, what, where, counted)


def _report(request: Request, service: Service, link: ShareLink) -> Response:
    with service.engine.begin() as connection:
        row = submissions.find(connection, link.submission_id, Owner(link.org_id))
        counting = reading.grading(connection, row) if row else None
        if row is None or counting is None:
            raise NotFound
        names = reading.names(connection, row) if members.organisation(connection, link.org_id).blind else None
        shares.note_view(connection, link.id, address(request), request.headers.get("user-agent", ""))
    page_of = Report(counting, link.reader, names).file(service, HTML)
    return HTMLResponse(page_of, headers={"Content-Security-Policy": REPORT_POLICY})
