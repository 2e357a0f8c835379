"""When a candidate has to be done: read in their own time zone, kept in UTC, shown in both."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app import words
from app.errors import Invalid
from app.words import _

#: A date alone means the end of that day where the candidate is.
END_OF_DAY = time(23, 59)
FARTHEST = timedelta(days=366)


def is_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database; never looked up as a path."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """All zones; the library walks a folder of six hundred files to say it."""
    return frozenset(available_timezones())


def read(text: str, zone: str) -> datetime:
    """A deadline in UTC from a date, a local time or a time with its offset (ISO 8601).

    A local time that the clocks skip is taken as if they had not been changed; of one that comes twice, the first.
    """
    said = text.strip()
    try:
        local = datetime.fromisoformat(said)
        if _is_date(said):
            local = datetime.combine(local.date(), END_OF_DAY)
        return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            "bad-due", _("This is not a deadline. Use a date such as 2026-03-31, with a time if needed.")
        ) from None


def stretched(start: datetime, due: datetime, multiplier: float) -> datetime:
    """The deadline of somebody who has `multiplier` times as long from `start` as `due` says."""
    return start + (due - start) * multiplier


def due(text: str, zone: str, multiplier: float, now: datetime) -> datetime:
    """The deadline of an invitation made `now`; Invalid where it has passed or lies more than a year ahead."""
    found = read(text, zone)
    if found <= now:
        raise Invalid("due-passed", _("This deadline has passed. Choose a later one."))
    if found - now > FARTHEST:
        raise Invalid("due-too-far", _("This deadline is more than a year ahead. Choose an earlier one."))
    return stretched(now, found, multiplier)


def local(when: datetime, zone: str) -> datetime:
    """The same moment on the candidate's clock."""
    return when.astimezone(ZoneInfo(zone))


def said(when: datetime, zone: str) -> str:
    """For reading: `Tuesday 31 March 2026, 23:59 (Europe/Vienna)`."""
    there = local(when, zone)
    gaps = {"date": words.date(there), "time": f"{there:%H:%M}", "zone": zone.replace("_", " ")}
    return _("{date}, {time} ({zone})").format(**gaps)


def lasting(time: timedelta) -> str:
    """A stretch of time for reading: `45 min`, `4 h`, `4 h 30 min`."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    said = [*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes or not hours else [])]
    return " ".join(said)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
