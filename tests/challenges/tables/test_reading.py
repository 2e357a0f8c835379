"""A table is read as the whole file has it, or refused with the place."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from challenges.tables import reading, text_file
from challenges.tables import table as limits
from challenges.tables.packed import frame
from challenges.tables.table import Table, TableError


def written(folder: Path, data: bytes | str) -> Path:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def zipped(name: str) -> bytes:
    """A zip of one file."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, "a,b\n1,2\n")
    return data.getvalue()


def column(folder: Path, values: list[str], separator: str = ";", more: str = "") -> tuple[str, list[Any]]:
    """The kind and the values of a column `a` beside others; `more` is a second column's value in each row."""
    lines = [f"a{separator}b", *(f"{value}{separator}{more}" for value in values)]
    table = reading.read(written(folder, "\n".join(lines)))
    return table.kinds["a"], table.rows["a"].to_list()


@pytest.mark.parametrize(
    ("values", "more", "kind", "first"),
    [
        (["1", "2", "3"], "", "int", 1),
        (["1", "", "3"], "", "float", 1.0),
        (["1.5", ".", "3"], "", "float", 1.5),  # as Stata and SAS write a gap
        (["1,5", "2", "30"], "", "float", 1.5),
        (["1.234,5", "12,3"], "", "float", 1234.5),
        (["1,234.5", "12.3"], "", "float", 1234.5),
        (["1.234.567", "1.000"], "", "int", 1234567),
        (["1 234,50", "12,00"], "", "float", 1234.5),
        (["1'234.50", "12.00"], "", "float", 1234.5),
        (["1.234", "2.500"], "0,5", "int", 1234),  # the other column shows that the comma is the decimal mark
        (["1.234", "2.500"], "0.5", "float", 1.234),
        (["0.234", "2.500"], "0,5", "float", 0.234),
        (["1e3", ".5", "-2.", "+7"], "", "float", 1000.0),
        (["01.02.2026", "13.02.2026"], "0,5", "date text", "2026-02-01"),
        (["01.02.2026", "02.02.2026"], "", "date text", "2026-02-01"),
        (["1/2/2026", "1/13/2026"], "", "date text", "2026-01-02"),
        (["1/2/2026", "13/1/2026"], "", "date text", "2026-02-01"),
        (["1/2/2026", "3/4/2026"], "", "text", "1/2/2026"),  # either may be the day
        (["30.02.2026", "01.02.2026"], "", "text", "30.02.2026"),
        (["31.12.2025 9:05", "01.02.2026 10:00"], "", "date text", "2025-12-31 09:05:00"),
        (["12/31/2025 23:59:59", "1/2/2026 0:00:01"], "", "date text", "2025-12-31 23:59:59"),
        (["+50", "-7", "3"], "", "int", 50),
        (["+50", "", "3"], "", "float", 50.0),
        (["2026-02-01", ""], "", "date text", "2026-02-01"),
        (["2026-02-01T10:30", "2026-02-01 11:00:00"], "", "date text", "2026-02-01 10:30:00"),
        (["2026-02-01T10:30:00+02:00", "2026-02-01T10:30:00Z"], "", "date text", "2026-02-01 08:30:00"),
        (["007", "008"], "", "text", "007"),
        (["12", "13", "A14"], "", "text", "12"),
        (["NA", "DE", "FR"], "", "text", "NA"),  # codes of countries
        (["NA", "blue"], "", "text", np.nan),
        (["12345678901234567", ""], "", "text", "12345678901234567"),
        (["2026", "2027"], "", "int", 2026),
        (["true", "false"], "", "text", "true"),
        (["=1+1", "@x"], "", "text", "=1+1"),
        (["9223372036854775807", "5"], "", "text", "9223372036854775807"),  # as a float, its neighbours would be it
        (["1e999", "2"], "", "float", np.nan),
        (["inf", "2"], "", "text", "inf"),
        (["1.5", "n.a.", "3"], "", "float", 1.5),
        (["3 May 2024", "13 Jun 2024"], "", "date text", "2024-05-03"),
        (["03 May 2024", "13 May 2024"], "", "date text", "2024-05-03"),
        (["03-MAR-2024", "13-APR-2024"], "", "date text", "2024-03-03"),
        (["March 3, 2024", "April 13, 2024"], "", "date text", "2024-03-03"),
        (["31 Feb 2024", "1 Mar 2024"], "", "text", "31 Feb 2024"),
        (["12 Main 2024", "1 Mar 2024"], "", "text", "12 Main 2024"),
        (["5/3/2024 1:20 PM", "13/3/2024 12:05 am"], "", "date text", "2024-03-05 13:20:00"),
        (["5%", "6%"], "", "int", 5),
        (["10:30", "11:45"], "", "text", "10:30"),
        (["9999-12-31", "2024-01-01"], "", "date text", "9999-12-31"),
        (["2024-01-01", "01.02.2024"], "", "text", "2024-01-01"),
    ],
)
def test_a_column_has_the_one_type_that_all_of_its_values_have(
    tmp_path: Path, values: list[str], more: str, kind: str, first: Any
) -> None:
    found, cells = column(tmp_path, values, more=more)
    assert (found, str(cells[0])) == (kind, str(first))


def test_a_letter_in_the_last_row_makes_a_key_text_in_all_of_them(tmp_path: Path) -> None:
    text = "id,y\n" + "".join(f"{100_000 + row % 20_000},{row}\n" for row in range(40_000)) + "A1,3\n"
    table = reading.read(written(tmp_path, text))
    assert table.rows["id"].nunique() == 20_001
    assert set(map(type, table.rows["id"])) == {str}


def test_large_identifiers_with_a_gap_stay_apart(tmp_path: Path) -> None:
    text = "id,y\n" + "".join(f"{9_007_199_254_740_990 + row},1\n" for row in range(50)) + ",1\n"
    table = reading.read(written(tmp_path, text))
    assert table.rows["id"].nunique() == 50
    assert "no 'id'" in reading.missing(table.rows, "id")
    assert "1 row has no 'id': row 51" in reading.missing(table.rows, "id")


@pytest.mark.parametrize(
    "data",
    [
        "a,b\nM\u00fcller,1\n".encode(),
        "\ufeffa,b\nM\u00fcller,1\n".encode(),
        "a,b\nM\u00fcller,1\n".encode("cp1252"),
        "a,b\r\nM\u00fcller,1\r\n".encode("utf-16"),
        gzip.compress("a;b\nM\u00fcller;1\n".encode(), mtime=0),  # its name is the same in every process
        'a\tb\n"M\u00fcller"\t1\n\n'.encode(),
    ],
)
def test_encodings_marks_packing_and_separators_are_seen_through(tmp_path: Path, data: bytes) -> None:
    table = reading.read(written(tmp_path, data))
    assert table.rows.to_dict("list") == {"a": ["M\u00fcller"], "b": [1]}


@pytest.mark.parametrize("data", ['"a","b"\n"1",2,"x"\n"2",3,"y"\n', "a b\n1 2 x\n2 3 y\n".replace(" ", "\t")])
def test_rows_that_are_named_as_r_names_them_are_read(tmp_path: Path, data: str) -> None:
    table = reading.read(written(tmp_path, data))
    assert table.rows.to_dict("list") == {"column_1": [1, 2], "a": [2, 3], "b": ["x", "y"]}
    assert table.notes[0].column == "column_1"


def test_lines_of_another_encoding_are_told(tmp_path: Path) -> None:
    data = "a,b\nM\u00fcller,1\n".encode() + "K\u00f6ln,2\n".encode("cp1252")
    table = reading.read(written(tmp_path, data))
    assert table.rows["a"].to_list() == ["M\u00fcller", "K\u00f6ln"]
    assert "lines 3" in table.notes[0].what


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        ('a,b\n1,2\n"x\ny",3\n1,2,3\n4\n', "TABLE_RAGGED", "line 5 has 3, line 6 has 1"),
        ('a,b\n"x,1\ny,2\n', "TABLE_RAGGED", "line 2 has 1"),
        ("a,b\n" + "1,2,3\n" * 12, "TABLE_RAGGED", "line 11 has 3 and 2 more"),
        ("a,b\n1,2,\n2,3,\n", "TABLE_RAGGED", "line 2 has 3, line 3 has 3"),
        ('a,b\n1,x\n2,"y\n3,z\n4,w\n', "TABLE_QUOTE", "opens in line 3 is never closed"),
        ('a,b\n1,x\n2,"y\n3,z', "TABLE_QUOTE", "opens in line 3"),
        ("a,a\n1,2\n", "TABLE_NAMES", "more than once: a"),
        ("a, a\n1,2\n", "TABLE_NAMES", "more than once: a"),
        ("1,2\n3,4\n", "TABLE_HEADER", "names of the columns seem to be missing"),
        ("a\n1\n", "TABLE_HEADER", "one column only"),
        ("Report of June\n\na,b\n1,2\n", "TABLE_HEADER", "above the header, delete them"),
        ("sep=;\na;b\n1;2\n", "TABLE_HEADER", "hint for a spreadsheet"),
        (",".join(f"c{number}" for number in range(100_000)) + "\n1\n", "TABLE_COLUMNS", "more than 2,000 columns"),
        ("a,b\n", "TABLE_EMPTY", "no rows"),
        ("", "TABLE_EMPTY", "empty"),
        (b"a,b\n\0,1\n", "TABLE_NO_TEXT", "zero bytes"),
        ("a,b\n1,2\n".encode("utf-32"), "TABLE_NO_TEXT", "Save it as CSV in UTF-8"),
        ('[{"a": 1, "b": 2}]', "TABLE_NO_TEXT", "JSON"),
        ("<html><table><tr><td>a,b</td></tr></table>", "TABLE_NO_TEXT", "HTML"),
        (b"PK\x03\x04junk", "TABLE_PACKED", "packed in a way"),
        (zipped("t.csv"), "TABLE_PACKED", "Unpack it"),
        (zipped("[Content_Types].xml"), "TABLE_WORKBOOK", "Save the sheet with the table as CSV"),
        (zipped("xl/workbook.xml"), "TABLE_WORKBOOK", "workbook of a spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "TABLE_WORKBOOK", "workbook of a spreadsheet"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "TABLE_PACKED", "cannot be unpacked"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0) + b"junk", "TABLE_PACKED", "cannot be unpacked"),
        (b"PAR1" + b"\1" * 60, "TABLE_UNREADABLE", "cannot be read"),
        (f"a,b\n{'x' * 2 * reading.BLOCK},1\n1,2\n", "TABLE_ROW", "more than 4 MB"),
        ("name,width,mass\n-,cm,kg\nx,3,4.5\ny,5,6\n", "TABLE_HEADER", "such as 'cm', in 2 columns"),
        ("Size,,Who\nwidth,mass,name\n3,4.5,x\n5,6,y\n", "TABLE_HEADER", "if it is the header"),
        ("shop,sold,stock\nA,3,1\nB,4,2\nGrand total,7,\n", "TABLE_TOTAL", "a total of the others: 'Grand total'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, data: bytes | str, code: str, says: str) -> None:
    with pytest.raises(TableError, match=says) as refused:
        reading.read(written(tmp_path, data))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        "a,b\nx,1\n2,3\n4,5\n",  # one value of one column
        "a,b\nx,n.a.\n2,3\n4,5\n",
        "a,b\nx,y\n2,3\nx,5\n4,y\n",  # each stands twice
        "total,b\nsum,1\nsum,\n",  # a value as others
        "kind,b\nnet,1\ntotal,3\n",  # a row without a gap
    ],
)
def test_rows_at_the_ends_that_may_be_rows_are_read(tmp_path: Path, data: str) -> None:
    assert len(reading.read(written(tmp_path, data)).rows) == data.count("\n") - 1


@pytest.mark.parametrize(
    ("values", "sign", "numbers"),
    [
        (["€ 1,234.50", "€ 7"], "€", [1234.5, 7.0]),
        (["$12", "-$3.5", " "], "$", [12.0, -3.5, None]),
        (["EUR 12", "EUR 1.200,00"], "EUR", [12.0, 1200.0]),
        (["1.200 €", "12 €"], "€", [1200, 12]),
        (["5%", "6%"], "%", [5, 6]),
    ],
)
def test_the_sign_of_an_amount_is_taken_off(tmp_path: Path, values: list[str], sign: str, numbers: list[Any]) -> None:
    kind, found = column(tmp_path, values)
    assert kind in ("int", "float")
    assert pd.Series(found).equals(pd.Series(numbers, dtype="float64" if kind == "float" else "int64"))
    notes = reading.read(written(tmp_path, "a;b\n" + "".join(f"{value};x\n" for value in values))).notes
    assert notes[0].what.startswith(f"`{sign}` was taken off its numbers.")


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        ("5.1,3.5,1.4,0.2,setosa", True),
        ("39,State,77516,Bachelor,13,male", True),
        ("0.23,5.07,-0.28,'-1'", True),
        ("country,2010,2011,2012", False),
        ("country,2012,2011,2010", False),
        ("id,0.1,0.5,0.9", False),
        ("id,1,y", False),
    ],
)
def test_numbers_in_the_first_line_are_names_only_in_order(tmp_path: Path, header: str, refused: bool) -> None:
    data = f"{header}\n" + f"{','.join('12345678'[: header.count(',') + 1])}\n" * 3
    if not refused:
        assert len(reading.read(written(tmp_path, data)).rows) == 3
        return
    with pytest.raises(TableError, match="numbers as a row does"):
        reading.read(written(tmp_path, data))


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["12 kg", "3.5 kg"], "kg"),
        (["12 km/h", "7 km/h"], "km/h"),
        (["SKU001", "SKU002"], ""),
        (["V12", "V13"], ""),
        (["$5", "€6"], ""),
        (["$5", "6"], ""),
        (["5 kg", "6 lb"], ""),
        (["10:30", "11:45"], ""),
        (["3 of 4", "2 of 9"], ""),
        (["12", "7"], ""),
        (["A", "B"], ""),
    ],
)
def test_what_stands_beside_every_number_is_named(tmp_path: Path, values: list[str], sign: str) -> None:
    notes = reading.read(written(tmp_path, "a;b\n" + "".join(f"{value};x\n" for value in values))).notes
    assert [note.what for note in notes] == (
        [f"It stays text, as `{sign}` stands beside its numbers. Take it out where they are amounts."] if sign else []
    )


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=cmd|'/c calc'!A1", "../../etc/passwd", "{{ 7 * 7 }}", "a b"]
)
def test_a_name_is_text_whatever_it_says(tmp_path: Path, name: str) -> None:
    assert list(reading.read(written(tmp_path, f"{name},b\n1,2\n")).rows) == [name, "b"]


def test_a_table_of_more_values_than_are_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CELLS", 1_000)
    path = written(tmp_path, "a,b\n" + "1,2\n" * 600)
    for own in (path, tmp_path / "t.parquet"):
        pd.DataFrame({"a": range(600), "b": 1}).to_parquet(tmp_path / "t.parquet")
        with pytest.raises(TableError, match="500 rows") as refused:
            reading.read(own)
        assert refused.value.code == "TABLE_VALUES"


@pytest.mark.parametrize(
    ("values", "kind", "first"),
    [
        (pa.array([2**64 - 1, 1], pa.uint64()), "text", str(2**64 - 1)),
        (pa.array([10, 20]).dictionary_encode(), "int", 10),
        (pa.array([dt.date(2026, 2, 1), None], pa.date64()), "date text", "2026-02-01"),
        (pa.array([Decimal("1.5"), None], pa.decimal256(50, 2)), "float", 1.5),
        (pa.array([dt.timedelta(1), None]), "float", 86_400.0),
        (pa.array([{"x": 1}, {"x": 2}]), "text", '{"x": 1}'),
        (pa.array([1.0, float("inf")]), "float", 1.0),
        (pa.array([dt.datetime(9999, 1, 1), None], pa.timestamp("us")), "date text", "9999-01-01"),
        (pa.array([-0.0, 1.0]), "float", -0.0),
        (pa.array([127, -128], pa.int8()), "int", 127),
    ],
)
def test_each_type_of_parquet_has_one_of_ours(tmp_path: Path, values: pa.Array, kind: str, first: Any) -> None:
    pq.write_table(pa.table({"a": values, "b": [1, 2]}), tmp_path / "t.parquet")
    table = reading.read(tmp_path / "t.parquet")
    assert (table.kinds["a"], str(table.rows["a"][0])) == (kind, str(first))
    assert table.rows["a"].dtype == {"int": "int64", "float": "float64"}.get(kind, "str")


def test_bytes_are_refused_by_the_name_of_their_column(tmp_path: Path) -> None:
    pq.write_table(pa.table({"raw": [b"\xff", b"x"], "b": [1, 2]}), tmp_path / "t.parquet")
    with pytest.raises(TableError, match="'raw' holds binary") as refused:
        reading.read(tmp_path / "t.parquet")
    assert refused.value.code == "TABLE_TYPE"


def test_a_quote_that_is_closed_may_hold_lines(tmp_path: Path) -> None:
    assert reading.read(written(tmp_path, 'a,b\n1,"x\ny"\n2,"last\nline"\n')).rows["b"].to_list() == [
        "x\ny",
        "last\nline",
    ]


def test_a_broken_parquet_is_read_or_refused(tmp_path: Path) -> None:
    """Whatever byte is changed, there is no other end."""
    path, refused = tmp_path / "table.parquet", 0
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), path)
    whole = path.read_bytes()
    for place in range(4, len(whole), 9):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        try:
            reading.read(path)
        except TableError as no:
            refused += no.code == "TABLE_UNREADABLE"
    assert refused


def test_a_column_that_pandas_cannot_assign_has_another_name(tmp_path: Path) -> None:
    table = reading.read(written(tmp_path, "self,b\n1,2\n"))
    assert [*table.kinds] == ["self_", "b"]
    assert table.notes[0].column == "self_"


def test_names_are_told_where_they_had_to_be_mended(tmp_path: Path) -> None:
    table = reading.read(written(tmp_path, "a\u200b,,<b>x</b>\n1,2,3\n"))
    assert list(table.rows) == ["a", "column_2", "<b>x</b>"]
    assert [note.column for note in table.notes] == ["a", "column_2"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "MAX_BYTES", 2**22)
    with pytest.raises(TableError, match="more than 4 MB"):
        reading.read(written(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 2**21, mtime=0)))


@pytest.mark.parametrize("parquet", [False, True])
def test_too_many_rows_are_refused_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parquet: bool
) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 1_000)
    path = tmp_path / "table"
    if parquet:
        pd.DataFrame({"a": range(2_000), "b": 1}).to_parquet(path)
    else:
        path.write_text("a,b\n" + "1,2\n" * 2_000)
    with pytest.raises(TableError, match="1,000"):
        reading.read(path)
    assert limits.MAX_ROWS == 5_000_000


def parquet(folder: Path) -> Table:
    day = dt.date(2026, 2, 1)
    columns = {
        "whole": pa.array([1, None, 3], pa.int32()),
        "id": pa.array([2**60, 2**60 + 1, None], pa.int64()),
        "yes": pa.array([True, False, True]),
        "money": pa.array([Decimal("1.50"), None, Decimal("2.25")]),
        "day": pa.array([day, day, None]),
        "time": pa.array([dt.datetime(2026, 2, 1, 10), None, None], pa.timestamp("ns", "Europe/Berlin")),
        "size": pa.array(["m", "s", "m"]).dictionary_encode(),
        "parts": pa.array([[1, 2], None, []]),
        "none": pa.nulls(3),
        "single": pa.array([0.5, float("nan"), 1.5], pa.float32()),
    }
    columns["ordered"] = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1]), pa.array(["low", "high"]), ordered=True)
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return reading.read(folder / "t.parquet")


def test_parquet_types_become_plain_ones(tmp_path: Path) -> None:
    table = parquet(tmp_path)
    assert table.kinds == {
        "whole": "float",
        "id": "text",
        "yes": "int",
        "money": "float",
        "day": "date text",
        "time": "date text",
        "size": "text",
        "parts": "text",
        "none": "text",
        "single": "float",
        "ordered": "text",
    }
    first = table.rows.iloc[0].to_dict()
    assert first == pytest.approx(
        {
            "whole": 1.0,
            "id": str(2**60),
            "yes": 1,
            "money": 1.5,
            "day": "2026-02-01",
            "time": "2026-02-01 10:00:00",
            "size": "m",
            "parts": "[1, 2]",
            "none": np.nan,
            "single": 0.5,
            "ordered": "high",
        },
        nan_ok=True,
    )
    assert table.orders == {"ordered": ("low", "high")}


def test_what_was_read_comes_back_from_its_parquet(tmp_path: Path) -> None:
    path = written(tmp_path, "id,day,x\n7,01.02.2026,1\n8,13.02.2026,\n")
    reading.to_parquet(path, tmp_path / "plain")
    before, after = reading.read(path), reading.from_parquet(tmp_path / "plain")
    pd.testing.assert_frame_equal(before.rows, frame(after.rows, slice(None)))
    assert (before.kinds, before.notes) == (after.kinds, after.notes)


def test_a_key_of_numbers_is_text_without_a_point(tmp_path: Path) -> None:
    table = reading.read(written(tmp_path, "id,x\n7,1\n8,1\n"))
    assert reading.keys(table, "id").to_list() == ["7", "8"]
