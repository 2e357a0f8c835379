"""A recruiter's and an interviewer's way through a thousand candidates, in a browser: clicks are counted.

Without JavaScript, and the keyboard alone reaches what the clicks do.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.rights import Role
from app.web.auth import COOKIE
from testing.crowd import crowd
from testing.site import Site
from tests.app.support.people import Person, signed_in
from tests.browser import needs_chromium

#: The most clicks that each way may take; docs/week.md promises them.
ASSIGN, PLAN, FIND = 7, 2, 3


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
    return made


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
