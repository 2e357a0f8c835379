"""One action on many invitations: first what would happen to whom, then done, and for an hour undone.

A preview does the work and takes it back, so it says what will happen and not what might.
"""

from __future__ import annotations

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
from app.mail.outbox import Kind
from app.mail.service import mail
from app.owned import owned
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import assignments, audit, bulk_actions, extensions, invitations, members
from app.store.assignments import Assignment
from app.store.candidates import Person
from app.store.invitations import Filter, NewInvitation, Sort, Standing
from app.store.paging import Paging
from app.store.rows import Status
from app.words import _

#: So many invitations at once.
MOST = 500
UNDONE = "undone"


class Action(StrEnum):
    """What can be done with many at once."""

    INVITE = "invite"
    REMIND = "remind"
    EXTEND = "extend"
    TAG = "tag"
    ASSIGN = "assign"
    WITHDRAW = "withdraw"

    @property
    def can_be_undone(self) -> bool:
        """A mail that left cannot be taken back."""
        return self not in (Action.INVITE, Action.REMIND)

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
    """One invitation: what happens to it, or why it is left out."""

    standing: Standing
    says: str


@dataclass
class Plan:
    """What happens to whom, and who is left out.  `id` is there once it is done and can be undone."""

    action: Action
    will: list[Touched] = field(default_factory=list)
    left_out: list[Touched] = field(default_factory=list)
    id: str | None = None


def chosen(service: Service, who: Principal, only: Filter) -> list[str]:
    """The ids of all that a list holds, the newest first, at most MOST."""
    rows, _last = invitation_service.listed(service, who, only, Paging(MOST), Sort.NEWEST)
    return [row.invitation.id for row in rows]


def run(service: Service, who: Principal, body: BulkBody, *, dry_run: bool) -> Plan:
    """Do it, or with `dry_run` say what would be done.  Whoever cannot be changed is left out with the reason.

    Raises Invalid where something that the action needs is missing, NotFound where an invitation is not the caller's.
    """
    plan = Plan(body.action)
    before: list[dict[str, Any]] = []
    with service.engine.connect() as connection, connection.begin() as transaction:
        work = _Work(service, connection, who, body)
        for invitation_id in dict.fromkeys(body.invitations):
            owned(invitations.standing, connection, invitation_id, who.org_id)
            invitations.hold(connection, invitation_id)
            standing = owned(invitations.standing, connection, invitation_id, who.org_id)
            try:
                with connection.begin_nested():
                    says, was = work.do(standing)
            except (Conflict, Invalid) as no:
                plan.left_out.append(Touched(standing, no.detail))
                continue
            plan.will.append(Touched(standing, says))
            before.append({"invitation": invitation_id, **was})
        if dry_run:
            transaction.rollback()
        elif before:
            action = f"invitations-{body.action.value}"
            made = bulk_actions.add(connection, who.org_id, who.actor, body.action, before)
            audit.record(connection, who, action, f"bulk:{made}", count=len(before), left_out=len(plan.left_out))
            plan.id = made if body.action.can_be_undone else None
    return plan


def undo(service: Service, who: Principal, action_id: str) -> Plan:
    """Take an action back within the hour.  Whatever was changed again since then stays as it is, with the reason."""
    with service.engine.begin() as connection:
        done = owned(bulk_actions.find, connection, action_id, who.org_id)
        action = Action(done.action)
        if done.undone_at is not None or not action.can_be_undone:
            raise NotFound
        plan = Plan(action)
        for was in done.before:
            standing = invitations.standing(connection, was["invitation"], who.org_id)
            if standing is None:
                continue
            invitations.hold(connection, was["invitation"])
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
    """The work on one invitation after another; what all of them share is looked up once."""

    def __init__(self, service: Service, connection: Connection, who: Principal, body: BulkBody) -> None:
        self._service, self._connection, self._who, self._body = service, connection, who, body
        self._people: dict[str, str] = {}
        self._open: dict[str, int] = {}
        self._at: datetime | None = None
        if body.action is Action.ASSIGN:
            self._people = _raters(connection, who.org_id, body.members)
            self._open = assignments.open_counts(connection, who.org_id)
            self._at = read_debrief(connection, who, body.debrief_at)
        if body.action is Action.INVITE:
            self._challenge = challenge_service.to_invite(service, who.org_id, body.challenge)
        if body.action is Action.TAG and not body.add_tags and not body.remove_tags:
            raise Invalid("no-tags", _("Name the tags to add or to remove."))

    def do(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        """(what happens, what there was before); Conflict where this one is left out."""
        if standing.candidate.erased_at is not None:
            raise Conflict("erased", _("The candidate's data were erased."))
        ways = {
            Action.INVITE: self._invite,
            Action.REMIND: self._remind,
            Action.EXTEND: self._extend,
            Action.TAG: self._tag,
            Action.ASSIGN: self._assign,
            Action.WITHDRAW: self._withdraw,
        }
        return ways[self._body.action](standing)

    def _invite(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        one, body = standing.candidate, self._body
        due = None
        if body.due_at:
            due = deadlines.due(body.due_at, one.timezone, standing.invitation.time_multiplier, datetime.now(UTC))
        wanted = NewInvitation(
            self._challenge.id,
            self._service.settings.attempts,
            standing.invitation.label,
            standing.invitation.tags,
            standing.invitation.time_multiplier,
            due,
            self._who.member_id,
        )
        profile = standing.invitation.profile
        wanted = replace(wanted, **invitation_service.law_of(self._connection, self._who, self._challenge.id, profile))
        if one.email is None and one.external_id is None:
            raise Conflict("no-address", _("The candidate has neither an address nor an external id."))
        person = Person(one.email, one.first_name, one.last_name, one.external_id, one.timezone, one.locale)
        _made, new = invitation_service.invite_person(self._connection, self._who, wanted, person)
        if not new:
            raise Conflict("invited", _("The candidate is invited to this challenge already."))
        return _("is invited to {challenge}").format(challenge=self._challenge.title), {}

    def _remind(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        if standing.spent:
            raise Conflict("handed-in", _("The candidate has handed in already."))
        invitation_service.remind_now(self._connection, self._who, standing)
        return _("gets a reminder by mail"), {}

    def _extend(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        was = standing.invitation.deadline
        if was is None:
            raise Conflict("no-deadline", _("There is no deadline to move."))
        if standing.status in (Status.DECIDED, Status.IN_REVIEW):
            raise Conflict("judged", _("Somebody has judged the work already."))
        longer = Longer(self._body.reason_code, hours=self._body.hours)
        invitation_service.prolong(self._connection, standing, longer, self._who)
        after = owned(invitations.standing, self._connection, standing.invitation.id, self._who.org_id)
        assert after.invitation.deadline is not None
        said = deadlines.said(after.invitation.deadline, standing.candidate.timezone)
        closed = standing.invitation.closed_at
        before = {"deadline": was.isoformat(), "new": after.invitation.deadline.isoformat()}
        return _("has time until {when}").format(when=said), before | {"closed": closed and closed.isoformat()}

    def _tag(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        was, body = standing.invitation.tags, self._body
        new = tuple(tag for tag in dict.fromkeys((*was, *body.add_tags)) if tag not in body.remove_tags)
        if new == was:
            raise Conflict("tagged", _("The tags are so already."))
        if len(new) > MAX_TAGS:
            raise Conflict("too-many-tags", _("There would be more than {most} tags.").format(most=MAX_TAGS))
        retag(self._connection, self._who, standing, new)
        said = ", ".join(new) if new else _("none")
        return _("tags: {tags}").format(tags=said), {"tags": list(was), "new": list(new)}

    def _assign(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        invitation_id, connection = standing.invitation.id, self._connection
        if standing.status in (Status.DECIDED, Status.WITHDRAWN):
            raise Conflict("closed", _("This candidate is decided about or withdrawn."))
        known = _assigned(connection, invitation_id)
        wanted = list(self._people)
        if self._body.in_turn:
            free = [member for member in wanted if member not in known]
            wanted = sorted(free, key=lambda member: self._open.get(member, 0))[:1]
        changed = [one for one in wanted if one not in known or (self._at and known[one].debrief_at != self._at)]
        if not changed:
            raise Conflict("assigned", _("These interviewers are assigned already."))
        was = {one: _text(known[one].debrief_at) if one in known else "" for one in changed}
        for member in changed:
            put_interviewer(connection, self._who, standing, member, self._at)
            self._open[member] = self._open.get(member, 0) + (member not in known)
        names = ", ".join(self._people[one] for one in changed)
        now = _text(self._at)
        return _("is debriefed by {names}").format(names=names), {"members": was, "new": now}

    def _withdraw(self, standing: Standing) -> tuple[str, dict[str, Any]]:
        if standing.status in (Status.DECIDED, Status.WITHDRAWN):
            raise Conflict("closed", _("This candidate is decided about or withdrawn."))
        invitation_service.take_back(self._connection, self._who, standing)
        closed = standing.invitation.closed_at
        return _("can hand in nothing more, and is told by mail"), {"closed": closed and closed.isoformat()}


def retag(connection: Connection, who: Principal, standing: Standing, tags: Sequence[str]) -> None:
    """Give an invitation these tags; the audit log keeps how many, and not their words."""
    invitations.change(connection, standing.invitation.id, tags=list(tags))
    notify(connection, who, "invitation.tagged", standing.invitation, count=len(tags))


def put_interviewer(
    connection: Connection, who: Principal, standing: Standing, member_id: str, debrief_at: datetime | None
) -> None:
    """Assign a member, or change the date of the debrief."""
    assignments.put(connection, who.org_id, standing.invitation.id, member_id, debrief_at)
    told = {"member": member_id, "debrief_at": debrief_at}
    notify(connection, who, "invitation.assigned", standing.invitation, **told)


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


UNDO = {
    Action.EXTEND: _undo_extend,
    Action.TAG: _undo_tag,
    Action.ASSIGN: _undo_assign,
    Action.WITHDRAW: _undo_withdraw,
}
