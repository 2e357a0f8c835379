"""Code that others wrote and the candidate carries along: it is set aside, whatever its quality."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from graders.model.submission import Submission
from graders.source.module import Module

FOLDERS = frozenset(
    {"vendor", "vendored", "_vendor", "third_party", "thirdparty", "external", "extern", "site-packages"}
)
#: A folder, not the root, with one of these is a package of its own, unless it is plainly the candidate's.
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
#: A template's folder holds the licence that it hands on.
BLANK = "{{"
COPYRIGHT = re.compile(rb"copyright\s+(\(c\)|\xc2\xa9|\d{4})|SPDX-License-Identifier|licensed under the", re.IGNORECASE)
HEADER_BYTES = 1500
#: Two parts of one work share so many texts, and this share of those of the part; beside fewer lines nothing is asked.
WORD = re.compile(r"[A-Za-z]\w{2,40}")
LEAST_SHARED, SHARED, LITTLE = 3, 0.2, 20
#: The __init__ of a folder of one's own is empty or nearly so.
LEAST_INIT = 200


def paths(submission: Submission, modules: Collection[Module]) -> set[str]:
    """Which source files are other people's, by path, those that no parser could read included."""
    files, texts = submission.files, {source.path: source.text for source in submission.sources}
    marked = [PurePosixPath(path).parent for path in files if PACKAGED.match(PurePosixPath(path).name)]
    packages = {str(folder) for folder in marked if BLANK not in folder.name} - {"."}
    others = {package for package in packages if not _is_own(package, modules)}
    copies = {name for name in KNOWN if _is_library(name, texts)}
    found = {path for path in texts if _in_foreign_folder(path, others, copies)}
    return found | _with_another_header(texts, found)


def _is_own(folder: str, modules: Collection[Module]) -> bool:
    """Whether a folder with a licence is the candidate's own work all the same.

    It is where nothing lies beside it, and where one calls the other and both speak of the same data.
    """
    inside = [module for module in modules if module.path.startswith(f"{folder}/")]
    beside = [module for module in modules if not module.path.startswith(f"{folder}/")]
    if not beside:
        return True
    called = _names(folder, inside)
    calling = {part for module in beside for part in _parts(module)} - called
    if not any(_calls(module, called) for module in beside) and not any(_calls(module, calling) for module in inside):
        return False
    said, known = _words(inside), _words(beside)
    little = sum(len(module.code_lines) for module in beside) < LITTLE
    return little or len(said & known) >= max(LEAST_SHARED, SHARED * len(said))


def _names(folder: str, inside: Collection[Module]) -> set[str]:
    """What a folder's modules are imported by: its own name, or what lies in it where it is no package."""
    if any(module.path == f"{folder}/__init__.py" for module in inside):
        return {PurePosixPath(folder).name}
    return {PurePosixPath(folder).name} | {_parts(module)[len(PurePosixPath(folder).parts)] for module in inside}


def _parts(module: Module) -> tuple[str, ...]:
    return PurePosixPath(module.path).with_suffix("").parts


def _calls(module: Module, packages: set[str]) -> bool:
    """Whether a module imports from packages and uses what it imported, under names that nothing else takes."""
    imported: set[str] = set()
    taken: set[str] = set()
    used: set[str] = set()
    for node in module.nodes:
        match node:
            case ast.ImportFrom(module=str(name), names=aliases) if _speaks_of(name, packages):
                imported |= {alias.asname or alias.name for alias in aliases}
            case ast.Import(names=aliases) if any(_speaks_of(a.name, packages) for a in aliases):
                imported |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.alias(name=name, asname=asname):
                taken |= {asname or name} - imported
            case (
                ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
            ):
                taken.add(name)
            case ast.Name(id=name):
                used.add(name)
    return "*" in imported or bool(imported & used - taken)


def _speaks_of(name: str, packages: set[str]) -> bool:
    """Whether a dotted name has one of the packages in it, and is no part of a known library: `sklearn.pipeline`."""
    parts = name.split(".")
    return parts[0] not in KNOWN and not packages.isdisjoint(parts)


def _words(modules: Collection[Module]) -> set[str]:
    """What stands as a text of its own in code: the names of columns and their values, most of all."""
    nodes = (node for module in modules for node in module.nodes if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str) and WORD.fullmatch(node.value)}


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
