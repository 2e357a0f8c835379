"""A challenge as candidates read it: its brief, what earns points and how it is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from unicodedata import combining, normalize

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from app.words import N_, language
from graders.model.challenge import Challenge, Criterion

SECTIONS = {
    "model": N_("The model"),
    "code": N_("The code"),
    "production": N_("Ready for production"),
    "responsibility": N_("Responsibility"),
}

#: Raw HTML stays text: a brief is written in Markdown and nothing else.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Prose:
    """A text of the challenge as HTML; `headings` are the (id, words) of its parts."""

    html: Markup
    headings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RubricSection:
    """One section of the rubric with its criteria and the sum of their points; `start` is the sum before it."""

    id: str
    title: str
    points: float
    start: float
    criteria: tuple[Criterion, ...]


def brief(challenge: Challenge, of_their_rows: str | None = None) -> Prose:
    """What is asked; `of_their_rows` is the text of a candidate who has rows of their own."""
    return _prose(_text(challenge, "BRIEF.md") if of_their_rows is None else of_their_rows)


def rules(challenge: Challenge) -> Prose:
    """How each criterion is judged, in full."""
    return _prose(_text(challenge, "RUBRIC.md"))


def written(text: str) -> Markup:
    """A text that members wrote in Markdown, without a title of its own."""
    tokens = list(_demoted(_markdown.parse(text)))
    return Markup(_markdown.renderer.render(tokens, _markdown.options, {}))  # noqa: S704


def rubric(challenge: Challenge) -> tuple[RubricSection, ...]:
    """The rubric by section, in the challenge's order."""
    found: list[RubricSection] = []
    for section, group in groupby(challenge.rubric, key=lambda criterion: criterion.section):
        criteria = tuple(group)
        start = sum(s.points for s in found)
        found.append(RubricSection(section, SECTIONS[section], sum(c.points for c in criteria), start, criteria))
    return tuple(found)


def _text(challenge: Challenge, name: str) -> str:
    """A text of the challenge, in the reader's language where there is one; nothing where it has none."""
    path = challenge.folder / f"{name.removesuffix('.md')}.{language()}.md"
    path = path if path.is_file() else challenge.folder / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _prose(text: str) -> Prose:
    """As HTML without its title, so that the page keeps the only h1."""
    tokens = list(_demoted(_without_title(_markdown.parse(text))))
    pairs = pairwise(tokens)
    headings = [(str(a.attrs["id"]), b.content) for a, b in pairs if a.type == "heading_open" and a.tag == "h2"]
    return Prose(Markup(_markdown.renderer.render(tokens, _markdown.options, {})), tuple(headings))  # noqa: S704


def _without_title(tokens: list[Token]) -> list[Token]:
    """A first heading repeats the page's own title."""
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return tokens[3:] if titled else tokens


def _demoted(tokens: list[Token]) -> Iterator[Token]:
    """Headings from the second level on, each with an id of its own."""
    taken: set[str] = set()
    for i, token in enumerate(tokens):
        if token.type == "heading_open":
            name = _name(tokens[i + 1].content, taken)
            yield token.copy(tag=f"h{max(int(token.tag[1]), 2)}", attrs={"id": name})
        elif token.type == "heading_close":
            yield token.copy(tag=f"h{max(int(token.tag[1]), 2)}")
        elif "style" in token.attrs:  # how cells are aligned, which our policy lets only a sheet say
            yield token.copy(attrs={"class": "aligned"})
        else:
            yield token


def _name(words: str, taken: set[str]) -> str:
    """An id made of a heading's words, which no other part of the page has."""
    unaccented = "".join(sign for sign in normalize("NFKD", words) if not combining(sign))
    plain = "brief-" + (re.sub(r"[^a-z0-9]+", "-", unaccented.lower()).strip("-") or "part")
    name = plain if plain not in taken else f"{plain}-{len(taken)}"
    taken.add(name)
    return name
