"""What happens to invitations by itself: they close at their deadline, and before it there are reminders."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, exists, func, select

from app.invitations.notify import notify
from app.mail.outbox import Kind
from app.mail.service import mail, mail_all
from app.news import service as news
from app.store import invitations
from app.store.audit import SYSTEM
from app.store.invitations import Standing
from app.store.record_tables import mails
from app.store.tables import extensions
from app.store.tables import invitations as table

#: From the last to the first, so that whoever is late gets the later one only.
REMINDERS = ((Kind.REMINDER_4, timedelta(hours=4)), (Kind.REMINDER_48, timedelta(hours=48)))

_moved = select(func.max(extensions.c.created_at)).where(extensions.c.invitation_id == table.c.id)
_set_at = func.greatest(table.c.created_at, _moved.correlate(table).scalar_subquery())


def close_late(connection: Connection) -> None:
    """Close what the deadline has passed for, and say so."""
    for invitation_id in invitations.close_late(connection):
        found = invitations.standing(connection, invitation_id)
        assert found is not None
        if found.spent:
            notify(connection, SYSTEM, "invitation.closed", found.invitation)
            mail(connection, found, Kind.CLOSED, found.extended + 1)
            news.tell(connection, found, "finished", found.extended + 1)
        else:
            notify(connection, SYSTEM, "invitation.expired", found.invitation)
            news.tell(connection, found, "expired", found.extended + 1)


def remind(connection: Connection) -> None:
    """Mail reminders to whoever has handed nothing in, once before each deadline they have had.

    None where the deadline was set later than the reminder would have been: they know it from that mail.
    None while a timer runs: who has started needs no reminder.
    """
    later = timedelta(0)
    for kind, before in REMINDERS:
        due = [table.c.deadline > func.now() + later, table.c.deadline <= func.now() + before]
        usable = [table.c.closed_at.is_(None), table.c.revoked_at.is_(None), table.c.spent == 0]
        usable += [table.c.reminders_off_at.is_(None), table.c.minutes.is_(None) | table.c.started_at.is_(None)]
        known = exists().where(mails.c.invitation_id == table.c.id, mails.c.kind == kind)
        unsent = [table.c.deadline - before > _set_at, ~known.where(mails.c.version == invitations.EXTENDED)]
        of_org: dict[str, list[Standing]] = {}
        for found in invitations.every(connection, [*due, *usable, *unsent]):
            of_org.setdefault(found.invitation.org_id, []).append(found)
        for several in of_org.values():
            mail_all(connection, several, kind, {found.invitation.id: found.extended for found in several})
        later = before
