"""The pages of members in a real browser: accessible, at every width, by keyboard, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.adapters import production
from app.platform.settings import Settings
from app.rights import Role
from app.store import members
from app.store.members import NewMember
from testing.site import Site, free_port, running_site
from testing.waiting import until
from tests.app.support.candidates import close, graded
from tests.app.support.people import Person, signed_in
from tests.browser import PATIENCE, UNFOLD, needs_chromium, sights, violations

NOTEBOOK = Path(__file__).parents[3] / "challenges/ml_pipeline/reference/notebook/pipeline.ipynb"
HOSTILE = "</title><script>document.title='gained'</script>\u202e"
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    """An organisation with something of everything, names and tags from a hostile candidate too."""
    person = signed_in(site)
    first = graded(person, "score 81", first_name="Kim", last_name="Okafor", tags=["berlin"])
    close(person, first)
    objection = {"submission_id": first.submission, "code": "LEAK001", "words": HOSTILE}
    site.http.post(f"{first.api}/appeals", json=objection)
    graded(person, "score 55", "b@example.org", first_name=HOSTILE.replace("\u202e", ""))
    graded(person, "crash", "c@example.org")
    person.ask("POST", "/api/v1/invitations", json={"email": "d@example.org"})
    decision = {"outcome": "hold", "rationale": HOSTILE}
    person.ask("POST", f"/api/v1/invitations/{first.id}/decision", json=decision)
    person.ask("POST", f"/api/v1/submissions/{first.submission}/shares", json={"reader": "recruiter"})
    person.ask("POST", f"/api/v1/submissions/{first.submission}/regrades", json={"kind": "rescore", "reason": "new"})
    hook = {"url": "https://hooks.invalid/assay", "events": ["report.ready", "decision.recorded"]}
    webhook = person.ask("POST", "/api/v1/webhooks", json=hook)
    person.ask("POST", f"{webhook.headers['location']}/test")
    until(lambda: person.ask("GET", f"/work/c/{first.id}/gradings/2").is_success)
    return person


def ids(admin: Person) -> list[str]:
    """The newest invitation first."""
    return [str(one["id"]) for one in admin.ask("GET", "/api/v1/invitations").json()["items"]]


def hook(admin: Person) -> str:
    return str(admin.ask("GET", "/api/v1/webhooks").json()[0]["id"])


def opened(browser: Browser, person: Person | None, path: str, **how: Any) -> Page:
    """A page of a member, or at a whole address for whoever has no session."""
    context = browser.new_context(**how)
    base = person.site.settings.base_url if person else ""
    if person is not None:
        name, _, value = person.headers["Cookie"].partition("=")
        context.add_cookies([{"name": name, "value": value, "url": base}])
    page = context.new_page()
    page.goto(base + path)
    return page


PATHS = {
    "candidates": "/work",
    "nobody matches": "/work?tag=none",
    "candidate": "/work/c/{3}",
    "candidate without a score": "/work/c/{1}",
    "candidate who has not begun": "/work/c/{0}",
    "report": "/work/c/{3}/report",
    "report without a score": "/work/c/{1}/report",
    "debrief": "/work/c/{3}/debrief",
    "what differs": "/work/c/{3}/gradings/2",
    "comparison": "/work/compare?invitation={3}&invitation={2}",
    "inviting": "/work/invite",
    "challenges": "/work/challenges",
    "challenge": "/work/challenges/ml_pipeline",
    "settings": "/work/settings",
    "webhook": "/work/settings/webhooks/{hook}",
    "audit log": "/work/audit",
    "not found": "/work/c/00000000000000000000",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_page_is_accessible_and_fits(browser: Browser, admin: Person, path: str) -> None:
    """axe finds nothing, light and dark, all unfolded; nothing scrolls sideways; no candidate's text became markup."""
    page = opened(browser, admin, path.format(*ids(admin), hook=hook(admin)), bypass_csp=True)
    assert page.title() != "gained"
    page.evaluate(UNFOLD)
    for scheme, width in sights(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} px"
        if width != 320:
            assert violations(page, scheme) == [], scheme
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_from_the_invitation_to_the_decision(site: Site, browser: Browser, script: bool) -> None:
    """Recruiter invites, candidate hands in, interviewer rates, recruiter decides: each on their own pages."""
    recruiter = signed_in(site, Role.RECRUITER)
    interviewer = signed_in(site, Role.INTERVIEWER, recruiter.org_id)
    page = opened(browser, recruiter, "/work", java_script_enabled=script)
    link = invite(page)
    candidate = opened(browser, None, link, java_script_enabled=script)
    hand_in(candidate, "pipeline.py", b"score 72")
    room = opened(browser, interviewer, "/work", java_script_enabled=script)
    rate(room)
    decide(page)
    for one in (page, room, candidate):
        one.context.close()


@pytest.mark.timeout(1200)  # a whole grading, on a machine that does much else
def test_the_whole_way_with_a_real_grading(browser: Browser, tmp_path: Path) -> None:
    """The notebook among the references, graded in its containers; each role reads their cut of the one report."""
    settings = Settings(home=tmp_path / "home", port=free_port(), requests_per_second=1000)
    with running_site(settings, production.ports) as site:
        recruiter = signed_in(site, Role.RECRUITER)
        interviewer = signed_in(site, Role.INTERVIEWER, recruiter.org_id)
        page = opened(browser, recruiter, "/work")
        candidate = opened(browser, None, invite(page))
        hand_in(candidate, "pipeline.ipynb", NOTEBOOK.read_bytes())
        finish(candidate)
        expect(candidate.get_by_text("band 3 of 4")).to_be_visible()
        room = opened(browser, interviewer, "/work")
        rate(room)
        room.get_by_role("link", name="Read the report").click()
        expect(room.get_by_role("heading", name="Interview plan")).to_be_visible()
        decide(page)
        expect(page.get_by_role("row", name="Kim")).to_contain_text("Partial to strong")
        for one in (page, room, candidate):
            one.context.close()


def invite(page: Page) -> str:
    """As a recruiter on the first page of a new organisation; the candidate's link."""
    page.get_by_role("link", name="Invite the first").click()
    page.get_by_label("E-mail").fill("kim@example.org")
    page.get_by_label("First name").fill("Kim")
    page.get_by_role("button", name="Invite", exact=True).click()
    return page.get_by_label("Their link").input_value()


def hand_in(page: Page, name: str, data: bytes) -> None:
    """As the candidate, until it is graded; a page without JavaScript refreshes itself."""
    page.get_by_label("Your submission").set_input_files(FilePayload(name=name, mimeType="", buffer=data))
    page.get_by_role("button", name="Hand in for grading").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Graded", timeout=3 * PATIENCE)


def finish(page: Page) -> None:
    """As the candidate who is done, to their feedback."""
    page.get_by_role("link", name="See all attempts").click()
    page.get_by_text("I am done").click()
    page.get_by_role("button", name="Finish and show my feedback").click()
    page.get_by_role("link", name="Read your feedback").click()


def rate(page: Page) -> None:
    """As an interviewer, from the list to the locked card."""
    page.get_by_role("link", name="Kim").click()
    page.get_by_role("link", name="Begin the debrief").click()
    page.get_by_label("Notes on question 1").fill("Knows every step")
    for group in page.locator("fieldset").all():  # a folded part is a group too
        group.get_by_text("3", exact=True).click()
    page.get_by_role("button", name="Submit scorecard").click()
    page.get_by_role("button", name="Submit it").click()
    expect(page.get_by_role("heading", name="Kim")).to_be_visible()


def decide(page: Page) -> None:
    """As the recruiter, who sees what the interviewer thinks, and back to the list."""
    page.get_by_role("link", name="Candidates").click()
    page.get_by_role("link", name="Kim").click()
    expect(page.get_by_role("row", name="Explains their own work")).to_contain_text("3.0")
    page.get_by_text("Decide", exact=True).click()
    page.get_by_label("advance").check()
    page.get_by_label("Why", exact=True).fill("They know why it works.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_role("status")).to_have_text("The decision is recorded.")
    page.get_by_role("link", name="Candidates").first.click()
    expect(page.get_by_role("row", name="Kim")).to_contain_text("decided")


def test_notes_are_kept_while_they_are_written(browser: Browser, admin: Person) -> None:
    """A closed laptop loses nothing: what was typed is there in another window."""
    where = f"/work/c/{ids(admin)[2]}/debrief"
    page = opened(browser, admin, where)
    page.get_by_label("Notes on question 1").fill("half a sentence")
    expect(page.get_by_role("status")).to_contain_text("Saved at")
    again = opened(browser, admin, where)
    expect(again.get_by_label("Notes on question 1")).to_have_value("half a sentence")
    page.context.close()
    again.context.close()


def test_a_member_signs_in_and_out_by_keyboard(site: Site, browser: Browser) -> None:
    """From the first welcome to the end of the session without a mouse."""
    recruiter = signed_in(site, Role.ADMIN)
    with site.service.engine.begin() as connection:
        new = members.add_member(connection, recruiter.org_id, NewMember("keys@example.org", "Keys", Role.INTERVIEWER))
    welcome = recruiter.ask("POST", f"/api/v1/members/{new}/welcome").json()["welcome_url"]
    page = browser.new_page()
    page.goto(welcome)
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("a long enough passphrase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Candidates")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("keys@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough passphrase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Candidates")
    page.close()


def test_a_card_is_filled_in_by_keyboard(browser: Browser, admin: Person) -> None:
    """Tab to a dimension, arrows to a level; what has the focus is seen to have it."""
    page = opened(browser, admin, f"/work/c/{ids(admin)[2]}/debrief")
    first = page.locator("input[name=level-explanation]").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=level-explanation]:checked").get_attribute("value") == "2"
    outline = page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle")
    assert outline == "solid"
    page.context.close()


def test_a_shared_report_asks_for_its_passcode(browser: Browser, admin: Person, site: Site) -> None:
    """Accessible, and opened by the passcode alone."""
    submission = admin.ask("GET", "/api/v1/invitations").json()["items"][3]["final_submission"]
    body = {"reader": "recruiter", "passcode": "four words in it"}
    made = admin.ask("POST", f"/api/v1/submissions/{submission}/shares", json=body).json()
    page = browser.new_page(bypass_csp=True)
    page.goto(site.settings.base_url + "/s/" + made["url"].rpartition("/s/")[2])
    assert violations(page) == []
    page.get_by_label("Passcode").fill("four words in it")
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_role("heading", name="Where the points are")).to_be_visible()
    page.close()
