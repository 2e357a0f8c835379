"""Appeals: a candidate objects to a finding, a person answers, and both can be looked up for ever."""

from __future__ import annotations

import httpx2
import pytest
from sqlalchemy import text

from app.rights import Role
from testing.site import Site
from tests.app.support import candidates
from tests.app.support.candidates import Invited
from tests.app.support.people import Person, organisation, signed_in
from tests.app.support.rows import count

WORDS = "The column is known before the date.\nSee the brief."


@pytest.fixture(scope="module")
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


def closed(recruiter: Person, email: str) -> Invited:
    invited = candidates.graded(recruiter, email=email)
    candidates.close(recruiter, invited)
    return invited


def objection(site: Site, invited: Invited, **changes: str) -> httpx2.Response:
    body = {"submission_id": invited.submission, "code": "LEAK001", "words": WORDS} | changes
    return site.http.post(f"{invited.api}/appeals", json=body)


def test_an_appeal_is_raised_answered_and_seen_by_both(site: Site, recruiter: Person) -> None:
    """The candidate sees the answer, the organisation who gave it; the audit log and the list of open ones tell it."""
    invited = closed(recruiter, "appeal@example.org")
    raised = objection(site, invited)
    assert (raised.status_code, raised.json()["words"], raised.json()["resolution"]) == (201, WORDS, None)
    here = f"/api/v1/appeals/{raised.json()['id']}"
    still_open = recruiter.ask("GET", "/api/v1/appeals?open=true").json()["items"]
    assert [one["id"] for one in still_open] == [raised.json()["id"]]
    answered = recruiter.ask("POST", f"{here}/answer", json={"resolution": "upheld", "answer": "You are right."})
    assert answered.json()["resolved_by"] == recruiter.member_id
    assert recruiter.ask("GET", here).json() == answered.json()
    assert recruiter.ask("GET", "/api/v1/appeals?open=true").json()["items"] == []
    (mine,) = site.http.get(f"{invited.api}/appeals").json()
    assert (mine["resolution"], mine["answer"]) == ("upheld", "You are right.")
    assert "resolved_by" not in mine
    assert told(site, invited) == ["invitation.created", "invitation.started", "appeal.opened", "appeal.resolved"]


def told(site: Site, invited: Invited) -> list[str]:
    query = text("SELECT action FROM audit_log WHERE subject = :subject AND action <> 'invitation.opened' ORDER BY seq")
    with site.service.engine.connect() as connection:
        return list(connection.scalars(query, {"subject": f"invitation:{invited.id}"}))


def test_an_answer_is_given_once(site: Site, recruiter: Person) -> None:
    """The second one changes nothing and says so."""
    invited = closed(recruiter, "twice@example.org")
    here = f"/api/v1/appeals/{objection(site, invited).json()['id']}"
    recruiter.ask("POST", f"{here}/answer", json={"resolution": "rejected", "answer": "No."})
    again = recruiter.ask("POST", f"{here}/answer", json={"resolution": "upheld", "answer": "Yes."})
    assert (again.status_code, again.json()["type"]) == (409, "urn:assay:problem:answered-already")
    assert recruiter.ask("GET", here).json()["answer"] == "No."


def test_a_finding_is_appealed_against_once(site: Site, recruiter: Person) -> None:
    """A repetition is refused; the first one stays."""
    invited = closed(recruiter, "again@example.org")
    assert objection(site, invited).status_code == 201
    again = objection(site, invited)
    assert (again.status_code, again.json()["type"]) == (409, "urn:assay:problem:appealed-already")
    assert len(site.http.get(f"{invited.api}/appeals").json()) == 1


def test_only_what_was_shown_can_be_appealed_against(site: Site, recruiter: Person) -> None:
    """Neither before the close, nor a finding that is not there, nor somebody else's submission: 404, nothing kept."""
    early = candidates.graded(recruiter, email="early@example.org")
    late = closed(recruiter, "late@example.org")
    before = count(site.service.engine, "appeals")
    assert objection(site, early).status_code == 404
    assert objection(site, late, code="LEAK999").status_code == 404
    assert objection(site, late, submission_id=early.submission).status_code == 404
    assert count(site.service.engine, "appeals") == before


@pytest.mark.parametrize("feedback", ["nothing", "band"])
def test_a_policy_without_findings_leaves_nothing_to_appeal_against(site: Site, feedback: str) -> None:
    """The code of a finding cannot be guessed by appealing."""
    admin = signed_in(site)
    admin.ask("PATCH", "/api/v1/organisation", json={"feedback": feedback})
    invited = closed(admin, "policy@example.org")
    assert objection(site, invited).status_code == 404


def test_why_code_could_not_run_is_open_to_appeal_at_once(site: Site, recruiter: Person) -> None:
    """What is always said may always be contradicted."""
    invited = candidates.graded(recruiter, "crash", "crash@example.org")
    assert objection(site, invited, code="TRAIN_CRASHED").status_code == 201
    assert objection(site, invited, code="LEAK001").status_code == 404  # it was found, and is not shown yet


@pytest.mark.parametrize("words", ["", "   ", "x\x00y", "x" * 5001])
def test_words_that_are_none_are_refused(site: Site, words: str) -> None:
    """Empty, too long, or nothing that can be kept."""
    invited = Invited("", site.invitation, "a" * 20)
    assert objection(site, invited, words=words).status_code == 422


def test_interviewers_do_not_answer(site: Site) -> None:
    """It is for whoever decides."""
    org_id = organisation(site)
    invited = closed(signed_in(site, Role.RECRUITER, org_id), "who@example.org")
    raised = objection(site, invited).json()["id"]
    interviewer = signed_in(site, Role.INTERVIEWER, org_id)
    body = {"resolution": "upheld", "answer": "Yes."}
    assert interviewer.ask("POST", f"/api/v1/appeals/{raised}/answer", json=body).status_code == 403
