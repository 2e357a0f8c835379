"""What a candidate may see of their own grading: one rule, for pages, API, appeals and the export alike."""

from __future__ import annotations

from typing import Any, Literal

from app.artifacts import JSON
from app.errors import NotFound
from app.ports import Service
from app.store import members
from app.store.rows import Invitation, Organisation, State, SubmissionRow
from app.submissions import reading
from graders.report.readers import for_reader
from graders.report.schema import Document

Shown = Literal["nothing", "band", "findings"]


def shown(invitation: Invitation, organisation: Organisation, row: SubmissionRow) -> Shown:
    """How much of the report of `row` its candidate may see.

    Before the close nothing that was judged: whoever can hand in again would learn from hidden rows (Blum and Hardt
    2015).  Why code could not be run is always said.  After the close it is the organisation's policy.
    """
    if row.state is State.UNGRADED:
        return "findings"
    if not row.state.reported or not invitation.closed:
        return "nothing"
    policy: dict[str, Shown] = {"band": "band", "findings": "findings"}
    return policy.get(organisation.feedback, "nothing")


def document(service: Service, row: SubmissionRow) -> Document:
    """The report that counts, as its candidate may read it where `shown` says findings; reading.Gone without one."""
    return for_reader(Document.model_validate_json(reading.result(service, row, JSON)), "candidate")


def read(service: Service, invitation: Invitation, row: SubmissionRow) -> dict[str, Any]:
    """What the candidate may read now: the findings, or `{"band": n}`; NotFound where it is nothing."""
    with service.engine.connect() as connection:
        policy = members.organisation(connection, invitation.org_id)
    how_much = shown(invitation, policy, row)
    try:
        whole = document(service, row) if how_much != "nothing" else None
    except reading.Gone:
        whole = None
    if whole is None:
        raise NotFound
    return whole.plain() if how_much == "findings" else {"band": whole.overall and whole.overall.band}
