"""The notebook file: JSON of the formats 2 to 4, and its code cells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.intake.problems import rejected, shown
from app.words import _
from graders.model.submission import Location

#: Formats 2 and 3 kept cells in worksheets, and the text of a code cell under another name.
WITH_SHEETS = (2, 3)
FORMATS = (*WITH_SHEETS, 4)
PYTHON = frozenset({"python", "python2", "python3", "ipython", ""})


def code_cells(data: bytes, entry: str) -> dict[int, str]:
    """The sources of the code cells by number, counted over all cells from 1; raises Rejected."""
    try:
        book = json.loads(data)
        language = _language(book.get("metadata", {}))
        sources = {n: _source(cell) for n, cell in enumerate(_cells(book), 1) if cell["cell_type"] == "code"}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise rejected(
            "NOTEBOOK_BROKEN", _("{entry} is not a readable notebook.").format(entry=shown(entry)), Location(entry)
        ) from error
    if language not in PYTHON:
        raise rejected(
            "NOTEBOOK_LANGUAGE",
            _("The notebook's language is {language}.").format(language=shown(language)),
            Location(entry),
        )
    return sources


def without_outputs(data: bytes) -> bytes:
    """The notebook with empty outputs; what is no notebook stays as it is."""
    try:
        book = json.loads(data)
        for cell in _cells(book):
            cell.pop("attachments", None)
            if "outputs" in cell:
                cell["outputs"] = []
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return data
    return json.dumps(book, ensure_ascii=False).encode("utf-8", "replace")


def _cells(book: Mapping[str, Any]) -> list[dict[str, Any]]:
    version = book.get("nbformat", 4)
    if version not in FORMATS:
        raise ValueError("a format of another time")
    if version in WITH_SHEETS:
        return [cell for sheet in book["worksheets"] for cell in sheet["cells"]]
    return list(book["cells"])


def _source(cell: Mapping[str, Any]) -> str:
    """The source with one kind of line end, and without halves of surrogate pairs."""
    source = cell["input"] if "input" in cell else cell["source"]
    text = "".join(source) if isinstance(source, list) else source
    if not isinstance(text, str):
        raise TypeError("the source of a cell is no text")
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")


def _language(metadata: Mapping[str, Any]) -> str:
    kernel, info = metadata.get("kernelspec"), metadata.get("language_info")
    named = kernel.get("language") if isinstance(kernel, dict) else None
    named = named or (info.get("name") if isinstance(info, dict) else None)
    return str(named or "").lower()
