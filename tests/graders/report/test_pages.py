"""The pages in a real browser: accessible, at every width, by keyboard, on paper, quiet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from graders.debrief import debrief
from graders.model.finding import Evidence, Severity
from graders.model.report import Curves, Score
from graders.model.submission import Location
from graders.report.document import document
from graders.report.html import render
from graders.report.readers import for_reader
from graders.report.schema import Document
from testing.builders import a_case, a_check, a_finding, a_measurement, a_notebook, a_report, an_ungraded_report
from tests.browser import SCHEMES, needs_chromium, violations
from tests.graders.report.hostile import a_hostile_report

pytestmark = needs_chromium


def a_full_report() -> Document:
    """Every part of the page: plan, code with notes, curves, tables with and without a plot."""
    what = tuple(Evidence(f"thing {n} is wrong", Location("pipeline.py", n)) for n in (9, 13, 13, 22))
    codes = zip(("LEAK001", "ROB003", "DATA001", "CODE001"), Severity, strict=True)
    findings = tuple(a_finding(code, severity=severity, evidence=what) for code, severity in codes)
    score = Score(0.7, 0.65, 0.75)
    tables = (
        a_measurement(),
        a_measurement(id="importance", columns=("Column", "Fall of ROC AUC"), rows=(("age", score), ("plan", -0.01))),
        a_measurement(id="robustness", columns=("When", "Outcome"), rows=(("odd", "crashed"), ("even", "handled"))),
        a_measurement(id="new", columns=("What", "How much"), rows=(("this", score),)),
    )
    report = a_report(
        findings=findings,
        measurements=tables,
        curves=Curves(
            ((0.0, 0.0), (0.2, 0.6), (1.0, 1.0)),
            ((0.1, 0.12, 5), (0.4, 0.33, 5)),
            ((0.1, 0.9), (1.0, 0.3)),
            ((0.1, 9.0),),
        ),
    )
    planned = replace(report, debrief=debrief(report.case, report.findings, report.sections))
    return document(planned, {code: a_check(code) for code in ("LEAK001", "ROB003")})


def a_notebook_document() -> Document:
    found = a_finding(evidence=(Evidence("here", Location("churn.ipynb", 3, 3)),))
    return document(a_report(case=a_case(submission=a_notebook()), findings=(found,)), {})


PAGES = {
    "interviewer": a_full_report,
    "recruiter": lambda: for_reader(a_full_report(), "recruiter"),
    "candidate": lambda: for_reader(a_full_report(), "candidate"),
    "notebook": a_notebook_document,
    "ungraded": lambda: document(an_ungraded_report(), {}),
    "hostile": lambda: document(a_hostile_report(), {}),
}
EVERY_PAGE = pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)


def shown(browser: Browser, made: Document, path: Path, **how: Any) -> Page:
    """The page of a document as a file, in a browser that has no network."""
    (path / "report.html").write_text(render(made), encoding="utf-8")
    page = browser.new_page(offline=True, bypass_csp=True, **how)  # axe is put into the page from outside
    page.goto((path / "report.html").as_uri())
    return page


@EVERY_PAGE
def test_axe_finds_nothing_and_nothing_sticks_out(make: Any, browser: Browser, tmp_path: Path) -> None:
    """Every page, all of it unfolded: in light and dark, and no page scrolls sideways, from 320 pixels on."""
    page = shown(browser, make(), tmp_path)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page, scheme) == [], scheme
    for width in (320, 360, 768, 1100, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_covers_no_focus(width: int, browser: Browser, tmp_path: Path) -> None:
    """Forwards and backwards by keyboard through the whole page, whatever has the focus is below the bar that stays."""
    page = shown(browser, a_full_report(), tmp_path, viewport={"width": width, "height": 600})
    covered = """() => {
        const one = document.activeElement, bar = document.querySelector(innerWidth > 960 ? '.bar' : '.bar-top')
        if (one === document.body || one.closest('.bar, .skip')) return ''
        const hidden = one.getBoundingClientRect().top < bar.getBoundingClientRect().bottom - 1
        return hidden ? one.outerHTML.slice(0, 90) : ''
    }"""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            assert page.evaluate(covered) == ""
    page.close()


def test_a_link_into_the_code_unfolds_it(browser: Browser, tmp_path: Path) -> None:
    """Following the place of a finding opens its file at the line, without a script of the page."""
    page = shown(browser, a_full_report(), tmp_path, java_script_enabled=False)
    page.locator("#interview .place").first.click()
    target = page.url.partition("#")[2]
    assert page.locator(f"[id='{target}']").is_visible()
    assert page.locator("details.file[open]").count() == 1
    page.close()


def test_notes_stand_beside_their_lines(browser: Browser, tmp_path: Path) -> None:
    """On a wide screen a note begins at its line, in the margin right of it; on a phone above it."""
    page = shown(browser, a_full_report(), tmp_path, viewport={"width": 1500, "height": 900})
    page.locator("details.file > summary").first.click()
    note, line = page.locator(".margin").first.bounding_box(), page.locator(".spot").first.bounding_box()
    assert note is not None
    assert line is not None
    assert abs(note["y"] - line["y"]) < 12
    assert note["x"] >= line["x"] + line["width"]
    page.close()


def test_the_first_printed_page_is_the_debrief_sheet(browser: Browser, tmp_path: Path) -> None:
    """On paper the sheet with all questions and room for notes comes first and fills one page; no screen shows it."""
    page = shown(browser, a_full_report(), tmp_path, viewport={"width": 680, "height": 1000})
    assert not page.locator(".sheet").is_visible()
    page.emulate_media(media="print")
    sheet = page.locator(".sheet").bounding_box()
    assert sheet is not None
    assert sheet["y"] < 1
    assert sheet["height"] <= 267 / 25.4 * 96  # A4 less its margins
    assert page.locator(".sheet ol > li").count() == len(a_full_report().debrief)
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).breakAfter") == "page"
    overflow = page.evaluate(
        "document.querySelector('.sheet').scrollHeight - document.querySelector('.sheet').clientHeight"
    )
    assert overflow <= 1
    page.close()


def test_the_browser_has_nothing_to_complain_of(browser: Browser, tmp_path: Path) -> None:
    """No request, no refused style, no error; not even by a hostile report."""
    for name in ("interviewer", "hostile"):
        (tmp_path / f"{name}.html").write_text(render(PAGES[name]()), encoding="utf-8")  # type: ignore[no-untyped-call]
        page = browser.new_page()
        heard: list[str] = []
        page.on("console", lambda message, heard=heard: heard.append(message.text))
        page.on("request", lambda request, heard=heard: heard.append(request.url))
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert heard == [(tmp_path / f"{name}.html").as_uri()]
        page.close()
