"""The sentences of the report sit where a translator finds them, and are shown in the reader's language."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest

from graders import words
from graders.measure.wording import percent
from graders.model.finding import Evidence
from graders.report.document import document
from graders.report.readers import for_reader
from graders.report.redact import redact
from graders.report.schema import Document
from graders.report.translated import translated
from graders.words import ENGLISH, catalogue, count, say, sentences
from testing.builders import a_criterion, a_finding, a_report, a_section
from tests.test_catalogue import outside, unlisted
from tests.test_words import called

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "graders" / "locale" / "graders.pot"
MARKS = "-k N_ -k say -k count:1,2 -k Drawn:2"
EXTRACT = f"extract -F pyproject.toml {MARKS} --sort-by-file --add-location=file --no-wrap --omit-header -o"
FOLDERS = "graders challenges"
#: A status, names of what is counted, a unit.
CODES = {"not applicable", "more observations", "more rows", "smaller steps", "MB"}
TEMPLATES = sorted((ROOT / "graders" / "report" / "templates").glob("*.j2"))


def test_the_catalogue_is_current(tmp_path: Path) -> None:
    """A sentence was added or changed: run the command of CONTRIBUTING.md, and commit the catalogue with it."""
    new = tmp_path / "graders.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", *EXTRACT.split(), str(new), *FOLDERS.split()]
    subprocess.run(command, check=True, cwd=ROOT)
    assert new.read_text() == CATALOGUE.read_text(), f"Run: pybabel {EXTRACT} graders/locale/graders.pot {FOLDERS}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_outside_the_catalogue(path: Path) -> None:
    assert set(outside(path.read_text())) <= CODES


def test_every_sentence_is_listed() -> None:
    sources = [path for folder in FOLDERS.split() for path in sorted((ROOT / folder).rglob("*.py"))]
    marks = {"say": 0, "count": 0, "N_": 0, "Drawn": 1}
    assert [text for path in sources for text in unlisted(ast.parse(path.read_text()), CATALOGUE, marks)] == []


#: Who says something to a person, by the place of the argument that is said.
SAYS = {"Evidence": 0, "NotApplicable": 0, "Prevented": 0, "Judged": 1, "Part": 2, "Signal": 2, "Leak": 2, "Scale": 1}
MARKED = {"say", "count", "N_", "sentences", "listed"}
ROOMS = ("checks", "measure", "rubric", "mutation", "debrief.py", "measurements.py")
MODULES = sorted(
    path
    for room in ROOMS
    for path in ((ROOT / "graders" / room).rglob("*.py") if "." not in room else [ROOT / "graders" / room])
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_said_of_a_submission_goes_through_the_catalogue(path: Path) -> None:
    assert list(unmarked(path.read_text())) == []


def unmarked(source: str) -> Iterator[str]:
    """Texts that are given to somebody who says them, or stand in a guide, and no catalogue knows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node.func) in SAYS:
            arguments = node.args[SAYS[called(node.func)] :][:1]
        elif isinstance(node, ast.Call) and called(node.func) in {"Check", "Guide", "Question"}:
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("title", "detect", "why", "avoid")]
            arguments = [*named, *(node.args if called(node.func) == "Question" else ())]
        else:
            continue
        for argument in arguments:
            plain = isinstance(argument, ast.Constant) and isinstance(argument.value, str) and " " in argument.value
            if plain or isinstance(argument, ast.JoinedStr):
                yield ast.unparse(argument)


def test_the_test_finds_what_it_looks_for() -> None:
    assert list(unmarked('Evidence(f"{n} rows are odd")\nCheck(title="Odd rows")')) == [
        "f'{n} rows are odd'",
        "'Odd rows'",
    ]
    assert list(unmarked('Evidence(say("{n} rows are odd", n=n))\nCheck(title=N_("Odd rows"))')) == []


class Loud(NullTranslations):
    """A language that is English in capitals."""

    def gettext(self, message: str) -> str:
        return loud(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


def loud(message: str) -> str:
    return re.sub(r"(\{[^{}]{0,40}\}|`[^`]{0,80}`)|[a-z]{1,40}", lambda part: part[1] or part[0].upper(), message)


def test_a_report_is_said_again_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings, reasons, questions and numbers.  Its JSON, read far more often, carries no messages."""
    again = a_document()
    assert "messages" not in json.loads(again.written())
    monkeypatch.setattr(words, "catalogue", lambda locale: NullTranslations() if locale == ENGLISH else Loud())
    told = translated(again, "de")
    first, second, _named = told.findings[0].evidence
    assert first.what == "EVALUATE CLAIMS A ROC AUC OF 0,912 ON 1.263 ROWS"
    assert second.what == "3 ROWS ARE ODD. ASK ABOUT IT."
    assert told.sections[0].criteria[0].why == "72\N{NO-BREAK SPACE}% OF THE CODE LIES IN FUNCTIONS. 1 FUNCTION."
    assert translated(again, ENGLISH) is again
    assert again.findings[0].evidence[0].what == "evaluate claims a ROC AUC of 0.912 on 1,263 rows"


def test_what_a_reader_may_not_see_is_in_no_message() -> None:
    made = a_document()
    assert any("0.912" in text for text in made.messages)
    assert not for_reader(made, "candidate").messages.keys() & {first(made)}
    assert first(made) not in for_reader(made, "recruiter").messages
    named, _ = redact(made, ["Ada Lovelace"])
    assert "Ada" not in json.dumps(named.plain())


def first(document_: Document) -> str:
    return document_.findings[0].evidence[0].what


def a_document() -> Document:
    rows = count("{n} row is odd", "{n} rows are odd", 3)
    evidence = (
        Evidence(
            say(
                "evaluate claims a {metric} of {claimed:.3f} on {rows:,} rows",
                metric="ROC AUC",
                claimed=0.91201,
                rows=1263,
            )
        ),
        Evidence(sentences(rows, say("Ask about it."))),
        Evidence(say("`{name}` is odd", name="Ada Lovelace")),
    )
    why = sentences(
        say("{share} of the code lies in functions", share=percent(0.72)), count("{n:,} function", "{n:,} functions", 1)
    )
    return document(
        a_report(
            findings=(a_finding("OVR002", evidence=evidence),), sections=(a_section("model", a_criterion(why=why)),)
        ),
        {},
    )


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert catalogue("xx").gettext("Higher is better.") == catalogue(ENGLISH).gettext("Higher is better.")


@pytest.mark.parametrize("own", ["{name}", "{{ x }}", 'f"{{{key}}}"', "{0!r:>{width}}", "}} {{"])
def test_a_text_of_a_candidate_stays_as_it_is(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every language, alone and in sentences of ours; braces in it are no gaps."""
    monkeypatch.setattr(words, "catalogue", lambda _locale: NullTranslations())
    monkeypatch.setattr(words, "_signs", lambda _locale: {})
    for speaker in (words.Speaker(ENGLISH), words.Speaker("xx")):
        assert speaker.text(own) == own
        for text in (sentences(own, say("It says {name}.", name=own)), words.listed([own, "name"])):
            assert own in text
            assert speaker.text(text) == str(text)
