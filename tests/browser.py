"""Debian's Chromium without windows, and what axe says of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from testing.waiting import SECONDS

Tab = TypeVar("Tab", BrowserContext, Page)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

#: The shell without windows takes a third of the processor time: the other draws its tabs with each page, too.
CHROMIA = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in CHROMIA if path.exists()), None)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
#: In the dark colours are others, and nothing else: the page was looked at in light.
OF_COLOURS = "axe.run({runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}})"
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"

# Five and thirty seconds, as Playwright has them, are too few for a busy machine.
PATIENCE = 1000 * SECONDS
expect.set_options(timeout=PATIENCE)

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium-headless-shell or chromium")


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE)
        made.new_context = partial(_patient, made.new_context)  # type: ignore[method-assign]
        made.new_page = partial(_patient, made.new_page)  # type: ignore[method-assign]
        yield made
        made.close()


def _patient(make: Callable[..., Tab], **options: Any) -> Tab:
    made = make(**options)
    made.set_default_timeout(PATIENCE)
    return made


def sights(page: Page) -> Iterator[tuple[Scheme, int]]:
    """The page as it is read: in light and dark, and on small screens; (colour scheme, width in pixels)."""
    sights: tuple[tuple[Scheme, int], ...] = (("light", 1200), ("dark", 1200), ("light", 360), ("light", 320))
    for scheme, width in sights:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        yield scheme, width


def violations(page: Page, scheme: Scheme = "light") -> list[tuple[str, list[str]]]:
    """What axe finds in a page whose policy was bypassed, all of it unfolded: (rule, the first places)."""
    page.evaluate(UNFOLD)
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate(OF_COLOURS if scheme == "dark" else RULES)["violations"]
    return [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found]
