"""The candidate's tests as they can be read: which of them could fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from functools import lru_cache

from graders.source.module import Function, Module
from graders.source.shape import called
from graders.source.sources import Sources

ASSERTING = ("assert", "raises", "warns", "fail")
#: A constant of a shorter name may be anybody's.
SHORT = 2


def test_functions(sources: Sources) -> list[tuple[Module, Function]]:
    """Functions that pytest would collect by name, and those of the product with an example to be run."""
    written = [
        (module, node)
        for module in sources.tests
        for body in (module.tree.body, *_cases(module.tree.body))
        for node in body
        if isinstance(node, Function)
        and node.name.startswith("test")
        and not any(map(_is_fixture, node.decorator_list))
    ]
    return written + [(module, f) for module in sources.product for f in module.functions() if has_example(f)]


def _cases(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The bodies of classes, and of those inside them."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node.body
            yield from _cases(node.body)


def has_example(function: Function) -> bool:
    """Whether the docstring calls the function at a prompt and says what comes of it, as doctest runs it."""
    lines = [line.strip() for line in (ast.get_docstring(function) or "").splitlines()]
    asked = [n for n, line in enumerate(lines) if line.startswith(">>> ")]
    answered = (after for n in asked for after in lines[n + 1 : n + 2])
    said = any(after and not after.startswith((">>>", "...")) for after in answered)
    return said and any(f"{function.name}(" in lines[n] for n in asked)


def _is_fixture(decorator: ast.expr) -> bool:
    return (
        called(decorator) == "fixture"
        if isinstance(decorator, ast.Call)
        else ast.unparse(decorator).endswith("fixture")
    )


def could_fail(function: Function, own: frozenset[str], asserting: frozenset[str] = frozenset()) -> bool:
    """Whether a test asserts something of what the submission's own code, or a fixture, gave; `asserting` are helpers
    that assert for it."""
    names = _spoken_of(function)
    fixtures = {argument.arg for argument in function.args.args} - {"self"}
    stated = [node for node in ast.walk(function) if _asserts(node) and not _restates(node, function)]
    asserts = bool(asserting & names) or bool(stated)
    return has_example(function) or (bool((own & names) | fixtures) and asserts)


def only_restates(function: Function) -> bool:
    """Whether a test asserts, and only that a thing is there or is what the code says in as many words."""
    stated = [node for node in ast.walk(function) if _asserts(node)]
    return bool(stated) and all(_restates(node, function) for node in stated)


#: What shows the text or the byte code of a function, and not what it does.
SHOWS_CODE = frozenset({
    *("getsource", "getsourcelines", "findsource", "getsourcefile", "get_instructions", "Bytecode", "__code__"),
    *("co_code", "co_consts", "co_names", "co_varnames"),
})  # fmt: skip


@lru_cache(1)  # a criterion and the faults of one work ask
def of_the_text(sources: Sources) -> frozenset[str]:
    """Names of tests, and of what helps them, that look at the text or the byte code: these tell any change of it, and
    say nothing of what the code does."""
    functions = [function for module in sources.tests for function in module.functions()]
    found = frozenset(f.name for f in functions if SHOWS_CODE & _spoken_of(f) or _reads_module(f))
    while more := frozenset(f.name for f in functions if f.name not in found and found & _spoken_of(f)):
        found |= more
    return found


def _reads_module(function: Function) -> bool:
    """Whether a function reads the file of a module: by its `__file__`, or by a name that ends as Python's do."""
    return any(
        isinstance(node, ast.Call) and called(node) in READS and any(map(_names_a_module, ast.walk(node)))
        for node in ast.walk(function)
    )


READS = frozenset({"read_text", "read_bytes", "open", "read"})


def _names_a_module(node: ast.AST) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    is_file = isinstance(node, ast.Attribute) and node.attr == "__file__"
    return is_file or (isinstance(text, str) and text.endswith(".py"))


def asserting_helpers(sources: Sources) -> frozenset[str]:
    """Functions beside the tests, and none of them, that assert something themselves."""
    helpers = (f for module in sources.tests for f in module.functions() if not f.name.startswith("test"))
    return frozenset(f.name for f in helpers if any(_asserts(node) for node in ast.walk(f)))


#: Calls that ask what a thing is, and not what it does.
ASKS = frozenset({"callable", "hasattr", "isinstance", "issubclass", "type", "bool"})


def _restates(node: ast.AST, function: Function) -> bool:
    """Whether an assertion only says that a thing is there, or is what the code says in as many words."""
    if not isinstance(node, ast.Assert):
        return False
    calls = [inner for inner in ast.walk(node.test) if isinstance(inner, ast.Call) and called(inner) not in ASKS]
    names = {inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name)}
    made = {
        inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    contained = any(
        isinstance(op, ast.In | ast.NotIn) for c in ast.walk(node.test) if isinstance(c, ast.Compare) for op in c.ops
    )
    return not (calls or contained or names & (made | {argument.arg for argument in function.args.args}))


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return any(isinstance(inner, ast.Name | ast.Call) for inner in ast.walk(node.test))
    if not isinstance(node, ast.Call):
        return False
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    compares = isinstance(owner, ast.Name) and owner.id.endswith("regression") and called(node) == "check"
    return compares or called(node).lower().startswith(ASSERTING)


def own_names(sources: Sources, beside: frozenset[str] = frozenset()) -> frozenset[str]:
    """Functions, classes, constants and modules of the product; `beside` are modules that nothing of it imports."""
    modules = beside.union(_modules(sources))
    constants = {
        target.id
        for module in sources.product
        for node in module.tree.body
        if node.lineno not in module.idle
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name) and len(target.id) > SHORT
    }
    named = ((m, node) for m in sources.product for node in m.nodes if isinstance(node, Function | ast.ClassDef))
    own = constants | {node.name for m, node in named if node.lineno not in m.idle} | modules
    own |= {name for module in sources.tests for name in _made_of_own(module, constants | modules)}
    if beside:
        own |= {name for module in sources.tests for name in _imported(module, beside)}
    helpers = [f for module in sources.tests for f in module.functions() if not f.name.startswith("test")]
    return frozenset(own | {f.name for f in helpers if own & _spoken_of(f)})


def _spoken_of(node: ast.AST) -> set[str]:
    """The names that are looked up somewhere in a node, and the modules whose files its texts name."""
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    names |= {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
    texts = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
    paths = (text for text in texts if isinstance(text, str) and text.endswith(".py"))
    return names | {path.rpartition("/")[2].removesuffix(".py") for path in paths}


#: A service of the work's own, asked over the wire.
LOCAL = ("localhost", "127.0.0.1", "testserver")
CLIENTS = frozenset({"requests", "httpx", "urlopen"})


def _made_of_own(module: Module, own: set[str]) -> set[str]:
    """Names of a test module that hold something of the product's: a client of its service, an attribute of a case."""
    own = own | set(_imported(module, own))
    texts = (node.value for node in module.nodes if isinstance(node, ast.Constant))
    made = set(CLIENTS) if any(isinstance(t, str) and any(host in t for host in LOCAL) for t in texts) else set()
    for node in module.nodes:
        if isinstance(node, ast.Assign) and {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)} & (
            own | made
        ):
            made |= {getattr(target, "attr", getattr(target, "id", "")) for target in node.targets}
    return made


def _imported(module: Module, modules: Set[str]) -> Iterator[str]:
    """What a module imports from these, or from beside itself, by the name it has there."""
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and (node.level or modules & set((node.module or "").split("."))):
            yield from (alias.asname or alias.name for alias in node.names)


def _modules(sources: Sources) -> Iterator[str]:
    for module in sources.product:
        if module.code_lines or not module.idle:
            yield module.path.rpartition("/")[2].removesuffix(".py")


def able_share(sources: Sources) -> float:
    """The share of tests that could fail by what they assert, 0 to 1; 0 without a test."""
    return len(effective(sources)) / max(len(test_functions(sources)), 1)


@lru_cache(1)  # a check and a criterion of one work ask
def effective(sources: Sources) -> tuple[tuple[Module, Function], ...]:
    """Tests that could fail."""
    own, helpers, aside = own_names(sources), asserting_helpers(sources), of_the_text(sources)
    tests = [(module, function) for module, function in test_functions(sources) if function.name not in aside]
    return tuple((module, function) for module, function in tests if could_fail(function, own, helpers))
