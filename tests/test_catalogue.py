"""Every sentence of pages, mails and refusals sits where a translator finds it, whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app import webhooks
from app.invitations.timing import TimerIn
from app.organisations.views import MemberChange, OrganisationChange
from app.rights import Right
from app.store.reports import Filter
from app.tracking.views import SystemChange, SystemIn
from app.web import audited, labels
from app.webhooks.events import TEST
from app.webhooks.views import WebhookChange
from tests.test_words import called, called_with

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "app" / "locale" / "assay.pot"
TEMPLATES = ROOT / "app" / "pages" / "templates"
EXTRACT = "extract -F pyproject.toml -k N_ --sort-by-file --add-location=file --no-wrap --omit-header -o"
TRANSLATES = {"_", "gettext", "ngettext"}
#: A name, a file and what programs read: nobody translates them.
UNTRANSLATED = re.compile(r"Assay|SHA-256|UTC|assay_")
READ = {"aria-label", "title", "alt", "placeholder", "data-saved", "data-failed"}
#: Blocks that hold the classes of an element.
CLASSES = re.compile(r"\{% block (?:width|body) %\}[^{}]{0,80}\{% endblock %\}")
_environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - it only parses


def test_the_catalogue_is_current(tmp_path: Path) -> None:
    """A sentence was added or changed: run the command of CONTRIBUTING.md, and commit the catalogue with it."""
    new = tmp_path / "assay.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", *EXTRACT.split(), str(new), "app"]
    subprocess.run(command, check=True, cwd=ROOT)
    assert EXTRACT in (ROOT / "CONTRIBUTING.md").read_text()
    assert new.read_text() == CATALOGUE.read_text(), f"Run: pybabel {EXTRACT} app/locale/assay.pot app"


@cache
def listed(catalogue: Path) -> frozenset[str]:
    """The sentences of a catalogue, those of one and of many alike."""
    with catalogue.open("rb") as file:
        known = [message.id for message in read_po(file) if message.id]
    return frozenset(form for sentence in known for form in ([sentence] if isinstance(sentence, str) else sentence))


def unlisted(tree: ast.AST, catalogue: Path, marks: Mapping[str, int]) -> Iterator[str]:
    """Sentences that are marked where the extraction does not look: within an f-string or within another mark.

    `marks` has the place of the sentence among the arguments by the name of what is called.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in marks:
            for argument in node.args[marks[node.func.id] :][:1]:
                text = argument.value if isinstance(argument, ast.Constant) else None
                if isinstance(text, str) and text and text not in listed(catalogue):
                    yield text


@pytest.mark.parametrize("path", sorted((ROOT / "app").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_translated_can_be(path: Path) -> None:
    """Every sentence is listed.  And `for _ in ...` makes `_` a variable of the whole function: a call of it fails."""
    tree = ast.parse(path.read_text())
    assert list(unlisted(tree, CATALOGUE, {"_": 0, "N_": 0, "ngettext": 0})) == []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = list(ast.walk(function))
            bound = any(isinstance(n, ast.Name) and n.id == "_" and isinstance(n.ctx, ast.Store) for n in inside)
            asked = any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "_" for n in inside)
            assert not (bound and asked), function.name


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_outside_the_catalogue(path: Path) -> None:
    """Neither between tags, nor in what is read aloud, nor in the values that expressions give."""
    assert list(outside(path.read_text())) == []


def outside(template: str) -> Iterator[str]:
    """The words of a template that no catalogue knows."""
    tree = _environment.parse(CLASSES.sub("", template))
    reader = Reader()
    reader.feed("".join(piece.data for piece in tree.find_all(nodes.TemplateData)))
    yield from reader.words
    for output in tree.find_all(nodes.Output):
        for child in output.nodes:
            yield from (text for text in constants(child) if wordy(text))


def constants(node: nodes.Node) -> Iterator[str]:
    """Texts that an expression may give, but for those that go through the catalogue, and codes such as `yes`."""
    match node:
        case nodes.Call(node=nodes.Name(name=name)) if name in TRANSLATES:
            return
        case nodes.Const(value=str(text)):
            yield text
        case nodes.TemplateData() | nodes.Test() | nodes.Compare():
            return
        case nodes.Getitem() | nodes.Getattr():
            return
        case nodes.Filter(name=name) if name != "default":
            yield from constants(node.node or nodes.Const(""))
        case _:
            for child in node.iter_child_nodes():
                yield from constants(child)


def wordy(text: str) -> bool:
    """Whether somebody reads this: it begins with a capital, or has several words; markup and formats do not."""
    plain = UNTRANSLATED.sub("", re.sub(r"<[^<>]{0,200}>|%[\w.]{1,5}", "", text))
    return bool(re.match(r"\s?[A-Z]", plain) or re.search(r"[a-z]{2,} [a-z]", plain)) and "=" not in plain


class Reader(HTMLParser):
    """Collects letters that a person sees or hears, but for code."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._code += tag in {"code", "script", "style"}
        for name, value in attributes:
            if name in READ:
                self._see(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._code:
            self._see(data)

    def _see(self, text: str) -> None:
        if re.search(r"[A-Za-z]", UNTRANSLATED.sub("", text)):
            self.words.append(text.strip())


def test_messages_are_whole() -> None:
    """A sentence that is glued together would begin with a comma, or end where another part goes on."""
    odd = [text for text in messages() if re.match(r"[\s,;.:)]|and |or |but ", text) or re.search(r"[\s;(]$", text)]
    assert odd == []


def messages() -> list[str]:
    """Every text of the catalogue in English, as a reader sees it."""
    lines = re.findall(r'^msgid(?:_plural)? ((?:".{0,2000}"\n?){1,50})', CATALOGUE.read_text(), re.MULTILINE)
    texts = ["".join(ast.literal_eval(part) for part in line.splitlines()) for line in lines]
    return [text for text in texts if text]


ERRORS = {
    *("NotFound", "Unauthenticated", "Forbidden", "Conflict", "VersionNeeded", "Stale", "Invalid", "TooMany"),
    *("Unavailable", "Refused", "rejected"),
}


def test_refusals_go_through_the_catalogue() -> None:
    """The detail and the hint of every refusal, and the words of pages and mails that stand in Python."""
    known = set(messages())
    missing = []
    for path in (ROOT / "app").rglob("*.py"):
        if "cli" not in path.parts and path.name != "backups.py":
            missing += [f"{where}: {text}" for where, text in bare(path, ERRORS)]
    assert len(known) > 600
    assert missing == []


def test_the_command_line_speaks_by_the_catalogue() -> None:
    """What commands print, ask and say of themselves in options; nobody translates formats and names of codes."""
    said = {"print", "working", "BadParameter", "unknown", "confirm", "Requirement"}
    missing = []
    for path in (ROOT / "app" / "cli").glob("*.py"):
        missing += [
            f"{where}: {text}"
            for where, text in bare(path, said)
            if re.search(r"[a-z]{3,} [a-z]{2,}", text) and not text.startswith("apt-get")
        ]
        missing += [
            f"{path.name}: {text}"
            for _, text in called_with(path, {"Option", "Argument", "Typer"}, "help")
            if text not in messages()
        ]
    assert missing == []


def bare(path: Path, names: set[str]) -> Iterator[tuple[str, str]]:
    """Sentences given to calls of `names` without `_`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and called(node.func) in names:
            for argument in [*node.args, *(k.value for k in node.keywords if k.arg in ("hint", "detail"))]:
                text = argument.value if isinstance(argument, ast.Constant) else ""
                if isinstance(argument, ast.JoinedStr) or (isinstance(text, str) and " " in text):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(text)


def test_the_tests_find_what_they_look_for() -> None:
    assert list(outside("<p>Hello</p>")) == ["Hello"]
    assert list(outside('<p aria-label="Hello">{{ _("Hello") }}</p>')) == ["Hello"]
    assert list(outside('{{ "Hello" if x else _("Bye") }}')) == ["Hello"]
    assert list(outside('{{ field("name", "Your name") }}')) == ["Your name"]
    assert list(outside("{% trans n=x %}{{ n }} row{% pluralize %}{{ n }} rows{% endtrans %}<code>x.py</code>")) == []
    assert list(called_with(Path(__file__), {"no such call"})) == []


def test_a_sign_of_per_cent_is_listed_as_it_is_looked_up() -> None:
    """A page looks up `95 %% interval`; listed with a single sign, the sentence would be English in every language."""
    blocks = re.compile(r"\{% trans %\}([^{}%]{1,400}%[^{}%]{1,400})\{% endtrans %\}")
    told = [text for path in TEMPLATES.rglob("*.html") for text in blocks.findall(path.read_text())]
    with CATALOGUE.open("rb") as file:
        listed = {message.id for message in read_po(file)}
    assert told
    assert {text.replace("%", "%%") for text in told} <= listed


def recorded() -> list[ast.Call]:
    """Every call that writes to the audit log, or to it and to webhooks."""
    writers = {"audit.record", "audit.record_all", "notify", "notify_all", "_note"}
    return [
        node
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in writers
    ]


def test_the_audit_log_has_words_for_every_act() -> None:
    """The page looks them up by their text, so what is recorded elsewhere has to be listed."""
    acts = {call.args[2].value for call in recorded() if isinstance(call.args[2], ast.Constant)}
    acts = {f"challenge.{act}" if act.isalpha() else act for act in map(str, acts)} | webhooks.EVENTS - {TEST}
    assert len(acts) > 90
    assert {act.replace("-", " ").replace(".", " ") for act in acts} <= set(audited.ACTS)


def test_the_audit_log_has_words_for_all_that_an_entry_says_besides() -> None:
    bodies = (OrganisationChange, MemberChange, SystemIn, SystemChange, WebhookChange, TimerIn, Filter)
    told = {keyword.arg for call in recorded() for keyword in call.keywords if keyword.arg}
    told |= {field for body in bodies for field in body.__annotations__}
    told = {name for name in told if not name.endswith("_id")} - {"delivery", "link", "after"}
    assert len(told) > 60
    assert told <= set(audited.DETAILS)


def test_a_right_has_words() -> None:
    assert set(labels.rights) == set(Right)
