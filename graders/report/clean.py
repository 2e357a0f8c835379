"""Text that a stranger wrote, made fit to be stored and shown."""

from __future__ import annotations

import re
import unicodedata

# What terminals act on: CSI and OSC sequences, and the two-character escapes.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]?")
_KEPT = "\n\t"


def clean(text: str, limit: int = 500) -> str:
    """`text` without terminal sequences and without control, format and unassigned characters, cut to `limit`.

    Format characters go because some reorder what a reader sees (bidi overrides) or hide in a word; a
    newline and a tab stay, every other line separator becomes a newline.
    """
    bounded = _ESCAPES.sub("", text[: 4 * limit + 1000]).replace("\r\n", "\n")
    printed = bounded.replace("\n", "").replace("\t", "")
    plain = bounded if printed.isprintable() else "".join(map(_plain, bounded))  # most text has nothing to take out
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def clean_line(text: str, limit: int = 200) -> str:
    """The same on one line: newlines become spaces, a tab becomes four."""
    return clean(text, limit).replace("\n", " ").replace("\t", "    ")


def _plain(character: str) -> str:
    if character in _KEPT:
        return character
    if character == "\r" or unicodedata.category(character) in ("Zl", "Zp"):
        return "\n"
    return "" if unicodedata.category(character).startswith("C") else character
