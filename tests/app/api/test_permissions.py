"""Nobody sees or changes what is not theirs: every route, every role, every object of another organisation.

The routes are read from the running application, so that a new one is tried as soon as it exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.platform.secrets import new_id
from app.rights import ROLES, Right, Role
from app.web.auth import principal
from app.web.reported import reader
from testing.site import Site
from testing.waiting import until
from tests.app.support.people import Person, organisation, signed_in
from tests.app.support.rows import count

#: Routes that ask no principal, and why.
PUBLIC = {
    "/": "the front door",
    "/healthz": "tells nothing but that it lives",
    "/readyz": "tells nothing but that it can serve",
    "/openapi.json": "the description of the interface",
    "/schemas/report/1.json": "the published schema",
    "/sign-in": "the way in",
    "/sign-in/sso": "the way in",
    "/sign-in/sso/back": "the way in",
    "/sign-out": "the way out",
    "/welcome/{token}": "the signed token is the right",
    "/notices/{notice_id}": "a published notice is for everybody",
    "/api/v1/tracking/{kind}/{call}": "a tracking system's own key is the right; tests/app/tracking",
    "/unsubscribe/{token}": "the signed token is the right, to end one's own mails",
    "/hooks/git/{token}": "the signed token, and the signature of the git server; tests/app/submissions",
    "/reminders/{token}": "the signed token is the right, to end reminders of one invitation",
    "/static/report.css": "the same style sheet for everybody",
    "/static/report.js": "the same script for everybody",
}
#: Everything under these is opened by the signed token in its path.
BY_TOKEN = ("/i/{token}", "/s/{token}", "/l/{token}", "/api/v1/i/{token}", "/api/v1/l/{token}")


@dataclass(frozen=True)
class Way:
    """One method of one route, with the right its dependencies ask for."""

    method: str
    path: str
    right: Right | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def ways(site: Site) -> Iterator[Way]:
    for route in sorted(_routes(site.app.routes), key=lambda route: route.path):
        for method in sorted(route.methods - {"HEAD"}):
            yield Way(method, route.path, _right(route))


def _routes(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from _routes(included.routes)


def _calls(dependant: object) -> Iterator[object]:
    for part in dependant.dependencies:  # type: ignore[attr-defined]
        yield part.call
        yield from _calls(part)


def _right(route: APIRoute) -> Right | None:
    """The right in the closure of `need`, wherever among the route's dependencies it stands."""
    for call in _calls(route.dependant):
        if getattr(call, "__qualname__", "") == "need.<locals>.allowed":
            return Right(call.__closure__[0].cell_contents)  # type: ignore[attr-defined]
    return None


def _asks(route: APIRoute) -> bool:
    return not {principal, reader}.isdisjoint(_calls(route.dependant))


def filled(path: str, value: str) -> str:
    """The path with `value` in every place; a run, which is a number, is the first one."""
    return re.sub(r"{[^}]*}", value, path.replace("{run}", "1").replace("{name:report}", "report.json"))


def test_every_route_asks_who_it_is_or_is_public_for_a_reason(site: Site) -> None:
    """A route that forgets to ask is found here."""
    silent = {
        route.path
        for route in _routes(site.app.routes)
        if not _asks(route) and route.path not in PUBLIC and not route.path.startswith(BY_TOKEN)
    }
    assert silent == set()
    assert set(PUBLIC) <= {route.path for route in _routes(site.app.routes)} | {"/openapi.json"}


def test_nobody_comes_in_without_a_key_or_session(site: Site) -> None:
    """401 on every route that asks, whatever the method; no cookie and no key of somebody else's making helps."""
    routes = [route for route in _routes(site.app.routes) if _asks(route)]
    assert len(routes) > 10
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer assay_00000000_" + "x" * 43},
        {"Authorization": "Basic YTpi"},
        {"Cookie": "assay_session=" + "x" * 43, "Sec-Fetch-Site": "same-origin"},
    ]
    for route in routes:
        for method in route.methods:
            for headers in wrong:
                answer = site.http.request(method, filled(route.path, new_id()), headers=headers)
                assert answer.status_code == 401, f"{method} {route.path} with {headers}"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_it_may_and_nothing_else(site: Site, role: Role) -> None:
    """403 where the role lacks the right, and never 403 or 401 where it has it."""
    person = signed_in(site, role)
    for way in ways(site):
        if way.right is None:
            continue
        status = person.ask(way.method, filled(way.path, new_id()), json={}).status_code
        expected = way.right in ROLES[role]
        assert (status not in (401, 403)) is expected, f"{way} as {role}: {status}"


@pytest.mark.parametrize("right", list(Right))
def test_a_key_may_do_what_its_scope_names_and_nothing_else(site: Site, right: Right) -> None:
    """One right a key: the routes that ask for another are closed to it."""
    admin = signed_in(site)
    key = admin.ask("POST", "/api/v1/keys", json={"label": "one", "scopes": [right]}).json()["key"]
    for way in ways(site):
        if way.right not in (None, right):
            headers = {"Authorization": f"Bearer {key}"}
            answer = site.http.request(way.method, filled(way.path, new_id()), headers=headers, json={})
            assert answer.status_code == 403, f"{way} with {right}"
        elif way.right is not None:
            headers = {"Authorization": f"Bearer {key}"}
            answer = site.http.request(way.method, filled(way.path, new_id()), headers=headers, json={})
            assert answer.status_code not in (401, 403), f"{way} with {right}"


#: What gives somebody rights, by a request of a key that may only manage, and whether that key may give those.
GIVING: tuple[tuple[str, str, dict[str, object], bool], ...] = (
    ("POST", "/api/v1/members", {"email": "new@example.org", "role": "admin"}, False),
    ("POST", "/api/v1/members", {"email": "new@example.org", "role": "recruiter"}, False),
    ("POST", "/api/v1/members", {"email": "new@example.org", "role": "interviewer"}, False),
    ("PATCH", "/api/v1/members/{recruiter}", {"role": "admin"}, False),
    ("PATCH", "/api/v1/members/{recruiter}", {"role": "interviewer"}, False),
    ("PATCH", "/api/v1/members/{disabled}", {"disabled": False}, False),
    ("POST", "/api/v1/members/{admin}/welcome", {}, False),
    ("POST", "/api/v1/members/{recruiter}/welcome", {}, False),
    ("POST", "/api/v1/keys", {"label": "k", "scopes": ["read"]}, False),
    ("POST", "/api/v1/keys", {"label": "k", "scopes": list(Right)}, False),
    ("POST", "/api/v1/keys", {"label": "k", "scopes": ["manage"]}, True),
    ("PATCH", "/api/v1/members/{recruiter}", {"name": "Another"}, True),
    ("PATCH", "/api/v1/members/{recruiter}", {"disabled": True}, True),
)


@pytest.mark.parametrize(("method", "path", "body", "fine"), GIVING)
def test_nobody_grants_what_they_do_not_have(
    site: Site, method: str, path: str, body: dict[str, object], *, fine: bool
) -> None:
    """403 for a key that may only manage, the same request fine for an administrator."""
    admin = signed_in(site)
    people = {
        "admin": admin.member_id,
        "recruiter": signed_in(site, Role.RECRUITER, admin.org_id).member_id,
        "disabled": signed_in(site, Role.ADMIN, admin.org_id).member_id,
    }
    assert admin.ask("PATCH", f"/api/v1/members/{people['disabled']}", json={"disabled": True}).is_success
    key = admin.ask("POST", "/api/v1/keys", json={"label": "one", "scopes": ["manage"]}).json()["key"]
    body = {**body, "email": f"{new_id()}@example.org"} if "email" in body else body
    headers = {"Authorization": f"Bearer {key}"}
    status = site.http.request(method, path.format(**people), headers=headers, json=body).status_code
    assert (status != 403) is fine, status
    assert admin.ask(method, path.format(**people), json=body).is_success


@pytest.mark.parametrize("reader", ["recruiter", "interviewer", "candidate"])
def test_a_key_that_may_only_share_shares_nothing(site: Site, reader: str) -> None:
    """It may not read what it would show."""
    admin = signed_in(site)
    key = admin.ask("POST", "/api/v1/keys", json={"label": "one", "scopes": ["share"]}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    answer = site.http.post(f"/api/v1/submissions/{new_id()}/shares", headers=headers, json={"reader": reader})
    assert answer.status_code == 403


def test_a_key_loses_what_its_maker_loses(site: Site) -> None:
    """A key made by that key too; and all of it once the maker is disabled."""
    admin = signed_in(site)
    other = signed_in(site, Role.ADMIN, admin.org_id)
    scopes = ["manage", "read", "read-code"]
    first = other.ask("POST", "/api/v1/keys", json={"label": "first", "scopes": scopes}).json()["key"]
    mine = {"Authorization": f"Bearer {first}"}
    second = site.http.post("/api/v1/keys", headers=mine, json={"label": "second", "scopes": scopes}).json()["key"]

    def rights(key: str) -> list[str]:
        return list(site.http.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).json()["rights"])

    assert rights(first) == rights(second) == sorted(scopes)
    assert admin.ask("PATCH", f"/api/v1/members/{other.member_id}", json={"role": "recruiter"}).is_success
    assert rights(first) == rights(second) == ["read"]
    assert admin.ask("PATCH", f"/api/v1/members/{other.member_id}", json={"disabled": True}).is_success
    assert rights(first) == rights(second) == []


def objects(site: Site) -> tuple[Person, list[str]]:
    """An administrator whose organisation has one of everything, and the ids of it all."""
    from tests.app.support.possessions import everything  # noqa: PLC0415

    owner = signed_in(site, Role.ADMIN, organisation(site, "Owner"))
    return owner, everything(site, owner)


def test_no_object_of_another_organisation_is_found(site: Site) -> None:
    """Every id of one organisation, in every place of every route, as the administrator of another: 404 or the caller's
    own emptiness, and nothing of the owner's in any answer; afterwards the owner has everything still."""
    owner, ids = objects(site)
    thief = signed_in(site)

    def lists() -> dict[str, str]:
        return {way.path: owner.ask("GET", way.path).text for way in ways(site) if _is_list(way)}

    # Mails and other jobs of the making are done; what is tried again later is not waited for.
    due = "procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    until(lambda: count(site.service.engine, due) == 0)
    before = lists()
    assert len(ids) >= 4
    for way in ways(site):
        if "{" not in way.path or way.right is None:
            continue
        for foreign in ids:
            answer = thief.ask(way.method, filled(way.path, foreign), json=BODIES.get(str(way), {}))
            assert answer.status_code in (404, 405, 415, 422, 428, 400), f"{way} of {foreign}: {answer.status_code}"
            assert owner.org_id not in answer.text
    assert before == lists()


def _is_list(way: Way) -> bool:
    return way.method == "GET" and "{" not in way.path and way.path.startswith("/api/v1/") and "audit" not in way.path


#: Bodies that pass validation, so that the refusal is about the object and not about the form.
BODIES: dict[str, object] = {
    "POST /api/v1/submissions/{submission_id}/regrades": {"reason": "because"},
    "POST /api/v1/submissions/{submission_id}/reports/{run}/adopt": {"reason": "because"},
    "PATCH /api/v1/members/{member_id}": {"role": "interviewer"},
    "POST /api/v1/appeals/{appeal_id}/answer": {"resolution": "upheld", "answer": "Yes."},
    "POST /api/v1/human-reviews/{review_id}/answer": {"outcome": "stands", "answer": "Yes."},
    "PUT /api/v1/candidates/{candidate_id}/hold": {"reason": "A claim."},
    "PATCH /api/v1/webhooks/{webhook_id}": {"disabled": True},
    "POST /api/v1/invitations/{invitation_id}/live": {"key": "fit-inside.LEAK001"},
    "POST /api/v1/live/{exercise_id}/point": {"path": "pipeline.py", "line": 1},
    "PUT /api/v1/challenges/{challenge_id}/live-kinds": {"kinds": ["fit-inside"]},
    "POST /api/v1/invitations/{invitation_id}/extend": {"hours": 24, "reason_code": "other"},
}


def _by_token(site: Site) -> Iterator[Way]:
    yield from (way for way in ways(site) if way.path.startswith(BY_TOKEN))


def test_a_wrong_or_ended_link_opens_nothing(site: Site) -> None:
    """404 on every route that a link opens: made up, of another kind, and of a version that was renewed."""
    from tests.app.support import candidates  # noqa: PLC0415

    recruiter = signed_in(site, Role.RECRUITER)
    invited = candidates.graded(recruiter)
    old = invited.link.removeprefix("/i/")
    assert recruiter.ask("POST", f"/api/v1/invitations/{invited.id}/link").is_success
    found = list(_by_token(site))
    assert len(found) > 10
    for way in found:
        for token in ("x", f"{new_id()}-1-{'A' * 32}", old):
            path = filled(way.path.replace("{token}", token), invited.submission)
            status = site.http.request(way.method, path, json={}).status_code
            assert status == 404, f"{way} with {token}: {status}"


def test_a_link_opens_nothing_of_another_invitation(site: Site) -> None:
    """The right link and somebody else's submission: 404 on every route that names one."""
    from tests.app.support import candidates  # noqa: PLC0415

    recruiter = signed_in(site, Role.RECRUITER)
    mine = candidates.graded(recruiter)
    other = candidates.graded(recruiter, email="other@example.org")
    candidates.close(recruiter, other)
    named = [way for way in _by_token(site) if way.path.count("{") > 1 and "/i/{token}" in way.path]
    assert named
    for way in named:
        for name in ("report.json", "report.html", other.submission):
            path = way.path.replace("{token}", mine.link.removeprefix("/i/")).replace("{name}", name)
            status = site.http.request(way.method, filled(path, other.submission), json={}).status_code
            assert status == 404, f"{way}: {status}"
