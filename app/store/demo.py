"""What the demo put into an organisation, known by the member who invited its candidates, and taking it away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.store.tables import candidates, invitations, members, submissions


def member(connection: Connection, org_id: str, email: str) -> str | None:
    """The id of the demo's member with this address; None where the organisation has no demo."""
    member_id: str | None = connection.scalar(_member(org_id, email))
    return member_id


def invitation_of(connection: Connection, org_id: str, external_id: str) -> str | None:
    """The invitation of the demo's candidate with this external id."""
    this = (candidates.c.org_id == org_id) & (candidates.c.external_id == external_id)
    query = select(invitations.c.id).join(candidates, candidates.c.id == invitations.c.candidate_id)
    return connection.scalar(query.where(this).limit(1))


def submissions_of(connection: Connection, org_id: str, email: str) -> list[str]:
    """The ids of all that was handed in to invitations of this member."""
    its = select(invitations.c.id).where(invitations.c.created_by.in_(_member(org_id, email)))
    return list(connection.scalars(select(submissions.c.id).where(submissions.c.invitation_id.in_(its))))


def close(connection: Connection, org_id: str, email: str) -> None:
    """Take nothing more, so that what is being removed does not grow again."""
    its = invitations.c.created_by.in_(_member(org_id, email))
    connection.execute(
        update(invitations).where(its).values(revoked_at=func.coalesce(invitations.c.revoked_at, func.now()))
    )


def remove(connection: Connection, org_id: str, emails: tuple[str, ...], prefix: str) -> int:
    """Delete the candidates whom the first of these members invited, and the members; how many candidates it was.

    The external ids of the demo's candidates begin with `prefix`.

    A member who has done something for a real candidate stays, and cannot sign in.
    """
    its = select(invitations.c.candidate_id).where(invitations.c.created_by.in_(_member(org_id, emails[0])))
    theirs = candidates.c.id.in_(its) & candidates.c.external_id.startswith(prefix)
    count = connection.execute(delete(candidates).where(candidates.c.org_id == org_id, theirs)).rowcount
    for email in emails:
        this = (members.c.org_id == org_id) & (members.c.email == email)
        try:
            with connection.begin_nested():
                connection.execute(delete(members).where(this))
        except IntegrityError:
            connection.execute(update(members).where(this).values(disabled_at=func.now()))
    return count


def _member(org_id: str, email: str) -> Select[Any]:
    return select(members.c.id).where(members.c.org_id == org_id, members.c.email == email)
