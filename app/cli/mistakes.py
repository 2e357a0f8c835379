"""What went wrong, as one line and an exit status."""

from __future__ import annotations

import errno
import re
from difflib import get_close_matches

import typer
from pydantic import ValidationError

from app.cli.status import FAILED, REFUSED
from app.intake import Rejected
from app.intake.problems import placed
from app.words import N_, _, language, spoken
from challenges.tables.definition import because
from challenges.tables.table import TableError
from challenges.vault import VaultError
from graders.model.probe import SandboxError
from graders.model.report import Problem
from graders.report import schema
from graders.report.words import place_text
from graders.words import Speaker, gaps_of

#: How the library words a value that is none of those allowed.
NONE_OF = re.compile(r"'([^']{1,80})' is not one of ((?:'[^']{1,80}'(?:, )?){1,20})")
#: What the library says of a mistyped command, as translators read it; `what` is said by one of these too.
LIBRARY = (
    N_("Missing command."),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("No such command {name}. Did you mean {meant}?"),
    N_("No such command {name}."),
    N_("No such option: {name}. Did you mean {meant}?"),
    N_("No such option: {name}"),
    N_("Option {name} requires an argument."),
    N_("Option {name} does not take a value."),
    N_("Got unexpected extra argument(s) ({names})"),
    N_("Invalid value for {name}: {what}"),
    N_("Invalid value: {what}"),
    N_("Value {value} is not a valid {kind}."),
    N_("{value} is not one of {known}."),
)
#: Why a file or an address cannot be used, by the operating system's number of it.
SYSTEM = {
    errno.ENOENT: N_("No such file or directory"),
    errno.EACCES: N_("Permission denied"),
    errno.EPERM: N_("Operation not permitted"),
    errno.EEXIST: N_("File exists"),
    errno.EISDIR: N_("Is a directory"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.EROFS: N_("Read-only file system"),
    errno.EADDRINUSE: N_("Address already in use"),
    errno.EADDRNOTAVAIL: N_("Cannot assign requested address"),
}


def line_of(error: Exception) -> tuple[str, int]:  # noqa: PLR0911 - a table
    """(what happened and what to do, the exit status) of anything that a command raised."""
    from sqlalchemy.exc import SQLAlchemyError  # slow to load, and most commands need no database

    from app.store.backups import BackupError

    match error:
        case Rejected(problem=problem):
            return refusal(_("Refused"), problem), REFUSED
        case SandboxError() | VaultError():
            told = _sentence(spoken(error.args[0] if error.args else ""))
            return _("Not graded, and that is our fault: {what}").format(what=told), FAILED
        case TableError():
            return f"{error.code and f'{error.code}: '}{_sentence(spoken(error.args[0]))}", REFUSED
        case BackupError():
            return _("Nothing was changed: {what}").format(what=_sentence(str(error))), REFUSED
        case ValidationError():
            return _setting(error), REFUSED
        case SQLAlchemyError():
            told = _sentence(_first_line(error))
            return _("The database cannot be used: {what} Check ASSAY_DATABASE_URL.").format(what=told), FAILED
        case OSError(errno=errno.EADDRINUSE | errno.EADDRNOTAVAIL | errno.EACCES, filename=str(name)) if ":" in name:
            told = _("The service cannot listen on {name}: {what} Set ASSAY_PORT or ASSAY_HOST.")
            return told.format(name=name, what=_system(error)), REFUSED
        case OSError(filename=str(name)):
            told = _("{name} cannot be used: {what} Check the path.").format(name=repr(name), what=_system(error))
            return told, REFUSED
    told = _("The command failed, and that is our fault: {what} Run `assay --traceback …` to see where, and report it.")
    return told.format(what=_sentence(f"{type(error).__name__}: {_first_line(error)}")), FAILED


def usage(message: str) -> str:
    """The library's words for a mistyped command, with what was probably meant."""
    message = message.replace("Value error, ", "")
    message = re.sub(r" \(Possible options: ([^)]{1,200})\)", r". Did you mean \1?", message)
    choice = NONE_OF.search(message)
    meant = close(choice[1], choice[2].strip("'").split("', '")) if choice else ""
    return f"{_sentence(_in_words(message))} {meant}".strip()


def _in_words(message: str) -> str:
    """The library's message in the reader's language, where it is a known one."""
    for template in LIBRARY:
        if (gaps := gaps_of(template, message)) is not None:
            return _(template).format(**{key: _in_words(text) if key == "what" else text for key, text in gaps.items()})
    return message


def close(typed: str, known: list[str]) -> str:
    """ "Did you mean …?", or nothing where nothing is like it."""
    matches = get_close_matches(typed, known, n=1)
    return _("Did you mean {name}?").format(name=repr(matches[0])) if matches else ""


def unknown(message: str, typed: str, known: list[str]) -> typer.BadParameter:
    """A value that does not exist, to be raised."""
    return typer.BadParameter(f"{_sentence(message)} {close(typed, known)}".strip())


def refusal(heading: str, problem: Problem | schema.Problem) -> str:
    """A problem on one line: its code, where it is, what happened, what to do."""
    told = _("{heading} ({code}) in {where}: {what}") if problem.where else _("{heading} ({code}): {what}")
    what = f"{problem.message} {problem.hint}".strip()
    where, place = problem.where, ""  # a report's is plain fields
    if where:
        place = place_text(where, Speaker(language())) if isinstance(where, schema.Place) else placed(where)
    return told.format(heading=heading, code=problem.code, where=place, what=what)


def _setting(error: ValidationError) -> str:
    first = error.errors()[0]
    name = "_".join(map(str, first["loc"])).upper()
    told = _("ASSAY_{name} cannot be {value}: {what}. `assay settings` lists all settings.")
    return told.format(name=name, value=repr(first["input"]), what=spoken(because(first)).rstrip("."))


def _system(error: OSError) -> str:
    return _sentence(_(SYSTEM.get(error.errno or 0, "")) or error.strerror or _("it failed"))


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0] if text else _("no details")


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
