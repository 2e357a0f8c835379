"""The three steps of intake: contents, submission, contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.intake import locks
from app.intake.archives.entries import MAX_UPLOAD, Contents, gather, is_heavy, outputs_aside
from app.intake.archives.folder import folder_entries, read_upload
from app.intake.archives.names import check_name
from app.intake.archives.tars import tar_entries
from app.intake.archives.zips import zip_entries
from app.intake.contract.functions import ENTRY, check_contract
from app.intake.notebook.document import without_outputs
from app.intake.notebook.read import read_notebook
from app.intake.problems import Rejected, rejected, shown
from app.intake.tree import tree_digest, without_lone_folder
from app.words import _
from graders.model.report import Problem
from graders.model.submission import Form, SetAside, Submission

NOTEBOOK = "pipeline.ipynb"
ZIP = b"PK"
GZIP = b"\x1f\x8b"


def unpack(data: bytes, name: str, packages: frozenset[str], *, own: bool = False) -> Submission:
    """Turn an upload of this file name into a submission that keeps the static contract.

    `packages` are the import names on offer.  With `own` it may bring a lock of more packages, which are then its
    `wanted`; as nobody knows yet by which names they are imported, its imports are not judged.  Raises Rejected.
    The submission's `sha256` is over paths and contents of its files, so the same work packed in another way has the
    same one.
    """
    return _checked(_read(data, name), packages, own)


def from_path(path: Path, packages: frozenset[str], *, own: bool = False) -> Submission:
    """The submission in a folder or file on this machine, as in `unpack`; raises Rejected.  Links are not followed."""
    submission = _package(gather(folder_entries(path))) if path.is_dir() else _read(read_upload(path), path.name)
    return _checked(submission, packages, own)


def examine(path: Path, packages: frozenset[str], *, own: bool = False) -> Submission | Problem:
    """As from_path, the reason of a refusal returned."""
    try:
        return from_path(path, packages, own=own)
    except Rejected as refused:
        return refused.problem


def _checked(submission: Submission, packages: frozenset[str], own: bool) -> Submission:
    wanted = locks.wanted(submission.files) if own else ()
    check_contract(submission, None if wanted else packages)
    return replace(submission, wanted=wanted)


def _read(data: bytes, name: str) -> Submission:
    if not data:
        raise rejected("UPLOAD_EMPTY", _("The file is empty."))
    heavy = is_heavy(name, len(data))
    full, data = len(data), without_outputs(data) if heavy else data
    if len(data) > MAX_UPLOAD:
        if name.lower().endswith(".ipynb"):
            raise rejected("NOTEBOOK_TOO_BIG", _("The notebook is larger than 10 MB."))
        raise rejected("UPLOAD_TOO_BIG", _("The file is larger than 10 MB."))
    suffix = name.lower().rpartition(".")[2]
    if suffix == "py":
        return _submission(Form.SCRIPT, ENTRY, {ENTRY: data})
    if suffix == "ipynb":
        return _lone_notebook(data, name, outputs_aside(name, full - len(data)) if heavy else [])
    return _package(_contents(data, name))


def _contents(data: bytes, name: str) -> Contents:
    """An archive is known by its first bytes; people rename files."""
    if data.startswith(GZIP):
        return gather(tar_entries(data))
    if data.startswith(ZIP) or name.lower().endswith(".zip"):
        return gather(zip_entries(data))
    if name.lower().endswith((".gz", ".tgz")):
        raise rejected("ARCHIVE_BROKEN", _("{name} is not a gzip file.").format(name=shown(name)))
    raise rejected("FORMAT_UNKNOWN", _("{name} is not a kind of file that we can grade.").format(name=shown(name)))


def _lone_notebook(data: bytes, name: str, aside: Sequence[SetAside]) -> Submission:
    """A notebook may have any safe name; messages use it."""
    check_name(name)
    return _notebook(name, {name: data}, tuple(aside))


def _package(contents: Contents) -> Submission:
    files = _rooted(contents.files)
    if ENTRY in files:
        return _submission(Form.PACKAGE, ENTRY, files, contents.set_aside)
    if NOTEBOOK in files:
        return _notebook(NOTEBOOK, files, contents.set_aside)
    raise rejected("NO_PIPELINE", _no_pipeline(contents.files))


def _notebook(entry: str, files: Mapping[str, bytes], aside: tuple[SetAside, ...]) -> Submission:
    others = {path: content for path, content in files.items() if path != entry}
    notebook = read_notebook(files[entry], entry, frozenset(others))
    return Submission(
        id=tree_digest(files)[:12],
        sha256=tree_digest(files),
        form=Form.NOTEBOOK,
        entry=entry,
        files=files,
        runnable={**others, ENTRY: notebook.program},
        lines=notebook.lines,
        cells=notebook.cells,
        set_aside=(*aside, *notebook.set_aside),
        notebooks=(notebook.whole,),
    )


def _submission(form: Form, entry: str, files: Mapping[str, bytes], aside: tuple[SetAside, ...] = ()) -> Submission:
    digest = tree_digest(files)
    return Submission(digest[:12], digest, form, entry, files, files, set_aside=aside)


def _rooted(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files under the submission's root: the archive's, or its only top-level folder's."""
    if not files:
        raise rejected("ARCHIVE_EMPTY", _("The submission holds no file to grade."))
    return without_lone_folder(files)


def _no_pipeline(files: Mapping[str, bytes]) -> str:
    """Say what is there instead, since most often it is only in the wrong place."""
    alike = [f for f in files if f.endswith(("/" + ENTRY, "/" + NOTEBOOK))]
    others = [f for f in files if f.endswith((".py", ".ipynb"))]
    found = ", ".join(shown(f) for f in (alike or others or list(files))[:3])
    return _("There is no pipeline.py or pipeline.ipynb at the root. We see {files}.").format(files=found)
