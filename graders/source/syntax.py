"""Python text as a syntax tree, without running it and without a word about it."""

from __future__ import annotations

import ast
import threading
import warnings

#: Before Python 3.11.8 the parser's depth counter is shared by all threads (python/cpython#106905), and the filters of
#: warnings are too: two threads that parse at once may get a SystemError, or each other's filters.
_one_at_a_time = threading.Lock()


def parsed(text: str | bytes) -> ast.Module | None:
    """The tree; None where the text is not Python, or nested too deeply for the parser."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a bad escape in the candidate's text
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
