"""Reading the JSON that ruff, radon and pytest left; all of it may be shaped by the candidate."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.measure.answers import run_of
from graders.model.case import Case, NotApplicable
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
    braces = any(_uses_loguru(module) for module in product.values())
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
#: Names that a notebook's server gives.
GIVEN = frozenset({"display", "get_ipython", "spark", "sc", "dbutils", "sqlContext"})
#: A package's own __init__ hands on what it imports; some imports are made for what they do.
RE_EXPORTS = frozenset({"F401", "F403"})
FOR_EFFECT = ("sklearn.experimental", "mpl_toolkits")
#: Text that is run, and a name that is bound again before it was used.
EVAL, AGAIN = "S307", "F811"
#: Arguments of a log call that do not fit `%`: loguru formats with braces.
FORMATTED = frozenset({"PLE1205", "PLE1206"})
#: Blank lines: the border of a cell sets its code apart.
BLANK_LINES = "E30"
#: A shorter module that imports nothing was cut from a longer one, which knows the names it lacks.
FRAGMENT = 40
UNDEFINED = "F821"
#: Names that only a text reads look unused: pandas queries, formulas, and SQL over local tables.
UNUSED = frozenset({"F401", "F841", "RUF059"})
WORDS = re.compile(r"@?\w++[.(]?|~")
LONGEST_TEXT = 4000


def _is_idiom(module: Module, item: Mapping[str, Any]) -> bool:
    """Whether what ruff reports is no fault in the light of the library or the form it is written for."""
    rule, line, message = str(item["code"]), int(item["line"]), str(item["message"])
    if module.has_cells and (rule in IDIOMS or any(f"`{name}`" in message for name in GIVEN)):
        return True
    if rule == EVAL or (rule == AGAIN and module.has_cells):
        return _is_harmless(module, line)
    if rule.startswith(BLANK_LINES):
        return module.source.is_notebook and _begins_cell(module, line)
    if rule in RE_EXPORTS and (module.path.endswith("__init__.py") or any(name in message for name in FOR_EFFECT)):
        return True
    if rule in UNUSED:
        return _is_read_by_text(module, line, message)
    return rule == UNDEFINED and (_is_fragment(module) or _is_deferred(module, line, message))


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


def _uses_loguru(module: Module) -> bool:
    imports = (node for node in module.nodes if isinstance(node, ast.Import | ast.ImportFrom))
    return any("loguru" in (getattr(node, "module", ""), *(alias.name for alias in node.names)) for node in imports)


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
    except ValueError as bad:
        raise NotApplicable(say("the output of '{run}' cannot be read", run=run.name)) from bad
    if not isinstance(found, dict):
        raise NotApplicable(say("the output of '{run}' is not what was expected", run=run.name))
    return found
