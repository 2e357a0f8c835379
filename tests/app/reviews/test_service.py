"""Scorecards: nobody is led by another's ratings, and what is locked stays."""

from __future__ import annotations

import pytest

from app.reviews import scorecard
from app.rights import Role
from testing.site import Site
from tests.app.support.candidates import Invited, graded
from tests.app.support.people import Person, signed_in

LEVELS = dict.fromkeys(scorecard.DIMENSIONS, 3)


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


@pytest.fixture
def kim(recruiter: Person) -> Invited:
    return graded(recruiter)


def interviewer(recruiter: Person) -> Person:
    return signed_in(recruiter.site, Role.INTERVIEWER, recruiter.org_id)


def keep(person: Person, invited: Invited, **card: object) -> int:
    return person.ask("PUT", f"/api/v1/invitations/{invited.id}/scorecard", json=card).status_code


def lock(person: Person, invited: Invited) -> int:
    return person.ask("POST", f"/api/v1/invitations/{invited.id}/scorecard/lock").status_code


def panel(person: Person, invited: Invited) -> dict[str, object]:
    found: dict[str, object] = person.ask("GET", f"/api/v1/invitations/{invited.id}/scorecards").json()
    return found


def test_others_ratings_show_once_the_own_are_locked(recruiter: Person, kim: Invited) -> None:
    """Until then only how many there are; a draft shows to nobody but its writer."""
    one, other = interviewer(recruiter), interviewer(recruiter)
    assert keep(one, kim, ratings=LEVELS, notes={"CORE1": "clear"}) == 200
    assert panel(other, kim)["hidden"] == 0
    assert lock(one, kim) == 200
    before = panel(other, kim)
    assert (before["own"], before["others"], before["hidden"], before["combined"]) == (None, [], 1, [])
    assert keep(other, kim, ratings=LEVELS | {"monitoring": 1}) == 200
    assert lock(other, kim) == 200
    after = panel(other, kim)
    assert (len(after["others"]), after["hidden"]) == (1, 0)  # type: ignore[arg-type]
    told = {each["dimension"]: each for each in after["combined"]}  # type: ignore[attr-defined]
    assert (told["monitoring"]["mean"], told["monitoring"]["divergent"]) == (2.0, True)
    assert (told["fairness"]["mean"], told["fairness"]["divergent"]) == (3.0, False)


def test_a_recruiter_rates_nobody_and_sees_what_is_locked(recruiter: Person, kim: Invited) -> None:
    one = interviewer(recruiter)
    keep(one, kim, ratings=LEVELS)
    assert panel(recruiter, kim)["others"] == []
    lock(one, kim)
    assert len(panel(recruiter, kim)["others"]) == 1  # type: ignore[arg-type]
    assert keep(recruiter, kim, ratings=LEVELS) == 403


def test_what_is_locked_stays(recruiter: Person, kim: Invited) -> None:
    """Neither kept nor locked again."""
    one = interviewer(recruiter)
    keep(one, kim, ratings=LEVELS)
    lock(one, kim)
    assert keep(one, kim, ratings=LEVELS | {"fairness": 1}) == 409
    assert lock(one, kim) == 409
    assert panel(one, kim)["own"]["ratings"] == LEVELS  # type: ignore[index]


@pytest.mark.parametrize(
    ("ratings", "kept", "locked"),
    [
        ({}, 200, 409),
        ({"fairness": 3}, 200, 409),
        (LEVELS, 200, 200),
        ({"charm": 4}, 422, 409),
        ({"fairness": 5}, 422, 409),
        ({"fairness": 0}, 422, 409),
    ],
)
def test_a_card_is_locked_whole(
    recruiter: Person, kim: Invited, ratings: dict[str, int], kept: int, locked: int
) -> None:
    """Every dimension has one of the four levels, and there is no other dimension."""
    one = interviewer(recruiter)
    assert keep(one, kim, ratings=ratings) == kept
    assert lock(one, kim) == locked


def test_a_mark_on_a_finding_changes_no_report(recruiter: Person, kim: Invited) -> None:
    """It stands in the list with who made it; only they may take it back, and it stays to be seen."""
    one, other = interviewer(recruiter), interviewer(recruiter)
    report = f"/api/v1/submissions/{kim.submission}/report.json"
    before = recruiter.ask("GET", report).content
    mark = {"run": 1, "code": "LEAK001", "words": "The scaler is fitted inside the pipeline."}
    made = one.ask("POST", f"/api/v1/submissions/{kim.submission}/disputes", json=mark)
    assert made.status_code == 201
    assert other.ask("DELETE", made.headers["location"]).status_code == 404
    assert one.ask("DELETE", made.headers["location"]).status_code == 204
    (listed,) = recruiter.ask("GET", "/api/v1/disputes").json()
    assert (listed["code"], listed["words"]) == (mark["code"], mark["words"])
    assert listed["withdrawn_at"] is not None
    assert recruiter.ask("GET", report).content == before
