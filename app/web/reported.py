"""Who asks for a report, the policies, and the report itself: read in one query.

Reports are read more than anything else.  Where a key or a session counts for nothing, and where it is time to note
that one is in use, the reader is asked for in the ordinary way.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security.utils import get_authorization_scheme_param
from starlette.types import Receive, Scope, Send

from app.gradings import reading
from app.gradings.reading import Report
from app.platform import secrets
from app.rights import Right
from app.store import access, members, reports
from app.store.database import Reads
from app.web.auth import COOKIE, BearerDep, CookieDep, principal, require, signed_in, with_key


class Bare(APIRoute):
    """A route whose endpoint is called with the request and the parts of its path, and nothing else is worked out.

    FastAPI describes it.  What stands among its `dependencies` is for that description: solving them takes longer than
    the query of `report`.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is raised is answered as on every route, by the application's own handlers."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response: Response = await self.endpoint(Request(scope, receive, send), **scope["path_params"])
        await response(scope, receive, send)


async def reader(credentials: BearerDep, session: CookieDep) -> None:
    """The dependency that says of a route how its reader is known."""


async def report(request: Request, submission_id: str, run: int | None = None) -> Report:
    """The report that counts, or that of one grading, as far as the sender may read it.

    Raises what `principal` and `reading.opened` raise, and Forbidden where the sender may read no reports.
    """
    reads: Reads = request.app.state.reads
    scheme, text = get_authorization_scheme_param(request.headers.get("authorization"))
    keyed = bool(text) and scheme.lower() == "bearer"
    session = None if keyed else request.cookies.get(COOKIE)
    asked: dict[str, Any] = {"submission_id": submission_id if secrets.is_id(submission_id) else "", "run": run}
    who = rest = None
    if keyed:
        rows = await reads.rows(reports.WITH_KEY, prefix=secrets.key_prefix(text), **asked)
        key, rest = reports.parted(rows, access.ALIVE)
        who = with_key(access.known_key(key, text)) if key else None
    elif session is not None:
        rows = await reads.rows(reports.WITH_SESSION, digest=secrets.digest(session), **asked)
        member, rest = reports.parted(rows, members.SIGNED_IN)
        who = signed_in(members.signed_in(member))
    if who is None or rest is None:
        credentials = HTTPAuthorizationCredentials(scheme=scheme, credentials=text) if keyed else None
        who = await principal(request, reads, credentials, session)
        require(who, Right.READ)
        return await reads(reading.opened, who, submission_id, run)
    require(who, Right.READ)
    return reading.shown(who, reports.reported(rest), run)
