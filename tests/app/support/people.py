"""Members who are signed in, in an organisation of their own."""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from app.rights import Role
from app.store import members
from app.store.members import NewMember
from app.web.auth import COOKIE
from testing.site import Site


@dataclass(frozen=True)
class Person:
    """A member with a session; requests go out as from one of our pages."""

    site: Site
    org_id: str
    member_id: str
    headers: Mapping[str, str]

    def ask(self, method: str, path: str, **more: object) -> httpx2.Response:
        # A client of its own: one that keeps cookies would sign everybody in.
        return self.site.http.request(method, path, headers={**self.headers}, **more)  # type: ignore[arg-type]


def organisation(site: Site, name: str = "Another") -> str:
    with site.service.engine.begin() as connection:
        return members.add_organisation(connection, name)


def signed_in(site: Site, role: Role = Role.ADMIN, org_id: str = "") -> Person:
    """A new member of this role, in a new organisation unless one is named."""
    org_id = org_id or organisation(site)
    with site.service.engine.begin() as connection:
        email = f"{role}-{random.token_hex(8)}@example.org"
        member_id = members.add_member(connection, org_id, NewMember(email, str(role).title(), role))
        session = members.open_session(connection, member_id)
    return Person(site, org_id, member_id, {"Cookie": f"{COOKIE}={session}", "Sec-Fetch-Site": "same-origin"})
