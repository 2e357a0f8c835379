"""Every sentence that a person reads keeps the rules of docs/words.md, as far as a test can tell.

Rooms in `TO_DO` are not held to them yet, and that list only gets shorter: take yours out and mend what fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2.ext import babel_extract

from app.cli.main import app as command
from app.intake.problems import HINTS
from graders.catalog import CHECKS
from graders.measure.problems import ADVICE

#: What marks a text for the catalogue.
MARKERS = {"_", "N_", "gettext", "ngettext"}
ROOT = Path(__file__).parents[1]
MOST_WORDS = 20
#: Stands for what is filled in: a name, a number.
GAP = "X"
Sentences = Iterator[tuple[str, str]]

#: The rooms whose sentences are not rewritten yet.
TO_DO: frozenset[str] = frozenset()

ERRORS = {
    *("NotFound", "Unauthenticated", "Forbidden", "Conflict", "VersionNeeded", "Stale", "Invalid", "TooMany"),
    *("Unavailable", "Refused", "BackupError"),
}


def command_line() -> Sentences:
    """The help of each command and option, and what commands print."""
    for group in (command, *(sub.typer_instance for sub in command.registered_groups)):
        for registered in group.registered_commands:
            callback = registered.callback
            assert callback is not None
            yield callback.__name__, (callback.__doc__ or "").strip()
    for path in (ROOT / "app" / "cli").glob("*.py"):
        yield from called_with(path, {"Option", "Argument"}, "help")
        for where, text in called_with(path, {"print", "unknown", "Requirement", "working", "BadParameter"}):
            if re.search(r"[.?!]$", text):
                yield where, text


def mails() -> Sentences:
    """What the texts of mails are made of."""
    for where, text in literals(ROOT / "app" / "mail" / "texts.py"):
        if " " in text:
            yield where, text


def refusals() -> Sentences:
    """What intake refuses, and what keeps a run from being graded."""
    for code, hint in HINTS.items():
        yield code, hint
    for code, advice in ADVICE.items():
        yield code, advice.message
        yield code, advice.hint
    for path in (ROOT / "app" / "intake").rglob("*.py"):
        yield from called_with(path, {"rejected"})


def answers() -> Sentences:
    """Details and hints of the API's problems, which pages show as well."""
    for path in (ROOT / "app").rglob("*.py"):
        if "intake" not in path.parts and "cli" not in path.parts:
            yield from called_with(path, ERRORS)


def checks() -> Sentences:
    """Every text of every check."""
    for check in CHECKS:
        yield from ((check.code, text) for text in texts(check) if " " in text)


def pages() -> Sentences:
    """The catalogue's texts of pages."""
    for path in (ROOT / "app" / "pages" / "templates").rglob("*.html"):
        with path.open("rb") as template:
            for line, function, texts, _comments in babel_extract(template, MARKERS, [], {"trimmed": "true"}):
                every = texts if isinstance(texts, tuple) else (texts,)
                yield from ((f"{path.relative_to(ROOT)}:{line} {function}", plain(text)) for text in every if text)
    for folder in ("pages", "web"):
        for path in (ROOT / "app" / folder).rglob("*.py"):
            yield from called_with(path, MARKERS)


def plain(text: str) -> str:
    """A text of a page as it is read."""
    return re.sub(r"%\(\w{1,40}\)s|<code>[^<]{0,100}</code>", GAP, re.sub(r"<(?!/?code)[^<>]{0,400}>", "", text))


def report() -> Sentences:
    """The visible text of the report."""
    yield from templates(ROOT / "graders" / "report" / "templates")


ROOMS: Mapping[str, Callable[[], Sentences]] = {
    room.__name__: room for room in (command_line, mails, refusals, answers, checks, pages, report)
}
#: Rooms whose texts are whole sentences everywhere.
WHOLE = frozenset({"command_line", "refusals", "answers"})
DONE = sorted(set(ROOMS) - TO_DO)


@pytest.mark.parametrize("room", DONE)
def test_a_sentence_has_at_most_twenty_words(room: str) -> None:
    long = [(where, text) for where, text in sentences(room) if len(text.split()) > MOST_WORDS]
    assert not long, listed(long)


@pytest.mark.parametrize("room", DONE)
def test_no_banned_word_is_used(room: str) -> None:
    used = [(where, f"{text}  <- {banned}") for where, text in sentences(room) for banned in banned_in(text)]
    assert not used, listed(used)


@pytest.mark.parametrize("room", sorted(WHOLE - TO_DO))
def test_a_text_begins_with_a_capital_and_ends_with_a_full_stop(room: str) -> None:
    odd = [(where, text) for where, text in every(room) if not BEGINS.match(text)]
    odd += [(where, text) for where, text in every(room) if not text.rstrip().endswith((".", "?", "!", "}", GAP))]
    assert not odd, listed(odd)


@pytest.mark.parametrize("room", DONE)
def test_numbers_have_units_with_a_space_and_nothing_is_one_lines(room: str) -> None:
    odd = [(where, text) for where, text in sentences(room) if UNIT.search(text) or ONE_MANY.search(text)]
    assert not odd, listed(odd)


def test_the_rules_find_what_they_look_for() -> None:
    """A sentence that breaks each rule is found, so that a green test means something."""
    assert banned_in("Locked is for ever.")
    assert not banned_in("Submitting is final. It may stay available.")
    assert UNIT.search("at most 10MB")
    assert UNIT.search("a 95% interval")
    assert ONE_MANY.search("It has 1 lines.")
    assert not ONE_MANY.search("It has 11 lines.")
    assert list(split("One. Two e.g. this? `a.b` is 1.5 long.")) == ["One.", "Two e.g. this?", "`a.b` is 1.5 long."]
    assert all(every(room) for room in ROOMS)
    assert set(ROOMS) >= TO_DO


#: A capital, a quotation, or the name of a function or file, which keeps its own letters.
BEGINS = re.compile(r"""[A-Z"'`]|\{\w+\}$|(?:train|evaluate|predict|\{phase\}|pipeline\.py)\b|\{phase\} """)
UNIT = re.compile(r"\b\d{1,9}(?:%|(?:MB|GB|KB|GiB|MiB|ms|s|h)\b)")
ONE_MANY = re.compile(r"(?<![\d.,])1 (?:lines|rows|runs|files|days|hours|attempts|findings|points|customers)\b")


def _banned() -> list[re.Pattern[str]]:
    table = (ROOT / "docs" / "words.md").read_text().split("<!-- banned -->")[1].split("<!-- end -->")[0]
    patterns = re.findall(r"^\| `((?:[^`\\]|\\.){1,60})` \|", table, re.MULTILINE)
    assert len(patterns) >= 20
    words = [pattern.replace("\\|", "|") for pattern in patterns]
    return [re.compile(rf"(?<![\w-])(?:{word})(?![\w-])", re.IGNORECASE) for word in words]


BANNED = _banned()


def banned_in(text: str) -> list[str]:
    """The banned words in a text; code between backticks is nobody's sentence."""
    plain = re.sub(r"`[^`]{0,200}`", GAP, text)
    return [match.group() for pattern in BANNED if (match := pattern.search(plain))]


@cache
def every(room: str) -> tuple[tuple[str, str], ...]:
    return tuple(ROOMS[room]())


def sentences(room: str) -> Sentences:
    for where, text in every(room):
        yield from ((where, sentence) for sentence in split(text))


def split(text: str) -> Iterator[str]:
    """The sentences of a text: a stop, then a space and a capital."""
    for paragraph in re.split(r"\n\s{0,20}\n", text):
        flat = " ".join(paragraph.split())
        yield from (part for part in re.split(r"(?<=[.?!]) (?=[A-Z`\"'])", flat) if part)


def called_with(path: Path, names: set[str], keyword: str = "") -> Sentences:
    """The texts given to calls of `names`: those that are sentences, or the one of this keyword."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and called(node.func) in names:
            given = [] if keyword else [*node.args, *(k.value for k in node.keywords if k.arg in ("hint", "detail"))]
            given += [k.value for k in node.keywords if keyword and k.arg == keyword]
            for argument in given:
                text = text_of(argument)
                if text and " " in text:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", re.sub(r"\[/?bold\]", "", text).strip()


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def text_of(node: ast.expr) -> str:
    """A text with gaps for what is filled in; empty where it is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(func=ast.Attribute(value=text, attr="format")):
            return re.sub(r"\{[^{}]{1,40}\}", GAP, text_of(text))
        case ast.Call(func=ast.Name(id="_" | "N_" | "ngettext"), args=[text, *_]):
            return text_of(text)
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) if isinstance(part, ast.Constant) else GAP for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (text_of(left) or GAP) + (text_of(right) or GAP)
    return ""


def literals(path: Path) -> Sentences:
    """Every text of a module that is no docstring."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        whole = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and id(node) not in inner)
        if whole and id(node) not in docs and isinstance(node, ast.expr) and (text := text_of(node)):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def texts(value: Any) -> Iterator[str]:
    """Every text in a value made of dataclasses, tuples and mappings."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, Mapping):
        yield from texts(tuple(value.values()))


def templates(folder: Path) -> Sentences:
    """The text between the tags of templates, with gaps for what they fill in."""
    for path in folder.rglob("*.html*"):
        text = re.sub(r"(?s)<(script|style)\b.*?</\1>|\{#.*?#\}|<!--.*?-->", "", path.read_text())
        text = re.sub(r"(?s)\{\{.*?\}\}", GAP, text)
        text = re.sub(r"(?s)\{%.*?%\}", "", text)
        text = re.sub(r"</?(?:a|b|i|em|strong|code|span|small|kbd|abbr)\b[^<>]{0,400}>", "", text)
        for part in re.split(r"<[^<>]{0,1000}>", text):
            if part.strip() and " " in part.strip():
                yield str(path.relative_to(ROOT)), " ".join(part.split())


def listed(found: list[tuple[str, str]]) -> str:
    return "\n" + "\n".join(f"{where}: {text}" for where, text in found)
