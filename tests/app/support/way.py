"""The way from the invitation to the decision, as each walks it on their own pages in a browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.app.support.people import Person
from tests.browser import PATIENCE


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
