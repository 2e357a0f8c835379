"""What was handed in beside the code: leftovers, and what makes it run with one command."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator

from graders.model.submission import Form, Location, Submission
from graders.source.sources import Sources
from graders.words import say

#: Data and artefacts, which a recipe makes and nobody needs to hand in.
MADE = (
    *(".csv", ".parquet", ".feather", ".xlsx", ".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".onnx", ".pt", ".pth"),
    *(".npy", ".npz", ".db", ".sqlite", ".log", ".zip", ".tar", ".gz"),
)
LEFT = re.compile(
    r"(?:(?:^|/)(?:Untitled\d*\.ipynb|tempCodeRunnerFile\.py)|\.(?:bak|tmp|orig|swp)|[ _-]copy\d*\.(?:py|ipynb))$"
)
ON_CHANGE = (
    r"\.github/workflows/.+|\.gitlab-ci\.ya?ml|\.circleci/.+|azure-pipelines.*|\.azure(?:-pipelines|devops)?/.+"
    r"|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.?appveyor\.ya?ml|\.drone\.ya?ml|\.cirrus\.ya?ml|\.buildkite/.+"
    r"|\.woodpecker(?:\.ya?ml|/.+)|\.semaphore/.+|\.teamcity/.+|Jenkinsfile|cloudbuild\.ya?ml|buildspec\.ya?ml"
    r"|\.pre-commit-config\.ya?ml|\.?lefthook\.ya?ml|prek\.toml|\.(?:husky|githooks)/.+|GNUmakefile|[Mm]akefile"
    r"|\.?[Jj]ustfile|[Tt]askfile(?:\.dist)?\.ya?ml|noxfile\.py|tox\.(?:ini|toml)|dodo\.py|duties\.py|Rakefile"
    r"|tasks(?:/__init__)?\.py|\.?mise\.toml|\.config/mise(?:/config)?\.toml|batect\.ya?ml|Earthfile|pixi\.toml"
    r"|pants\.toml|(?:[\w-]{1,60}/){0,4}BUILD(?:\.bazel)?|make\.(?:bat|ps1)"
    r"|(?:(?:scripts?|bin|ci)/)?(?:test|tests|lint|check|ci)(?:\.(?:sh|bat|cmd|ps1))?|run_?tests?\.\w+"
)
#: What starts the work with one command: a container, a recipe, a script of a shell.
RECIPE = re.compile(
    r"Dockerfile|docker-compose|compose\.ya?ml|GNUmakefile$|[Mm]akefile$|\.?[Jj]ustfile$|[Tt]askfile\.ya?ml|dodo\.py"
    r"|tasks\.py|\.?mise\.toml|batect\.ya?ml|Earthfile|pixi\.toml|dvc\.yaml|[Ss]nakefile|MLproject|Procfile|noxfile\.py"
)
SHELL = (".sh", ".bash", ".bat", ".cmd", ".ps1")
#: A script of a shell is named after what it does, and one of these is to run the work.
STARTS = frozenset(
    {"run", "start", "train", "launch", "serve", "deploy", "docker", "main", "pipeline", "go", "app", "all", "execute"}
)
ASIDE = frozenset({"test", "tests", "lint", "check", "install", "setup"})
#: What runs on every change or with one word; and what says that it checks something.
CHECKED = re.compile(rf"^({ON_CHANGE})$")
CHECKERS = re.compile(
    rb"\b(pytest|py\.test|nosetests|nose2|py_test|unittest|doctest|ruff|flake8|pylint|pyflakes|pycodestyle|mypy|pyright|black|isort"
    rb"|tox|nox|pre-commit|coverage run|make (?:test|lint|check)s?"
    rb"|(?:python3?|sh|bash) [\w./-]{0,80}tests?[\w./-]{0,40})\b"
)
#: Tables of pyproject.toml that hold commands to be run by name.
TASKS = re.compile(rb"(?m)^\[tool\.(?:poe|poethepoet|taskipy|hatch\.envs?|pdm\.scripts|pixi|tox|nox)\b")
MOST_BYTES = 200_000
#: What is only said, and what a container's file has to have to do anything.
SAID = re.compile(rb"@?\b(?:echo|printf)\b[^\n&|;]{0,400}")
IN_A_CONTAINER = re.compile(rb"(?im)^[ \t]*(?:run|cmd|entrypoint)\b")
#: The commands of a file for `make`, each with what makes it go on in the next line taken out; and those that prepare,
#: tidy up, or start a goal whose commands stand elsewhere.
MAKES = re.compile(r"(?:GNUm|[Mm])akefile$")
GOES_ON = re.compile(rb"\\\r?\n[ \t]*")
OF_A_GOAL = re.compile(rb"(?m)^(?:[ \t]+|[^\n:#]{1,100}:[^\n=;]{0,200};)([^\n]{1,2000})")
COMMAND = re.compile(rb"[\w./$({\"]")
PREPARES = re.compile(
    rb"(?:[\w.$(){}/-]{0,60}/)?(?:pip3?|pipenv|conda|mamba|cd|cp|export|find|mkdir|mv|rm|source|touch|\.)[ \t]"
    rb"|(?:uv|poetry|pdm|hatch|pixi)[ \t]+(?!run\b)|\S{1,60}[ \t]+-m[ \t]+(?:pip|venv|virtualenv)\b|\$[({]MAKE[)}]"
)
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


def recipes(submission: Submission) -> list[str]:
    """Files that run or build the work with one command, nearest to the root first."""
    doing = (path for path, data in submission.files.items() if _runs(path) and _does_something(path, data))
    return sorted(doing, key=lambda path: (path.count("/"), path))


def _runs(path: str) -> bool:
    name = path.rpartition("/")[2]
    words = set(re.split(r"[._-]", name.lower()))
    shell = name.lower().endswith(SHELL) and bool(STARTS & words) and not ASIDE & words
    return shell or bool(RECIPE.match(name)) or name.lower().endswith(".dockerfile")


def _does_something(path: str, data: bytes) -> bool:
    """Whether a recipe has a command beside those that only say something, and in a file for `make` one that runs."""
    name, text = path.rpartition("/")[2], SAID.sub(b"", data[:MOST_BYTES])
    if MAKES.match(name):
        lines = OF_A_GOAL.findall(GOES_ON.sub(b" ", text))
        return any(_starts(command) for line in lines for command in re.split(rb"&&|;", line))
    return not name.startswith("Dockerfile") or bool(IN_A_CONTAINER.search(text))


def _starts(command: bytes) -> bool:
    """Whether a command runs the work: to install, to test, and to tidy up is not to run."""
    stripped = command.lstrip(b" \t@+-")
    return bool(COMMAND.match(stripped)) and not PREPARES.match(stripped) and not CHECKERS.search(stripped)


def checked(submission: Submission) -> list[str]:
    """Files by which tests or a linter run without anybody thinking of them."""
    named = [path for path in sorted(submission.files) if CHECKED.match(path) or _has_tasks(path, submission)]
    return [path for path in named if CHECKERS.search(SAID.sub(b"", submission.files[path][:MOST_BYTES]))]


def _has_tasks(path: str, submission: Submission) -> bool:
    return path == "pyproject.toml" and bool(TASKS.search(submission.files[path][:MOST_BYTES]))


def out_of_order(sources: Sources, submission: Submission) -> Iterator[tuple[Location, str]]:
    """Cells of a judged notebook that were run after a later one: its state is not that of a clean run."""
    for module in sources.product:
        if module.source.is_notebook:
            executions = _executions(submission.files.get(module.path, b""))
            kept = _in_order([count for _, count in executions])
            for place, (cell, count) in enumerate(executions):
                if place not in kept:
                    yield (
                        Location(module.path, None, cell),
                        say("was run as {count}, out of the order of the others", count=count),
                    )


def _in_order(counts: list[int]) -> set[int]:
    """Places of a longest run of counts that rises, of several the one of the first cells."""
    starts: list[int] = []
    least: list[int] = []
    after: dict[int, int | None] = {}
    for place in reversed(range(len(counts))):  # from the end, so that the first cells win
        at = bisect_left(least, -counts[place])
        after[place] = starts[at - 1] if at else None
        starts[at : at + 1], least[at : at + 1] = [place], [-counts[place]]
    kept: set[int] = set()
    current = starts[-1] if starts else None
    while current is not None:
        kept.add(current)
        current = after[current]
    return kept


def _executions(notebook: bytes) -> list[tuple[int, int]]:
    """(number of the cell over all cells, its execution count) for cells that were run."""
    try:
        cells = json.loads(notebook)["cells"]
        counts = [(n, cell.get("execution_count")) for n, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [(n, count) for n, count in counts if isinstance(count, int)]
