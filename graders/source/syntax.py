"""Python text as a syntax tree, without running it and without a word about it."""

from __future__ import annotations

import ast
import warnings


def parsed(text: str | bytes) -> ast.Module | None:
    """The tree; None where the text is not Python, or nested too deeply for the parser."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a bad escape in the candidate's text
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
