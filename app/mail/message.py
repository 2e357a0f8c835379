"""From a text to a message that no name or title can add a header to."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from app.mail.texts import Text
from app.words import language

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SUBJECT_MAX = 150


class BadAddress(ValueError):
    """Nobody can be written to at this address."""


def message(mail_id: str, sender: str, to: tuple[str, str], text: Text, at: datetime, thread: str = "") -> EmailMessage:
    """A message to (name, address), as text and as HTML.

    The same mail has the same Message-ID however often it is sent.
    Mails of one `thread` answer the same first message, which nobody has: so programs show them together (RFC 5322).
    """
    made = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    made["From"] = _address(name, address)
    made["To"] = _address(*to)
    made["Subject"] = one_line(text.subject)[:SUBJECT_MAX]
    made["Date"] = format_datetime(at)
    domain = address.rpartition("@")[2]
    made["Message-ID"] = f"<{mail_id}@{domain}>"
    if thread:
        made["In-Reply-To"] = made["References"] = f"<{thread}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text.body)
    made.add_alternative(html_of(text), subtype="html")
    return made


def html_of(text: Text) -> str:
    """The same words as HTML: a paragraph for each, and an address that stands alone is a link."""
    paragraphs = []
    for paragraph in text.body.strip().split("\n\n"):
        safe = escape(paragraph)
        if paragraph.startswith(("https://", "http://")) and not any(map(str.isspace, paragraph)):
            safe = f'<a href="{safe}">{safe}</a>'
        paragraphs.append(f"<p>{safe.replace(chr(10), '<br>')}</p>")
    head = f'<meta charset="utf-8"><title>{escape(text.subject)}</title>'
    style = "font-family: sans-serif; line-height: 1.5; max-width: 40em"
    body = f'<body style="{style}">{"".join(paragraphs)}</body>'
    return f'<!doctype html><html lang="{language()}"><head>{head}</head>{body}</html>'


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
