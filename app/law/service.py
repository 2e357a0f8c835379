"""Notices: drafted, published, sent along with invitations, read by candidates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from app import words
from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid, NotFound
from app.law import notice as texts
from app.law.profiles import NAMES, NONE, Kept, Profile, profile, profiles
from app.law.views import NoticeIn
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, members, notices
from app.store.invitations import Standing
from app.store.notices import Notice, Reading
from app.words import _
from graders.model.challenge import Challenge


@dataclass(frozen=True)
class Published:
    """A notice, and the first day on which invitations can carry it."""

    notice: Notice
    from_day: date

    @property
    def in_force(self) -> bool:
        return self.from_day <= profile(self.notice.profile).today(datetime.now(UTC))


def listed(service: Service, who: Principal) -> list[Published]:
    """All versions of all notices, newest first."""
    with service.reader.connect() as connection:
        return [_published(notice) for notice in notices.of_organisation(connection, who.org_id)]


def find(service: Service, who: Principal, notice_id: str) -> Published:
    """One version, or NotFound."""
    with service.reader.connect() as connection:
        return _published(owned(notices.find, connection, notice_id, who.org_id))


def in_public(service: Service, notice_id: str) -> tuple[Published, str, Challenge]:
    """A published notice for anybody who has its address: with its organisation's name and its challenge."""
    with service.reader.connect() as connection:
        notice = owned(notices.find, connection, notice_id, None)
        organisation = members.organisation(connection, notice.org_id)
    return _published(notice), organisation.name, service.ports.challenge(notice.challenge)


def draft(service: Service, who: Principal, challenge_id: str, profile_id: str) -> str:
    """The text to begin with: made of the challenge's rubric and data, or the last version with what it lacks."""
    law, challenge = _asked(service, who, challenge_id, profile_id)
    with service.reader.connect() as connection:
        last = next((notice.text for notice in notices.versions(connection, who.org_id, challenge.id, law.id)), "")
        organisation = members.organisation(connection, who.org_id)
        member = members.member(connection, who.member_id, who.org_id) if who.member_id else None
    contact = member.email if member else _("those who invited you")
    kept = Kept(organisation.retention_days, law.id)
    return texts.draft(law, challenge, texts.Of(organisation.name, contact, kept.days), last)


def publish(service: Service, who: Principal, new: NoticeIn) -> Published:
    """Publish the next version.  Invalid where a part that the profile asks for has no heading in the text."""
    law, challenge = _asked(service, who, new.challenge, new.profile)
    if gaps := texts.missing(law, new.text):
        raise Invalid(
            "notice-incomplete",
            _("These parts are missing: {parts}.").format(parts=", ".join(gaps)),
            hint=_("Give each of them a heading of that name, after two number signs."),
        )
    with service.engine.begin() as connection:
        notice_id = notices.add(connection, who.org_id, challenge.id, law.id, new.text, who.member_id)
        audit.record(connection, who, "notice-published", f"notice:{notice_id}", challenge=challenge.id, profile=law.id)
        return _published(owned(notices.find, connection, notice_id, who.org_id))


def in_force(connection: Connection, org_id: str, challenge_id: str, profile_id: str) -> str | None:
    """The newest version that is old enough to go with an invitation; None where there is none, or none is asked."""
    law, now = profile(profile_id), datetime.now(UTC)
    if law.notice is None:
        return None
    known = notices.versions(connection, org_id, challenge_id, profile_id)
    return next((notice.id for notice in known if law.in_force(notice.created_at) <= law.today(now)), None)


def require_notice(connection: Connection, org_id: str, challenge_id: str, profile_id: str) -> None:
    """Conflict where the profile asks for a notice and none is in force: nobody is invited without it."""
    law = profile(profile_id)
    if law.notice is None or in_force(connection, org_id, challenge_id, profile_id):
        return
    name = _(NAMES[profile_id])
    waiting = notices.versions(connection, org_id, challenge_id, profile_id)
    if waiting:
        first = min(law.in_force(notice.created_at) for notice in waiting)
        raise Conflict(
            "notice-too-new",
            _("The notice for {profile} must be public for {days} business days first.").format(
                profile=name, days=law.notice.business_days
            ),
            hint=_("You can invite from {day}.").format(day=words.calendar_date(first)),
        )
    raise Conflict(
        "notice-missing",
        _("The profile {profile} asks for a notice, and this challenge has none yet.").format(profile=name),
        hint=_("Publish one under Oversight."),
    )


def shown(service: Service, standing: Standing) -> tuple[Notice, Reading | None]:
    """The notice of an invitation, which its candidate sees now; NotFound where there is none."""
    with service.engine.begin() as connection:
        notice = _of(connection, standing)
        notices.shown(connection, standing.invitation.id, notice.id)
        return notice, notices.reading(connection, standing.invitation.id, notice.id)


def read(service: Service, standing: Standing) -> None:
    """The candidate has read it; the first time stands in the audit log."""
    invitation = standing.invitation
    with service.engine.begin() as connection:
        notice = _of(connection, standing)
        if notices.read(connection, invitation.id, notice.id):
            actor, subject = f"candidate:{standing.candidate.id}", f"invitation:{invitation.id}"
            told = {"profile": notice.profile, "version": notice.version}
            audit.record(connection, actor, "notice-read", subject, org_id=invitation.org_id, **told)


def reading(service: Service, standing: Standing) -> Reading | None:
    """How far a candidate is with the notice of their invitation."""
    with service.reader.connect() as connection:
        return notices.reading(connection, standing.invitation.id, standing.invitation.notice_id)


def _of(connection: Connection, standing: Standing) -> Notice:
    notice = notices.find(connection, standing.invitation.notice_id or "", standing.invitation.org_id)
    if notice is None:
        raise NotFound
    return notice


def _published(notice: Notice) -> Published:
    return Published(notice, profile(notice.profile).in_force(notice.created_at))


def _asked(service: Service, who: Principal, challenge_id: str, profile_id: str) -> tuple[Profile, Challenge]:
    challenge = next((c for c in challenge_service.known(service, who.org_id) if c.id == challenge_id), None)
    if challenge is None or profile_id not in profiles() or profile_id == NONE:
        raise NotFound
    return profile(profile_id), challenge
