"""What the candidate wrote beside the code: README, notes, requirements, and the notebook's own prose."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import PurePosixPath

from graders.model import Form, Submission

MOST_CHARACTERS = 200_000
PINNED = re.compile(r"^[A-Za-z0-9._\[\],-]+\s*(==|@|===)\s*\S+")
#: A topic is spoken of where a heading, or a line of a list, names it and words of its own follow.
TOPICS = {
    "problem": r"problem|task|goal|objective|churn",
    "approach": r"approach|method|model|features?|pipeline|design|decisions?",
    "results": r"results?|evaluation|performance|validation|scores?",
    "limits": r"limit\w*|caveats?|assumptions?|known issues|weakness\w*|risks?",
    "next steps": r"next|future|todo|improve\w*|more time|one more day",
}
LEAST_WORDS = 15
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$|^(.+)\n[=-]{3,}\s*$", re.MULTILINE)


def prose(submission: Submission) -> str:
    """README and NOTES at the root and a notebook's own text cells, one after the other; bounded."""
    named = [_text(submission, path) for path in sorted(submission.files) if _is_prose(path)]
    return "\n\n".join([*named, *_text_cells(submission)])[:MOST_CHARACTERS]


def _text_cells(submission: Submission) -> list[str]:
    """The Markdown of a notebook, which intake has read before; none where it is of an old format."""
    if submission.form is not Form.NOTEBOOK:
        return []
    try:
        cells = json.loads(submission.files[submission.entry])["cells"]
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
    parts = list(_sections(prose(submission)))
    return {
        topic: any(
            re.search(rf"\b({pattern})\b", title, re.IGNORECASE) and len(re.findall(r"\w+", body)) >= LEAST_WORDS
            for title, body in parts
        )
        for topic, pattern in TOPICS.items()
    }


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings of a Markdown text with what stands under each."""
    found = list(HEADING.finditer(text))
    for heading, after in zip_longest(found, found[1:]):
        yield heading.group(1) or heading.group(2), text[heading.end() : after.start() if after else len(text)]


def requirements(submission: Submission) -> list[str] | None:
    """The stated requirements, one a line; None where none are stated."""
    for path in sorted(submission.files):
        if re.fullmatch(r"(.*/)?requirements[\w.-]*\.(txt|lock|in)", path):
            lines = (line.split("#")[0].strip() for line in _text(submission, path).splitlines())
            stated = [line for line in lines if line and not line.startswith("-")]
            if stated:
                return stated
    if "pyproject.toml" in submission.files:
        return _from_pyproject(_text(submission, "pyproject.toml"))
    return None


def _from_pyproject(text: str) -> list[str] | None:
    try:
        stated = tomllib.loads(text).get("project", {}).get("dependencies")
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return None
    return [str(line) for line in stated] if isinstance(stated, list) and stated else None


LOCKS = frozenset({"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pixi.lock", "conda-lock.yml"})


def pinned_share(submission: Submission) -> float | None:
    """The share of stated requirements that name one version; None where none are stated."""
    if LOCKS & set(submission.files):
        return 1.0
    stated = requirements(submission)
    if stated is None:
        return None
    return sum(bool(PINNED.match(line)) for line in stated) / len(stated)
