"""The people who are invited: one row for each in an organisation, whatever they are invited to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    Text,
    any_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict
from app.platform import secrets
from app.store.rows import Candidate
from app.store.tables import candidates, invitations
from app.words import _

COLUMNS = [candidates.c[name] for name in Candidate._fields]


@dataclass(frozen=True)
class Person:
    """What whoever invites says of a candidate; any string that is there is one line."""

    email: str | None = None
    first_name: str = ""
    last_name: str = ""
    external_id: str | None = None
    timezone: str = "UTC"
    locale: str = "en"


def find_or_add(connection: Connection, org_id: str, persons: Sequence[Person]) -> list[Candidate | Conflict]:
    """For each the candidate of this external id, or else of this address; a new one where there is none.

    No two of `persons` share an address or an external id.  What is known already stays as it is, but for an external
    id that was missing.  A Conflict stands for whoever's address and external id point to different people.
    """
    known = _known(connection, org_id, persons)
    new = {place: secrets.new_id() for place, whose in enumerate(known) if whose is None}
    if new:
        rows = [
            vars(persons[place]) | {"id": new_id, "org_id": org_id, "email": _lower(persons[place].email)}
            for place, new_id in new.items()
        ]
        connection.execute(upsert(candidates).on_conflict_do_nothing(), rows)
        made = select(*COLUMNS).where(candidates.c.id == any_(literal(list(new.values()), ARRAY(Text))))
        by_id = {row["id"]: candidate(row) for row in connection.execute(made).mappings()}
        for place, new_id in new.items():
            # Of two requests that add somebody at once, one has.
            known[place] = by_id.get(new_id) or _known(connection, org_id, [persons[place]])[0]
    return [
        _change(connection, whose.id, external_id=person.external_id)
        if isinstance(whose, Candidate) and person.external_id and whose.external_id is None
        else whose
        for person, whose in zip(persons, known, strict=True)
        if whose is not None
    ]


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


def correct(connection: Connection, now: Candidate, values: Mapping[str, str]) -> Candidate:
    """Change what is known of a candidate.  Raises Conflict for an address that another one has."""
    if "email" in values:
        values = {**values, "email": values["email"].strip().lower()}
    if not values:
        return now
    try:
        with connection.begin_nested():
            return _change(connection, now.id, **values)
    except IntegrityError:
        raise Conflict("candidate-conflict", _("Another candidate has this address already.")) from None


def forget(connection: Connection, candidate_id: str) -> None:
    """Remove what says who somebody is; the row stays, for what has to be kept about an unnamed person."""
    nobody = {"email": None, "first_name": "", "last_name": "", "external_id": None, "timezone": "UTC", "locale": "en"}
    _change(connection, candidate_id, **nobody, erased_at=func.coalesce(candidates.c.erased_at, func.now()))


def candidate(row: RowMapping) -> Candidate:
    """A row of the table as a value."""
    return Candidate(**{name: row[name] for name in Candidate._fields})


def _known(connection: Connection, org_id: str, persons: Sequence[Person]) -> list[Candidate | Conflict | None]:
    """Who each of them is, so far as the organisation knows somebody of this address or external id."""
    said = {
        candidates.c.email: [email for person in persons if (email := _lower(person.email))],
        candidates.c.external_id: [person.external_id for person in persons if person.external_id],
    }
    same = [column == any_(literal(values, ARRAY(Text))) for column, values in said.items() if values]
    if not same:
        return [None for _person in persons]
    query = select(*COLUMNS).where(candidates.c.org_id == org_id, or_(*same))
    rows = [candidate(row) for row in connection.execute(query).mappings()]
    by_email, by_external_id = {row.email: row for row in rows}, {row.external_id: row for row in rows}
    return [
        _same(person, by_email.get(_lower(person.email) or ""), by_external_id.get(person.external_id or ""))
        for person in persons
    ]


def _same(person: Person, of_email: Candidate | None, of_external_id: Candidate | None) -> Candidate | Conflict | None:
    """Who a person is, of the candidate with the address and the one with the external id."""
    other_id = of_email and person.external_id and of_email.external_id not in (None, person.external_id)
    if other_id or (of_email and of_external_id and of_email.id != of_external_id.id):
        return Conflict(
            "candidate-conflict",
            _("The address and the external id belong to two different candidates."),
            hint=_("Leave one of them out, or correct it."),
        )
    return of_email or of_external_id


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
