"""Share links: one report, one kind of reader, until they end; and who opened them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.rights import Role
from testing.site import Site, many_at_once
from tests.app.support.candidates import Invited, graded
from tests.app.support.links import forged
from tests.app.support.people import Person, signed_in

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def admin(site: Site) -> Person:
    return signed_in(site)


@pytest.fixture
def kim(admin: Person) -> Invited:
    return graded(admin)


def share(person: Person, invited: Invited, **changes: object) -> dict[str, str]:
    body = {"reader": "recruiter"} | changes
    made = person.ask("POST", f"/api/v1/submissions/{invited.submission}/shares", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, str] = made.json()
    return found | {"path": "/s/" + found["url"].rpartition("/s/")[2]}


def test_a_link_shows_the_report_to_its_reader(admin: Person, kim: Invited) -> None:
    """Without an account; a recruiter's link shows neither code nor questions; each opening is written down."""
    http = admin.site.http
    plain, whole = share(admin, kim), share(admin, kim, reader="interviewer")
    shown = http.get(plain["path"])
    assert shown.status_code == 200
    assert "Interview plan" not in shown.text
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "Interview plan" in http.get(whole["path"]).text
    log = admin.ask("GET", f"/api/v1/shares/{plain['id']}").json()
    assert (log["views"], len(log["log"]), log["log"][0]["address"]) == (1, 1, "127.0.0.1")


def test_nobody_shares_what_they_may_not_read(admin: Person, kim: Invited) -> None:
    """A recruiter has no interviewer's report to give away."""
    recruiter = signed_in(admin.site, Role.RECRUITER, admin.org_id)
    where = f"/api/v1/submissions/{kim.submission}/shares"
    assert recruiter.ask("POST", where, json={"reader": "interviewer"}).status_code == 403


@pytest.mark.parametrize("how", ["revoked", "expired", "forged"])
def test_a_link_that_has_ended_is_nothing(admin: Person, kim: Invited, how: str) -> None:
    """404, as for one that never was."""
    link = share(admin, kim)
    path = link["path"]
    if how == "revoked":
        assert admin.ask("DELETE", f"/api/v1/shares/{link['id']}").status_code == 204
    elif how == "expired":
        with admin.site.service.engine.begin() as connection:
            connection.execute(text("UPDATE share_links SET expires_at = now()"))
    else:
        path = forged(path)
    assert admin.site.http.get(path).status_code == 404


def test_a_passcode_is_asked_and_guessing_is_stopped(admin: Person, kim: Invited) -> None:
    """The form says nothing of the report; the right passcode opens it, until too many were wrong."""
    path = share(admin, kim, passcode="four words in it")["path"]
    http = admin.site.http
    asked = http.get(path)
    assert (asked.status_code, "graded" in asked.text) == (200, False)
    assert http.post(path, data={"passcode": "four words in it"}, headers=OURS).status_code == 200
    wrong = [http.post(path, data={"passcode": str(i)}, headers=OURS).status_code for i in range(7)]
    assert wrong[0] == 403
    assert wrong[-1] == 429
    assert http.post(path, data={"passcode": "four words in it"}, headers=OURS).status_code == 429


def test_a_passcode_is_not_found_among_many_at_once(admin: Person, kim: Invited) -> None:
    """Of 120 guesses sent together at most five are looked at, the right one among them or not."""
    path = share(admin, kim, passcode="four words in it")["path"]

    def guess(number: int) -> int:
        passcode = "four words in it" if number == 60 else str(number)
        return many.post(path, data={"passcode": passcode}, headers=OURS).status_code

    with many_at_once(admin.site) as many, ThreadPoolExecutor(120) as pool:
        answers = Counter(pool.map(guess, range(120)))
    assert answers[403] + answers[200] <= 10  # the right one, if looked at, forgives what was mistyped before
    assert answers[429] >= 110


@pytest.mark.parametrize(
    ("passcode", "fine"),
    [
        ("1234", False),
        ("password", False),
        ("123456789012345678", False),
        ("aaaaaaaaaaaaaaaaaaaaa", False),
        ("837465", False),
        ("abcdefghijklmnop", False),
        ("xkqmwzbr", False),
        ("k7wm-x3pz-9hqa", True),
        ("four words in it", True),
        ("8261940375184", True),
    ],
)
def test_a_passcode_has_at_least_forty_bits(admin: Person, kim: Invited, passcode: str, *, fine: bool) -> None:
    """What repeats or counts on adds nothing; what is refused is not shared."""
    body = {"reader": "recruiter", "passcode": passcode}
    status = admin.ask("POST", f"/api/v1/submissions/{kim.submission}/shares", json=body).status_code
    assert status == (201 if fine else 422)


def test_blind_mode_holds_for_what_is_shared(admin: Person) -> None:
    """The name the recruiter knows is in no shared page once names are hidden."""
    kim = graded(admin, email="kimberly.zzz@example.org", first_name="Kimberly", last_name="Zzz")
    link = share(admin, kim, reader="interviewer")
    admin.ask("PATCH", "/api/v1/organisation", json={"blind": True})
    shown = admin.site.http.get(link["path"])
    assert shown.status_code == 200
    assert "Kimberly" not in shown.text
