"""The pages of members in a real browser: accessible, at every width, by keyboard, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.rights import Role
from app.store import members
from app.store.members import NewMember
from testing.site import Site
from testing.waiting import until
from tests.app.support.candidates import close, graded
from tests.app.support.people import Person, signed_in
from tests.app.support.way import decide, hand_in, invite, opened, rate
from tests.browser import UNFOLD, needs_chromium, sights, violations

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


@pytest.fixture(scope="module")
def tab(browser: Browser, admin: Person) -> Iterator[Page]:
    """One for all pages that are only looked at."""
    page = opened(browser, admin, "/work", bypass_csp=True)
    yield page
    page.context.close()


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_page_is_accessible_and_fits(tab: Page, admin: Person, path: str) -> None:
    """axe finds nothing, light and dark, all unfolded; nothing scrolls sideways; no candidate's text became markup."""
    tab.goto(admin.site.settings.base_url + path.format(*ids(admin), hook=hook(admin)))
    assert tab.title() != "gained"
    tab.evaluate(UNFOLD)
    for scheme, width in sights(tab):
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, f"{width} px"
        if width != 320:
            assert violations(tab, scheme) == [], scheme


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
