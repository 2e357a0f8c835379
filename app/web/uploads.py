"""Taking a file out of a form: on disk while it arrives, in memory only while it is examined."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.errors import DomainError
from app.ports import Service
from app.store.rows import Owner, SubmissionRow
from app.store.submissions import GRADED
from app.submissions import service as submission_service
from app.submissions.repository import Wanted
from app.submissions.service import Upload, clean_name
from app.web.errors import Refused
from app.web.limits import SPOOL, Intake
from app.words import _
from graders.model.submission import Submission

FIELD_MAX = 4096
Result = TypeVar("Result")


class _Parser(MultiPartParser):
    spool_max_size = SPOOL


async def take(
    service: Service,
    request: Request,
    owner: Owner,
    intake: Intake,
    *,
    challenge: str = "",
    kind: str = GRADED,
    new: bool = False,
) -> SubmissionRow:
    """Read the form of `request` and submit its file; every refusal is a DomainError.

    `challenge` overrides what the form says; `new` refuses a file that was graded for this owner before.
    """

    def work(data: bytes, name: str, named: str) -> SubmissionRow:
        upload = Upload(data, name, challenge or named or service.settings.challenge)
        return submission_service.submit(service, upload, owner, kind, new=new)

    return await _received(service, request, owner, intake, kind, work)


async def examine(service: Service, request: Request, owner: Owner, intake: Intake, challenge: str) -> Submission:
    """Read the form of `request` and say what is in its file, keeping nothing; every refusal is a DomainError.

    A file that was graded for this owner before is refused too.
    """

    def work(data: bytes, name: str, _: str) -> Submission:
        found = submission_service.examine(service, Upload(data, name, challenge))
        if owner.invitation_id is not None:
            submission_service.require_new(service, owner.invitation_id, data)
        return found

    return await _received(service, request, owner, intake, GRADED, work)


async def fetch(service: Service, owner: Owner, intake: Intake, wanted: Wanted, challenge: str) -> SubmissionRow:
    """Submit one commit of a repository; a sender has one turn at a time, and all senders together a few."""
    work = lambda: submission_service.submit_repository(service, wanted, challenge, owner)  # noqa: E731 - run elsewhere
    async with intake.turn(owner.invitation_id or ""):
        return _given(await to_thread.run_sync(_or_refused, work, limiter=intake.large))


async def _received(
    service: Service,
    request: Request,
    owner: Owner,
    intake: Intake,
    kind: str,
    work: Callable[[bytes, str, str], Result],
) -> Result:
    """What `work` makes of the file's bytes, its name and the challenge the form names, once it is the sender's turn.

    The terms are asked before anything is read.
    """
    sender = owner.invitation_id or owner.api_key_id or owner.member_id or ""
    _given(await to_thread.run_sync(_or_refused, lambda: submission_service.check_terms(service, owner, kind)))
    with intake.room(request.scope, service.settings.max_upload, sender):
        async with _file(request) as (file, named), intake.turn(sender):
            in_memory = lambda: work(file.file.read(), str(file.filename), named)  # noqa: E731 - read where it is used
            return _given(await to_thread.run_sync(_or_refused, in_memory, limiter=intake.slots))


def _or_refused(work: Callable[[], Result]) -> Result | DomainError:
    """What `work` gives, or why not.

    Given and not raised: a raised error would keep the upload's bytes in its frames until the next full collection.
    """
    try:
        return work()
    except DomainError as no:
        no.__context__ = None
        return no.with_traceback(None)


def _given(result: Result | DomainError) -> Result:
    if isinstance(result, DomainError):
        raise result
    return result


@asynccontextmanager
async def _file(request: Request) -> AsyncIterator[tuple[UploadFile, str]]:
    """The file of the form and the challenge that the form names, or an empty text."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _no_file()
    parser = _Parser(request.headers, request.stream(), max_files=1, max_fields=4, max_part_size=FIELD_MAX)
    try:
        form = await parser.parse()
    except MultiPartException as no:
        raise Refused(422, "invalid-request", no.message) from None
    try:
        file, named = form.get("file"), form.get("challenge")
        if not isinstance(file, UploadFile) or not file.filename:
            raise _no_file()
        yield file, named if isinstance(named, str) else ""
    finally:
        await form.close()


@asynccontextmanager
async def large_file(
    service: Service, request: Request, intake: Intake, sender: str
) -> AsyncIterator[tuple[Path, str, dict[str, str]]]:
    """The one file of a form, on disk while it is looked at, its name, and the other fields.

    Whoever looks at it may hold it in memory: a sender has one turn at a time, and all senders together a few.
    """
    with intake.room(request.scope, service.settings.max_table, sender):
        form = await request.form(max_files=1, max_fields=40, max_part_size=FIELD_MAX)
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise _no_file()
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            with tempfile.TemporaryDirectory(prefix="assay-upload-") as folder:
                path = Path(folder) / "file"
                await to_thread.run_sync(_copy, file, path)
                async with intake.turn(f"{sender} large"), intake.large:
                    yield path, clean_name(file.filename), fields
        finally:
            await form.close()


def _copy(file: UploadFile, to: Path) -> None:
    with to.open("wb") as target:
        shutil.copyfileobj(file.file, target)


def _no_file() -> Refused:
    hint = _("Send multipart/form-data with one part `file` that has a file name.")
    return Refused(422, "no-file", _("No file was sent."), hint=hint)
