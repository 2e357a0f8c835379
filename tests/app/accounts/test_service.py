"""Members prove who they are, and a password cannot be guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from app.accounts import passwords
from app.pages.sign_in import safe_path
from app.rights import Role
from app.store import members
from app.web.auth import COOKIE
from testing.site import NO_TLS, Site, many_at_once
from testing.waiting import SECONDS
from tests.app.support.people import Person, signed_in

GOOD = "correct horse battery"


def browser(site: Site) -> httpx2.Client:
    """A client that keeps cookies, as browsers do."""
    return httpx2.Client(base_url=site.http.base_url, timeout=SECONDS, verify=NO_TLS)


def welcome_path(site: Site, person: Person) -> str:
    """A new welcome link of a member."""
    url = person.ask("POST", f"/api/v1/members/{person.member_id}/welcome").json()["welcome_url"]
    return str(url).removeprefix(site.settings.base_url)


def email_of(site: Site, person: Person) -> str:
    with site.service.engine.connect() as connection:
        found = members.member(connection, person.member_id, person.org_id)
    assert found is not None
    return found.email


def test_a_welcome_link_makes_a_member_who_can_sign_in_and_out(site: Site) -> None:
    """The link works once; the password from then on; signing out ends the session in the database too."""
    person = signed_in(site)
    link = welcome_path(site, person)
    with browser(site) as client:
        assert email_of(site, person) in client.get(link).text
        assert client.post(link, data={"password": GOOD}).status_code == 303
        assert client.get("/api/v1/me").json()["role"] == "admin"
        assert client.get(link).status_code == 404
        session = client.cookies[COOKIE]
        assert client.post("/sign-out").status_code == 303
    with browser(site) as client:
        assert client.get("/api/v1/me", headers={"Cookie": f"{COOKIE}={session}"}).status_code == 401
        answer = client.post("/sign-in", data={"email": email_of(site, person).upper(), "password": GOOD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/work")
        assert client.get("/api/v1/me").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    """HttpOnly and SameSite=Lax; Secure with https (see the next test's settings)."""
    person = signed_in(site)
    with browser(site) as client:
        cookie = client.post(welcome_path(site, person), data={"password": GOOD}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_over_https_the_cookie_is_secure(make_site: Callable[..., Site]) -> None:
    """Whatever the proxy speaks to us, the public address decides."""
    site = make_site(embedded_worker=False, public_url="https://assay.example")
    person = signed_in(site)
    answer = site.http.post(welcome_path(site, person), data={"password": GOOD})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_a_wrong_password_and_an_unknown_address_look_alike(site: Site) -> None:
    """The same words, and the address stays in the form."""
    person = signed_in(site)
    with browser(site) as client:
        client.post(welcome_path(site, person), data={"password": GOOD})
        client.cookies.clear()
        wrong = client.post("/sign-in", data={"email": email_of(site, person), "password": "x" * 20})
        unknown = client.post("/sign-in", data={"email": "nobody@example.org", "password": "x" * 20})
    assert wrong.status_code == unknown.status_code == 401
    assert "do not belong together" in wrong.text
    assert wrong.text.replace(email_of(site, person), "") == unknown.text.replace("nobody@example.org", "")


def test_guessing_is_stopped_even_with_the_right_password(make_site: Callable[..., Site]) -> None:
    """After five wrong tries from one address; another member is not kept out."""
    site = make_site(embedded_worker=False)
    person, other = signed_in(site), signed_in(site)
    with browser(site) as client:
        for one in (person, other):
            client.post(welcome_path(site, one), data={"password": GOOD})
        client.cookies.clear()
        for number in range(5):
            data = {"email": email_of(site, person), "password": f"wrong {number}"}
            assert client.post("/sign-in", data=data).status_code == 401
        mine = {"email": email_of(site, person), "password": GOOD}
        assert client.post("/sign-in", data=mine).status_code == 429
        assert client.post("/sign-in", data={"email": email_of(site, other), "password": GOOD}).status_code == 303


def test_many_guesses_at_once_are_no_more_than_one_after_another(make_site: Callable[..., Site]) -> None:
    """Of 120 wrong passwords sent together at most five are answered; the others have to wait."""
    site = make_site(embedded_worker=False)
    person = signed_in(site)
    with browser(site) as client:
        client.post(welcome_path(site, person), data={"password": GOOD})
    email = email_of(site, person)

    def guess(number: int) -> int:
        return many.post("/sign-in", data={"email": email, "password": f"wrong {number}"}).status_code

    with many_at_once(site) as many, ThreadPoolExecutor(120) as pool:
        answers = Counter(pool.map(guess, range(120)))
    assert set(answers) == {401, 429}
    assert answers[401] <= 5


@pytest.mark.parametrize(
    ("password", "fine"),
    [("short", False), ("a" * 30, False), ("admin-abcd@example.org", False), ("x" * 300, False), (GOOD, True)],
)
def test_only_length_is_asked_of_a_password(password: str, *, fine: bool) -> None:
    """And that it is not one letter or the own address."""
    assert (passwords.objection(password, "admin-abcd@example.org") is None) is fine


def test_a_session_changes_nothing_from_another_site(site: Site) -> None:
    """A browser that another site made send a form is refused, with the cookie and all."""
    person = signed_in(site)
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": ""}):
        headers = {"Cookie": person.headers["Cookie"], **{k: v for k, v in header.items() if v}}
        answer = site.http.post("/api/v1/keys", json={"label": "x", "scopes": ["read"]}, headers=headers)
        assert answer.status_code == 403
    assert person.ask("GET", "/api/v1/keys").json() == []


def test_a_disabled_member_is_signed_out_at_once(site: Site) -> None:
    """And cannot come back by an old welcome link."""
    admin = signed_in(site)
    person = signed_in(site, Role.RECRUITER, admin.org_id)
    link = admin.ask("POST", f"/api/v1/members/{person.member_id}/welcome").json()["welcome_url"]
    assert admin.ask("PATCH", f"/api/v1/members/{person.member_id}", json={"disabled": True}).status_code == 200
    assert person.ask("GET", "/api/v1/me").status_code == 401
    assert site.http.get(link).status_code == 404


def test_the_last_administrator_stays(site: Site) -> None:
    """Neither by role nor by being disabled, until there is another."""
    admin = signed_in(site)
    here = f"/api/v1/members/{admin.member_id}"
    for change in ({"role": "recruiter"}, {"disabled": True}):
        assert admin.ask("PATCH", here, json=change).status_code == 409
    admin.ask("POST", "/api/v1/members", json={"email": "second@example.org", "role": "admin"})
    assert admin.ask("PATCH", here, json={"role": "recruiter"}).json()["role"] == "recruiter"
    assert admin.ask("GET", "/api/v1/members").status_code == 403


def test_a_member_is_added_once(site: Site) -> None:
    """With a link to begin with; the same address a second time is refused, in capitals too."""
    admin = signed_in(site)
    new = {"email": "Rec@Example.org", "name": "Rec", "role": "recruiter"}
    made = admin.ask("POST", "/api/v1/members", json=new)
    assert made.status_code == 201
    assert "/welcome/" in made.json()["welcome_url"]
    assert admin.ask("POST", "/api/v1/members", json=new | {"email": "rec@example.org"}).status_code == 409


def test_a_key_has_the_rights_it_was_given_and_no_more(site: Site) -> None:
    """It is shown once; what it lacks is refused; revoked, it opens nothing."""
    admin = signed_in(site)
    made = admin.ask("POST", "/api/v1/keys", json={"label": "reader", "scopes": ["read"]}).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert site.http.get("/api/v1/me", headers=headers).json()["rights"] == ["read"]
    refused = site.http.post("/api/v1/submissions", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:assay:problem:not-allowed")
    listed = admin.ask("GET", "/api/v1/keys").json()
    assert [key["key"] for key in listed] == [None]
    assert admin.ask("DELETE", f"/api/v1/keys/{made['id']}").status_code == 204
    assert site.http.get("/api/v1/me", headers=headers).status_code == 401


def test_nobody_gives_rights_they_do_not_have(site: Site) -> None:
    """A key that may manage cannot make one that may also decide."""
    admin = signed_in(site)
    key = admin.ask("POST", "/api/v1/keys", json={"label": "m", "scopes": ["manage"]}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    answer = site.http.post("/api/v1/keys", json={"label": "d", "scopes": ["decide"]}, headers=headers)
    assert answer.status_code == 403


def test_policies_change_and_the_log_says_by_whom(site: Site) -> None:
    """In the organisation of whoever changed them, and no other."""
    admin, stranger = signed_in(site), signed_in(site)
    assert admin.ask("PATCH", "/api/v1/organisation", json={"feedback": "band"}).json()["feedback"] == "band"
    assert stranger.ask("GET", "/api/v1/organisation").json()["feedback"] == "findings"
    newest = admin.ask("GET", "/api/v1/audit").json()[0]
    assert newest["action"] == "policy-changed"
    assert newest["actor"] == f"member:{admin.member_id}"
    assert stranger.ask("GET", "/api/v1/audit").json() == []


@pytest.mark.parametrize(
    ("given", "goes"),
    [
        ("/work/x?y=1", "/work/x?y=1"),
        ("//evil.example", "/work"),
        ("/\\evil.example", "/work"),
        ("https://evil.example", "/work"),
        ("/a\nb", "/work"),
        ("", "/work"),
    ],
)
def test_signing_in_leads_nowhere_else(given: str, goes: str) -> None:
    """Only to a path of this service."""
    assert safe_path(given) == goes


def test_a_page_for_members_sends_strangers_to_sign_in(site: Site) -> None:
    """A browser is led to the form and back; a program gets a 401."""
    answer = site.http.get("/api/v1/me", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert 'action="/sign-in"' in site.http.get("/sign-in?to=/work").text
