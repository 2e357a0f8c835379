"""A report's page as PDF, in a process of its own.

Laying out a long report takes seconds of Python, in which the service would answer nobody; and a process can be ended
where a thread cannot.  `printed.py` is that process.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

from app.words import _

MODULE = "app.gradings.printed"
SECONDS = 180.0


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
