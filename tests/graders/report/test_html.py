"""The page says what report.json says, and nothing a candidate wrote can act in it."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from typing import Any

import pytest

from graders.model.finding import Severity, Status
from graders.model.report import Overall, Report
from graders.report.document import document
from graders.report.html import render, script
from graders.report.schema import Document
from graders.report.words import prose
from testing.builders import a_check, a_finding, a_report, an_ungraded_report
from tests.graders.report.hostile import ATTACKS, HUGE, a_hostile_notebook, a_hostile_report
from tests.graders.report.page import NUMBER, look_up, number, read
from tests.graders.report.test_document import REPORTS

CHECKS = {"LEAK001": a_check()}
EVERY_REPORT = pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)


def a_page(report: Report | None = None) -> tuple[dict[str, Any], str]:
    """A document as it would come back from storage, and its page."""
    stored = document(report or a_report(), CHECKS).plain()
    return stored, render(Document.model_validate(stored))


@EVERY_REPORT
def test_every_number_of_the_page_is_the_one_of_the_document(make: Any) -> None:
    """What is shown, read back, equals the value in report.json to the last digit."""
    stored, html = a_page(make())
    shown = read(html).numbers
    assert shown
    for pointer, text in shown.items():
        assert number(text) == look_up(stored, pointer), pointer


@EVERY_REPORT
def test_every_cell_of_a_table_is_the_one_of_the_document(make: Any) -> None:
    """Words are told as they are, a number with its interval to the last digit, what is missing by a dash."""
    stored, html = a_page(make())
    for pointer, text in read(html).rows():
        value = look_up(stored, pointer)
        if isinstance(value, str):
            assert text.startswith(value)
        else:
            known = value.values() if isinstance(value, dict) else [value]
            assert [number(n) for n in NUMBER.findall(text)] == [n for n in known if n is not None]


def _pointers(node: Any, pointer: str = "") -> list[str]:
    """The pointers of all numbers in a part of the document."""
    if isinstance(node, dict):
        return [p for key, value in node.items() for p in _pointers(value, f"{pointer}/{key}")]
    if isinstance(node, list):
        return [p for index, value in enumerate(node) for p in _pointers(value, f"{pointer}/{index}")]
    return [pointer] if isinstance(node, int | float) and not isinstance(node, bool) else []


def test_no_number_of_weight_is_left_out() -> None:
    """Score, sections, criteria, metrics and runs are all on the page, to the last one."""
    stored, html = a_page()
    weighty = {key: stored[key] for key in ("sections", "metrics", "runs", "measurements")}
    expected = set(_pointers(weighty)) | {"/overall/score", "/overall/low", "/overall/high"}
    for pointer, _ in read(html).rows():
        expected -= set(_pointers(look_up(stored, pointer), pointer))
    # A section's weight is told where it is not its maximum, and its maximum where anything was judged.
    implied = {p for p in expected if re.fullmatch(r"/sections/(\d/weight|2/max)", p)} - {"/sections/2/weight"}
    implied |= {p for p in expected if p.endswith("/gain")} - {
        "/sections/1/criteria/0/gain"
    }  # only where there is advice
    assert expected - implied <= set(read(html).numbers)


def test_a_page_calls_whoever_handed_in_by_the_name_it_is_given() -> None:
    """Title, bar and debrief sheet; without a name they have the submission's id, and the name is escaped."""
    made = document(a_report(), CHECKS)
    assert "7f3a91c2" in re.findall(r"<title>.*</title>", render(made))[0]
    named = render(made, called="Ada <b> Lovelace")
    assert re.findall(r"<title>(.*?):", named) == ["Ada &lt;b&gt; Lovelace"]
    assert "7f3a91c2" not in read(named).of("header")[0].text


def test_what_was_not_measured_says_why() -> None:
    """A table without rows is named with its reason, and shows no number."""
    _, html = a_page()
    tables = [e for e in read(html).of("details") if "Not measured: no reference." in e.text]
    assert len(tables) == 1
    assert "not measured" in tables[0].text


def test_what_was_not_judged_is_said_and_never_a_zero() -> None:
    """The criterion and section without points read "not judged"."""
    stored, html = a_page()
    unjudged = [li for li in read(html).of("li") if li.attributes.get("id") == "P1"]
    assert "not judged" in unjudged[0].text
    assert not re.search(r"\b0\.0\b", unjudged[0].text)
    assert stored["sections"][2]["points"] is None


@EVERY_REPORT
def test_no_hostile_text_is_ever_raw(make: Any) -> None:
    """No attack appears in its own form, and the page holds no script, handler, link out or frame."""
    _, html = a_page(make())
    assert [attack for attack in ATTACKS if attack in html and attack.startswith(("<", '"', "\x1b", "\u202e"))] == []
    page = read(html)
    assert [e.text for e in page.of("script")] == [script()]
    assert not page.of("img", "iframe", "object", "embed", "link", "form", "base", "foreignobject", "image")
    assert not [name for e in page.elements for name in e.attributes if name.startswith("on") or name == "style"]
    assert all(href.startswith("#") for name in ("href", "src", "xlink:href") for href in page.values(name))
    assert len(page.of("style")) == len(page.of("h1")) == 1


@pytest.mark.parametrize("make", [a_hostile_report, a_hostile_notebook])
def test_a_flood_of_text_stays_a_page(make: Any) -> None:
    """Megabytes of hostile text give a page under 250 kB, on which template syntax is shown, not run."""
    _, html = a_page(make())
    assert len(html.encode()) < 250_000
    assert HUGE[:2000] not in html
    assert "{{ 7 * 7191 }}" in html
    assert "50337" not in html


@EVERY_REPORT
def test_the_page_needs_nothing_and_admits_only_its_own_style(make: Any) -> None:
    """No address is named, and the policy holds the hashes of the very style sheet and script in the page."""
    html = a_page(make())[1]
    page = read(html)
    policy = next(e.attributes for e in page.of("meta") if e.attributes.get("http-equiv"))
    (style,) = page.of("style")
    (keys,) = page.of("script")
    sheet, script = (base64.b64encode(hashlib.sha256(e.text.encode()).digest()).decode() for e in (style, keys))
    assert policy["content"] == (
        f"default-src 'none'; style-src 'sha256-{sheet}'; script-src 'sha256-{script}'; base-uri 'none';"
        " form-action 'none'"
    )
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html.replace("javascript:", ""))


@EVERY_REPORT
def test_the_page_is_in_order_for_every_reader(make: Any) -> None:
    """Headings skip no level, ids are unique, links and labels lead somewhere, tables have captions."""
    page = read(a_page(make())[1])
    levels = [int(e.tag[1]) for e in page.of("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    named = [name for value in page.values("aria-labelledby") for name in value.split()]
    assert {href.removeprefix("#") for href in page.values("href")} | set(named) <= set(ids)
    assert len(page.of("table")) == len(page.of("caption"))
    for drawing in page.of("svg"):
        assert drawing.attributes.get("role") == "img" or drawing.attributes.get("aria-hidden") == "true"


def test_every_plot_is_there_with_its_words_and_numbers() -> None:
    """Score, gap, ROC, calibration, shift and phases have a title and a description that tells the result."""
    page = read(a_page()[1])
    assert len(page.of("title")) - 1 == len(page.of("desc")) == 6
    told = " ".join(e.text for e in page.of("desc"))
    for figure in ("72.4", "0.781", "0.842", "0.810", "0.503"):
        assert figure in told


def test_an_ungraded_page_says_what_and_where_and_what_to_do() -> None:
    """Problem, quoted line and hint are there; no score, band or plot is."""
    _, html = a_page(an_ungraded_report())
    page = read(html)
    assert "train raised KeyError." in html
    assert "pipeline.py:14" in html
    assert "Run the starter kit&#39;s check.py." in html
    assert "There is no score yet" in page.of("h1")[0].text
    assert not page.of("table")[0].text.count("not judged")
    assert not [p for p in page.numbers if p.startswith(("/overall", "/sections", "/metrics"))]


@pytest.mark.parametrize(
    ("overall", "title"),
    [
        (Overall(85, 81, 89, 4, (4,)), "Strong"),
        (Overall(79, 76, 82, 3, (3, 4)), "Meets to strong"),
        (Overall(59, 38, 82, 2, (1, 2, 3, 4)), "Insufficient to strong"),
        (Overall(41, 38, 44, 2, (1, 2)), "Insufficient to partial"),
    ],
)
def test_the_band_is_told_in_words_both_where_two_are_possible(overall: Overall, title: str) -> None:
    """The heading names the band, or both bands an interval touches."""
    _, html = a_page(a_report(overall=overall))
    assert read(html).of("h1")[0].text.startswith(f"{title}:")


def test_findings_come_by_weight_and_the_rest_is_folded_away() -> None:
    """Flagged findings come first, the gravest of them open; what passed, did not apply or broke lies in details."""
    severities = (Severity.INFO, Severity.MINOR, Severity.CRITICAL, Severity.MAJOR)
    statuses = [Status.PASSED, Status.NOT_APPLICABLE, Status.BROKEN]
    quiet = tuple(a_finding(f"QUIET{n}", status) for n, status in enumerate(statuses))
    from_info = tuple(a_finding(f"S{n}", severity=severity) for n, severity in enumerate(severities))
    page = read(a_page(a_report(findings=(*quiet, *from_info)))[1])
    assert [e.attributes["id"] for e in page.of("div") if e.attributes.get("class") == "inside"][:4] == [
        "S2",
        "S3",
        "S1",
        "S0",
    ]
    folded = "".join(e.text for e in page.of("details"))
    assert all(f.code in folded for f in quiet)


def test_the_same_document_gives_the_same_page() -> None:
    """Nothing but the document enters the page: no clock, no chance, no order of a set."""
    stored, html = a_page()
    assert render(Document.model_validate(stored)) == html == a_page()[1]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("use `predict_proba`, not `<b>`", "use <code>predict_proba</code>, not <code>&lt;b&gt;</code>"),
        ("one ` alone & <i>", "one ` alone &amp; &lt;i&gt;"),
        ("", ""),
    ],
)
def test_prose_sets_code_and_escapes_all(text: str, html: str) -> None:
    """Backticks come in pairs or stay as they are; nothing else is markup."""
    assert prose(text) == html
