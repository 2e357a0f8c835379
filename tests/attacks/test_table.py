"""The coverage table in README.md is complete and true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.attacks.test_containers import ATTACKS

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ROWS = {
    int(number): cell
    for number, cell in re.findall(r"^\| (\d+) \| [^|]+ \| (.+) \|$", (HERE / "README.md").read_text(), re.MULTILINE)
}


def cited(cell: str) -> list[tuple[Path, str]]:
    found = re.findall(r"`([\w/.]+\.py)::(\w+)`", cell)
    return [(ROOT / path if "/" in path else HERE / path, name) for path, name in found]


def test_every_row_is_there() -> None:
    """Each of the 68 rows of the attack table is listed once, and one of our own."""
    assert list(ROWS) == list(range(1, 70))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_tests_that_exist_or_a_reason(row: int) -> None:
    """A row is held by tests that are there, or says why it can't be run here."""
    tests = cited(ROWS[row])
    assert tests or "can't be run here: " in ROWS[row]
    assert [name for path, name in tests if f"def {name}(" not in path.read_text()] == []


def test_the_table_of_attacks_and_the_table_of_rows_agree() -> None:
    """Every row that cites the table of attacks has one in it, and each attack's row cites it."""
    citing = {row for row, cell in ROWS.items() if "test_containers.py::test_attack" in cell}
    assert {attack.row for attack in ATTACKS} == citing
    assert len({str(attack) for attack in ATTACKS}) == len(ATTACKS)
