"""Packages beside those of the image: what a lock asks for, and the wheels that were found for it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

LOCK_VERSION = "1.0"


@dataclass(frozen=True)
class Wanted:
    """One package that a candidate's lock asks for.

    requirement: as pip takes it, `name[extra]==version` at the most; never an address, an option or a marker.
    name: normalised (PEP 503). hashes: SHA-256 of the files that will do, in hexadecimal; empty where none is stated.
    stated: whether the lock's author asked for it, and not only its tool. path, line: where it stands.
    """

    name: str
    requirement: str
    hashes: frozenset[str] = frozenset()
    stated: bool = True
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, order=True)
class Wheel:
    """One wheel that is laid beside the image's packages.

    name: normalised (PEP 503). sha256: of the file, in hexadecimal. size: of the file in bytes, 0 where it is not
    known. imports: the names it can be imported by. uses: libraries of the image that its text names, worth loading.
    """

    name: str
    version: str
    file: str
    url: str
    sha256: str
    size: int = 0
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
        file = f"name = {_text(wheel.file)}, url = {_text(wheel.url)}, size = {wheel.size}"
        lines += ["", "[[packages]]", f"name = {_text(wheel.name)}", f"version = {_text(wheel.version)}"]
        lines += [f"wheels = [{{ {file}, hashes = {{ sha256 = {_text(wheel.sha256)} }} }}]"]
        lines += [f"tool.assay = {{ imports = {_texts(wheel.imports)}, uses = {_texts(wheel.uses)} }}"]
    return "\n".join(lines) + "\n"


def read_lock(text: str) -> tuple[tuple[Wheel, ...], tuple[str, ...]]:
    """The wheels of a lock that `write_lock` wrote, and what it was made for; ValueError where it is none."""
    try:
        found = tomllib.loads(text)
        if found["lock-version"] != LOCK_VERSION:
            raise ValueError("it is a lock of another version")
        return tuple(sorted(map(_wheel, found.get("packages", ())))), tuple(map(str, found["tool"]["assay"]["wanted"]))
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no lock of ours: {error!r}") from None


def _wheel(package: dict[str, object]) -> Wheel:
    (file,) = package["wheels"]  # type: ignore[misc]
    own = package["tool"]["assay"]  # type: ignore[index]
    return Wheel(
        name=str(package["name"]),
        version=str(package["version"]),
        file=str(file["name"]),  # type: ignore[has-type]
        url=str(file["url"]),  # type: ignore[has-type]
        sha256=str(file["hashes"]["sha256"]),  # type: ignore[has-type]
        size=int(file["size"]),  # type: ignore[has-type]
        imports=tuple(map(str, own["imports"])),
        uses=tuple(map(str, own["uses"])),
    )


def _text(value: str) -> str:
    """A JSON string is one of TOML, but for this one character."""
    return json.dumps(value).replace("\x7f", "\\u007f")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
