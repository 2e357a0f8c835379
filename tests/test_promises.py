"""Every promise of docs/tasks.md names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]{1,100}\.py)::(test_\w{1,160})`")


def test_every_promise_names_a_test_that_is_there() -> None:
    named = NAMED.findall((ROOT / "docs/tasks.md").read_text())
    assert len(named) >= 20
    missing = [(path, test) for path, test in named if f"def {test}(" not in _text(path)]
    assert not missing


def test_every_row_of_the_table_names_a_test() -> None:
    table = (ROOT / "docs/tasks.md").read_text().split("| promise | tasks | test |")[1].split("\n\n")[0]
    rows = [row for row in table.splitlines()[2:] if row.startswith("|")]
    assert rows
    assert all(NAMED.search(row) for row in rows)


def _text(path: str) -> str:
    return (ROOT / path).read_text() if (ROOT / path).is_file() else ""
