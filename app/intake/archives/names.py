"""Names of files in a submission: which are safe, which are junk, which collide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from app.intake.problems import rejected, shown
from app.intake.words import words
from app.words import _

MAX_PATH_BYTES = 512
MAX_PART_BYTES = 255
MAX_DEPTH = 16

#: Unicode categories nobody can see or that reorder text: control, format, surrogate, private, separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

JUNK_FOLDERS = words(
    "__pycache__ .ipynb_checkpoints __MACOSX .git .hg .svn .venv venv virtualenv site-packages node_modules "
    ".mypy_cache .pytest_cache .ruff_cache .hypothesis .tox .nox .idea .vscode .eggs"
)
JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r"})
#: Folders of these names are virtual environments only where they look like one inside.
MAYBE_VENV = frozenset({"env", ".env", "ENV"})
INSIDE_VENV = words("bin lib lib64 include share Scripts Lib Include pyvenv.cfg")


def junk(name: str) -> str | None:
    """The part of `name` that makes it junk (`proj/.git` of `proj/.git/HEAD`), or None."""
    parts = name.rstrip("/").split("/")
    for i, part in enumerate(parts):
        following = parts[i + 1] if i + 1 < len(parts) else ""
        venv = part in MAYBE_VENV and following in INSIDE_VENV
        if part in JUNK_FOLDERS or venv:
            return "/".join(parts[: i + 1])
    last = parts[-1]
    if last == "pyvenv.cfg" and len(parts) > 1:
        return "/".join(parts[:-1])
    return name if last in JUNK_FILES or last.startswith("._") or last.endswith((".pyc", ".pyo")) else None


def check_name(name: str) -> None:
    """Raise Rejected unless `name` is a plain relative path with forward slashes."""
    if any(unicodedata.category(c) in INVISIBLE for c in name):
        raise rejected(
            "NAME_UNSAFE", _("The name {name} holds invisible or control characters.").format(name=shown(name))
        )
    if "\\" in name:
        raise rejected("NAME_UNSAFE", _("The name {name} holds a backslash.").format(name=shown(name)))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise rejected("NAME_UNSAFE", _("The name {name} is an absolute path.").format(name=shown(name)))
    parts = name.split("/")
    if ".." in parts or "." in parts or "" in parts:
        raise rejected(
            "NAME_UNSAFE", _("The name {name} has an empty part or leaves its folder.").format(name=shown(name))
        )
    long = len(name.encode()) > MAX_PATH_BYTES or any(len(p.encode()) > MAX_PART_BYTES for p in parts)
    if long or len(parts) > MAX_DEPTH:
        raise rejected("NAME_TOO_LONG", _("The name {name} is too long or too deep.").format(name=shown(name)))


def check_collisions(names: Iterable[str]) -> None:
    """Raise Rejected where two names differ only in case or Unicode form, or a file is also a folder."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(_folded(name), name)
        if other != name:
            raise rejected(
                "NAME_COLLISION",
                _("{other} and {name} differ in their letters' case or form alone.").format(
                    other=shown(other), name=shown(name)
                ),
            )
    for name in seen.values():
        for parent in _parents(_folded(name)):
            if parent in seen:
                what = _("{file} is a file and, in {path}, also a folder.").format(
                    file=shown(seen[parent]), path=shown(name)
                )
                raise rejected("NAME_COLLISION", what)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]
