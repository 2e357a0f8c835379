"""Judgement knows nothing of Docker, the database or the web; only app knows everybody."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"app", "graders", "challenges", "sandbox", "starter_kit"}
#: What each package may import of ours besides itself; a dotted name stands for what lies under it.
ALLOWED = {
    "graders": set(),
    "challenges": {"graders"},
    "sandbox": {"graders.model"},
    "starter_kit": {"graders", "sandbox"},
    "app": OURS,
}
#: The world outside, which judgement must not touch.
EFFECTS = {
    "docker",
    "sqlalchemy",
    "psycopg",
    "fastapi",
    "requests",
    "socket",
    "subprocess",
    "time",
    "random",
    "datetime",
}
FILES = [
    path
    for package in OURS
    for path in (ROOT / package).rglob("*.py")
    if not {"reference", "starter"} & set(path.parts)
]


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    """No module imports what lies above it, and graders imports no effect."""
    package = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        top = name.split(".")[0]
        if top in OURS and top != package:
            allowed = any(name == one or name.startswith(f"{one}.") for one in ALLOWED[package])
            assert allowed, f"{path} imports {name}"
        assert package != "graders" or top not in EFFECTS, f"{path} imports {name}"
