"""What a command has done in a process with limits, without loading here what is loaded there."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def code(path: Path, include: tuple[str, ...], exclude: tuple[str, ...]) -> dict[str, Any]:
    """As app.quality.quality, in this process."""
    from app.intake.source_tree import Choice
    from app.quality import judged

    return judged(path, Choice(include, exclude), None)
