"""Every reason to refuse a submission: one table, one exception."""

from __future__ import annotations

from collections.abc import Mapping

from graders.model.report import Problem
from graders.model.submission import Location

#: Code of a refusal -> what the candidate can do about it.
HINTS: Mapping[str, str] = {
    "UPLOAD_EMPTY": "Choose the file again; what arrived has no content.",
    "UPLOAD_TOO_BIG": "Leave out data, saved models, virtual environments and .git; the limit is 10 MB.",
    "FORMAT_UNKNOWN": "Hand in a .zip, .tar.gz or .tgz, a single .py or a single .ipynb.",
    "PATH_UNREADABLE": "Check the path; it has to name a folder or a file that you may read.",
    "ARCHIVE_BROKEN": "Make the archive again and see that it unpacks on your own machine.",
    "ARCHIVE_EMPTY": "Put pipeline.py or pipeline.ipynb into the archive.",
    "ARCHIVE_ENCRYPTED": "Make the archive again without a password.",
    "ARCHIVE_COMPRESSION": "Make the zip with the ordinary method (deflate), as `zip -r` does.",
    "ARCHIVE_TOO_BIG": "Leave out data and saved models; unpacked, a submission may hold 20 MB.",
    "NOTEBOOK_TOO_BIG": "Clear the outputs before you save the notebook (Kernel, Restart and clear all outputs).",
    "ARCHIVE_TOO_MANY": "Leave out virtual environments, .git and data; at most 500 files count.",
    "NAME_UNSAFE": "Use relative names with forward slashes, without `..`, colons or invisible characters.",
    "NAME_TOO_LONG": "Shorten the name, or put the file into fewer folders.",
    "NAME_DUPLICATE": "Keep one file of that name.",
    "NAME_COLLISION": "Rename one of the two: on many machines they are the same file.",
    "FILE_SPECIAL": "Replace the link or special file by an ordinary copy of what it stands for.",
    "NO_PIPELINE": "Put pipeline.py or pipeline.ipynb at the root of the archive or in its only top-level folder.",
    "PIPELINE_HIDDEN": "Rename it: Python imports the folder or compiled module of that name, and not the file.",
    "NOTEBOOK_BROKEN": "Open the notebook in Jupyter, save it again and hand in that file.",
    "NOTEBOOK_LANGUAGE": "Hand in a notebook with a Python kernel.",
    "DATA_AT_IMPORT": "Read no data at module level: use the rows that your functions receive.",
    "SYNTAX_ERROR": "Correct the line; `python -m py_compile FILE` shows the same error.",
    "CODE_TOO_BIG": "Move data out of the source code; a .py file may hold 1 MB, all of them 2 MB.",
    "CODE_TOO_COMPLEX": "Break up very deep or very long expressions and generated code.",
    "READING_LIMIT": "Leave out generated text and very long lines; what a person wrote is read in a second.",
    "FUNCTION_MISSING": "Define train(data, model_dir), evaluate(data) and predict(data, model_dir) at module level.",
    "FUNCTION_SIGNATURE": "Keep the parameters of the contract; give every further parameter a default.",
    "IMPORT_UNAVAILABLE": "Use the packages listed with the challenge, or put the module into your submission.",
    "NAME_UNAVAILABLE": "Use what Python itself gives: print for display, pathlib for a shell line, import for %run.",
    "IMPORT_NOT_FOUND": "Put the folder or file beside pipeline.py, or add its folder to sys.path before you import.",
    "IMPORT_RELATIVE": "pipeline.py is no part of a package: write `from helpers import x`, without the dot.",
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
    return Rejected(Problem(code, message, HINTS[code], where))


def shown(name: str) -> str:
    """A hostile name as one line of at most 100 printable characters, in backticks."""
    short = name if len(name) <= 100 else name[:97] + "..."
    plain = "".join(c if c.isprintable() and c != "`" else f"\\u{ord(c):04x}" for c in short)
    return f"`{plain}`"
