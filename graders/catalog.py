"""Every check in one list, in the order reports show them; all else that is said of checks is derived from it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

from graders.checks.check import Check, Family


def of_family(family: str) -> list[Check]:
    """What the `CHECKS` of the modules in a family's folder hold: a new module is named nowhere else."""
    folder = import_module(f"graders.checks.{family}")
    modules = [import_module(module.name) for module in iter_modules(folder.__path__, f"{folder.__name__}.")]
    return sorted(
        (check for module in modules for check in getattr(module, "CHECKS", ())), key=lambda check: check.code
    )


CHECKS: tuple[Check, ...] = tuple(check for family in get_args(Family) for check in of_family(family))
BY_CODE = {check.code: check for check in CHECKS}


def listing() -> str:
    """The list of all checks as docs/checks.md has it."""
    rows = [
        (
            check.code,
            check.title,
            check.family,
            check.severity.value,
            check.verdict or "",
            "band 2" if check.cap else "",
            ", ".join(check.criteria),
            "words" if check.open else "that it was found",
            "yes" if check.read else "",
        )
        for check in CHECKS
    ]
    head = ("Code", "Finding", "Family", "Severity", "Verdict", "Caps", "Criteria", "Candidates see", "Without a run")
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return "# Checks\n\nMade by `graders.catalog.listing`; a test compares them.\n\n" + "\n".join(lines) + "\n"
