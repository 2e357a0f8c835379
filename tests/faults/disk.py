"""A small disk that can be filled to its last byte."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """256 kB mounted on `folder`; skips where one may not mount."""
    if os.getuid() != 0:
        pytest.skip("a small disk has to be mounted, which needs root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,nr_inodes=64", "small", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Until neither a byte nor a name is free."""
    with suppress(OSError), (folder / "ballast").open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    with suppress(OSError):
        for number in range(1000):
            (folder / f"ballast{number}").touch()


def free(folder: Path) -> None:
    for file in folder.glob("ballast*"):
        file.unlink()
