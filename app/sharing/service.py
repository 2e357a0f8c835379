"""Links that show one report to somebody without an account, for a while: making, ending and opening them."""

from __future__ import annotations

from collections.abc import Sequence

from anyio import from_thread, to_thread

from app import links
from app.accounts import passwords, throttle
from app.artifacts import HTML
from app.errors import Conflict, Forbidden, NotFound, TooMany
from app.gradings import reading
from app.gradings.reading import Report
from app.owned import owned
from app.ports import Service
from app.rights import Principal, Right
from app.sharing.views import ShareIn
from app.store import audit, members, shares, submissions
from app.store.rows import Owner
from app.store.shares import NewShare, ShareLink, View
from app.words import _

#: What the tokens of share links are signed for.
SHARE = "share"


def of_submission(service: Service, who: Principal, submission_id: str) -> list[ShareLink]:
    """Newest first, the ended ones too."""
    with service.reader.connect() as connection:
        owned(submissions.find, connection, submission_id, Owner(who.org_id))
        return shares.of_submission(connection, who.org_id, submission_id)


def share(service: Service, who: Principal, submission_id: str, new: ShareIn) -> ShareLink:
    """A link to the report that counts at the time, as its reader may see it.  Called in a worker thread.

    Raises Forbidden for more than one may read oneself, Conflict where there is no report yet.
    """
    if not who.may(Right.READ_CODE if new.reader == "interviewer" else Right.READ):
        raise Forbidden(
            "not-allowed", _("You cannot share what you may not read: the {reader}'s report.").format(reader=new.reader)
        )
    hashed = from_thread.run(passwords.hashed, new.passcode) if new.passcode else None
    with service.engine.begin() as connection:
        if not owned(submissions.find, connection, submission_id, Owner(who.org_id)).state.reported:
            raise Conflict("no-report", _("There is no report to share yet."))
        link = shares.add(connection, who.org_id, NewShare(submission_id, new.reader, new.days, hashed, who.actor))
        audit.record(connection, who, "report-shared", f"submission:{submission_id}", reader=new.reader, link=link.id)
    return link


def find(service: Service, who: Principal, link_id: str) -> tuple[ShareLink, list[View]]:
    """A link and its newest two hundred openings."""
    with service.reader.connect() as connection:
        return owned(shares.find, connection, link_id, who.org_id), shares.views(connection, link_id)


def end(service: Service, who: Principal, link_id: str) -> None:
    """It opens nothing from now on."""
    with service.engine.begin() as connection:
        link = owned(shares.find, connection, link_id, who.org_id)
        shares.revoke(connection, link_id)
        audit.record(connection, who, "share-ended", f"submission:{link.submission_id}", link=link_id)


def url_of(service: Service, link: ShareLink) -> str:
    """The address to send."""
    return links.to_share(service.settings, service.keys.token(SHARE, link.id, 1))


def opened(service: Service, token: str) -> ShareLink:
    """The link whose token this is; NotFound for one that has ended, as for one that never was."""
    signed = service.keys.read(SHARE, token)
    with service.reader.connect() as connection:
        link = shares.alive(connection, signed[0]) if signed else None
    if link is None:
        raise NotFound
    return link


async def require_passcode(service: Service, link: ShareLink, passcode: str, address: str) -> None:
    """Forbidden for a wrong passcode, TooMany after too many of them; each is counted before it is looked at."""
    if not link.passcode:
        return
    guess = (f"share:{link.id}", address)
    counted = await to_thread.run_sync(_count, service, *guess)
    if not await passwords.verified(passcode, link.passcode):
        raise Forbidden("wrong-passcode", _("That is not the passcode."))
    await to_thread.run_sync(_right, service, *guess, counted)


def read(service: Service, link: ShareLink, address: str, agent: str) -> bytes:
    """The page of the report, as the link's reader may see it; who opened it is written down."""
    with service.engine.begin() as connection:
        row = submissions.find(connection, link.submission_id, Owner(link.org_id))
        counting = reading.grading(connection, row) if row else None
        if row is None or counting is None:
            raise NotFound
        names = reading.names(connection, row) if members.organisation(connection, link.org_id).blind else None
        shares.note_view(connection, link.id, address, agent)
    return Report(counting, link.reader, names).file(service, HTML)


def _count(service: Service, what: str, address: str) -> Sequence[int]:
    try:
        with service.engine.begin() as connection:
            return throttle.count(connection, what, address)
    except TooMany as no:
        raise TooMany(no.code, _("Too many wrong passcodes. Wait 15 minutes.")) from None


def _right(service: Service, what: str, address: str, counted: Sequence[int]) -> None:
    with service.engine.begin() as connection:
        throttle.right(connection, what, address, counted)
