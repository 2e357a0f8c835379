"""What an administrator does before the first candidate comes.  What has been done stands in the audit log."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import UTC, datetime

from app.errors import Conflict, NotFound, Unavailable
from app.mail.message import BadAddress, message
from app.mail.post import Refused, post
from app.mail.texts import test_text
from app.platform.secrets import new_id
from app.ports import Service
from app.rights import Principal
from app.store import audit, members
from app.words import _

#: Each step by the actions of which one has been done.
STEPS: Mapping[str, frozenset[str]] = {
    "organisation": frozenset({"policy-changed"}),
    "mail": frozenset({"test-mail-sent", "first-step-mail"}),
    "members": frozenset({"member-added"}),
    "challenge": frozenset({"first-step-challenge"}),
    "invitation": frozenset({"invitation.created"}),
}
#: Steps that nothing but a person's word tells of.
BY_HAND = frozenset({"mail", "challenge"})


def done(service: Service, who: Principal, besides: str | None = None) -> Mapping[str, bool]:
    """Each step, and whether a member or key other than the member `besides` has done it."""
    actor = f"member:{besides}" if besides else None
    with service.reader.connect() as connection:
        actions = audit.done_by_people(connection, who.org_id, frozenset().union(*STEPS.values()), actor)
    return {step: bool(actions & by) for step, by in STEPS.items()}


def mark(service: Service, who: Principal, step: str) -> None:
    """Say by hand that a step is done; NotFound for a step that shows by itself."""
    if step not in BY_HAND:
        raise NotFound
    with service.engine.begin() as connection:
        audit.record(connection, who, f"first-step-{step}", f"organisation:{who.org_id}")


def send_test_mail(service: Service, who: Principal) -> str:
    """Send the caller a mail now; the address.

    Raises Conflict where no mail server is set and for a key, Unavailable where the server did not take the mail.
    """
    settings = service.settings
    with service.reader.connect() as connection:
        member = members.member(connection, who.member_id or "", who.org_id)
    if member is None:
        raise Conflict("no-member", _("A test mail goes to a member, not to an API key. Sign in first."))
    if not settings.mail_url:
        hint = _("Set ASSAY_MAIL_URL and ASSAY_MAIL_FROM, and start the service again.")
        raise Conflict("no-mail-server", _("No mail server is set, so nothing was sent."), hint=hint)
    text = test_text(settings.base_url)
    try:
        post(settings, message(new_id(), settings.mail_from, (member.name, member.email), text, datetime.now(UTC)))
    except (Refused, BadAddress, OSError, smtplib.SMTPException) as fault:
        hint = _("Check ASSAY_MAIL_URL and ASSAY_MAIL_FROM, and start the service again.")
        raise Unavailable(
            "mail-not-sent", _("The test mail was not sent ({name}).").format(name=type(fault).__name__), hint=hint
        ) from None
    with service.engine.begin() as connection:
        audit.record(connection, who, "test-mail-sent", f"member:{member.id}")
    return member.email
