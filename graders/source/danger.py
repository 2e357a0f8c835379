"""What does harm elsewhere: secrets in the text, text that is run, things fetched while the code runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from graders.model.submission import Location, Submission, as_text
from graders.source.faults import calls
from graders.source.module import Module
from graders.source.shape import called
from graders.source.sources import Sources
from graders.words import say

#: Keys whose form alone gives them away.
KEYS = re.compile(
    r"\b(?:(?:AKIA[0-9A-Z]{16}|AIza[\w-]{35})\b|gh[pousr]_[A-Za-z0-9]{36,}|sk-[\w-]{32,}|xox[abp]-[A-Za-z0-9-]{20,})"
    r"|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"
    r"|\b[a-z][a-z0-9+]{2,15}://[^\s:/@'\"]{1,64}:[^\s:/@'\"{}$<>]{6,64}@[\w.-]+"
)
NAMED = re.compile(r"(?<!\w)(?P<name>\w++)['\"]?\s*+[=:]\s*+['\"](?P<value>[^'\"\s]{8,})['\"]")
SECRET = ("password", "passwd", "secret", "apikey", "accesskey", "authtoken")
#: Words of which it is clear that they stand for something else.
PLACEHOLDERS = (
    *("your", "xxx", "change", "example", "dummy", "test", "fake", "placeholder", "sample", "todo", "***", "none"),
    *("<", ">", "{", "}", "$"),
)
#: Who is called as its password is: what a container starts with.
OF_ITS_NAME = re.compile(r"://([^\s:/@]{1,64}):\1@")
CONFIGURED = (".py", ".ipynb", ".env", ".cfg", ".ini", ".toml", ".yml", ".yaml", ".json", ".sh")
MOST_CHARACTERS = 300_000

DOWNLOADS = frozenset({"urlopen", "urlretrieve"})
VERBS = frozenset({"get", "request"})
#: A service of the work's own.
LOCAL = ("http://localhost", "http://127.0.0.1", "http://0.0.0.0")
CLIENTS = frozenset({"requests", "httpx"})
#: What leads into the calls, objects and functions of others, by the name of an attribute, an import or a text.
INNER = frozenset(
    {"f_locals", "f_globals", "getargvalues", "getclosurevars", "get_objects", "get_referrers", "get_referents"}
    | {"cell_contents", "__closure__", "__wrapped__", "pythonapi"}
)
#: How modules of the harness are called.
HARNESS = "assay_harness"


def secrets(submission: Submission) -> list[Location]:
    """Lines that hold what looks like a working key or password."""
    return [
        Location(path, number)
        for path in sorted(submission.files)
        if path.lower().endswith(CONFIGURED)
        for number, line in enumerate(_lines(submission.files[path]), 1)
        if _gives_away(line)
    ]


def _lines(data: bytes) -> list[str]:
    return as_text(data[:MOST_CHARACTERS]).split("\n")


def _gives_away(line: str) -> bool:
    line = line[:2000]
    key = KEYS.search(line)
    if key:
        return not (_stands_for_another(key.group()) or OF_ITS_NAME.search(key.group()))
    named = (m["value"] for m in NAMED.finditer(line) if _is_secret(m["name"]))
    value = next(named, "")
    return any(map(str.isdigit, value)) and not _stands_for_another(value)


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("_", "")
    return any(word in plain for word in SECRET)


def _stands_for_another(value: str) -> bool:
    lowered = value.lower()
    is_name = lowered.endswith("_key") and lowered.isidentifier()
    return is_name or any(word in lowered for word in PLACEHOLDERS)


def runs_text(sources: Sources) -> Iterator[tuple[Module, ast.Call, str]]:
    """Calls that turn text into running code, and what is wrong with each."""
    for module, call in calls(sources, frozenset({"eval", "exec", "load", "loads", "system"})):
        name, owner = called(call), _owner(call)
        built_in = isinstance(call.func, ast.Name) or owner == "builtins"  # a method of this name may run no text
        if name in {"eval", "exec"} and built_in and call.args and not isinstance(call.args[0], ast.Constant):
            yield module, call, say("`{name}` runs whatever text it is given", name=name)
        elif name == "load" and owner == "yaml" and not _has_safe_loader(call):
            yield module, call, "yaml.load without a safe loader builds any object the text names"
        elif owner in {"pickle", "joblib", "dill"} and any(is_download(n) for a in call.args for n in ast.walk(a)):
            yield module, call, say("{owner}.{name} runs code from what was just downloaded", owner=owner, name=name)


def reaches_out(sources: Sources) -> Iterator[Location]:
    """Lines that reach what is not their own: variables of whoever called, objects that nobody handed over, what is
    inside of functions, and modules of the harness.  A function's name, or the frame it runs in, is nothing of that."""
    for module in sources.product:
        for node in module.nodes:
            words = _words(node)
            if isinstance(node, ast.stmt | ast.expr) and any(w in INNER or w.startswith(HARNESS) for w in words):
                yield module.where(node)


def _words(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _owner(call: ast.Call) -> str:
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return value.id if isinstance(value, ast.Name) else ""


def _has_safe_loader(call: ast.Call) -> bool:
    given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    named = [node for value in given for node in ast.walk(value) if isinstance(node, ast.Name | ast.Attribute)]
    return any("Safe" in (node.id if isinstance(node, ast.Name) else node.attr) for node in named)


def is_download(node: ast.AST) -> TypeGuard[ast.Call]:
    """A call that reaches for the network: requests.get, urlopen, or pandas reading from an address."""
    if not isinstance(node, ast.Call):
        return False
    name, owner = called(node), _owner(node)
    first = node.args[0] if node.args else None
    text = str(first.value) if isinstance(first, ast.Constant) else ""
    address = text.startswith(("http://", "https://", "s3://", "gs://"))
    if text.startswith(LOCAL):
        return False
    return name in DOWNLOADS or (owner in CLIENTS and name in VERBS) or (name.startswith("read_") and address)


def downloads(sources: Sources) -> list[tuple[Module, ast.Call]]:
    return [(module, node) for module in sources.product for node in module.nodes if is_download(node)]
