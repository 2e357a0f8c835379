"""The process that makes one PDF: a page on standard input, its PDF on standard output.

It fetches nothing: the page holds all it needs, and whatever candidate text in it looks like an address is refused.
"""

from __future__ import annotations

import gc
import os
import re
import resource
import sys
from html import unescape

from app.gradings.flat_css import flat
from app.gradings.ink import inked

MEMORY = 2 * 2**30
TITLE = re.compile(r"<title>([^<]*)</title>")
SCRIPT = re.compile(r"<script>[^<]*+</script>")
STYLE = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)


def main() -> None:
    """Print, and end at once: taking apart what was laid out would take a tenth of the time again."""
    os.nice(10)  # requests go first
    gc.disable()  # hardly anything becomes garbage before the end, and looking for it takes a quarter of the time
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Loaded within the limits.
    import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415

    page = sys.stdin.buffer.read().decode()
    nothing = URLFetcher(allowed_protocols=())
    weasyprint.HTML(string=printable(page), url_fetcher=nothing).write_pdf(sys.stdout.buffer, pdf_variant="pdf/ua-1")
    sys.stdout.buffer.flush()
    os._exit(0)


def printable(page: str) -> str:
    """The page as WeasyPrint lays it out: its sheet flat, no scripts, shapes in the colours of print."""
    # The first sheet is ours: whatever a candidate wrote comes after it, and escaped.
    whole = STYLE.sub(lambda match: flat(match[0]) + margins(page), page, count=1)
    return inked(SCRIPT.sub("", whole))


def margins(page: str) -> str:
    """Whose report it is and the page's number on every sheet, since sheets get apart."""
    title = TITLE.search(page)
    words = re.sub(r"[^\w .:·,-]", "", unescape(title[1]))[:120] if title else ""
    box = "font:7.5pt sans-serif;color:#444"
    number = 'counter(page) " / " counter(pages)'
    whole = ".report .cut>summary .brief{display:none}"  # nothing is folded: the sentence stands in full below
    return f'{whole}@page{{@bottom-left{{content:"{words}";{box}}}@bottom-right{{content:{number};{box}}}}}'


if __name__ == "__main__":
    main()
