"""What went wrong, as one line and an exit status."""

from __future__ import annotations

import errno
import re
from difflib import get_close_matches

import typer
from pydantic import ValidationError

from app.cli.status import FAILED, REFUSED
from app.intake import Rejected
from app.words import spoken
from challenges.tables.table import TableError
from challenges.vault import VaultError
from graders.model.probe import SandboxError
from graders.model.report import Problem
from graders.report import schema

#: How the library words a value that is none of those allowed.
NONE_OF = re.compile(r"'([^']{1,80})' is not one of ((?:'[^']{1,80}'(?:, )?){1,20})")


def line_of(error: Exception) -> tuple[str, int]:  # noqa: PLR0911 - a table
    """(what happened and what to do, the exit status) of anything that a command raised."""
    from sqlalchemy.exc import SQLAlchemyError  # slow to load, and most commands need no database

    from app.store.backups import BackupError

    match error:
        case Rejected(problem=problem):
            return refusal("Refused", problem), REFUSED
        case SandboxError() | VaultError():
            return f"Not graded, and that is our fault: {_sentence(str(error))}", FAILED
        case TableError():
            return f"{error.code and f'{error.code}: '}{_sentence(spoken(error.args[0]))}", REFUSED
        case BackupError():
            return f"Nothing was changed: {_sentence(str(error))}", REFUSED
        case ValidationError():
            return _setting(error), REFUSED
        case SQLAlchemyError():
            return f"The database cannot be used: {_sentence(_first_line(error))} Check ASSAY_DATABASE_URL.", FAILED
        case OSError(errno=errno.EADDRINUSE | errno.EADDRNOTAVAIL | errno.EACCES, filename=str(name)) if ":" in name:
            return (
                f"The service cannot listen on {name}: {_sentence(str(error.strerror))} Set ASSAY_PORT or ASSAY_HOST.",
                REFUSED,
            )
        case OSError(filename=str(name)):
            return f"{name!r} cannot be used: {_sentence(error.strerror or 'it failed')} Check the path.", REFUSED
    kind = type(error).__name__
    more = "Run `assay --traceback …` to see where, and report it."
    return f"The command failed, and that is our fault: {_sentence(f'{kind}: {_first_line(error)}')} {more}", FAILED


def usage(message: str) -> str:
    """The library's words for a mistyped command, with what was probably meant."""
    message = message.replace("Value error, ", "")
    message = re.sub(r" \(Possible options: ([^)]{1,200})\)", r". Did you mean \1?", message)
    if (choice := NONE_OF.search(message)) and (meant := close(choice[1], choice[2].strip("'").split("', '"))):
        message = f"{message} {meant}"
    return _sentence(message)


def close(typed: str, known: list[str]) -> str:
    """ "Did you mean …?", or nothing where nothing is like it."""
    matches = get_close_matches(typed, known, n=1)
    return f"Did you mean {matches[0]!r}?" if matches else ""


def unknown(message: str, typed: str, known: list[str]) -> typer.BadParameter:
    """A value that does not exist, to be raised."""
    return typer.BadParameter(f"{_sentence(message)} {close(typed, known)}".strip())


def refusal(heading: str, problem: Problem | schema.Problem) -> str:
    """A problem on one line: its code, where it is, what happened, what to do."""
    place = f" in {problem.where}" if problem.where else ""
    return f"{heading} ({problem.code}){place}: {problem.message} {problem.hint}".strip()


def _setting(error: ValidationError) -> str:
    first = error.errors()[0]
    name = "_".join(map(str, first["loc"])).upper()
    return f"ASSAY_{name} cannot be {first['input']!r}: {_sentence(first['msg'])} `assay settings` lists all settings."


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0] if text else "no details"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
