"""The pages of members: what each role finds there, and what it does not."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from app.rights import Role
from testing.site import Site
from testing.waiting import until
from tests.app.support.candidates import Invited, close, graded
from tests.app.support.people import Person, signed_in

LEVELS = {f"level-{name}": "3" for name in ("explanation", "trade-offs", "monitoring", "fairness", "flaws")}
#: What a score of 81 shows as: itself, its interval, its band.
TOTAL = r"\b81\.0|77–85|Strong"
WHOLE = LEVELS | {"level-collaboration": "4", "do": "lock"}


@pytest.fixture
def recruiter(site: Site) -> Person:
    return signed_in(site, Role.RECRUITER)


@pytest.fixture
def kim(recruiter: Person) -> Invited:
    return graded(recruiter, "score 81", first_name="Kim", last_name="Okafor")


def colleague(person: Person, role: Role) -> Person:
    return signed_in(person.site, role, person.org_id)


def lock(person: Person, candidate: Invited) -> None:
    """Fill in the card, and say twice that it is to be submitted."""
    where = f"/work/c/{candidate.id}/debrief"
    assert "Submitting is final" in person.ask("POST", where, data=WHOLE).text
    assert person.ask("POST", where, data={"sure": "yes"}).status_code == 303


def shown(person: Person, path: str) -> str:
    answer = person.ask("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_interviewer_sees_no_total_before_rating(recruiter: Person, kim: Invited) -> None:
    """In none of the pages; once the card is locked, in all of them."""
    one = colleague(recruiter, Role.INTERVIEWER)
    paths = ["/work", f"/work/c/{kim.id}", f"/work/c/{kim.id}/report"]
    assert [bool(re.search(TOTAL, shown(one, path))) for path in paths] == [False] * 3
    early = shown(one, f"/work/c/{kim.id}/report") + shown(one, f"/work/c/{kim.id}/debrief")
    assert [
        words
        for words in ("at stake", "points lost", "notably good", "Strengths", "About a strength")
        if words in early
    ] == []
    compare = f"/work/compare?invitation={kim.id}&invitation={graded(recruiter, 'score 81', 'ada@example.org').id}"
    assert one.ask("GET", compare, follow_redirects=False).headers["location"] == "/work?choose=rate"
    assert one.ask("GET", compare.replace("/work", "/api/v1")).status_code == 409
    assert "You see scores once" in shown(one, "/work?choose=rate")
    lock(one, kim)
    assert [bool(re.search(TOTAL, shown(one, path))) for path in paths] == [False, True, True]
    assert re.search(TOTAL, shown(recruiter, f"/work/c/{kim.id}/report"))


def test_a_recruiter_reads_no_code_and_rates_nobody(recruiter: Person, kim: Invited) -> None:
    report = shown(recruiter, f"/work/c/{kim.id}/report")
    assert "Where the points are" in report
    assert "Interview plan" not in report
    assert recruiter.ask("GET", f"/work/c/{kim.id}/debrief").status_code == 403


def test_notes_and_levels_are_kept_until_the_card_is_locked(recruiter: Person, kim: Invited) -> None:
    """What is missing is named, and what was written stays."""
    one = colleague(recruiter, Role.INTERVIEWER)
    page = shown(one, f"/work/c/{kim.id}/debrief")
    note = re.search(r'name="(note-[^"]+)"', page)
    assert note
    half = {"level-fairness": "2", note[1]: "Names the region <b>", "do": "lock"}
    refused = one.ask("POST", f"/work/c/{kim.id}/debrief", data=half)
    assert refused.status_code == 409
    assert "Still without a level" in refused.text
    assert "Names the region &lt;b&gt;" in shown(one, f"/work/c/{kim.id}/debrief")
    lock(one, kim)
    assert "readonly" in shown(one, f"/work/c/{kim.id}/debrief")
    assert one.ask("POST", f"/work/c/{kim.id}/debrief", data=LEVELS).status_code == 409


def test_blind_mode_hides_who_it_is_from_interviewers(recruiter: Person, kim: Invited) -> None:
    """Name and address in no page; whoever invites still sees them."""
    admin = colleague(recruiter, Role.ADMIN)
    assert admin.ask("POST", "/work/settings/policies", data={"blind": "on"}).status_code == 303
    one = colleague(recruiter, Role.INTERVIEWER)
    for path in ("/work", f"/work/c/{kim.id}", f"/work/c/{kim.id}/report", f"/work/c/{kim.id}/debrief"):
        page = shown(one, path)
        assert "Okafor" not in page
        assert "kim@example.org" not in page
    assert "Kim Okafor" in shown(recruiter, "/work")
    for words in ("okafor", "kim@example"):
        assert f"/work/c/{kim.id}" in shown(recruiter, f"/work?q={words}")
        assert f"/work/c/{kim.id}" not in shown(one, f"/work?q={words}")
        assert one.ask("GET", f"/api/v1/invitations?q={words}").json()["items"] == []


def test_the_table_is_narrowed_and_never_sorted_by_score(recruiter: Person) -> None:
    """Those first who wait for somebody, then what changed last, whatever their scores."""
    for name, score in (("Ada", 60), ("Bea", 90), ("Cem", 30)):
        graded(recruiter, f"score {score}", f"{name}@example.org".lower(), first_name=name, tags=[f"t-{name}"])
    recruiter.ask("POST", "/api/v1/invitations", json={"email": "dan@example.org", "first_name": "Dan"})
    names = r">(Ada|Bea|Cem|Dan)</a>"
    assert re.findall(names, shown(recruiter, "/work")) == ["Cem", "Bea", "Ada", "Dan"]
    assert re.findall(names, shown(recruiter, "/work?sort=newest")) == ["Dan", "Cem", "Bea", "Ada"]
    assert re.findall(names, shown(recruiter, "/work?band=4&sort=score")) == ["Bea"]
    assert re.findall(names, shown(recruiter, "/work?interviewer=nobody&due=passed")) == []
    assert re.findall(names, shown(recruiter, "/work?tag=t-Bea")) == ["Bea"]
    assert re.findall(names, shown(recruiter, "/work?status=invited")) == ["Dan"]
    assert re.findall(names, shown(recruiter, "/work?status=nonsense&challenge=none")) == []
    for words, found in {
        "bea": ["Bea"],
        "CEM@example": ["Cem"],
        "example t-a": ["Ada"],
        "100%": [],
        "bea cem": [],
    }.items():
        assert re.findall(names, shown(recruiter, f"/work?q={quote(words)}")) == found, words
    assert re.findall(names, shown(recruiter, "/work?attention=true")) == ["Cem", "Bea", "Ada"]
    bea = re.search(r'href="(/work/c/[^"]+)">Bea</a>', shown(recruiter, "/work"))
    assert bea
    shown(recruiter, f"{bea[1]}/report")
    assert re.findall(names, shown(recruiter, "/work?attention=true")) == ["Cem", "Ada"]
    export = re.search(r'href="(/api/v1/exports/[^"]+)"', shown(recruiter, "/work"))
    assert export
    assert "ada@example.org" in recruiter.ask("GET", export[1]).text
    assert "/api/v1/exports/" not in shown(colleague(recruiter, Role.INTERVIEWER), "/work")
    first = shown(recruiter, "/work?limit=3")
    older = re.search(r'href="(/work\?[^"]*cursor=[^"]*)"', first)
    assert older
    assert re.findall(names, shown(recruiter, older[1].replace("&amp;", "&"))) == ["Bea"]


def test_a_view_is_ones_own(recruiter: Person) -> None:
    """Kept under a name, replaced under the same one, forgotten; nobody else sees or forgets it."""
    recruiter.ask("POST", "/api/v1/invitations", json={"email": "dan@example.org"})
    kept = recruiter.ask("POST", "/work/views", data={"name": "<Late>", "query": "due=passed&limit=3&q=a b"})
    assert kept.headers["location"] == "/work?q=a+b&due=passed"
    assert 'aria-current="true">&lt;Late&gt;</a>' in shown(recruiter, kept.headers["location"])
    again = recruiter.ask("POST", "/api/v1/views", json={"name": "<Late>", "query": "band=4"}).json()
    assert [view["query"] for view in recruiter.ask("GET", "/api/v1/views").json()] == ["band=4"]
    other = colleague(recruiter, Role.ADMIN)
    assert "Late" not in shown(other, "/work")
    assert other.ask("DELETE", f"/api/v1/views/{again['id']}").status_code == 404
    assert recruiter.ask("POST", f"/work/views/{again['id']}/remove").status_code == 303
    assert recruiter.ask("GET", "/api/v1/views").json() == []


def test_whoever_rates_first_finds_nobody_by_band(recruiter: Person, kim: Invited) -> None:  # noqa: ARG001
    """Neither on the page nor in the interface."""
    one = colleague(recruiter, Role.INTERVIEWER)
    assert one.ask("GET", "/api/v1/invitations?band=4").status_code == 409
    assert recruiter.ask("GET", "/api/v1/invitations?band=4").status_code == 200
    page = shown(one, "/work?band=1")
    assert "Kim Okafor" in page
    assert "by-band" not in page


def test_inviting_says_what_is_wrong_beside_the_field(recruiter: Person) -> None:
    """And keeps what was typed."""
    wrong = {"email": "nobody", "first_name": "K<im", "time_multiplier": "9"}
    answer = recruiter.ask("POST", "/work/invite", data=wrong)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "K&lt;im" in answer.text
    made = recruiter.ask("POST", "/work/invite", data={"email": "kim@example.org", "time_multiplier": "1.5"})
    assert made.status_code == 201
    assert re.search(r'value="http[^"]+/i/[^"]+"', made.text)


def test_a_file_is_tried_before_anybody_is_invited(recruiter: Person) -> None:
    """Row by row what is wrong; with the tick it is done, and again it changes nothing."""

    def send(text: str, **more: str) -> str:
        files = {"file": ("people.csv", text.encode())}
        return recruiter.ask("POST", "/work/invite/file", files=files, data=more).text

    good = "email,first_name\na@example.org,A\nb@example.org,B\n"
    assert "Nobody was invited" in send(good + "broken,C\n")
    assert "would invite <strong>2</strong>" in send(good)
    assert "a@example.org" not in shown(recruiter, "/work")
    assert "<strong>2</strong> candidates were invited" in send(good, really="yes")
    again = send(good, really="yes")
    assert "<strong>0</strong> candidates were invited" in again
    assert "2 were invited already" in again


def test_a_decision_and_an_appeal_are_answered_on_the_candidates_page(recruiter: Person, kim: Invited) -> None:
    """Over the version that was read; what somebody else did meanwhile is not lost."""
    here = f"/work/c/{kim.id}"
    body = {"outcome": "advance", "rationale": "Explains it.", "version": "0"}
    assert recruiter.ask("POST", f"{here}/decision", data=body).status_code == 303
    late = recruiter.ask("POST", f"{here}/decision", data=body | {"outcome": "reject", "rationale": "Late <i>"})
    assert late.status_code == 412
    assert "Late &lt;i&gt;" in late.text
    assert re.search(r'role="alert" tabindex="-1" autofocus>Somebody else has decided', late.text), "and in sight"
    close(recruiter, kim)
    objection = {"submission_id": kim.submission, "code": "LEAK001", "words": "It is <script>not</script> so."}
    appeal = recruiter.site.http.post(f"{kim.api}/appeals", json=objection).json()["id"]
    page = shown(recruiter, here)
    assert "It is &lt;script&gt;not&lt;/script&gt; so." in page
    answer = {"resolution": "upheld", "answer": "You are right."}
    assert recruiter.ask("POST", f"{here}/appeals/{appeal}", data=answer).status_code == 200
    assert "You are right." not in shown(recruiter, here)
    answer["sure"] = "yes"
    assert recruiter.ask("POST", f"{here}/appeals/{appeal}", data=answer).status_code == 303
    assert "You are right." in shown(recruiter, here)


def test_the_settings_are_for_administrators(recruiter: Person) -> None:
    """A key and a welcome link show once, where they were made."""
    refused = recruiter.ask("GET", "/work/settings")
    assert (refused.status_code, "invitation link" in refused.text) == (403, False)
    admin = colleague(recruiter, Role.ADMIN)
    made = admin.ask("POST", "/work/settings/keys", data={"label": "ats", "scope": ["read", "invite"]})
    key = re.search(r'value="(assay_[^"]+)"', made.text)
    assert key
    assert key[1] not in shown(admin, "/work/settings")
    assert recruiter.site.http.get("/api/v1/invitations", headers={"Authorization": f"Bearer {key[1]}"}).is_success
    welcome = admin.ask("POST", "/work/settings/members", data={"email": "new@example.org", "role": "interviewer"})
    assert "/welcome/" in welcome.text
    assert "member added" in shown(admin, "/work/audit")


def test_a_challenge_shows_how_far_candidates_come(recruiter: Person, kim: Invited) -> None:  # noqa: ARG001
    recruiter.ask("POST", "/api/v1/invitations", json={"email": "dan@example.org"})
    graded(recruiter, "crash", "eve@example.org")
    page = shown(recruiter, "/work/challenges")
    steps = re.findall(r'<meter[^>]*aria-label="(\w+)">(\d+)</meter>', page)
    assert steps == [
        ("invited", "3"),
        ("opened", "2"),
        ("started", "2"),
        ("submitted", "2"),
        ("graded", "2"),
        ("decided", "0"),
    ]
    assert "TRAIN_CRASHED" in page or "Why submissions were not scored" in page


def test_a_new_report_counts_once_a_person_says_so(recruiter: Person, kim: Invited) -> None:
    """It stands beside the old one with what differs; a reason is asked for, and kept."""
    here = f"/work/c/{kim.id}"
    assert recruiter.ask("POST", f"{here}/gradings", data={"do": "rescore", "why": "New rules."}).status_code == 303
    until(lambda: "What differs" in shown(recruiter, here))
    assert re.search(r'<dd>81 <span class="range">', shown(recruiter, here))
    differs = shown(recruiter, f"{here}/gradings/2")
    assert ("81.0" in differs, "83.0" in differs) == (True, True)
    assert recruiter.ask("POST", f"{here}/gradings/2", data={"why": ""}).status_code == 422
    assert recruiter.ask("POST", f"{here}/gradings/2", data={"why": "Fairer."}).status_code == 303
    assert re.search(r'<dd>83 <span class="range">', shown(recruiter, here))
    assert "Fairer." in shown(colleague(recruiter, Role.ADMIN), "/work/audit")
    assert colleague(recruiter, Role.INTERVIEWER).ask("GET", f"{here}/gradings/2").status_code == 403


def test_two_candidates_are_compared_without_a_dead_end(recruiter: Person, kim: Invited) -> None:
    """Their intervals stand under each other; where too few were ticked, the list says what to do."""
    other = graded(recruiter, "score 81", "ada@example.org", first_name="Ada")
    page = shown(recruiter, f"/work/compare?invitation={kim.id}&invitation={other.id}")
    assert page.count('class="mark"') >= 2 * 4
    assert f"/work/c/{kim.id}/report#M1a" in page
    assert "By criterion" in page
    assert "show no real difference" in page
    back = recruiter.ask("GET", f"/work/compare?invitation={kim.id}", follow_redirects=False).headers["location"]
    assert "Tick two to four candidates" in shown(recruiter, back)


def test_what_cannot_be_undone_asks_first(recruiter: Person, kim: Invited) -> None:
    """Withdrawing and a new link: nothing happens before the second, surer click, with or without JavaScript."""
    here = f"/work/c/{kim.id}"
    for do, question, done in (
        ("renew", "Make a new link?", "The old link no longer works."),
        ("withdraw", "Withdraw this invitation?", "The invitation was withdrawn."),
    ):
        before = shown(recruiter, here)
        asked = recruiter.ask("POST", f"{here}/invitation", data={"do": do})
        assert (asked.status_code, question in asked.text) == (200, True)
        assert kim.link in before if do == "renew" else kim.link not in before
        sure = recruiter.ask("POST", f"{here}/invitation", data={"do": do, "sure": "yes"}, follow_redirects=False)
        told = shown(recruiter, sure.headers["location"])
        assert (done in told, "No mail was sent" in told) == (True, True)
