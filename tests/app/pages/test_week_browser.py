"""The ways of the three roles through a thousand candidates, in a browser: clicks are counted, and axe finds nothing.

Without JavaScript, and the keyboard alone reaches what the clicks do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.reviews.scorecard import DIMENSIONS
from app.rights import Role
from app.web.auth import COOKIE
from testing.crowd import crowd
from testing.site import Site
from tests.app.support.candidates import graded
from tests.app.support.people import Person, signed_in
from tests.browser import needs_chromium, violations

#: The most clicks that each way may take; docs/week.md promises them.
ASSIGN, PLAN, REMIND, MAIL, BEGIN = 7, 2, 5, 3, 2
#: Besides one for each dimension of the scorecard.
RATE = 4


class Hand:
    """Clicks in a page, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, role: str, name: str, **more: bool) -> None:
        self.page.get_by_role(role, name=name, **more).first.click()  # type: ignore[arg-type]
        self.clicks += 1


@pytest.fixture(scope="module")
def people(site: Site) -> dict[Role, Person]:
    admin = signed_in(site)
    made = {role: signed_in(site, role, admin.org_id) for role in (Role.RECRUITER, Role.INTERVIEWER)}
    crowd(site.service.engine, admin.org_id, made[Role.RECRUITER].member_id, 1000)
    text = {"subject": "{title}", "body": "Hello {first_name}, {organisation} will write again."}
    assert admin.ask("PUT", "/api/v1/decision-templates/hold/en", json=text).is_success
    assert admin.ask("PUT", "/api/v1/timers/ml_pipeline", json={"minutes": 240}).is_success
    return made | {Role.ADMIN: admin}


@pytest.fixture
def hands(browser: Browser, people: dict[Role, Person]) -> Iterator[dict[Role, Hand]]:
    contexts = []
    made = {}
    for role, person in people.items():
        context = browser.new_context(java_script_enabled=False, base_url=person.site.settings.base_url)
        value = person.headers["Cookie"].partition("=")[2]
        context.add_cookies([{"name": COOKIE, "value": value, "url": person.site.settings.base_url}])
        contexts.append(context)
        made[role] = Hand(context.new_page())
    yield made
    for context in contexts:
        context.close()


@needs_chromium
def test_from_the_list_to_an_assigned_interviewer_and_on_to_the_plan(
    hands: dict[Role, Hand], people: dict[Role, Person]
) -> None:
    """The recruiter assigns a graded candidate in seven clicks; the interviewer is at the plan in two."""
    recruiter, interviewer = hands[Role.RECRUITER], hands[Role.INTERVIEWER]
    recruiter.page.goto("/work?status=graded")
    recruiter.page.locator("td.pick input").first.check()
    recruiter.clicks += 1
    recruiter.page.locator("#do").select_option("assign")
    recruiter.clicks += 1
    recruiter.click("button", "Go on")
    recruiter.page.locator(f"input[name=member][value='{people[Role.INTERVIEWER].member_id}']").check()
    recruiter.clicks += 1
    recruiter.click("button", "Look at what will happen")
    assert recruiter.page.get_by_text("This changes 1 candidate.").count() == 1
    recruiter.click("button", "Assign interviewers")
    assert recruiter.page.get_by_text("Done for 1 candidate.").count() == 1
    assert recruiter.page.get_by_role("button", name="Undo").count() == 1
    assert recruiter.clicks <= ASSIGN
    interviewer.page.goto("/work")
    interviewer.click("link", "My debriefs")
    way = interviewer.page.get_by_role("link", name="Open the plan").first
    assert (way.get_attribute("href") or "").endswith("/debrief")
    assert interviewer.clicks + 1 <= PLAN


@needs_chromium
def test_a_debrief_is_rated_from_any_page(hands: dict[Role, Hand], people: dict[Role, Person]) -> None:
    """The list of debriefs, the plan, a level for each dimension, and the scorecard that is final, asked once more."""
    recruiter, interviewer = people[Role.RECRUITER], people[Role.INTERVIEWER]
    one = graded(recruiter, email="rated@example.org", minutes=0)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    where = f"/api/v1/invitations/{one.id}/interviewers/{interviewer.member_id}"
    assert recruiter.ask("PUT", where, json={"debrief_at": soon}).is_success
    hand = hands[Role.INTERVIEWER]
    hand.page.goto("/work")
    hand.click("link", "My debriefs")
    hand.page.locator(f"a[href='/work/c/{one.id}/debrief']").click()
    hand.clicks += 1
    for name in DIMENSIONS:
        hand.page.locator(f"input[name='level-{name}'][value='3']").check(force=True)
        hand.clicks += 1
    hand.click("button", "Submit scorecard")
    hand.page.locator("main form button").first.click()
    hand.clicks += 1
    hand.page.goto(f"/work/c/{one.id}/debrief")
    assert hand.page.get_by_role("button", name="Submit scorecard").count() == 0
    assert hand.clicks <= RATE + len(DIMENSIONS)


@needs_chromium
def test_one_person_of_a_thousand_is_found_by_keyboard(hands: dict[Role, Hand]) -> None:
    """Search, name, Enter, and Enter again on the candidate."""
    page = hands[Role.RECRUITER].page
    page.goto("/work")
    page.locator("#by-words").focus()
    page.keyboard.type("tanaka 304")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work?q=tanaka+304**")
    rows = page.locator("table.list tbody tr")
    assert rows.count() == 1
    page.locator("table.list th[scope=row] a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/c/*")
    assert "304" in page.get_by_role("heading", level=1).inner_text()


@needs_chromium
def test_everybody_who_has_begun_is_reminded_and_sees_it_first(hands: dict[Role, Hand]) -> None:
    """The preview names who is left out, and why; nobody is reminded before the last click."""
    hand = hands[Role.RECRUITER]
    hand.page.goto("/work?status=started")
    hand.page.locator("#every").check()
    hand.page.locator("#do").select_option("remind")
    hand.clicks += 2
    hand.click("button", "Go on")
    assert hand.page.get_by_text("This changes 200 candidates.").count() == 1
    hand.page.locator("form[action='/work/bulk'] button").last.click()
    hand.clicks += 1
    assert hand.page.get_by_text("Done for 200 candidates.").count() == 1
    assert hand.clicks <= REMIND


@needs_chromium
def test_a_mail_about_a_decision_is_read_before_it_goes(hands: dict[Role, Hand]) -> None:
    """From the list: the candidate, the mail filled with their values, and sent."""
    hand = hands[Role.RECRUITER]
    hand.page.goto("/work?status=decided")
    hand.page.locator("table.list th[scope=row] a").first.click()
    hand.clicks += 1
    hand.click("link", "Write to the candidate about it")
    assert "{first_name}" not in hand.page.locator("#body").input_value()
    assert hand.page.locator("#body").input_value().startswith("Hello ")
    hand.click("button", "Send it now")
    assert hand.page.get_by_text("What you wrote about the decision is kept.").count() == 1
    assert hand.clicks <= MAIL


@needs_chromium
def test_a_candidate_starts_and_hands_in(browser: Browser, people: dict[Role, Person], tmp_path: Path) -> None:
    """What happens is said before the start, which takes two clicks; then they hand in.  The keyboard is enough."""
    recruiter = people[Role.RECRUITER]
    made = recruiter.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org"}).json()
    context = browser.new_context(java_script_enabled=False, base_url=recruiter.site.settings.base_url)
    page = context.new_page()
    page.goto("/i/" + made["link"].rpartition("/i/")[2])
    assert page.get_by_role("heading", name="Before you start").count() == 1
    page.locator("#sure").focus()
    began = 0
    for key in ("Space", "Tab", "Enter"):
        page.keyboard.press(key)
        began += key != "Tab"
    page.get_by_role("heading", name="Your time runs").wait_for()
    work = tmp_path / "pipeline.py"
    work.write_text("ok")
    page.get_by_label("Your submission").set_input_files(work)
    page.get_by_role("button", name="Hand in for grading").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/*")
    context.close()
    assert began <= BEGIN


@needs_chromium
@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.RECRUITER, "/work"),
        (Role.RECRUITER, "/work/bulk?do=remind&status=started&every=yes"),
        (Role.INTERVIEWER, "/work/debriefs"),
        (Role.ADMIN, "/work/settings/decision-mails"),
        (Role.ADMIN, "/work/challenges/ml_pipeline"),
    ],
)
def test_axe_finds_nothing(browser: Browser, people: dict[Role, Person], role: Role, path: str) -> None:
    person = people[role]
    context = browser.new_context(bypass_csp=True, base_url=person.site.settings.base_url)
    value = person.headers["Cookie"].partition("=")[2]
    context.add_cookies([{"name": COOKIE, "value": value, "url": person.site.settings.base_url}])
    page = context.new_page()
    page.goto(path)
    assert violations(page) == []
    context.close()
