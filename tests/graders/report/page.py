"""Reads a report page as a browser would, far enough to hold it to its word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "hr", "img", "input", "link", "rect", "line", "circle", "path", "polyline", "polygon", "use"}

NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?(?:e[+−]?\d+)?")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page:
    """Every element with its attributes and all text inside it, in document order."""

    elements: list[Element] = field(default_factory=list)

    def of(self, *tags: str) -> list[Element]:
        return [e for e in self.elements if e.tag in tags]

    def values(self, attribute: str) -> list[str]:
        return [v for e in self.elements if (v := e.attributes.get(attribute)) is not None]

    @property
    def numbers(self) -> dict[str, str]:
        """The text shown for each JSON pointer; a pointer shown twice must show the same."""
        shown: dict[str, str] = {}
        for element in self.elements:
            pointer = element.attributes.get("data-of")
            if pointer is not None:
                assert shown.setdefault(pointer, element.text) == element.text
        return shown

    def rows(self) -> Iterator[tuple[str, str]]:
        """(pointer, text) of every cell of a table that says where its rows stand in the document."""
        table, row, column = None, -1, 0
        for element in self.elements:
            if element.tag == "table":
                table, row = element, -2 if "data-rows" in element.attributes else 0  # the head is no row
            elif element.tag == "tr":
                row, column = row + 1, 0
            elif element.tag in ("td", "th") and table and row >= 0 and "data-rows" in table.attributes:
                keys = (table.attributes.get("data-keys") or "").split()
                place = row * int(table.attributes.get("data-every") or 1)
                yield f"{table.attributes['data-rows']}/{place}/{keys[column] if keys else column}", element.text
                column += 1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: str) -> Page:
    """Parse a page; a tag that closes the wrong element fails."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader.page


def number(text: str) -> float:
    """A number as the pages write it."""
    return float(text.replace(",", "").replace("−", "-"))


def look_up(document: Mapping[str, Any], pointer: str) -> Any:
    """The value at a JSON pointer."""
    node: Any = document
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node
