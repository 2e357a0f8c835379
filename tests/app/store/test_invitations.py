"""A search finds the same people in the same order, however it goes about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, func

from app.errors import Conflict
from app.opening import opened
from app.rights import Role
from app.store import candidates, invitations, members
from app.store.candidates import Person
from app.store.invitations import Filter, NewInvitation, Sort
from app.store.members import NewMember
from app.store.paging import Paging
from testing.crowd import crowd
from testing.fakes import fake_ports
from testing.site import MakeSettings


@pytest.fixture
def full(make_settings: MakeSettings) -> Iterator[tuple[Engine, str]]:
    """A database with sixty candidates, and their organisation's id."""
    with opened(make_settings(), fake_ports) as service:
        with service.engine.begin() as connection:
            org_id = members.add_organisation(connection, "Full")
            member_id = members.add_member(connection, org_id, NewMember("r@example.org", "R", Role.RECRUITER))
        crowd(service.engine, org_id, member_id, 60)
        yield service.engine, org_id


def test_a_search_among_the_next_of_the_list_is_the_whole_search(
    full: tuple[Engine, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page in every order: those whom many of the next twenty are, few, one, and nobody."""
    monkeypatch.setattr(invitations, "NEAR", 20)
    engine, org_id = full
    for words in ("okafor", "bea okafor", "person7.", "berlin", "zzyzx"):
        for sort in Sort:
            only = Filter(words=words)
            with engine.connect() as connection:
                everybody = invitations.ordered(invitations.listed(org_id, only), sort, Paging(100))
                wanted = [row.invitation.id for row in invitations.read(connection, everybody)]
                read = list(pages(connection, org_id, only, sort))
            assert read == wanted, (words, sort)
            assert bool(wanted) == (words != "zzyzx")


def pages(connection: Connection, org_id: str, only: Filter, sort: Sort) -> Iterator[str]:
    """The ids on pages of three, one page after another."""
    page: Paging | None = Paging(3)
    while page is not None:
        found = invitations.page(connection, org_id, only, sort, page)
        rows, last = page.cut(found, lambda row: invitations.cursor(sort, row))
        yield from (row.invitation.id for row in rows)
        page = Paging(3, last) if last else None


def test_pages_of_the_newest_neither_skip_nor_repeat_while_rows_change(full: tuple[Engine, str]) -> None:
    """Each read row is touched, withdrawn or graded before the next page, and somebody new comes."""
    engine, org_id = full
    with engine.connect() as connection:
        wanted = list(pages(connection, org_id, Filter(), Sort.NEWEST))
    met: list[str] = []
    page: Paging | None = Paging(7)
    while page is not None:
        with engine.begin() as connection:
            found = invitations.page(connection, org_id, Filter(), Sort.NEWEST, page)
            rows, last = page.cut(found, lambda row: invitations.cursor(Sort.NEWEST, row))
            met += [row.invitation.id for row in rows]
            page = Paging(7, last) if last else None
            invitations.change_all(connection, met, revoked_at=func.now(), deadline=func.now())
            person = Person(f"new{len(met)}@example.org")
            invitations.add(connection, org_id, NewInvitation("ml_pipeline", 3), person)
    assert met == wanted


def test_many_are_invited_as_one_after_another_would_be(full: tuple[Engine, str]) -> None:
    """Somebody new, somebody known twice, by address and by external id, and one who would be two people."""
    engine, org_id = full
    wanted = NewInvitation("ml_pipeline", 3)
    persons = (
        Person("new@example.org", external_id="N"),
        Person("Known@example.org"),
        Person("other@example.org", external_id="K"),
        Person("known@example.org", external_id="L"),
    )
    with engine.begin() as connection:
        candidates.find_or_add(connection, org_id, [Person("known@example.org", external_id="K")])
        new, first, again, two = invitations.add_all(connection, org_id, [(wanted, person) for person in persons])
        assert isinstance(two, Conflict)
        assert not isinstance(first, Conflict)
        assert again == (first[0], False)
        assert (first[1], not isinstance(new, Conflict) and new[1]) == (True, True)
        assert invitations.add(connection, org_id, wanted, persons[0]) == (
            new[0] if isinstance(new, tuple) else "",
            False,
        )
