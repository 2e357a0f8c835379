"""`assay` answers at once, and says what is wrong on one line with an exit status."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.cli import console, main, mistakes
from app.cli.console import working
from app.words import reading_in
from graders.report import schema
from testing.waiting import SECONDS, until

#: What `assay --help` has no use for; each takes longer to load than the whole answer may.
HEAVY = {"pandas", "sqlalchemy", "pydantic_settings", "docker", "fastapi", "numpy", "graders.model.challenge"}


def typed(words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """The exit status of a command and what it said on standard error, without its progress."""
    monkeypatch.setattr(console, "QUIET_SECONDS", 600.0)
    monkeypatch.setattr(main, "traceback_wanted", False)
    monkeypatch.setattr(sys, "argv", ["assay", *words])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return int(str(ended.value.code)), capsys.readouterr().err


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (schema.Place(path="pipeline.py", line=13, cell=None), "in pipeline.py:13: train raised"),
        (schema.Place(path="work.ipynb", line=2, cell=3), "in work.ipynb, cell 3, line 2: train raised"),
        (None, "(TRAIN_CRASHED): train raised"),
    ],
)
def test_a_report_that_has_no_score_says_where_as_people_write_it(where: schema.Place | None, told: str) -> None:
    problem = schema.Problem(
        code="TRAIN_CRASHED", message="train raised KeyError.", hint="Look.", where=where, quote=()
    )
    assert told in mistakes.refusal("Not scored", problem)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["grad", "x"], 2, "Did you mean 'grade'?"),
        (["challenge", "verfy"], 2, "Did you mean 'verify'?"),
        (["grade", ".", "--ot", "x"], 2, "Did you mean --out"),
        (["grade"], 2, "Missing argument"),
        (["member", "a@example.org", "--role", "recruter"], 2, "Did you mean 'recruiter'?"),
        (["grade", ".", "--challenge", "ml_pipelin"], 2, "Did you mean 'ml_pipeline'?"),
        (["challenge", "lint", "ml_pipeline"], 2, "no challenge of one's own 'ml_pipeline'. See"),
        (["grade", "{here}/pipline.py"], 2, "Did you mean 'pipeline.py'?"),
        (["quality", "{here}/notes.txt"], 2, "FORMAT_UNKNOWN"),
        (["quality", "{here}/broken.zip"], 2, "ARCHIVE_BROKEN"),
        (["check", "{here}/missing"], 2, "There is no file or folder"),
        (["challenge", "kit", "{here}/no/such/kit.zip"], 2, "cannot be used"),
        (["restore", "{here}/notes.txt"], 2, "Nothing was changed"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_line_and_an_exit_status(
    words: list[str],
    status: int,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    for name in ("notes.txt", "broken.zip", "pipeline.py"):
        (tmp_path / name).write_text("hello")
    ended, said = typed([word.format(here=tmp_path) for word in words], capsys, monkeypatch)
    assert (ended, said.count("\n")) == (status, 1), said
    assert told in said
    assert f"(exit status {status})" in said


@pytest.mark.parametrize(
    ("variable", "value", "status", "told"),
    [
        ("ASSAY_PORT", "many", 2, "ASSAY_PORT cannot be 'many'"),
        ("ASSAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", 3, "The database cannot be used"),
    ],
)
def test_a_wrong_setting_is_named(
    variable: str,
    value: str,
    status: int,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv(variable, value)
    ended, said = typed(["key"], capsys, monkeypatch)
    assert (ended, said.count("\n")) == (status, 1), said
    assert told in said


def test_an_unexpected_fault_is_one_line_and_its_lines_are_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("challenges.registry.all_challenges", lambda *_: 1 / 0)
    ended, said = typed(["challenge", "list"], capsys, monkeypatch)
    assert (ended, said.count("\n")) == (3, 1)
    assert "ZeroDivisionError" in said
    monkeypatch.setattr(sys, "argv", ["assay", "--traceback", "challenge", "list"])
    with pytest.raises(ZeroDivisionError):
        main.main()


def test_help_and_version_load_nothing_heavy() -> None:
    """No clock: what is loaded is what takes the time."""
    code = "import sys; from app.cli.main import app; app(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    for option, first in (("--help", "Exit status:"), ("--version", "assay ")):
        command = [sys.executable, "-c", code, option]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS).stdout
        assert first in said
        assert not HEAVY & set(said.split("\n")[-2].split())


def test_quality_loads_what_reads_the_code_once(tmp_path: Path) -> None:
    """The command itself loads neither the checks nor a table.  The process that reads loads what reads, and neither
    checks that need runs nor the types of a report."""
    (tmp_path / "rooms.py").write_text("def area(a, b):\n    return a * b\n")
    code = (
        "import sys; from app.cli.main import app; app(sys.argv[1:], standalone_mode=False); print(*sys.modules);"
        "import app.quality; print(*sys.modules)"
    )
    command = [sys.executable, "-c", code, "quality", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS).stdout
    here, where_read = (set(line.split()) for line in said.split("\n")[-3:-1])
    assert "of 100" in said
    assert not {"pandas", "scipy", "graders.catalog", "challenges.registry"} & here
    assert "graders.readable" in where_read
    assert not {"pandas", "scipy", "sklearn", "docker", "sqlalchemy", "packaging"} & where_read
    assert not {"graders.catalog", "graders.facts", "graders.report.schema", "app.intake.receive"} & where_read


def test_an_archive_is_judged_like_the_folder_in_it(tmp_path: Path) -> None:
    """By `assay quality`: the same score and findings, whether or not the archive has a top-level folder."""
    from app.quality import quality  # noqa: PLC0415 - as the command does

    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "rooms.py").write_text("def area(a, b):\n    return a * b\n")
    scores = [quality(tmp_path / "code")]
    for name, inside in (("flat.zip", "rooms.py"), ("deep.zip", "code/rooms.py")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.write(tmp_path / "code" / "rooms.py", inside)
        scores.append(quality(tmp_path / name))
    assert scores[0] == scores[1] == scores[2]


def test_a_slow_command_says_what_it_is_doing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no terminal is, one line after a while with the steps that are done; a quick command says nothing."""
    monkeypatch.setattr(console, "QUIET_SECONDS", SECONDS)
    with working("Looking"):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(console, "QUIET_SECONDS", 0.3)
    with working("Grading x", steps=3) as work:
        work.done = 2
        said = until(lambda: capsys.readouterr().err)
    assert "Grading x" in said
    assert "step 2 of 3" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["grad", "x"], "La commande 'grad' n’existe pas. Vouliez-vous dire 'grade' ?"),
        (["grade", ".", "--ot", "x"], "L’option --ot n’existe pas. Vouliez-vous dire --out"),
        (["grade"], "Il manque l’argument"),
        (["member", "a@example.org", "--role", "recruter"], "'recruter' ne fait pas partie de 'admin'"),
        (["grade", ".", "--challenge", "ml_pipelin"], "L’épreuve 'ml_pipelin' n’existe pas"),
        (["challenge", "kit", "{here}/no/such/kit.zip"], "est inutilisable : Aucun fichier"),
        (["restore", "{here}/notes.txt"], "Rien n’a été modifié"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_a_mistake_is_told_in_the_language_of_the_terminal(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    (tmp_path / "notes.txt").write_text("hello")
    with reading_in("fr"):
        _, said = typed([word.format(here=tmp_path) for word in words], capsys, monkeypatch)
    assert told.replace(" ?", "\u202f?").replace(" :", "\u00a0:") in said
