"""What the candidate wrote beside the code: README, notes, and the notebook's own prose."""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest

from graders.model.submission import Form, Submission, as_text

MOST_CHARACTERS = 200_000
#: What runs the work, alone or through a manager; to install and to test is not to run.
RUNS = (
    r"(?:python3?|py)[ \t]++(?:-m[ \t]++(?!pip|venv|virtualenv|pytest|unittest)\w|(?:-\w[ \t]++)?+[^\s`]{1,100}\.py\b"
    r"|-c[ \t]++[\"'](?![^\n]{0,300}__version__)[^\n]{0,300}\()"
    r"|docker(?:-compose|[ \t]++compose)?[ \t]++(?:run|up)\b|(?:make|just|task)[ \t]++\w|(?:ba|z)?sh[ \t]++[\w./]|\./\w"
    r"|(?:uvicorn|gunicorn|fastapi|flask|streamlit|jupyter|papermill|kedro|dvc|mlflow|prefect|airflow|snakemake|metaflow"
    r"|luigi|bentoml|dagster|zenml|spark-submit|torchrun|quarto|marimo|voila|gradio|nohup)[ \t]++\w"
)
MANAGED = r"(?:uv|poetry|pipenv|pdm|conda|hatch|pixi)[ \t]++run[ \t]++\S"
COMMAND = re.compile(rf"^[ \t]*+(?:[-*] |\d+\. )?[ \t$>%!`]*+(?=[a-z.])(?:{MANAGED}|{RUNS})", re.MULTILINE)
#: A section has content where so many words, and so many different ones, stand under its heading.
LEAST_WORDS = 15
LEAST_DISTINCT = 12
#: Shorter words are mostly those of the language, and words of one origin begin alike in several languages.
BEGINNING = re.compile(r"(?<![a-z])[a-z]{5}")
MOST_LEVELS, LEAST_RULE = 6, 3
FENCE = "```"
#: A line in bold type alone is a heading too.
BOLD = re.compile(r"(?:\*\*[^*\n]{1,80}\*\*|__[^_\n]{1,80}__):?")
#: So is one that the first line of a paragraph begins with.
RUN_IN = re.compile(r"[ \t]{0,3}(?:\*\*[^*\n]{1,80}(?:[.:?]\*\*|\*\*[.:])|__[^_\n]{1,80}(?:[.:?]__|__[.:]))[ \t]+\S")
PARAGRAPH = re.compile(r"\n[ \t]*\n")


def prose(submission: Submission) -> str:
    """README and notes beside the work and a notebook's own text cells, one after the other; bounded."""
    folder = _folder(submission)
    named = [_text(submission, path) for path in sorted(submission.files) if is_prose(path, folder)]
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


#: What people call the text beside their code, in the languages they write; more may follow: `README_churn.en.md`.
TITLES: tuple[str, ...] = (
    *(
        "readme",
        "read_me",
        "read-me",
        "read me",
        "notes",
        "report",
        "writeup",
        "write-up",
        "write_up",
        "solution",
        "approach",
        "documentation",
    ),
    *("lisezmoi", "liesmich", "leeme", "leame", "leiame", "leia-me", "leggimi", "rapport", "bericht", "informe"),
)
ENDINGS = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text", ".rst", ".adoc", ".asciidoc", ".org")
#: Beside the root, folders where a README is looked for.
PLACES = ("", "docs", "doc", ".github")


def is_prose(path: str, folder: str = "") -> bool:
    """Whether a file is README or notes of the work that lies in `folder`, in any usual spelling of its name."""
    beside, _, name = path.rpartition("/")
    places = {f"{folder}/{place}".strip("/") for place in PLACES}
    stem, dot, ending = name.lower().rpartition(".")
    return beside in places and (dot + ending in ENDINGS and stem.startswith(TITLES) if dot else ending in TITLES)


def _folder(submission: Submission) -> str:
    """The folder that holds everything handed in: the root, unless the work came in a folder of its own."""
    return posixpath.commonpath([path.rpartition("/")[0] for path in submission.files] or [""])


def _text(submission: Submission, path: str) -> str:
    return as_text(submission.files[path][:MOST_CHARACTERS])


def words(submission: Submission) -> int:
    return len(re.findall(r"\b\w[\w'-]*", prose(submission)))


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings of a text with what stands under each, as Markdown, reStructuredText and AsciiDoc mark them."""
    lines = [line.strip() for line in text.splitlines()]
    title, fenced = "", False
    body: list[str] = []
    for line, after in zip_longest(lines, lines[1:], fillvalue=""):
        fenced ^= line.startswith(FENCE)
        heading = "" if fenced else _heading(line, after)
        if heading and title:
            yield title, "\n".join(body)
        if heading:
            title, body = heading, []
        elif not _is_rule(line):
            body.append(line)
    if title:
        yield title, "\n".join(body)


def _heading(line: str, after: str) -> str:
    """The words of a heading, "" where the line is none; it may be underlined in the next."""
    level = len(line) - len(line.lstrip(line[0])) if line[:1] in ("#", "=") else 0
    if 0 < level <= MOST_LEVELS and line[level : level + 1].isspace():
        return line.strip(f"{line[0]} \t")
    if BOLD.fullmatch(line):
        return line.strip("*_: ")
    return line if _is_rule(after) and not _is_rule(line) else ""


def _is_rule(line: str) -> bool:
    return len(line) >= LEAST_RULE and line[0] in "=-~^\"'#*+" and not line.strip(line[0])


def distinct_words(submission: Submission) -> int:
    """Different words of README and notes: saying one thing often is saying it once."""
    return len({word.lower() for word in re.findall(r"[^\W\d_]{2,}", prose(submission))})


def sections_with_content(submission: Submission) -> int:
    """Headings, on a line of their own or run into a paragraph, under which something is said that is said once."""
    text = prose(submission)
    run_in = (paragraph for paragraph in PARAGRAPH.split(text) if RUN_IN.match(paragraph))
    under = (body for _, body in sections(text))
    return max(len({body for body in bodies if _has_content(body)}) for bodies in (under, run_in))


def _has_content(body: str) -> bool:
    words = re.findall(r"\w+", body.lower())
    return len(words) >= LEAST_WORDS and len(set(words)) >= LEAST_DISTINCT


def grounded_words(submission: Submission) -> int:
    """Different words of README and notes that the code speaks of too: what names nothing of the work is filler."""
    code = b"\n".join(source.text for source in submission.sources)[:MOST_CHARACTERS].decode("utf-8", "replace")
    return len(beginnings(code) & beginnings(prose(submission)))


def beginnings(text: str) -> frozenset[str]:
    """The first letters of the words of a text, without accents: those of one origin are one."""
    return frozenset(BEGINNING.findall(_plain(text)))


def _plain(text: str) -> str:
    """A text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


#: A script that a command line names, with its folder.
SCRIPT = re.compile(r"[\w./-]{1,100}\.(?:py|sh)\b")


def has_command(submission: Submission) -> bool:
    """Whether README or notes give a command line that runs the work: of scripts one that was handed in."""
    text = f"{prose(submission)}\n"
    lines = (text[found.start() : text.find("\n", found.end())] for found in COMMAND.finditer(text))
    return any(_is_there(submission, line) for line in lines)


def _is_there(submission: Submission, command: str) -> bool:
    """Whether a command names no script, or one of those that were handed in; folders may be called otherwise."""
    scripts = SCRIPT.findall(command)
    names = {path.rpartition("/")[2] for path in submission.files}
    return not scripts or any(script.rpartition("/")[2] in names for script in scripts)
