"""What a command has done in a process with limits, without loading here what is loaded there."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from sandbox.static_tools.bounded import OF_A_PROJECT, Overrun, Session, forked


def process() -> Session:
    """Begun while this process has one thread; it speaks the language that this one speaks now."""
    return forked(OF_A_PROJECT)


def read(process: Session, path: Path, include: tuple[str, ...], exclude: tuple[str, ...]) -> dict[str, Any]:
    """As app.quality.quality."""
    try:
        return process.call(_code, path, include, exclude)
    except Overrun as overrun:
        from app.intake.bounded import too_much

        raise too_much(OF_A_PROJECT) from overrun


def _code(path: Path, include: tuple[str, ...], exclude: tuple[str, ...]) -> dict[str, Any]:
    gc.disable()  # nothing that is loaded becomes garbage
    from app.intake.source_tree import Choice
    from app.quality import judged

    gc.enable()
    return judged(path, Choice(include, exclude))
