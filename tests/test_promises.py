"""Every promise of docs/tasks.md, and every requirement of docs/law.md, names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]{1,100}\.py)::(test_\w{1,160})`")


@pytest.mark.parametrize("page", ["docs/tasks.md", "docs/law.md"])
def test_every_promise_names_a_test_that_is_there(page: str) -> None:
    named = NAMED.findall((ROOT / page).read_text())
    assert len(named) >= 20
    missing = [(path, test) for path, test in named if f"def {test}(" not in _text(path)]
    assert not missing


def test_every_row_of_the_table_names_a_test() -> None:
    table = (ROOT / "docs/tasks.md").read_text().split("| promise | tasks | test |")[1].split("\n\n")[0]
    rows = [row for row in table.splitlines()[2:] if row.startswith("|")]
    assert rows
    assert all(NAMED.search(row) for row in rows)


def test_every_requirement_of_a_law_names_a_test_or_is_not_met_by_assay() -> None:
    tables = (ROOT / "docs/law.md").read_text().split("| requirement | where it is met | test |")[1:]
    assert len(tables) == 3, "New York City, Colorado, European Union"
    rows = [row for table in tables for row in table.split("\n\n")[0].splitlines()[2:]]
    assert len(rows) >= 25
    assert [row for row in rows if not NAMED.search(row) and "| none: not by Assay" not in row] == []


def _text(path: str) -> str:
    return (ROOT / path).read_text() if (ROOT / path).is_file() else ""
