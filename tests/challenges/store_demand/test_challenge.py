"""The challenge value, and the two texts candidates read, say the same."""

from __future__ import annotations

import re

import pytest

from challenges.store_demand.challenge import CHALLENGE

BRIEF = (CHALLENGE.folder / "BRIEF.md").read_text()
RUBRIC = (CHALLENGE.folder / "RUBRIC.md").read_text()


def test_rubric_text_lists_the_criteria_and_nothing_else() -> None:
    found = re.findall(r"^\| `([a-z-]+)` \| ([\d.]+) \| ([^|]+) \|", RUBRIC, re.MULTILINE)
    assert [(name, float(points), title.strip()) for name, points, title in found] == [
        (criterion.id, criterion.points, criterion.title) for criterion in CHALLENGE.rubric
    ]
    assert sum(criterion.points for criterion in CHALLENGE.rubric) == 100


def test_the_brief_has_the_data_dictionary() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+) \| (.+) \|$", BRIEF, re.MULTILINE)
    assert rows == [(column.name, column.type, column.meaning) for column in CHALLENGE.columns]


@pytest.mark.parametrize("word", ["trap", "leak", "careful", "beware", "pitfall", "do not use", "censor"])
def test_the_brief_names_no_trap(word: str) -> None:
    assert word not in BRIEF.lower()


def test_the_brief_states_limits_metric_and_costs() -> None:
    use = CHALLENGE.use
    assert use.over == use.under == 0.8
    for said in ("60 s", "30 s", "`mae`", "0.80 EUR", "1024 MB"):
        assert said in BRIEF


def test_every_reference_folder_has_a_verdict() -> None:
    folders = {path.name for path in (CHALLENGE.folder / "reference").iterdir() if path.is_dir()}
    assert folders == {reference.name for reference in CHALLENGE.references}
