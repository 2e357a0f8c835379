"""A report's page as PDF, in a process of its own.

Laying out a long report takes many seconds of Python, in which the service would answer nobody; and a process can be
ended where a thread cannot.  It fetches nothing: the page holds all it needs, and whatever candidate text in it looks
like an address is refused.
"""

from __future__ import annotations

import asyncio
import gc
import os
import re
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE
from html import unescape

from app.words import _

MODULE = "app.gradings.printing"
SECONDS = 180.0
MEMORY = 2 * 2**30
TITLE = re.compile(r"<title>([^<]*)</title>")
SCRIPT = re.compile(r"<script>[^<]*+</script>")
STYLE = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)


class Unprintable(Exception):
    """No PDF came of this page within the time and memory it may take."""


async def pdf(page: str, *, seconds: float = SECONDS) -> bytes:
    """The PDF of an HTML page that needs nothing else; Unprintable where it fails.  Cancelled, it ends the process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(seconds):
            made, _errors = await process.communicate(page.encode())
    except TimeoutError:
        raise Unprintable(_("It took longer than {seconds:g} s.").format(seconds=seconds)) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Unprintable(_("It ended with status {status}.").format(status=process.returncode))
    return made


def _print() -> None:
    """Standard input to standard output."""
    os.nice(10)  # requests go first
    gc.disable()  # hardly anything becomes garbage before the end, and looking for it takes a quarter of the time
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Seconds of imports that only this process has to spend.
    import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415

    from app.gradings.flat_css import flat  # noqa: PLC0415
    from app.gradings.ink import inked  # noqa: PLC0415

    page = sys.stdin.buffer.read().decode()
    # The first sheet is ours: whatever a candidate wrote comes after it, and escaped.
    whole = STYLE.sub(lambda match: flat(match[0]) + margins(page), page, count=1)
    whole = SCRIPT.sub("", whole)
    nothing = URLFetcher(allowed_protocols=())
    weasyprint.HTML(string=inked(whole), url_fetcher=nothing).write_pdf(sys.stdout.buffer, pdf_variant="pdf/ua-1")


def margins(page: str) -> str:
    """Whose report it is and the page's number on every sheet, since sheets get apart."""
    title = TITLE.search(page)
    words = re.sub(r"[^\w .:·,-]", "", unescape(title[1]))[:120] if title else ""
    box = "font:7.5pt sans-serif;color:#444"
    number = 'counter(page) " / " counter(pages)'
    return f'@page{{@bottom-left{{content:"{words}";{box}}}@bottom-right{{content:{number};{box}}}}}'


if __name__ == "__main__":
    _print()
