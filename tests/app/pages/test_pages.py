"""What all pages share: the front door, errors, the policy, the challenge's texts."""

from __future__ import annotations

import re
from pathlib import Path

from app.pages.candidate.brief import brief, rubric, rules
from app.web.rendering import fragment
from testing.fakes import make_challenge
from testing.site import Site

HTML = {"Accept": "text/html"}


def test_errors_are_pages_for_browsers(site: Site) -> None:
    """A mistyped link gets a page that says what to check."""
    answer = site.http.get("/i/mistyped", headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Check that it is complete" in answer.text


def test_the_front_door_holds_nothing_inline_and_nothing_foreign(site: Site) -> None:
    """The policy forbids it, so none may be there."""
    nothing_inline(site.http.get("/").text)


def nothing_inline(page: str) -> None:
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)
    links = re.findall(r'(?:src|href|action)="([^"#]+)', page)
    assert all(link.startswith(("/", "mailto:", "?language=")) for link in links)


def test_a_brief_is_markdown_and_nothing_else(tmp_path: Path) -> None:
    """Raw HTML stays text, script links stay text, the title is not repeated, no other heading is first."""
    text = "# Title\n## Été\n# Late\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))\n\n|a|b|\n|-|-:|\n|1|2|\n"
    (tmp_path / "BRIEF.md").write_text(text)
    found = brief(make_challenge(tmp_path))
    assert "Title" not in found.html
    assert found.headings == (("brief-ete", "Été"), ("brief-late", "Late"))
    assert '<h2 id="brief-late">Late</h2>' in found.html
    assert "<img" not in found.html
    assert "href" not in found.html
    assert "<table>" in found.html
    assert "style=" not in found.html


def test_headings_of_the_same_words_have_different_ids(tmp_path: Path) -> None:
    """So that each link leads to its own part."""
    (tmp_path / "RUBRIC.md").write_text("## Points\n## Points\n## ?\n")
    assert len({name for name, _ in rules(make_challenge(tmp_path)).headings}) == 3


def test_the_rubric_sums_its_sections() -> None:
    """In the challenge's own order, each beginning where the one before it ends."""
    found = [(s.title, s.points, s.start) for s in rubric(make_challenge())]
    assert found == [("The model", 40, 0), ("The code", 25, 40)]


def test_templates_escape_by_default() -> None:
    """A template that forgets nothing needs to remember nothing."""
    assert "&lt;i&gt;" in fragment("error.html", title="<i>", detail="", hint="", lost=True)
