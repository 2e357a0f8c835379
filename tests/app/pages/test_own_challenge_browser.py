"""From a company's table to an invited candidate, without a mouse; every page on the way is accessible and fits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from testing.own_challenges import a_table
from testing.site import Site
from tests.app.support.people import signed_in
from tests.browser import needs_chromium, violations

pytestmark = needs_chromium
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def press(page: Page, what: Locator, key: str = "Enter") -> None:
    """Tab to it from where the focus is, and press a key there."""
    expect(what).to_have_count(1)
    for _ in range(150):
        if what.evaluate("one => one === document.activeElement"):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {what}")


def go(page: Page, role: str, name: str) -> None:
    """Press Enter on what leads to another page."""
    what = page.get_by_role(role, name=name, exact=True).last  # type: ignore[arg-type]
    with page.expect_navigation():
        press(page, what)


def written(page: Page, label: str, text: str) -> None:
    press(page, page.get_by_label(label, exact=True), "Control+A")
    page.keyboard.type(text)


def looked_at(page: Page, width: int = 320) -> None:
    """Nothing that axe knows is wrong, and no page scrolls sideways on a small screen."""
    assert violations(page) == []
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    assert not page.evaluate(SIDEWAYS), page.url
    assert size is not None
    page.set_viewport_size(size)
    page.reload()


def until(page: Page, what: str) -> None:
    """Until the version has come so far that this button or heading is there."""
    for _ in range(600):
        if page.get_by_role("button", name=what, exact=True).or_(page.get_by_role("heading", name=what)).count():
            return
        assert not page.get_by_text("It could not be done.").count(), page.locator("main").inner_text()[:500]
        time.sleep(0.5)
        page.reload()
    raise AssertionError(f"{what!r} did not come: {page.locator('main').inner_text()[:500]}")


def published(page: Page) -> None:
    """Publish what nothing stops: the rows are split by a secret, so what was found is told where something does."""
    stopping = page.locator("article.finding.error")
    assert stopping.all_inner_texts() == []
    go(page, "button", "Publish")


@pytest.fixture
def page(shop: Site, browser: Browser) -> Page:
    admin = signed_in(shop)
    context = browser.new_context(bypass_csp=True, java_script_enabled=True)
    name, _, value = admin.headers["Cookie"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": shop.settings.base_url}])
    page = context.new_page()
    page.goto(f"{shop.settings.base_url}/work/challenges")
    return page


def test_a_table_becomes_an_invitation_by_keyboard(shop: Site, browser: Browser, page: Page, tmp_path: Path) -> None:
    made_and_published(page, tmp_path)
    candidate_is_invited(page, browser)
    edited_moved_and_retired(page, f"{shop.settings.base_url}/work/challenges")
    page.context.close()


def made_and_published(page: Page, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_bytes(a_table(name=True))
    go(page, "link", "Use your own table")
    looked_at(page)
    page.get_by_label("Table", exact=True).set_input_files(tmp_path / "customers.csv")
    written(page, "Id", "who-gets-a-card")
    go(page, "button", "Upload")
    until(page, "What is to be predicted?")
    looked_at(page)
    press(page, page.get_by_label("Column that is to be predicted"), "c")  # a select takes the first that begins so
    expect(page.get_by_label("Column that is to be predicted")).to_have_value("card")
    go(page, "button", "Propose")
    until(page, "What it seems to be")
    written(page, "Meaning of income", "EUR a year")
    go(page, "button", "Save")
    press(page, page.get_by_text("Replace names by pseudonyms"))
    press(page, page.locator("input[name=pseudonym][value=customer_name]"), "Space")
    go(page, "button", "Propose anew")
    until(page, "What it seems to be")
    expect(page.get_by_label("Meaning of income")).to_have_value("EUR a year")
    looked_at(page)
    go(page, "button", "Make the challenge")
    until(page, "What was found in the challenge itself")
    looked_at(page)
    assert "Anna" not in page.locator("main").inner_text()
    published(page)
    expect(page.get_by_role("heading", name="Candidates can be invited")).to_be_visible()


def candidate_is_invited(page: Page, browser: Browser) -> None:
    go(page, "link", "Invite")
    written(page, "E-mail", "kim@example.org")
    page.locator("#f-challenge").select_option("who-gets-a-card")
    go(page, "button", "Invite")
    address = page.get_by_label("Their link", exact=True).input_value()
    candidate = browser.new_page()
    candidate.goto(address)
    expect(candidate.get_by_role("heading", level=1)).to_contain_text("Predict card")
    expect(candidate.get_by_text("EUR a year")).to_have_count(1)
    candidate.close()


def edited_moved_and_retired(page: Page, challenges: str) -> None:
    page.goto(challenges)
    go(page, "link", "who-gets-a-card")
    written(page, "Meaning of visits", "In the last month")
    go(page, "button", "Make the next version")
    until(page, "What was found in the challenge itself")
    expect(page.get_by_text("version 2").first).to_be_visible()
    published(page)
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="Export with hidden rows: keep it secret"))
    assert download.value.suggested_filename == "who-gets-a-card@2.zip"
    go(page, "button", "Retire")
    looked_at(page)
    go(page, "button", "Retire")
    expect(page.get_by_text("Retired · version 2")).to_be_visible()
