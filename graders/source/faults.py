"""How the code meets what goes wrong: exceptions, messages, and calls that run text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from graders.source.module import Function, Module, catches_all
from graders.source.shape import called
from graders.source.sources import Sources, keeps_contract

LOGGERS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "success"})
LOG_NAME = re.compile(r"(?i)(?:^|_|get)log(?:s|ger|gers|ging|uru)?(?:$|_)|[a-z]Logger$")
SILENCERS = frozenset({"filterwarnings", "simplefilter"})
HOME = re.compile(r"^(/(home|Users|root|mnt|content|kaggle)/|[A-Za-z]:[\\/])\S")


def calls(sources: Sources, names: frozenset[str]) -> list[tuple[Module, ast.Call]]:
    """Calls of a function or method with one of these names."""
    return [(module, node) for module, node in _calls(sources) if called(node) in names]


def _calls(sources: Sources) -> Iterator[tuple[Module, ast.Call]]:
    for module in sources.product:
        for node in module.nodes:
            if isinstance(node, ast.Call):
                yield module, node


def prints(sources: Sources) -> list[tuple[Module, ast.Call]]:
    """Calls of print; where cells define what is graded, those outside functions are exploration, which is left out."""
    shown = {id(call) for module in sources.product for call in _exploring(module)}
    calls = ((m, c) for m, c in _calls(sources) if isinstance(c.func, ast.Name) and c.func.id == "print")
    return [(module, call) for module, call in calls if id(call) not in shown]


def _exploring(module: Module) -> Iterator[ast.AST]:
    """Everything outside the functions and classes of a notebook that keeps the contract."""
    if module.source.is_notebook and keeps_contract(module):
        outside = (node for node in module.tree.body if not isinstance(node, Function | ast.ClassDef))
        yield from (inner for node in outside for inner in ast.walk(node))


def logs(sources: Sources) -> list[tuple[Module, ast.Call]]:
    """Calls of a logger's methods: of something that is named after a log, or was made by a function that is."""
    made = {module.path: _loggers(module) for module in sources.product}
    return [(module, call) for module, call in calls(sources, LOGGERS) if _is_logger(call, made[module.path])]


def _loggers(module: Module) -> set[str]:
    """Names that are bound to what `getLogger` and its like give."""
    bound = (node for node in module.nodes if isinstance(node, ast.Assign) and _names_a_log(node.value))
    return {target.id for node in bound for target in node.targets if isinstance(target, ast.Name)}


def is_log_call(call: ast.Call) -> bool:
    """Whether a logger that is named so is called."""
    return called(call) in LOGGERS and _is_logger(call, set())


def _is_logger(call: ast.Call, made: set[str]) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner is not None and (_names_a_log(owner) or (isinstance(owner, ast.Name) and owner.id in made))


def _names_a_log(node: ast.expr) -> bool:
    """`log`, `_LOGGER`, `self.logger`, `logging`, `getLogger(...)`, and none of `catalog` or `math`."""
    name = called(node) if isinstance(node, ast.Call) else getattr(node, "attr", getattr(node, "id", ""))
    return bool(LOG_NAME.search(name))


def swallowed(sources: Sources) -> list[tuple[Module, ast.ExceptHandler]]:
    """Handlers of everything (bare, Exception, BaseException) that neither raise, log nor use the error."""
    return [
        (module, node)
        for module in sources.product
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler) and catches_all(node) and not _reacts(node)
    ]


def _reacts(handler: ast.ExceptHandler) -> bool:
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and called(node) in LOGGERS):
            return True
        if isinstance(node, ast.Name) and node.id == handler.name:
            return True
    return False


def silenced(sources: Sources) -> list[tuple[Module, ast.Call]]:
    """Calls that turn off all warnings for the rest of the run; within `catch_warnings` they end with the block."""
    ended = {
        id(inner) for module in sources.product for node in module.nodes if _ends(node) for inner in ast.walk(node)
    }
    return [(m, c) for m, c in calls(sources, SILENCERS) if id(c) not in ended and _silences_all(c)]


def _ends(node: ast.AST) -> bool:
    """A with-block of `catch_warnings`."""
    given = [item.context_expr for item in node.items] if isinstance(node, ast.With) else []
    return any(isinstance(call, ast.Call) and called(call) == "catch_warnings" for call in given)


def _silences_all(call: ast.Call) -> bool:
    first = call.args[0] if len(call.args) == 1 and not call.keywords else None
    return isinstance(first, ast.Constant) and first.value == "ignore"


def raises(sources: Sources) -> list[tuple[Module, ast.Raise]]:
    """Statements that raise an error with words of the candidate's own.

    To pass on whatever was caught is none, and a single word says nothing.
    """
    passed_on = {
        id(inner)
        for module in sources.product
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler) and catches_all(node)
        for inner in ast.walk(node)
    }
    return [
        (module, node)
        for module in sources.product
        for node in module.credited
        if id(node) not in passed_on
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _says_what(node.exc)
    ]


def _says_what(error: ast.Call) -> bool:
    """Whether an error says what is wrong: in several words, or with a value that is worked out."""
    given = [*error.args, *(keyword.value for keyword in error.keywords)]
    words = (one.value for one in given if isinstance(one, ast.Constant))
    computed = any(not isinstance(one, ast.Constant) for one in given)
    return computed or any(" " in str(word).strip() for word in words)


#: Where a rule for the values of a field is stated, of pydantic, attrs, marshmallow and pandera.
RULES = frozenset(
    {"validator", "field_validator", "model_validator", "root_validator", "check", "dataframe_check", "validates"}
)
FIELDS = frozenset({"Field", "Column", "DataFrameSchema", "conint", "confloat", "constr", "Query", "Path", "Body"})
LIMITS = frozenset(
    {"ge", "gt", "le", "lt", "isin", "in_range", "pattern", "regex", "min_length", "max_length", "checks", "nullable"}
)


def checks(sources: Sources) -> list[tuple[Module, ast.AST]]:
    """Places that say in words of their own what is wrong, or state which values are right.

    They raise an error, assert with a message, refuse arguments of a command, or give a field a rule or limits.
    """
    stated: list[tuple[Module, ast.AST]] = [(m, n) for m in sources.product for n in m.credited if _states_rule(n)]
    return [*raises(sources), *stated]


def _states_rule(node: ast.AST) -> bool:
    match node:
        case ast.Assert(msg=ast.expr(), test=test):
            return not isinstance(test, ast.Constant)
        case ast.FunctionDef(decorator_list=[_, *_] as marks):
            return any(isinstance(mark, ast.Call) and called(mark) in RULES for mark in marks)
        case ast.Call(func=ast.Attribute(attr="exit") | ast.Name(id="exit"), args=[end]):
            return not isinstance(end, ast.Constant) or end.value not in (0, None)
        case ast.Call(func=ast.Attribute(attr="error", value=ast.Name(id=owner))):
            return "parser" in owner
        case ast.Call(keywords=limits):
            return called(node) in FIELDS and any(limit.arg in LIMITS for limit in limits)
    return False


def absolute_paths(sources: Sources) -> list[tuple[Module, ast.Constant]]:
    """Text constants that name a place on somebody's own machine."""
    return [
        (module, node)
        for module in sources.product
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HOME.match(node.value)
    ]
