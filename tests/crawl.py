"""What is wrong with a page that somebody could notice: dead links and anchors, and what cannot be seen or reached."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from playwright.sync_api import Page

#: Widths and heights of the windows that every page is laid out in.
WINDOWS = ((390, 800), (1280, 800), (1920, 1080))
#: Addresses that are meant to answer with data.
DATA = ("/openapi.json", "/schemas/", "report.json", "findings.sarif", "deadline.ics", "candidates.json")
FIELDS = ("input", "select", "textarea", "meter", "output", "progress", "button")
#: Elements whose text is no sentence of ours, and what two sentences look like that stand without a space.
VERBATIM = ("script", "style", "code", "pre", "textarea")
GLUED = re.compile(r"[a-zà-ÿ”)]\.[A-ZÀ-Ý][a-zà-ÿ]")
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "list")


@dataclass
class Form:
    method: str
    action: str
    values: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where a form that is read by GET leads as it stands."""
        return f"{self.action}?{urlencode(self.values)}"


class Html(HTMLParser):
    """The parts of a page that refer to something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.labels: list[str] = []
        self.refers: list[str] = []
        self.fields: list[str] = []
        self.forms: list[Form] = []
        self.posts: list[str] = []
        self.shape: list[str] = []
        self.glued: list[str] = []
        self._verbatim = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.shape.append(f"{tag}.{given.get('class', '')}")
        self._verbatim += tag in VERBATIM
        if "id" in given:
            self.ids[given["id"]] += 1
            if tag in FIELDS:
                self.fields.append(given["id"])
        self.refers += [name for key in REFERRING for name in given.get(key, "").split()]
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"])
        elif tag == "label" and "for" in given:
            self.labels.append(given["for"])
        elif tag == "form":
            self.forms.append(Form(given.get("method", "get").lower(), given.get("action", "")))
        elif tag in ("input", "select", "button") and self.forms:
            self._field(tag, given)

    def handle_data(self, data: str) -> None:
        if not self._verbatim:
            self.glued += [data[max(0, at.start() - 30) : at.end() + 20] for at in GLUED.finditer(data)]

    def handle_endtag(self, tag: str) -> None:
        self._verbatim -= tag in VERBATIM
        if tag == "form" and self.forms:
            form = self.forms[-1]
            if form.method == "post":
                self.posts.append(form.action)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if "formaction" in given:
            self.posts.append(given["formaction"])
        ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag != "button" and "name" in given and ticked:
            self.forms[-1].values.append((given["name"], given.get("value", "")))

    def faults(self) -> Iterator[str]:
        """What is wrong with the page by itself."""
        yield from (f"the id {name!r} stands {count} times" for name, count in self.ids.items() if count > 1)
        yield from (f"a label without its field: {name!r}" for name in self.labels if name not in self.fields)
        yield from (
            f"no element has the id {name!r} that another names" for name in self.refers if name not in self.ids
        )
        yield from (f"two sentences without a space: {words!r}" for words in self.glued)
        yield from (f"an anchor without its target: {link!r}" for link in self.links if self._dangles(link))

    def _dangles(self, link: str) -> bool:
        return link.startswith("#") and len(link) > 1 and link[1:] not in self.ids

    def ways(self, address: str) -> Iterator[str]:
        """Where the page leads within the site, whole: path, query and anchor."""
        forms = [form.address for form in self.forms if form.method == "get"]
        for link in (*self.links, *forms):
            target = urljoin(address, link)
            if urlsplit(target).netloc == urlsplit(address).netloc and urlsplit(target).scheme.startswith("http"):
                yield target


def without_anchor(address: str) -> tuple[str, str]:
    """(the address of the page, the anchor within it)."""
    page, anchor = urldefrag(address)
    return page, anchor


PROBE = Path(__file__).with_name("crawl.js").read_text()


def misplaced(page: Page) -> list[str]:
    """What of a page, all unfolded, is out of the width, cut off, covered, or out of reach in this window."""
    found: list[str] = page.evaluate(PROBE)
    return found
