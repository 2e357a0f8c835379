"""`assay similar`: works compared without a service; what cannot be read is said, and spoils no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.similarity import compare
from challenges import registry

REFERENCES = Path(__file__).resolve().parents[2] / "challenges" / "ml_pipeline" / "reference"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The reference `good` with other names, as a folder of another name."""
    made = tmp_path / "other_work"
    for file in (REFERENCES / "good").rglob("*.py"):
        target = made / file.relative_to(REFERENCES / "good")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text().replace("customer", "client").replace("score", "grade"))
    return made


def test_a_copy_is_named_with_its_passages_and_the_rest_is_not(copy: Path, tmp_path: Path) -> None:
    """What is no work is refused with its code."""
    broken = tmp_path / "notes.txt"
    broken.write_text("none")
    works = [*(REFERENCES / name for name in ("good", "leaky", "slow", "notebook")), copy, broken]
    compared = compare(works, registry.get("ml_pipeline"))
    ((pair, passages),) = compared.pairs
    assert {pair.first, pair.second} == {str(REFERENCES / "good"), str(copy)}
    assert pair.share > 0.9
    assert len(passages) > 5
    assert [(name, problem.code) for name, problem in compared.refused] == [(str(broken), "FORMAT_UNKNOWN")]


def test_the_command_prints_pairs_and_says_that_they_are_no_proof(copy: Path) -> None:
    """As text and as JSON."""
    works = [str(REFERENCES / "good"), str(copy)]
    shown = CliRunner().invoke(app, ["similar", *works])
    assert shown.exit_code == 0
    assert "no proof" in shown.output
    told = json.loads(CliRunner().invoke(app, ["similar", "--json", *works]).stdout)
    assert sorted(told["pairs"][0]["works"]) == sorted(works)
    assert CliRunner().invoke(app, ["similar", works[0]]).exit_code != 0
