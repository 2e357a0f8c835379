"""Comments of members about a candidate: who reads them, who is told, and what becomes of them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import text

from app.reviews.comments import without
from app.rights import Role
from testing.site import Site
from tests.app.support.candidates import Invited, close, graded
from tests.app.support.people import Person, signed_in

LEVELS = ("explanation", "trade-offs", "monitoring", "fairness", "flaws", "collaboration")


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


@pytest.fixture
def kim(recruiter: Person) -> Invited:
    return graded(recruiter, "score 81", first_name="Kim", last_name="Okafor")


def colleague(person: Person, role: Role) -> Person:
    return signed_in(person.site, role, person.org_id)


def say(person: Person, candidate: Invited, words: str, *mentions: str) -> int:
    body = {"words": words, "mentions": list(mentions)}
    return person.ask("POST", f"/api/v1/invitations/{candidate.id}/comments", json=body).status_code


def read(person: Person, candidate: Invited) -> list[str]:
    return [one["words"] for one in person.ask("GET", f"/api/v1/invitations/{candidate.id}/comments").json()]


def mails(site: Site, member_id: str) -> int:
    query = text("SELECT count(*) FROM news_items WHERE event = 'mention' AND member_id = :m")
    with site.service.engine.connect() as connection:
        return int(connection.execute(query, {"m": member_id}).scalar_one())


def test_whoever_rates_first_reads_the_others_afterwards(recruiter: Person, kim: Invited) -> None:
    """The own comment at once; on the page only how many there are."""
    one = colleague(recruiter, Role.INTERVIEWER)
    assert say(recruiter, kim, "A clear <b>yes</b> from me") == 201
    assert say(one, kim, "I am not sure") == 201
    assert read(one, kim) == ["I am not sure"]
    page = one.ask("GET", f"/work/c/{kim.id}").text
    assert ("clear" in page, "1 comment of others is kept back" in page) == (False, True)
    card = {f"level-{name}": "3" for name in LEVELS} | {"do": "lock"}
    one.ask("POST", f"/work/c/{kim.id}/debrief", data=card)
    one.ask("POST", f"/work/c/{kim.id}/debrief", data={"sure": "yes"})
    assert read(one, kim) == ["A clear <b>yes</b> from me", "I am not sure"]
    assert "A clear &lt;b&gt;yes&lt;/b&gt;" in one.ask("GET", f"/work/c/{kim.id}").text


def test_whoever_is_named_gets_a_mail_and_nobody_else(recruiter: Person, kim: Invited) -> None:
    """Not the writer; nobody of another organisation; a key writes nothing; only one's own is taken back."""
    named, other = colleague(recruiter, Role.ADMIN), colleague(recruiter, Role.INTERVIEWER)
    assert say(recruiter, kim, "Please look", named.member_id, recruiter.member_id) == 201
    assert [mails(recruiter.site, one.member_id) for one in (named, other, recruiter)] == [1, 0, 0]
    assert say(recruiter, kim, "Look", signed_in(recruiter.site, Role.ADMIN).member_id) == 422
    assert say(recruiter, kim, "  ") == 422
    key = named.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["read"]}).json()["key"]
    path = f"/api/v1/invitations/{kim.id}/comments"
    headers = {"Authorization": f"Bearer {key}"}
    assert recruiter.site.http.post(path, json={"words": "x"}, headers=headers).status_code == 403
    made = recruiter.ask("GET", path).json()[0]["id"]
    assert named.ask("DELETE", f"{path}/{made}").status_code == 404
    assert recruiter.ask("DELETE", f"{path}/{made}").status_code == 204
    assert read(recruiter, kim) == []


def test_blind_readers_meet_no_name_in_a_comment(recruiter: Person, kim: Invited) -> None:
    """Whole or in part, in any case; others read it as it was written."""
    admin = colleague(recruiter, Role.ADMIN)
    policies = {"blind": True, "hide_until_locked": False}
    assert admin.ask("PATCH", "/api/v1/organisation", json=policies).is_success
    say(recruiter, kim, "OKAFOR, or kim@example.org, did well")
    assert read(recruiter, kim) == ["OKAFOR, or kim@example.org, did well"]
    assert read(colleague(recruiter, Role.INTERVIEWER), kim) == ["█████, or █████, did well"]
    assert without("a+b", ["a+b"]) == "█████"
    assert without("Li and 李明 listen, li!", ["Li", "李明", "李"]) == "█████ and █████ listen, li!"


def test_the_candidate_reads_them_after_a_decision_and_erasure_takes_them(recruiter: Person, kim: Invited) -> None:
    """On no page; in the own data once somebody decided, without who was told."""
    say(recruiter, kim, "Strong on leakage", colleague(recruiter, Role.ADMIN).member_id)
    close(recruiter, kim)
    http = recruiter.site.http

    def own() -> list[dict[str, object]]:
        with zipfile.ZipFile(io.BytesIO(http.get(f"{kim.api}/data").content)) as archive:
            found: list[dict[str, object]] = json.loads(archive.read("data.json"))["comments"]
        return found

    assert own() == []
    assert "Strong on leakage" not in http.get(kim.link).text
    decision = {"outcome": "hold", "rationale": "To be talked about."}
    assert recruiter.ask("POST", f"/api/v1/invitations/{kim.id}/decision", json=decision).is_success
    assert [(one["words"], "mentions" in one, "member_id" in one) for one in own()] == [
        ("Strong on leakage", False, False)
    ]
    assert http.delete(f"{kim.api}/data").is_success
    assert read(recruiter, kim) == []
