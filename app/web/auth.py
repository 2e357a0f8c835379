"""Who asks, and may they?  An API key in the Authorization header, or the session of a member who signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

import anyio
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from app.errors import Forbidden, Unauthenticated
from app.platform import secrets
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import access, members
from app.store.database import Reads
from app.store.rows import ApiKey, Member
from app.web.limits import Intake
from app.words import _, live_in, prefer

COOKIE = "assay_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

bearer = HTTPBearer(auto_error=False, description="An API key: `assay_…`.")
cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="The session of a member who signed in.")


async def get_service(request: Request) -> Service:
    """The service this application was opened with."""
    service: Service = request.app.state.service
    return service


async def get_intake(request: Request) -> Intake:
    """What bounds the uploads that arrive and are examined at once."""
    intake: Intake = request.app.state.intake
    return intake


async def get_printer(request: Request) -> anyio.CapacityLimiter:
    """What bounds the reports that are made into PDF at once."""
    limiter: anyio.CapacityLimiter = request.app.state.printer
    return limiter


async def get_reads(request: Request) -> Reads:
    """What reads from the database without a thread."""
    reads: Reads = request.app.state.reads
    return reads


ServiceDep = Annotated[Service, Depends(get_service)]
ReadsDep = Annotated[Reads, Depends(get_reads)]
IntakeDep = Annotated[Intake, Depends(get_intake)]
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
CookieDep = Annotated[str | None, Depends(cookie)]


async def principal(
    request: Request,
    reads: ReadsDep,
    credentials: BearerDep,
    session: CookieDep,
) -> Principal:
    """Whoever sent a valid key or session; 401 otherwise, whatever was wrong with it.

    A browser sends cookies along with what other sites make it send, so a session changes something only from a page
    of ours.
    """
    if credentials is not None:
        return await _of_key(reads, credentials.credentials)
    if session is not None and request.method not in SAFE:
        require_same_origin(request)
    member = await _of_session(reads, session) if session else None
    if member is None:
        raise not_authenticated()
    return member


async def _of_key(reads: Reads, text: str) -> Principal:
    rows = await reads.rows(access.KEY, prefix=secrets.key_prefix(text))
    if rows is None or stale(rows):
        return with_key(await reads(access.find_key, text))
    return with_key(access.known_key(rows[0] if rows else None, text))


async def _of_session(reads: Reads, token: str) -> Principal | None:
    rows = await reads.rows(members.SESSION_OF, digest=secrets.digest(token))
    if rows is None or stale(rows):
        return signed_in(await reads(members.session_member, token))
    return signed_in(members.signed_in(rows[0] if rows else None))


def stale(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether it is time to note that this key or session is in use: the last column of whoever asks."""
    return bool(rows and rows[0][-1])


def with_key(key: ApiKey | None) -> Principal:
    """Whose key it is; 401 where there is none."""
    if key is None:
        raise not_authenticated()
    return Principal(key.org_id, key.scopes, key.label, api_key_id=key.id)


def signed_in(member: Member | None) -> Principal | None:
    if member is None:
        return None
    prefer(member.locale)
    live_in(member.timezone)
    return Principal(
        member.org_id, ROLES[member.role], member.name or member.email, member_id=member.id, role=member.role
    )


async def caller(request: Request) -> str | None:
    """Who a credential stands for, asked before any route; None where it counts for nothing."""
    reads = await get_reads(request)
    scheme, text = get_authorization_scheme_param(request.headers.get("authorization"))
    session = request.cookies.get(COOKIE)
    try:
        if scheme.lower() == "bearer":
            return (await _of_key(reads, text)).actor
        member = await _of_session(reads, session) if session else None
    except Unauthenticated:
        return None
    return member.actor if member else None


def not_authenticated() -> Unauthenticated:
    return Unauthenticated("not-authenticated", _("Send a valid API key: `Authorization: Bearer assay_…`, or sign in."))


PrincipalDep = Annotated[Principal, Depends(principal)]


def need(right: Right) -> Callable[[Principal], Awaitable[Principal]]:
    """The dependency of a route that asks for one right; 403 for whoever has another job.

    Whether the object is theirs is the query's business: another organisation's is not found.
    """

    async def allowed(who: PrincipalDep) -> Principal:
        require(who, right)
        return who

    return allowed


def require(who: Principal, right: Right) -> None:
    """403 for whoever lacks a right."""
    if not who.may(right):
        raise Forbidden(
            "not-allowed",
            _("You do not have the right `{right}`. An administrator can give it to you.").format(right=right),
        )


def require_same_origin(request: Request) -> None:
    """403 for what another site made a browser send."""
    if not same_origin(request):
        raise Forbidden("cross-site", _("This can be sent from a page of this service only."))


def same_origin(request: Request) -> bool:
    """Whether the request comes from a page of ours, as far as the browser says."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
