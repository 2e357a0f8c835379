"""The pages for signing in and out, and for a member's first password."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Cookie, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import oidc
from app.accounts import service as account_service
from app.accounts.oidc import Pending
from app.errors import DomainError, Invalid, NotFound
from app.ports import Service
from app.store.members import SESSION
from app.web.auth import COOKIE, ServiceDep, require_same_origin
from app.web.errors import status_of
from app.web.rendering import page
from app.words import _

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)

HOME = "/work"
MAX_FIELD = 320


def address(request: Request) -> str:
    """Where a request comes from, as far as the server and its trusted proxy say."""
    return request.client.host if request.client else ""


def safe_path(path: str) -> str:
    """Where to go after signing in: a path of ours, nothing that a browser reads as another site."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if plain else HOME


@router.get("/sign-in")
def form(service: ServiceDep, to: str = HOME) -> Response:
    """The form; with single sign-on also its button."""
    return _form(service, to)


@router.post("/sign-in")
async def enter(
    request: Request,
    service: ServiceDep,
    email: Annotated[str, Form(max_length=MAX_FIELD)] = "",
    password: Annotated[str, Form(max_length=4096)] = "",
    to: Annotated[str, Form(max_length=2048)] = HOME,
) -> Response:
    """To where the member wanted to go, or back to the form."""
    require_same_origin(request)
    try:
        session = await account_service.with_password(service, email, password, address(request))
    except DomainError as no:
        return _form(service, to, no.detail, email, status_of(no))
    return _entered(service, session, to)


@router.post("/sign-out")
def leave(
    request: Request, service: ServiceDep, session: Annotated[str | None, Cookie(alias=COOKIE)] = None
) -> Response:
    """End the session here and in the database."""
    require_same_origin(request)
    if session:
        account_service.sign_out(service, session)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/welcome/{token}")
def welcome(token: str, service: ServiceDep) -> Response:
    """The form for a first or a forgotten password."""
    return page("welcome.html", member=account_service.welcomed(service, token), token=token, problem="")


@router.post("/welcome/{token}")
async def choose(
    request: Request, token: str, service: ServiceDep, password: Annotated[str, Form(max_length=4096)] = ""
) -> Response:
    """Set the password and sign in; the link is used up."""
    require_same_origin(request)
    try:
        session = await account_service.choose_password(service, token, password)
    except Invalid as no:
        member = account_service.welcomed(service, token)
        return page("welcome.html", status_of(no), member=member, token=token, problem=no.detail)
    return _entered(service, session, HOME)


@router.get("/sign-in/sso")
async def sso(service: ServiceDep) -> Response:
    """Off to the organisation's sign-in service."""
    if not service.settings.oidc_issuer:
        raise NotFound
    pending = Pending.new()
    try:
        to = await oidc.begin(service.settings, pending)
    except Exception as fault:
        log.warning("single sign-on cannot begin", fault=type(fault).__name__)
        return _form(service, HOME, _("The sign-in service does not answer. Try again in a minute."), status=502)
    response = RedirectResponse(to, 303)
    kept = pending.sealed(service.keys)
    secure = service.settings.base_url.startswith("https")
    response.set_cookie(
        oidc.COOKIE, kept, oidc.MINUTES * 60, path="/sign-in", httponly=True, secure=secure, samesite="lax"
    )
    return response


@router.get("/sign-in/sso/back")
async def sso_back(
    service: ServiceDep,
    kept: Annotated[str, Cookie(alias=oidc.COOKIE)] = "",
    code: str = "",
    state: str = "",
) -> Response:
    """Back from the sign-in service, as a member or with the reason why not."""
    if not service.settings.oidc_issuer:
        raise NotFound
    try:
        pending = Pending.opened(kept, service.keys)
        identity = await oidc.finish(service.settings, pending, code, state)
        response = _entered(service, account_service.with_identity(service, identity), HOME)
    except DomainError as no:
        log.warning("single sign-on failed", why=no.detail)
        response = _form(service, HOME, no.detail, status=status_of(no))
    response.delete_cookie(oidc.COOKIE, path="/sign-in")
    return response


def _form(service: Service, to: str, problem: str = "", email: str = "", status: int = 200) -> Response:
    single = bool(service.settings.oidc_issuer)
    return page("sign_in.html", status, to=safe_path(to), problem=problem, email=email, single=single)


def _entered(service: Service, session: str, to: str) -> Response:
    response = RedirectResponse(safe_path(to), 303)
    secure = service.settings.base_url.startswith("https")
    seconds = int(SESSION.total_seconds())
    response.set_cookie(COOKIE, session, seconds, path="/", httponly=True, secure=secure, samesite="lax")
    return response
