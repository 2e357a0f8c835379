"""Attempts: checks without end, graded ones counted, one of them chosen, and nothing told before the close."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection

from app.rights import Role
from app.store import invitations
from app.store.blobs import upload_key
from testing.site import Site
from tests.app.support.people import Person, signed_in
from tests.app.support.rows import new_link


class Candidate:
    """Somebody with a link, who uses the API."""

    def __init__(self, site: Site, link: str) -> None:
        self.site, self.api = site, f"/api/v1{link}"

    @property
    def invitation_id(self) -> str:
        return self.api.rpartition("/")[2].split("-")[0]

    def ask(self, method: str, path: str = "", **more: Any) -> httpx2.Response:
        return self.site.http.request(method, self.api + path, **more)

    def see(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET").json()
        return found

    def send(self, text: str = "ok", to: str = "/submissions", name: str = "pipeline.py") -> httpx2.Response:
        return self.ask("POST", to, files={"file": (name, text.encode())})

    def sent(self, text: str = "ok", to: str = "/submissions") -> dict[str, Any]:
        """Hand in, and wait for the end."""
        return self.site.wait(self.send(text, to).headers["location"])


@pytest.fixture
def candidate(site: Site) -> Candidate:
    return invited(site)


def invited(site: Site, **terms: Any) -> Candidate:
    later = datetime.now(UTC) + timedelta(days=2)
    return Candidate(site, new_link(site.service, **({"attempts": 3, "deadline": later} | terms)))


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:assay:problem:")


def test_only_what_was_graded_spends_an_attempt(candidate: Candidate) -> None:
    """Neither checks, nor refusals, nor our own faults; a crash of the candidate's own does."""
    candidate.sent("check", "/checks")
    assert candidate.send("refuse me").status_code == 422
    assert candidate.sent("sandbox down")["state"] == "failed"
    assert candidate.see()["attempts_left"] == 3
    assert candidate.sent("crash")["state"] == "ungraded"
    assert candidate.see()["attempts_left"] == 2
    candidate.sent()
    candidate.sent()
    assert problem(candidate.send()) == (409, "no-attempts-left")
    assert candidate.see()["attempts_left"] == 0


def test_checks_have_no_end_and_say_what_happened(candidate: Candidate) -> None:
    """More of them than there are attempts; of the upload nothing is kept, the verdict is."""
    for text in ("one", "two", "three", "four", "crash"):
        found = candidate.sent(text, "/checks")
        assert found["state"] == ("ungraded" if text == "crash" else "graded")
        assert found["lines"] == ["train     ok, 0.1 s", f"of {len(text)} bytes"]
    seen = candidate.see()
    assert [one["kind"] for one in seen["submissions"]] == ["check"] * 5
    assert (seen["status"], seen["attempts_left"], seen["final_submission"]) == ("started", 3, None)
    with pytest.raises(FileNotFoundError):
        candidate.site.service.blobs.get(upload_key(found["id"]))


def test_one_check_at_a_time(candidate: Candidate, tmp_path: Path) -> None:
    """Checks go before gradings, so nobody may stop the queue with them."""
    first = candidate.send(f"until {tmp_path}/refused", "/checks")
    assert problem(candidate.send("ok", "/checks")) == (409, "check-goes")
    (tmp_path / "refused").touch()
    candidate.site.wait(first.headers["location"])
    assert candidate.send("ok", "/checks").status_code == 202


def test_a_check_that_fails_on_our_side_says_so(candidate: Candidate) -> None:
    """It is tried again, then given up with a reason; another one can follow."""
    found = candidate.sent("sandbox down", "/checks")
    assert (found["state"], found["lines"]) == ("failed", None)
    assert "our side" in found["problem"]
    assert candidate.sent("ok", "/checks")["state"] == "graded"


def test_a_check_without_a_job_is_closed(candidate: Candidate) -> None:
    """Nothing stays waiting for ever."""
    with candidate.site.service.engine.begin() as connection:
        where = f"{candidate.api}/submissions/{_lost_check(candidate, connection)}"
    assert candidate.site.wait(where)["state"] == "failed"


def _lost_check(candidate: Candidate, connection: Connection) -> str:
    submission_id = "f" * 20
    connection.exec_driver_sql(
        "INSERT INTO submissions (id, org_id, invitation_id, kind, challenge, name, sha256, size)"
        " SELECT %s, org_id, id, 'check', challenge, 'x.py', '', 0 FROM invitations WHERE id = %s",
        (submission_id, candidate.invitation_id),
    )
    return submission_id


def test_recruiters_do_not_see_checks(site: Site) -> None:
    """They are the candidate's own practice."""
    recruiter = signed_in(site, Role.RECRUITER)
    one = made_by(recruiter)
    check, graded = one.sent("ok", "/checks"), one.sent()
    assert recruiter.ask("GET", f"/api/v1/submissions/{check['id']}").status_code == 404
    assert recruiter.ask("GET", f"/api/v1/submissions/{graded['id']}").status_code == 200


def made_by(member: Person, **terms: Any) -> Candidate:
    due = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    made = member.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org", "due_at": due} | terms).json()
    return Candidate(member.site, "/i/" + made["link"].rpartition("/i/")[2])


def test_the_last_valid_one_counts_unless_another_is_chosen(candidate: Candidate) -> None:
    """A later crash does not displace a score; a choice does, and can be taken back."""
    first, second = candidate.sent("score 50"), candidate.sent("score 60")
    candidate.sent("crash")
    assert candidate.see()["final_submission"] == second["id"]
    chosen = candidate.ask("PUT", "/final", json={"submission_id": first["id"]}).json()
    assert chosen["final_submission"] == first["id"]
    assert [one["id"] for one in chosen["submissions"] if one["counts"]] == [first["id"]]
    assert candidate.ask("PUT", "/final", json={"submission_id": None}).json()["final_submission"] == second["id"]


def test_a_chosen_one_that_we_fail_does_not_count(candidate: Candidate, tmp_path: Path) -> None:
    """Chosen while it waits; when it fails on our side, the last valid one counts."""
    good = candidate.sent()
    chosen = candidate.send(f"until {tmp_path}/chosen sandbox down")
    assert candidate.ask("PUT", "/final", json={"submission_id": chosen.json()["id"]}).is_success
    (tmp_path / "chosen").touch()
    assert candidate.site.wait(chosen.headers["location"])["state"] == "failed"
    assert candidate.see()["final_submission"] == good["id"]


def test_what_cannot_count_cannot_be_chosen(site: Site, candidate: Candidate) -> None:
    """A check, our own failure, somebody else's, and nothing at all."""
    check, failed = candidate.sent("ok", "/checks"), candidate.sent("sandbox down")
    other = invited(site).sent()
    tried = {}
    for name, one in {"check": check["id"], "failed": failed["id"], "other": other["id"], "none": "x"}.items():
        tried[name] = problem(candidate.ask("PUT", "/final", json={"submission_id": one}))
    assert tried == {
        "check": (404, "not-found"),
        "failed": (409, "not-graded"),
        "other": (404, "not-found"),
        "none": (404, "not-found"),
    }


def test_being_done_closes_and_opens_the_feedback(candidate: Candidate) -> None:
    """Before it nothing that was judged is told; after it no attempt, no choice, no extension, no check."""
    first = candidate.sent("score 50")
    feedback = f"/submissions/{first['id']}/report"
    assert candidate.ask("GET", feedback).status_code == 404
    assert candidate.ask("POST", "/close").json()["closed"] is True
    assert candidate.ask("POST", "/close").status_code == 200
    assert candidate.ask("GET", feedback).json()["reader"] == "candidate"
    assert problem(candidate.send())[0] == 409
    assert problem(candidate.send("ok", "/checks"))[0] == 409
    assert problem(candidate.ask("PUT", "/final", json={"submission_id": first["id"]})) == (409, "closed")
    assert problem(candidate.ask("POST", "/extend")) == (409, "closed")


def test_no_number_of_a_score_is_told_before_the_close(candidate: Candidate) -> None:
    """Not in any answer that a candidate can get."""
    first = candidate.sent("score 73.25")
    for path in ("", f"/submissions/{first['id']}", f"/submissions/{first['id']}/report", "/appeals"):
        assert "73.2" not in candidate.ask("GET", path).text
    candidate.ask("POST", "/close")
    after = candidate.ask("GET", f"/submissions/{first['id']}/report").json()
    assert after["overall"]["score"] is None
    assert "73.2" not in json.dumps(after)


@pytest.mark.parametrize(("feedback", "seen"), [("nothing", None), ("band", {"band": 3}), ("findings", "findings")])
def test_after_the_close_the_policy_says_how_much(site: Site, feedback: str, seen: object) -> None:
    """Nothing, the band alone, or band and findings."""
    admin = signed_in(site)
    admin.ask("PATCH", "/api/v1/organisation", json={"feedback": feedback})
    one = made_by(admin)
    submission = one.sent()
    one.ask("POST", "/close")
    answer = one.ask("GET", f"/submissions/{submission['id']}/report")
    if seen is None:
        assert answer.status_code == 404
    else:
        assert (answer.json() == seen) or (seen == "findings" and answer.json()["findings"])


def test_why_code_could_not_run_is_told_at_once(candidate: Candidate) -> None:
    """Otherwise nobody could mend it."""
    crashed = candidate.sent("crash")
    report = candidate.ask("GET", f"/submissions/{crashed['id']}/report").json()
    assert report["problem"]["code"] == "TRAIN_CRASHED"
    assert report["problem"]["where"]["line"] == 14


def test_code_that_stops_on_purpose_is_judged_for_nobody_before_the_close(candidate: Candidate) -> None:
    """As long as another attempt may follow, the problem and its place are told, and nothing that was judged."""
    crashed = candidate.sent("crash")
    before = candidate.ask("GET", f"/submissions/{crashed['id']}/report").json()
    for name in ("findings", "sections", "runs", "measurements"):
        assert before[name] == []
    assert "LEAK001" not in json.dumps(before)
    candidate.ask("POST", "/close")
    after = candidate.ask("GET", f"/submissions/{crashed['id']}/report").json()
    assert [finding["code"] for finding in after["findings"]] == ["LEAK001"]


def test_with_nothing_handed_in_there_is_nothing_to_close(candidate: Candidate) -> None:
    """A slip of the finger ends no invitation."""
    assert problem(candidate.ask("POST", "/close")) == (409, "nothing-handed-in")
    assert candidate.see()["closed"] is False


def test_an_extension_is_taken_once_and_stretched(site: Site) -> None:
    """By the organisation's hours times the candidate's own multiplier; the second one is refused."""
    due = datetime.now(UTC) + timedelta(days=2)
    one = invited(site, deadline=due, time_multiplier=1.5)
    assert one.see()["extension_hours"] == 72
    after = one.ask("POST", "/extend").json()
    assert datetime.fromisoformat(after["deadline"]) == due + timedelta(hours=108)
    assert after["extension_hours"] is None
    assert problem(one.ask("POST", "/extend")) == (409, "no-extension")


@pytest.mark.parametrize("terms", [{"deadline": None}, {"deadline": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_there_is_no_extension_without_a_deadline_or_after_it(site: Site, terms: dict[str, Any]) -> None:
    """After it feedback is open, so more time is for whoever invited to give."""
    one = invited(site, **terms)
    assert one.see()["extension_hours"] is None
    assert one.ask("POST", "/extend").status_code == 409


@pytest.mark.parametrize("path", ["", "/appeals"])
def test_a_wrong_or_ended_link_opens_nothing(site: Site, path: str) -> None:
    """404, and the same for a link that was renewed."""
    one = invited(site)
    with site.service.engine.begin() as connection:
        invitations.new_link(connection, one.invitation_id)
    assert one.ask("GET", path).status_code == 404
    assert site.http.get(f"/api/v1/i/nonsense{path}").status_code == 404


def test_after_a_withdrawal_nothing_is_taken(site: Site) -> None:
    """The page can still be read."""
    one = invited(site)
    with site.service.engine.begin() as connection:
        invitations.change(connection, one.invitation_id, revoked_at=datetime.now(UTC))
    assert one.see()["status"] == "withdrawn"
    assert one.send().status_code == 409
