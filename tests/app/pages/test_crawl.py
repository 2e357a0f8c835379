"""Every page of every role: no dead link or anchor, no raw data, and everything in sight and in reach."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from playwright.sync_api import Browser

from app.gradings import printing
from app.rights import Role
from app.web.auth import COOKIE
from app.web.errors import all_routes
from testing.site import Site
from tests.app.support.people import signed_in
from tests.app.support.states import House, house
from tests.browser import UNFOLD, needs_chromium
from tests.crawl import DATA, WINDOWS, Html, misplaced, without_anchor

#: A link to the same page in another language, which every page has.
CHOICE = re.compile(r"[?&]language=")


@dataclass
class Crawl:
    """What one reader met.  `pages` holds a page's text by its address, `shapes` what it is built of."""

    pages: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    links: int = 0
    forms: int = 0


async def printed(page: str) -> bytes:  # noqa: ARG001
    return b"%PDF"


@pytest.fixture(scope="module")
def everybody(site: Site) -> Iterator[House]:
    """Nothing is printed: tests of printing do that, and it takes seconds a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "pdf", printed)
        yield house(site)


@pytest.fixture(scope="module")
def crawled(site: Site, everybody: House) -> dict[str, Crawl]:
    return {name: crawl(site, headers, starts) for name, (headers, starts) in readers(everybody).items()}


def readers(everybody: House) -> dict[str, tuple[dict[str, str], list[str]]]:
    """By name of a reader: their headers, and where they begin."""
    links = {state: ({}, [link]) for state, link in everybody.links.items()}
    members = {role.value: (dict(person.headers), ["/work"]) for role, person in everybody.members.items()}
    fresh = signed_in(everybody.members[Role.ADMIN].site, Role.ADMIN)
    beginner = (dict(fresh.headers), ["/work"])
    return {"nobody": ({}, ["/", "/sign-in", "/nowhere"]), **links, **members, "beginner": beginner}


def crawl(site: Site, headers: Mapping[str, str], starts: list[str]) -> Crawl:
    """Follow everything from `starts` that is read by GET."""
    done, base = Crawl(), site.settings.base_url
    waiting = deque((base + start, base + start) for start in starts)
    html: dict[str, Html] = {}
    met = {base + start for start in starts}
    anchors: set[tuple[str, str, str]] = set()
    while waiting:
        address, origin = waiting.popleft()
        answer = site.http.get(address, headers={"Accept": "text/html", **headers}, follow_redirects=True)
        kind = answer.headers.get("content-type", "")
        if answer.status_code >= 400 and not address.endswith("/nowhere"):
            done.faults.append(f"{answer.status_code} at {address} from {origin}")
        elif "json" in kind and not any(name in address for name in DATA):
            done.faults.append(f"data for a person at {address} from {origin}")
        if not kind.startswith("text/html"):
            continue
        page = html[address] = Html(answer.text)
        done.pages[address], done.shapes[address] = answer.text, tuple(dict.fromkeys(page.shape))
        done.faults += [f"{fault} on {address}" for fault in page.faults()]
        forms = [path for path in page.posts if not takes(site, path, address)]
        done.faults += [f"no route takes the form {path} on {address}" for path in forms]
        done.forms += len(page.posts)
        for way in page.ways(str(answer.url)):
            done.links += 1
            target, anchor = without_anchor(way)
            anchors |= {(target, anchor, address)} if anchor else set()
            if target not in met and not target.endswith("/events") and not CHOICE.search(target):
                met.add(target)
                waiting.append((target, address))
    for target, anchor, origin in sorted(anchors):
        if target in html and anchor not in html[target].ids:
            done.faults.append(f"no #{anchor} at {target}, which {origin} leads to")
    return done


def takes(site: Site, path: str, here: str) -> bool:
    """Whether some route answers a form that is sent to `path`."""
    where = urlsplit(path).path or urlsplit(here).path
    return any(route.path_regex.match(where) for route in taking(site.app))


@cache
def taking(app: FastAPI) -> tuple[APIRoute, ...]:
    """The routes that take forms."""
    return tuple(route for route in all_routes(app.routes) if "POST" in (route.methods or ()))


def test_every_link_of_every_page_leads_somewhere(
    crawled: dict[str, Crawl], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Every link, anchor and form that is read by GET, of everybody, in every state a candidate can be in."""
    counts = Counter[str]()
    for one in crawled.values():
        counts.update(pages=len(one.pages), links=one.links, forms=one.forms)
    for name, count in counts.items():
        record_testsuite_property(name, count)
    faults = [f"{name}: {fault}" for name, one in crawled.items() for fault in sorted(set(one.faults))]
    assert not faults, "\n".join(faults)
    assert counts["pages"] > 100


def test_nobody_reads_a_raw_id(crawled: dict[str, Crawl]) -> None:
    """What has a name is called by it; ids stand in addresses, in code, in fields to copy and in reports only."""
    for name, one in crawled.items():
        for address, text in one.pages.items():
            if address.partition("#")[0].endswith(("/report", "/feedback", ".html")):
                continue
            plain = re.sub(r"(?s)<(code|script|style|textarea)\b.*?</\1>|<[^<>]*>", " ", text)
            assert not re.search(r"\b[0-9a-f]{20}\b", plain), f"{name}: {address}"


def test_sentences_do_not_stick_together(crawled: dict[str, Crawl]) -> None:
    """There is a space after each."""
    for name, one in crawled.items():
        for address, text in one.pages.items():
            plain = re.sub(
                r"(?s)<(code|script|style|textarea|pre)\b.*?</\1>|</?(?:a|b|strong|span|i|em)\b[^<>]*>", "", text
            )
            assert not re.search(r"[a-z]{2}[.?!][A-Z][a-z]", re.sub(r"<[^<>]*>", " ", plain)), f"{name}: {address}"


@needs_chromium
def test_everything_is_in_sight_and_in_reach(
    site: Site,
    everybody: House,
    crawled: dict[str, Crawl],
    browser: Browser,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """On a phone, a small laptop and a large screen; of pages that are built alike one is looked at."""
    looked, faults = 0, list[str]()
    shapes: set[tuple[str, ...]] = set()
    # One tab for all readers: a new one takes two to three times as long as a page.
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    for name, (headers, _) in readers(everybody).items():
        context.clear_cookies()
        if "Cookie" in headers:
            value = headers["Cookie"].partition("=")[2]
            context.add_cookies([{"name": COOKIE, "value": value, "url": site.settings.base_url}])
        for address, shape in crawled[name].shapes.items():
            if shape in shapes or "/report.html" in address:
                continue
            shapes.add(shape)
            looked += 1
            page.goto(address)
            page.evaluate(UNFOLD)
            for width, height in WINDOWS:
                page.set_viewport_size({"width": width, "height": height})
                faults += [f"{fault} ({width} px, {name}, {address})" for fault in misplaced(page)]
    context.close()
    record_testsuite_property("layouts", looked * len(WINDOWS))
    assert not faults, "\n".join(faults)
