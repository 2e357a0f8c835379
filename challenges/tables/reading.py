"""A file becomes a Table: CSV, also packed with gzip, or Parquet.

A file is hostile until it is read, so `to_parquet` is called in a process with bounds, and leaves plain rows.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from challenges.tables.columns import LAST_EXACT, Style, Typed, as_text, decimal_mark, finite, typed
from challenges.tables.packed import Rows, as_whole, narrow, of_parquet, plain
from challenges.tables.table import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_NAME,
    MAX_ROWS,
    Kind,
    Note,
    Table,
    TableError,
    named,
)
from challenges.tables.text_file import TextFile
from graders.model.later import pa, pacsv, pc, pd, pq
from graders.report.translated import restored, stored
from graders.words import count, listed, say, sentences

SEPARATORS = (",", ";", "\t", "|")
#: Text that is looked at for the header and the separator, and the longest that one row may be.
SNIFFED, BLOCK = 1 << 18, 1 << 22
#: Text that waits to be laid on the disk, so that only one column of it is in memory at a time.
WAITING = 1 << 25
PARQUET = b"PAR1"
OTHER = re.compile(r"\s{0,9}(?:\[\s{0,9}[\[{]|\{\s{0,9}\"|<(?:!doctype|html|table|\?xml)\b)", re.IGNORECASE)
KEY = b"assay"
#: What stands in the last row of a report that adds up the others.
TOTAL = re.compile(
    r"(?:grand |sub)?(?:total|totals|sum|summe|gesamt|insgesamt|somme|totale|totaal|suma):?", re.IGNORECASE
)


def read(path: Path) -> Table:
    """The table in a file of our own or of a trusted place; TableError says what cannot be used and where."""
    whole, notes, kinds, orders = _columns(path)
    columns = {}
    for name in whole.column_names:
        columns[name] = plain(whole.column(name), kinds[name])
        whole = whole.drop_columns([name])  # each column is held once
    return Table(pd.DataFrame(columns, copy=False), kinds, orders, tuple(notes))


def to_parquet(path: Path, to: Path) -> None:
    """Read a file that anybody may have sent, and write what was read as Parquet; TableError as in `read`.

    Run it in a process with bounds: a file may be made to take all memory.
    """
    _begin_threads()
    whole, notes, kinds, orders = _columns(path)
    told = [[note.column, note.what] for note in notes]
    about = {"kinds": kinds, "orders": orders, "notes": told, "messages": stored(told)}
    pq.write_table(whole.replace_schema_metadata({KEY: json.dumps(about)}), to, compression="zstd")


def _begin_threads() -> None:
    """Arrow waits for ever for a thread that it cannot begin, so both of its pools have theirs while memory is left."""
    pa.set_io_thread_count(1)
    pa.set_cpu_count(1)
    pacsv.read_csv(pa.py_buffer(b"a\n1\n"))


def from_parquet(path: Path) -> Table:
    """What `to_parquet` wrote, its rows in as few bytes as they need."""
    about = json.loads(pq.read_schema(path).metadata[KEY])
    orders = {name: tuple(order) for name, order in about["orders"].items()}
    notes = tuple(Note(column, restored(what, about["messages"])) for column, what in about["notes"])
    return Table(of_parquet(path, about["kinds"]), about["kinds"], orders, notes)


def too_much(megabytes: int, seconds: int) -> TableError:
    """What whoever reads a file in a process with bounds says where it meets them."""
    much = say(
        "Reading the file takes more than {megabytes:,} MB of memory or {seconds} s.",
        megabytes=megabytes,
        seconds=seconds,
    )
    return TableError(sentences(much, say("Leave out columns or rows.")), code="TABLE_MEMORY")


def _compact(column: Typed) -> pa.ChunkedArray:
    """The same values in fewer bytes: whole numbers in narrow types, texts that repeat as codes."""
    values = column.values
    if column.kind in ("text", "date text"):
        coded = values.dictionary_encode().unify_dictionaries()
        known = len(coded.chunk(0).dictionary) if coded.num_chunks else 0
        return coded if known < len(values) / 4 else values
    whole = values if column.kind == "int" else as_whole(values)
    return values if whole is None else narrow(whole)


def _columns(path: Path) -> tuple[pa.Table, list[Note], dict[str, Kind], dict[str, tuple[str, ...]]]:
    if path.stat().st_size > MAX_BYTES:
        raise TableError(
            say("The file has more than {most:,} MB, which is the most a table may be.", most=MAX_BYTES // 2**20),
            code="TABLE_SIZE",
        )
    with path.open("rb") as file:
        start = file.read(len(PARQUET))
    try:
        columns, notes, orders = _parquet(path) if start == PARQUET else _csv(path)
    except MemoryError:  # Arrow's own is both
        raise
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # Arrow raises one without of bytes that are broken
            raise
        if "straddl" in str(error):
            says = sentences(
                say("A row has more than {most:,} MB, which is the most.", most=BLOCK // 2**20),
                say("Look for a quote that is never closed."),
            )
            raise TableError(says, code="TABLE_ROW") from error
        raise TableError(say("The file cannot be read: {why}.", why=_brief(error)), code="TABLE_UNREADABLE") from error
    if not columns or not len(next(iter(columns.values())).values):
        raise TableError(say("The file holds no rows below its header."), code="TABLE_EMPTY")
    notes += [Note(name, column.note) for name, column in columns.items() if column.note]
    kinds = {name: column.kind for name, column in columns.items()}
    return pa.table({name: column.values for name, column in columns.items()}), notes, kinds, orders


# --- CSV ---------------------------------------------------------------------------------------------


def _csv(path: Path) -> tuple[dict[str, Typed], list[Note], dict[str, tuple[str, ...]]]:
    separator, header = _sniff(path)
    names, notes = _names(header)
    with tempfile.TemporaryFile(prefix="assay-cells-") as cells:
        encoding = _cells(path, separator, names, cells)
        notes += [Note("", encoding)] if encoding else []
        with pq.ParquetFile(cells) as text:
            marks = Counter(mark for name in names if (mark := decimal_mark(_column(text, name))))
            decimal = marks.most_common(1)[0][0] if len(marks) == 1 else ""
            style, columns, ends = Style(separator, decimal), {}, _Ends()
            for name in names:
                whole = _column(text, name)
                own = typed(whole, style)
                columns[name] = Typed(_compact(own), own.kind, own.note)
                ends.see(whole, own)
    ends.refuse()
    return columns, notes, {}


class _Ends:
    """What the first and the last row say, where they are none of the table: units, a second header, a total."""

    def __init__(self) -> None:
        self.odd_first: list[str] = []
        self.total = ""
        self.empty_last = 0

    def see(self, cells: pa.ChunkedArray, own: Typed) -> None:
        if not len(cells):
            return
        first, last = (cells[place].as_py().strip() for place in (0, -1))
        if own.odd and first == own.odd and _times(cells, first) == 1:
            self.odd_first.append(first)
        if TOTAL.fullmatch(last) and _times(cells, last) == 1:
            self.total = last
        self.empty_last += not last

    def refuse(self) -> None:
        if len(self.odd_first) > 1:
            no = say(
                "The first row below the header holds text, such as {value}, in {columns:,} columns of numbers.",
                value=repr(self.odd_first[0][:40]),
                columns=len(self.odd_first),
            )
            raise TableError(
                sentences(no, say("Delete it if it holds units; if it is the header, delete what stands above it.")),
                code="TABLE_HEADER",
            )
        if self.total and self.empty_last:
            raise TableError(
                say("The last row seems to be a total of the others: {value}. Delete it.", value=repr(self.total[:40])),
                code="TABLE_TOTAL",
            )


def _times(cells: pa.ChunkedArray, value: str) -> int:
    return int(pc.sum(pc.equal(pc.utf8_trim_whitespace(cells), value)).as_py() or 0)


def _column(file: pq.ParquetFile, name: str) -> pa.ChunkedArray:
    return file.read(columns=[name], use_threads=False).column(0)


def _sniff(path: Path) -> tuple[str, list[str]]:
    """The separator by which most lines have as many fields as the header, and the header."""
    with TextFile(path) as file:
        start = io.BufferedReader(file).read(SNIFFED)
    text = start.decode(errors="ignore")
    if not text.strip():
        raise TableError(say("The file is empty."), code="TABLE_EMPTY")
    if OTHER.match(text):
        raise TableError(
            say("The file is JSON, HTML or XML, and no table. Save it as CSV or Parquet."), code="TABLE_NO_TEXT"
        )
    if text.startswith("sep="):
        says = say("The first line is a hint for a spreadsheet, and not the header. Delete it.")
        raise TableError(says, code="TABLE_HEADER")
    best: tuple[float, int, str, list[str]] = (0.0, 0, ",", [])
    for separator in SEPARATORS:
        lines = list(_parsed(text, separator, whole=len(start) < SNIFFED))
        header = lines[0] if lines else []
        if _rows_are_named(lines):
            header = ["", *header]
        agreeing = sum(len(line) == len(header) for line in lines[:500]) / max(len(lines[:500]), 1)
        if len(header) > 1:
            best = max(best, (agreeing, len(header), separator, header))
    if len(best[3]) < 2:
        raise TableError(
            sentences(
                say("The first line names one column only. Columns are separated by , ; | or a tabulator."),
                say("Where lines stand above the header, delete them."),
            ),
            code="TABLE_HEADER",
        )
    return best[2], best[3]


def _parsed(text: str, separator: str, *, whole: bool) -> Iterator[list[str]]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines if whole or len(lines) < 3 else lines[:-1], delimiter=separator)
    try:
        yield from (line for line in reader if line)
    except csv.Error:
        return


def _rows_are_named(lines: list[list[str]]) -> bool:
    """Whether each row begins with a name of its own that the header has no field for, as R's `write.table` does."""
    header, body = lines[:1], lines[1:501]
    if len(body) < 2 or len(header[0]) < 2 or not any(map(_numeric, body[0])):  # a title stands above the header
        return False
    named = len({line[0] for line in body}) == len(body)
    return named and all(len(line) == len(header[0]) + 1 and line[-1] for line in body)


def _names(header: list[str]) -> tuple[list[str], list[Note]]:
    """Names of columns: each once, none empty, no signs that nobody can see."""
    if len(header) > MAX_COLUMNS:
        raise TableError(
            say("The table has more than {most:,} columns, which is the most. Leave some out.", most=MAX_COLUMNS),
            code="TABLE_COLUMNS",
        )
    if all(_numeric(name) for name in header):
        raise TableError(
            say("The first line holds numbers only, so the names of the columns seem to be missing."),
            code="TABLE_HEADER",
        )
    if _measured([float(name.replace(",", ".")) for name in header if _numeric(name)]):
        no = say("The first line holds numbers as a row does, so the names of the columns seem to be missing.")
        raise TableError(sentences(no, say("Write them above it.")), code="TABLE_HEADER")
    notes, names = [], []
    for number, name in enumerate(header, 1):
        clean = "".join(sign if sign.isprintable() else " " for sign in name).strip()[:MAX_NAME]
        if len(clean) == MAX_NAME < len(name.strip()):
            notes.append(Note(clean, say("Its name was cut to {most} signs.", most=MAX_NAME)))
        elif not clean:
            clean = f"column_{number}"
            notes.append(Note(clean, say("Its name was missing in the header.")))
        elif clean != name:
            notes.append(
                Note(clean, say("Signs that cannot be seen, or spaces around it, were taken out of its name."))
            )
        if clean == "self":  # `DataFrame.assign(**columns)` cannot take it, in our code and in a candidate's
            clean = "self_"
            notes.append(Note(clean, say("Its name was `self`, which pandas cannot take in every place.")))
        names.append(clean)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableError(
            say(
                "The header has the same name more than once: {names}. Rename the columns.", names=", ".join(twice[:5])
            ),
            code="TABLE_NAMES",
        )
    return names, notes


def _measured(numbers: list[float]) -> bool:
    """Whether numbers in a header are those of a row: names are in order, such as years, quantiles or places."""
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    falling = all(step < 0 for step in steps) and all(number % 1 == 0 for number in numbers)
    return len(numbers) > 2 and not falling and not all(step > 0 for step in steps)


def _numeric(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _cells(path: Path, separator: str, names: list[str], to: IO[bytes]) -> str:
    """Write all cells as text to a Parquet file; gives what there is to say about the encoding.

    TableError names the ragged lines.
    """
    ragged, last = 0, ""

    def skip(_row: pacsv.InvalidRow) -> str:
        nonlocal ragged
        ragged += 1
        return "skip"

    parse = pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip)
    reading = pacsv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK, use_threads=False)
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    with TextFile(path) as file:
        reader = pacsv.open_csv(
            pa.PythonFile(file, mode="r"), read_options=reading, parse_options=parse, convert_options=convert
        )
        with pq.ParquetWriter(to, reader.schema, compression="lz4", write_statistics=False) as writer:
            for part in _parts(reader, len(names)):
                writer.write_table(part)
                last = part.column(len(names) - 1)[-1].as_py() or ""
        if ragged:
            raise TableError(_ragged(path, separator, len(names)), code="TABLE_RAGGED")
        if "\n" in last and not file.last.rstrip().endswith(b'"'):
            line = file.lines - last.count("\n") + last.endswith("\n")
            raise TableError(
                sentences(
                    say(
                        "The quote that opens in line {line:,} is never closed, so the rest would be one value.",
                        line=line,
                    ),
                    say("Close it, or take it out."),
                ),
                code="TABLE_QUOTE",
            )
        return file.note


def _parts(reader: Iterable[pa.RecordBatch], width: int) -> Iterator[pa.Table]:
    """Batches put together to a size that is worth a group of rows; TableError where they pass a limit."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in reader:
        rows += len(batch)
        size += batch.nbytes
        if rows > MAX_ROWS:
            raise TableError(
                say("The table has more than {most:,} rows, which is the most.", most=MAX_ROWS), code="TABLE_ROWS"
            )
        if rows * width > MAX_CELLS:
            raise TableError(_too_many_cells(width), code="TABLE_VALUES")
        waiting.append(batch)
        if size > WAITING:
            yield pa.Table.from_batches(waiting)
            waiting, size = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)


def _too_many_cells(width: int) -> str:
    return sentences(
        say("The table has more than {most:,} values, which is the most.", most=MAX_CELLS),
        say(
            "With {columns:,} columns that is {rows:,} rows: leave out columns or rows.",
            columns=width,
            rows=MAX_CELLS // width,
        ),
    )


def _ragged(path: Path, separator: str, width: int) -> str:
    """Which lines have another number of fields than the header, by the number of the line in the file."""
    with TextFile(path) as file:
        lines = io.TextIOWrapper(io.BufferedReader(file), encoding="utf-8", newline="")
        reader, wrong, begin = csv.reader(lines, delimiter=separator), [], 1
        for line in reader:
            if line and len(line) != width:
                wrong.append((begin, len(line)))
            begin = reader.line_num + 1
    told = listed(say("line {number:,} has {fields}", number=number, fields=fields) for number, fields in wrong[:10])
    if len(wrong) > 10:
        told = say("{lines} and {n:,} more", lines=told, n=len(wrong) - 10)
    return sentences(
        say("The header has {width} fields, but {lines}.", width=width, lines=told),
        say("Mend these lines, or put quotes around their text."),
    )


# --- Parquet -----------------------------------------------------------------------------------------


def _parquet(path: Path) -> tuple[dict[str, Typed], list[Note], dict[str, tuple[str, ...]]]:
    with pq.ParquetFile(path) as file:
        about = file.metadata
        size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        if about.num_rows > MAX_ROWS:
            raise TableError(
                say("The table has {rows:,} rows; the most are {most:,}.", rows=about.num_rows, most=MAX_ROWS),
                code="TABLE_ROWS",
            )
        if about.num_rows * about.num_columns > MAX_CELLS:
            raise TableError(_too_many_cells(about.num_columns), code="TABLE_VALUES")
        if size > MAX_BYTES:
            raise TableError(
                say(
                    "Unpacked, the table has {size:,} MB; the most are {most:,}.",
                    size=size // 2**20,
                    most=MAX_BYTES // 2**20,
                ),
                code="TABLE_SIZE",
            )
        schema = file.schema_arrow
        names, notes = _names(schema.names)
        columns, orders = {}, {}
        for own, name in zip(schema.names, names, strict=True):
            if not schema.names.count(own) == 1:
                raise TableError(
                    say("Two columns have the name {name}. Rename one.", name=repr(own)), code="TABLE_NAMES"
                )
            column = file.read(columns=[own]).column(0)
            if pa.types.is_dictionary(column.type):
                if column.type.ordered:
                    orders[name] = tuple(map(str, column.combine_chunks().dictionary.to_pylist()))
                column = pc.cast(column, column.type.value_type)
            own_type = _plain(name, column)
            columns[name] = Typed(_compact(own_type), own_type.kind, own_type.note)
    return columns, notes, orders


def _plain(name: str, column: pa.ChunkedArray) -> Typed:
    """A column of any Arrow type in one of ours."""
    for types, made in PLAIN.items():
        if any(getattr(pa.types, f"is_{one}")(column.type) for one in types):
            return made(column)
    raise TableError(
        say(
            "The column {name} holds {kind}, which cannot be used. Take it out of the file.",
            name=repr(name),
            kind=column.type,
        ),
        code="TABLE_TYPE",
    )


def _yes_or_no(column: pa.ChunkedArray) -> Typed:
    return _whole(pc.cast(column, pa.int8()), say("Yes is 1 and no is 0."))


def _long(column: pa.ChunkedArray) -> Typed:
    try:
        return _whole(pc.cast(column, pa.int64()))
    except pa.ArrowInvalid:
        return Typed(pc.cast(column, pa.string()), "text", say("Its whole numbers are too long, so they are text."))


def _whole(column: pa.ChunkedArray, note: str = "") -> Typed:
    numbers = pc.cast(column, pa.int64())
    if not numbers.null_count:
        return Typed(numbers, "int", note)
    ends = pc.min_max(numbers)
    if max(abs(ends["min"].as_py() or 0), abs(ends["max"].as_py() or 0)) > LAST_EXACT:
        return Typed(
            pc.cast(numbers, pa.string()), "text", say("Its whole numbers are too long for a column with gaps.")
        )
    return Typed(pc.cast(numbers, pa.float64()), "float", note)


def _floating(column: pa.ChunkedArray) -> Typed:
    values = pc.cast(column, pa.float64())
    return finite(pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values))


def _decimal(column: pa.ChunkedArray) -> Typed:
    return Typed(pc.cast(column, pa.float64()), "float", say("Its decimal numbers are rounded to 15 figures."))


def _moment(column: pa.ChunkedArray) -> Typed:
    zoned = pa.types.is_timestamp(column.type) and column.type.tz is not None
    values = pc.cast(column, pa.timestamp(column.type.unit, "UTC")) if zoned else column
    return Typed(pc.cast(as_text(values), pa.string()), "date text", say("Its times are told in UTC.") if zoned else "")


def _duration(column: pa.ChunkedArray) -> Typed:
    nanoseconds = pc.cast(pc.cast(column, pa.duration("ns")), pa.int64())
    return Typed(pc.divide(pc.cast(nanoseconds, pa.float64()), 1e9), "float", say("It is told in seconds."))


def _text(column: pa.ChunkedArray) -> Typed:
    values = pc.cast(column, pa.string())
    return Typed(pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values), "text")


def _empty(column: pa.ChunkedArray) -> Typed:
    return Typed(pc.cast(column, pa.string()), "text", say("It holds no values."))


def _nested(column: pa.ChunkedArray) -> Typed:
    values = [None if value is None else json.dumps(_simple(value)) for value in column.to_pylist()]
    return Typed(pa.chunked_array([pa.array(values, pa.string())]), "text", say("Its lists are written as JSON."))


#: What becomes of columns by their Arrow type, as `pyarrow.types` names it; the first that fits counts.
PLAIN: dict[tuple[str, ...], Callable[[pa.ChunkedArray], Typed]] = {
    ("boolean",): _yes_or_no,
    ("uint64",): _long,
    ("integer",): _whole,
    ("floating",): _floating,
    ("decimal",): _decimal,
    ("date", "timestamp"): _moment,
    ("time", "string", "large_string", "string_view"): _text,
    ("duration",): _duration,
    ("null",): _empty,
    ("nested",): _nested,
}


def _simple(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _simple(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(part) for part in value]
    return value if isinstance(value, int | float | str | bool | None) else str(value)


def _brief(error: Exception) -> str:
    return str(error).splitlines()[0][:200].rstrip(".")


def missing(rows: Rows, column: str) -> str:
    """Where a label or a key is missing, by the number of the row below the header; "" where none is."""
    gaps = [int(row) + 1 for row in np.flatnonzero(rows[column].isna())]
    if not gaps:
        return ""
    without = count(
        "{n:,} row has no {name}: row {rows}, counted below the header.",
        "{n:,} rows have no {name}: rows {rows}, counted below the header.",
        len(gaps),
        name=repr(column),
        rows=named(gaps),
    )
    return sentences(without, say("Fill or delete them."))


def keys(table: Table, column: str) -> pd.Series:
    """A key as text, as the whole file has it: an identifier is a name, even where it looks like a number."""
    values = table.rows[column]
    if table.kinds[column] == "float":
        whole = values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
        return whole.astype("str")
    return values.astype("str")
