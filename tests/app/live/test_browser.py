"""A debrief in two browsers at once, on a running service: the candidate types and runs, the interviewer sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from app.platform.secrets import new_id
from app.rights import Role
from app.web.auth import COOKIE
from testing.site import Site
from tests.app.support import live
from tests.app.support.candidates import graded
from tests.app.support.people import Person, signed_in
from tests.browser import needs_chromium, violations

CODE = "\n".join(["# score 80", "leak = 1", *(f"line_{n} = {n}" for n in range(3, 30))]) + "\n"


@pytest.fixture(scope="module")
def interviewer(site: Site) -> Person:
    admin = signed_in(site)
    return signed_in(site, Role.INTERVIEWER, admin.org_id)


@pytest.fixture
def link(interviewer: Person) -> tuple[str, str]:
    """(the candidate's page, the interviewer's page)."""
    admin = signed_in(interviewer.site, Role.ADMIN, interviewer.org_id)
    made = live.opened(interviewer, graded(admin, CODE, f"{new_id()}@example.org"))
    return f"/l/{live.token(made)}", f"/work/live/{made.json()['id']}"


@pytest.fixture
def pages(browser: Browser, interviewer: Person) -> Iterator[tuple[Page, Page, list[str]]]:
    """(the candidate's browser, the interviewer's, what the browsers complained of)."""
    base, said = interviewer.site.settings.base_url, list[str]()
    contexts = [browser.new_context(base_url=base), browser.new_context(base_url=base)]
    value = interviewer.headers["Cookie"].partition("=")[2]
    contexts[1].add_cookies([{"name": COOKIE, "value": value, "url": base}])
    made = [context.new_page() for context in contexts]

    def complain(message: ConsoleMessage) -> None:
        # Chromium keeps the look of what it replaces in an inline style of its own, which the policy refuses.
        if message.type == "error" and "Applying inline style" not in message.text:
            said.append(message.text)

    for page in made:
        page.on("console", complain)
        page.on("pageerror", lambda error: said.append(str(error)))
    yield made[0], made[1], said
    for context in contexts:
        context.close()


def typed(page: Page, text: str) -> None:
    """Replace the whole file by this text, with the keyboard."""
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


@needs_chromium
def test_two_people_change_it_live(pages: tuple[Page, Page, list[str]], link: tuple[str, str]) -> None:
    """Who is there and where, what is typed, the prediction, the run and its difference; then the end, for both."""
    candidate, interviewer, said = pages
    candidate.goto(link[0])
    interviewer.goto(link[1])
    expect(interviewer.locator("#present")).to_contain_text("the candidate")
    expect(candidate.locator("#present")).to_contain_text("Interviewer")
    assert interviewer.locator("#link").input_value().endswith(link[0])
    typed(candidate, "# score 71\nx = 1\n")
    expect(interviewer.locator(".cm-content")).to_contain_text("# score 71")
    candidate.get_by_role("button", name="Run").click()
    expect(candidate.get_by_role("alert")).to_contain_text("Write first what you expect")
    candidate.keyboard.type("The estimate falls by nine points.")
    expect(interviewer.locator("#expected")).to_contain_text("nine points")
    candidate.get_by_role("button", name="Run").click()
    for page in (candidate, interviewer):
        run = page.locator(".run").first
        expect(run).to_contain_text("took")
        expect(run).to_contain_text("0.800")
        expect(run).to_contain_text("0.710")
        expect(run.locator("h4", has_text="Gone")).to_have_count(1)
        expect(page.locator("#said")).to_contain_text("Run 1 has ended")
    interviewer.locator(".cm-line").nth(1).click()
    expect(candidate.locator(".cm-line.other")).to_have_text("x = 1")
    expect(candidate.locator(".cm-line.other")).to_have_attribute("data-name", "Interviewer")
    expect(candidate.locator("#present a")).to_have_text("pipeline.py, line 2")
    interviewer.get_by_role("button", name="End it").click()
    expect(candidate.locator("#said")).to_contain_text("has ended this")
    assert candidate.goto(link[0]).status == 404  # type: ignore[union-attr]
    assert [text for text in said if "404" not in text and "422" not in text] == []


@needs_chromium
def test_nothing_is_lost_on_reload_and_two_windows_ask_which_text_stays(
    pages: tuple[Page, Page, list[str]], link: tuple[str, str]
) -> None:
    """What was typed comes back; a change of another window is taken over, or asked about where both have typed.

    Events that a server between both has refused are asked for again.
    """
    page = pages[0]
    page.goto(link[0])
    other = page.context.new_page()
    other.goto(link[0])
    typed(page, "first = 1\n")
    expect(page.locator("#kept")).to_have_text("Saved.")
    expect(other.locator(".cm-content")).to_contain_text("first = 1")
    page.route("**/events", lambda route: route.fulfill(status=502))
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("first = 1")
    expect(page.locator("#said")).to_contain_text("connection is lost")
    page.unroute("**/events")
    expect(page.locator("#said")).to_have_text("")
    other.route("**/draft", lambda route: route.abort())
    typed(other, "second = 2\n")
    expect(other.locator("#kept")).to_contain_text("Not saved")
    typed(page, "third = 3\n")
    expect(other.locator("#kept")).to_contain_text("changed in another window")
    other.unroute("**/draft")
    other.get_by_role("button", name="Keep my text").click()
    expect(page.locator(".cm-content")).to_contain_text("second = 2")


@needs_chromium
def test_both_pages_are_accessible_on_a_phone_too(browser: Browser, interviewer: Person, link: tuple[str, str]) -> None:
    """Nothing for axe to find, wide or narrow, and no sideways scrolling."""
    for width in (390, 1280):
        context = browser.new_context(
            bypass_csp=True, base_url=interviewer.site.settings.base_url, viewport={"width": width, "height": 800}
        )
        value = interviewer.headers["Cookie"].partition("=")[2]
        context.add_cookies([{"name": COOKIE, "value": value, "url": interviewer.site.settings.base_url}])
        page = context.new_page()
        for path in link:
            page.goto(path)
            page.locator(".cm-content").wait_for()
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()
