"""A deadline as an iCalendar entry (RFC 5545) that a later one of the same invitation replaces."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from app.store.assignments import Assignment
from app.store.invitations import Standing
from app.words import _

#: What an interview plan is made for.
DEBRIEF = timedelta(minutes=45)
ALARMS = (timedelta(hours=48), timedelta(hours=4))
#: While a timer runs.
LAST_ALARMS = (timedelta(minutes=30),)


def entry(standing: Standing, title: str, link: str, now: datetime) -> bytes:
    """The deadline in the candidate's time zone, whose rules come with it; ValueError where there is none.

    Each move of it raises SEQUENCE, so that calendars move the entry instead of adding a second one.
    """
    deadline = standing.invitation.deadline
    if deadline is None:
        raise ValueError("the invitation has no deadline")
    event = Event()
    event.add("uid", f"{standing.invitation.id}@assay")
    event.add("dtstamp", now)
    moves = standing.extended + standing.invitation.moves
    event.add("sequence", 2 * moves + (1 if standing.invitation.revoked_at else 0))
    event.add("dtstart", deadline.astimezone(ZoneInfo(standing.candidate.timezone)))
    summary = _("Start by then: {title}") if standing.invitation.unstarted else _("Deadline: {title}")
    event.add("summary", summary.format(title=title))
    event.add("url", link)
    event.add("status", "CANCELLED" if standing.invitation.revoked_at else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    for before in LAST_ALARMS if standing.invitation.running else ALARMS:
        event.add_component(_alarm(title, before))
    return bytes(_calendar(event).to_ical())


def debrief(one: Assignment, name: str, zone: str, link: str, now: datetime) -> bytes:
    """A debrief of 45 minutes in the interviewer's time zone; ValueError where it has no date."""
    if one.debrief_at is None:
        raise ValueError("the debrief has no date")
    event = Event()
    event.add("uid", f"{one.invitation_id}-{one.member_id}@assay")
    event.add("dtstamp", now)
    event.add("sequence", one.version - 1)
    event.add("dtstart", one.debrief_at.astimezone(ZoneInfo(zone)))
    event.add("duration", DEBRIEF)
    event.add("summary", _("Debrief: {candidate}").format(candidate=name))
    event.add("url", link)
    event.add("status", "CONFIRMED")
    return bytes(_calendar(event).to_ical())


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", _("Deadline: {title}").format(title=title))
    return alarm


def _calendar(event: Event) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Assay//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar
