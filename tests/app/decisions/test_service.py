"""People decide: with a reason, over what they have read, and nothing is lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.candidates import spreadsheet
from app.rights import Role
from testing.site import Site
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


@pytest.fixture
def kim(recruiter: Person) -> Invited:
    return graded(recruiter)


def decide(
    person: Person, invited: Invited, outcome: str, over: str | None = None, rationale: str = "They explain it."
) -> tuple[int, str]:
    """(status, ETag) of an attempt to decide."""
    headers = dict(person.headers) | ({"If-Match": over} if over else {})
    body = {"outcome": outcome, "rationale": rationale}
    where = f"/api/v1/invitations/{invited.id}/decision"
    answer = person.site.http.post(where, json=body, headers=headers)
    return answer.status_code, answer.headers.get("etag", "")


def test_a_decision_is_made_over_the_one_that_was_read(recruiter: Person, kim: Invited) -> None:
    """428 without saying which, 412 over an old one; all are kept."""
    assert recruiter.ask("GET", f"/api/v1/invitations/{kim.id}/decision").status_code == 404
    status, first = decide(recruiter, kim, "hold")
    assert status == 201
    assert decide(recruiter, kim, "advance")[0] == 428
    status, second = decide(recruiter, kim, "advance", over=first)
    assert (status, first != second) == (201, True)
    assert decide(recruiter, kim, "reject", over=first)[0] == 412
    found = recruiter.ask("GET", f"/api/v1/invitations/{kim.id}/decision")
    assert found.headers["etag"] == second
    assert (found.json()["outcome"], [one["outcome"] for one in found.json()["earlier"]]) == ("advance", ["hold"])
    assert recruiter.ask("GET", f"/api/v1/invitations/{kim.id}").json()["status"] == "decided"


@pytest.mark.parametrize(("outcome", "rationale"), [("maybe", "why"), ("reject", ""), ("reject", "  ")])
def test_a_decision_has_a_known_outcome_and_a_reason(
    recruiter: Person, kim: Invited, outcome: str, rationale: str
) -> None:
    assert decide(recruiter, kim, outcome, rationale=rationale)[0] == 422


def test_a_program_decides_nothing(site: Site, kim: Invited, recruiter: Person) -> None:
    """A key with every right is no person."""
    admin = signed_in(site, Role.ADMIN, recruiter.org_id)
    key = admin.ask("POST", "/api/v1/keys", json={"label": "all", "scopes": ["read", "decide"]}).json()["key"]
    body = {"outcome": "reject", "rationale": "score"}
    where = f"/api/v1/invitations/{kim.id}/decision"
    answer = site.http.post(where, json=body, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, "person" in answer.json()["detail"]) == (403, True)


def test_an_export_says_where_everybody_stands(recruiter: Person) -> None:
    """The same rows as JSON and CSV, the newest first, and only this organisation's."""
    graded(signed_in(recruiter.site, Role.RECRUITER), email="elsewhere@example.org")
    kim = graded(recruiter, "score 81", first_name="=HYPERLINK(1)", last_name="O'Neil", tags=["a", "b"])
    decide(recruiter, kim, "advance", rationale="-1 + 2")
    (row,) = recruiter.ask("GET", "/api/v1/exports/candidates.json").json()
    assert (row["invitation"], row["score"], row["band"], row["decision"]) == (kim.id, 81.0, "4", "advance")
    text = recruiter.ask("GET", "/api/v1/exports/candidates.csv").text
    (cells,) = csv.DictReader(io.StringIO(text))
    assert (cells["first_name"], cells["rationale"], cells["last_name"]) == ("'=HYPERLINK(1)", "'-1 + 2", "O'Neil")
    assert (cells["score"], cells["tags"]) == ("81.0", "a b")


@given(st.text())
def test_no_text_is_a_formula(value: str) -> None:
    """However it begins, what a spreadsheet sees begins with something else."""
    assert not str(spreadsheet.safe(value)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_two_candidates_side_by_side_are_told_apart_or_not(recruiter: Person) -> None:
    """By the interval of their difference; nobody is ranked."""
    near, same, far = (graded(recruiter, f"score {score}", email=f"c{score}@example.org").id for score in (70, 72, 90))
    asked = "&".join(f"invitation={one}" for one in (far, near, same))
    found = recruiter.ask("GET", f"/api/v1/compare?{asked}").json()
    assert [one["invitation"] for one in found["candidates"]] == [far, near, same]
    told = {frozenset(pair["invitations"]): pair["distinguishable"] for pair in found["pairs"]}
    assert told == {frozenset({far, near}): True, frozenset({far, same}): True, frozenset({near, same}): False}


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_are_compared(recruiter: Person, count: int) -> None:
    asked = "&".join(f"invitation={'a' * 19}{i}" for i in range(count))
    assert recruiter.ask("GET", f"/api/v1/compare?{asked}").status_code == 422
