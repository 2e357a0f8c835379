"""One row a candidate, for spreadsheets and programs; the same rows and numbers in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from app.gradings.counting import counting
from app.store import decisions, invitations
from app.store.invitations import Filter
from app.store.tables import invitations as table
from graders.report.words import band_range

SECTIONS = ("model", "code", "production", "responsibility")
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(connection: Connection, org_id: str) -> list[dict[str, Any]]:
    """Every invitation of an organisation with its counting report and its decision, newest first."""
    found = invitations.read(
        connection, invitations.listed(org_id, Filter()).order_by(table.c.created_at.desc(), table.c.id)
    )
    known = counting(connection, [row.final for row in found if row.final])
    decided = decisions.newest(connection, org_id)
    return [_row(row, known.get(row.final or ""), decided.get(row.invitation.id)) for row in found]


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a quote before what a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*_row_names()], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def safe(value: Any) -> Any:
    """A cell that is data wherever it is opened; numbers of ours stay numbers."""
    if isinstance(value, list):
        value = " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _row_names() -> tuple[str, ...]:
    points = [f"{section}_{part}" for section in SECTIONS for part in ("points", "max")]
    person = ("invitation", "external_id", "email", "first_name", "last_name", "challenge", "tags", "status")
    times = ("deadline", "attempts", "attempts_spent", "submission")
    return (
        *person,
        *times,
        "band",
        "score",
        "low",
        "high",
        *points,
        "decision",
        "rationale",
        "decided_by",
        "decided_at",
    )


def _row(standing: Any, report: Any, decision: Any) -> dict[str, Any]:
    one, person = standing.invitation, standing.candidate
    summary: Mapping[str, Any] = report.summary if report else {}
    sections = {section["id"]: section for section in summary.get("sections", ())}
    values = {
        "invitation": one.id,
        "external_id": person.external_id,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "challenge": one.challenge,
        "tags": list(one.tags),
        "status": standing.status.value,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "attempts": one.attempts,
        "attempts_spent": standing.spent,
        "submission": standing.final,
        "band": band_range(summary.get("bands", ())) or None,
        **{name: summary.get(name) for name in ("score", "low", "high")},
        **{f"{s}_{part}": sections.get(s, {}).get(part) for s in SECTIONS for part in ("points", "max")},
        "decision": decision.outcome if decision else None,
        "rationale": decision.rationale if decision else None,
        "decided_by": decision.member if decision else None,
        "decided_at": decision.created_at.isoformat() if decision else None,
    }
    return {name: values[name] for name in _row_names()}
