"""What the image offers to a submission: the packages of its lock, and the names they are imported by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "sandbox" / "image" / "requirements.lock"
#: The Python of the image.
PYTHON = "3.11"
#: Import names that are not the package's own name with underscores.
IMPORTED_AS = {
    "fonttools": "fontTools",
    "imbalanced-learn": "imblearn",
    "pillow": "PIL",
    "polars-runtime-32": "_polars_runtime_32",
    "python-dateutil": "dateutil",
    "pyyaml": "yaml",
    "scikit-learn": "sklearn",
    "xgboost-cpu": "xgboost",
}
#: Packages that are the same under another name: whoever asks for one has the other.
SAME_AS = {"xgboost": "xgboost-cpu"}


def versions(lock: str) -> dict[str, str]:
    """The version of each package of a lock, by its name."""
    pins = [line.split()[0] for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    named = [pin.partition(";")[0].partition("==") for pin in sorted(pins)]
    return {name: version for name, _, version in named}


def had(lock: str) -> dict[str, str]:
    """As `versions`, under every name that a package is asked for by."""
    found = versions(lock)
    return found | {name: found[same] for name, same in SAME_AS.items() if same in found}


@cache
def imports() -> Mapping[str, str]:
    """Each import name on offer, and the package it comes from."""
    return {IMPORTED_AS.get(name, name.replace("-", "_")): name for name in versions(LOCK.read_text())}
