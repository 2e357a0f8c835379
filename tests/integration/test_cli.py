"""The `assay` command as a user types it."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from app.cli import main
from tests.integration.command import assay

STARTER = Path("challenges/ml_pipeline/starter/pipeline.py").resolve()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.txt", b"hello", "FORMAT_UNKNOWN"),
        ("broken.py", b"def train(:\n", "SYNTAX_ERROR"),
        ("empty.py", b"x = 1\n", "FUNCTION_MISSING"),
        ("torch.py", STARTER.read_bytes() + b"\nimport torch\n", "IMPORT_UNAVAILABLE"),
        ("cut.zip", b"PK\x03\x04 not an archive", "ARCHIVE_BROKEN"),
    ],
)
def test_a_refusal_exits_with_2_and_says_why(
    name: str,
    content: bytes,
    code: str,
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is run; the code, a sentence and a hint are on standard error."""
    (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("ASSAY_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["assay", "grade", str(tmp_path / name), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert code in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_without_an_engine_it_exits_with_3(home: Path, tmp_path: Path) -> None:
    """That Docker is not there is our fault, said as such, and nobody is graded."""
    done = assay("grade", str(STARTER), "--out", str(tmp_path / "out"), home=home, DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 3
    assert "our fault" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_check_needs_no_engine(home: Path) -> None:
    """`assay check` runs the contract on public rows where no Docker is."""
    done = assay("check", str(STARTER), home=home, DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kit_is_a_zip_with_the_brief(home: Path, tmp_path: Path) -> None:
    """`assay challenge kit` writes what candidates are sent."""
    done = assay("challenge", "kit", str(tmp_path / "kit.zip"), home=home)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "kit.zip") as kit:
        assert any(name.endswith("BRIEF.md") for name in kit.namelist())
