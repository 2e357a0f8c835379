"""A report behind a share link: for whoever has the link and, where there is one, the passcode."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from app.errors import Forbidden, TooMany
from app.pages.sign_in import address
from app.ports import Service
from app.sharing import service as share_service
from app.store.shares import ShareLink
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.headers import REPORT_POLICY
from app.web.rendering import page

router = APIRouter(include_in_schema=False)


def shared(token: str, service: ServiceDep) -> ShareLink:
    """The link that the address names, or 404 as for a link that never was."""
    return share_service.opened(service, token)


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
    try:
        await share_service.require_passcode(service, link, passcode, address(request))
    except (Forbidden, TooMany) as no:
        return page("passcode.html", status_of(no), link=link, problem=no.detail)
    return await run_in_threadpool(_report, request, service, link)


def _report(request: Request, service: Service, link: ShareLink) -> Response:
    found = share_service.read(service, link, address(request), request.headers.get("user-agent", ""))
    return HTMLResponse(found, headers={"Content-Security-Policy": REPORT_POLICY})
