"""One action on many invitations: first what would happen to whom, then done, and for an hour undone.

A preview and the deed share one calculation; the deed alone writes, with the invitations held.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app import deadlines
from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid, NotFound
from app.fields import Line
from app.invitations import service as invitation_service
from app.invitations.csv_file import MAX_TAGS
from app.invitations.notify import notify
from app.invitations.service import Longer
from app.invitations.views import MAX_HOURS, Due, Reason, Tag
from app.law import service as law_service
from app.mail import outbox
from app.mail.outbox import Kind
from app.mail.service import mail
from app.news import service as news_service
from app.news.jobs import SINCE
from app.owned import owned
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import assignments, audit, bulk_actions, extensions, invitations, members
from app.store.assignments import Assignment
from app.store.bulk_actions import BulkAction
from app.store.candidates import Person
from app.store.invitations import Filter, NewInvitation, Sort, Standing
from app.store.paging import Paging
from app.store.rows import Status
from app.words import _

#: So many invitations at once.
MOST = 500
UNDONE = "undone"
#: Seconds until mails about many leave, so that an undo takes them back too.
HELD = 60


class Action(StrEnum):
    """What can be done with many at once."""

    INVITE = "invite"
    REMIND = "remind"
    EXTEND = "extend"
    TAG = "tag"
    ASSIGN = "assign"
    WITHDRAW = "withdraw"

    @property
    def mails(self) -> bool:
        """Whether candidates hear of it by mail."""
        return self not in (Action.TAG, Action.ASSIGN)


class BulkBody(BaseModel):
    """An action, the invitations, and what the action needs: extend hours and a reason, tag tags, invite a challenge,
    assign members.  With `in_turn` each invitation gets one of the members, whoever has the fewest open debriefs."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    invitations: Annotated[list[Line], Field(max_length=MOST)] = []
    hours: float = Field(72, gt=0, le=MAX_HOURS)
    reason_code: Reason = Reason.OTHER
    add_tags: list[Tag] = Field([], max_length=MAX_TAGS)
    remove_tags: list[Tag] = Field([], max_length=MAX_TAGS)
    members: list[Line] = Field([], max_length=20)
    in_turn: bool = False
    debrief_at: Due | None = Field(None, description="A local time is read in the caller's own time zone.")
    challenge: Line | None = None
    due_at: Due | None = None


@dataclass(frozen=True)
class Touched:
    """One invitation: what happens to it, or why it is left out.  `before` is what the deed and an undo need."""

    standing: Standing
    says: str
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Plan:
    """What happens to whom, and who is left out.  `id` is there once it is done and can be undone."""

    action: Action
    will: list[Touched] = field(default_factory=list)
    left_out: list[Touched] = field(default_factory=list)
    id: str | None = None


def chosen(service: Service, who: Principal, only: Filter, sort: Sort) -> tuple[list[str], bool]:
    """(the ids of all that a list holds, in its order, at most MOST; whether it holds more)."""
    listed = invitation_service.listed(service, who, only, Paging(MOST), sort)
    return [row.invitation.id for row in listed.rows], listed.following is not None


def newest(service: Service, who: Principal) -> BulkAction | None:
    """What the caller did last and can still undo."""
    with service.reader.connect() as connection:
        return bulk_actions.newest(connection, who.org_id, who.actor)


def run(service: Service, who: Principal, body: BulkBody, *, dry_run: bool) -> Plan:
    """Do it, or with `dry_run` say what would be done.  Whoever cannot be changed is left out with the reason.

    Raises Invalid where something that the action needs is missing, NotFound where an invitation is not the caller's.
    """
    ids = tuple(dict.fromkeys(body.invitations))
    with service.engine.begin() as connection:
        if not dry_run:
            invitations.hold_all(connection, who.org_id, ids)
        rows = invitations.read(connection, invitations.listed(who.org_id, Filter(ids=ids)))
        standings = {row.invitation.id: row for row in rows}
        if len(standings) != len(ids):
            raise NotFound
        work = _Work(service, connection, who, body, ids)
        plan = work.plan([standings[invitation_id] for invitation_id in ids])
        if dry_run or not plan.will:
            return plan
        made = work.do(plan.will)
        outbox.put_off(connection, [*ids, *made.values()], HELD)
        before = [
            {"invitation": change.standing.invitation.id, "made": made.get(change.standing.invitation.id)}
            | dict(change.before)
            for change in plan.will
        ]
        done = bulk_actions.add(connection, who.org_id, who.actor, body.action, before)
        action = f"invitations-{body.action.value}"
        audit.record(connection, who, action, f"bulk:{done}", count=len(before), left_out=len(plan.left_out))
        return replace(plan, id=done)


def undo(service: Service, who: Principal, action_id: str) -> Plan:
    """Take an action back within the hour, and mails that have not left yet.

    Whatever was changed again since then stays as it is, with the reason.
    """
    with service.engine.begin() as connection:
        done = owned(bulk_actions.find, connection, action_id, who.org_id)
        action = Action(done.action)
        if done.undone_at is not None:
            raise NotFound
        plan = Plan(action)
        touched = [was[name] for was in done.before for name in ("invitation", "made") if was.get(name)]
        invitations.hold_all(connection, who.org_id, touched)
        for was in done.before:
            standing = invitations.standing(connection, was["invitation"], who.org_id)
            if standing is None:
                continue
            try:
                with connection.begin_nested():
                    UNDO[action](connection, who, standing, was)
            except Conflict as no:
                plan.left_out.append(Touched(standing, no.detail))
                continue
            plan.will.append(Touched(standing, _("as before")))
        bulk_actions.undone(connection, action_id)
        audit.record(connection, who, f"invitations-{action.value}-undone", f"bulk:{action_id}", count=len(plan.will))
    return plan


class _Work:
    """The work on many invitations; what all of them share is looked up once."""

    def __init__(
        self, service: Service, connection: Connection, who: Principal, body: BulkBody, ids: Sequence[str]
    ) -> None:
        self._service, self._connection, self._who, self._body = service, connection, who, body
        action = body.action
        if action is Action.ASSIGN:
            self._people = _raters(connection, who.org_id, body.members)
            self._open = assignments.open_counts(connection, who.org_id)
            self._at = read_debrief(connection, who, body.debrief_at)
            self._assigned = assignments.of_invitations(connection, ids)
        if action is Action.INVITE:
            self._challenge = challenge_service.to_invite(service, who.org_id, body.challenge)
            self._invited = invitations.invited(connection, who.org_id, self._challenge.id, ids)
            self._terms: dict[str, dict[str, Any]] = {}
        if action is Action.REMIND:
            self._reminded = outbox.newest_of(connection, ids, Kind.REMINDER)
        if action is Action.TAG and not body.add_tags and not body.remove_tags:
            raise Invalid("no-tags", _("Name the tags to add or to remove."))

    def plan(self, standings: Sequence[Standing]) -> Plan:
        """What happens to whom; nothing is written."""
        ways = {
            Action.INVITE: self._invite,
            Action.REMIND: self._remind,
            Action.EXTEND: self._extend,
            Action.TAG: self._tag,
            Action.ASSIGN: self._assign,
            Action.WITHDRAW: self._withdraw,
        }
        plan = Plan(self._body.action)
        for standing in standings:
            try:
                if standing.candidate.erased_at is not None:
                    raise Conflict("erased", _("The candidate's data were erased."))
                says, before = ways[self._body.action](standing)
            except (Conflict, Invalid) as no:
                plan.left_out.append(Touched(standing, no.detail))
                continue
            plan.will.append(Touched(standing, says, before))
        return plan

    def do(self, changes: Sequence[Touched]) -> dict[str, str]:
        """Write what was planned; the new invitations by those that they follow."""
        connection, who, body = self._connection, self._who, self._body
        standings = [change.standing for change in changes]
        if body.action is Action.REMIND:
            invitation_service.remind_all(connection, who, standings, self._reminded)
        elif body.action is Action.WITHDRAW:
            invitation_service.take_back(connection, who, standings)
        made: dict[str, str] = {}
        for change in changes:
            standing = change.standing
            if body.action is Action.INVITE:
                invited, _new = invitation_service.invite_person(connection, who, *self._wanted(standing))
                made[standing.invitation.id] = invited.invitation.id
            elif body.action is Action.EXTEND:
                invitation_service.prolong(connection, standing, self._longer, who)
            elif body.action is Action.TAG:
                retag(connection, who, standing, change.before["new"])
            elif body.action is Action.ASSIGN:
                for member in change.before["members"]:
                    put_interviewer(connection, who, standing, member, self._at)
        return made

    @property
    def _longer(self) -> Longer:
        return Longer(self._body.reason_code, hours=self._body.hours)

    def _wanted(self, standing: Standing) -> tuple[NewInvitation, Person]:
        """The invitation to the new challenge, with the law of the one before."""
        candidate, body, profile = standing.candidate, self._body, standing.invitation.profile
        due = None
        if body.due_at:
            due = deadlines.due(body.due_at, candidate.timezone, standing.invitation.time_multiplier, datetime.now(UTC))
        if profile not in self._terms:
            law_service.require_notice(self._connection, self._who.org_id, self._challenge.id, profile)
            terms = invitation_service.terms_of(self._connection, self._who, self._challenge.id, profile)
            self._terms[profile] = terms
        wanted = NewInvitation(
            self._challenge.id,
            self._service.settings.attempts,
            standing.invitation.label,
            standing.invitation.tags,
            standing.invitation.time_multiplier,
            due,
            self._who.member_id,
            **self._terms[profile],
        )
        names = (candidate.first_name, candidate.last_name, candidate.external_id)
        return wanted, Person(candidate.email, *names, candidate.timezone, candidate.locale)

    def _invite(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        candidate = standing.candidate
        if candidate.email is None and candidate.external_id is None:
            raise Conflict("no-address", _("The candidate has neither an address nor an external id."))
        if candidate.id in self._invited:
            raise Conflict("invited", _("The candidate is invited to this challenge already."))
        self._wanted(standing)
        self._invited.add(candidate.id)
        return _("is invited to {challenge}").format(challenge=self._challenge.title), {}

    def _remind(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        if standing.spent:
            raise Conflict("handed-in", _("The candidate has handed in already."))
        version, age = self._reminded.get(standing.invitation.id, (0, None))
        invitation_service.require_remindable(standing, age)
        return _("gets a reminder by mail"), {"version": version + 1}

    def _extend(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        was = standing.invitation.deadline
        if was is None:
            raise Conflict("no-deadline", _("There is no deadline to move."))
        if standing.status in (Status.DECIDED, Status.IN_REVIEW):
            raise Conflict("judged", _("Somebody has judged the work already."))
        new = invitation_service.moved(standing, self._longer)
        said = deadlines.said(new, standing.candidate.timezone)
        closed = standing.invitation.closed_at
        before = {"deadline": was.isoformat(), "new": new.isoformat(), "version": standing.extended + 1}
        return _("has time until {when}").format(when=said), before | {"closed": closed and closed.isoformat()}

    def _tag(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        was, body = standing.invitation.tags, self._body
        new = tuple(tag for tag in dict.fromkeys((*was, *body.add_tags)) if tag not in body.remove_tags)
        if new == was:
            raise Conflict("tagged", _("The tags are so already."))
        if len(new) > MAX_TAGS:
            raise Conflict("too-many-tags", _("There would be more than {most} tags.").format(most=MAX_TAGS))
        said = ", ".join(new) if new else _("none")
        return _("tags: {tags}").format(tags=said), {"tags": list(was), "new": list(new)}

    def _assign(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        if standing.status in (Status.DECIDED, Status.WITHDRAWN):
            raise Conflict("closed", _("This candidate is decided about or withdrawn."))
        known = {each.member_id: each for each in self._assigned.get(standing.invitation.id, [])}
        wanted = list(self._people)
        if self._body.in_turn:
            free = [member for member in wanted if member not in known]
            wanted = sorted(free, key=lambda member: self._open.get(member, 0))[:1]
        changed = [
            member for member in wanted if member not in known or (self._at and known[member].debrief_at != self._at)
        ]
        if not changed:
            raise Conflict("assigned", _("These interviewers are assigned already."))
        was = {member: _text(known[member].debrief_at) if member in known else "" for member in changed}
        for member in changed:
            self._open[member] = self._open.get(member, 0) + (member not in known)
        names = ", ".join(self._people[member] for member in changed)
        now = _text(self._at)
        return _("is debriefed by {names}").format(names=names), {"members": was, "new": now}

    def _withdraw(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        if standing.status in (Status.DECIDED, Status.WITHDRAWN):
            raise Conflict("closed", _("This candidate is decided about or withdrawn."))
        closed = standing.invitation.closed_at
        return _("can hand in nothing more, and is told by mail"), {"closed": closed and closed.isoformat()}


def retag(connection: Connection, who: Principal, standing: Standing, tags: Sequence[str]) -> None:
    """Give an invitation these tags; the audit log keeps how many, and not their words."""
    invitations.change(connection, standing.invitation.id, tags=list(tags))
    notify(connection, who, "invitation.tagged", standing.invitation, count=len(tags))


def put_interviewer(
    connection: Connection, who: Principal, standing: Standing, member_id: str, debrief_at: datetime | None
) -> None:
    """Assign a member, who is told of it, or change the date of the debrief."""
    new = assignments.put(connection, who.org_id, standing.invitation.id, member_id, debrief_at)
    told = {"member": member_id, "debrief_at": debrief_at}
    notify(connection, who, "invitation.assigned", standing.invitation, **told)
    if new and member_id != who.member_id:
        news_service.tell_member(connection, standing, "assigned", int(time.time()) - SINCE, member_id)


def take_interviewer(connection: Connection, who: Principal, standing: Standing, member_id: str) -> None:
    """Take a member off; NotFound where they are not assigned."""
    if not assignments.remove(connection, who.org_id, standing.invitation.id, member_id):
        raise NotFound
    notify(connection, who, "invitation.unassigned", standing.invitation, member=member_id)


def read_debrief(connection: Connection, who: Principal, said: str | None) -> datetime | None:
    """When a debrief is: a local time is that of the member who says it.  Invalid for what is no time, or is over."""
    if not said:
        return None
    member = members.member(connection, who.member_id or "", who.org_id)
    at = deadlines.read(said, member.timezone if member else "UTC")
    if at <= datetime.now(UTC):
        raise Invalid("due-passed", _("This time has passed. Choose a later one."))
    return at


def _raters(connection: Connection, org_id: str, wanted: Sequence[str]) -> dict[str, str]:
    """By id: the names of members who may debrief, in the order asked for; Invalid where there is none."""
    may = {
        member.id: member.name or member.email
        for member in members.members_of(connection, org_id)
        if member.disabled_at is None and Right.REVIEW in ROLES[member.role]
    }
    if not wanted or not all(member in may for member in wanted):
        raise Invalid("no-interviewer", _("Choose interviewers or administrators of your organisation."))
    return {member: may[member] for member in dict.fromkeys(wanted)}


def _assigned(connection: Connection, invitation_id: str) -> dict[str, Assignment]:
    """By member: who is assigned to an invitation."""
    known = assignments.of_invitations(connection, [invitation_id])
    return {one.member_id: one for one in known.get(invitation_id, [])}


def _text(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _undo_extend(connection: Connection, who: Principal, standing: Standing, was: Mapping[str, Any]) -> None:
    invitation, old = standing.invitation, datetime.fromisoformat(was["deadline"])
    if invitation.deadline != datetime.fromisoformat(was["new"]) or invitation.revoked_at is not None:
        raise Conflict("changed", _("It was changed again meanwhile."))
    if standing.spent:
        raise Conflict("handed-in", _("The candidate has handed in meanwhile."))
    extensions.add(connection, invitation.id, (invitation.deadline, old), (UNDONE, ""), who.member_id)
    invitations.change(connection, invitation.id, deadline=old, closed_at=_moment(was["closed"]))
    notify(connection, who, "invitation.extended", invitation, reason_code=UNDONE, old=invitation.deadline, new=old)
    if not outbox.take_back(connection, invitation.id, Kind.EXTENDED, was.get("version")):
        mail(connection, standing, Kind.EXTENDED, standing.extended + 1)


def _undo_tag(connection: Connection, who: Principal, standing: Standing, was: Mapping[str, Any]) -> None:
    if list(standing.invitation.tags) != was["new"]:
        raise Conflict("changed", _("It was changed again meanwhile."))
    retag(connection, who, standing, was["tags"])


def _undo_assign(connection: Connection, who: Principal, standing: Standing, was: Mapping[str, Any]) -> None:
    invitation_id = standing.invitation.id
    now = _assigned(connection, invitation_id)
    for member, at in was["members"].items():
        if member not in now or _text(now[member].debrief_at) != was["new"] or now[member].begun:
            raise Conflict("changed", _("It was changed again meanwhile."))
        if at == "":
            take_interviewer(connection, who, standing, member)
        else:
            put_interviewer(connection, who, standing, member, _moment(at))


def _undo_withdraw(connection: Connection, who: Principal, standing: Standing, was: Mapping[str, Any]) -> None:
    if standing.invitation.revoked_at is None:
        raise Conflict("changed", _("It was changed again meanwhile."))
    invitation_service.open_again(connection, who, standing)
    if was["closed"]:
        invitations.change(connection, standing.invitation.id, closed_at=_moment(was["closed"]))


def _undo_remind(connection: Connection, _who: Principal, standing: Standing, was: Mapping[str, Any]) -> None:
    if not outbox.take_back(connection, standing.invitation.id, Kind.REMINDER, was["version"]):
        raise Conflict("sent", _("The mail has left already."))


def _undo_invite(connection: Connection, who: Principal, _standing: Standing, was: Mapping[str, Any]) -> None:
    made = owned(invitations.standing, connection, was["made"], who.org_id)
    if made.invitation.revoked_at is not None:
        raise Conflict("changed", _("It was changed again meanwhile."))
    if made.invitation.opened_at is not None:
        raise Conflict("opened", _("The candidate has opened the invitation already."))
    invitation_service.take_back(connection, who, [made])


UNDO = {
    Action.INVITE: _undo_invite,
    Action.REMIND: _undo_remind,
    Action.EXTEND: _undo_extend,
    Action.TAG: _undo_tag,
    Action.ASSIGN: _undo_assign,
    Action.WITHDRAW: _undo_withdraw,
}
