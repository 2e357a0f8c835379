"""What docs/sandbox.md says cannot be forged names tests that exist and are there to fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "sandbox.md").read_text()
NAMED = re.compile(r"`(tests/[^`:]++)(?:::(\w++))?`")
FORGED = PAGE.partition("## What a submission cannot forge")[2].partition("\n## ")[0]
CLAIMS = [line for line in FORGED.splitlines() if line.startswith("| ")][1:]


def text_of(path: str) -> str:
    """The text of a test module, or of all modules of a folder of tests; "" where there is none."""
    place = ROOT / path
    modules = sorted(place.rglob("test_*.py")) if place.is_dir() else [place] if place.is_file() else []
    return "\n".join(module.read_text() for module in modules)


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE))))
def test_a_named_test_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name or 'test_'}", text_of(path), re.MULTILINE), f"{path} has no test {name}"


def test_every_claim_names_one() -> None:
    assert len(CLAIMS) > 11
    assert [claim[:40] for claim in CLAIMS if not re.search(r"`tests/[^`:]++::test_", claim)] == []
