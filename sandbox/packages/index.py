"""Which wheels meet what is asked for: uv resolves, against the index and the folder that the administrator names.

Only wheels count, so nothing is ever built.  What is asked for reaches uv as names and versions of ours: no option,
address or file of a candidate's.  Packages of the image are stood for by empty wheels of the same name and version, so
that a folder or an index without them will do, and nothing can ask for another version of them.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from graders.model.packages import SHA256, Wheel
from graders.model.probe import SandboxError
from sandbox.image.packages import PYTHON
from sandbox.packages.refusal import IndexUnreachable, PackagesRefused

#: The newest C library that wheels may need: that of the image's Debian has a higher number.
GLIBC = 28
MACHINE = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
MOST_OUTPUT = 8 * 2**20
MEMORY = 4 * 2**30
LOOK_SECONDS = 0.1
#: uv in a process with limits: bytes of address space and of a file, seconds of processor time.
START = """
import os, resource, sys
m, f, c = map(int, sys.argv[1:4])
for what, most in ("RLIMIT_AS", m), ("RLIMIT_FSIZE", f), ("RLIMIT_CPU", c), ("RLIMIT_CORE", 0):
    try:
        resource.setrlimit(getattr(resource, what), (most, most))
    except (ValueError, OSError):
        pass
os.execv(sys.argv[4], sys.argv[4:])
"""
NAME = r"(?<![A-Za-z0-9._-])([A-Za-z0-9][A-Za-z0-9._-]{0,99}+)"
#: What uv says of packages that have no wheel for the image, that are not there, or that it could not ask for.
NO_WHEEL = (
    re.compile(r"Wheels are required for `" + NAME + "`"),
    re.compile(NAME + r"(?:[=<>!~]{1,3}+[^ ,=]{1,60}+)?+ has no (?:usable )?+wheels"),
)
UNKNOWN = (
    re.compile(NAME + r" was not found in the "),
    re.compile(r"there is no version of " + NAME),
)
BROKEN = re.compile(
    r"Failed to (?:download|read|fetch metadata for|resolve dependencies for package) `" + NAME + "[=`]"
)
UNREACHABLE = re.compile(
    r"Request failed|Failed to fetch|error sending request|operation timed out|authentication credentials"
    r"|status (?:client|server) error|\b(?:401 Unauthorized|403 Forbidden|407 Proxy)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Index:
    """Where wheels come from, and what one lock may hold.

    url: of an index as PEP 503 describes it; "" with a folder: none; "" without: the one that uv is set up for.
    folder: wheels that lie on this machine.  most: wheels of one lock.  most_mb: of their files together, and twice
    as many unpacked.  seconds: to resolve, and again to fetch.
    """

    url: str = ""
    folder: Path | None = None
    most: int = 50
    most_mb: int = 300
    seconds: float = 60.0


@dataclass(frozen=True)
class File:
    """A file that an index has of a wheel, with its size in bytes; 0 where it is not told."""

    wheel: Wheel
    url: str
    size: int


def resolve(requirements: Sequence[str], have: Mapping[str, str], index: Index) -> tuple[Wheel, ...]:
    """The wheels that meet all requirements, but those whose names and versions we `have`.

    Raises PackagesRefused where there are none, IndexUnreachable where the index does not answer.
    """
    order = {tag: place for place, tag in enumerate(tags())}
    return tuple(best(name, files, order) for name, files in packages(_lock(requirements, have, index), but=set(have)))


def files(wheels: Sequence[Wheel], index: Index) -> dict[str, File]:
    """Where these very wheels lie now, by their SHA-256; those that are nowhere are left out."""
    pins = [f"{wheel.name}=={wheel.version}" for wheel in wheels]
    found = packages(_lock(pins, {}, index, "--no-deps"))
    return {file.wheel.sha256: file for _, files in found for file in files}


def _lock(requirements: Sequence[str], have: Mapping[str, str], index: Index, *more: str) -> str:
    """uv's lock for the requirements."""
    with tempfile.TemporaryDirectory(prefix="assay-packages-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / "asked.txt").write_text("".join(f"{line}\n" for line in requirements))
        (work / "have.txt").write_text("".join(f"{name}=={version}\n" for name, version in have.items()))
        stand_ins(work / "have", have)
        done = _uv(work, index, more)
        text = (work / "lock").read_bytes()[:MOST_OUTPUT].decode(errors="replace")
        said = (work / "said").read_bytes()[:100_000].decode(errors="replace")
    if done:
        raise refusal(said, done)
    return text


def stand_ins(folder: Path, have: Mapping[str, str]) -> None:
    """An empty wheel for each package that is there already."""
    folder.mkdir()
    for name, version in have.items():
        plain = name.replace("-", "_")
        info = f"{plain}-{version}.dist-info"
        with zipfile.ZipFile(folder / f"{plain}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")


def _uv(work: Path, index: Index, more: Sequence[str]) -> int:
    """uv's exit status; its lock and its complaints lie in `work`.

    To read what a wheel needs it may unpack it, so it has a folder of its own, which may grow so much and goes away.
    """
    from uv import find_uv_bin  # noqa: PLC0415 - of use to nobody who has no packages

    where: list[str] = ["--find-links", str(work / "have")]
    if index.folder:
        where += ["--find-links", str(index.folder)]
    if index.folder and not index.url:
        where += ["--no-index"]
    how = ["--python-version", PYTHON, "--python-platform", f"{MACHINE}-manylinux_2_{GLIBC}"]
    how += ("--only-binary", ":all:", "--generate-hashes", "--format", "pylock.toml", "--no-config", "--no-header")
    how += ("--no-python-downloads", "--color", "never", "--quiet", "--cache-dir", str(work / "uv"))
    files = (str(work / "asked.txt"), "--constraint", str(work / "have.txt"), "--python", sys.executable)
    limits = (str(MEMORY), str(index.most_mb * 2**20), str(int(index.seconds) + 1))
    command = (sys.executable, "-I", "-c", START, *limits, find_uv_bin(), "pip", "compile", *files, *how, *where, *more)
    variables = {**os.environ, "UV_HTTP_RETRIES": "1", "UV_CONCURRENT_BUILDS": "1"}
    if index.url:  # by environment, as a process's arguments are for everybody to read
        variables["UV_DEFAULT_INDEX"] = index.url
    with (work / "lock").open("wb") as lock, (work / "said").open("wb") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=lock, stderr=said, env=variables, start_new_session=True
        )
        until = time.monotonic() + index.seconds
        try:
            while (status := process.poll()) is None:
                if time.monotonic() > until:
                    raise IndexUnreachable(f"the package index did not answer within {index.seconds:g} s")
                if _size(work) > 2 * index.most_mb * 2**20:
                    raise PackagesRefused("PACKAGES_TOO_BIG", detail="unpacked")
                time.sleep(LOOK_SECONDS)
            return status
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _size(folder: Path) -> int:
    """Bytes of all files below a folder that changes meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{place}/{name}").st_size
    return total


def refusal(said: str, status: int) -> Exception:
    """What uv's complaint means: whose fault it is, and which packages it is about."""
    flat = " ".join(said.split())
    if UNREACHABLE.search(flat):
        return IndexUnreachable(f"the package index cannot be reached: {clean(flat)}")
    if status > 0 and (broken := BROKEN.search(flat)):
        return PackagesRefused("PACKAGE_BROKEN", (broken[1],), clean(flat.partition("cause: ")[2]))
    if status < 0 or "No solution found" not in flat:
        return SandboxError(f"uv failed: {clean(flat)}")
    if names := _names(NO_WHEEL, flat):
        return PackagesRefused("PACKAGE_NO_WHEEL", names)
    if names := _names(UNKNOWN, flat):
        return PackagesRefused("PACKAGE_UNKNOWN", names)
    return PackagesRefused("PACKAGE_CONFLICT", detail=clean(flat.partition("cause: ")[2].partition(" hint: ")[0]))


def _names(patterns: Iterable[re.Pattern[str]], said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for pattern in patterns for name in pattern.findall(said)))


def clean(text: str, most: int = 500) -> str:
    """Words of others as one printable line, without what may be a password in an address."""
    plain = "".join(c if c.isprintable() else " " for c in text[: 4 * most])
    return re.sub(r"//[^/@\s]{1,500}+@", "//", plain)[:most].strip()


def packages(lock: str, but: Container[str] = ()) -> Iterator[tuple[str, list[File]]]:
    """(name, its wheels) of each package of a lock that uv wrote, but those of these names."""
    try:
        found: list[dict[str, Any]] = tomllib.loads(lock).get("packages", [])
    except tomllib.TOMLDecodeError as error:
        raise SandboxError(f"uv's lock cannot be read: {error}") from None
    for package in found:
        name = str(canonicalize_name(package["name"]))
        if name not in but:
            yield name, [file for entry in package.get("wheels", ()) for file in _file(name, package, entry)]


def _file(name: str, package: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[File]:
    address, sha256 = str(entry.get("url", "")), str(entry.get("hashes", {}).get("sha256", ""))
    file_name = unquote(urlsplit(address).path.rpartition("/")[2])
    if SHA256.fullmatch(sha256):
        yield File(Wheel(name, str(package["version"]), file_name, sha256), address, int(entry.get("size", 0)))


def best(name: str, files: Iterable[File], order: Mapping[Tag, int]) -> Wheel:
    """The wheel that fits the image best; PackagesRefused where none does."""
    ranked = []
    for file in files:
        with contextlib.suppress(InvalidWheelFilename):
            ranks = [order[tag] for tag in parse_wheel_filename(file.wheel.file)[3] if tag in order]
            ranked += [(min(ranks), file.wheel)] if ranks else []
    if not ranked:
        raise PackagesRefused("PACKAGE_NO_WHEEL", (name,))
    return min(ranked)[1]


def tags() -> list[Tag]:
    """The tags of wheels that run in the image, best first."""
    version = tuple(int(part) for part in PYTHON.split("."))
    platforms = []
    for minor in range(GLIBC, 4, -1):
        platforms.append(f"manylinux_2_{minor}_{MACHINE}")
        platforms += [f"{OLD_NAMES[minor]}_{MACHINE}"] if minor in OLD_NAMES else []
    platforms.append(f"linux_{MACHINE}")
    interpreter = f"cp{PYTHON.replace('.', '')}"
    return [*cpython_tags(version, [interpreter], platforms), *compatible_tags(version, interpreter, platforms)]
