"""Packages beside those of the image: what a lock asks for, and the wheels that were found for it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LOCK_VERSION = "1.0"
NAME, VERSION = re.compile(r"[a-z0-9][a-z0-9-]{0,99}"), re.compile(r"[A-Za-z0-9.!+_-]{1,60}")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Wanted:
    """One package that a candidate's lock asks for.

    requirement: as pip takes it, `name[extra]==version` at the most; never an address, an option or a marker.
    name: normalised (PEP 503). hashes: SHA-256 of the files that will do, in hexadecimal; empty where none is stated.
    accepts: the versions that will do where the grader has the package already; None: those of `requirement`.
    path, line: where it stands.
    """

    name: str
    requirement: str
    hashes: frozenset[str] = frozenset()
    accepts: str | None = None
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, order=True)
class Wheel:
    """One wheel that is laid beside the image's packages.

    name: normalised (PEP 503). sha256: of the file, in hexadecimal. imports: the names it can be imported by.
    uses: libraries of the image that its modules import, worth loading ahead.
    """

    name: str
    version: str
    file: str
    sha256: str
    imports: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


def lock_hash(wheels: Iterable[Wheel]) -> str:
    """What names a layer: a hash over the hashes of its wheels, in hexadecimal."""
    return hashlib.sha256("\n".join(sorted(wheel.sha256 for wheel in wheels)).encode()).hexdigest()


def write_lock(wheels: Iterable[Wheel], wanted: Iterable[str] = ()) -> str:
    """A lock as PEP 751 writes it (`pylock.toml`); `wanted` are the requirements it was made for."""
    lines = [f"lock-version = {_text(LOCK_VERSION)}", 'created-by = "assay"']
    lines += ["", "[tool.assay]", f"wanted = {_texts(wanted)}"]
    for wheel in sorted(wheels):
        file = f"name = {_text(wheel.file)}, path = {_text(wheel.file)}"
        lines += ["", "[[packages]]", f"name = {_text(wheel.name)}", f"version = {_text(wheel.version)}"]
        lines += [f"wheels = [{{ {file}, hashes = {{ sha256 = {_text(wheel.sha256)} }} }}]"]
        lines += [f"tool.assay = {{ imports = {_texts(wheel.imports)}, uses = {_texts(wheel.uses)} }}"]
    return "\n".join(lines) + "\n"


def read_lock(text: str) -> tuple[tuple[Wheel, ...], tuple[str, ...]]:
    """The wheels of a lock that `write_lock` wrote, and what it was made for; ValueError where it is none."""
    try:
        found = tomllib.loads(text)
        wheels = tuple(sorted(map(_wheel, found.get("packages", ()))))
        return wheels, tuple(map(str, found["tool"]["assay"]["wanted"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no lock of ours: {error!r}") from None


def _wheel(package: Any) -> Wheel:
    (file,) = package["wheels"]
    own = package["tool"]["assay"]
    name, version, sha256 = str(package["name"]), str(package["version"]), str(file["hashes"]["sha256"])
    if not (NAME.fullmatch(name) and VERSION.fullmatch(version) and SHA256.fullmatch(sha256)):
        raise ValueError("a package of it has no proper name, version or hash")
    imports, uses = (tuple(map(str, own[key])) for key in ("imports", "uses"))
    return Wheel(name, version, str(file["name"]), sha256, imports, uses)


def _text(value: str) -> str:
    """A JSON string is one of TOML, but for this one character."""
    return json.dumps(value).replace("\x7f", "\\u007f")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
