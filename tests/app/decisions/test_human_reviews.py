"""Under a law that asks for it, a rejection sends a letter with its reasons, and another person can look again."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

import pytest
from sqlalchemy import text

from app.decisions import human_reviews
from app.rights import Role
from testing.site import Site
from tests.app.support import candidates
from tests.app.support.candidates import Invited
from tests.app.support.people import Person, signed_in

HERE = {"Sec-Fetch-Site": "same-origin"}
WHY = "The split ignores {time}.\nThe tests cover little."


@dataclass(frozen=True)
class Rejected:
    """A candidate whom `decider` rejected under a law; `other` may decide as well."""

    invited: Invited
    decider: Person
    other: Person

    @property
    def api(self) -> str:
        return f"/api/v1/invitations/{self.invited.id}"

    def decide(self, outcome: str, version: int, rationale: str = WHY) -> int:
        body, over = {"outcome": outcome, "rationale": rationale}, {"If-Match": f'"{version}"'}
        site = self.decider.site
        sent = site.http.post(f"{self.api}/decision", json=body, headers={**self.decider.headers, **over})
        return sent.status_code


def rejected(site: Site, law: str = "colorado", *, alone: bool = False) -> Rejected:
    admin = signed_in(site)
    if law != "none":
        draft = admin.ask("GET", f"/api/v1/notices/draft?challenge=ml_pipeline&profile={law}").json()
        assert admin.ask("POST", "/api/v1/notices", json=draft).is_success
        with site.service.engine.begin() as connection:
            connection.execute(text("UPDATE notices SET created_at = created_at - interval '60 days'"))
    other = admin if alone else signed_in(site, Role.RECRUITER, admin.org_id)
    invited = candidates.graded(admin, email="rejected@example.org", profile=law, first_name="Kim")
    candidates.close(admin, invited)
    case = Rejected(invited, admin, other)
    assert case.decide("reject", 0) == 201
    return case


@pytest.mark.parametrize("law", ["colorado", "eu"])
def test_a_rejection_sends_the_letter(site: Site, law: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the recorded reasons, what was used, how to correct data and how to ask for review; on the page too."""
    case = rejected(site, law)
    told = site.http.get(f"{case.invited.api}/decision").json()
    for part in ("The split ignores {time}.", "What was used", "Your data", "Human review", "within 30 days"):
        assert part in told["letter"]["text"]
    assert "/i/" not in told["letter"]["text"]
    page = site.http.get(f"{case.invited.link}/decision").text
    assert "The split ignores {time}." in page
    assert "Ask for a human review" in page
    [letter] = case.decider.ask("GET", f"{case.api}/letters").json()
    assert (letter["profile"], letter["version"], bool(letter["shown_at"])) == (law, 1, True)
    site.wait(f"/api/v1/submissions/{case.invited.submission}", headers=case.decider.headers)
    with site.service.engine.connect() as connection:
        query = text("SELECT count(*) FROM mails WHERE invitation_id = :id AND kind = 'letter'")
        assert connection.scalar(query, {"id": case.invited.id}) == 1
    capsys.readouterr()


def test_a_letter_names_the_program_and_where_to_ask_for_more(site: Site) -> None:
    """C.R.S. 6-1-1704(3): its role, and a way to its name, version and developer and to types and sources of data."""
    case = rejected(site)
    told = site.http.get(f"{case.invited.api}/decision").json()["letter"]["text"]
    for part in (f"Assay {metadata.version('assay')}", "The program decided nothing", "who develops the program"):
        assert part in told
    assert "They came from you." in told
    assert "you can appeal on your feedback page" in told


def test_a_letter_says_nothing_that_is_not_so(site: Site) -> None:
    """Who handed nothing in was assessed by no program; where no findings are shown there is no appeal."""
    admin = signed_in(site)
    admin.ask("PATCH", "/api/v1/organisation", json={"feedback": "nothing"})
    draft = admin.ask("GET", "/api/v1/notices/draft?challenge=ml_pipeline&profile=eu").json()
    assert admin.ask("POST", "/api/v1/notices", json=draft).is_success
    silent = admin.ask("POST", "/api/v1/invitations", json={"email": "silent@example.org", "profile": "eu"}).json()
    judged = candidates.graded(admin, email="judged@example.org", profile="eu")
    told = []
    for invitation_id in (silent["id"], judged.id):
        body = {"outcome": "reject", "rationale": "Not this time."}
        assert admin.ask("POST", f"/api/v1/invitations/{invitation_id}/decision", json=body).status_code == 201
        [letter] = admin.ask("GET", f"/api/v1/invitations/{invitation_id}/letters").json()
        told.append(letter["text"])
    assert "No report of a program was there" in told[0]
    assert "ran the code" not in told[0]
    assert "ran the code you handed in" in told[1]
    assert not any("appeal" in text_ for text_ in told)


@pytest.mark.parametrize("law", ["none", "new-york-city"])
def test_no_letter_where_no_law_asks_for_one(site: Site, law: str) -> None:
    case = rejected(site, law)
    assert site.http.get(f"{case.invited.link}/decision").status_code == 404
    asked = site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Please."})
    assert asked.status_code == 404
    assert case.decider.ask("GET", f"{case.api}/letters").json() == []


def test_no_decision_without_a_person_and_a_reason(site: Site) -> None:
    """A key decides nothing, and nobody decides without words; so no letter is without them."""
    admin = signed_in(site)
    invited = candidates.graded(admin, email="nobody@example.org")
    key = admin.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["decide", "read"]}).json()["key"]
    path, body = f"/api/v1/invitations/{invited.id}/decision", {"outcome": "reject", "rationale": "Because."}
    assert site.http.post(path, json=body, headers={"Authorization": f"Bearer {key}"}).status_code == 403
    for empty in ("", "  \n "):
        assert admin.ask("POST", path, json=body | {"rationale": empty}).status_code == 422
    assert admin.ask("GET", path).status_code == 404


def test_another_person_reviews_and_the_log_says_so(site: Site) -> None:
    """Not who decided; once; and `changed` only when there is a newer decision."""
    case = rejected(site)
    sent = site.http.post(f"{case.invited.link}/decision", data={"words": "The split is by time."}, headers=HERE)
    assert sent.status_code == 303
    assert site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Again."}).status_code == 409
    [review] = case.other.ask("GET", "/api/v1/human-reviews").json()
    assert (review["words"], review["outcome"]) == ("The split is by time.", None)
    assert (review["due_at"] > review["created_at"], review["due_at"][:4] >= "2026") == (True, True)
    path = f"/api/v1/human-reviews/{review['id']}/answer"
    with site.service.engine.connect() as connection:
        told = text("SELECT count(*) FROM news_items WHERE event = 'review' AND invitation_id = :id")
        assert connection.scalar(told, {"id": case.invited.id}) == 2
    changed = {"outcome": "changed", "answer": "You are right."}
    assert case.decider.ask("POST", path, json=changed).status_code == 403
    assert case.other.ask("POST", path, json=changed).json()["type"].endswith("nothing-changed")
    assert "answer due" in case.other.ask("GET", "/work/oversight").text
    assert case.decide("advance", 1, "The split is by time after all.") == 201
    assert case.other.ask("POST", path, json=changed).status_code == 200
    assert case.other.ask("POST", path, json=changed).status_code == 409
    page = site.http.get(f"{case.invited.link}/decision").text
    assert "The decision was changed." in page
    assert "You are right." in page
    log = [entry["action"] for entry in case.decider.ask("GET", "/api/v1/audit").json()]
    assert {"letter-written", "human-review.asked", "human-review.answered"} <= set(log)


def test_an_overdue_review_reminds_once_and_needs_attention_until_it_is_answered(site: Site) -> None:
    case = rejected(site)
    review = site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Please."}).json()
    at = {"id": case.invited.id}

    def told() -> int:
        with site.service.engine.begin() as connection:
            human_reviews.remind(connection)
            query = text("SELECT count(*) FROM news_items WHERE event = 'overdue' AND invitation_id = :id")
            return connection.scalar(query, at) or 0

    assert told() == 0
    assert case.other.ask("GET", case.api).json()["attention"] == []
    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE human_reviews SET due_at = now() - interval '1 hour'"))
    assert (told(), told()) == (2, 2), "each of the two members, once"
    assert case.other.ask("GET", case.api).json()["attention"] == ["overdue"]
    assert "human review overdue" in case.other.ask("GET", "/work?attention=true").text
    answer = {"outcome": "stands", "answer": "We looked again."}
    assert case.other.ask("POST", f"/api/v1/human-reviews/{review['id']}/answer", json=answer).status_code == 200
    assert case.other.ask("GET", case.api).json()["attention"] == []
    log = [entry["action"] for entry in case.decider.ask("GET", "/api/v1/audit").json()]
    assert log.count("human-review.overdue") == 1


def test_who_is_alone_reviews_their_own_decision(site: Site) -> None:
    """Otherwise nobody could; the page asks before it is sent."""
    case = rejected(site, alone=True)
    review = site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Please."}).json()
    form = {"outcome": "stands", "answer": "We looked again."}
    path = f"/work/c/{case.invited.id}/human-reviews/{review['id']}"
    assert "Send this answer?" in case.decider.ask("POST", path, data=form).text
    assert case.decider.ask("POST", path, data=form | {"sure": "yes"}).status_code == 303
    assert site.http.get(f"{case.invited.api}/decision").json()["reviews"][0]["outcome"] == "stands"


def test_the_time_to_ask_ends(site: Site) -> None:
    case = rejected(site)
    with site.service.engine.begin() as connection:
        at = {"id": case.invited.id}
        connection.execute(
            text("UPDATE letters SET review_until = now() - interval '1 hour' WHERE invitation_id = :id"), at
        )
    asked = site.http.post(f"{case.invited.link}/decision", data={"words": "Please."}, headers=HERE)
    assert asked.status_code == 409
    assert "The time to ask for a human review is over." in site.http.get(f"{case.invited.link}/decision").text


def test_an_erasure_takes_the_words_and_leaves_the_proofs(site: Site) -> None:
    """That a letter was written and a review answered, when, and the letter's digest; nothing of what was said."""
    case = rejected(site)
    letter = site.http.get(f"{case.invited.api}/decision").json()["letter"]
    site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Please."})
    assert site.http.delete(f"{case.invited.api}/data").status_code == 204
    [kept] = case.decider.ask("GET", f"{case.api}/letters").json()
    assert (kept["text"], kept["sha256"], kept["created_at"]) == ("", letter["sha256"], letter["created_at"])
    [review] = case.decider.ask("GET", "/api/v1/human-reviews").json()
    assert (review["words"], review["outcome"]) == ("", None)
    page = case.other.ask("GET", f"/work/c/{case.invited.id}").text
    for told in ("The data of this candidate were erased on", letter["sha256"], "ended, as the data were erased"):
        assert told in page
    for untrue in ("handed in nothing yet", "Write to the candidate", "Your answer, which they will read"):
        assert untrue not in page


def test_a_review_ends_with_the_data_it_was_about(site: Site) -> None:
    """Nobody can look at what is not there: it is not overdue, nobody is reminded, and it takes no answer."""
    case = rejected(site)
    review = site.http.post(f"{case.invited.api}/human-reviews", json={"words": "Please."}).json()
    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE human_reviews SET due_at = now() - interval '1 hour'"))
    assert case.other.ask("GET", case.api).json()["attention"] == ["overdue"]
    assert site.http.delete(f"{case.invited.api}/data").status_code == 204
    with site.service.engine.begin() as connection:
        human_reviews.remind(connection)
        query = text("SELECT count(*) FROM news_items WHERE event = 'overdue' AND invitation_id = :id")
        assert connection.scalar(query, {"id": case.invited.id}) == 0
    assert case.other.ask("GET", case.api).json()["attention"] == []
    answer = {"outcome": "stands", "answer": "We looked again."}
    assert case.other.ask("POST", f"/api/v1/human-reviews/{review['id']}/answer", json=answer).status_code == 409
    assert "ended, as the data were erased" in case.other.ask("GET", "/work/oversight").text


def test_a_legal_hold_stops_every_erasure_and_says_so(site: Site) -> None:
    """The candidate's, the administrator's and the one of time; the wish is kept and done when the hold ends."""
    case = rejected(site)
    admin = case.decider
    person = admin.ask("GET", case.api).json()["candidate"]["id"]
    path = f"/api/v1/candidates/{person}"
    assert case.other.ask("PUT", f"{path}/hold", json={"reason": "A claim."}).status_code == 403
    assert admin.ask("POST", f"/work/c/{case.invited.id}/hold", data={"reason": "A claim."}).status_code == 303
    assert admin.ask("PUT", f"{path}/hold", json={"reason": "A claim."}).status_code == 409
    refused = site.http.post(f"{case.invited.link}/erase", data={"sure": "yes"}, headers=HERE)
    assert (refused.status_code, "legal hold" in refused.text, "A claim." in refused.text) == (409, True, False)
    assert site.http.delete(f"{case.invited.api}/data").json()["type"].endswith("legal-hold")
    assert admin.ask("DELETE", path).status_code == 409
    from app.candidates import erasure  # noqa: PLC0415

    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE decisions SET created_at = now() - interval '9 years'"))
    erasure.expire(site.service)
    assert admin.ask("GET", case.api).json()["candidate"]["email"] == "rejected@example.org"
    assert admin.ask("DELETE", f"{path}/hold").json() == {"erased": True}
    assert admin.ask("GET", case.api).json()["candidate"]["email"] is None
    assert admin.ask("DELETE", f"{path}/hold").status_code == 409
