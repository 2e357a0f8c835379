"""Taking a file out of a form, bounded while it is read."""

from __future__ import annotations

import anyio
from anyio import to_thread
from fastapi import Request
from starlette.datastructures import UploadFile

from app.intake.problems import Rejected
from app.ports import Service
from app.store.rows import Owner, SubmissionRow
from app.store.submissions import GRADED
from app.submissions.service import NotAccepted, Upload, submit
from app.web.errors import Refused, rejected
from graders.model.submission import Submission

FIELD_MAX = 4096


async def take(
    service: Service,
    request: Request,
    owner: Owner,
    intake: anyio.CapacityLimiter,
    *,
    challenge: str = "",
    kind: str = GRADED,
) -> SubmissionRow:
    """Read the form of `request` and submit its file; every refusal is a DomainError.

    `challenge` overrides what the form says.
    """
    upload = await _read(request, challenge, service.settings.challenge)
    try:
        return await to_thread.run_sync(submit, service, upload, owner, kind, limiter=intake)
    except Rejected as no:
        raise rejected(no.problem) from None
    except KeyError:
        raise Refused(422, "unknown-challenge", "There is no challenge of this id.") from None
    except NotAccepted as no:
        raise Refused(409, no.code, str(no) or type(no).__doc__ or "") from None


async def examine(service: Service, request: Request, intake: anyio.CapacityLimiter, challenge: str) -> Submission:
    """Read the form of `request` and say what is in its file, keeping nothing; every refusal is a DomainError."""
    upload = await _read(request, challenge, challenge)
    packages = service.ports.challenge(challenge).packages
    try:
        return await to_thread.run_sync(service.ports.unpack, upload.data, upload.name, packages, limiter=intake)
    except Rejected as no:
        raise rejected(no.problem) from None


async def _read(request: Request, challenge: str, default: str) -> Upload:
    async with request.form(max_files=1, max_fields=4, max_part_size=FIELD_MAX) as form:
        file, named = form.get("file"), form.get("challenge")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Refused(
                422,
                "no-file",
                "No file was sent.",
                hint="Send multipart/form-data with one part `file` that has a file name.",
            )
        asked = named if isinstance(named, str) and named else default
        return Upload(await file.read(), file.filename, challenge or asked)
