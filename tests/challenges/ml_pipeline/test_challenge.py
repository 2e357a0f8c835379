"""The challenge value, and the two texts candidates read, say the same."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from challenges import registry
from challenges.ml_pipeline.challenge import CHALLENGE
from graders.model.challenge import Criterion, Reference

BRIEF = (CHALLENGE.folder / "BRIEF.md").read_text()
RUBRIC = (CHALLENGE.folder / "RUBRIC.md").read_text()
WEIGHTS = {"model": 40, "code": 40, "production": 12, "responsibility": 8}


def test_challenges_are_found_by_id() -> None:
    assert registry.get("ml_pipeline") is CHALLENGE
    assert [challenge.id for challenge in registry.all_challenges()] == [
        "ml_pipeline",
        "store_demand",
        "ticket_routing",
    ]


def test_an_unknown_challenge_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"'elsewhere'. There are ml_pipeline, store_demand, ticket_routing"):
        registry.get("elsewhere")


def test_the_rubric_shares_out_100_points() -> None:
    points: Counter[str] = Counter()
    for criterion in CHALLENGE.rubric:
        points[criterion.section] += criterion.points  # type: ignore[assignment]
    assert points == WEIGHTS
    assert len({criterion.id for criterion in CHALLENGE.rubric}) == len(CHALLENGE.rubric) == 22


def test_rubric_text_lists_the_criteria_and_nothing_else() -> None:
    found = re.findall(r"^\| `([a-z-]+)` \| ([\d.]+) \| ([^|]+) \|", RUBRIC, re.MULTILINE)
    assert [(name, float(points), title.strip()) for name, points, title in found] == [
        (criterion.id, criterion.points, criterion.title) for criterion in CHALLENGE.rubric
    ]


@pytest.mark.parametrize("section", list(WEIGHTS))
def test_rubric_text_states_the_points_of_a_section(section: str) -> None:
    first = next(c for c in CHALLENGE.rubric if c.section == section)
    heading = RUBRIC[: RUBRIC.index(f"`{first.id}`")].rsplit("\n## ", 1)[1].splitlines()[0]
    assert heading.endswith(f": {WEIGHTS[section]} points")


@pytest.mark.parametrize("criterion", CHALLENGE.rubric, ids=lambda criterion: criterion.id)
def test_a_criterion_is_kebab_case(criterion: Criterion) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", criterion.id)


def test_the_brief_has_the_data_dictionary() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+) \| (.+) \|$", BRIEF, re.MULTILINE)
    assert rows == [(column.name, column.type, column.meaning) for column in CHALLENGE.columns]


@pytest.mark.parametrize("word", ["trap", "leak", "careful", "beware", "pitfall", "forward", "group k", "do not use"])
def test_the_brief_names_no_trap(word: str) -> None:
    assert word not in BRIEF.lower()


@pytest.mark.parametrize("limit", [CHALLENGE.train_limits.cpu_seconds, CHALLENGE.predict_limits.cpu_seconds])
def test_the_brief_states_the_time_limits(limit: float) -> None:
    assert f"{limit:.0f} s" in BRIEF


def test_post_outcome_columns_exist() -> None:
    assert set(CHALLENGE.post_outcome) < {column.name for column in CHALLENGE.columns}


#: What the hiring guide warns of -> the reference that shows it, and the findings that must name it there.
RED_FLAGS = {
    "sees only accuracy": ("accuracy_only", {"EVAL001", "EVAL004"}),
    "ignores latency and cost": ("slow", {"PERF001"}),
    "ignores maintainability": ("ugly_but_right", {"CODE002", "CODE004", "CODE005"}),
    "does not see how collection reaches people": ("accuracy_only", {"DATA002"}),
    "cannot say how to watch a model": ("slow", {"MON001", "DATA001"}),
    "believes a leak": ("leaky", {"OVR002", "OVR003"}),
}


@pytest.mark.parametrize(("name", "codes"), RED_FLAGS.values(), ids=RED_FLAGS.keys())
def test_each_red_flag_is_shown_by_a_reference_and_caught(name: str, codes: set[str]) -> None:
    """`test_every_reference_gets_its_verdict` grades these references and holds the findings against this list."""
    reference = next(one for one in CHALLENGE.references if one.name == name)
    assert codes <= reference.flagged
    good = next(one for one in CHALLENGE.references if one.name == "good")
    assert not codes & good.flagged


@pytest.mark.parametrize("reference", CHALLENGE.references, ids=lambda reference: reference.name)
def test_a_reference_has_an_entry(reference: Reference) -> None:
    folder = CHALLENGE.folder / "reference" / reference.name
    assert [path.name for path in folder.glob("pipeline.*")] in (["pipeline.py"], ["pipeline.ipynb"])
    assert (reference.status == "graded") == bool(reference.bands)


def test_every_reference_folder_has_a_verdict() -> None:
    folders = {path.name for path in (CHALLENGE.folder / "reference").iterdir() if path.is_dir()}
    assert folders == {reference.name for reference in CHALLENGE.references}


@pytest.mark.parametrize("name", ["good", "leaky", "overfit", "ugly_but_right", "crashes", "hangs"])
def test_a_script_defines_the_three_functions(name: str) -> None:
    tree = ast.parse((CHALLENGE.folder / "reference" / name / "pipeline.py").read_text())
    assert {"train", "evaluate", "predict"} <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
