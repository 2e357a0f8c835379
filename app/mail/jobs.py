"""One mail from the outbox to its recipient: sent, tried again (by raising), or given up with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from app import links
from app.deadlines import said
from app.mail import calendar, outbox
from app.mail.message import BadAddress, attach_calendar, message
from app.mail.outbox import Kind, Mail
from app.mail.post import Refused, post
from app.mail.texts import About, News, Text, candidate_text, debrief_text, news_text, welcome_text
from app.names import called
from app.ports import Service
from app.rights import ROLES, Right
from app.store import assignments, decision_mails, decisions, invitations, letters, members, news, submissions
from app.store.invitations import Standing
from app.store.rows import Member, Organisation
from app.words import ENGLISH, _, reading_in

log = structlog.get_logger(__name__)

TRIES = 12
REMINDERS = frozenset({Kind.REMINDER, Kind.REMINDER_4, Kind.REMINDER_48})
#: Where on the page of a candidate an event is told.
ANCHORS = {"mention": "#comments"}
WITH_CALENDAR = frozenset({Kind.INVITATION, Kind.EXTENDED, Kind.STARTED})


class NotDue(Exception):
    """What the mail was to tell of is over; the message says why."""


class TryAgain(Exception):
    """It has not gone out; the message names nobody."""


@dataclass(frozen=True)
class Letter:
    """A mail that is ready: (name, address), what it says, and a calendar entry beside it.

    Mails of one `thread` are shown together.
    """

    to: tuple[str, str]
    text: Text
    calendar: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    thread: str = ""


async def deliver(service: Service, mail_id: str, attempt: int) -> None:
    """Attempt number `attempt` (1 is the first); raises TryAgain where another one is to follow."""
    problem = await asyncio.to_thread(_deliver, service, mail_id, attempt)
    if problem is not None:
        raise TryAgain(problem)


def _deliver(service: Service, mail_id: str, attempt: int) -> str | None:
    """The row is held while it is sent, so that nobody else sends it too; the reason where it is to be tried again."""
    with service.engine.begin() as connection:
        mail = outbox.hold(connection, mail_id)
        if mail is None:
            return None
        try:
            with reading_in(_language(connection, mail)):
                _post(service, mail, _letter(connection, service, mail))
        except (NotDue, BadAddress, Refused) as no:
            outbox.failed(connection, mail_id, str(no) or "the address is none", for_good=True)
            log.warning("a mail was given up", mail=mail_id, kind=mail.kind, why=type(no).__name__)
            return None
        except Exception as fault:
            problem = type(fault).__name__  # its words may name the recipient
            outbox.failed(connection, mail_id, problem, for_good=attempt >= TRIES)
            log.warning("a mail could not be sent", mail=mail_id, kind=mail.kind, fault=problem)
            return None if attempt >= TRIES else problem
        outbox.sent(connection, mail_id)
        if mail.kind is Kind.INVITATION and mail.invitation_id:
            invitations.change(connection, mail.invitation_id, sent_at=datetime.now(UTC))
        return None


def _post(service: Service, mail: Mail, letter: Letter) -> None:
    made = message(mail.id, service.settings.mail_from, letter.to, letter.text, datetime.now(UTC), letter.thread)
    for name, value in letter.headers.items():
        made[name] = value
    if letter.calendar is not None:
        attach_calendar(made, letter.calendar)
    post(service.settings, made)


def _letter(connection: Connection, service: Service, mail: Mail) -> Letter:
    if mail.member_id is not None:
        return _to_member(connection, service, mail, mail.member_id)
    found = invitations.standing(connection, mail.invitation_id) if mail.invitation_id else None
    if found is None or found.candidate.email is None:
        raise NotDue("there is nobody to write to")
    _require_due(mail, found)
    token = invitations.token(connection, service.keys, found.invitation.id)
    link = links.to_invitation(service.settings, token)
    attempt = submissions.at_place(connection, found.invitation.id, mail.version)
    title = _(service.ports.challenge(found.invitation.challenge).title)
    about = About(found, members.organisation(connection, mail.org_id), title, link, attempt)
    if mail.kind is Kind.LETTER:
        about = replace(about, letter=_decided(connection, mail, found))
    if mail.kind is Kind.DECISION:
        about = replace(about, own=_own_words(connection, mail, found))
    entry = None
    if mail.kind in WITH_CALENDAR and found.invitation.deadline is not None:
        entry = calendar.entry(found, title, link, datetime.now(UTC))
    to, thread = (found.candidate.name, found.candidate.email), found.invitation.id
    if mail.kind not in REMINDERS:
        return Letter(to, candidate_text(mail.kind, about), entry, thread=thread)
    away = links.to_reminders(service.settings, service.keys, found.invitation.id)
    return Letter(to, candidate_text(mail.kind, replace(about, away=away)), entry, _declined_at(away), thread)


def _declined_at(address: str) -> Mapping[str, str]:
    """The headers by which a mail program ends such mails with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _decided(connection: Connection, mail: Mail, standing: Standing) -> str:
    """The text of the letter, which has to be the last word on the matter."""
    newest = decisions.history(connection, mail.org_id, standing.invitation.id)
    letter = next(iter(letters.of_invitation(connection, standing.invitation.id)), None)
    if letter is None or not newest or not mail.version == letter.version == newest[0].version:
        raise NotDue("another decision was made")
    return letter.text


def _own_words(connection: Connection, mail: Mail, standing: Standing) -> Text:
    """What the organisation wrote about the decision, which has to be the last word on the matter."""
    newest = decisions.history(connection, mail.org_id, standing.invitation.id)
    written = next(iter(decision_mails.of_invitation(connection, standing.invitation.id)), None)
    if written is None or not newest or not mail.version == written.version == newest[0].version:
        raise NotDue("another decision was made")
    return Text(written.subject, written.body)


def _language(connection: Connection, mail: Mail) -> str:
    """The recipient's language."""
    if mail.member_id is not None:
        member = members.member(connection, mail.member_id, mail.org_id)
        return member.locale if member else ENGLISH
    standing = invitations.standing(connection, mail.invitation_id) if mail.invitation_id else None
    return standing.candidate.locale if standing else ENGLISH


def _require_due(mail: Mail, standing: Standing) -> None:
    invitation = standing.invitation
    if mail.kind is Kind.INVITATION and (mail.version != invitation.link_version or invitation.revoked_at is not None):
        raise NotDue("the link is none any more")
    if mail.kind in REMINDERS and (invitation.closed or invitation.reminders_off_at):
        raise NotDue("the invitation is closed, or the candidate asked for no more reminders")
    if mail.kind is Kind.EXTENDED and (mail.version != standing.extended or invitation.revoked_at is not None):
        raise NotDue("the deadline has been moved again, or the invitation withdrawn")
    if mail.kind is Kind.STARTED and invitation.closed:
        raise NotDue("the time is over already")
    if mail.kind is Kind.WITHDRAWN and invitation.revoked_at is None:
        raise NotDue("the invitation is open again")
    if mail.kind is Kind.WITHDRAWN and invitation.sent_at is None and invitation.opened_at is None:
        raise NotDue("the candidate has not heard of the invitation")
    if mail.kind is Kind.REOPENED and invitation.closed:
        raise NotDue("the invitation is closed again")


def _to_member(connection: Connection, service: Service, mail: Mail, member_id: str) -> Letter:
    member = members.member(connection, member_id, mail.org_id)
    if member is None or member.disabled_at is not None:
        raise NotDue("there is nobody to write to")
    organisation = members.organisation(connection, mail.org_id)
    if mail.kind is Kind.NEWS:
        return _news(connection, service, mail, member, organisation)
    if mail.kind is Kind.DEBRIEF:
        return _debrief(connection, service, mail, member, organisation)
    link = links.of_member(service.settings, service.keys, member_id, mail.version)
    return Letter((member.name, member.email), welcome_text(member.name, organisation.name, link))


def _debrief(
    connection: Connection, service: Service, mail: Mail, member: Member, organisation: Organisation
) -> Letter:
    """The day before a debrief, with its entry for a calendar."""
    about = invitations.standing(connection, mail.invitation_id or "", mail.org_id)
    assigned = assignments.of_invitations(connection, [about.invitation.id]) if about else {}
    mine = next((each for many in assigned.values() for each in many if each.member_id == member.id), None)
    if about is None or mine is None or mine.debrief_at is None or mine.version != mail.version:
        raise NotDue("the debrief was moved or called off")
    name = called(about, blind=organisation.blind and Right.INVITE not in ROLES[member.role])
    link = links.to_debrief(service.settings, about.invitation.id)
    entry = calendar.debrief(mine, name, member.timezone, link, datetime.now(UTC))
    when = said(mine.debrief_at, member.timezone)
    return Letter((member.name, member.email), debrief_text(member.name, name, when, link), entry)


def _news(connection: Connection, service: Service, mail: Mail, member: Member, organisation: Organisation) -> Letter:
    """What a member is told, with a way to hear no more; one candidate's mails make one thread."""
    blind = organisation.blind and Right.INVITE not in ROLES[member.role]
    told: dict[News, str] = {}
    for notice in news.of_message(connection, mail.id):
        about = invitations.standing(connection, notice.invitation_id, mail.org_id)
        if about is None or (notice.event == "finished" and not about.invitation.closed):
            continue
        if notice.event == "assigned" and not _debriefs(connection, member, notice.invitation_id):
            continue
        title = _(service.ports.challenge(about.invitation.challenge).title)
        link = links.to_candidate(service.settings, notice.invitation_id) + ANCHORS.get(notice.event, "")
        told[News(notice.event, called(about, blind=blind), title, link)] = notice.invitation_id
    if not told:
        raise NotDue("there is nothing to tell any more")
    away = links.to_unsubscribe(service.settings, service.keys, member.id)
    text = news_text(member.name, list(told), links.to_news(service.settings))
    same = set(told.values())
    thread = f"{same.pop()}.{member.id}" if len(same) == 1 else ""
    return Letter((member.name, member.email), text, headers=_declined_at(away), thread=thread)


def _debriefs(connection: Connection, member: Member, invitation_id: str) -> bool:
    """Whether a member is still to debrief a candidate."""
    assigned = assignments.of_invitations(connection, [invitation_id]).get(invitation_id, [])
    return any(each.member_id == member.id for each in assigned)
