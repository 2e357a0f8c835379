"""Reports of adverse impact, and the people whom they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from app.platform import secrets
from app.store.record_tables import impact_reports as table


@dataclass(frozen=True)
class ImpactReport:
    """`figures` are those of app/impact/figures.py; they never change."""

    id: str
    org_id: str
    challenge: str
    figures: Mapping[str, Any]
    created_at: datetime


_COLUMNS = [table.c[name] for name in ImpactReport.__dataclass_fields__]


def add(connection: Connection, org_id: str, challenge: str, figures: Mapping[str, Any]) -> str:
    """Keep a report; its id."""
    report_id = secrets.new_id()
    connection.execute(insert(table).values(id=report_id, org_id=org_id, challenge=challenge, figures=figures))
    return report_id


def find(connection: Connection, report_id: str, org_id: str) -> ImpactReport | None:
    """A report of this organisation."""
    query = select(*_COLUMNS).where(table.c.id == report_id, table.c.org_id == org_id)
    row = connection.execute(query).one_or_none()
    return ImpactReport(*row) if row else None


def of_organisation(connection: Connection, org_id: str) -> list[ImpactReport]:
    """All its reports, newest first."""
    query = select(*_COLUMNS).where(table.c.org_id == org_id).order_by(table.c.created_at.desc(), table.c.id)
    return [ImpactReport(*row) for row in connection.execute(query)]
