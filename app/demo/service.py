"""The demo: put into the first organisation, moved on while its submissions are graded, and removed in one go.

Everything takes the way that members and candidates take: intake, queue, scorecard, appeal, decision.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from app.appeals import service as appeal_service
from app.artifacts import JSON
from app.decisions import service as decision_service
from app.decisions.views import DecisionIn
from app.demo.people import APPLICANTS, INTERVIEWER, OPENING, PREFIX, RECRUITER, TAG, Applicant, Stage
from app.errors import DomainError
from app.gradings import feedback
from app.invitations import attempts
from app.invitations.notify import notify, start
from app.ports import Service
from app.references import disagreements
from app.reviews import scorecard
from app.reviews import service as review_service
from app.rights import ROLES, Principal
from app.store import access, audit, demo, invitations, members
from app.store.blobs import of_submission
from app.store.candidates import Person
from app.store.invitations import NewInvitation, Standing
from app.store.rows import Owner, SubmissionRow
from app.submissions import reading
from app.submissions import service as submission_service
from app.submissions.service import Upload
from graders.archive import packed
from graders.model.challenge import Challenge
from graders.report.schema import Document

log = structlog.get_logger(__name__)

CHALLENGE = "ml_pipeline"
POLL_SECONDS = 1.0
APPEAL = "These columns are known at the time of the prediction. Please look again."
REASON = "Explains every step, and the own estimate agrees with the hidden rows."

Announce = Callable[[str], object]


def run(service: Service, announce: Announce, stopped: threading.Event) -> None:
    """Load the demo and follow it to its end; a failure of the demo never stops the service."""
    try:
        announce(f"The demo is at {service.settings.base_url}/work. Its submissions are graded while you look.\n")
        load(service)
        follow(service, announce, stopped)
    except Exception:
        log.exception("the demo could not be shown")


def load(service: Service) -> None:
    """Invite the applicants and hand in for them, where they are not there yet."""
    with service.engine.begin() as connection:
        org_id = access.first_organisation(connection)
        assert org_id is not None  # made at the first start
        if demo.member(connection, org_id, RECRUITER.email) is None:
            for member in (RECRUITER, INTERVIEWER):
                members.add_member(connection, org_id, member)
            audit.record(connection, audit.SYSTEM, "demo-loaded", f"organisation:{org_id}", org_id=org_id)
    for applicant in APPLICANTS:
        standing = _invited(service, org_id, applicant)
        if applicant.reference is not None and standing.spent == 0:
            _hand_in(service, standing, applicant.reference)


def follow(service: Service, announce: Announce, stopped: threading.Event) -> None:
    """Say of each reference whether it got its verdict, as soon as it is graded, and move its candidate on.

    Ends when all are graded, when the demo was removed, or when told to stop.
    """
    challenge = service.challenge(CHALLENGE)
    waiting = {applicant.reference: applicant for applicant in APPLICANTS if applicant.reference}
    agreed = 0
    while waiting and not stopped.wait(POLL_SECONDS):
        for reference, applicant in list(waiting.items()):
            standing = _standing(service, applicant)
            if standing is None:
                return
            row = _handed_in(service, standing)
            if row is None or not row.state.final:
                continue
            del waiting[reference]
            if row.state.reported:
                agreed += _tell_verdict(service, announce, challenge, standing, row)
                _move_on(service, standing, row, applicant.stage)
            else:
                announce(f"Demo: {reference} could not be graded, and that is our fault: {row.problem}\n")
    if not waiting:
        total = sum(applicant.reference is not None for applicant in APPLICANTS)
        announce(f"Demo: {agreed} of {total} references got the verdict they must get.\n")


def recruiter(service: Service, who: Principal) -> str | None:
    """The member who invited the demo's candidates; None where the caller's organisation has no demo."""
    with service.reader.connect() as connection:
        return demo.member(connection, who.org_id, RECRUITER.email)


def remove(service: Service, who: Principal) -> None:
    """Remove the demo's candidates with all they handed in, and its two members.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        rows = demo.submissions_of(connection, who.org_id, RECRUITER.email)
        demo.close(connection, who.org_id, RECRUITER.email)
    for row in rows:
        service.blobs.clear(of_submission(row))
    with service.engine.begin() as connection:
        count = demo.remove(connection, who.org_id, (RECRUITER.email, INTERVIEWER.email), PREFIX)
        if count:
            audit.record(connection, who, "demo-removed", f"organisation:{who.org_id}", candidates=count)
    for row in rows:  # what a grading had written before its row was gone
        service.blobs.clear(of_submission(row))


def upload(challenge: Challenge, reference: str) -> Upload:
    """A reference as its candidate would hand it in."""
    folder = challenge.folder / "reference" / reference
    files = {_name(folder, path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return Upload(
        packed({name: data for name, data in files.items() if "__pycache__" not in name}),
        f"{reference}.zip",
        challenge.id,
    )


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _invited(service: Service, org_id: str, applicant: Applicant) -> Standing:
    with service.engine.begin() as connection:
        inviting = demo.member(connection, org_id, RECRUITER.email)
        wanted = NewInvitation(
            service.challenge(CHALLENGE).id, service.settings.attempts, OPENING, (TAG,), created_by=inviting
        )
        person = Person(None, applicant.first_name, applicant.last_name, applicant.external_id)
        invitation_id, new = invitations.add(connection, org_id, wanted, person)
        standing = invitations.standing(connection, invitation_id)
        assert standing is not None
        if new:
            notify(connection, f"member:{inviting}", "invitation.created", standing.invitation, challenge=CHALLENGE)
            if applicant.stage is not Stage.INVITED:
                invitations.note_opened(connection, invitation_id)
                start(connection, invitation_id)
        return standing


def _hand_in(service: Service, standing: Standing, reference: str) -> None:
    owner = Owner(standing.invitation.org_id, invitation_id=standing.invitation.id)
    submission_service.submit(service, upload(service.challenge(CHALLENGE), reference), owner)


def _standing(service: Service, applicant: Applicant) -> Standing | None:
    with service.reader.connect() as connection:
        org_id = access.first_organisation(connection)
        invitation_id = demo.invitation_of(connection, str(org_id), applicant.external_id)
        return invitations.standing(connection, invitation_id) if invitation_id else None


def _handed_in(service: Service, standing: Standing) -> SubmissionRow | None:
    rows, _ = attempts.handed_in(service, standing)
    return rows[0] if rows else None


def _tell_verdict(
    service: Service, announce: Announce, challenge: Challenge, standing: Standing, row: SubmissionRow
) -> bool:
    name = row.name.removesuffix(".zip")
    reference = next(reference for reference in challenge.references if reference.name == name)
    wrong = disagreements(Document.model_validate_json(reading.result(service, row, JSON)), reference)
    verdict = f"NOT as it must be ({'; '.join(wrong)})" if wrong else "as it must be"
    report = f"{service.settings.base_url}/work/c/{standing.invitation.id}/report"
    announce(f"Demo: {name} is graded, {verdict}. Report: {report}\n")
    return not wrong


def _move_on(service: Service, standing: Standing, row: SubmissionRow, stage: Stage) -> None:
    """The next step of a candidate whose report is there; what was done before the service last stopped stays."""
    invitation_id, org_id = standing.invitation.id, standing.invitation.org_id
    try:
        if stage is Stage.APPEALED and not appeal_service.of_invitation(service, standing):
            closed = attempts.finish(service, standing)
            code = feedback.document(service, row, "findings").flagged[0].code
            appeal_service.appeal(service, closed, row.id, code, APPEAL)
        elif stage is Stage.DEBRIEF:
            interviewer = _principal(service, org_id, INTERVIEWER.email)
            review_service.save(service, interviewer, invitation_id, dict.fromkeys(scorecard.DIMENSIONS, 3), {})
            review_service.lock(service, interviewer, invitation_id)
        elif stage is Stage.DECIDED:
            decider = _principal(service, org_id, RECRUITER.email)
            decision_service.decide(service, decider, invitation_id, DecisionIn(outcome="advance", rationale=REASON))
    except DomainError as done:
        log.info("a step of the demo was done before", step=stage, code=done.code)


def _principal(service: Service, org_id: str, email: str) -> Principal:
    new = RECRUITER if email == RECRUITER.email else INTERVIEWER
    with service.reader.connect() as connection:
        member_id = demo.member(connection, org_id, email)
    return Principal(org_id, ROLES[new.role], new.name, member_id, role=new.role)
