"""Where a submission's own modules are found, besides its root: where an installation of the project would put them."""

from __future__ import annotations

from collections.abc import Iterable
from glob import glob
from os import path as paths_of

#: With one of these the project can be installed.
BUILDS = ("pyproject.toml", "setup.cfg", "setup.py")


def source_roots(paths: Iterable[str]) -> list[str]:
    """Folders at the root that are no package: `src`, or any where the project can be installed.

    They are searched last, so that nothing is hidden by what lies there.
    """
    known = frozenset(paths)
    folders = {path.partition("/")[0] for path in known if "/" in path}
    return sorted(
        folder
        for folder in folders
        if f"{folder}/__init__.py" not in known and (folder == "src" or not known.isdisjoint(BUILDS))
    )


def roots_under(folder: str) -> list[str]:
    """The same of a folder on disk, as whole paths."""
    below = [path.replace("\\", "/") for pattern in ("*", "*/*") for path in glob(pattern, root_dir=folder)]
    return [paths_of.join(folder, root) for root in source_roots(below)]
