"""The people who are invited: one row for each in an organisation, whatever they are invited to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, ScalarSelect, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.errors import Conflict
from app.platform import secrets
from app.store.rows import Candidate
from app.store.tables import candidates, invitations
from app.words import _

COLUMNS = [candidates.c[name] for name in Candidate.__dataclass_fields__]


@dataclass(frozen=True)
class Person:
    """What whoever invites says of a candidate; any string that is there is one line."""

    email: str | None = None
    first_name: str = ""
    last_name: str = ""
    external_id: str | None = None
    timezone: str = "UTC"
    locale: str = "en"


def find_or_add(connection: Connection, org_id: str, person: Person) -> Candidate:
    """The candidate of this external id, or else of this address; a new one where there is none.

    What is known already stays as it is, but for an external id that was missing.  Raises Conflict where the two point
    to different people.
    """
    known = _known(connection, org_id, person)
    if known is None:
        values = vars(person) | {"id": secrets.new_id(), "org_id": org_id, "email": _lower(person.email)}
        added = upsert(candidates).values(values).on_conflict_do_nothing().returning(*COLUMNS)
        row = connection.execute(added).mappings().one_or_none()
        known = candidate(row) if row else _known(connection, org_id, person)  # of two that add at once, one has
        assert known is not None
    if person.external_id and known.external_id is None:
        return _change(connection, known.id, external_id=person.external_id)
    return known


def find(connection: Connection, candidate_id: str, org_id: str) -> Candidate | None:
    """A candidate of this organisation."""
    return _one(connection, (candidates.c.id == candidate_id) & (candidates.c.org_id == org_id))


def invited(connection: Connection, invitation_id: str) -> Candidate | None:
    """Who an invitation is for."""
    return _one(connection, candidates.c.id == _whose(invitation_id))


def hold(connection: Connection, candidate_id: str) -> Candidate:
    """A candidate, kept from other transactions until this one ends."""
    query = select(*COLUMNS).where(candidates.c.id == candidate_id).with_for_update()
    return candidate(connection.execute(query).mappings().one())


def forget(connection: Connection, candidate_id: str) -> None:
    """Remove what says who somebody is; the row stays, for what has to be kept about an unnamed person."""
    nobody = {"email": None, "first_name": "", "last_name": "", "external_id": None, "timezone": "UTC", "locale": "en"}
    _change(connection, candidate_id, **nobody, erased_at=func.coalesce(candidates.c.erased_at, func.now()))


def candidate(row: RowMapping) -> Candidate:
    """A row of the table as a value."""
    return Candidate(**{name: row[name] for name in Candidate.__dataclass_fields__})


def _known(connection: Connection, org_id: str, person: Person) -> Candidate | None:
    email = _lower(person.email)
    same = []
    if email:
        same.append(candidates.c.email == email)
    if person.external_id:
        same.append(candidates.c.external_id == person.external_id)
    if not same:
        return None
    rows = connection.execute(select(*COLUMNS).where(candidates.c.org_id == org_id, or_(*same))).mappings().all()
    found = [candidate(row) for row in rows]
    other_id = any(person.external_id and c.external_id not in (None, person.external_id) for c in found)
    if len(found) > 1 or other_id:
        raise Conflict(
            "candidate-conflict",
            _("The address and the external id belong to two different candidates."),
            hint=_("Leave one of them out, or correct it."),
        )
    return found[0] if found else None


def _whose(invitation_id: str) -> ScalarSelect[Any]:
    return select(invitations.c.candidate_id).where(invitations.c.id == invitation_id).scalar_subquery()


def _one(connection: Connection, which: ColumnElement[bool]) -> Candidate | None:
    row = connection.execute(select(*COLUMNS).where(which)).mappings().one_or_none()
    return candidate(row) if row else None


def _change(connection: Connection, candidate_id: str, **values: Any) -> Candidate:
    changed = update(candidates).where(candidates.c.id == candidate_id).values(values).returning(*COLUMNS)
    return candidate(connection.execute(changed).mappings().one())


def _lower(email: str | None) -> str | None:
    return email.strip().lower() if email else None
