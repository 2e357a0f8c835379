"""Any folder, script or notebook as a Submission to be read: it need not keep a challenge's contract and is not run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from app.intake import Rejected
from app.intake.archives.entries import MAX_ENTRIES, MAX_TOTAL, MAX_UPLOAD, Entry, is_heavy, outputs_aside
from app.intake.archives.folder import folder_entries, read_upload
from app.intake.archives.names import check_name, junk
from app.intake.archives.tars import tar_entries
from app.intake.archives.zips import zip_entries
from app.intake.contract.syntax import compiled
from app.intake.fragments import readable
from app.intake.notebook.document import without_outputs
from app.intake.problems import rejected, shown
from app.intake.tree import tree_digest, without_lone_folder
from app.words import _
from graders.model.submission import Form, Location, SetAside, Source, Submission
from graders.source import communication

#: Of these the content is read; of all other files the name is enough.
READ = (
    *(".py", ".ipynb", ".md", ".rst", ".txt", ".toml", ".cfg", ".lock", ".yml", ".yaml", ".json", ".in", "file"),
    *(*communication.ENDINGS, *communication.TITLES, ".pip", ".ini", ".sh", ".env"),
)
MOST_READ = 4 << 20
#: Stands for a module that is too large, or that no parser may be given: it does not parse either.
UNREADABLE = b"\0"
#: What any checkout has and nobody handed in.
EXPECTED = (".git", ".hg", ".svn")


@dataclass(frozen=True)
class Choice:
    """Which code is looked at: paths that fit one of `include` (all where empty) and begin with none of `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self, path: str) -> bool:
        fits = not self.include or any(matches(path, pattern) for pattern in self.include)
        return fits and not path.startswith(self.exclude or ("\0",))


EVERYTHING = Choice()


def matches(path: str, pattern: str) -> bool:
    """As shells do with `**`: `**/*.py` is every module, `src/*.py` those of that folder alone."""
    if "**/" in pattern:
        head, _stars, tail = pattern.partition("**/")
        inside = path.startswith(head)
        return inside and fnmatch(path.rpartition("/")[2], tail)
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def read_source(path: Path, choice: Choice = EVERYTHING) -> Submission:
    """What lies at `path`; raises Rejected where that is no folder, archive, script or notebook.

    Links are not followed, and nothing of an archive is written to disk.
    """
    form, entry = Form.PACKAGE, "pipeline.py"
    if path.is_dir():
        files, aside = _contents(folder_entries(path))
    elif (archive := _archive(path)) is not None:
        files, aside = _contents(archive)
        files = without_lone_folder(files)
    else:
        files, aside, entry = {path.name: read_upload(path)}, (), path.name
        files |= {name: readable(data) for name, data in files.items() if name.endswith(".py")}
        form = _form(path)
    chosen = {n: data for n, data in files.items() if not _is_code(n) or choice.takes(n)}
    chosen |= {n: filled_in(data) for n, data in chosen.items() if "{{" in n and n.endswith(".py")}
    digest = tree_digest(files)
    notebooks = tuple(_notebooks(chosen))
    chosen |= dict.fromkeys(_deadly(chosen), UNREADABLE)
    return Submission(digest[:12], digest, form, entry, chosen, {}, set_aside=aside, notebooks=notebooks)


def _archive(path: Path) -> Iterator[Entry] | None:
    """The members of a zip or a gzipped tar, which are known by their ending here; None for any other file."""
    name = path.name.lower()
    if not name.endswith((".zip", ".tar.gz", ".tgz")):
        return None
    data = read_upload(path)
    if len(data) > MAX_UPLOAD:
        raise rejected("UPLOAD_TOO_BIG", _("The archive is larger than 10 MB."))
    return zip_entries(data) if name.endswith(".zip") else tar_entries(data)


def _form(path: Path) -> Form:
    if path.suffix not in {".py", ".ipynb"}:
        raise rejected(
            "FORMAT_UNKNOWN", _("{name} is not a folder, an archive, a .py or a .ipynb.").format(name=shown(path.name))
        )
    return Form.SCRIPT if path.suffix == ".py" else Form.NOTEBOOK


def _is_code(name: str) -> bool:
    return name.endswith((".py", ".ipynb"))


#: What a generator fills in, and the lines that steer it.
BLANK, STEERING = re.compile(rb"\{\{[^{}\n]{0,200}\}\}"), re.compile(rb"(?m)^[ \t]*\{%[^\n]{0,300}%\}[ \t]*$")


def filled_in(data: bytes) -> bytes:
    """The text of a template as Python: each blank is filled in with the last name that it speaks of."""
    named = BLANK.sub(lambda blank: (re.findall(rb"[A-Za-z_]\w*", blank[0]) or [b"name"])[-1], data)
    return STEERING.sub(b"", named)


def _contents(entries: Iterable[Entry]) -> tuple[dict[str, bytes], tuple[SetAside, ...]]:
    """Files by path, with content where it is of use, within the bounds of an upload; and the junk among them."""
    files: dict[str, bytes] = {}
    aside: dict[str, None] = {}
    outputs: list[SetAside] = []
    left = MAX_TOTAL
    for count, entry in enumerate(entries):
        if count >= MAX_ENTRIES:
            break
        rubbish = junk(entry.name)
        if rubbish is not None:
            aside[rubbish] = None
        elif entry.kind == "file" and _is_safe(entry.name):
            heavy = is_heavy(entry.name, entry.size)
            fits = heavy or (entry.name.lower().endswith(READ) and entry.size <= min(MOST_READ, left))
            content = entry.read() if fits else UNREADABLE if entry.name.endswith(".py") else b""
            content = without_outputs(content) if heavy else content
            outputs += outputs_aside(entry.name, entry.size - len(content)) if heavy else []
            files[entry.name] = content if len(content) <= left else b""
            left -= len(files[entry.name])
    unexpected = [name for name in aside if name.rpartition("/")[2] not in EXPECTED]
    return files, (*(SetAside(Location(name), "not part of the program") for name in unexpected), *outputs)


def _is_safe(name: str) -> bool:
    try:
        check_name(name)
    except Rejected:
        return False
    return True


def _notebooks(files: dict[str, bytes]) -> Iterator[Source]:
    for name in sorted(files):
        if name.endswith(".ipynb"):
            from app.intake.notebook.read import whole_notebook  # noqa: PLC0415 - most code has no notebook

            try:
                yield whole_notebook(files[name], name)
            except Rejected:
                continue


def _deadly(files: dict[str, bytes]) -> list[str]:
    """Modules that no parser may be given: too large, or nested too deeply."""
    modules = {name: data for name, data in files.items() if name.endswith(".py")}
    return [] if _survives(modules) else [name for name, data in modules.items() if not _survives({name: data})]


def _survives(modules: dict[str, bytes]) -> bool:
    try:
        compiled(modules)
    except Rejected:
        return False
    return True
