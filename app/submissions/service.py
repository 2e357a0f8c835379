"""Bytes in, a queued submission out.  The API and the web form both end here."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app import webhooks
from app.errors import Conflict, Invalid, Unavailable
from app.intake.problems import Rejected
from app.invitations.notify import start
from app.mail import service as mailing
from app.mail.outbox import Kind
from app.own_rows import require_made
from app.platform import queue
from app.platform.secrets import new_id
from app.ports import Service
from app.store import challenges, checks, gradings, invitations, repositories, submissions
from app.store.blobs import upload_key
from app.store.repositories import Repository
from app.store.rows import Owner, SubmissionRow
from app.submissions import fetching, ssh
from app.submissions.repository import Fetched, Wanted, is_bundle
from app.words import _
from graders.model.probe import SandboxError
from graders.model.report import Problem
from graders.model.submission import Submission
from sandbox.packages.refusal import IndexUnreachable

NAME_MAX = 200
#: The code of what intake refuses; `reason` says which of its own.
REJECTED = "rejected"
#: The code of a file that was graded for the same invitation before.
HANDED_IN_BEFORE = "handed-in-before"
CHECK_GOES = "Another check of yours is still running. Start the next one when it has ended."


@dataclass(frozen=True)
class Upload:
    """What arrived: the bytes, the name the sender gave them, the challenge they are meant for.

    repository: what the bytes were taken from, where that was a repository.
    """

    data: bytes
    name: str
    challenge: str
    repository: Repository | None = None


def submit(
    service: Service, upload: Upload, owner: Owner, kind: str = submissions.GRADED, *, new: bool = False
) -> SubmissionRow:
    """Examine an upload and queue its grading, or its check.  When this returns, nothing can lose it.

    new: whether a file that the invitation had graded already is refused, before it uses another attempt.
    Raises Invalid for an unknown challenge and for what intake refuses, Conflict by the invitation's terms,
    Unavailable where this machine cannot read it now.
    """
    check_terms(service, owner, kind)
    _require_ours(service, owner, upload.challenge)
    upload = _opened(upload)
    try:
        examine(service, upload)
    except Invalid as no:
        if kind == submissions.GRADED and no.code == REJECTED:
            _tell_rejected(service, owner, no.extra["reason"])
        raise
    submission_id = new_id()
    service.blobs.put(upload_key(submission_id), upload.data)
    try:
        return _record(service, submission_id, upload, owner, kind, new=new)
    except BaseException:
        service.blobs.delete(upload_key(submission_id))
        raise


def submit_repository(
    service: Service, wanted: Wanted, challenge: str, owner: Owner, kind: str = submissions.GRADED
) -> SubmissionRow:
    """Fetch one commit of a repository, and submit it; the commit is fixed from now on.

    Over SSH the key is the invitation's own.
    Raises as `submit` does; Invalid too where the repository is not to be had.
    """
    check_terms(service, owner, kind)
    if owner.invitation_id is not None:
        seed = ssh.deploy_key(service.keys, owner.invitation_id)
        wanted = replace(wanted, seed=seed, hosts=ssh.known_hosts(service.settings.known_hosts))
    taken = _taken(lambda: fetching.fetch(wanted, private=service.settings.webhooks_to_private))
    return submit(service, Upload(taken.data, taken.name, challenge, _repository(taken, wanted)), owner, kind)


def _opened(upload: Upload) -> Upload:
    """What a bundle holds, as a zip; anything else as it is."""
    if upload.repository is not None or not is_bundle(upload.data):
        return upload
    taken = _taken(lambda: fetching.unbundle(upload.data))
    return Upload(taken.data, taken.name, upload.challenge, _repository(taken))


def _taken(work: Callable[[], Fetched]) -> Fetched:
    try:
        return work()
    except Rejected as no:
        raise _rejected(no.problem) from None
    except SandboxError:
        hint = _("Send it again in a minute.")
        raise Unavailable("busy", _("The server is too busy to read your work now."), hint=hint) from None


def _repository(taken: Fetched, wanted: Wanted | None = None) -> Repository:
    steps = [vars(step) for step in taken.steps]
    return Repository(wanted.url if wanted else "", wanted.ref if wanted else "", taken.commit, steps, taken.whole)


def repository(service: Service, submission_id: str) -> Repository | None:
    """Where a submission was taken from; None where it was no repository."""
    with service.reader.connect() as connection:
        return repositories.find(connection, submission_id)


def examine(service: Service, upload: Upload) -> Submission:
    """What is in an upload, keeping nothing.  Raises Invalid with intake's words, or Unavailable."""
    upload = _opened(upload)
    try:
        challenge = service.ports.challenge(upload.challenge)
    except KeyError:
        raise Invalid("unknown-challenge", _("There is no challenge of this id.")) from None
    try:
        return service.ports.unpack(upload.data, upload.name, challenge)
    except Rejected as no:
        raise _rejected(no.problem) from None
    except IndexUnreachable:
        hint = _("Send it again in some minutes. No attempt was spent.")
        raise Unavailable("packages-unreachable", _("We cannot fetch your packages now."), hint=hint) from None
    except SandboxError:
        hint = _("Send it again in a minute.")
        raise Unavailable("busy", _("The server is too busy to read your work now."), hint=hint) from None


def handed_in(service: Service, row: SubmissionRow) -> Submission:
    """What is in the file of a submission that was accepted; raises as `examine` does where today's rules refuse it."""
    return examine(service, Upload(service.blobs.get(upload_key(row.id)), row.name, row.challenge))


def _require_ours(service: Service, owner: Owner, challenge: str) -> None:
    """Invalid where the challenge is another organisation's own; an invitation names the right one already."""
    with service.reader.connect() as connection:
        row = challenges.named(connection, challenge)
    if row is not None and row.org_id != owner.org_id:
        raise Invalid("unknown-challenge", _("There is no challenge of this id."))


def _rejected(problem: Problem) -> Invalid:
    """What intake refused, in its own words."""
    where = problem.where
    place = {"path": where.path, "line": where.line, "cell": where.cell} if where else None
    return Invalid(REJECTED, problem.message, hint=problem.hint, reason=problem.code, where=place)


def _record(
    service: Service, submission_id: str, upload: Upload, owner: Owner, kind: str, *, new: bool
) -> SubmissionRow:
    sha256 = hashlib.sha256(upload.data).hexdigest()
    row = {
        "id": submission_id,
        "challenge": upload.challenge,
        "kind": kind,
        "name": clean_name(upload.name),
        "sha256": sha256,
        "size": len(upload.data),
    }
    with service.engine.begin() as connection:
        if owner.invitation_id is not None:
            _check_terms(connection, owner.invitation_id, kind)
            if new:
                _require_new(connection, owner.invitation_id, sha256)
            start(connection, owner.invitation_id)
        submissions.add(connection, row, owner)
        if upload.repository is not None:
            repositories.add(connection, submission_id, upload.repository)
        if kind == submissions.CHECK:
            queue.enqueue_check(connection, submission_id)
        else:
            _ask_for_grading(connection, submission_id, upload, owner)
        found = submissions.find(connection, submission_id)
        assert found is not None
        if kind == submissions.GRADED:
            mailing.about(connection, found, Kind.RECEIVED)
        return found


def _ask_for_grading(connection: Connection, submission_id: str, upload: Upload, owner: Owner) -> None:
    run = gradings.ask(connection, submission_id, gradings.FIRST)
    queue.enqueue_grading(connection, owner.org_id, upload.challenge, submission_id, run)
    webhooks.emit(connection, owner.org_id, "submission.received", _event(submission_id, owner))


def _tell_rejected(service: Service, owner: Owner, code: str) -> None:
    """It has no id, as nothing of it is kept; the code says what was wrong with it."""
    with service.engine.begin() as connection:
        data = {"invitation_id": owner.invitation_id, "code": code}
        webhooks.emit(connection, owner.org_id, "submission.rejected", data)


def _event(submission_id: str, owner: Owner) -> dict[str, object]:
    here = f"/api/v1/submissions/{submission_id}"
    return {"submission_id": submission_id, "invitation_id": owner.invitation_id, "url": here}


def check_terms(service: Service, owner: Owner, kind: str) -> None:
    """Conflict where an invitation takes nothing more of this kind; asked before any work is done for it."""
    if owner.invitation_id is not None:
        with service.engine.begin() as connection:
            _check_terms(connection, owner.invitation_id, kind)


def _check_terms(connection: Connection, invitation_id: str, kind: str) -> None:
    invitation = invitations.hold(connection, invitation_id)
    if invitation.revoked_at is not None:
        raise Conflict("withdrawn", _("The invitation was withdrawn. You can hand in nothing more."))
    if invitation.closed:
        raise Conflict("deadline-passed", _("The deadline has passed. You can hand in nothing more."))
    if invitation.unstarted:
        raise Conflict("not-started", _("Your time has not begun. Start it on your page first."))
    if invitation.paused:
        raise Conflict("paused", _("Your time stands still. End the pause first."))
    require_made(invitation)
    if kind == submissions.CHECK:
        if checks.waiting(connection, invitation_id):
            raise Conflict("check-goes", CHECK_GOES)
    elif submissions.spent(connection, invitation_id) >= invitation.attempts:
        raise Conflict("no-attempts-left", _("All attempts of this invitation are used."))


def require_new(service: Service, invitation_id: str, data: bytes) -> None:
    """Conflict where an attempt was used for this very file already."""
    with service.reader.connect() as connection:
        _require_new(connection, invitation_id, hashlib.sha256(data).hexdigest())


def _require_new(connection: Connection, invitation_id: str, sha256: str) -> None:
    earlier = submissions.same(connection, invitation_id, sha256)
    if earlier is not None:
        says = _("You handed in this very file before, as {name}.").format(name=earlier.name)
        hint = _("The same file usually gets the same result. Handing it in once more uses another attempt.")
        raise Conflict(HANDED_IN_BEFORE, says, hint=hint, submission_id=earlier.id)


def clean_name(name: str) -> str:
    """The file name for showing: its last part, without control characters, its ending kept when cut."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    shown = shown or "upload"
    return shown if len(shown) <= NAME_MAX else shown[: NAME_MAX - 40] + shown[-40:]
