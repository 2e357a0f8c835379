"""Install the locked packages into a plain folder, each file checked against its hash."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
PYTHON = "3.11"
UNUSED_FOLDERS = ("tests", "include")  # a third of the size, and nothing imports them
#: What is large and never runs: commands, notebook widgets, and pyarrow's clients of services on the network.
UNUSED = ("bin", "share", "etc", "statsmodels/datasets/*/*.csv", "pyarrow/*flight*", "pyarrow/*s3*")
#: Of what is there compiled.
SOURCES = {".c", ".cpp", ".pxd", ".pxi", ".pyi", ".pyx"}
#: Libraries of this size and more lose the symbols that only a debugger reads; `.libs` folders are left as they came.
STRIPPED_FROM = 100_000


class BuildError(Exception):
    """The sandbox image cannot be built on this machine; the message says what to do."""


def run(*command: str) -> str:
    """Standard output of a command; BuildError with the end of its complaints when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is not installed; run the project's setup script first") from None
    if done.returncode:
        raise BuildError(f"{command[0]} failed ({done.returncode}): {done.stderr.strip()[-1500:]}")
    return done.stdout


def install(target: Path) -> None:
    """Fill `target` with the locked packages, without what never runs."""
    run(*_installer(target))
    prune(target)


def _installer(target: Path) -> tuple[str, ...]:
    """uv where there is one (ten times faster), else pip: both use the indexes this machine is set up for."""
    common = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(target), "-r", str(LOCK))
    machine = platform.machine()
    if uv := shutil.which("uv"):
        where = ("--python-version", PYTHON, "--python-platform", f"{machine}-manylinux_2_28")
        return uv, "pip", "install", "--quiet", "--link-mode", "copy", *where, *common
    tags = [f"--platform=manylinux_2_{minor}_{machine}" for minor in (28, 27, 17)]
    old_tag = f"--platform=manylinux2014_{machine}"
    version = ("--python-version", PYTHON, "--implementation", "cp")
    return sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", *version, *tags, old_tag, *common


def prune(target: Path) -> None:
    for folder in sorted(target.rglob("*"), reverse=True):
        if folder.is_dir() and folder.name in UNUSED_FOLDERS:
            shutil.rmtree(folder)
    for pattern in UNUSED:
        for path in target.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in target.rglob("*"):
        if path.suffix in SOURCES:
            path.unlink()
    for start_up_hook in target.glob("*.pth"):
        start_up_hook.unlink()
    (target / ".lock").unlink(missing_ok=True)


def strip(target: Path) -> None:
    """Take the symbols that only a debugger reads out of libraries: a tenth of the image."""
    large = [path for path in sorted(target.rglob("*.so*")) if path.stat().st_size >= STRIPPED_FROM]
    run("strip", "--strip-unneeded", *(str(path) for path in large if not path.parent.name.endswith(".libs")))
