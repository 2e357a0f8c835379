"""Forks of one process run each file's tests, and nothing that happens in one of them is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "conftest.py": "from testing.forks import pytest_addoption, pytest_runtestloop\n",
    "test_a.py": "import warnings\n\ndef test_well(): warnings.warn('seen here')\n\ndef test_wrong(): assert 1 == 2\n",
    "test_b.py": "import os\n\ndef test_before(): pass\n\ndef test_dies(): os._exit(3)\n\ndef test_after(): pass\n",
    "test_c.py": "import pytest\n\n@pytest.mark.skip\ndef test_left(): pass\n\ndef test_last(): pass\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir=.", "--forks=2", *options, "."]
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


def test_what_fails_or_dies_is_told_and_the_rest_runs(folder: Path) -> None:
    """A process that ends in a test costs that test alone; warnings reach the summary."""
    done = run(folder)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "2 failed, 4 passed, 1 skipped" in done.stdout
    assert "its process ended with status 3" in done.stdout
    assert "seen here" in done.stdout


def test_what_waits_for_the_image_is_told_why_there_is_none(folder: Path) -> None:
    gate = folder / "gate"
    gate.write_text("there is no image\n")
    done = run(folder, f"--gate={gate}")
    assert done.returncode != 0
    assert "there is no image" in done.stdout + done.stderr
