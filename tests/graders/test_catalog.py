"""What checks say about themselves fits the rest of the product."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from challenges import registry
from graders import readable
from graders.catalog import BY_CODE, CHECKS, listing, of_family
from graders.checks import leakage
from graders.checks.check import Check
from graders.measurements import TABLES
from graders.rubric.code import READ
from graders.rubric.points import CRITERIA

DOCS = Path(__file__).parents[2] / "docs"
#: Plots that questions point at beside the tables.
PLOTS = {"gap", "calibration", "runs"}


def test_no_code_is_given_twice() -> None:
    assert len(BY_CODE) == len(CHECKS)


def test_the_letters_of_a_code_tell_its_family() -> None:
    """Whoever reads REPRO003 knows in which folder to look."""
    families = {check.code.rstrip("0123456789"): set[str]() for check in CHECKS}
    for check in CHECKS:
        families[check.code.rstrip("0123456789")].add(check.family)
    assert {letters: of for letters, of in families.items() if len(of) > 1} == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_names_what_there_is(check: Check) -> None:
    """Criteria of the rubric, tables of the report; it is asked somehow, and lies in the folder of its family."""
    assert set(check.criteria) <= {*CRITERIA, *READ} & {c.id for c in registry.get("ml_pipeline").rubric}
    assert check.shown_in in {"", *PLOTS, *(table[0] for table in TABLES)}
    ask = check.examine or check.read
    assert ask is not None
    assert f"checks.{check.family}." in ask.__module__ or ask.__module__ == "graders.checks.leakage.weigh"
    assert check.cap is None or check.verdict is not None


def test_a_new_module_in_the_folder_of_a_family_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file adds a check: it is named nowhere else."""
    text = "from testing.builders import a_check\nCHECKS = (a_check('LEAK000'),)\n"
    (tmp_path / "a_new_one.py").write_text(text)
    monkeypatch.setattr(leakage, "__path__", [*leakage.__path__, str(tmp_path)])
    codes = [check.code for check in of_family("leakage")]
    monkeypatch.delitem(sys.modules, "graders.checks.leakage.a_new_one")
    assert codes == ["LEAK000", *(check.code for check in CHECKS if check.family == "leakage")]


def test_the_checks_that_need_no_run_are_those_of_the_catalogue() -> None:
    """`assay quality` asks these, and loads no others."""
    assert tuple(check for check in CHECKS if check.read is not None) == readable.CHECKS


def test_the_documented_list_is_that_of_the_code() -> None:
    assert (DOCS / "checks.md").read_text() == listing(), "write it anew from graders.catalog.listing()"
