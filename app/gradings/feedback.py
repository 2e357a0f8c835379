"""What a candidate may see of their own grading: one rule, for pages, API, appeals and the export alike."""

from __future__ import annotations

from typing import Any, Literal

from app.errors import NotFound
from app.gradings.reading import grading, stored_document
from app.ports import Service
from app.store import members
from app.store.rows import Invitation, Organisation, State, SubmissionRow
from graders.report.readers import for_reader, problem_only
from graders.report.schema import Document

Shown = Literal["nothing", "problem", "band", "findings"]
#: Of what is shown as a whole document: a page and files.
DOCUMENTS: tuple[Shown, ...] = ("problem", "findings")


def shown(invitation: Invitation, organisation: Organisation, row: SubmissionRow) -> Shown:
    """How much of the report of `row` its candidate may see.

    Before the close nothing that was judged: whoever can hand in again would learn from hidden rows (Blum and Hardt
    2015).  Why code could not be run, and where, is always said.  After the close it is the organisation's policy.
    """
    ungraded = row.state is State.UNGRADED
    if not row.state.reported or not invitation.closed or (ungraded and organisation.feedback != "findings"):
        return "problem" if ungraded else "nothing"
    policy: dict[str, Shown] = {"band": "band", "findings": "findings"}
    return policy.get(organisation.feedback, "nothing")


def document(service: Service, row: SubmissionRow, shown: Shown) -> Document:
    """The report that counts, as its candidate may read it where `shown` is not nothing; NotFound without one."""
    with service.reader.connect() as connection:
        counting = grading(connection, row)
    if counting is None:
        raise NotFound
    whole = stored_document(service, counting)
    return problem_only(whole) if shown == "problem" else for_reader(whole, "candidate")


def read(service: Service, invitation: Invitation, row: SubmissionRow) -> dict[str, Any]:
    """What the candidate may read now: the problem, the findings, or `{"band": n}`; NotFound where it is nothing."""
    with service.reader.connect() as connection:
        policy = members.organisation(connection, invitation.org_id)
    how_much = shown(invitation, policy, row)
    if how_much == "nothing":
        raise NotFound
    whole = document(service, row, how_much)
    return whole.plain() if how_much in DOCUMENTS else {"band": whole.overall and whole.overall.band}
