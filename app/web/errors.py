"""Every error as RFC 9457 problem details; for a person with a browser, as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from app.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
    VersionNeeded,
)
from app.web.headers import SECURITY_HEADERS
from app.web.limits import ROOM, SMALL
from app.web.rendering import error_page
from app.words import _, spoken
from challenges.tables.definition import because
from challenges.vault import VaultError
from graders.words import as_sentence

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[type[DomainError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    VersionNeeded: 428,
    TooMany: 429,
    Unavailable: 503,
}


class Refused(DomainError):
    """What the web itself refuses, by a status that no domain knows."""

    def __init__(self, status: int, code: str, detail: str, *, hint: str | None = None, **extra: Any) -> None:
        super().__init__(code, detail, hint=hint, **extra)
        self.status = status


def status_of(error: DomainError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, Refused):
        return error.status
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def too_large(limit: int, of_a_work: bool = False) -> Refused:
    """What is said of a body beyond its limit, in bytes; what to leave out is known of a work that is handed in."""
    hint = _("Leave out data, models, virtual environments and outputs of notebooks. Only the code is needed.")
    says = _("The request is larger than the {limit} MB allowed.").format(limit=limit // 2**20)
    return Refused(413, "too-large", says, hint=hint if of_a_work else None)


def body(status: int, code: str, detail: str, extra: dict[str, Any]) -> dict[str, Any]:
    """The members of RFC 9457, then our own; those that are None are left out."""
    known = {
        "type": f"urn:assay:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return known | {name: value for name, value in extra.items() if value is not None}


def install(app: FastAPI) -> None:
    """Answer every error of `app` in this one form."""

    @app.exception_handler(DomainError)
    async def refused(request: Request, error: DomainError) -> Response:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        allowed = {"Allow": ", ".join(_allowed(request))} if error.status_code == 405 else {}
        return answer(request, error, allowed)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = [{"where": list(map(str, e["loc"])), "detail": as_sentence(spoken(because(e)))} for e in error.errors()]
        return answer(
            request,
            Refused(
                422, "invalid-request", _("The request could not be read. `errors` names what is wrong."), errors=found
            ),
        )

    @app.exception_handler(DataError)
    @app.exception_handler(UnicodeEncodeError)
    async def unstorable(request: Request, error: Exception) -> Response:
        """What PostgreSQL takes no value of: a NUL, half of a surrogate pair, a number beyond its type."""
        log.warning("a request held what cannot be stored", fault=type(error).__name__)
        return answer(
            request, Invalid("invalid-request", _("The request holds a character or number that cannot be stored."))
        )

    @app.exception_handler(VaultError)
    async def untrusted(request: Request, error: VaultError) -> Response:
        log.error("the data of a challenge cannot be used", fault=str(error))
        says = _("The data of this challenge cannot be used on this machine now. Nothing of yours is lost.")
        return answer(request, Unavailable("challenge-data", says, hint=_("Tell whoever runs this installation.")))

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        log.error("a request failed on our side", fault=type(error).__name__, exc_info=error)
        ours = Refused(500, "our-fault", _("Something failed on our side. Nothing of yours is lost. Try again."))
        return answer(request, ours, SECURITY_HEADERS)  # this answer passes no middleware of ours


def _from_http(error: HTTPException, room: int, of_a_work: int) -> DomainError:
    """room, of_a_work: bytes that the body of this request, and that of a work, may have."""
    if error.status_code == 404:
        return NotFound()
    if error.status_code == 413:
        return too_large(room, room == of_a_work)
    if error.status_code == 400:  # a body that is no JSON, or no form
        return Refused(422, "invalid-request", _("The body of the request could not be read."))
    if error.status_code == 408:
        return Refused(408, "request-timeout", _("The request did not arrive in time."), hint=_("Send it again."))
    phrase = HTTPStatus(error.status_code).phrase
    return Refused(error.status_code, phrase.lower().replace(" ", "-"), str(error.detail))


def answer(request: Request, error: DomainError | HTTPException, headers: dict[str, str] | None = None) -> Response:
    """The refusal in the form that this request takes."""
    if isinstance(error, HTTPException):
        headers = {**(error.headers or {}), **(headers or {})}
        room = request.scope.get(ROOM, SMALL)
        error = _from_http(error, room, request.app.state.service.settings.max_upload)
    status = status_of(error)
    if status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    if _wants_page(request) and status == 401 and request.method == "GET":
        return RedirectResponse(f"/sign-in?to={quote(request.url.path, safe='/')}", 303, headers)
    if _wants_page(request):
        return error_page(status, error.code, error.detail, error.hint or "", headers)
    content = body(status, error.code, error.detail, {"hint": error.hint, **error.extra})
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


def _allowed(request: Request) -> list[str]:
    """All methods of the route that the address belongs to; the framework names those of one function only."""
    routes = list(all_routes(request.app.routes))
    path = next((route.path for route in routes if route.path_regex.match(request.url.path)), None)
    methods = {method for route in routes if route.path == path for method in route.methods or ()}
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def all_routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from all_routes(included.routes)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
