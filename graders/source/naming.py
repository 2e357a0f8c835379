"""What tells a reader what is meant: annotations, docstrings, names, named numbers."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeGuard

from graders.source import literals
from graders.source.module import Function, Module
from graders.source.sources import Sources

WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
#: Modules of fewer lines are crumbs.
CRUMB = 5
#: Fewer words that the signature does not hold only repeat the name.
LEAST_NEW_WORDS = 2
#: Words that any docstring may hold.
COMMON = frozenset(
    {
        "the",
        "an",
        "of",
        "for",
        "from",
        "to",
        "and",
        "in",
        "on",
        "is",
        "are",
        "be",
        "with",
        "by",
        "that",
        "it",
        "as",
        "or",
    }
    | {"this", "function", "method", "class", "object", "return", "returns", "get", "gets", "given", "args", "param"}
    | {"le", "la", "les", "de", "des", "du", "un", "une", "et", "est", "retourne", "renvoie", "fonction", "valeur"}
    | {"der", "die", "das", "ein", "eine", "und", "ist", "den", "dem", "des", "für", "von", "gibt", "zurück"}
    | {"funktion", "wert", "el", "los", "las", "una", "del", "es", "para", "devuelve", "función", "valor", "que"}
    | {"os", "do", "da", "dos", "das", "um", "uma", "em", "é", "retorna", "função", "il", "lo", "gli", "della"}
    | {"di", "che", "restituisce", "funzione", "valore", "con", "com", "por", "per", "klasse", "classe", "clase"}
    | {"todo", "write", "docstring", "none", "self", "value", "values", "type", "str", "int", "float", "list", "dict"}
)
#: More definitions of a module with the same words than this were filled in by a template.
MOST_ALIKE = 2
#: Methods of estimators and networks.
INHERITED = frozenset(
    {"fit", "transform", "fit_transform", "predict", "predict_proba", "forward", "score", "get_params"}
)
#: An annotation with one of these says nothing.
EMPTY_TYPES = frozenset({"Any", "object", "Optional", "Union", "None", "typing"})
#: Short names that every reader knows.
USUAL = frozenset(
    {"i", "j", "k", "n", "m", "x", "y", "X", "y_", "X_", "_", "__", "df", "ax", "id", "fp", "tp", "fn", "tn", "f", "e"}
    | {"TP", "FP", "TN", "FN", "Q1", "Q3", "cm", "cv", "rf", "lr", "le", "ds", "kf", "nb", "dv", "w", "b"}
    | {"lo", "hi", "dt", "db", "s3", "os", "ok", "x0", "x1", "C", "up", "to", "at", "by", "of", "it", "in", "on"}
)
SHORT = 2
PLAIN_NUMBERS = frozenset({0, 1, 2, 3, 10, 100, 1000, -1, 0.5})
#: Built-in functions and types that a variable of the same name would hide from the lines below it.
BUILT_IN = frozenset(
    {"abs", "all", "any", "bool", "bytes", "dict", "dir", "eval", "filter", "float", "input", "int", "iter", "len"}
    | {"list", "map", "max", "min", "next", "object", "open", "print", "range", "round", "set", "sorted", "str", "sum"}
    | {"tuple", "type", "vars", "zip"}
)
CAMEL_CASE = re.compile(r"_*[a-z]\w*[a-z][A-Z]")
#: Keywords whose number is a place or an amount everybody states in a call.
USUAL_KEYWORDS = frozenset(
    {"axis", "random_state", "seed", "figsize", "fontsize", "n_jobs", "verbose", "ndigits", "cv", "index"}
)


def annotated(sources: Sources) -> float | None:
    """The share of parameters and returns with an annotation that says something; None where there are none.

    `self`, `cls` and what `__init__` returns do not count: everybody knows them.
    """
    slots = [slot for function in sources.functions() for slot in _annotations(function)]
    return sum(_says_something(slot) for slot in slots) / len(slots) if slots else None


def _annotations(function: Function) -> Iterator[ast.expr | None]:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg not in {"self", "cls"}:
            yield argument.annotation
    if function.name != "__init__":
        yield function.returns


def _says_something(annotation: ast.expr | None) -> bool:
    """Whether an annotation names a type other than those that stand for any."""
    named = re.findall(r"\w+", ast.unparse(annotation)) if annotation is not None else []
    return bool(set(named) - EMPTY_TYPES) or named == ["None"]


def documented(sources: Sources) -> float | None:
    """The share of public functions and classes, and of several modules, whose docstring says more than their name.

    None where there are none.
    Words that several of a module share are those of a template.  A private function needs none, and counts with one.
    """
    told = [well for module in sources.product for well in _explained(module)]
    modules = [
        module for module in sources.product if len(module.code_lines) >= CRUMB and not module.source.is_notebook
    ]
    told += [_introduced(module) for module in modules] if len(modules) > 1 else []
    return sum(told) / len(told) if told else None


def _explained(module: Module) -> Iterator[bool]:
    """Of each public definition whether it is explained, and of those private ones that are."""
    said = [(node, new_words(ast.get_docstring(node) or "", node)) for node in definitions(module)]
    alike = Counter(words for words, _ in {(words, node.name) for node, words in said})
    for node, words in said:
        well = len(words) >= LEAST_NEW_WORDS and alike[words] <= MOST_ALIKE
        if well or is_public(node):
            yield well


def definitions(module: Module) -> Iterator[Function | ast.ClassDef]:
    """Functions and classes of a module and methods of its classes, but for what is local or explained by a base."""
    credited = {id(node) for node in module.credited} - {id(function) for function in module.promised()}
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and id(node) in credited:
            yield node
        if isinstance(node, ast.ClassDef):
            methods = (inner for inner in node.body if isinstance(inner, Function))
            own = (method for method in methods if not (node.bases and _is_inherited(method)))
            yield from (method for method in own if id(method) in credited)


def _is_inherited(method: Function) -> bool:
    """Whether the base says what a method does: it is marked so, or of the protocol of a well-known library."""
    marks = {getattr(mark, "id", getattr(mark, "attr", "")) for mark in method.decorator_list}
    return bool(marks & {"override", "overrides"}) or method.name in INHERITED


def _introduced(module: Module) -> bool:
    """Whether a module's docstring has words beyond those of its path."""
    said = {word.lower() for word in WORD.findall(ast.get_docstring(module.tree) or "")}
    return len(said - set(_words(module.path))) >= LEAST_NEW_WORDS


def is_public(node: ast.AST) -> TypeGuard[Function | ast.ClassDef]:
    return isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")


def is_explained(node: Function | ast.ClassDef) -> bool:
    return explains(ast.get_docstring(node) or "", node)


def explains(text: str, node: Function | ast.ClassDef) -> bool:
    """Whether a docstring has words beyond those of the name and the parameters, and beyond those of any sentence."""
    return len(new_words(text, node)) >= LEAST_NEW_WORDS


def new_words(text: str, node: Function | ast.ClassDef) -> frozenset[str]:
    """The words of a docstring that say something the signature does not."""
    known = set(_words(node.name)) | COMMON
    if not isinstance(node, ast.ClassDef):
        known |= {word for argument in node.args.args for word in _words(argument.arg)}
    known |= {f"{word}s" for word in known}
    return frozenset(word.lower() for word in WORD.findall(text)) - known


def _words(name: str) -> list[str]:
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def names(sources: Sources) -> set[str]:
    """Names the candidate chose: variables, parameters, functions and classes."""
    return set(_all_bound(sources))


@lru_cache(1)  # several checks of one work ask
def _all_bound(sources: Sources) -> tuple[str, ...]:
    """Each place that binds a name, but for promises and names that end with their line, as in a comprehension."""
    return tuple(name for module in sources.product for name in _bound_in(module))


def _bound_in(module: Module) -> Iterator[str]:
    parts = [*module.promised(), *(part for node in module.credited for part in _brief(node))]
    brief = {id(inner) for part in parts for inner in ast.walk(part)}
    yield from (name for node in module.credited if id(node) not in brief for name in _bound(node))


def _brief(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node whose names nobody meets again, and fields of a class, which are named by the data."""
    match node:
        case ast.comprehension(target=target):
            yield target
        case ast.Lambda(args=arguments):
            yield arguments
        case ast.ClassDef(body=body):
            yield from (field.target for field in body if isinstance(field, ast.AnnAssign))


def unclear_share(sources: Sources) -> float:
    """The share of places that bind a name at which it is cryptic or misleading: ten functions with an `a` are ten."""
    unclear, bound = cryptic(sources) | misleading(sources), list(_all_bound(sources))
    return sum(name in unclear for name in bound) / max(len(bound), 1)


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, Function | ast.ClassDef):
        yield node.name


def cryptic(sources: Sources) -> set[str]:
    """Names of one or two characters that are no custom of the trade."""
    return {name for name in names(sources) if len(name.strip("_")) <= SHORT and name not in USUAL}


def misleading(sources: Sources) -> set[str]:
    """Names that hide a built-in, and those of variables and functions in camelCase."""
    return {name for name in names(sources) if name in BUILT_IN or CAMEL_CASE.match(name)}


def magic_numbers(sources: Sources) -> list[tuple[Module, ast.Constant]]:
    """Numbers in the middle of code that no name explains: neither a constant, a default nor a keyword's value."""
    return [(module, node) for module in sources.product for node in _magic(module)]


def _magic(module: Module) -> Iterator[ast.Constant]:
    named = {id(inner) for node in module.nodes for part in _naming_parts(node) for inner in ast.walk(part)}
    named |= {id(inner) for table in literals.data(module) for inner in ast.walk(table)}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and id(node) not in named and _is_magic(node.value):
            yield node


def _is_magic(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value not in PLAIN_NUMBERS


def _names_constants(target: ast.expr) -> bool:
    """Whether values are assigned to names of constants, one or several at once."""
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return all(isinstance(name, ast.Name) and name.id.isupper() for name in names)


def _naming_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node whose numbers have a name: a constant's value, a default, a usual keyword, a key, an index."""
    match node:
        case ast.Assign(targets=targets) if all(_names_constants(target) for target in targets):
            yield node.value
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as value) if len(name) > SHORT:
            yield value
        case ast.AnnAssign(value=ast.expr() as value):
            yield value
        case ast.arguments():
            yield from (default for default in (*node.defaults, *node.kw_defaults) if default is not None)
        case ast.keyword(arg=str() as name) if name in USUAL_KEYWORDS:
            yield node.value
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys):
            yield from node.values
        case ast.Subscript():
            yield node.slice
