"""What an organisation writes to candidates about its decisions: texts with placeholders, shown filled before they go.

Placeholders are words in braces.  One that is unknown is refused, so that no candidate reads one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from app import words
from app.errors import Conflict, Invalid, NotFound, Stale
from app.fields import Words
from app.mail.outbox import Kind
from app.mail.service import mail
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, decision_mails, decisions, invitations, members
from app.store.decision_mails import DecisionMail, Template
from app.store.decisions import Decision, Outcome
from app.store.invitations import Standing
from app.words import ENGLISH, LANGUAGES, N_, _, reading_in

#: What can stand in a text, and what it means.
PLACEHOLDERS: Mapping[str, str] = {
    "first_name": N_("the candidate’s first name"),
    "name": N_("the candidate’s whole name"),
    "organisation": N_("your organisation"),
    "title": N_("the title of the challenge"),
    "day": N_("the day of the decision"),
    "contact": N_("the mail address of whoever invited them"),
}
OUTCOMES: tuple[Outcome, ...] = ("advance", "hold", "reject", "withdrawn")
IN_BRACES = re.compile(r"\{([^{}]{0,100}+)\}")
Subject = Annotated[
    str, StringConstraints(min_length=1, max_length=150, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", strip_whitespace=True)
]


class TemplateIn(BaseModel):
    """A text with placeholders such as `{name}`."""

    model_config = ConfigDict(extra="forbid")

    subject: Subject = Field(examples=["Your application at {organisation}"])
    body: Words = Field(examples=["Hello {first_name},\n\nwe would like to talk with you about {title}."])


class TemplateView(TemplateIn):
    """The text for one outcome in one language."""

    outcome: Outcome
    locale: str


class DraftIn(TemplateIn):
    """What is to be mailed; placeholders in it are filled.  `version` is the decision's that you have read."""

    version: int


class DraftView(BaseModel):
    """The mail as the candidate gets it; `sent_at` is null before it was sent."""

    version: int
    outcome: Outcome
    subject: str
    body: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Draft:
    """A mail about a decision: as it was sent, or as it would be."""

    decision: Decision
    subject: str
    body: str
    sent_at: datetime | None = None


def all_templates(service: Service, who: Principal) -> list[Template]:
    """Those that are written."""
    with service.reader.connect() as connection:
        return decision_mails.templates(connection, who.org_id)


def put_template(service: Service, who: Principal, outcome: Outcome, locale: str, body: TemplateIn) -> Template:
    """Write a text anew.  Invalid for an unknown placeholder, NotFound for a language that pages do not have."""
    if locale not in LANGUAGES:
        raise NotFound
    _require_known(body)
    template = Template(outcome, locale, body.subject, body.body)
    with service.engine.begin() as connection:
        decision_mails.put(connection, who.org_id, template)
        audit.record(connection, who, "template-written", f"template:{outcome}", outcome=outcome, locale=locale)
    return template


def remove_template(service: Service, who: Principal, outcome: Outcome, locale: str) -> None:
    """NotFound where there is none."""
    with service.engine.begin() as connection:
        if not decision_mails.remove(connection, who.org_id, outcome, locale):
            raise NotFound
        audit.record(connection, who, "template-removed", f"template:{outcome}", outcome=outcome, locale=locale)


def draft(service: Service, who: Principal, invitation_id: str) -> Draft:
    """The mail about the newest decision: as it was sent, else the organisation's text with this candidate's values.

    In the candidate's language, else in English.  NotFound where nobody has decided; empty where no text is written.
    """
    with service.reader.connect() as connection:
        standing, decision = _decided(connection, who, invitation_id)
        if sent := _sent(connection, decision):
            return Draft(decision, sent.subject, sent.body, sent.created_at)
        written = {each.locale: each for each in decision_mails.templates(connection, who.org_id, decision.outcome)}
        text = written.get(standing.candidate.locale) or written.get(ENGLISH)
        if text is None:
            return Draft(decision, "", "")
        values = _values(service, connection, standing, decision)
    return Draft(decision, filled(text.subject, values), filled(text.body, values))


def preview(service: Service, who: Principal, invitation_id: str, body: DraftIn) -> Draft:
    """A text as the candidate would get it.  Invalid for an unknown placeholder."""
    _require_known(body)
    with service.reader.connect() as connection:
        standing, decision = _decided(connection, who, invitation_id)
        values = _values(service, connection, standing, decision)
    return Draft(decision, filled(body.subject, values), filled(body.body, values))


def send(service: Service, who: Principal, invitation_id: str, body: DraftIn) -> Draft:
    """Mail it, once for each decision.

    Raises Stale where there is a newer decision, Conflict where a mail was sent or there is nobody to write to.
    """
    _require_known(body)
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        invitations.hold(connection, invitation_id)
        standing, decision = _decided(connection, who, invitation_id)
        if decision.version != body.version:
            raise Stale("changed-meanwhile", _("Somebody has decided meanwhile. Read the newest decision first."))
        if standing.candidate.email is None:
            raise Conflict("no-address", _("The candidate has no mail address, so nothing was sent."))
        values = _values(service, connection, standing, decision)
        text = (filled(body.subject, values)[:150], filled(body.body, values))
        if not decision_mails.add(connection, who.org_id, invitation_id, decision.version, text):
            raise Conflict("sent-already", _("A mail about this decision was sent before."))
        mail(connection, standing, Kind.DECISION, decision.version)
        subject = f"invitation:{invitation_id}"
        audit.record(connection, who, "decision-mailed", subject, version=decision.version, outcome=decision.outcome)
        sent = _sent(connection, decision)
        assert sent is not None
        return Draft(decision, sent.subject, sent.body, sent.created_at)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with values for its placeholders; a value that holds braces is no placeholder."""
    return IN_BRACES.sub(lambda match: values.get(match[1], match[0]), text)


def _require_known(body: TemplateIn) -> None:
    for text in (body.subject, body.body):
        for name in IN_BRACES.findall(text):
            if name not in PLACEHOLDERS:
                known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                detail = _("The placeholder {name} is unknown.").format(name=f"{{{name}}}")
                raise Invalid("unknown-placeholder", detail, hint=_("There are {known}.").format(known=known))


def _decided(connection: Connection, who: Principal, invitation_id: str) -> tuple[Standing, Decision]:
    standing = owned(invitations.standing, connection, invitation_id, who.org_id)
    known = decisions.history(connection, who.org_id, invitation_id)
    if not known:
        raise NotFound
    return standing, known[0]


def _sent(connection: Connection, decision: Decision) -> DecisionMail | None:
    known = decision_mails.of_invitation(connection, decision.invitation_id)
    return next((each for each in known if each.version == decision.version), None)


def _values(service: Service, connection: Connection, standing: Standing, decision: Decision) -> dict[str, str]:
    """What stands for each placeholder, in the candidate's language."""
    candidate, invitation = standing.candidate, standing.invitation
    organisation = members.organisation(connection, invitation.org_id)
    contact = members.member(connection, invitation.created_by, invitation.org_id) if invitation.created_by else None
    with reading_in(candidate.locale):
        return {
            "first_name": candidate.first_name or candidate.name or (candidate.email or ""),
            "name": candidate.name or (candidate.email or ""),
            "organisation": organisation.name,
            "title": _(service.ports.challenge(invitation.challenge).title),
            "day": words.date(decision.created_at),
            "contact": contact.email if contact else organisation.name,
        }
