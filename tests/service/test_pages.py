"""The pages over real HTTP, as a browser without JavaScript meets them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from app.pages.brief import brief, rubric
from app.pages.render import fragment
from tests.service import candidates
from tests.service.parts import make_challenge
from tests.service.people import signed_in
from tests.service.rows import new_link
from tests.service.site import Site

HTML = {"Accept": "text/html"}


def post(site: Site, text: str = "ok", name: str = "pipeline.py", **headers: str) -> httpx2.Response:
    return site.http.post(site.invitation, files={"file": (name, text.encode())}, headers=HTML | headers)


def test_the_form_leads_to_a_status_page_and_that_to_the_report(site: Site) -> None:
    """303 to the status page, which refreshes itself without JavaScript and ends with the report's link."""
    link = new_link(site.service)
    answer = site.http.post(link, files={"file": ("pipeline.py", b"sleep 0.4")}, headers=HTML)
    assert answer.status_code == 303
    where = answer.headers["location"]
    waiting = site.http.get(where).text
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "Train your model" in waiting
    with site.http.stream("GET", f"{where}/events") as stream:
        stream.read()
    early = site.http.get(where).text
    assert "Read the report" not in early
    assert site.http.get(f"{where}/report.html").status_code == 404
    assert site.http.post(f"/api/v1{link}/close").is_success
    page = site.http.get(where).text
    assert "Read the report" in page
    assert 'http-equiv="refresh"' not in page
    report = site.http.get(f"{where}/report.html")
    assert report.text.startswith("<!doctype html>")
    assert "sandbox" in report.headers["content-security-policy"]
    assert site.http.get(f"{where}/report.json").json()["status"] == "graded"


def test_the_invitation_page_says_what_is_asked(site: Site) -> None:
    """Task, terms, rubric with weights, packages, and a plain form."""
    page = site.http.get(site.invitation).text
    for expected in ("Predict who leaves", "Attempts left", "Ranks hidden customers well", "numpy"):
        assert expected in page
    assert re.search(r'<form method="post" enctype="multipart/form-data"', page)


def test_the_invitation_opens_the_starter_kit_and_nobody_else_does(site: Site) -> None:
    """The kit is a download for whoever holds the invitation; another token is not found."""
    link = re.search(r'href="([^"]+starter-kit.zip)"', site.http.get(site.invitation).text)
    assert link
    kit = site.http.get(link.group(1))
    assert kit.content == b"the kit of ml_pipeline"
    assert kit.headers["content-disposition"] == 'attachment; filename="assay-ml_pipeline.zip"'
    assert site.http.get("/i/another/starter-kit.zip").status_code == 404


def test_a_refusal_is_shown_beside_the_form_and_hostile_text_stays_text(site: Site) -> None:
    """The same code, place and hint as the API gives, escaped."""
    answer = post(site, "refuse me")
    assert answer.status_code == 422
    assert "There is no &lt;b&gt;pipeline&lt;/b&gt;." in answer.text
    assert "pipeline.py, line 3" in answer.text
    assert "NO_ENTRY" in answer.text
    assert "<form" in answer.text


def test_a_hostile_file_name_shows_as_text(site: Site) -> None:
    """Escaped wherever it is listed, without control characters."""
    name = "<script>alert(1)</script>\u202e.py"
    where = post(site, name=name).headers["location"]
    for path in (where, site.invitation):
        page = site.http.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert "&lt;script&gt;" in site.http.get(site.invitation).text or "script&gt;.py" in page


def test_a_file_over_the_limit_is_refused_on_the_page(site: Site) -> None:
    """413, and what to leave out."""
    answer = post(site, "x" * (2**20 + 10))
    assert answer.status_code == 413
    assert "Leave data, models and virtual environments out" in answer.text


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
    assert post(site, **headers).status_code == status


def test_events_of_the_page_carry_its_fragment(site: Site) -> None:
    """What the script puts into the page is what the server would have made it with."""
    where = post(site, "sleep 0.4").headers["location"]
    with site.http.stream("GET", f"{where}/events") as stream:
        text = "".join(stream.iter_text())
    assert text.count("event: status") >= 2
    assert 'data-final="yes"' in text.rsplit("event: status", 1)[-1]


def test_a_candidate_sees_only_their_own_submission(site: Site) -> None:
    """Another invitation's token, or an API submission's id, opens nothing."""
    mine = post(site).headers["location"]
    other = new_link(site.service)
    by_api = site.upload().json()["id"]
    stranger = f"{other}/s/{mine.rsplit('/', 1)[-1]}"
    for path in (stranger, f"{stranger}/report.json", f"{stranger}/events", f"{site.invitation}/s/{by_api}"):
        assert site.http.get(path).status_code == 404


def test_errors_are_pages_for_browsers(site: Site) -> None:
    """A mistyped link gets a page that says what to check."""
    answer = site.http.get("/i/mistyped", headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "check that it is complete" in answer.text


def test_after_the_deadline_nothing_is_taken(site: Site) -> None:
    """Neither the page offers a form nor is one accepted."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    link = new_link(site.service, deadline=past)
    assert "<form" not in site.http.get(link).text
    answer = site.http.post(link, files={"file": ("pipeline.py", b"ok")})
    assert answer.status_code == 409
    assert "The deadline of this invitation has passed." in answer.text


def test_a_policy_can_keep_reports_from_candidates(site: Site) -> None:
    """The page says so, and the address gives nothing away, after the close as before."""
    admin = signed_in(site)
    admin.ask("PATCH", "/api/v1/organisation", json={"feedback": "nothing"})
    invited = candidates.graded(admin)
    candidates.close(admin, invited)
    where = f"{invited.link}/s/{invited.submission}"
    assert "as far as those who invited you share it" in site.http.get(where).text
    assert site.http.get(f"{where}/report.html").status_code == 404


@pytest.mark.parametrize("path", ["/", "invitation", "status"])
def test_pages_hold_nothing_inline_and_nothing_foreign(site: Site, path: str) -> None:
    """The policy forbids it, so none may be there."""
    known = {"invitation": site.invitation, "status": post(site).headers["location"]}
    page = site.http.get(known.get(path, path)).text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)
    assert all(link.startswith("/") for link in re.findall(r'(?:src|href|action)="([^"#]+)"', page))


def test_a_brief_is_markdown_and_nothing_else(tmp_path: Path) -> None:
    """Raw HTML stays text, script links stay text, the title is not repeated, no other heading is first."""
    text = "# Title\n## Data\n# Late\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))\n\n|a|b|\n|-|-|\n|1|2|\n"
    (tmp_path / "BRIEF.md").write_text(text)
    html = brief(make_challenge(tmp_path))
    assert "Title" not in html
    assert "<h2>Data</h2>" in html
    assert "<h2>Late</h2>" in html
    assert "<img" not in html
    assert "href" not in html
    assert "<table>" in html


def test_the_rubric_sums_its_sections() -> None:
    """In the challenge's own order."""
    assert [(s.title, s.points) for s in rubric(make_challenge())] == [("The model", 40), ("The code", 25)]


def test_templates_escape_by_default() -> None:
    """A template that forgets nothing needs to remember nothing."""
    assert "&lt;i&gt;" in fragment("error.html", title="<i>", detail="", hint="")
