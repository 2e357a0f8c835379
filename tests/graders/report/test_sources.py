"""The code browser shows what was handed in, whole where it can, and says what is said at each line."""

from __future__ import annotations

from typing import Any

from graders.model.finding import Evidence, Severity
from graders.model.report import Debrief
from graders.model.submission import Location, Source
from graders.report.browser import browser
from graders.report.document import document
from graders.report.html import render
from graders.report.schema import Document, SourceFile
from graders.report.sources import MAX_ALL, MAX_FILE, MAX_LINE, sources
from testing.builders import a_case, a_finding, a_notebook, a_report, a_submission
from tests.graders.report.page import read


def shown(files: dict[str, str | bytes], *pointed: str, **kw: Any) -> tuple[SourceFile, ...]:
    return sources(a_submission(files, **kw), pointed)


def test_files_that_findings_point_to_come_first() -> None:
    """Then the entry, then code, then text; data and other bytes are left out unless pointed to."""
    files: dict[str, str | bytes] = {
        "a.csv": "1",
        "NOTES.md": "n",
        "b.py": "b",
        "pipeline.py": "p",
        "x.bin": b"\x00",
        "z.py": "z",
    }
    assert [s.path for s in shown(files, "z.py", "nowhere.py")] == ["z.py", "pipeline.py", "b.py", "NOTES.md"]
    assert shown(files, "a.csv")[0].path == "a.csv"


def test_lines_keep_their_numbers() -> None:
    """Line n of the text is line n of the file, whatever ends its lines; a long line is cut, none is dropped."""
    (source,) = shown({"pipeline.py": "a\r\nb\x0cc\rd\n" + "x" * 999 + "\n"})
    (cell,) = source.cells
    lines = cell.text.split("\n")
    assert lines[:3] == ["a", "bc", "d"]
    assert [len(lines), len(lines[3])] == [4, MAX_LINE]
    assert not source.cut


def test_there_is_a_bound_and_it_is_told() -> None:
    """A file and all files together end where the room ends; a file without room is named without its text."""
    long = "x = 1\n" * 9_000
    found = shown({f"m{n}.py": long for n in range(4)} | {"pipeline.py": "p"})
    sizes = [sum(len(cell.text) for cell in source.cells) for source in found]
    assert max(sizes) <= MAX_FILE
    assert sum(sizes) <= MAX_ALL
    assert [source.cut for source in found] == [False, True, True, True, True]
    assert found[-1].cells == ()


def test_a_notebook_is_its_code_cells() -> None:
    """By their numbers; another notebook beside the entry is told from its source too, outputs never."""
    (source,) = sources(a_notebook({1: "import os", 4: "%matplotlib inline\nx = 1"}), ())
    assert [(cell.cell, cell.text) for cell in source.cells] == [
        (1, "import os"),
        (4, "%matplotlib inline\nx = 1"),
    ]
    beside = Source("eda.ipynb", b"a\nb\nc", ((2, 1), (2, 2), (5, 1)))
    found = shown({"pipeline.py": "p", "eda.ipynb": '{"outputs": 1}'}, notebooks=(beside,))
    assert [(c.cell, c.text) for c in found[1].cells] == [(2, "a\nb"), (5, "c")]


def a_page(source: str, *evidence: Evidence, debrief: tuple[Debrief, ...] = ()) -> Document:
    case = a_case(submission=a_submission({"pipeline.py": source}))
    return document(a_report(case=case, findings=(a_finding(evidence=evidence),), debrief=debrief), {})


def test_a_note_stands_at_its_line_and_findings_link_to_it() -> None:
    """The line has a name, the note says what the finding says, and the place in the finding is a link."""
    stored = a_page("a\nb\nc\n", Evidence("seen here", Location("pipeline.py", 2)))
    (file,) = browser(stored).files
    plain, spot, rest = file.cells[0].parts
    assert (plain.lines, spot.lines, rest.lines) == ("<code>a</code>", "<code>b</code>", "<code>c</code>")
    assert [(note.target, note.text) for note in spot.notes] == [("LEAK001", "seen here")]
    page = read(render(stored))
    assert f"#{spot.anchor}" in page.values("href")
    assert spot.anchor in page.values("id")


def test_a_finding_speaks_once_at_a_line_and_the_gravest_first() -> None:
    """Three pieces of evidence of one finding at one line are one note."""
    here = Location("pipeline.py", 1)
    case = a_case(submission=a_submission({"pipeline.py": "a\n"}))
    findings = (
        a_finding("S1", severity=Severity.MINOR, evidence=(Evidence("minor", here),)),
        a_finding("S2", severity=Severity.CRITICAL, evidence=(Evidence("grave", here), Evidence("again", here))),
    )
    stored = document(a_report(case=case, findings=findings, debrief=()), {})
    assert [note.text for note in browser(stored).files[0].cells[0].parts[0].notes] == ["grave", "minor"]


def test_a_question_points_at_its_line() -> None:
    """Of a function its beginning is quoted, without empty lines at the end; the line can be linked to."""
    source = "import os\n\n\ndef predict(data, model_dir):\n    return 1\n\n"
    item = Debrief("CORE001", "q", "e", "s", "w", "core", where=Location("pipeline.py", 4))
    stored = a_page(source, debrief=(item,))
    where = stored.debrief[0].where
    assert where is not None
    assert where.quote == ((4, "def predict(data, model_dir):"), (5, "    return 1"))
    assert browser(stored).anchor(where)


def test_code_is_shown_never_run() -> None:
    """What looks like markup in a source is text."""
    html = render(a_page("x = '</code><script>alert(1)</script>'\n"))
    assert html.count("<script") == 1  # the report's own, for its keys
    assert "<script>alert" not in html
    assert "&lt;/code&gt;&lt;script&gt;" in html
