"""A candidate's pages over real HTTP, as a browser without JavaScript meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from app.pages.candidate.progress import lasting, progress
from app.platform.secrets import new_id
from app.rights import Role
from app.store import access, invitations, members
from app.store.candidates import Person
from app.store.invitations import NewInvitation
from app.store.members import NewMember
from app.store.record_tables import appeals
from app.store.rows import Owner, Phase, State, SubmissionRow
from testing.site import Site
from tests.app.pages.test_pages import HTML, nothing_inline
from tests.app.support.rows import new_link

PART = {"X-Part": "verdict"}
NOW = datetime.now(UTC)


def post(site: Site, text: str = "ok", name: str = "pipeline.py", to: str = "", **headers: str) -> httpx2.Response:
    return site.http.post(to or site.invitation, files={"file": (name, text.encode())}, headers=HTML | headers)


def handed_in(site: Site, text: str = "ok", to: str = "") -> str:
    """The address of an attempt whose grading has ended."""
    where: str = post(site, text, to=to).headers["location"]
    with site.http.stream("GET", f"{where}/events") as stream:
        stream.read()
    return where


def finished(site: Site, text: str = "ok") -> str:
    """The same of a candidate who has said that they are done."""
    mine = link(site)
    where = handed_in(site, text, to=mine)
    assert site.http.post(f"{mine}/finish").status_code == 303
    return where


def link(site: Site, **changes: object) -> str:
    """A new invitation of Kim Novák's, in Vienna, by a member; changes are those of the invitation's row."""
    person = Person(f"{new_id()}@example.org", "Kim", "Novák", timezone="Europe/Vienna")
    with site.service.engine.begin() as connection:
        org_id = access.first_organisation(connection)
        assert org_id is not None
        member = members.add_member(connection, org_id, NewMember(f"{new_id()}@b.org", "Dana <i>", Role.RECRUITER))
        wanted = NewInvitation("ml_pipeline", 3, created_by=member)
        made, _ = invitations.add(connection, org_id, wanted, person)
        if changes:
            invitations.change(connection, made, **changes)
        return f"/i/{invitations.token(connection, site.service.keys, made)}"


def policy(site: Site, **values: object) -> None:
    with site.service.engine.begin() as connection:
        org_id = access.first_organisation(connection)
        assert org_id is not None
        members.change_organisation(connection, org_id, **values)


def test_the_form_leads_to_a_status_page_and_that_to_the_feedback(site: Site, tmp_path: Path) -> None:
    """303 to the status page, which refreshes itself without JavaScript; the feedback opens once they are done."""
    mine = link(site)
    where = post(site, f"until {tmp_path}/seen", to=mine).headers["location"]
    waiting = site.http.get(where).text
    (tmp_path / "seen").touch()
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "Train your model" in waiting
    with site.http.stream("GET", f"{where}/events") as stream:
        stream.read()
    graded = site.http.get(where).text
    assert 'http-equiv="refresh"' not in graded
    assert "opens when you say that you are done" in graded
    assert site.http.get(f"{where}/feedback").status_code == 404
    assert site.http.post(f"{mine}/finish").status_code == 303
    assert f'href="{where}/feedback"' in site.http.get(where).text
    assert "Your feedback" in site.http.get(f"{where}/feedback").text


def test_the_invitation_page_says_what_is_asked(site: Site) -> None:
    """Task, who asks, deadline in both zones, attempts, weights, packages, who decides, what is kept, whom to ask."""
    deadline = datetime(2027, 3, 28, 22, 30, tzinfo=UTC)
    page = site.http.get(link(site, deadline=deadline)).text
    for expected in (
        "Predict who leaves", "for Kim Novák", "Monday 29 March, 00:30", "Europe/Vienna", "Sunday 28 March, 22:30 UTC",
        "3 of 3 left", "Ranks hidden customers well", "numpy", "People", "180 days after the decision",
        "Dana &lt;i&gt;", "starter-kit.zip",
    ):  # fmt: skip
        assert expected in page
    assert re.search(r'<form method="post" enctype="multipart/form-data"', page)


@pytest.mark.parametrize(
    ("changes", "said", "form"),
    [
        ({"deadline": NOW - timedelta(hours=1)}, "The deadline has passed", False),
        ({"closed_at": NOW}, "You are done", False),
        ({"revoked_at": NOW}, "This invitation was withdrawn", False),
        ({"attempts": 0}, "You have used all your attempts", False),
        ({}, "Hand in for grading", True),
    ],
)
def test_each_state_says_what_to_do(site: Site, changes: Mapping[str, object], said: str, form: bool) -> None:
    """And where nothing is taken no form is shown."""
    page = site.http.get(link(site, **changes)).text
    assert said in page
    assert ('enctype="multipart/form-data"' in page) is form


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deadline": NOW - timedelta(hours=1)}, "The deadline has passed. You can hand in nothing more."),
        ({"revoked_at": NOW}, "The invitation was withdrawn. You can hand in nothing more."),
        ({"attempts": 0}, "All attempts of this invitation are used."),
    ],
)
def test_what_comes_too_late_is_refused_in_words(site: Site, changes: Mapping[str, object], said: str) -> None:
    """409 on the page, beside where the form was."""
    answer = post(site, to=link(site, **changes))
    assert answer.status_code == 409
    assert said in answer.text


def test_a_withdrawn_invitation_gives_no_files(site: Site) -> None:
    """The kit is for those who are invited."""
    withdrawn = link(site, revoked_at=NOW)
    for name in ("starter-kit.zip", "kit/public.csv"):
        assert site.http.get(f"{withdrawn}/{name}").status_code == 404


def test_the_invitation_opens_the_starter_kit_and_nobody_else_does(site: Site) -> None:
    """The kit is a download for whoever holds the invitation, whole or by file; another token is not found."""
    kit = site.http.get(f"{site.invitation}/starter-kit.zip")
    assert kit.headers["content-disposition"] == 'attachment; filename="assay-ml_pipeline.zip"'
    assert site.http.get(f"{site.invitation}/kit/public.csv").text == "data/public.csv of ml_pipeline"
    assert site.http.get(f"{site.invitation}/kit/secret.key").status_code == 404
    assert site.http.get("/i/another/starter-kit.zip").status_code == 404


def test_more_time_is_given_once_and_unasked(site: Site) -> None:
    """The policy's hours are added; a second time says whom to write to."""
    mine = link(site, deadline=NOW + timedelta(days=3))
    assert "Add 72 hours" in site.http.get(mine).text
    assert site.http.post(f"{mine}/extend").status_code == 303
    page = site.http.get(mine).text
    assert "in 6 days" in page
    assert "Add 72 hours" not in page
    assert "You have no extension left to take" in site.http.post(f"{mine}/extend").text
    assert "in 6 days" in site.http.get(mine).text


def test_a_check_says_what_is_in_a_file_and_takes_nothing(site: Site) -> None:
    """The whole page without JavaScript, the verdict alone with it; no attempt is spent, nothing is kept."""
    mine = link(site)
    page = post(site, to=f"{mine}/check")
    assert "This can be graded." in page.text
    assert "<h1>" in page.text
    part = post(site, to=f"{mine}/check", **PART).text
    assert part.startswith('<div class="accepted"')
    assert "<h1>" not in part
    assert "3 of 3 left" in site.http.get(mine).text


@pytest.mark.parametrize("path", ["", "/check"])
@pytest.mark.parametrize("headers", [{}, PART], ids=["page", "part"])
def test_a_refusal_is_shown_beside_the_form_and_hostile_text_stays_text(
    site: Site, path: str, headers: dict[str, str]
) -> None:
    """The same code, place and hint as the API gives, escaped."""
    answer = post(site, "refuse me", to=site.invitation + path, **headers)
    assert answer.status_code == 422
    assert "There is no &lt;b&gt;pipeline&lt;/b&gt;." in answer.text
    assert "pipeline.py, line 3" in answer.text
    assert "NO_ENTRY" in answer.text
    assert ("<form" in answer.text) is not headers


def test_a_hostile_file_name_shows_as_text(site: Site) -> None:
    """Escaped wherever it is listed, without control characters."""
    name = "<script>alert(1)</script>\u202e.py"
    where = post(site, name=name).headers["location"]
    for path in (where, site.invitation):
        page = site.http.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "script&gt;.py" in page


def test_a_file_over_the_limit_is_refused_on_the_page(site: Site) -> None:
    """413, and what to leave out."""
    for path in ("", "/check"):
        answer = post(site, "x" * (2**20 + 10), to=site.invitation + path)
        assert answer.status_code == 413
        assert "Leave out data, models and virtual environments" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_another_site_cannot_send_the_form(site: Site, headers: dict[str, str], status: int) -> None:
    """The browser's own word on where a request comes from is believed."""
    assert post(site, to=link(site), **headers).status_code == status


def test_the_same_file_uses_another_attempt_only_where_the_candidate_says_so(site: Site) -> None:
    """Not even where both are sent at once, as by a double click; the check tells it before."""
    mine = link(site)
    with ThreadPoolExecutor(2) as both:
        sent = list(both.map(lambda _: post(site, to=mine), range(2)))
    refused = max(sent, key=lambda answer: answer.status_code)
    taken = min(sent, key=lambda answer: answer.status_code).headers["location"]
    checked = post(site, to=f"{mine}/check", **PART)
    assert {answer.status_code for answer in (refused, checked)} == {409}
    for told in (refused.text, checked.text):
        assert "You handed in this very file before, as pipeline.py." in told
        assert f'href="{taken}"' in told
    assert "2 attempts left" in site.http.get(mine).text
    assert post(site, "another", to=f"{mine}/check", **PART).status_code == 200
    assert post(site, to=f"{mine}?again=yes").status_code == 303
    assert "1 attempt left" in site.http.get(mine).text


def test_no_form_of_a_candidate_can_be_sent_from_elsewhere(site: Site) -> None:
    """Nor the smaller ones."""
    for path in ("/check", "/extend", "/finish"):
        assert post(site, to=site.invitation + path, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_events_of_the_page_carry_its_fragment(site: Site, tmp_path: Path) -> None:
    """What the script puts into the page is what the server would have made it with."""
    where = post(site, f"until {tmp_path}/seen").headers["location"]
    said = ""
    with site.http.stream("GET", f"{where}/events") as stream:
        for part in stream.iter_text():
            said += part
            (tmp_path / "seen").touch()  # the first was told before the end
    assert said.count("event: status") >= 2
    assert 'data-final="yes"' in said.rsplit("event: status", 1)[-1]


def test_a_candidate_sees_only_their_own_submission(site: Site) -> None:
    """Another invitation's token, or an API submission's id, opens nothing."""
    mine = post(site, to=link(site)).headers["location"]
    stranger = f"{new_link(site.service)}/s/{mine.rsplit('/', 1)[-1]}"
    by_api = site.upload().json()["id"]
    opened = ("", "/feedback", "/report.json", "/events")
    for path in (*(stranger + end for end in opened), f"{site.invitation}/s/{by_api}"):
        assert site.http.get(path).status_code == 404


def test_feedback_gives_no_hidden_number_away(site: Site) -> None:
    """Neither the page nor the files hold a score, an interval, or a metric on hidden rows."""
    where = finished(site, "score 71.37")
    page = site.http.get(f"{where}/feedback").text
    assert "Meets" in page
    document = site.http.get(f"{where}/report.json").json()
    assert (document["reader"], document["overall"]["score"]) == ("candidate", None)
    assert document["metrics"]["hidden"] == {}
    for name in ("feedback", "report.json", "report.html", "findings.sarif"):
        answer = site.http.get(f"{where}/{name}")
        assert answer.status_code == 200
        assert "71.37" not in answer.text
        assert "71.4" not in answer.text
    assert "sandbox" in site.http.get(f"{where}/report.html").headers["content-security-policy"]


def test_code_that_stopped_is_told_where(site: Site) -> None:
    """With what to do, whatever is shown of scores."""
    where = handed_in(site, "crash")
    policy(site, feedback="nothing")
    page = site.http.get(f"{where}/feedback").text
    policy(site, feedback="findings")
    assert "There is no score yet" in page
    assert "What to do" in page
    files = [site.http.get(f"{where}/{name}").text for name in ("report.json", "report.html", "findings.sarif")]
    assert not [text for text in (page, *files) if "LEAK001" in text]


@pytest.mark.parametrize(("shown", "status", "findings"), [("nothing", 404, 404), ("band", 200, 404)])
def test_the_organisation_says_how_much_feedback_there_is(site: Site, shown: str, status: int, findings: int) -> None:
    """Nothing, the band, or all; the files give no more away than the page."""
    where = finished(site, "score 71")
    policy(site, feedback=shown)
    page, file = site.http.get(f"{where}/feedback"), site.http.get(f"{where}/report.json")
    waiting = site.http.get(where).text
    policy(site, feedback="findings")
    assert (page.status_code, file.status_code) == (status, findings)
    assert "LEAK001" not in page.text
    assert ("band 3 of 4" in page.text) is (shown == "band")
    assert ("will share it with you" in waiting) is (shown == "nothing")


def test_the_first_visit_is_remembered_once(site: Site) -> None:
    """In the audit log too."""
    mine = link(site)
    for _ in range(2):
        site.http.get(mine)
    name = mine.removeprefix("/i/").split("-")[0]
    with site.service.engine.connect() as connection:
        said = connection.execute(text("SELECT action FROM audit_log WHERE subject = :s"), {"s": f"invitation:{name}"})
        assert list(said.scalars()) == ["invitation.opened"]


def test_no_page_of_a_candidate_holds_anything_inline_or_foreign(site: Site) -> None:
    """The policy forbids it, so none may be there."""
    where = finished(site)
    mine = where.partition("/s/")[0]
    ends = ("", "/feedback", "/appeal/LEAK001")
    for path in (site.invitation, mine, f"{mine}/rubric", f"{mine}/data", *(where + end for end in ends)):
        answer = site.http.get(path)
        assert answer.status_code == 200
        nothing_inline(answer.text)


def test_whoever_is_done_hands_in_no_more(site: Site) -> None:
    """Only once something was handed in; then for good, and the page says what happens now."""
    mine = link(site)
    early = site.http.post(f"{mine}/finish")
    assert (early.status_code, "Nothing was handed in yet" in early.text) == (409, True)
    where = handed_in(site, to=mine)
    assert "I am done" in site.http.get(mine).text
    for _ in range(2):
        assert site.http.post(f"{mine}/finish").status_code == 303
    page = site.http.get(mine).text
    assert "You are done" in page
    assert f"{where}/feedback" in page
    assert post(site, to=mine).status_code == 409


def test_a_finding_is_appealed_against_once_and_answered(site: Site) -> None:
    """The words stand beside the finding as text, then the answer of a person; an empty form says what to do."""
    where = finished(site)
    form = f"{where}/appeal/LEAK001"
    assert form in site.http.get(f"{where}/feedback").text
    assert site.http.get(f"{where}/appeal/NONE1").status_code == 404
    empty = site.http.post(form, data={"words": " "})
    assert (empty.status_code, 'aria-invalid="true"' in empty.text) == (422, True)
    long = site.http.post(form, data={"words": "a" * 5001})
    assert (long.status_code, "has 5001 characters" in long.text) == (422, True)
    sent = site.http.post(form, data={"words": "<b>No</b>\r\nline 9 is fine"})
    assert sent.headers["location"] == form
    confirmed = site.http.get(form).text
    assert "Your appeal was sent." in confirmed
    assert 'name="words"' not in confirmed
    page = site.http.get(f"{where}/feedback").text
    assert "Your appeal was sent" in page
    assert "&lt;b&gt;No&lt;/b&gt;" in page
    assert form not in page
    again = site.http.post(form, data={"words": "and again"})
    assert (again.status_code, "appealed against this finding already" in again.text) == (422, True)
    with site.service.engine.begin() as connection:
        values = {"resolution": "upheld", "answer": "You are <i>right</i>.", "resolved_at": NOW}
        connection.execute(appeals.update().values(values))
    answered = site.http.get(f"{where}/feedback").text
    assert "You were right" in answered
    assert "You are &lt;i&gt;right&lt;/i&gt;." in answered


def test_nobody_appeals_against_what_they_were_not_shown(site: Site) -> None:
    """Neither before the close nor against another organisation's policy."""
    where = handed_in(site, to=link(site))
    for method in ("GET", "POST"):
        assert site.http.request(method, f"{where}/appeal/LEAK001", data={"words": "no"}).status_code == 404


def test_a_candidate_sees_what_is_kept(site: Site) -> None:
    """Name, address, what was handed in, and until when."""
    mine = finished(site).partition("/s/")[0]
    page = site.http.get(f"{mine}/data").text
    for expected in ("Kim Novák", "@example.org", "Europe/Vienna", "pipeline.py", "180 days"):
        assert expected in page


def a_row(state: State, started: float | None = None) -> SubmissionRow:
    begun = None if started is None else datetime.now(UTC) - timedelta(seconds=started)
    owner = Owner("o", invitation_id="i")
    return SubmissionRow("s", owner, "graded", "c", "n", "h", 1, state, None, 1, None, NOW, begun, None)


def test_progress_is_told_by_stages() -> None:
    """What began, what runs and what is to come, in one order; an unforeseen probe has its place."""
    ago = datetime.now(UTC) - timedelta(seconds=30)
    phases = [
        Phase("ruff", ago, ago + timedelta(seconds=2)),
        Phase("train", ago, ago + timedelta(seconds=20)),
        Phase("something new", ago, None),
    ]
    told = progress(a_row(State.GRADING, 30), phases, ("train", "train again", "tests", "ruff"), usual=90)
    assert [(s.title, s.state, s.done, s.of) for s in told.stages] == [
        ("Train your model", "running", 1, 2),
        ("Read your code", "done", 1, 1),
        ("Run your tests", "waiting", 0, 1),
        ("Check what is in doubt", "running", 0, 1),
    ]
    assert (told.done, told.of) == (2, 5)
    assert told.left == pytest.approx(60, abs=30)


def test_progress_promises_nothing_it_does_not_know() -> None:
    """No time left without experience, or where it takes longer than usual."""
    assert progress(a_row(State.GRADING, 5), [], ()).left is None
    assert progress(a_row(State.GRADING, 50), [], (), usual=20).left is None
    assert progress(a_row(State.QUEUED), [], (), usual=20).until is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (9.96, "10.0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (4200, "1 h 10 min"),
    ],
)
def test_stretches_of_time_are_said_as_people_do(seconds: float, said: str) -> None:
    """In two units at most."""
    assert lasting(seconds) == said


def test_what_is_usual_is_learnt_from_gradings(site: Site, tmp_path: Path) -> None:
    """After a few, the page of the next one says how long it usually takes."""
    for _ in range(3):
        handed_in(site, to=link(site))
    where = post(site, f"until {tmp_path}/seen").headers["location"]
    told = (json.dumps("data-until")[1:-1], "longer than usual")
    with site.http.stream("GET", f"{where}/events") as stream:
        said = ""
        for part in stream.iter_text():
            said += part
            if any(words in said for words in told):
                break
    (tmp_path / "seen").touch()
    assert any(words in said for words in told)


def test_a_stage_that_failed_shows_no_tick(site: Site) -> None:
    """Train crashed: it is marked as failed, and what ran after it as of no use."""
    page = site.http.get(handed_in(site, "crash", to=link(site))).text
    assert re.findall(r'<li class="(\w+)"', page) == ["failed", "void"]
    assert "stopped here" in page
