"""The form and the status page in a real browser, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from testing.site import Site
from tests.app.support import candidates
from tests.app.support.people import signed_in
from tests.app.support.rows import new_link
from tests.browser import UNFOLD, needs_chromium, sights, violations

pytestmark = needs_chromium


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_candidate_hands_in_and_reads_the_report(site: Site, browser: Browser, script: bool, tmp_path: Path) -> None:
    """From the invitation through the live status to the report; the browser complains of nothing."""
    page = browser.new_page(java_script_enabled=script)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    link = new_link(site.service)
    page.goto(site.settings.base_url + link)
    hand_in(page, f"until {tmp_path}/seen".encode())
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Graded")
    (tmp_path / "seen").touch()
    expect(page.get_by_role("heading", level=1)).to_have_text("Graded")
    assert page.title() == "Graded \u00b7 Assay"
    page.get_by_role("link", name="See all attempts").click()
    page.get_by_text("I am done").click()
    page.get_by_role("button", name="Finish and show my feedback").click()
    page.get_by_role("link", name="pipeline.py").click()
    page.get_by_role("link", name="Read your feedback").click()
    expect(page).to_have_title("Your feedback \u00b7 Assay")
    assert complaints == []
    page.close()


HERE = {
    "task": "",
    "rubric": "/rubric",
    "data": "/data",
    "attempt": "/s/{}",
    "feedback": "/s/{}/feedback",
    "appeal": "/s/{}/appeal/LEAK001",
}


@pytest.fixture(scope="module")
def finished(site: Site) -> tuple[str, str]:
    """A candidate's link and submission once they are done, with a hostile name for the file."""
    invited = candidates.graded(signed_in(site), "score 72", first_name="</title><script>alert(1)</script>")
    site.http.post(invited.link + "/finish")
    return invited.link, invited.submission


@pytest.mark.parametrize("path", [*HERE, "open", "mistyped"])
def test_every_page_of_a_candidate_is_accessible_and_fits(
    site: Site, browser: Browser, finished: tuple[str, str], path: str
) -> None:
    """axe finds nothing, light and dark, all unfolded; nothing scrolls sideways down to 320 pixels."""
    link, submission = finished
    other = {"open": site.invitation, "mistyped": "/i/mistyped"}
    where = other.get(path) or link + HERE[path].format(submission)
    page = browser.new_page(bypass_csp=True)
    page.goto(site.settings.base_url + where)
    page.evaluate(UNFOLD)
    for scheme, width in sights(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width != 320:
            assert violations(page, scheme) == [], scheme
    page.close()


def test_a_candidate_ends_it_by_keyboard(site: Site, browser: Browser) -> None:
    """Erasing one's data without a mouse; afterwards the link opens nothing."""
    invited = candidates.graded(signed_in(site), "score 72")
    page = browser.new_page()
    page.goto(f"{site.settings.base_url}{invited.link}/data")
    page.get_by_label("I want to erase my data").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data are erased")
    assert site.http.get(invited.link).status_code == 404
    page.close()


def test_nothing_moves_for_whoever_wants_no_motion(site: Site, browser: Browser) -> None:
    """Neither the marks of what runs nor the bar of what is sent."""
    page = browser.new_page(reduced_motion="reduce")
    page.goto(site.settings.base_url + site.invitation)
    moving = "[...document.querySelectorAll('*')].flatMap(e => ['', '::before'].map(p => getComputedStyle(e, p)))"
    found = page.evaluate(
        f"{moving}.filter(s => s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0).length"
    )
    assert found == 0
    page.close()


def test_a_candidate_reads_french_and_changes_it(site: Site, browser: Browser) -> None:
    """By the browser's wish, then by the link at the foot of the page, which leads back to the same page."""
    page = browser.new_page(locale="fr-FR")
    page.goto(site.settings.base_url + site.invitation)
    expect(page.get_by_role("button", name="Remettre pour correction")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Hand in for grading")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.close()


def test_a_refusal_takes_the_focus(site: Site, browser: Browser) -> None:
    """The keyboard and the screen reader land on what went wrong."""
    page = browser.new_page()
    page.goto(site.settings.base_url + site.invitation)
    hand_in(page, b"refuse me")
    expect(page.get_by_role("alert").filter(has_text="Not accepted")).to_be_focused()
    page.close()


@pytest.mark.parametrize("path", ["/", "invitation"])
def test_nothing_sticks_out_at_any_width(site: Site, browser: Browser, path: str) -> None:
    """No page scrolls sideways, down to 320 pixels."""
    page = browser.new_page()
    page.goto(site.settings.base_url + (site.invitation if path == "invitation" else path))
    for width in (320, 768, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def hand_in(page: Page, text: bytes) -> None:
    file = FilePayload(name="pipeline.py", mimeType="text/x-python", buffer=text)
    page.get_by_label("Your submission").set_input_files(file)
    page.get_by_role("button", name="Hand in for grading").click()
