"""Who asks for a report, the policies, and the report itself: read in one query.

Reports are read more than anything else.  Where a key or a session counts for nothing, and where it is time to note
that one is in use, the reader is asked for in the ordinary way.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from app.gradings import reading
from app.gradings.reading import Report
from app.platform import secrets
from app.rights import Right
from app.store import access, members, reports
from app.store.database import Reads
from app.web.auth import BearerDep, CookieDep, ReadsDep, principal, require, signed_in, with_key


class ReportFor(Protocol):
    """The report that counts, or that of one grading, as far as the sender may read it.

    Raises what `principal` and `reading.opened` raise, and Forbidden where the sender may read no reports.
    """

    async def __call__(self, submission_id: str, run: int | None = None) -> Report: ...


async def report_for(request: Request, reads: ReadsDep, credentials: BearerDep, session: CookieDep) -> ReportFor:
    """The dependency of a route that answers with a report."""
    return partial(_report, request, reads, credentials, session)


ReportForDep = Annotated[ReportFor, Depends(report_for)]


async def _report(
    request: Request,
    reads: Reads,
    credentials: HTTPAuthorizationCredentials | None,
    session: str | None,
    submission_id: str,
    run: int | None = None,
) -> Report:
    asked = {"submission_id": submission_id if secrets.is_id(submission_id) else "", "run": run}
    who = rest = None
    if credentials is not None:
        prefix = secrets.key_prefix(credentials.credentials)
        row = await reads.row(reports.WITH_KEY, prefix=prefix, **asked)
        key, rest = reports.parted(row, access.ALIVE)
        who = with_key(access.known_key(key, credentials.credentials)) if key else None
    elif session is not None:
        row = await reads.row(reports.WITH_SESSION, digest=secrets.digest(session), **asked)
        member, rest = reports.parted(row, members.SIGNED_IN)
        who = signed_in(members.signed_in(member))
    if who is None or rest is None:
        who = await principal(request, reads, credentials, session)
        require(who, Right.READ)
        return await reads(reading.opened, who, submission_id, run)
    require(who, Right.READ)
    return reading.shown(who, reports.reported(rest), run)
