"""One row a candidate, for spreadsheets and programs; the same rows and numbers in each, as the page shows them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Connection
from xlsxwriter import Workbook

from app.gradings.counting import Counting, counting
from app.invitations.views import reasons
from app.store import assignments, decisions, invitations
from app.store.decisions import Decision
from app.store.invitations import Filter, Sort, Standing
from app.store.paging import Paging
from graders.report.words import band_range

#: What tells who somebody is.
WHO = ("external_id", "email", "first_name", "last_name")
SECTIONS = ("model", "code", "production", "responsibility")
#: When every workbook says that it was made, so that the same rows are the same file.
MADE = datetime(2000, 1, 1, tzinfo=UTC)
#: What a cell of a workbook holds.
MOST_IN_CELL = 32_767
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


#: Rows that are read at once, and what a file may take in memory before it goes to the disk.
CHUNK, IN_MEMORY = 500, 16 * 2**20


def rows(
    connection: Connection, org_id: str, only: Filter, sort: Sort, *, named: bool, bands: bool
) -> Iterator[dict[str, Any]]:
    """The invitations of a list with their counting reports and decisions, some hundred at a time.

    Unless `named`, without what tells who somebody is; unless `bands`, without band and points.
    """
    page: Paging | None = Paging(CHUNK)
    while page is not None:
        found = invitations.page(connection, org_id, only, sort, page, named=named)
        chunk, last = page.cut(found, lambda row: invitations.cursor(sort, row, timers=only.timers))
        ids = [row.invitation.id for row in chunk]
        known = counting(connection, [row.final for row in chunk if row.final]) if bands else {}
        decided = decisions.newest(connection, org_id, ids)
        assigned = assignments.of_invitations(connection, ids)
        for row in chunk:
            one = row.invitation.id
            interviewers = [each.member for each in assigned.get(one, [])]
            reader = {"named": named, "timers": only.timers}
            yield _row(row, known.get(row.final or ""), decided.get(one), interviewers, **reader)
        page = Paging(CHUNK, last) if last else None


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a quote before what a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*_row_names()], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """An array of objects, null where there is nothing."""
    return f"[{','.join(json.dumps(row, ensure_ascii=False) for row in rows)}]"


def as_xlsx(rows: Iterable[Mapping[str, Any]]) -> IO[bytes]:
    """A workbook of one sheet, read from its start; whoever asked closes it.  No cell of it is a formula or a link."""
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it outlives this function
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, {"constant_memory": True, **plain})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("candidates")
    sheet.write_row(0, 0, _row_names(), book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row.values()):
            cell = safe(value)
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:MOST_IN_CELL])
            elif cell is not None:
                sheet.write_number(number, column, cell)
    book.close()
    file.seek(0)
    return file


def safe(value: Any) -> Any:
    """A cell that is data wherever it is opened; numbers of ours stay numbers."""
    if isinstance(value, list):
        value = " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _row_names() -> tuple[str, ...]:
    points = [f"{section}_{part}" for section in SECTIONS for part in ("points", "max")]
    person = ("invitation", "external_id", "email", "first_name", "last_name", "challenge", "tags", "status")
    times = ("attention", "interviewers", "deadline", "moved_at", "attempts", "attempts_spent", "submission")
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


def _row(
    standing: Standing,
    report: Counting | None,
    decision: Decision | None,
    interviewers: list[str],
    *,
    named: bool,
    timers: bool,
) -> dict[str, Any]:
    one, person = standing.invitation, standing.candidate
    who = {name: getattr(person, name) if named else None for name in WHO}
    summary: Mapping[str, Any] = report.summary if report else {}
    sections = {section["id"]: section for section in summary.get("sections", ())}
    values = {
        "invitation": one.id,
        **who,
        "challenge": one.challenge,
        "tags": list(one.tags),
        "status": standing.status.value,
        "attention": reasons(standing.attention),
        "interviewers": ", ".join(interviewers),
        "moved_at": standing.moved_at.isoformat(),
        "deadline": one.deadline.isoformat() if one.deadline and (timers or one.minutes is None) else None,
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
