"""The challenge value, and the two texts candidates read, say the same."""

from __future__ import annotations

import ast
import re

import pytest

from challenges import registry
from challenges.ticket_routing.challenge import CHALLENGE
from graders.model.challenge import Reference
from graders.tasks.asked import contract_of

BRIEF = (CHALLENGE.folder / "BRIEF.md").read_text()
RUBRIC = (CHALLENGE.folder / "RUBRIC.md").read_text()


def test_it_is_found_by_its_id() -> None:
    assert registry.get("ticket_routing") is CHALLENGE


def test_rubric_text_lists_the_criteria_and_nothing_else() -> None:
    found = re.findall(r"^\| `([a-z-]+)` \| ([\d.]+) \| ([^|]+) \|", RUBRIC, re.MULTILINE)
    assert [(name, float(points), title.strip()) for name, points, title in found] == [
        (criterion.id, criterion.points, criterion.title) for criterion in CHALLENGE.rubric
    ]


def test_the_brief_has_the_data_dictionary() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+) \| (.+) \|$", BRIEF, re.MULTILINE)
    assert rows == [(column.name, column.type, column.meaning) for column in CHALLENGE.columns]


def test_the_brief_names_the_classes_in_order_and_the_metric() -> None:
    contract = contract_of(CHALLENGE)
    assert ", ".join(f"`{name}`" for name in contract.classes) in BRIEF
    assert f"`{contract.metric}`" in BRIEF
    assert "roc_auc" not in BRIEF + RUBRIC
    assert "AUC" not in BRIEF + RUBRIC


@pytest.mark.parametrize("word", ["trap", "leak", "careful", "beware", "pitfall", "forward", "group k", "do not use"])
def test_the_brief_names_no_trap(word: str) -> None:
    assert word not in BRIEF.lower()


@pytest.mark.parametrize("limit", [CHALLENGE.train_limits.cpu_seconds, CHALLENGE.predict_limits.cpu_seconds])
def test_the_brief_states_the_time_limits(limit: float) -> None:
    assert f"{limit:.0f} s" in BRIEF


def test_post_outcome_columns_exist() -> None:
    assert set(CHALLENGE.post_outcome) < {column.name for column in CHALLENGE.columns}


def test_every_reference_folder_has_a_verdict() -> None:
    folders = {path.name for path in (CHALLENGE.folder / "reference").iterdir() if path.is_dir()}
    assert folders == {reference.name for reference in CHALLENGE.references}


@pytest.mark.parametrize("reference", CHALLENGE.references, ids=lambda reference: reference.name)
def test_a_reference_defines_the_three_functions(reference: Reference) -> None:
    tree = ast.parse((CHALLENGE.folder / "reference" / reference.name / "pipeline.py").read_text())
    assert {"train", "evaluate", "predict"} <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert (reference.status == "graded") == bool(reference.bands)
