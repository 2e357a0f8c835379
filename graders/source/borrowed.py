"""Code that others wrote and the candidate carries along: it is set aside, whatever its quality."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

FOLDERS = frozenset(
    {"vendor", "vendored", "_vendor", "third_party", "thirdparty", "external", "extern", "site-packages"}
)
#: A folder, not the root, with one of these is a package of its own.
PACKAGED = re.compile(r"^(LICEN[CS]E|COPYING|PKG-INFO|METADATA|RECORD)(\..*)?$")
#: Well-known libraries of this trade; a module of such a name, or a package with an __init__ that says something,
#: is a copy, as it would hide the library.
KNOWN = frozenset(
    {"attr", "attrs", "boto3", "catboost", "category_encoders", "click", "dateutil", "dask", "fastapi", "flask"}
    | {"featuretools", "hydra", "imblearn", "joblib", "jinja2", "keras", "lightgbm", "loguru", "marshmallow", "mlflow"}
    | {"networkx", "numpy", "omegaconf", "optuna", "pandas", "pandera", "polars", "pydantic", "pytest", "requests"}
    | {"rich", "scipy", "seaborn", "shap", "six", "sklearn", "sqlalchemy", "statsmodels", "structlog", "tabulate"}
    | {"tenacity", "toolz", "torch", "tqdm", "typer", "typing_extensions", "xgboost", "yaml"}
)
COPYRIGHT = re.compile(rb"copyright\s+(\(c\)|\xc2\xa9|\d{4})|SPDX-License-Identifier|licensed under the", re.IGNORECASE)
HEADER_BYTES = 1500
#: The __init__ of a folder of one's own is empty or nearly so.
LEAST_INIT = 200


def paths(files: Collection[str], modules: Mapping[str, bytes]) -> set[str]:
    """Which of `modules` (path -> text) are other people's, seen from all `files` of the submission."""
    packages = {str(PurePosixPath(path).parent) for path in files if PACKAGED.match(PurePosixPath(path).name)} - {"."}
    copies = {name for name in KNOWN if _is_library(name, modules)}
    found = {path for path in modules if _in_foreign_folder(path, packages, copies)}
    return found | _with_another_header(modules, found)


def _is_library(name: str, modules: Mapping[str, bytes]) -> bool:
    return f"{name}.py" in modules or len(modules.get(f"{name}/__init__.py", b"")) >= LEAST_INIT


def _in_foreign_folder(path: str, packages: set[str], copies: set[str]) -> bool:
    pure = PurePosixPath(path)
    folders = pure.parts[:-1]
    named = bool(FOLDERS & {part.lower() for part in folders})
    inside = any(str(parent) in packages for parent in pure.parents)
    return named or inside or (pure.parts[0].removesuffix(".py") in copies)


def _with_another_header(modules: Mapping[str, bytes], known: set[str]) -> set[str]:
    """Modules with a copyright of their own, where most of the work carries none."""
    marked = {path for path, text in modules.items() if COPYRIGHT.search(text[:HEADER_BYTES])}
    own = [path for path in modules if path not in known]
    return marked if len(marked - known) * 2 < len(own) else set()
