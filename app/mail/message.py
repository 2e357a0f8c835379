"""From a text to a message that no name or title can add a header to."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from app.mail.texts import Text

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SUBJECT_MAX = 150


class BadAddress(ValueError):
    """Nobody can be written to at this address."""


def message(mail_id: str, sender: str, to: tuple[str, str], text: Text, at: datetime) -> EmailMessage:
    """A plain-text message to (name, address); the same mail has the same Message-ID however often it is sent."""
    made = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    made["From"] = _address(name, address)
    made["To"] = _address(*to)
    made["Subject"] = one_line(text.subject)[:SUBJECT_MAX]
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{mail_id}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text.body)
    return made


def attach_calendar(made: EmailMessage, entry: bytes) -> None:
    """Put an iCalendar file beside the text."""
    made.add_attachment(entry, "text", "calendar", filename="deadline.ics", params={"method": "PUBLISH"})


def one_line(text: str) -> str:
    """Without anything that could end a line."""
    return _BREAKS.sub(" ", text).strip()


def _address(name: str, address: str) -> Address:
    try:
        return Address(one_line(name), addr_spec=address)
    except (ValueError, IndexError, MessageError):
        raise BadAddress from None
