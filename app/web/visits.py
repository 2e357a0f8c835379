"""Whose invitation the token of an address opens."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from app.invitations import attempts
from app.store.invitations import Standing
from app.store.rows import SubmissionRow
from app.web.auth import ServiceDep
from app.words import ENGLISH, prefer


def opened(token: str, service: ServiceDep) -> Standing:
    """The invitation whose present link this is, a withdrawn one too; 404 where there is none."""
    standing = attempts.open_link(service, token)
    if standing.candidate.locale != ENGLISH:  # which is what an invitation has that names none
        prefer(standing.candidate.locale)
    return standing


OpenedDep = Annotated[Standing, Depends(opened)]


def own(submission_id: str, standing: OpenedDep, service: ServiceDep) -> SubmissionRow:
    """A submission or check of this invitation, or 404."""
    return attempts.submission(service, standing, submission_id)


OwnDep = Annotated[SubmissionRow, Depends(own)]
