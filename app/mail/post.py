"""Handing a message over: to the server that the settings name, or to the console."""

from __future__ import annotations

import smtplib
import ssl
import sys
from email.message import EmailMessage
from functools import cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from app.platform.settings import Settings
from app.words import _

TIMEOUT_SECONDS = 30.0


class Refused(Exception):
    """The server will never take this message; it says so with `str`, naming nobody."""


def post(settings: Settings, message: EmailMessage) -> None:
    """Send, or print where no server is named.  Raises Refused; OSError where it may be tried again."""
    if not settings.mail_url:
        sys.stdout.write(f"--- mail ---\n{_readable(message)}--- end of mail ---\n")
        return
    try:
        with _connected(settings.mail_url) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as no:
        codes = [code for code, _text in no.recipients.values()]
        if min(codes) < 500:  # such as greylisting
            raise
        raise Refused(_("The mail server refused the recipient ({code}).").format(code=codes[0])) from None
    except smtplib.SMTPDataError as no:
        if no.smtp_code < 500:
            raise
        raise Refused(_("The mail server refused the message ({code}).").format(code=no.smtp_code)) from None


def _readable(message: EmailMessage) -> str:
    """Headers and text as they were meant, before they were made fit for the way."""
    part = message.get_body(("plain",))
    headers = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Subject"))
    return f"{headers}\n{part.get_content() if part else ''}"


def _connected(url: str) -> smtplib.SMTP:
    where = urlsplit(url)
    host = where.hostname or ""
    if where.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or 465, timeout=TIMEOUT_SECONDS, context=_trusted())
    else:
        server = smtplib.SMTP(host, where.port or 587, timeout=TIMEOUT_SECONDS)
    try:
        if where.scheme == "smtp" and not _is_here(host):
            server.starttls(context=_trusted())
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
    except BaseException:
        server.close()
        raise
    return server


@cache
def _trusted() -> ssl.SSLContext:
    """What servers are verified by; reading the authorities takes 20 ms."""
    return ssl.create_default_context()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
