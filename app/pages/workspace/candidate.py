"""One candidate: where they stand, what they handed in, what people think, and what is decided."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Response

from app.accounts.passwords import new_passcode
from app.appeals import service as appeal_service
from app.appeals.views import AnswerBody
from app.candidates import holds
from app.decisions import human_reviews
from app.decisions import service as decision_service
from app.decisions.views import DecisionIn, ReviewAnswer
from app.errors import Conflict, DomainError
from app.gradings.counting import counting
from app.invitations import service as invitation_service
from app.invitations import timing
from app.invitations.csv_file import MULTIPLIERS
from app.invitations.views import CandidateChange, ExtensionBody, Reason
from app.law import service as law_service
from app.law.profiles import NAMES, profile
from app.names import called
from app.organisations import service as organisation_service
from app.pages.workspace import regrading
from app.pages.workspace.frame import (
    DeciderDep,
    InviterDep,
    ManagerDep,
    Question,
    ReaderDep,
    SharerDep,
    StandingDep,
    ask_first,
    problem_of,
    workspace,
)
from app.pages.workspace.settings import valid
from app.ports import Service
from app.reviews import comments, debriefs, scorecard
from app.reviews import panel as panels
from app.reviews.comments import CommentIn
from app.reviews.scorecard import Live
from app.rights import ROLES, Principal, Right, hides_names
from app.sharing import service as share_service
from app.sharing.views import ShareIn, share_view
from app.store import (
    appeals,
    decision_mails,
    decisions,
    extensions,
    gradings,
    letters,
    members,
    shares,
    submissions,
    tracking,
)
from app.store import holds as stored_holds
from app.store.invitations import Standing
from app.store.rows import Member, Owner, SubmissionRow
from app.tracking.adapters import ADAPTERS
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.rendering import seen
from app.words import N_, _
from graders.catalog import BY_CODE

router = APIRouter(include_in_schema=False)
HERE = "/work/c/{invitation_id}"
Field = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=6000)]
Action = Literal["extend", "remind", "withdraw", "reopen", "renew"]
WITHDRAW = Question(
    N_("Withdraw this invitation?"),
    N_("The candidate can hand in nothing more, and their page says so. You can open the invitation again later."),
    N_("Withdraw it"),
    invitation_service.find,
)
RENEW = Question(
    N_("Make a new link?"),
    N_("The present link stops working at once. Send the new link to the candidate."),
    N_("Make a new link"),
    invitation_service.find,
)
END = Question(
    N_("End this share link?"),
    N_("Whoever has the link can no longer read the report. You can make another."),
    N_("End the link"),
    share_service.find,
)
ANSWER = Question(
    N_("Send this answer?"),
    N_("The candidate reads it on their page. You cannot change the answer later."),
    N_("Send the answer"),
    appeal_service.find,
)
REVIEW = Question(
    N_("Send this answer?"),
    N_("The candidate reads it on their page. You cannot change the answer later."),
    N_("Send the answer"),
    human_reviews.find,
)
END_HOLD = Question(
    N_("End the legal hold?"),
    N_("The data can be erased again. If somebody asked for it meanwhile, they are erased now."),
    N_("End the hold"),
    holds.present,
)
ACTIONS = {
    "renew": invitation_service.new_link,
    "remind": invitation_service.remind,
    "withdraw": invitation_service.withdraw,
    "reopen": invitation_service.reopen,
}
DONE: dict[Action, str] = {
    "extend": "extended",
    "remind": "reminded",
    "withdraw": "withdrawn",
    "reopen": "reopened",
    "renew": "renewed",
}
NOTICES = {
    "extended": N_("The deadline was moved."),
    "accommodated": N_("The candidate has this much time now."),
    "reminded": N_("A reminder will be mailed."),
    "withdrawn": N_("The invitation was withdrawn."),
    "reopened": N_("The invitation is open again."),
    "renewed": N_("There is a new link. The old link no longer works."),
    "decided": N_("The decision is recorded."),
    "answered": N_("The appeal is answered. The candidate reads the answer on their page."),
    "commented": N_("Your comment is there for the other members. The candidate does not see it."),
    "uncommented": N_("Your comment is removed."),
    "assigned": N_("The interviewer is assigned, and gets a mail the day before the debrief."),
    "unassigned": N_("The interviewer is taken off."),
    "mailed": N_("What you wrote about the decision is kept."),
    "reviewed": N_("The human review is answered. The candidate reads the answer on their page."),
    "corrected": N_("The candidate’s data are corrected."),
    "held": N_("The data are under a legal hold."),
    "released": N_("The legal hold has ended."),
    "erased": N_("The legal hold has ended. The data were erased, as somebody had asked."),
    "ended": N_("The share link has ended."),
    "queued": N_("The grading is queued. You get a second report beside the one that counts."),
    "stopped": N_("The grading was stopped."),
    "adopted": N_("That report counts now."),
}
#: What a candidate is mailed about.
MAILED = ("mailed", "extended", "withdrawn", "renewed", "answered", "reviewed")


@router.get(HERE)
def candidate(
    standing: StandingDep, service: ServiceDep, who: ReaderDep, did: Annotated[str, Query()] = ""
) -> Response:
    """Everything about one candidate that this reader may see."""
    notice = _(NOTICES[did]) if did in NOTICES else ""
    return _page(service, who, standing, notice=f"{notice} {_mailed(service, standing)}" if did in MAILED else notice)


@router.post(HERE + "/invitation")
def change_invitation(
    standing: StandingDep,
    service: ServiceDep,
    who: InviterDep,
    do: Annotated[Action, Form()],
    hours: Annotated[int, Form(ge=1, le=1440)] = 72,
    reason: Field = "other",
    sure: Field = "",
) -> Response:
    """Extend, remind, withdraw, reopen or make a new link."""
    invitation_id = standing.invitation.id
    here = f"/work/c/{invitation_id}"
    if do in ("withdraw", "renew") and not sure:
        question = WITHDRAW if do == "withdraw" else RENEW
        return ask_first(service, who, question, invitation_id, f"{here}/invitation", here, do=do)
    try:
        if do == "extend":
            known = Reason(reason) if reason in set(Reason) else Reason.OTHER
            invitation_service.extend(service, who, invitation_id, ExtensionBody(hours=float(hours), reason_code=known))
        else:
            ACTIONS[do](service, who, invitation_id)
    except Conflict as no:
        return _page(service, who, standing, 409, problem=no.detail)
    return seen(f"{here}?did={DONE[do]}")


@router.post(HERE + "/accommodation")
def accommodate(
    standing: StandingDep,
    service: ServiceDep,
    who: InviterDep,
    multiplier: Annotated[float, Form(ge=MULTIPLIERS[0], le=MULTIPLIERS[1])],
) -> Response:
    """Give more of the timer's time."""
    try:
        timing.accommodate(service, who, standing.invitation.id, multiplier)
    except Conflict as no:
        return _page(service, who, standing, 409, problem=no.detail)
    return seen(f"/work/c/{standing.invitation.id}?did=accommodated")


@router.post(HERE + "/decision")
def decide(
    standing: StandingDep,
    service: ServiceDep,
    who: DeciderDep,
    outcome: Field = "",
    rationale: Long = "",
    version: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Record a decision over the version the page showed."""
    given = {"outcome": outcome, "rationale": rationale}
    try:
        decision_service.decide(service, who, standing.invitation.id, valid(DecisionIn, given), version)
    except DomainError as no:
        return _page(service, who, standing, status_of(no), decision_problem=problem_of(no), given=given)
    return seen(f"/work/c/{standing.invitation.id}?did=decided")


@router.post(HERE + "/comments")
def comment(
    standing: StandingDep,
    service: ServiceDep,
    who: ReaderDep,
    words: Long = "",
    mention: Annotated[list[str] | None, Form(max_length=20)] = None,
) -> Response:
    """Write to the other members."""
    try:
        body = valid(CommentIn, {"words": words, "mentions": mention or []})
        comments.write(service, who, standing.invitation.id, body)
    except DomainError as no:
        return _page(service, who, standing, status_of(no), comment_problem=problem_of(no), comment=words)
    return seen(f"/work/c/{standing.invitation.id}?did=commented#comments")


@router.post(HERE + "/comments/{comment_id}/remove")
def remove_comment(comment_id: str, standing: StandingDep, service: ServiceDep, who: ReaderDep) -> Response:
    """Take one's own comment back."""
    comments.remove(service, who, standing.invitation.id, comment_id)
    return seen(f"/work/c/{standing.invitation.id}?did=uncommented#comments")


@router.post(HERE + "/shares")
def share(
    standing: StandingDep,
    service: ServiceDep,
    who: SharerDep,
    reader: Field = "recruiter",
    days: Annotated[int, Form(ge=1, le=365)] = 30,
    passcode: Field = "",
) -> Response:
    """Make a share link to the counting report."""
    try:
        new = valid(ShareIn, {"reader": reader, "days": days, "passcode": passcode or None})
        link = share_service.share(service, who, standing.final or "", new)
    except DomainError as no:
        return _page(service, who, standing, status_of(no), problem=problem_of(no))
    return _page(service, who, standing, 201, shared=share_view(link, share_service.url_of(service, link)))


@router.post(HERE + "/shares/{share_id}/end")
def end_share(share_id: str, standing: StandingDep, service: ServiceDep, who: SharerDep, sure: Field = "") -> Response:
    """End a share link."""
    here = f"/work/c/{standing.invitation.id}"
    if not sure:
        return ask_first(service, who, END, share_id, f"{here}/shares/{share_id}/end", here)
    share_service.end(service, who, share_id)
    return seen(f"{here}?did=ended")


@router.post(HERE + "/appeals/{appeal_id}")
def answer_appeal(
    appeal_id: str,
    standing: StandingDep,
    service: ServiceDep,
    who: DeciderDep,
    resolution: Field = "",
    answer: Long = "",
    sure: Field = "",
) -> Response:
    """Answer an appeal, once; they read it on their page."""
    here = f"/work/c/{standing.invitation.id}"
    try:
        body = valid(AnswerBody, {"resolution": resolution, "answer": answer})
        if not sure:
            return ask_first(service, who, ANSWER, appeal_id, f"{here}/appeals/{appeal_id}", here, **vars(body))
        appeal_service.resolve(service, who, appeal_id, body.resolution, body.answer)
    except DomainError as no:
        return _page(service, who, standing, status_of(no), problem=problem_of(no))
    return seen(f"{here}?did=answered")


@router.post(HERE + "/human-reviews/{review_id}")
def answer_review(
    review_id: str,
    standing: StandingDep,
    service: ServiceDep,
    who: DeciderDep,
    outcome: Field = "",
    answer: Long = "",
    sure: Field = "",
) -> Response:
    """Answer a human review, once; they read it on their page."""
    here = f"/work/c/{standing.invitation.id}"
    try:
        body = valid(ReviewAnswer, {"outcome": outcome, "answer": answer})
        if not sure:
            action = f"{here}/human-reviews/{review_id}"
            return ask_first(service, who, REVIEW, review_id, action, here, **vars(body))
        human_reviews.answer(service, who, review_id, body.outcome, body.answer)
    except DomainError as no:
        return _page(service, who, standing, status_of(no), problem=problem_of(no))
    return seen(f"{here}?did=reviewed")


@router.post(HERE + "/hold")
def hold(
    standing: StandingDep,
    service: ServiceDep,
    who: ManagerDep,
    do: Field = "place",
    reason: Long = "",
    sure: Field = "",
) -> Response:
    """Place a legal hold on the candidate's data, or end it."""
    here, candidate_id = f"/work/c/{standing.invitation.id}", standing.candidate.id
    try:
        if do == "end" and not sure:
            return ask_first(service, who, END_HOLD, candidate_id, f"{here}/hold", here, do=do)
        if do == "end":
            return seen(f"{here}?did={'erased' if holds.end(service, who, candidate_id) else 'released'}")
        if not reason.strip():
            return _page(service, who, standing, 422, problem=_("Say why the data have to be kept."))
        holds.place(service, who, candidate_id, reason.strip())
    except Conflict as no:
        return _page(service, who, standing, 409, problem=no.detail)
    return seen(f"{here}?did=held")


@router.post(HERE + "/person")
def correct(
    standing: StandingDep,
    service: ServiceDep,
    who: InviterDep,
    first_name: Field = "",
    last_name: Field = "",
    email: Field = "",
    timezone: Field = "",
) -> Response:
    """Correct who the candidate is; an address or a zone that is left empty stays."""
    said = {"first_name": first_name, "last_name": last_name, "email": email or None, "timezone": timezone or None}
    try:
        invitation_service.correct(service, who, standing.candidate.id, valid(CandidateChange, said))
    except DomainError as no:
        return _page(service, who, standing, status_of(no), problem=problem_of(no))
    return seen(f"/work/c/{standing.invitation.id}?did=corrected")


def _mailed(service: Service, standing: Standing) -> str:
    """Whether the candidate hears of a change by mail."""
    if not standing.candidate.email:
        return _("No mail was sent, because there is no address. Tell the candidate yourself.")
    if not service.settings.sends_mail:
        return _("No mail was sent, because this service has no mail server. Tell the candidate yourself.")
    return _("The candidate gets a mail.")


def _page(service: Service, who: Principal, standing: Standing, status: int = 200, **more: Any) -> Response:
    rules = organisation_service.policies(service, who)
    invitation_id, org_id = standing.invitation.id, who.org_id
    with service.reader.connect() as connection:
        attempts = submissions.of_owner(connection, Owner(org_id, invitation_id=invitation_id))
        panel = panels.panel(connection, who, invitation_id)
        known = counting(connection, [row.id for row in attempts])
        context: dict[str, Any] = {
            "attempts": [_attempt(row, known, gradings.of_submission(connection, row.id)) for row in attempts],
            "decisions": decisions.history(connection, org_id, invitation_id),
            "mailed_about": decision_mails.of_invitation(connection, invitation_id),
            "extensions": extensions.of_invitation(connection, invitation_id),
            "appeals": appeals.of_invitation(connection, invitation_id),
            "titles": {code: check.title for code, check in BY_CODE.items()},
            "letters": letters.of_invitation(connection, invitation_id),
            "reviews": letters.reviews_of(connection, invitation_id),
            "hold": stored_holds.present(connection, standing.candidate.id) if who.may(Right.MANAGE) else None,
            "orders": tracking.of_invitation(connection, invitation_id),
            "gradings": regrading.of_final(connection, standing) if who.may(Right.REGRADE) else [],
            "links": shares.of_submission(connection, org_id, standing.final) if standing.final else [],
        }
    report = known.get(standing.final or "")
    blind = hides_names(who, rules.blind)
    nothing = {"outcome": "", "rationale": ""}
    told = {
        "notice": "",
        "comment_problem": "",
        "comment": "",
        "problem": "",
        "decision_problem": "",
        "given": nothing,
        "shared": None,
    }
    return workspace(
        "candidate.html",
        who,
        "/work",
        status,
        name=called(standing, blind=blind),
        blind=blind,
        standing=standing,
        panel=panel,
        talk=comments.show(service, who, invitation_id),
        colleagues=_colleagues(service, who),
        interviewers=debriefs.interviewers(service, who, invitation_id),
        raters=_raters(service, who) if who.may(Right.INVITE) else [],
        summary=report.summary if report and panel.total else None,
        report_summary=report.summary if report else None,
        dimensions=scorecard.dimensions(Live.ALLOWED),
        challenge=service.ports.challenge(standing.invitation.challenge),
        reasons=Reason,
        tracking=ADAPTERS,
        passcode=new_passcode(),
        link=invitation_service.present_link(service, standing) if who.may(Right.INVITE) else None,
        laws=NAMES,
        law=profile(standing.invitation.profile),
        reading=law_service.reading(service, standing),
        may_oversee=who.may(Right.EXPORT),
        mails=service.settings.sends_mail and bool(standing.candidate.email),
        **context,
        **(told | more),
    )


def _colleagues(service: Service, who: Principal) -> dict[str, str]:
    """By id: the names of the other members."""
    with service.reader.connect() as connection:
        names = members.named(connection, who.org_id)
    return {member: name for member, name in names.items() if member != who.member_id}


def _raters(service: Service, who: Principal) -> list[Member]:
    """Members who may debrief."""
    return [
        member
        for member in organisation_service.all_members(service, who)
        if member.disabled_at is None and Right.REVIEW in ROLES[member.role]
    ]


def _attempt(row: SubmissionRow, reports: dict[str, Any], runs: list[Any]) -> dict[str, Any]:
    found = reports.get(row.id)
    return {"row": row, "summary": found.summary if found else None, "gradings": runs}
