"""Where an organisation wants it so, each candidate gets rows of their own, from the invitation to erasure."""

from __future__ import annotations

from typing import Any

import pytest

from app import own_rows
from app.platform.secrets import new_id
from app.store import invitations, submissions
from app.store.rows import Invitation
from testing import fakes
from testing.site import Site
from testing.waiting import until
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in

HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    """An administrator whose organisation wants it for the shipped challenge."""
    admin = signed_in(site)
    policy = admin.ask("PATCH", "/api/v1/organisation", json={"own_rows": ["ml_pipeline"]})
    assert policy.json()["own_rows"] == ["ml_pipeline"]
    return admin


def invitation(admin: Person, invitation_id: str) -> Invitation:
    with admin.site.service.engine.connect() as connection:
        standing = invitations.standing(connection, invitation_id)
    assert standing is not None
    return standing.invitation


def invited(admin: Person, email: str = "") -> dict[str, Any]:
    """A new candidate whose rows are made."""
    made = admin.ask("POST", "/api/v1/invitations", json={"email": email or f"{new_id()}@example.org"}).json()
    until(lambda: not invitation(admin, made["id"]).waits_for_rows)
    found: dict[str, Any] = admin.ask("GET", f"/api/v1/invitations/{made['id']}").json() | {"link": made["link"]}
    return found


def handed_in(admin: Person, text: str = "ok") -> Invited:
    """One whose work is graded."""
    email = f"{new_id()}@example.org"
    invited(admin, email)
    return graded(admin, text, email)


def test_each_candidate_gets_a_lot_that_nobody_can_guess(admin: Person) -> None:
    one, other = invited(admin), invited(admin)
    lots = {invitation(admin, each["id"]).lot for each in (one, other)}
    assert one["own_rows"]
    assert one["rows_made_at"]
    assert len(lots) == 2
    assert {len(lot) for lot in lots} == {20}
    assert lots <= fakes.lots, "the queue has made them"
    actions = [entry["action"] for entry in admin.ask("GET", "/api/v1/audit").json()]
    assert actions.count("invitation.rows-made") >= 2


def test_others_have_the_rows_of_everybody(site: Site) -> None:
    """Another organisation, and one that changes its mind: an invitation keeps what it was made with."""
    admin = signed_in(site)
    assert not admin.ask("POST", "/api/v1/invitations", json={"email": "a@example.org"}).json()["own_rows"]
    unknown = admin.ask("PATCH", "/api/v1/organisation", json={"own_rows": ["nowhere"]})
    assert unknown.status_code == 422
    assert "nowhere" in unknown.text
    page = admin.ask("POST", "/work/settings/policies", data={"name": "Ours", "own_rows": "ml_pipeline"})
    assert page.status_code in (200, 303)
    assert admin.ask("GET", "/api/v1/organisation").json()["own_rows"] == ["ml_pipeline"]
    assert 'value="ml_pipeline" checked' in admin.ask("GET", "/work/settings").text
    assert not admin.ask("POST", "/api/v1/invitations", json={"email": "a@example.org"}).json()["own_rows"]


def test_nothing_is_handed_out_or_taken_before_the_rows_are_made(admin: Person) -> None:
    made = invited(admin)
    link, api = (f"{prefix}/i/{made['link'].rpartition('/i/')[2]}" for prefix in ("", "/api/v1"))
    http = admin.site.http
    assert "each candidate gets other rows" in http.get(link).text
    assert http.get(f"{link}/starter-kit.zip").status_code == 200
    with admin.site.service.engine.begin() as connection:
        invitations.change(connection, made["id"], rows_made_at=None)
    assert "Your data are still being prepared" in http.get(link).text
    assert http.get(f"{link}/starter-kit.zip", headers=HTML).status_code == 409
    assert not http.get(api).json()["rows_ready"]
    refused = http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"ok")})
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "rows-not-made")


def test_work_is_graded_and_regraded_on_the_rows_of_its_candidate(admin: Person) -> None:
    one = handed_in(admin)
    service = admin.site.service
    with service.engine.connect() as connection:
        row = submissions.find(connection, one.submission)
    assert row is not None
    assert own_rows.graded_on(service, row).lot == invitation(admin, one.id).lot != ""
    alone = admin.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")}).json()["id"]
    with service.engine.connect() as connection:
        row = submissions.find(connection, alone)
    assert row is not None
    assert own_rows.graded_on(service, row).lot == ""


def test_candidates_with_rows_of_their_own_are_compared_and_it_is_said_how(admin: Person) -> None:
    ids = [handed_in(admin, f"score {score}").id for score in (60, 61)]
    chosen = [("invitation", each) for each in ids]
    compared = admin.ask("GET", "/api/v1/compare", params=chosen).json()
    assert compared["own_rows"]
    assert compared["pairs"][0]["why_not"] == ""
    assert "Each had rows of their own" in admin.ask("GET", "/work/compare", params=chosen).text
    assert "Rows of their own" in admin.ask("GET", f"/work/c/{ids[0]}").text


def test_an_erased_candidate_leaves_no_rows(admin: Person) -> None:
    made = invited(admin)
    lot = invitation(admin, made["id"]).lot
    assert lot in fakes.lots
    assert admin.ask("DELETE", f"/api/v1/candidates/{made['candidate']['id']}").status_code == 204
    assert lot not in fakes.lots
    assert invitation(admin, made["id"]).lot == ""
    own_rows.make(admin.site.service, made["id"])
    assert lot not in fakes.lots, "a job that comes late makes none"
