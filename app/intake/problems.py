"""Every reason to refuse a submission: one table, one exception."""

from __future__ import annotations

from collections.abc import Mapping

from app.words import N_, _
from graders.model.report import Problem
from graders.model.submission import Location

#: Code of a refusal -> what the candidate can do about it.
HINTS: Mapping[str, str] = {
    "UPLOAD_EMPTY": N_("Choose the file again. What arrived has no content."),
    "UPLOAD_TOO_BIG": N_("Leave out data, saved models, virtual environments and .git. The limit is 10 MB."),
    "FORMAT_UNKNOWN": N_("Hand in a .zip, .tar.gz or .tgz, a single .py or a single .ipynb."),
    "PATH_UNREADABLE": N_("Check the path. It must name a folder or a file that you may read."),
    "ARCHIVE_BROKEN": N_("Make the archive again. Check that it unpacks on your own machine."),
    "ARCHIVE_EMPTY": N_("Put pipeline.py or pipeline.ipynb into the archive."),
    "ARCHIVE_ENCRYPTED": N_("Make the archive again without a password."),
    "ARCHIVE_COMPRESSION": N_("Make the zip with the ordinary method (deflate), as `zip -r` does."),
    "ARCHIVE_TOO_BIG": N_("Leave out data and saved models. A submission may hold 20 MB once it is unpacked."),
    "NOTEBOOK_TOO_BIG": N_("Clear all outputs of the notebook, save it, and hand it in again."),
    "ARCHIVE_TOO_MANY": N_("Leave out virtual environments, .git and data. A submission may hold 500 files."),
    "NAME_UNSAFE": N_("Use relative names with forward slashes. Names hold no `..`, colon or invisible character."),
    "NAME_TOO_LONG": N_("Shorten the name, or use fewer folders."),
    "NAME_DUPLICATE": N_("Keep one file with this name."),
    "NAME_COLLISION": N_("Rename one of the two. Many machines take them for the same file."),
    "FILE_SPECIAL": N_("Replace it with a copy of the file it points to."),
    "REPOSITORY_ADDRESS": N_("Give the https or SSH address that you clone from. It must be open to the internet."),
    "REPOSITORY_UNREACHABLE": N_("Check the address. A private repository needs a token that may read it."),
    "REPOSITORY_HOST_KEY": N_("Use https with a token, or ask whoever invited you to have the server’s key added."),
    "REPOSITORY_KEY": N_("Your page shows the key. On your git server it is a deploy key that may read."),
    "REPOSITORY_REF": N_("Name a branch or tag as it is on the server, or all 40 signs of a commit."),
    "REPOSITORY_TOO_BIG": N_("Hand in a zip of your work instead. Leave data and models out of it."),
    "REPOSITORY_BROKEN": N_("Make a bundle with `git bundle create work.bundle HEAD`, or hand in a zip."),
    "NO_PIPELINE": N_("Put pipeline.py or pipeline.ipynb at the root of the archive or in its only top-level folder."),
    "PIPELINE_HIDDEN": N_("Rename it. Python imports this folder or compiled module instead of the file."),
    "NOTEBOOK_BROKEN": N_("Open the notebook in Jupyter, save it again, and hand in that file."),
    "NOTEBOOK_LANGUAGE": N_("Hand in a notebook with a Python kernel."),
    "DATA_AT_IMPORT": N_("Read no data at module level. Use the rows that your functions receive."),
    "SYNTAX_ERROR": N_("Correct the line. `python -m py_compile FILE` shows the same error."),
    "CODE_TOO_BIG": N_("Move data out of the source code. One .py file may hold 1 MB, all together 2 MB."),
    "CODE_TOO_COMPLEX": N_("Split very deep or very long expressions and generated code."),
    "READING_LIMIT": N_("Leave out generated text and very long lines. Hand-written code takes a second to read."),
    "FUNCTION_MISSING": N_(
        "Define train(data, model_dir), evaluate(data) and predict(data, model_dir) at module level."
    ),
    "FUNCTION_SIGNATURE": N_("Keep the parameters of the contract. Give every further parameter a default."),
    "IMPORT_UNAVAILABLE": N_("Use the packages listed with the challenge, or put the module into your submission."),
    "PACKAGE_UNREADABLE": N_(
        "Write each package as name==version. Put the text of anything else into your submission."
    ),
    "PACKAGE_UNPINNED": N_("Write each package with its version, as name==version."),
    "PACKAGE_UNKNOWN": N_("Check the name and the version, or leave the package out."),
    "PACKAGE_NO_WHEEL": N_(
        "Take a version that has a wheel for Python 3.11 on Linux. Or put the text of the package into your submission."
    ),
    "PACKAGE_CONFLICT": N_("Leave out what packages.txt of the starter kit lists, or write the version that it has."),
    "PACKAGE_HASH": N_("Make the lock again with the hashes of the wheels for Linux, or leave the hashes out."),
    "PACKAGE_BROKEN": N_("Take another version of it, or leave the package out."),
    "PACKAGES_TOO_MANY": N_("Name only what the pipeline imports, and not what you develop with."),
    "PACKAGES_TOO_BIG": N_("Leave out the largest packages, or take smaller ones."),
    "NAME_UNAVAILABLE": N_("Use plain Python: print for display, pathlib for a shell line, import for %run."),
    "IMPORT_NOT_FOUND": N_(
        "Put the folder or file beside pipeline.py, or add its folder to sys.path before you import."
    ),
    "IMPORT_RELATIVE": N_("The file is not part of a package. Write `from helpers import x`, without the dot."),
}


class Rejected(Exception):
    """The submission is refused; `problem` says why, what to do, and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)  # so that it can be carried from one process to another
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.problem.code}: {self.problem.message}"


def rejected(code: str, message: str, where: Location | None = None) -> Rejected:
    """The refusal with this code of HINTS, ready to be raised."""
    return Rejected(Problem(code, message, _(HINTS[code]), where))


def placed(where: Location) -> str:
    """A place in the reader's language: `pipeline.py, line 3`, or `churn.ipynb, cell 3, line 2`."""
    cell = [] if where.cell is None else [_("cell {number}").format(number=where.cell)]
    line = [_("line {number}").format(number=where.line)] if where.line else []
    return ", ".join([where.path, *cell, *line])


def shown(name: str) -> str:
    """A hostile name as one line of at most 100 printable characters, in backticks."""
    short = name if len(name) <= 100 else name[:97] + "..."
    plain = "".join(c if c.isprintable() and c != "`" else f"\\u{ord(c):04x}" for c in short)
    return f"`{plain}`"
