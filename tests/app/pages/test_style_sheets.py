"""A browser drops a rule it cannot read without a word, so every sheet is read here first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2  # type: ignore[import-untyped]  # it comes with WeasyPrint

ROOT = Path(__file__).parents[3]
SHEETS = [*(ROOT / "app/pages/static").glob("*.css"), *(ROOT / "graders/report/templates").glob("*.css")]
COMBINATORS = (">", "+", "~")
TEMPLATES = ROOT / "app/pages/templates"
CLASS = re.compile(r"\.([a-z][\w-]{0,40})")
GIVEN = re.compile(r'class="([^"]{1,300})"')
TAG = re.compile(r"\{[{%][^}]{0,200}\}+")
#: What the pages of a folder load; `assay` imports `frame`.
LOADED = {
    "candidate": {"frame", "assay", "candidate"},
    "live": {"frame", "assay", "live"},
    "work": {"frame", "assay", "live", "work"},
}


def broken(sheet: str) -> list[str]:
    """What of a sheet a browser would drop: rules and declarations that do not parse, and selectors that are none."""
    return list(_broken_rules(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)))


def _broken_rules(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        if part.type == "error":
            yield f"line {part.source_line}: {part.message}"
        elif part.type == "qualified-rule":
            for selector in _split(part.prelude):
                if not _is_selector(selector):
                    yield f"line {part.source_line}: {tinycss2.serialize(selector).strip() or 'nothing'} is no selector"
        if getattr(part, "content", None):
            yield from _broken_rules(tinycss2.parse_blocks_contents(part.content, True, True))


def _split(tokens: Iterable[Any]) -> list[list[Any]]:
    """The selectors of a list."""
    selectors: list[list[Any]] = [[]]
    for part in tokens:
        if part == ",":
            selectors.append([])
        elif part.type != "comment":
            selectors[-1].append(part)
    return selectors


def _is_selector(tokens: list[Any]) -> bool:
    """Whether each name stands where one may: an element first, whatever narrows it down after its own sign."""
    before: Any = None
    for part in tokens:
        if part.type == "ident" and not _may_follow(before):
            return False
        if part.type == "function" and (before != ":" or not all(map(_is_argument, _split(part.arguments)))):
            return False
        if before in (".", ":") and part.type not in ("ident", "function") and part != ":":
            return False
        if part.type in ("{} block", "() block", "string", "number", "error"):
            return False
        before = part
    said = [part for part in tokens if part.type != "whitespace"]
    return bool(said) and said[-1] not in (*COMBINATORS, ".", ":")


def _may_follow(before: Any) -> bool:
    """Whether a name may stand after this."""
    return before is None or before.type == "whitespace" or before in (".", ":", "&", *COMBINATORS)


def _is_argument(tokens: list[Any]) -> bool:
    """`:nth-child(2n + 1)` takes numbers, the others take selectors or words."""
    return any(token.type in ("number", "dimension") for token in tokens) or _is_selector(tokens)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_browser_drops_nothing_of_our_sheets(path: Path) -> None:
    assert broken(path.read_text()) == []


@pytest.mark.parametrize("folder", LOADED)
def test_a_class_is_not_styled_by_a_sheet_that_its_page_does_not_load(folder: str) -> None:
    of_sheet = {path.stem: set(CLASS.findall(path.read_text())) for path in (ROOT / "app/pages/static").glob("*.css")}
    loaded = set[str]().union(*(of_sheet[name] for name in LOADED[folder]))
    elsewhere = set[str]().union(*of_sheet.values()) - loaded
    texts = [path.read_text() for path in (TEMPLATES / folder).glob("*.html")]
    used = {name for text in texts for given in GIVEN.findall(text) for name in TAG.sub(" ", given).split()}
    assert len(used) > 10
    assert used & elsewhere == set()


@pytest.mark.parametrize(
    "rule",
    [
        'input[type="file"]input[type="date"] { height: 1rem }',
        ".a, { color: red }",
        ".a > { color: red }",
        ".a .{ color: red }",
        ".a { .b)c { color: red } }",
        "@media print { .a { &:hover b[x]c { color: red } } }",
        ".a { color red; }",
        ".a { color: red } }",
        ":is(.a, b[x]c) { color: red }",
    ],
)
def test_what_a_browser_would_drop_is_told(rule: str) -> None:
    assert broken(rule)


@pytest.mark.parametrize(
    "rule",
    [
        'input[type="file"][aria-invalid]:not(:focus, .a b)::before { color: red }',
        ".a { &.b > c, + d ~ *:nth-child(2n + 1 of .e) { color: red } }",
        "@media (width < 3rem) { :root { --x: {}; } }",
        "@keyframes turn { from { rotate: 0deg } to { rotate: 1turn } }",
    ],
)
def test_what_a_browser_reads_is_not(rule: str) -> None:
    assert broken(rule) == []
