"""The form and the status page in a real browser, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from tests.service.rows import new_link
from tests.service.site import Site

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_candidate_hands_in_and_reads_the_report(site: Site, browser: Browser, script: bool) -> None:
    """From the invitation through the live status to the report; the browser complains of nothing."""
    page = browser.new_page(java_script_enabled=script)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    link = new_link(site.service)
    page.goto(site.settings.base_url + link)
    hand_in(page, b"sleep 1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Graded", timeout=20_000)
    assert site.http.post(f"/api/v1{link}/close").is_success
    page.reload()
    assert page.title() == "Graded \u00b7 Assay"
    page.get_by_role("link", name="Read the report").click()
    expect(page).to_have_title("Your feedback: meets \u00b7 Assay")
    assert complaints == []
    page.close()


def test_a_refusal_takes_the_focus(site: Site, browser: Browser) -> None:
    """The keyboard and the screen reader land on what went wrong."""
    page = browser.new_page()
    page.goto(site.settings.base_url + site.invitation)
    hand_in(page, b"refuse me")
    expect(page.get_by_role("alert").filter(has_text="Not accepted")).to_be_focused()
    page.close()


@pytest.mark.parametrize("width", [320, 768, 1600])
@pytest.mark.parametrize("path", ["/", "invitation"])
def test_nothing_sticks_out_at_any_width(site: Site, browser: Browser, width: int, path: str) -> None:
    """No page scrolls sideways, down to 320 pixels."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(site.settings.base_url + (site.invitation if path == "invitation" else path))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def hand_in(page: Page, text: bytes) -> None:
    file = FilePayload(name="pipeline.py", mimeType="text/x-python", buffer=text)
    page.get_by_label("Your submission").set_input_files(file)
    page.get_by_role("button", name="Hand in for grading").click()
