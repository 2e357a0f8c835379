"""Spare scipy from writing its documentation anew whenever it is imported: a fifth of the time that libraries take.

scipy parses the text of some 600 functions to add a note to each.  Once this module is imported, before scipy's others,
they keep the text they were written with, and nothing else of them differs.
"""

from __future__ import annotations

import copy
from typing import Any

try:
    from scipy._lib import _docscrape
except ImportError:
    _docscrape = None


def keep_as_written() -> None:
    """Put a class that parses nothing in the place of scipy's own."""

    class AsWritten(_docscrape.FunctionDoc):  # type: ignore[misc]
        """Takes whatever is added to its sections, and gives the text as it was."""

        def __init__(self, func: Any, *_: Any, **__: Any) -> None:
            self._parsed_data = copy.deepcopy(self.sections)
            self._text = func.__doc__ or ""

        def __str__(self, *_: Any, **__: Any) -> str:
            return f"\n{self._text}"  # whoever asks cuts off the first line

    _docscrape.FunctionDoc = AsWritten


if hasattr(_docscrape, "FunctionDoc"):
    keep_as_written()
