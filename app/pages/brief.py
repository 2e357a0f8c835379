"""A challenge as candidates read it: its brief, what earns points, what they may import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from graders.model import Challenge, Criterion

SECTIONS = {
    "model": "The model",
    "code": "The code",
    "production": "Ready for production",
    "responsibility": "Responsibility",
}

#: Raw HTML stays text: a brief is written in Markdown and nothing else.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class RubricSection:
    """One section of the rubric with its criteria and the sum of their points."""

    title: str
    points: float
    criteria: tuple[Criterion, ...]


def brief(challenge: Challenge) -> Markup:
    """The brief as HTML, its title left out so that the page keeps the only first heading."""
    path = challenge.folder / "BRIEF.md"
    if not path.is_file():
        return Markup()
    tokens = _markdown.parse(path.read_text(encoding="utf-8"))
    shown = list(_demoted(_without_title(tokens)))
    return Markup(_markdown.renderer.render(shown, _markdown.options, {}))  # noqa: S704 - see _markdown


def _without_title(tokens: list[Token]) -> list[Token]:
    """A first heading repeats the page's own title."""
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return tokens[3:] if titled else tokens


def _demoted(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            yield token.copy(tag=f"h{max(int(token.tag[1]), 2)}")
        else:
            yield token


def rubric(challenge: Challenge) -> tuple[RubricSection, ...]:
    """The rubric by section, in the challenge's order."""
    return tuple(
        RubricSection(SECTIONS[section], sum(c.points for c in criteria), criteria)
        for section, group in groupby(challenge.rubric, key=lambda criterion: criterion.section)
        for criteria in [tuple(group)]
    )
