"""Blind mode: who the candidate is goes out of the candidate's own text, and comes back by a map kept apart.

Names that are English words too (May, Will) are taken out where they begin with a capital.  What looks like a person
although it is none, such as the owner of a library on a code host, goes as well: better one word too many.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from graders.report.schema import Document, Element
from graders.report.translated import kept

T = TypeVar("T", bound=Element)

#: Parts of a document whose words are the grader's own.
OURS = frozenset({
    "schema_version", "status", "challenge", "provenance", "guide", "question", "strong", "weak", "levels", "code",
    "kind", "severity", "certainty", "source", "title", "columns", "id", "form", "sha256", "reader", "verdicts",
    "exit", "action", "about",
})  # fmt: skip
#: Objects whose keys the candidate chose.
NAMED = frozenset({"claimed", "claimed_null"})

#: Where a person shows, each with the part to take out as its group `who`.
PATTERNS = (
    re.compile(r"(?<![\w.+-])(?P<who>[\w.+-]++@[\w-]++(?:\.[\w-]++)++)"),
    re.compile(r"(?:/Users/|/home/|\\Users\\)(?P<who>[^/\\\s\"'`:;,)]+)"),
    re.compile(
        r"(?:linkedin\.com/(?:in|pub)/|(?:github|gitlab|kaggle|twitter|x)\.com/|bitbucket\.org/"
        r"|huggingface\.co/|orcid\.org/)@?(?P<who>[\w.%+-]+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w-])(?P<who>[\w-]++)(?=\.github\.io)", re.IGNORECASE),
    re.compile(r"__(?:author|maintainer|credits)__\s*+=\s*+(?:\[\s*+)?[\"'](?P<who>[^\"']++)[\"']"),
    re.compile(
        r"(?:@author|\b(?:authors?|written by|created by|maintainer|user\.name)\b)\s*+(?:[:=][ \t]*+)?[\"']?"
        r"(?P<who>(?-i:[A-Z])[\w'’-]+(?:[ .]+(?-i:[A-Z])[\w'’-]*){0,3})",
        re.IGNORECASE,
    ),
    re.compile(  # of a header, where somebody signs
        r"\b(?:candidate|applicant|student|full name|developer|signed-off-by)\b[\"']?\s*+[:=]\s*+[\"']?"
        r"(?P<who>(?-i:[A-Z])[\w'’-]+(?:[ .]+(?-i:[A-Z])[\w'’-]*){0,3})",
        re.IGNORECASE,
    ),
    re.compile(
        r"^[ \t#*/>\"'|-]{0,20}+(?:prepared|submitted|developed|implemented|coded|programmed|solved) by\b\s*+:?[ \t]*+"
        r"(?P<who>(?-i:[A-Z])[\w'’-]+(?:[ .]+(?-i:[A-Z])[\w'’-]*){0,3})",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(  # of pyproject.toml and of a notebook's metadata
        r"\bauthors?[\"']?\s*+[:=]\s*+\[\s*+(?:\{\s*+[\"']?name[\"']?\s*+[:=]\s*+)?[\"'](?P<who>[^\"'<\n]{1,80})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:copyright|©)(?:\s*+(?:\(c\)|©))?[\d,\s-]*+(?P<who>[A-Z][\w'’-]+(?: [A-Z][\w'’-]*){0,3})", re.IGNORECASE
    ),
)

#: Names that are words as well: in small letters they stay.
WORDS = frozenset({
    "may", "will", "mark", "grant", "rich", "art", "april", "june", "august", "summer", "grace", "hope", "joy",
    "rose", "page", "young", "long", "white", "brown", "black", "green", "king", "price", "day", "rob", "sky",
    "dawn", "faith", "drew", "miles", "wood", "stone", "bell", "bush", "case", "cross", "field", "ford", "hill",
    "lane", "model", "data", "test", "max", "min", "sum", "rand", "chi", "van", "der", "von", "del", "name",
})  # fmt: skip
PLACEHOLDER = re.compile(r"\[name (\d+)\]")
SHORTEST = 3


def redact(document: T, names: Iterable[str]) -> tuple[T, dict[str, str]]:
    """`document` without the people in the candidate's text, and what stood there by placeholder.

    `names` are what is known of the candidate: full names, e-mail addresses, user names.  `restore` undoes it exactly.
    """
    vault = _Vault(document)
    searches = (*PATTERNS, *_searches(names))

    def without(text: str) -> str:
        for search in searches:
            text = search.sub(vault.put, text)
        return text

    redacted: T = _walk(document, without)
    if isinstance(redacted, Document):  # a text without its name is shown in English: the message holds the name
        redacted = cast(T, kept(redacted))
    return redacted, {placeholder: original for original, placeholder in vault.placeholders.items()}


def without_people(text: str, names: Iterable[str]) -> str:
    """A plain text with a mark in each place where `redact` would have one."""
    for search in (*PATTERNS, *_searches(names)):
        text = search.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    start, end = match.start("who") - match.start(), match.end("who") - match.start()
    lines = "\n" * match["who"].count("\n")  # a name over two lines moves no line of code
    return match[0][:start] + "[name]" + lines + match[0][end:]


def restore(document: T, originals: Mapping[str, str]) -> T:
    """The document before `redact`, from what it gave."""
    restored: T = _walk(document, lambda text: PLACEHOLDER.sub(lambda match: originals.get(match[0], match[0]), text))
    return restored


class _Vault:
    """Placeholders by what they stand for; none that already stands in the document is given out."""

    def __init__(self, document: Element) -> None:
        self.placeholders: dict[str, str] = {}
        self._taken: set[str] = set()
        _walk(document, self._take)

    def _take(self, text: str) -> str:
        self._taken.update(match[0] for match in PLACEHOLDER.finditer(text))
        return text

    def put(self, match: re.Match[str]) -> str:
        who = match["who"]
        if PLACEHOLDER.search(who):  # a part of it went before
            return match[0]
        start, end = match.start("who") - match.start(), match.end("who") - match.start()
        return match[0][:start] + self._placeholder(who) + match[0][end:]

    def _placeholder(self, who: str) -> str:
        if who not in self.placeholders:
            number = len(self.placeholders) + 1
            while f"[name {number}]" in self._taken:
                number += 1
            self.placeholders[who] = f"[name {number}]"
            self._taken.add(f"[name {number}]")
        return self.placeholders[who]


def _walk(node: Any, change: Callable[[str], str]) -> Any:
    """A copy of `node` with `change` done to every text of the candidate."""
    if isinstance(node, str):
        return change(node)
    if isinstance(node, tuple):
        return tuple(_walk(item, change) for item in node)
    if isinstance(node, float) or not isinstance(node, Element):  # most are numbers, and the first question is cheap
        return node
    theirs = ((name, value) for name, value in node if name in node.model_fields_set and name not in OURS)
    return node.model_copy(update={name: _member(name, value, change) for name, value in theirs})


def _member(name: str, value: Any, change: Callable[[str], str]) -> Any:
    if name in NAMED:
        return {change(metric): score for metric, score in value.items()}
    return _walk(value, change)


def _searches(names: Iterable[str]) -> list[re.Pattern[str]]:
    """One search for all that is known, the longest first; a word in small letters is left alone."""
    known = {form for name in names for form in _forms(name)}
    if not known:
        return []
    free = sorted((form for form in known if form not in WORDS), key=lambda form: (-len(form), form))
    words = sorted(form for form in known if form in WORDS)
    parts = [f"(?i:{'|'.join(_loose(form) for form in free)})"] if free else []
    parts += [f"{form.capitalize()}|{form.upper()}" for form in words]
    return [re.compile(rf"(?<![^\W_])(?P<who>{'|'.join(parts)})(?![a-zß-ÿ])")]


def _forms(name: str) -> set[str]:
    """What a name or address may show as: whole, its parts, initial with last name, without accents."""
    plain = name.partition("@")[0]
    parts = [part for part in re.split(r"[\s._+@\d-]+", plain.lower()) if part]
    forms = {" ".join(parts), *parts}
    if len(parts) > 1:
        forms |= {parts[0][0] + parts[-1], parts[0] + parts[-1][0], " ".join((parts[-1], *parts[:-1]))}
    forms |= {_without_accents(form) for form in forms}
    return {form for form in forms if len(form) >= SHORTEST}


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _loose(form: str) -> str:
    """Between the parts of a name any of the usual separators may stand, or nothing."""
    return r"[\s._-]*".join(map(re.escape, form.split()))
