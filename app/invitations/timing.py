"""The timer: set for a challenge, begun by the candidate, paused as the organisation allows, stretched for one person.

The start sets the deadline, and pauses move it.  So whatever holds for a deadline holds for the end of the time.
Each function is one transaction; Conflict says why the invitation stands so that something cannot be done.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from app.challenges import service as challenge_service
from app.errors import Conflict, NotFound
from app.invitations.csv_file import MOST_MINUTES, MULTIPLIERS
from app.invitations.notify import notify
from app.mail.outbox import Kind
from app.mail.service import mail
from app.own_rows import require_made
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, invitations, timers
from app.store.challenges import base_of
from app.store.invitations import Standing
from app.store.timers import Timer
from app.words import _

Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]


class TimerIn(BaseModel):
    """Minutes from a candidate's own start; how many pauses they may take, and the minutes that each may last."""

    model_config = ConfigDict(extra="forbid")

    minutes: Minutes = Field(examples=[240])
    pauses: int = Field(0, ge=0, le=20)
    pause_minutes: int = Field(0, ge=0, le=24 * 60)

    @model_validator(mode="after")
    def _both(self) -> TimerIn:
        if (self.pauses == 0) != (self.pause_minutes == 0):
            raise ValueError(_("give both `pauses` and `pause_minutes`, or neither"))
        return self


class AccommodationIn(BaseModel):
    """How many times as long somebody has as the others."""

    model_config = ConfigDict(extra="forbid")

    time_multiplier: float = Field(ge=MULTIPLIERS[0], le=MULTIPLIERS[1], examples=[1.5])


def of_challenges(service: Service, who: Principal) -> list[Timer]:
    """The timers of an organisation."""
    with service.reader.connect() as connection:
        return timers.of_organisation(connection, who.org_id)


def set_timer(service: Service, who: Principal, challenge: str, body: TimerIn) -> Timer:
    """For invitations that are made from now on; NotFound for a challenge that nobody can be invited to."""
    if challenge not in {offered.id for offered in challenge_service.offered(service, who.org_id)}:
        raise NotFound
    timer = Timer(base_of(challenge), body.minutes, body.pauses, body.pause_minutes)
    with service.engine.begin() as connection:
        timers.put(connection, who.org_id, timer)
        audit.record(connection, who, "timer-set", f"challenge:{challenge}", **body.model_dump())
    return timer


def remove_timer(service: Service, who: Principal, challenge: str) -> None:
    """New invitations have none; NotFound where there is none."""
    with service.engine.begin() as connection:
        if timers.find(connection, who.org_id, challenge) is None:
            raise NotFound
        timers.remove(connection, who.org_id, challenge)
        audit.record(connection, who, "timer-removed", f"challenge:{challenge}")


def begin(service: Service, standing: Standing) -> Standing:
    """The candidate starts now.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        before = _timed(connection, standing)
        invitation, now = before.invitation, datetime.now(UTC)
        if not invitation.unstarted:
            return before
        require_made(invitation)
        assert invitation.time is not None
        until = now + invitation.time
        invitations.change(connection, invitation.id, started_at=now, deadline=until)
        notify(connection, before.candidate, "invitation.started", invitation, old=invitation.deadline, new=until)
        mail(connection, before, Kind.STARTED, 1)
        return _now(connection, standing)


def pause(service: Service, standing: Standing) -> Standing:
    """The time stands still until the pause is ended, or is over by itself.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        before = _timed(connection, standing)
        invitation, now = before.invitation, datetime.now(UTC)
        if invitation.paused:
            return before
        if invitation.unstarted or invitation.deadline is None:
            raise not_started()
        if invitation.pauses_taken >= invitation.pauses:
            raise Conflict("no-pause-left", _("You have no pause left."))
        long = timedelta(minutes=invitation.pause_minutes)
        taken = {"pauses_taken": invitation.pauses_taken + 1, "paused_until": now + long}
        invitations.change(connection, invitation.id, deadline=invitation.deadline + long, **taken)
        notify(connection, before.candidate, "invitation.paused", invitation, until=now + long)
        return _now(connection, standing)


def resume(service: Service, standing: Standing) -> Standing:
    """End a pause early: what is left of it is no time to work.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        before = _timed(connection, standing)
        invitation, now = before.invitation, datetime.now(UTC)
        if not invitation.paused:
            return before
        assert invitation.deadline is not None
        assert invitation.paused_until is not None
        until = invitation.deadline - (invitation.paused_until - now)
        invitations.change(connection, invitation.id, deadline=until, paused_until=now)
        notify(connection, before.candidate, "invitation.resumed", invitation, new=until)
        return _now(connection, standing)


def accommodate(service: Service, who: Principal, invitation_id: str, multiplier: float) -> Standing:
    """Give somebody more of the timer's time; a timer that runs goes on longer.  The audit log keeps no figure."""
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        invitations.hold(connection, invitation_id)
        before = owned(invitations.standing, connection, invitation_id, who.org_id)
        invitation = before.invitation
        if invitation.minutes is None:
            raise Conflict("no-timer", _("The invitation has no timer. Move its deadline instead."))
        if invitation.closed:
            raise Conflict("closed", _("The invitation is closed. Move its deadline first."))
        if invitation.started_at is not None and multiplier < invitation.time_multiplier:
            raise Conflict("started", _("The candidate has started. Their time can only be made longer."))
        if multiplier != invitation.time_multiplier:
            values: dict[str, object] = {"time_multiplier": multiplier}
            if invitation.running and invitation.deadline is not None:
                more = timedelta(minutes=invitation.minutes) * (multiplier - invitation.time_multiplier)
                values["deadline"] = invitation.deadline + more
            invitations.change(connection, invitation_id, **values)
            notify(connection, who, "invitation.accommodated", invitation)
        return owned(invitations.standing, connection, invitation_id, who.org_id)


def require_running(standing: Standing) -> None:
    """Conflict where the timer has not begun, or stands still."""
    if standing.invitation.unstarted:
        raise not_started()
    if standing.invitation.paused:
        raise Conflict("paused", _("Your time stands still. End the pause first."))


def not_started() -> Conflict:
    return Conflict("not-started", _("Your time has not begun. Start it on your page first."))


def _timed(connection: Connection, standing: Standing) -> Standing:
    """The invitation as it is now, kept from others; Conflict where there is no timer, or it is closed."""
    invitations.hold(connection, standing.invitation.id)
    now = _now(connection, standing)
    if now.invitation.minutes is None:
        raise Conflict("no-timer", _("This invitation has no timer."))
    if now.invitation.closed:
        raise Conflict("closed", _("This invitation is closed. Nothing more can be changed."))
    return now


def _now(connection: Connection, standing: Standing) -> Standing:
    now = invitations.standing(connection, standing.invitation.id)
    if now is None:
        raise NotFound
    return now
