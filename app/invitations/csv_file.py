"""Many invitations from one CSV file: all of them, or none and every reason why."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app import deadlines
from app.errors import Invalid
from app.store.candidates import Person
from app.words import _

COLUMNS = (
    "email", "first_name", "last_name", "external_id", "timezone", "locale", "due_at", "time_multiplier", "minutes",
    "tags",
)  # fmt: skip
MAX_ROWS, MAX_BYTES, MAX_CELL = 2000, 2**20, 200
MULTIPLIERS = (1.0, 4.0)
#: Of a timer: two weeks.  Longer than that is a deadline.
MOST_MINUTES = 14 * 24 * 60
MAX_TAGS = 20

#: The HTML standard's notion of a mail address, which every mail server takes and no header can be forged with.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,30}"
)
#: A file that came as a part of a form, whole.
FORM = re.compile(r"--[^\r\n]{1,200}\r?\nContent-Disposition: form-data", re.IGNORECASE)
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
TAG = re.compile(r"[^\x00-\x20\x7f-\x9f,;|][^\x00-\x1f\x7f-\x9f,;|]{0,49}")


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell; `row` counts as a spreadsheet does, the header being 1."""

    row: int
    column: str
    code: str
    detail: str


@dataclass(frozen=True)
class NewRow:
    """One row as it is understood.  `minutes` of a timer: 0 is none, and None is the challenge's own."""

    row: int
    person: Person
    deadline: datetime | None
    time_multiplier: float
    minutes: int | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Parsed:
    """The rows, or what is wrong with them; never both."""

    rows: tuple[NewRow, ...]
    errors: tuple[RowError, ...]


def parse(data: bytes, now: datetime) -> Parsed:
    """Read a CSV file in UTF-8, separated by commas or semicolons, with or without a byte order mark.

    Whatever the bytes are, the answer is rows or errors.
    """
    if len(data) > MAX_BYTES:
        return _broken("too-large", _("The file is larger than {limit} MB.").format(limit=MAX_BYTES // 2**20))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _broken("not-utf8", _("The file is not UTF-8. Save it as “CSV UTF-8”."))
    if FORM.match(text):
        return _broken("not-csv", _("This is a form. Send the CSV file itself as the body of the request."))
    try:
        table = list(_table(text))
    except csv.Error:
        return _broken("not-csv", _("The file is not CSV. Look for a quotation mark that is not closed."))
    if not table:
        return _broken("empty", _("The file has no header."))
    (_row, names), *cells = table
    header = [name.strip().lower() for name in names]
    errors = list(_header(header)) or list(_too_many(cells))
    return Parsed((), tuple(errors)) if errors else _rows(header, cells, now)


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of every row that is not empty."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    yield from ((number, cells) for number, cells in enumerate(reader, 1) if any(cell.strip() for cell in cells))


def _header(header: list[str]) -> Iterator[RowError]:
    for name in sorted({n for n in header if header.count(n) > 1}):
        yield RowError(1, name[:MAX_CELL], "repeated-column", _("This column is there twice."))
    for name in sorted(set(header) - set(COLUMNS)):
        yield RowError(
            1,
            name[:MAX_CELL],
            "unknown-column",
            _("This column is unknown. There are {names}.").format(names=", ".join(COLUMNS)),
        )
    if "email" not in header:
        yield RowError(1, "email", "missing-column", _("The column `email` is missing."))


def _too_many(cells: list[tuple[int, list[str]]]) -> Iterator[RowError]:
    if len(cells) > MAX_ROWS:
        yield RowError(
            cells[MAX_ROWS][0],
            "",
            "too-many-rows",
            _("One file holds at most {limit} candidates.").format(limit=MAX_ROWS),
        )


def _rows(header: list[str], table: list[tuple[int, list[str]]], now: datetime) -> Parsed:
    rows: list[NewRow] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table:
        reader = _Reader(number, header, cells, now)
        row = reader.read()
        errors += reader.errors
        errors += _twice(row, seen)
        rows.append(row)
    return Parsed((), tuple(errors)) if errors else Parsed(tuple(rows), ())


def _twice(row: NewRow, seen: dict[tuple[str, str], int]) -> Iterator[RowError]:
    """A person who is in the file already, by address or external id."""
    for column, value in (("email", (row.person.email or "").lower()), ("external_id", row.person.external_id or "")):
        first = seen.setdefault((column, value), row.row) if value else row.row
        if first != row.row:
            yield RowError(row.row, column, "duplicate", _("The same as in row {row}.").format(row=first))


class _Reader:
    """Reads one row and notes what is wrong with it; what cannot be read is left at its default."""

    def __init__(self, number: int, header: list[str], cells: list[str], now: datetime) -> None:
        self.number, self.now = number, now
        self.errors: list[RowError] = []
        self._cells = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        if len(cells) > len(header):
            self.wrong("", "too-many-cells", _("This row has more cells than the header."))
        for name, cell in self._cells.items():
            if len(cell) > MAX_CELL or CONTROL.search(cell):
                self.wrong(name, "bad-text", _("Write one line of at most {limit} characters.").format(limit=MAX_CELL))
                self._cells[name] = ""

    def read(self) -> NewRow:
        zone = self._zone()
        person = Person(
            email=self._matching("email", EMAIL.fullmatch, "bad-email", _("This is not a mail address.")),
            first_name=self._cell("first_name"),
            last_name=self._cell("last_name"),
            external_id=self._cell("external_id") or None,
            timezone=zone,
            locale=self._matching(
                "locale", LOCALE.fullmatch, "bad-locale", _("This is not a language. Write it such as `en` or `de-AT`.")
            )
            or "en",
        )
        multiplier = self._multiplier()
        return NewRow(self.number, person, self._due(zone, multiplier), multiplier, self._minutes(), self._tags())

    def wrong(self, column: str, code: str, detail: str) -> None:
        self.errors.append(RowError(self.number, column, code, detail))

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "")

    def _matching(self, name: str, matches: Callable[[str], object], code: str, detail: str) -> str | None:
        value = self._cell(name)
        if not value and name != "email":
            return None
        if len(value) > 254 or not matches(value):
            self.wrong(name, code, detail)
            return None
        return value

    def _zone(self) -> str:
        name = self._cell("timezone") or "UTC"
        if deadlines.is_zone(name):
            return name
        self.wrong("timezone", "bad-timezone", _("This time zone is unknown. Use an IANA name, such as Europe/Vienna."))
        return "UTC"

    def _multiplier(self) -> float:
        said = self._cell("time_multiplier").replace(",", ".") or "1"
        low, high = MULTIPLIERS
        if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", said) and low <= float(said) <= high:
            return float(said)
        self.wrong(
            "time_multiplier",
            "bad-multiplier",
            _("Give a number from {low:g} to {high:g}, such as 1.5.").format(low=low, high=high),
        )
        return 1.0

    def _minutes(self) -> int | None:
        said = self._cell("minutes")
        if not said:
            return None
        if re.fullmatch(r"[0-9]{1,6}", said) and int(said) <= MOST_MINUTES:
            return int(said)
        self.wrong(
            "minutes",
            "bad-minutes",
            _("Give whole minutes up to {most}, 0 for no timer, or nothing for the challenge’s own.").format(
                most=MOST_MINUTES
            ),
        )
        return None

    def _due(self, zone: str, multiplier: float) -> datetime | None:
        said = self._cell("due_at")
        if not said:
            return None
        try:
            return deadlines.due(said, zone, multiplier, self.now)
        except Invalid as no:
            self.wrong("due_at", no.code, no.detail)
            return None

    def _tags(self) -> tuple[str, ...]:
        words = [word.strip() for word in re.split(r"[,;|]", self._cell("tags"))]
        tags = tuple(dict.fromkeys(word for word in words if word))
        if len(tags) > MAX_TAGS or not all(TAG.fullmatch(tag) for tag in tags):
            self.wrong(
                "tags",
                "bad-tags",
                _("Give at most {limit} tags of 50 characters, separated by | or ;.").format(limit=MAX_TAGS),
            )
            return ()
        return tags


def _broken(code: str, detail: str) -> Parsed:
    return Parsed((), (RowError(0, "", code, detail),))
