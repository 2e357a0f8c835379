"""What members and keys do with invitations.  Each function is one transaction.

All take the invitation by id within the caller's organisation; `NotFound` where it is not theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app import deadlines, links
from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid
from app.invitations import csv_file
from app.invitations.csv_file import NewRow, RowError
from app.invitations.notify import notify, notify_all
from app.invitations.views import CandidateChange, ExtensionBody, NewInvitationBody
from app.law import service as law_service
from app.mail import outbox
from app.mail.outbox import Kind
from app.mail.service import mail, mail_all
from app.owned import owned
from app.ports import Service
from app.rights import Principal, Right, hides_names, rates_first
from app.store import audit, candidates, extensions, invitations, members, timers
from app.store.candidates import Person
from app.store.extensions import Extension
from app.store.invitations import Filter, NewInvitation, Sort, Standing
from app.store.paging import Cursor, Paging
from app.store.rows import Attention, Candidate
from app.words import _

REMIND_SECONDS = 3600.0


@dataclass(frozen=True)
class Changed:
    """An invitation as it is after a change, with its extensions.  `link` is there where a new one was made."""

    standing: Standing
    extensions: tuple[Extension, ...]
    link: str | None = None
    new: bool = False

    @property
    def id(self) -> str:
        return self.standing.invitation.id

    @property
    def person(self) -> str:
        """Who it is, for showing: name, address, or the candidate's id."""
        one = self.standing.candidate
        return one.name or one.email or one.id


@dataclass(frozen=True)
class Longer:
    """An extension: until `deadline`, or by `hours`, which the candidate's time multiplier stretches."""

    reason_code: str
    reason: str = ""
    deadline: datetime | None = None
    hours: float | None = None


@dataclass(frozen=True)
class Listed:
    """One page of invitations, where the next one begins, and whether their names are kept from whoever asks."""

    rows: list[Standing]
    following: Cursor | None
    blind: bool


@dataclass(frozen=True)
class RowResult:
    """What became, or with a dry run would become, of one row; `invitation` is None where it would be new."""

    row: int
    invitation: str | None
    created: bool


@dataclass(frozen=True)
class ManyInvited:
    """Either `rows` or `errors`: with a single error nobody is invited."""

    dry_run: bool
    rows: tuple[RowResult, ...]
    errors: tuple[RowError, ...]

    @property
    def created(self) -> int:
        return sum(row.created for row in self.rows)

    @property
    def existing(self) -> int:
        return len(self.rows) - self.created


def find(service: Service, who: Principal, invitation_id: str) -> Standing:
    """One invitation of the caller's organisation."""
    with service.reader.connect() as connection:
        return owned(invitations.standing, connection, invitation_id, who.org_id)


def extensions_of(service: Service, standing: Standing) -> list[Extension]:
    """The extensions that an invitation has had."""
    with service.reader.connect() as connection:
        return extensions.of_invitation(connection, standing.invitation.id)


def listed(service: Service, who: Principal, only: Filter, page: Paging, sort: Sort = Sort.NEWEST) -> Listed:
    """One page of the organisation's invitations.

    Whoever must not know who somebody is finds nobody by name; whoever is to rate first finds nobody by band; whoever
    may not invite finds nobody by the end of a timer.
    """
    only = replace(only, timers=who.may(Right.INVITE))
    with service.reader.connect() as connection:
        rules = members.organisation(connection, who.org_id)
        if only.band is not None and rates_first(who, rules.hide_until_locked):
            raise Conflict("scorecard-first", _("You see scores once you have submitted your own scorecards."))
        blind = hides_names(who, rules.blind)
        rows = invitations.page(connection, who.org_id, only, sort, page, named=not blind)
    return Listed(*page.cut(rows, lambda row: invitations.cursor(sort, row, timers=only.timers)), blind)


def note_read(service: Service, who: Principal, standing: Standing) -> None:
    """A member opens the report that counts: it is unread no more.  What a key fetches nobody has read."""
    if Attention.UNREAD in standing.attention and who.member_id is not None:
        with service.engine.begin() as connection:
            invitations.note_read(connection, who.org_id, standing.invitation.id)


def invite(service: Service, who: Principal, body: NewInvitationBody) -> Changed:
    """Invite somebody and mail them the link.  A repetition gives the same invitation and changes nothing.

    Raises Invalid for an unknown challenge, zone or deadline; Conflict where address and external id are two people's,
    or where the profile of jurisdiction asks for a notice and there is none in force.
    """
    zone = _zone(body.timezone)
    challenge_id = challenge_service.to_invite(service, who.org_id, body.challenge).id
    person = Person(body.email, body.first_name, body.last_name, body.external_id or None, zone, body.locale)
    wanted = NewInvitation(
        challenge_id,
        body.attempts or service.settings.attempts,
        body.label,
        tuple(dict.fromkeys(body.tags)),
        body.time_multiplier,
        deadlines.due(body.due_at, zone, body.time_multiplier, datetime.now(UTC)) if body.due_at else None,
        who.member_id,
    )
    with service.engine.begin() as connection:
        terms = terms_of(connection, who, challenge_id, body.profile)
        wanted = replace(wanted, **_with_minutes(terms, body.minutes))
        made, new = invite_person(connection, who, wanted, person)
        return _changed(service, connection, made, link=True, new=new)


def invite_many(
    service: Service, who: Principal, data: bytes, challenge: str | None = None, *, dry_run: bool = False
) -> ManyInvited:
    """Invite everybody in a CSV file in one transaction, or with `dry_run` undo it at the end."""
    challenge_id = challenge_service.to_invite(service, who.org_id, challenge).id
    parsed = csv_file.parse(data, datetime.now(UTC))
    errors = list(parsed.errors)
    results: list[RowResult] = []
    with service.engine.connect() as connection, connection.begin() as transaction:
        told = terms_of(connection, who, challenge_id, None)
        law_service.require_notice(connection, who.org_id, challenge_id, str(told["profile"]))
        wanted = [
            (replace(_wanted(service, who, row, challenge_id), **_with_minutes(told, row.minutes)), row.person)
            for row in parsed.rows
        ]
        for row, added in zip(parsed.rows, invitations.add_all(connection, who.org_id, wanted), strict=True):
            if isinstance(added, Conflict):
                errors.append(RowError(row.row, "external_id", added.code, added.detail))
                continue
            invitation_id, new = added
            results.append(RowResult(row.row, None if new and dry_run else invitation_id, new))
        if errors or dry_run:
            transaction.rollback()
        else:
            _tell(connection, who, challenge_id, tuple(row.invitation for row in results if row.created))
    return ManyInvited(dry_run, () if errors else tuple(results), tuple(errors))


def extend(service: Service, who: Principal, invitation_id: str, body: ExtensionBody) -> Changed:
    """Move the deadline; an invitation that the old deadline had closed is open again."""

    def work(connection: Connection, before: Standing) -> None:
        until = None
        if body.deadline is not None:
            until = deadlines.due(body.deadline, _zone(before.candidate.timezone), 1.0, datetime.now(UTC))
        prolong(connection, before, Longer(body.reason_code, body.reason, until, body.hours), who)

    return _change(service, who, invitation_id, work)


def prolong(connection: Connection, before: Standing, longer: Longer, who: Principal | None = None) -> None:
    """The work of an extension, by a member or key, or by the candidate themself where `who` is None."""
    invitation = before.invitation
    new = moved(before, longer)
    at = (invitation.deadline, new)
    extensions.add(connection, invitation.id, at, (longer.reason_code, longer.reason), who.member_id if who else None)
    reopened = {"closed_at": None} if invitation.late else {}
    invitations.change(connection, invitation.id, deadline=new, **reopened)
    told = {"reason_code": longer.reason_code, "old": invitation.deadline, "new": new}
    notify(connection, who or before.candidate, "invitation.extended", invitation, **told)
    mail(connection, before, Kind.EXTENDED, before.extended + 1)


def remind(service: Service, who: Principal, invitation_id: str) -> Changed:
    """Mail a reminder now; at most one an hour."""

    return _change(service, who, invitation_id, lambda connection, before: remind_now(connection, who, before))


def remind_now(connection: Connection, who: Principal, before: Standing) -> None:
    """The work of a reminder."""
    newest = outbox.newest_of(connection, [before.invitation.id], Kind.REMINDER)
    require_remindable(before, newest.get(before.invitation.id, (0, None))[1])
    remind_all(connection, who, [before], newest)


def require_remindable(before: Standing, age: float | None) -> None:
    """Conflict where no reminder can go out; `age` is the seconds since the last one."""
    if before.invitation.closed:
        raise Conflict("closed", _("The invitation is closed, so no reminder was sent."))
    if age is not None and age < REMIND_SECONDS:
        raise Conflict(
            "reminded-just-now", _("A reminder was sent within the last hour. Wait before you send another.")
        )
    if before.invitation.reminders_off_at is not None:
        raise Conflict("reminders-declined", _("The candidate asked for no more reminders, so nothing was sent."))
    if before.candidate.email is None:
        raise Conflict("no-address", _("The candidate has no mail address, so nothing was sent."))


def remind_all(
    connection: Connection, who: Principal, to: Sequence[Standing], newest: Mapping[str, tuple[int, float | None]]
) -> None:
    """Queue a reminder to each, in a few statements for all; `newest` as `outbox.newest_of` gives it."""
    versions = {standing.invitation.id: newest.get(standing.invitation.id, (0, None))[0] + 1 for standing in to}
    mail_all(connection, to, Kind.REMINDER, versions)
    notify_all(connection, who, "invitation.reminded", [standing.invitation for standing in to])


def withdraw(service: Service, who: Principal, invitation_id: str) -> Changed:
    """Take the invitation back: nothing more can be handed in.  A repetition changes nothing."""

    return _change(service, who, invitation_id, lambda connection, before: take_back(connection, who, [before]))


def take_back(connection: Connection, who: Principal, before: Sequence[Standing]) -> None:
    """The work of a withdrawal, in a few statements for all; who is withdrawn already stays so."""
    changed = [standing for standing in before if standing.invitation.revoked_at is None]
    ids = [standing.invitation.id for standing in changed]
    invitations.change_all(connection, ids, revoked_at=datetime.now(UTC))
    notify_all(connection, who, "invitation.withdrawn", [standing.invitation for standing in changed])
    newest = outbox.newest_of(connection, ids, Kind.WITHDRAWN)
    versions = {invitation_id: newest.get(invitation_id, (0, None))[0] + 1 for invitation_id in ids}
    mail_all(connection, changed, Kind.WITHDRAWN, versions)


def reopen(service: Service, who: Principal, invitation_id: str, *, told: bool = True) -> Changed:
    """Undo a withdrawal or a candidate's own close.  A deadline that has passed needs an extension as well.

    Unless `told`, another mail says so.
    """

    return _change(
        service, who, invitation_id, lambda connection, before: open_again(connection, who, before, told=told)
    )


def open_again(connection: Connection, who: Principal, before: Standing, *, told: bool = True) -> None:
    """The work of undoing a withdrawal or a close.  The candidate is told, unless they never heard that it was over."""
    if before.candidate.erased_at is not None:
        raise Conflict("erased", _("The candidate's data were erased. The invitation cannot be opened again."))
    if before.invitation.closed_at is not None or before.invitation.revoked_at is not None:
        invitations.change(connection, before.invitation.id, closed_at=None, revoked_at=None)
        notify(connection, who, "invitation.reopened", before.invitation)
        unheard = outbox.take_back(connection, before.invitation.id, Kind.WITHDRAWN)
        if told and (not unheard or outbox.given_up(connection, before.invitation.id, Kind.INVITATION)):
            newest = outbox.newest_of(connection, [before.invitation.id], Kind.REOPENED)
            mail(connection, before, Kind.REOPENED, newest.get(before.invitation.id, (0, None))[0] + 1)


def present_link(service: Service, standing: Standing) -> str | None:
    """The candidate's own link as it is now; None where it opens nothing to hand in to, or nobody is left behind it."""
    if standing.invitation.revoked_at is not None or standing.candidate.erased_at is not None:
        return None
    return links_of(service, [standing.invitation.id])[standing.invitation.id]


def links_of(service: Service, invitation_ids: Sequence[str]) -> dict[str, str]:
    """The present links of invitations, by id."""
    with service.reader.connect() as connection:
        tokens = {
            invitation_id: invitations.token(connection, service.keys, invitation_id)
            for invitation_id in invitation_ids
        }
    return {invitation_id: links.to_invitation(service.settings, token) for invitation_id, token in tokens.items()}


def new_link(service: Service, who: Principal, invitation_id: str) -> Changed:
    """End the present link and mail a new one."""

    def work(connection: Connection, _: Standing) -> None:
        invitations.new_link(connection, invitation_id)
        after = owned(invitations.standing, connection, invitation_id, who.org_id)
        notify(connection, who, "invitation.link-renewed", after.invitation)
        _send_link(connection, after)

    return _change(service, who, invitation_id, work, link=True)


def invite_person(
    connection: Connection, who: Principal, wanted: NewInvitation, person: Person
) -> tuple[Standing, bool]:
    """(the invitation, whether it is new); the work of an invitation."""
    invitation_id, new = invitations.add(connection, who.org_id, wanted, person)
    made = owned(invitations.standing, connection, invitation_id, who.org_id)
    if new:
        law_service.require_notice(connection, who.org_id, wanted.challenge, wanted.profile)
        notify(connection, who, "invitation.created", made.invitation, challenge=wanted.challenge)
        _send_link(connection, made)
    return made, new


def _tell(connection: Connection, who: Principal, challenge_id: str, ids: tuple[str | None, ...]) -> None:
    """Note that these invitations are new, and mail their links, in a few statements for all."""
    only = Filter(ids=tuple(filter(None, ids)))
    made = invitations.read(connection, invitations.listed(who.org_id, only)) if ids else []
    notify_all(connection, who, "invitation.created", [each.invitation for each in made], challenge=challenge_id)
    mail_all(connection, made, Kind.INVITATION)


def terms_of(connection: Connection, who: Principal, challenge_id: str, profile: str | None) -> dict[str, Any]:
    """Of a new invitation: its profile of jurisdiction with the notice, and its challenge's timer."""
    name = profile or members.organisation(connection, who.org_id).profile
    law = {"profile": name, "notice_id": law_service.in_force(connection, who.org_id, challenge_id, name)}
    timer = timers.find(connection, who.org_id, challenge_id)
    if timer is None:
        return law
    return law | {"minutes": timer.minutes, "pauses": timer.pauses, "pause_minutes": timer.pause_minutes}


def _with_minutes(terms: dict[str, Any], minutes: int | None) -> dict[str, Any]:
    """The terms with the minutes of one invitation: 0 takes the timer away, None leaves the challenge's own."""
    return terms if minutes is None else terms | {"minutes": minutes or None}


def _wanted(service: Service, who: Principal, row: NewRow, challenge: str) -> NewInvitation:
    return NewInvitation(
        challenge,
        service.settings.attempts,
        tags=row.tags,
        time_multiplier=row.time_multiplier,
        deadline=row.deadline,
        created_by=who.member_id,
    )


def _change(
    service: Service,
    who: Principal,
    invitation_id: str,
    work: Callable[[Connection, Standing], None],
    *,
    link: bool = False,
) -> Changed:
    """Do `work` on an invitation that is held meanwhile."""
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        invitations.hold(connection, invitation_id)
        work(connection, owned(invitations.standing, connection, invitation_id, who.org_id))
        return _changed(
            service, connection, owned(invitations.standing, connection, invitation_id, who.org_id), link=link
        )


def _changed(
    service: Service, connection: Connection, after: Standing, *, link: bool = False, new: bool = False
) -> Changed:
    invitation_id = after.invitation.id
    token = invitations.token(connection, service.keys, invitation_id) if link else None
    address = links.to_invitation(service.settings, token) if token else None
    return Changed(after, tuple(extensions.of_invitation(connection, invitation_id)), address, new)


def _send_link(connection: Connection, to: Standing) -> None:
    mail(connection, to, Kind.INVITATION, to.invitation.link_version)


def moved(before: Standing, longer: Longer) -> datetime:
    """The new deadline; Conflict where there can be none."""
    invitation, now = before.invitation, datetime.now(UTC)
    if invitation.revoked_at is not None:
        raise Conflict("withdrawn", _("The invitation is withdrawn. Open it again first."))
    if longer.deadline is not None:
        new = longer.deadline
    else:
        start = max(invitation.deadline or now, now)
        new = start + timedelta(hours=longer.hours or 0) * invitation.time_multiplier
    if new <= now or (invitation.deadline is not None and new <= invitation.deadline):
        raise Conflict("not-later", _("The new deadline must be later than the present one, and later than now."))
    return new


def correct(service: Service, who: Principal, candidate_id: str, change: CandidateChange) -> Candidate:
    """Put right what is kept about who a candidate is.  The audit log says which of it changed, and not to what.

    Raises NotFound, Invalid for an unknown zone, and Conflict for somebody who was erased or another's address.
    """
    wanted = change.model_dump(exclude_none=True)
    if "timezone" in wanted:
        wanted["timezone"] = _zone(wanted["timezone"])
    with service.engine.begin() as connection:
        owned(candidates.find, connection, candidate_id, who.org_id)
        now = candidates.hold(connection, candidate_id)
        if now.erased_at is not None:
            raise Conflict("erased", _("The candidate's data were erased. There is nothing left to correct."))
        corrected = candidates.correct(connection, now, wanted)
        fields = sorted(name for name in wanted if getattr(corrected, name) != getattr(now, name))
        if fields:
            audit.record(connection, who, "candidate-corrected", f"candidate:{candidate_id}", fields=fields)
        return corrected


def _zone(name: str) -> str:
    if not deadlines.is_zone(name):
        raise Invalid(
            "bad-timezone", _("This time zone is unknown."), hint=_("Use an IANA name, such as Europe/Vienna.")
        )
    return name
