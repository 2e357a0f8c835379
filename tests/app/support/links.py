"""Links as somebody would forge them."""

from __future__ import annotations


def forged(link: str) -> str:
    """`link` with another last character: links end in random ones, so a fixed one is at times the right one."""
    return link[:-1] + ("A" if link[-1] != "A" else "B")
