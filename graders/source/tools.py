"""Reading the JSON that ruff, radon and pytest left; all of it may be shaped by the candidate."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graders.model.case import Case, NotApplicable, run_of
from graders.model.probe import Run
from graders.model.submission import Location
from graders.probes.names import ProbeName
from graders.source.module import Function, Module
from graders.words import say


@dataclass(frozen=True)
class Violation:
    """One violation ruff found outside the tests."""

    rule: str
    message: str
    where: Location


@dataclass(frozen=True)
class Complexity:
    """Cyclomatic (radon) and cognitive (complexipy) complexity of one function outside the tests."""

    name: str
    value: int
    cognitive: int
    lines: int
    where: Location


@dataclass(frozen=True)
class TestResults:
    """How the candidate's tests ended in the sandbox; `coverage` of the lines outside tests, 0 to 1.

    `failed` counts errors too.  `missed` are the lines with a statement that were not run, by path.  `unloaded` says
    what kept every test from being loaded, "" where nothing did.
    """

    total: int
    passed: int
    failed: int
    coverage: float
    missed: Mapping[str, frozenset[int]]
    first_failure: str = ""
    unloaded: str = ""

    @property
    def steady(self) -> bool:
        """Whether no test fails while nothing is wrong with the code."""
        return self.total > 0 and self.failed == 0


def violations(product: Mapping[str, Module], run: Run) -> list[Violation] | None:
    """What ruff found outside the tests; None where there was more than could be listed."""
    braces = any(_imports(module, LOGURU) for module in product.values())
    output = _object(run)
    if output.get("truncated"):
        return None
    return [
        Violation(str(item["code"]), str(item["message"]), product[item["path"]].source.locate(int(item["line"])))
        for item in output["violations"]
        if item["path"] in product
        and not _is_idiom(product[item["path"]], item)
        and not (braces and item["code"] in FORMATTED)
    ]


#: In a notebook an expression shows its value, and imports stand where they are first needed.
IDIOMS = frozenset({"B018", "E402", "E703", "W391", "W292"})
#: Ruff cannot read the file.  Where Python cannot either, intake has said so: Latin-1 in a comment Python takes.
UNREAD = "E902"
#: Names that a notebook's server gives.
GIVEN = frozenset({"display", "get_ipython", "spark", "sc", "dbutils", "sqlContext"})
FOR_EFFECT = ("sklearn.experimental", "mpl_toolkits")
#: Arguments of a log call that do not fit `%`: loguru formats with braces.
FORMATTED = frozenset({"PLE1205", "PLE1206"})
LOGURU = frozenset({"loguru"})
#: Of columns a comparison makes an expression and compares nothing yet.
TABLES = frozenset({"sqlalchemy", "sqlmodel", "peewee", "polars", "pyspark", "ibis", "pandas", "dask", "modin", "cudf"})
TABLES |= frozenset({"narwhals", "datatable", "vaex", "siuba", "snowflake", "databricks", "geopandas", "django"})
#: A text in an annotation that names axes.
SHAPES = frozenset({"jaxtyping", "torchtyping", "nptyping"})
#: Streamlit shows what a line says; sacred reads the names of a configuration, PyMC those of a model.
SHOWN = frozenset({"streamlit"})
NAMED = frozenset({"sacred", "pymc", "pymc3", "gurobipy"})
#: Methods that call what they are given before they return.
AT_ONCE = frozenset({"agg", "aggregate", "apply", "applymap", "assign", "filter", "map", "pipe", "transform", "where"})
AT_ONCE |= frozenset({"loc", "query", "map_elements", "map_rows", "mapPartitions", "sort_values", "sub", "sorted"})
#: A shorter module that imports nothing was cut from a longer one, which knows the names it lacks.
FRAGMENT = 40
WORDS = re.compile(r"@?\w++[.(]?|~")
LONGEST_TEXT = 4000


def _is_idiom(module: Module, item: Mapping[str, Any]) -> bool:
    """Whether what ruff reports is no fault in the light of the library or the form it is written for."""
    rule, line, message = str(item["code"]), int(item["line"]), str(item["message"])
    if rule == UNREAD:
        return True
    if module.has_cells and (rule in IDIOMS or any(f"`{name}`" in message for name in GIVEN)):
        return True
    return any(rule.startswith(rules) and excuses(module, line, message) for rules, excuses in EXCUSES)


def _is_harmless(module: Module, line: int) -> bool:
    """Whether an import that is made again in a later cell, or a fixed text that is evaluated, stands in a line."""
    at = [node for node in module.nodes if getattr(node, "lineno", 0) == line]
    fixed = (node for node in at if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    constant = any(isinstance(argument, ast.Constant) for call in fixed for argument in call.args[:1])
    return constant or any(isinstance(node, ast.Import | ast.ImportFrom) for node in at)


def _is_read_by_text(module: Module, line: int, message: str) -> bool:
    """Whether a name that looks unused stands in a query (`@name`), a formula (`name.f(x)`) or behind FROM or JOIN."""
    name = message.partition("`")[2].partition("`")[0]
    aliases = (node for node in module.nodes if isinstance(node, ast.alias) and node.lineno == line)
    names = {alias.asname or alias.name for alias in aliases if name.endswith(alias.name)} or {name}
    texts = (node.value for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return any(_reads(WORDS.findall(text[:LONGEST_TEXT]), names) for text in texts)


def _reads(words: list[str], names: set[str]) -> bool:
    plain = [word.rstrip(".(") for word in words]
    if any(f"@{name}" in plain for name in names):
        return True
    if "~" in words:
        return any(word[-1] in ".(" and word[:-1] in names for word in words)
    lower = [word.lower() for word in plain]
    return "select" in lower and any(
        word in {"from", "join"} and table in names for word, table in zip(lower, plain[1:], strict=False)
    )


def _imports(module: Module, libraries: frozenset[str]) -> bool:
    """Whether a module imports one of these libraries, or a part of one."""
    imports = (node for node in module.nodes if isinstance(node, ast.Import | ast.ImportFrom))
    named = (name for node in imports for name in (getattr(node, "module", ""), *(alias.name for alias in node.names)))
    return any((name or "").partition(".")[0] in libraries for name in named)


def _is_for_effect(message: str) -> bool:
    return any(name in message for name in FOR_EFFECT)


def _compares_columns(module: Module, line: int) -> bool:
    """Whether a line compares a part of a thing, which may be a column, and no plain name."""
    at = (node for node in module.nodes if isinstance(node, ast.Compare) and node.lineno <= line <= _end(node))
    return any(isinstance(node.left, ast.Attribute | ast.Subscript | ast.Call) for node in at)


def _is_subscribed(module: Module, line: int) -> bool:
    """Whether something stands in brackets in a line."""
    return any(isinstance(node, ast.Subscript) and node.lineno <= line <= _end(node) for node in module.nodes)


def _is_called_at_once(module: Module, line: int) -> bool:
    """Whether every function that is made in a line goes to a method that calls it before the loop goes on."""
    made = [node for node in module.nodes if isinstance(node, ast.Lambda) and node.lineno <= line <= _end(node)]
    calls = [node for node in module.nodes if isinstance(node, ast.Call) and node.lineno <= line <= _end(node)]
    handed = {
        id(value)
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in AT_ONCE
        for value in (*call.args, *(keyword.value for keyword in call.keywords))
    }
    return bool(made) and all(id(node) in handed for node in made)


def _end(node: ast.expr) -> int:
    return node.end_lineno or node.lineno


def _is_registered(module: Module, line: int) -> bool:
    """Whether a decorator that is called keeps the function of a line, whatever its name: a route, a callback."""
    defined = (node for node in module.nodes if isinstance(node, Function) and node.lineno == line)
    return any(isinstance(mark, ast.Call) for function in defined for mark in function.decorator_list)


def _is_deferred(module: Module, line: int, message: str) -> bool:
    """Whether an undefined name stands in an annotation, which is read later, and the module defines it somewhere."""
    name = message.partition("`")[2].partition("`")[0]
    defined = any(isinstance(node, Function | ast.ClassDef) and node.name == name for node in module.nodes)
    return defined and any(
        any(isinstance(inner, ast.Name) and (inner.id, inner.lineno) == (name, line) for inner in ast.walk(annotation))
        for node in module.nodes
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(annotation, ast.expr)
    )


def _begins_cell(module: Module, line: int) -> bool:
    """Whether nothing but comments, decorators and blank lines stands above a line in its cell."""
    places, text = module.source.places, module.source.text.decode("utf-8", "replace").split("\n")
    cell = places[line - 1][0] if 0 < line <= len(places) else None
    above = (text[n - 1].strip() for n in range(line - 1, 0, -1) if places[n - 1][0] == cell)
    return cell is not None and all(not words or words[0] in "#@" for words in above)


def _is_fragment(module: Module) -> bool:
    imports = any(isinstance(node, ast.Import | ast.ImportFrom) for node in module.nodes)
    return len(module.code_lines) < FRAGMENT and not imports


#: Rules, by their beginnings, and what excuses a violation of them: of module, line and message.
EXCUSES: tuple[tuple[tuple[str, ...], Callable[[Module, int, str], bool]], ...] = (
    (("B018",), lambda module, _line, _message: _imports(module, SHOWN)),
    (("S307",), lambda module, line, _message: _is_harmless(module, line)),
    (("F811",), lambda module, line, _message: _is_registered(module, line)),
    (("F811",), lambda module, line, _message: module.has_cells and _is_harmless(module, line)),
    # the border of a cell sets its code apart
    (("E30",), lambda module, line, _message: module.source.is_notebook and _begins_cell(module, line)),
    # a package's own __init__ hands on what it imports; some imports are made for what they do
    (("F401", "F403"), lambda module, _line, message: module.path.endswith("__init__.py") or _is_for_effect(message)),
    (("E711", "E712"), lambda module, line, _message: _imports(module, TABLES) and _compares_columns(module, line)),
    (("F722", "F821"), lambda module, line, _message: _imports(module, SHAPES) and _is_subscribed(module, line)),
    (("B023",), lambda module, line, _message: _is_called_at_once(module, line)),
    # names that only a text reads look unused: pandas queries, formulas, and SQL over local tables
    (("F401", "F841", "RUF059"), _is_read_by_text),
    (("F841",), lambda module, _line, _message: _imports(module, NAMED)),
    (("F821",), lambda module, line, message: _is_fragment(module) or _is_deferred(module, line, message)),
)


def complexities(product: Mapping[str, Module], run: Run) -> list[Complexity]:
    """One entry for each function that serves something; none where there is none."""
    padding = {(path, node.lineno) for path, module in product.items() for node in module.padding}
    return [
        Complexity(
            str(item["name"]),
            int(item["complexity"]),
            int(item.get("cognitive", 0)),
            int(item["lines"]),
            product[item["path"]].source.locate(int(item["line"])),
        )
        for item in _object(run)["functions"]
        if item["path"] in product and (item["path"], int(item["line"])) not in padding
    ]


def test_results(case: Case) -> TestResults:
    """How the tests ended as they were handed in; NotApplicable where that run did not go well."""
    return parse_tests(run_of(case.runs, ProbeName.TESTS))


def parse_tests(run: Run) -> TestResults:
    """What one run of the tests left; NotApplicable where it is not what our collector writes."""
    output = _object(run)
    try:
        total, passed, skipped = (_count(output.get(key, 0)) for key in ("total", "passed", "skipped"))
        coverage = min(max(float(output["coverage"]), 0.0), 1.0)
        missed = {str(file["path"]): _lines(file["missed"]) for file in output.get("files", ()) if "missed" in file}
        bad = [test["id"] for test in output.get("tests", ()) if test["outcome"] in ("failed", "error")]
        errors = output.get("collection_errors", ())
        bad += [error["id"] for error in errors]
        ends = [
            say("{error} cannot be loaded ({error_2})", error=error["id"], error_2=error["message"])
            for error in errors
            if error.get("conftest")
        ]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise NotApplicable(say("the output of '{run}' is not what was expected", run=run.name)) from error
    passed = min(passed, total)
    failed, first = max(total - passed - skipped, 0), str(bad[0]) if bad else ""
    return TestResults(total, passed, failed, coverage, missed, first, ends[0] if ends and not passed else "")


def _count(value: object) -> int:
    return max(int(str(value)), 0)


def _lines(findings: list[object]) -> frozenset[int]:
    return frozenset(line for line in findings if isinstance(line, int))


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _object(run: Run) -> dict[str, Any]:
    """The JSON object a tool left; NotApplicable where it is not one."""
    try:
        found = json.loads(run.output, parse_constant=_refuse)
    except (ValueError, RecursionError) as bad:
        raise NotApplicable(say("the output of '{run}' cannot be read", run=run.name)) from bad
    if not isinstance(found, dict):
        raise NotApplicable(say("the output of '{run}' is not what was expected", run=run.name))
    return found
