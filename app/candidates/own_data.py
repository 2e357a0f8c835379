"""All that is kept about a candidate, as one zip: data.json and the files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Connection

from app.artifacts import JSON
from app.errors import NotFound
from app.gradings import feedback, preview
from app.ports import Service
from app.store import holdings, invitations, members, self_descriptions
from app.store.blobs import upload_key
from app.store.rows import Candidate, SubmissionRow
from app.submissions import reading
from app.submissions.service import clean_name

#: What the file is called for whoever asked.
DATA_FILE = "assay-data.zip"
IN_MEMORY = 16 * 2**20
SUFFIXES = frozenset({".zip", ".gz", ".tgz", ".tar", ".py", ".ipynb"})
#: Of a grading: what was judged.  Its times and versions are always told.
JUDGEMENT = frozenset({"band", "summary"})

Table = list[dict[str, Any]]


def export(service: Service, candidate: Candidate, *, own: bool) -> IO[bytes]:
    """A zip of everything, read from its start; whoever asked closes it.

    `own`: it goes to the candidate, so that what was judged comes as their page shows it: not before the close, and
    without what would tell of hidden rows.  What people wrote about them is in it once a decision was made.  What they
    said of themselves goes to them alone.
    """
    with service.reader.connect() as connection:
        about = self_descriptions.of(connection, service.keys, candidate.id) if own else None
        tables = dict(holdings.rows(connection, candidate.id))
        rows = holdings.submissions_of(connection, candidate.id)
        shown = {row.id: _shown(connection, candidate, row) for row in rows}
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it outlives this function
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        told = _own(tables, shown) | {"self_descriptions": [vars(about)] if about else []} if own else tables
        made.writestr("data.json", _json(told))
        for row in rows:
            for name, data in _files(service, row, shown[row.id] if own else None):
                made.writestr(f"submissions/{row.id}/{name}", data)
    file.seek(0)
    return file


def _shown(connection: Connection, candidate: Candidate, row: SubmissionRow) -> feedback.Shown:
    found = invitations.standing(connection, row.owner.invitation_id or "", candidate.org_id)
    assert found is not None  # candidates hand in through their invitations
    return feedback.shown(found.invitation, members.organisation(connection, candidate.org_id), row)


def _own(tables: Mapping[str, Table], shown: Mapping[str, feedback.Shown]) -> dict[str, Table]:
    """What goes to the candidate."""
    decided = {row["invitation_id"] for row in tables["decisions"]}
    of = {row["id"]: row["invitation_id"] for row in tables["submissions"]}
    made = dict(tables) | {"share_links": []}
    made["scorecards"] = [row for row in tables["scorecards"] if row["invitation_id"] in decided]
    made["legal_holds"] = [{**row, "reason": ""} for row in tables["legal_holds"]]
    made["comments"] = [row for row in tables["comments"] if row["invitation_id"] in decided]
    made["disputes"] = [row for row in tables["disputes"] if of[row["submission_id"]] in decided]
    hidden = {"nothing": JUDGEMENT, "problem": JUDGEMENT, "band": {"summary"}, "findings": {"summary"}}
    made["gradings"] = [
        {name: value for name, value in row.items() if name not in hidden[shown[row["submission_id"]]]}
        for row in tables["gradings"]
    ]
    return made


def _files(service: Service, row: SubmissionRow, shown: feedback.Shown | None) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of what was handed in and of what came of it; all of it where `shown` is None."""
    suffix = PurePath(clean_name(row.name)).suffix.lower()
    with suppress(FileNotFoundError):  # of checks nothing is kept but the verdict
        yield f"upload{suffix if suffix in SUFFIXES else ''}", service.blobs.get(upload_key(row.id))
    if row.kind == "check":
        said = preview.verdict(service, row)
        if said is not None:
            yield "verdict.txt", "\n".join(said.lines).encode()
        return
    try:
        if shown is None:
            yield JSON, reading.result(service, row, JSON)
        elif shown in feedback.DOCUMENTS:
            yield JSON, feedback.document(service, row, shown).written()
    except NotFound:
        return


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str).encode("utf-8", "replace")
