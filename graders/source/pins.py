"""What the code needs, and whether it is named to the version."""

from __future__ import annotations

import re
import tomllib

from graders.model.submission import Submission

MOST_CHARACTERS = 200_000
PINNED = re.compile(r"^[A-Za-z0-9._\[\],-]+\s*(==|@|===)\s*\S+")
LOCKS = frozenset({"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pixi.lock", "conda-lock.yml"})
LISTS = re.compile(r"(.*/)?requirements[\w.-]*\.(txt|lock|in)|(.*/)?requirements/[\w.-]+\.txt")
CONDA = re.compile(r"(.*/)?(environment|conda)[\w.-]*\.ya?ml")
CONDA_LINE = re.compile(r"^\s*-\s*([A-Za-z0-9._-]+)\s*(=[=\w.*]*)?\s*$")


def requirements(submission: Submission) -> list[str] | None:
    """The stated requirements, one a line; None where none are stated."""
    for path in sorted(submission.files, key=_nearness):
        stated = _stated(path, submission)
        if stated:
            return stated
    return None


def _nearness(path: str) -> tuple[int, bool, str]:
    """What the work itself needs comes before what its development needs."""
    return path.count("/"), path.rpartition("/")[2] != "requirements.txt", path


def _stated(path: str, submission: Submission) -> list[str]:
    text = submission.files[path][:MOST_CHARACTERS].decode("utf-8", "replace") if _is_list(path) else ""
    if LISTS.fullmatch(path):
        lines = (line.split("#")[0].split(";")[0].strip() for line in text.splitlines())
        return [line for line in lines if line and not line.startswith("-")]
    if CONDA.fullmatch(path):
        named = (CONDA_LINE.match(line) for line in text.splitlines())
        return [f"{m.group(1)}{m.group(2) or ''}".replace("=", "==", 1).replace("===", "==") for m in named if m]
    return _from_project(text) if text else []


def _is_list(path: str) -> bool:
    return bool(LISTS.fullmatch(path) or CONDA.fullmatch(path)) or path in {"pyproject.toml", "Pipfile"}


def _from_project(text: str) -> list[str]:
    """Dependencies of pyproject.toml, as the standard or Poetry writes them, or of a Pipfile."""
    try:
        found = tomllib.loads(text)
        plain = found.get("project", {}).get("dependencies")
        named = found.get("tool", {}).get("poetry", {}).get("dependencies") or found.get("packages")
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return []
    if isinstance(plain, list) and plain:
        return [str(line) for line in plain]
    items = named.items() if isinstance(named, dict) else ()
    return [_pinned_name(str(name), version) for name, version in items if name != "python"]


def _pinned_name(name: str, version: object) -> str:
    exact = isinstance(version, str) and re.fullmatch(r"={0,2}\d[\w.]*", version)
    return f"{name}=={str(version).lstrip('=')}" if exact else name


def pinned_share(submission: Submission) -> float | None:
    """The share of stated requirements that name one version; None where none are stated."""
    if any(path.rpartition("/")[2] in LOCKS for path in submission.files):
        return 1.0
    stated = requirements(submission)
    if stated is None:
        return None
    return sum(bool(PINNED.match(line)) for line in stated) / len(stated)
