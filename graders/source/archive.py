"""What was handed in beside the code: leftovers, and what makes it run with one command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from graders.model.submission import Form, Location, Submission
from graders.source.sources import Sources

#: Data and artefacts, which a recipe makes and nobody needs to hand in.
MADE = (
    *(".csv", ".parquet", ".feather", ".xlsx", ".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".onnx", ".pt", ".pth"),
    *(".npy", ".npz", ".db", ".sqlite", ".log", ".zip", ".tar", ".gz"),
)
LEFT = re.compile(
    r"(?:(?:^|/)(?:Untitled\d*\.ipynb|tempCodeRunnerFile\.py)|\.(?:bak|tmp|orig|swp)|[ _-]copy\d*\.(?:py|ipynb))$"
)
ON_CHANGE = (
    r"\.github/workflows/.+|\.gitlab-ci\.yml|\.circleci/.+|azure-pipelines.*|\.pre-commit-config\.yaml|Makefile"
    r"|justfile|noxfile\.py"
)
AUTOMATIC = re.compile(rf"^({ON_CHANGE}|tox\.ini|Dockerfile|docker-compose.*|(.+/)?Dockerfile|dvc\.yaml|run\.sh)$")
#: Of these, what runs on every change; and what says that it checks something.
CHECKED = re.compile(rf"^({ON_CHANGE})$")
CHECKERS = re.compile(rb"\b(pytest|unittest|ruff|flake8|pylint|mypy|black|isort|tox|nox)\b")
#: Tests and examples have data of their own.
ALLOWED = re.compile(r"(^|/)(tests?|fixtures|examples?|samples?)/")


def leftovers(submission: Submission) -> list[Location]:
    """Files that are no part of the work."""
    if submission.form is not Form.PACKAGE and len(submission.files) <= 1:
        return []
    aside = [
        item.where for item in submission.set_aside if item.where.cell is None and item.where.path != submission.entry
    ]
    made = [path for path in sorted(submission.files) if path.lower().endswith(MADE) and not ALLOWED.search(path)]
    left = [path for path in sorted(submission.files) if LEFT.search(path)]
    return [*aside, *(Location(path) for path in (*made, *left))]


def automatic(submission: Submission) -> list[str]:
    """Files that run, build or check the work with one command."""
    return [path for path in sorted(submission.files) if AUTOMATIC.match(path)]


def checked(submission: Submission) -> list[str]:
    """Files by which tests or a linter run without anybody thinking of them."""
    named = [path for path in sorted(submission.files) if CHECKED.match(path)]
    return [path for path in named if CHECKERS.search(submission.files[path])]


def out_of_order(found: Sources, submission: Submission) -> Iterator[tuple[Location, str]]:
    """Cells of a judged notebook that were run after a later one: its state is not that of a clean run."""
    for module in found.product:
        if module.source.is_notebook:
            latest, at = 0, 0
            for cell, count in _executions(submission.files.get(module.path, b"")):
                if count < latest:
                    yield Location(module.path, None, cell), f"was run (as {count}) before cell {at} (as {latest})"
                else:
                    latest, at = count, cell


def _executions(notebook: bytes) -> list[tuple[int, int]]:
    """(number of the cell over all cells, its execution count) for cells that were run."""
    try:
        cells = json.loads(notebook)["cells"]
        counts = [(n, cell.get("execution_count")) for n, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [(n, count) for n, count in counts if isinstance(count, int)]
