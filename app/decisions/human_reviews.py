"""A rejected candidate asks that a person look again; another person than the one who decided does, and answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from app.decisions import letters as letter_service
from app.errors import Conflict, Forbidden, NotFound
from app.invitations.notify import notify
from app.law.profiles import profile
from app.mail.outbox import Kind
from app.mail.service import mail
from app.news import service as news
from app.owned import owned
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import audit, decisions, invitations, letters, members
from app.store.invitations import Standing
from app.store.letters import HumanReview, ReviewOutcome
from app.words import _


def ask(service: Service, standing: Standing, words: str) -> HumanReview:
    """Ask for it, once for each decision.

    Raises NotFound where the candidate has no letter that offers it, Conflict where the time is over or it was asked.
    """
    invitation = standing.invitation
    with service.engine.begin() as connection:
        invitations.hold(connection, invitation.id)
        letter = letter_service.last(connection, standing)
        law, now = profile(letter.profile), datetime.now(UTC)
        if law.review is None or letter.review_until is None:
            raise NotFound
        if now > letter.review_until:
            raise Conflict("too-late", _("The time to ask for a human review is over. Write to whoever invited you."))
        if any(review.version == letter.version for review in letters.reviews_of(connection, invitation.id)):
            raise Conflict("asked-already", _("You have asked for a human review of this decision already."))
        due_at = now + timedelta(days=law.review.answer_days)
        review_id = letters.ask(connection, invitation.org_id, letter, words, due_at)
        told = {"human_review_id": review_id, "version": letter.version, "due": due_at}
        notify(connection, standing.candidate, "human-review.asked", invitation, **told)
        news.tell(connection, standing, "review", letter.version)
        return owned(letters.review, connection, review_id, invitation.org_id)


def of_candidate(service: Service, standing: Standing) -> list[HumanReview]:
    """Those of one candidate, newest first."""
    with service.reader.connect() as connection:
        return letters.reviews_of(connection, standing.invitation.id)


def listed(service: Service, who: Principal) -> list[HumanReview]:
    """All of the organisation: the open ones first, by when they are due."""
    with service.reader.connect() as connection:
        return letters.reviews(connection, who.org_id)


def find(service: Service, who: Principal, review_id: str) -> HumanReview:
    """One of the organisation, or NotFound."""
    with service.reader.connect() as connection:
        return owned(letters.review, connection, review_id, who.org_id)


def answer(service: Service, who: Principal, review_id: str, outcome: ReviewOutcome, words: str) -> HumanReview:
    """Answer it, once: the decision stands, or it was changed, in which case a newer one has to be there.

    Raises Forbidden for a key and for whoever decided, unless nobody else may decide; Conflict where it was answered,
    or where nothing was changed.
    """
    with service.engine.begin() as connection:
        review = owned(letters.review, connection, review_id, who.org_id)
        standing = owned(invitations.standing, connection, review.invitation_id, who.org_id)
        if who.member_id is None:
            raise Forbidden("not-allowed", _("Only a person can review a decision. Sign in as a member."))
        _require_another(connection, who, review)
        newest = decisions.history(connection, who.org_id, review.invitation_id)[0]
        if outcome == "changed" and newest.version <= review.version:
            raise Conflict("nothing-changed", _("Record the new decision first. Then answer that it was changed."))
        if not letters.answer(connection, review_id, who.member_id, outcome, words):
            raise Conflict("answered-already", _("This review has been answered already."))
        notify(
            connection, who, "human-review.answered", standing.invitation, human_review_id=review_id, outcome=outcome
        )
        mail(connection, standing, Kind.REVIEWED, review.version)
        return owned(letters.review, connection, review_id, who.org_id)


def remind(connection: Connection) -> None:
    """Tell members of each review that has become overdue, once; it needs attention until it is answered."""
    for invitation_id, version in letters.note_overdue(connection):
        standing = invitations.standing(connection, invitation_id)
        if standing is not None:
            subject, org_id = f"invitation:{invitation_id}", standing.invitation.org_id
            audit.record(connection, audit.SYSTEM, "human-review.overdue", subject, org_id=org_id, version=version)
            news.tell(connection, standing, "overdue", version)


def _require_another(connection: Connection, who: Principal, review: HumanReview) -> None:
    """Whoever made the decision does not review it, unless there is nobody else who could."""
    if decisions.decided_by(connection, review.invitation_id, review.version) != who.member_id:
        return
    others = (
        member.id != who.member_id and member.disabled_at is None and Right.DECIDE in ROLES[member.role]
        for member in members.members_of(connection, who.org_id)
    )
    if any(others):
        raise Forbidden("not-allowed", _("Another person has to review this, because you made the decision."))
