"""How the candidate's tests are found: the part of the project's own pytest settings that says where things lie.

What leaves tests out by mark, makes warnings fail or needs a plugin does not count.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from glob import glob
from typing import Any

#: Files that may hold the settings, the one that counts first, with the section of each.
FILES = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("pyproject.toml", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
#: What a test is called.
NAMES = ("python_files", "python_classes", "python_functions")
#: Options of `addopts` by which tests are imported or looked for in docstrings.
FINDING = re.compile(r"--import-mode=\w+|--doctest-modules|--doctest-glob=\S+")
MAX_BYTES = 200_000


def arguments(folder: str) -> list[str]:
    """Options and places for pytest: how a plain `pytest` in `folder` would find its tests."""
    given = settings(folder)
    options = [f"--override-ini={name}={words(given[name])}" for name in NAMES if name in given]
    roots = [os.path.join(folder, path) for path in shlex.split(words(given.get("pythonpath", "")))]
    options += [f"--override-ini=pythonpath={shlex.join(roots)}"] if roots else []
    options += FINDING.findall(words(given.get("addopts", "")).replace("--import-mode ", "--import-mode="))
    named = shlex.split(words(given.get("testpaths", "")))
    places = [place for path in named for place in sorted(glob(os.path.join(folder, path), recursive=True))]
    return options + ([place for place in places if place.startswith(folder)] or [folder])


def settings(folder: str) -> Mapping[str, Any]:
    """The section on pytest of the first file that has one; empty where none has, or where it cannot be read."""
    for name, section in FILES:
        text = read(os.path.join(folder, name))
        if text is not None:
            found = from_toml(text) if name.endswith(".toml") else from_ini(text, section)
            if found or name.endswith("pytest.ini"):
                return found
    return {}


def from_toml(text: str) -> Mapping[str, Any]:
    found = table(text).get("tool", {})
    section = found.get("pytest", {}) if isinstance(found, dict) else {}
    section = section.get("ini_options", section) if isinstance(section, dict) else {}
    return section if isinstance(section, dict) else {}


def from_ini(text: str, section: str) -> Mapping[str, Any]:
    reader = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        reader.read_string(text)
    except (configparser.Error, ValueError):
        return {}
    return {key: value or "" for key, value in reader.items(section)} if reader.has_section(section) else {}


def table(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def read(path: str) -> str | None:
    """The text of a file, None where there is none."""
    try:
        with open(path, "rb") as opened:
            return opened.read(MAX_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return None


def words(value: object) -> str:
    """A setting as one line, however it is written."""
    return shlex.join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
