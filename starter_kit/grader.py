"""What a submission is graded with, and how this machine differs from it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata, util
from pathlib import PurePosixPath

from graders.model.submission import Submission
from sandbox.protocol.roots import source_roots

#: A kit's own code runs with these, whatever the work imports.
ALWAYS = frozenset({"numpy", "pandas"})


@dataclass(frozen=True)
class Grader:
    """python: as `3.11`. versions: of each package of the image, by its name. provides: import name -> that name."""

    python: str
    versions: Mapping[str, str] = field(default_factory=dict)
    provides: Mapping[str, str] = field(default_factory=dict)

    def differences(self, submission: Submission) -> tuple[str, ...]:
        """What is otherwise here, and what that may change; empty where both agree."""
        imported = set(_imported(submission))
        return (*self._python(), *self._packages(imported | ALWAYS), *_installed(submission, imported))

    def _python(self) -> Iterator[str]:
        here = ".".join(map(str, sys.version_info[:2]))
        if here != self.python:
            yield (
                f"Python is {here} here and {self.python} there: "
                f"what only one of them has (syntax, modules, functions) fails there."
            )

    def _packages(self, imported: Iterable[str]) -> Iterator[str]:
        for package in sorted({self.provides[name] for name in imported if name in self.provides}):
            there, here = self.versions[package], _version(package)
            if here is not None and here != there:
                yield f"{package} is {here} here and {there} there: what one warns of, the other may refuse."


def _version(package: str) -> str | None:
    """None where it is not installed, which the run has told already if it matters."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _imported(submission: Submission) -> Iterator[str]:
    """The first words of all that the submission's modules import."""
    for path, text in submission.runnable.items():
        if path.endswith(".py"):
            try:
                tree = ast.parse(text)
            except (
                SyntaxError,
                ValueError,
                RecursionError,
                MemoryError,
            ):  # nothing imports it, then
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    yield node.module.partition(".")[0]


def _installed(submission: Submission, imported: Iterable[str]) -> Iterator[str]:
    """The candidate's own modules that this machine finds because the project is installed on it."""
    paths = [PurePosixPath(path) for path in submission.runnable if path.endswith(".py")]
    roots = source_roots(submission.runnable)
    at_root = {part.removesuffix(".py") for path in paths for part in path.parts[: 1 + (path.parts[0] in roots)]}
    deeper = {part.removesuffix(".py"): path.parent for path in paths for part in path.parts[1:]}
    for name in sorted((set(imported) & set(deeper)) - at_root - sys.stdlib_module_names):
        try:
            found = util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if found is not None:
            yield (
                f"{name} is installed on this machine, and there it is only in your upload, under {deeper[name]}: "
                "importing it fails there. Put it beside pipeline.py."
            )
