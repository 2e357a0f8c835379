"""Appeals: a candidate objects to a finding they were shown, and a person answers."""

from __future__ import annotations

from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings import feedback
from app.invitations.notify import notify
from app.mail.outbox import Kind
from app.mail.service import mail
from app.news import service as news
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import appeals, invitations, members, submissions
from app.store.appeals import Appeal, Finding, Resolution
from app.store.invitations import Standing
from app.store.paging import Cursor, Paging
from app.store.record_tables import appeals as table
from app.store.rows import Owner, SubmissionRow
from app.words import _

MAX_APPEALS = 50


def find(service: Service, who: Principal, appeal_id: str) -> Appeal:
    """An appeal to the caller's organisation, or NotFound."""
    with service.reader.connect() as connection:
        return owned(appeals.find, connection, appeal_id, who.org_id)


def listed(
    service: Service, who: Principal, page: Paging, *, still_open: bool | None
) -> tuple[list[Appeal], Cursor | None]:
    """One page of the organisation's appeals, newest first, and where the next one begins."""
    query = page.of(appeals.listed(who.org_id, still_open=still_open), table.c.created_at, table.c.id)
    with service.reader.connect() as connection:
        return page.cut(appeals.read(connection, query), lambda row: Cursor(row.created_at, row.id))


def of_invitation(service: Service, standing: Standing) -> list[Appeal]:
    """The appeals of one candidate, the first one first."""
    with service.reader.connect() as connection:
        return appeals.of_invitation(connection, standing.invitation.id)


def appeal(service: Service, standing: Standing, submission_id: str, code: str, words: str) -> Appeal:
    """Object to the finding `code` of one's own submission.

    Raises NotFound where the candidate was shown no such finding, Conflict where it was appealed against before.
    """
    invitation = standing.invitation
    with service.reader.connect() as connection:
        row = submissions.find(connection, submission_id, Owner(invitation.org_id, invitation_id=invitation.id))
        policy = members.organisation(connection, invitation.org_id)
    if row is None or not _was_shown(service, row, code, feedback.shown(invitation, policy, row)):
        raise NotFound
    with service.engine.begin() as connection:
        return _record(connection, standing, Finding(row.id, row.report_run or 0, code), words)


def resolve(service: Service, who: Principal, appeal_id: str, resolution: Resolution, words: str) -> Appeal:
    """Answer an appeal, once.  Nothing else changes: a regrade is asked for by itself."""
    with service.engine.begin() as connection:
        owned(appeals.find, connection, appeal_id, who.org_id)
        after = appeals.answer(connection, (appeal_id, who.org_id), who.member_id, resolution, words)
        if after is None:
            raise Conflict("answered-already", _("This appeal has been answered already."))
        found = invitations.standing(connection, after.invitation_id, who.org_id)
        assert found is not None  # an appeal goes with its invitation
        notify(connection, who, "appeal.resolved", found.invitation, appeal_id=appeal_id, resolution=resolution)
        answered = sum(one.resolution is not None for one in appeals.of_invitation(connection, after.invitation_id))
        mail(connection, found, Kind.APPEAL, answered)
        return after


def _was_shown(service: Service, row: SubmissionRow, code: str, shown: feedback.Shown) -> bool:
    """Whether the candidate sees `code` held against them: a finding, or why nothing could be scored."""
    if shown not in feedback.DOCUMENTS:
        return False
    document = feedback.document(service, row, shown)
    return code in {finding.code for finding in document.flagged} | {document.problem and document.problem.code}


def _record(connection: Connection, standing: Standing, finding: Finding, words: str) -> Appeal:
    invitation = invitations.hold(connection, standing.invitation.id)
    earlier = appeals.of_invitation(connection, invitation.id)
    if any(Finding(one.submission_id, one.run, one.code) == finding for one in earlier):
        raise Conflict("appealed-already", _("You have appealed against this finding already."))
    if len(earlier) >= MAX_APPEALS:
        raise Conflict(
            "too-many-appeals",
            _("You have made {max_appeals} appeals already. Write to whoever invited you.").format(
                max_appeals=MAX_APPEALS
            ),
        )
    made = appeals.raise_appeal(connection, invitation.org_id, invitation.id, finding, words)
    notify(connection, standing.candidate, "appeal.opened", invitation, appeal_id=made.id, code=finding.code)
    news.tell(connection, standing, "appeal", len(earlier) + 1)
    return made
