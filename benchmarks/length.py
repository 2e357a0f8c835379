"""How long a report is: `python -m benchmarks.length out/leaky/report.json out/good/report.json`.

Height and visible words of its page in Chromium at 1280 pixels, nothing unfolded; pages and CPU seconds of its PDF.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import zlib
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.gradings import printing
from graders.report.html import render
from graders.report.schema import Document

WIDTH = 1280
#: Of the reference `leaky` before the report was shortened, and the share of it that is aimed at.
HEIGHT_THEN, WORDS_THEN, AIM = 17_138, 3_925, 0.60
CHROMIUM = Path("/usr/bin/chromium")


def main(reports: list[Path]) -> None:
    print(f"aims: {AIM:.0%} of {HEIGHT_THEN:,} px and of {WORDS_THEN:,} words for leaky; PDF 12 pages, 2 s of CPU")
    print(f"{'report':<14}{'px':>8}{'share':>7}{'words':>8}{'share':>7}{'PDF pages':>11}{'CPU, s':>8}")
    for path in reports:
        document = Document.model_validate_json(path.read_bytes())
        height, words = _shown(render(document))
        pages, seconds = _printed(render(document, appendix=False, called=path.parent.name))
        row = f"{path.parent.name:<14}{height:>8,}{height / HEIGHT_THEN:>7.1%}{words:>8,}{words / WORDS_THEN:>7.1%}"
        print(f"{row}{pages:>11}{seconds:>8.2f}")


def _shown(page: str) -> tuple[int, int]:
    """Height in pixels and how many words are visible."""
    with sync_playwright() as player:
        executable = str(CHROMIUM) if CHROMIUM.exists() else None
        browser = player.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": WIDTH, "height": 800}, offline=True)
        shown.set_content(page)
        height: int = shown.evaluate("document.documentElement.scrollHeight")
        words = len(shown.inner_text("body").split())
        browser.close()
    return height, words


def _printed(page: str) -> tuple[int, float]:
    """Pages of the PDF, and CPU seconds of the process that made it, its imports included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = asyncio.run(printing.pdf(page))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _pages(made), spent


def _pages(made: bytes) -> int:
    """How many objects are pages; they may stand in compressed streams."""
    parts = [made]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s{0,9}/Page\b(?!s)", part)) for part in parts)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
