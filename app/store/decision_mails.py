"""Texts for mails about decisions, and those mails that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.store.record_tables import decision_mails, decision_templates


@dataclass(frozen=True)
class Template:
    """Subject and body with placeholders such as `{name}`, for decisions of one outcome, in one language."""

    outcome: str
    locale: str
    subject: str
    body: str


@dataclass(frozen=True)
class DecisionMail:
    """What was written to a candidate about the decision of `version`."""

    version: int
    subject: str
    body: str
    created_at: datetime


_TEMPLATE = [decision_templates.c[name] for name in Template.__dataclass_fields__]
_MAIL = [decision_mails.c[name] for name in DecisionMail.__dataclass_fields__]


def templates(connection: Connection, org_id: str, outcome: str | None = None) -> list[Template]:
    """All of an organisation, or those for one outcome."""
    row = decision_templates.c
    query = select(*_TEMPLATE).where(row.org_id == org_id).order_by(row.outcome, row.locale)
    return [Template(*found) for found in connection.execute(query.where(row.outcome == outcome) if outcome else query)]


def put(connection: Connection, org_id: str, template: Template) -> None:
    values = vars(template)
    added = insert(decision_templates).values(org_id=org_id, **values)
    connection.execute(added.on_conflict_do_update(index_elements=["org_id", "outcome", "locale"], set_=values))


def remove(connection: Connection, org_id: str, outcome: str, locale: str) -> bool:
    """False where there was none."""
    row = decision_templates.c
    this = (row.org_id == org_id) & (row.outcome == outcome) & (row.locale == locale)
    return connection.execute(delete(decision_templates).where(this)).rowcount == 1


def add(connection: Connection, org_id: str, invitation_id: str, version: int, text: tuple[str, str]) -> bool:
    """Keep the (subject, body) of a mail; False where one about this decision was kept before."""
    subject, body = text
    values = {"org_id": org_id, "invitation_id": invitation_id, "version": version, "subject": subject, "body": body}
    added = insert(decision_mails).values(values).on_conflict_do_nothing()
    return connection.scalar(added.returning(decision_mails.c.version)) is not None


def of_invitation(connection: Connection, invitation_id: str) -> list[DecisionMail]:
    """The newest first."""
    query = select(*_MAIL).where(decision_mails.c.invitation_id == invitation_id)
    return [DecisionMail(*row) for row in connection.execute(query.order_by(decision_mails.c.version.desc()))]
