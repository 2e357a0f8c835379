"""What the candidate wrote beside the code: README, notes, and the notebook's own prose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import PurePosixPath

from graders.model.submission import Form, Submission

MOST_CHARACTERS = 200_000
COMMAND = re.compile(r"^[\s$>]*(python3?|pip|uv|make|docker|pytest|poetry|conda|bash|sh|jupyter)\s+\S", re.MULTILINE)
#: A topic is spoken of where a heading, or a line of a list, names it and words of its own follow.
TOPICS = {
    "problem": r"problem|task|goal|objective|churn",
    "approach": r"approach|method|model|features?|pipeline|design|decisions?",
    "results": r"results?|evaluation|performance|validation|scores?",
    "limits": r"limit\w*|caveats?|assumptions?|known issues|weakness\w*|risks?",
    "next steps": r"next|future|todo|improve\w*|more time|one more day",
}
LEAST_WORDS = 15
LEAST_DISTINCT = 12
#: Shorter words are mostly those of the language.
LONG_WORD = re.compile(r"[a-z]{5,}")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$|^(.+)\n[=-]{3,}\s*$", re.MULTILINE)


def prose(submission: Submission) -> str:
    """README and NOTES at the root and a notebook's own text cells, one after the other; bounded."""
    named = [_text(submission, path) for path in sorted(submission.files) if _is_prose(path)]
    return "\n\n".join([*named, *_text_cells(submission)])[:MOST_CHARACTERS]


def _text_cells(submission: Submission) -> list[str]:
    """The Markdown of a notebook, which intake has read before; none where it is of an old format."""
    lone = [submission.entry] if submission.form is Form.NOTEBOOK else []
    read = dict.fromkeys([*lone, *(source.path for source in submission.notebooks)])
    return [text for path in read for text in _markdown(submission.files[path])]


def _markdown(notebook: bytes) -> list[str]:
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _is_prose(path: str) -> bool:
    pure = PurePosixPath(path)
    return (
        len(pure.parts) == 1 and pure.stem.lower() in {"readme", "notes"} and pure.suffix in {".md", ".txt", ".rst", ""}
    )


def _text(submission: Submission, path: str) -> str:
    return submission.files[path][:MOST_CHARACTERS].decode("utf-8", "replace")


def words(submission: Submission) -> int:
    return len(re.findall(r"\b\w[\w'-]*", prose(submission)))


def topics(submission: Submission) -> dict[str, bool]:
    """For each topic, whether a section about it has at least LEAST_WORDS words of its own."""
    parts = {body: title for title, body in reversed(list(_sections(prose(submission)))) if _has_content(body)}
    return {
        topic: any(re.search(rf"\b({pattern})\b", title, re.IGNORECASE) for title in parts.values())
        for topic, pattern in TOPICS.items()
    }


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings of a Markdown text with what stands under each."""
    found = list(HEADING.finditer(text))
    for heading, after in zip_longest(found, found[1:]):
        yield heading.group(1) or heading.group(2), text[heading.end() : after.start() if after else len(text)]


def distinct_words(submission: Submission) -> int:
    """Different words of README and notes: saying one thing often is saying it once."""
    return len({word.lower() for word in re.findall(r"[^\W\d_]{2,}", prose(submission))})


def sections_with_content(submission: Submission) -> int:
    """Headings under which something is said that is said under no other."""
    return len({body for _, body in _sections(prose(submission)) if _has_content(body)})


def _has_content(body: str) -> bool:
    words = re.findall(r"\w+", body.lower())
    return len(words) >= LEAST_WORDS and len(set(words)) >= LEAST_DISTINCT


def grounded_words(submission: Submission) -> int:
    """Different words of README and notes that the code speaks of too: what names nothing of the work is filler."""
    code = b"\n".join(source.text for source in submission.sources)[:MOST_CHARACTERS].decode("utf-8", "replace")
    spoken, written = (set(LONG_WORD.findall(text.lower())) for text in (code, prose(submission)))
    return len(spoken & written)


def has_command(submission: Submission) -> bool:
    """Whether README or notes give a command line to type."""
    return bool(COMMAND.search(prose(submission)))
