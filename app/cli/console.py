"""What every command writes with: results to standard output, all else to standard error, and what is going on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from app.words import _

#: Lines are not broken: what is printed is often a link, or read by a program.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

QUIET_SECONDS, REPEAT_SECONDS = 2.0, 15.0


class Work:
    """What a command is doing now, and how many of its steps are done."""

    def __init__(self, what: str, steps: int | None = None) -> None:
        self.what, self.steps, self.done = what, steps, 0


@contextmanager
def working(what: str, steps: int | None = None) -> Iterator[Work]:
    """Show what a command is doing: a spinner on a terminal, elsewhere a line after two seconds and now and then.

    What is shown follows the `Work` that is given.
    """
    work, ended = Work(what, steps), threading.Event()
    show = _spin if err.is_terminal else _tell
    shower = threading.Thread(target=show, args=(work, ended), daemon=True)
    shower.start()
    try:
        yield work
    finally:
        ended.set()
        shower.join()


def _spin(work: Work, ended: threading.Event) -> None:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = (BarColumn(),) if work.steps else ()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), *bar, TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(escape(work.what), total=work.steps)
        while not ended.wait(0.1):
            progress.update(task, description=escape(work.what), completed=work.done)


def _tell(work: Work, ended: threading.Event) -> None:
    begun = time.monotonic()
    wait = QUIET_SECONDS
    while not ended.wait(wait):
        told = _("{what} ({n:.0f} s, step {done} of {steps})") if work.steps else _("{what} ({n:.0f} s)")
        told = told.format(what=work.what, n=time.monotonic() - begun, done=work.done, steps=work.steps)
        err.print(escape(told))
        wait = REPEAT_SECONDS
