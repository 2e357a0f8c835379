"""The sentences of the report sit where a translator finds them, and are shown in the reader's language."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graders.words import ENGLISH, catalogue
from tests.test_catalogue import outside

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "graders" / "locale" / "graders.pot"
EXTRACT = "extract -F pyproject.toml -k N_ -k Drawn:2 --sort-by-file --add-location=file --no-wrap --omit-header -o"
FOLDERS = "graders/report graders/words.py"
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


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert catalogue("xx").gettext("Higher is better.") == catalogue(ENGLISH).gettext("Higher is better.")
