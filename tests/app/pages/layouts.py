# ruff: noqa: T201 - it is a command, and prints what it found
"""Every page of every role in a browser, what axe says of it and pictures: `python -m tests.app.pages.layouts`.

Runs the site of the crawl, with a candidate in every state and a member of every role.  With `--pictures FOLDER` each
layout is also photographed at 390, 1280 and 1920 pixels in light and dark; with `--language fr` all is in French.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.gradings import printing
from app.platform.settings import Settings
from app.store import embedded
from app.web.auth import COOKIE
from app.words import LANGUAGES
from testing.site import Site, free_port, new_database, running_site
from tests.app.pages.test_crawl import crawl, printed, readers
from tests.app.support.states import house
from tests.browser import SCHEMES, running_browser, violations
from tests.crawl import WINDOWS, Html


def main(pictures: Path | None, language: str) -> None:
    with tempfile.TemporaryDirectory() as folder, embedded.running(Path(folder) / "pg") as postgres:
        settings = Settings(
            home=Path(folder) / "home",
            database_url=new_database(postgres),
            port=free_port(),
            retry_seconds=0,
            max_upload_mb=1,
            attempts=50,
            requests_per_second=10_000,
        )
        printing.pdf = printed
        with running_site(settings) as site, running_browser() as browser:
            look(site, browser, pictures, language)


def look(site: Site, browser: Browser, pictures: Path | None, language: str) -> None:
    """Prints each violation with its page, then the counts."""
    found, layouts, shapes = Counter[str](), 0, set[tuple[str, ...]]()
    for name, (headers, starts) in readers(house(site)).items():
        pages = crawl(site, {**headers, "Accept-Language": language}, starts).pages
        context = browser.new_context(bypass_csp=True, reduced_motion="reduce", locale=language)
        if "Cookie" in headers:
            value = headers["Cookie"].partition("=")[2]
            context.add_cookies([{"name": COOKIE, "value": value, "url": site.settings.base_url}])
        page = context.new_page()
        for address, text in pages.items():
            shape = tuple(dict.fromkeys(Html(text).shape))
            if shape in shapes:
                continue
            shapes.add(shape)
            layouts += 1
            page.goto(address)
            if pictures is not None:
                photograph(page, pictures / f"{layouts:03}-{name}-{_slug(address)}")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                for rule, places in violations(page):
                    found[rule] += 1
                    print(f"{rule} ({scheme}, {name}, {address}): {places[:1]}")
        context.close()
    print(f"{layouts} layouts in {len(SCHEMES)} colour schemes: {found.total()} violations {dict(found) or ''}")


def photograph(page: Page, stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=f"{stem}-{width}-{scheme}.png", full_page=True)


def _slug(address: str) -> str:
    return re.sub(r"[0-9a-f]{12,}|https?://[^/]*", "", address).strip("/").replace("/", "_")[:60] or "front"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--language", default="en", choices=list(LANGUAGES))
    chosen = parser.parse_args()
    main(chosen.pictures, chosen.language)
