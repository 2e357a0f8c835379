"""The lock of packages that a submission may bring: `uv.lock`, or `requirements.txt` with versions.

It is read, never handed to a tool: what is asked for leaves here as names and versions.  Addresses, folders and further
files in it are refused by line; where an index is named, the grader's own is asked all the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from typing import Any

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName, default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from app.intake.problems import Rejected, placed, rejected, shown
from app.words import _
from graders.model.packages import Wanted
from graders.model.submission import Location, as_text

LOCK, LIST = "uv.lock", "requirements.txt"
MOST_LINE, MOST_NAMED = 4000, 300
#: The machine that the work is graded on.
ENVIRONMENT: dict[str, str | Set[str]] = {
    **{key: str(value) for key, value in default_environment().items()},
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.9",
    "python_version": "3.11",
    "sys_platform": "linux",
    "extra": "",
}
HASH = re.compile(r"--hash[= ]{1,3}+sha256:([0-9a-fA-F]{64})\b")
#: Options of pip that say where to look and how; the grader knows that by itself.
PASSED_OVER = re.compile(
    r"--?(?:i|f|index-url|extra-index-url|find-links|trusted-host|pre|prefer-binary|only-binary|require-hashes)"
    r"(?:[= ]|$)"
)
UNREADABLE = (InvalidRequirement, InvalidMarker, InvalidVersion, UndefinedComparison, UndefinedEnvironmentName)
OWN = ("virtual", "editable", "directory")


def wanted(files: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """What the lock at the root asks for; nothing without one.  Rejected where it asks for what cannot be had so."""
    path = next((name for name in (LOCK, LIST) if name in files), None)
    if path is None:
        return ()
    text = as_text(files[path])
    found = tuple(_of_uv(text) if path == LOCK else _listed(text))
    if len({item.name for item in found}) > MOST_NAMED:
        message = _("{path} names more than {most} packages.").format(path=path, most=MOST_NAMED)
        raise rejected("PACKAGES_TOO_MANY", message, Location(path))
    return found


def _listed(text: str) -> Iterator[Wanted]:
    for number, line in _lines(text):
        if PASSED_OVER.match(line):
            continue
        stated = re.split(r"\s--", line, maxsplit=1)[0].strip()
        try:
            if len(line) > MOST_LINE or line.startswith("-"):
                raise InvalidRequirement(stated)
            requirement = Requirement(stated)
            if requirement.url is not None:
                raise InvalidRequirement(stated)
            counts = requirement.marker is None or requirement.marker.evaluate(ENVIRONMENT)
        except UNREADABLE:
            raise _unreadable(LIST, stated, number) from None
        if counts:
            hashes = frozenset(digest.lower() for digest in HASH.findall(line))
            yield Wanted(canonicalize_name(requirement.name), _plain(requirement), hashes, path=LIST, line=number)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, line without comment) with lines joined that end in a backslash."""
    joined, first = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        first = first if joined else number
        joined += re.split(r"(?:^|\s)#", line, maxsplit=1)[0].rstrip()
        if joined.endswith("\\") and len(joined) <= MOST_LINE * 4:
            joined = joined[:-1].rstrip() + " "
            continue
        if joined.strip():
            yield first, joined.strip()
        joined = ""
    if joined.strip():
        yield first, joined.strip()


def _plain(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{canonicalize_name(requirement.name)}{extras}{requirement.specifier}"


def _unreadable(path: str, what: str, line: int | None = None) -> Rejected:
    where = Location(path, line)
    message = _("{where} asks for {what}, which is no name and version of a package.")
    return rejected("PACKAGE_UNREADABLE", message.format(where=placed(where), what=shown(what)), where)


def _of_uv(text: str) -> Iterator[Wanted]:
    """What the project's own packages need to run, and what that needs: not what their development does."""
    try:
        packages = _packages(tomllib.loads(text))
        yield from _closure(packages)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, *UNREADABLE) as error:
        message = _("{path} cannot be read as a lock of uv.").format(path=LOCK)
        raise rejected("PACKAGE_UNREADABLE", message, Location(LOCK)) from error


def _packages(found: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    packages: dict[str, list[Mapping[str, Any]]] = {}
    for package in found["package"]:
        packages.setdefault(str(canonicalize_name(package["name"])), []).append(package)
    return packages


def _closure(packages: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[Wanted]:
    own = [p for entries in packages.values() for p in entries if not {*OWN}.isdisjoint(p.get("source", {}))]
    stated = {
        str(canonicalize_name(entry["name"])): str(entry.get("specifier", ""))
        for package in own
        for entry in package.get("metadata", {}).get("requires-dist", ())
    }
    waiting = [(package, "") for package in own] or [(p, "") for entries in packages.values() for p in entries]
    known: set[tuple[int, str]] = set()
    while waiting:
        package, extra = waiting.pop()
        if (id(package), extra) in known:
            continue
        known.add((id(package), extra))
        if not extra and not any(package is mine for mine in own):
            yield _locked(package, stated)
        needs = package.get("optional-dependencies", {}).get(extra, ()) if extra else package.get("dependencies", ())
        for need in needs:
            if _applies(need):
                target = _meant(need, packages)
                waiting += [(target, ""), *((target, str(more)) for more in need.get("extra", ()))]


def _applies(need: Mapping[str, Any]) -> bool:
    return need.get("marker") is None or Marker(need["marker"]).evaluate(ENVIRONMENT)


def _meant(need: Mapping[str, Any], packages: Mapping[str, list[Mapping[str, Any]]]) -> Mapping[str, Any]:
    entries = packages[str(canonicalize_name(need["name"]))]
    return next((entry for entry in entries if need.get("version") in (None, entry.get("version"))), entries[0])


def _locked(package: Mapping[str, Any], stated: Mapping[str, str]) -> Wanted:
    """One package by its locked version; what the project itself says of it is its `requirement` where that is more."""
    name = str(canonicalize_name(package["name"]))
    if "registry" not in package.get("source", {}):
        raise _unreadable(LOCK, name)
    version = str(Version(package["version"]))
    hashes = (str(file.get("hash", "")).partition("sha256:")[2] for file in package.get("wheels", ()))
    return Wanted(
        name,
        f"{name}=={version}",
        frozenset(digest for digest in hashes if digest),
        accepts=str(Requirement(f"{name}{stated[name]}").specifier) if name in stated else "",
        path=LOCK,
    )
