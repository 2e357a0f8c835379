"""A file becomes a Table: CSV, also packed with gzip, or Parquet.

A file is hostile until it is read, so `to_parquet` is called in a process with bounds, and leaves plain rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from challenges.tables.columns import LAST_EXACT, Style, Typed, as_text, decimal_mark, typed
from challenges.tables.table import MAX_BYTES, MAX_COLUMNS, MAX_NAME, MAX_ROWS, Kind, Note, Table, TableError, named
from challenges.tables.text_file import TextFile

SEPARATORS = (",", ";", "\t", "|")
#: Text that is looked at for the header and the separator, and the longest that one row may be.
SNIFFED, BLOCK = 1 << 18, 1 << 22
PARQUET = b"PAR1"
KEY = b"assay"


def read(path: Path) -> Table:
    """The table in a file of our own or of a trusted place; TableError says what cannot be used and where."""
    plain, notes, kinds, orders = _columns(path)
    return Table(_frame(plain), kinds, orders, tuple(notes))


def to_parquet(path: Path, to: Path) -> None:
    """Read a file that anybody may have sent, and write what was read as Parquet; TableError as in `read`.

    Run it in a process with bounds: a file may be made to take all memory.
    """
    plain, notes, kinds, orders = _columns(path)
    about = {"kinds": kinds, "orders": orders, "notes": [[note.column, note.what] for note in notes]}
    pq.write_table(plain.replace_schema_metadata({KEY: json.dumps(about)}), to, compression="zstd")


def from_parquet(path: Path) -> Table:
    """What `to_parquet` wrote."""
    plain = pq.read_table(path)
    about = json.loads(plain.schema.metadata[KEY])
    orders = {name: tuple(order) for name, order in about["orders"].items()}
    return Table(_frame(plain), about["kinds"], orders, tuple(Note(*note) for note in about["notes"]))


def _frame(plain: pa.Table) -> pd.DataFrame:
    rows = plain.replace_schema_metadata(None).to_pandas(self_destruct=True, split_blocks=True)
    return cast(pd.DataFrame, rows)


def _columns(path: Path) -> tuple[pa.Table, list[Note], dict[str, Kind], dict[str, tuple[str, ...]]]:
    if path.stat().st_size > MAX_BYTES:
        raise TableError(f"The file has more than {MAX_BYTES // 2**20:,} MB, which is the most a table may be.")
    with path.open("rb") as file:
        start = file.read(len(PARQUET))
    try:
        columns, notes, orders = _parquet(path) if start == PARQUET else _csv(path)
    except pa.ArrowException as error:
        raise TableError(f"The file cannot be read: {_brief(error)}.") from error
    if not columns or not len(next(iter(columns.values())).values):
        raise TableError("The file holds no rows below its header.")
    notes += [Note(name, column.note) for name, column in columns.items() if column.note]
    table = pa.table({name: column.values for name, column in columns.items()})
    return table, notes, {name: column.kind for name, column in columns.items()}, orders


# --- CSV ---------------------------------------------------------------------------------------------


def _csv(path: Path) -> tuple[dict[str, Typed], list[Note], dict[str, tuple[str, ...]]]:
    separator, header = _sniff(path)
    names, notes = _names(header)
    text, encoding = _cells(path, separator, names)
    notes += [Note("", encoding)] if encoding else []
    marks = Counter(mark for name in names if (mark := decimal_mark(text.column(name))))
    decimal = marks.most_common(1)[0][0] if len(marks) == 1 else ""
    style, columns = Style(separator, decimal), {}
    for name in names:
        columns[name] = typed(text.column(name), style)
        text = text.drop_columns([name])  # its text is not needed beside its values
    return columns, notes, {}


def _sniff(path: Path) -> tuple[str, list[str]]:
    """The separator by which most lines have as many fields as the header, and the header."""
    with TextFile(path) as file:
        start = io.BufferedReader(file).read(SNIFFED)
    text = start.decode(errors="ignore")
    if not text.strip():
        raise TableError("The file is empty.")
    best: tuple[float, int, str, list[str]] = (0.0, 0, ",", [])
    for separator in SEPARATORS:
        lines = list(_parsed(text, separator, whole=len(start) < SNIFFED))
        header = lines[0] if lines else []
        agreeing = sum(len(line) == len(header) for line in lines[:500]) / max(len(lines[:500]), 1)
        if len(header) > 1:
            best = max(best, (agreeing, len(header), separator, header))
    if len(best[3]) < 2:
        raise TableError("The header names one column only. Columns are separated by , ; | or a tabulator.")
    return best[2], best[3]


def _parsed(text: str, separator: str, *, whole: bool) -> Iterator[list[str]]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines if whole or len(lines) < 3 else lines[:-1], delimiter=separator)
    try:
        yield from (line for line in reader if line)
    except csv.Error:
        return


def _names(header: list[str]) -> tuple[list[str], list[Note]]:
    """Names of columns: each once, none empty, no signs that nobody can see."""
    if len(header) > MAX_COLUMNS:
        raise TableError(f"The table has {len(header):,} columns; the most are {MAX_COLUMNS:,}.")
    if all(_numeric(name) for name in header):
        raise TableError("The first line holds numbers only, so the names of the columns seem to be missing.")
    notes, names = [], []
    for number, name in enumerate(header, 1):
        clean = "".join(sign if sign.isprintable() else " " for sign in name).strip()[:MAX_NAME]
        if not clean:
            clean = f"column_{number}"
            notes.append(Note(clean, "Its name was missing in the header."))
        elif clean != name:
            notes.append(Note(clean, "Signs that cannot be seen, or spaces around it, were taken out of its name."))
        names.append(clean)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableError(f"The header names {len(twice)} columns more than once: {', '.join(twice[:5])}. Rename them.")
    return names, notes


def _numeric(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _cells(path: Path, separator: str, names: list[str]) -> tuple[pa.Table, str]:
    """All cells as text, and what there is to say about the encoding; TableError names the ragged lines."""
    ragged = 0

    def skip(_row: pacsv.InvalidRow) -> str:
        nonlocal ragged
        ragged += 1
        return "skip"

    parse = pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip)
    reading = pacsv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK, use_threads=False)
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    with TextFile(path) as file:
        batches, rows = [], 0
        reader = pacsv.open_csv(
            pa.PythonFile(file, mode="r"), read_options=reading, parse_options=parse, convert_options=convert
        )
        for batch in reader:
            batches.append(batch)
            rows += len(batch)
            if rows > MAX_ROWS:
                raise TableError(f"The table has more than {MAX_ROWS:,} rows, which is the most.")
        if ragged:
            raise TableError(_ragged(path, separator, len(names)))
        return pa.Table.from_batches(batches, reader.schema), file.note


def _ragged(path: Path, separator: str, width: int) -> str:
    """Which lines have another number of fields than the header, by the number of the line in the file."""
    with TextFile(path) as file:
        lines = io.TextIOWrapper(io.BufferedReader(file), encoding="utf-8", newline="")
        reader, wrong, begin = csv.reader(lines, delimiter=separator), [], 1
        for line in reader:
            if line and len(line) != width:
                wrong.append((begin, len(line)))
            begin = reader.line_num + 1
    shown = ", ".join(f"line {number:,} has {count}" for number, count in wrong[:10])
    more = f" and {len(wrong) - 10:,} more" if len(wrong) > 10 else ""
    return f"The header has {width} fields, but {shown}{more}. Mend these lines, or put quotes around their text."


# --- Parquet -----------------------------------------------------------------------------------------


def _parquet(path: Path) -> tuple[dict[str, Typed], list[Note], dict[str, tuple[str, ...]]]:
    with pq.ParquetFile(path) as file:
        about = file.metadata
        size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        if about.num_rows > MAX_ROWS:
            raise TableError(f"The table has {about.num_rows:,} rows; the most are {MAX_ROWS:,}.")
        if size > MAX_BYTES:
            raise TableError(f"Unpacked, the table has {size // 2**20:,} MB; the most are {MAX_BYTES // 2**20:,}.")
        schema = file.schema_arrow
        names, notes = _names(schema.names)
        columns, orders = {}, {}
        for own, name in zip(schema.names, names, strict=True):
            if not schema.names.count(own) == 1:
                raise TableError(f"Two columns have the name {own!r}. Rename one.")
            column = file.read(columns=[own]).column(0)
            if pa.types.is_dictionary(column.type):
                if column.type.ordered:
                    orders[name] = tuple(map(str, column.combine_chunks().dictionary.to_pylist()))
                column = pc.cast(column, column.type.value_type)
            columns[name] = _plain(name, column)
    return columns, notes, orders


def _plain(name: str, column: pa.ChunkedArray) -> Typed:  # noqa: C901, PLR0911 - a table of types
    """A column of any Arrow type in one of ours."""
    kind, is_type = column.type, pa.types
    if is_type.is_boolean(kind):
        column = pc.cast(column, pa.int8())
        return _whole(column, "Yes is 1 and no is 0.")
    if is_type.is_uint64(kind):
        try:
            return _whole(pc.cast(column, pa.int64()), "")
        except pa.ArrowInvalid:
            return Typed(pc.cast(column, pa.string()), "text", "Its whole numbers are too long, so they are text.")
    if is_type.is_integer(kind):
        return _whole(column, "")
    if is_type.is_floating(kind):
        values = pc.cast(column, pa.float64())
        return Typed(pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values), "float")
    if is_type.is_decimal(kind):
        return Typed(pc.cast(column, pa.float64()), "float", "Its decimal numbers are rounded to 15 figures.")
    if is_type.is_date(kind) or is_type.is_timestamp(kind):
        zoned = is_type.is_timestamp(kind) and kind.tz is not None
        values = pc.cast(column, pa.timestamp(kind.unit, "UTC")) if zoned else column
        return Typed(pc.cast(as_text(values), pa.string()), "date text", "Its times are told in UTC." if zoned else "")
    if is_type.is_time(kind):
        return Typed(pc.cast(column, pa.string()), "text")
    if is_type.is_duration(kind):
        nanoseconds = pc.cast(pc.cast(column, pa.duration("ns")), pa.int64())
        return Typed(pc.divide(pc.cast(nanoseconds, pa.float64()), 1e9), "float", "It is told in seconds.")
    if is_type.is_string(kind) or is_type.is_large_string(kind) or is_type.is_string_view(kind):
        values = pc.cast(column, pa.string())
        return Typed(pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values), "text")
    if is_type.is_null(kind):
        return Typed(pc.cast(column, pa.string()), "text", "It holds no values.")
    if is_type.is_nested(kind):
        values = [None if value is None else json.dumps(_simple(value)) for value in column.to_pylist()]
        return Typed(pa.chunked_array([pa.array(values, pa.string())]), "text", "Its lists are written as JSON.")
    raise TableError(f"The column {name!r} holds {kind}, which cannot be used. Leave it out.")


def _whole(column: pa.ChunkedArray, note: str) -> Typed:
    numbers = pc.cast(column, pa.int64())
    if not numbers.null_count:
        return Typed(numbers, "int", note)
    ends = pc.min_max(numbers)
    if max(abs(ends["min"].as_py() or 0), abs(ends["max"].as_py() or 0)) > LAST_EXACT:
        return Typed(pc.cast(numbers, pa.string()), "text", "Its whole numbers are too long for a column with gaps.")
    return Typed(pc.cast(numbers, pa.float64()), "float", note)


def _simple(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _simple(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(part) for part in value]
    return value if isinstance(value, int | float | str | bool | None) else str(value)


def _brief(error: Exception) -> str:
    return str(error).splitlines()[0][:200].rstrip(".")


def missing(rows: pd.DataFrame, column: str) -> str:
    """Where a label or a key is missing, by the number of the row below the header; "" where none is."""
    gaps = [int(row) + 1 for row in rows.index[rows[column].isna()]]
    return f"{len(gaps):,} rows have no {column!r}: rows {named(gaps)}." if gaps else ""


def keys(table: Table, column: str) -> pd.Series:
    """A key as text, as the whole file has it: an identifier is a name, even where it looks like a number."""
    values = table.rows[column]
    if table.kinds[column] == "float":
        whole = values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
        return whole.astype("str")
    return values.astype("str")
