"""The type of a column of text, decided by all of its values.

A guess from the first rows is wrong where a letter stands in the last one, and a guess by the cell gives one customer
two keys.  So a column is a number or a date only where every value of it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from challenges.tables.table import Kind
from graders.model.later import pa, pc
from graders.words import count, say, sentences

#: What stands for no value in a column of numbers or dates; in one of text a word may be meant as it stands.
TEXT_GAPS = ("", "NA", "N/A", "NaN", "nan", "n/a", "null", "NULL", "#N/A", "<NA>")
GAPS = (*TEXT_GAPS, "None", "n.a.", "N.A.", "-", "?", ".", "nil")
TWO_LETTERS = "^[A-Z]{2}$"
INTEGER = r"^[+-]?(0|[1-9]\d{0,17})$"
POINT = r"^[+-]?((0|[1-9]\d{0,30})(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?$"
COMMA = r"^[+-]?((0|[1-9]\d{0,30})(,\d{0,30})?|,\d{1,30})([eE][+-]?\d{1,3})?$"
#: Marks of thousands, and the decimal mark that goes with each.
THOUSANDS = (
    (",", "."),
    (".", ","),
    (" ", "."),
    (" ", ","),
    ("'", "."),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("\u2019", "."),
)
#: An amount, and what may stand beside it: a sign, a currency, a unit of measure; letters before it make a code.
AMOUNT = r"[+-]?\d[\d.,' ]{0,30}"
BEFORE = r"(?P<before>[^\w\s.,+-]\s?|[A-Z]{3} )"
BEHIND = r"(?P<behind>\s?[^\w\s.,]?[A-Za-z]{1,3}(?:/[A-Za-z]{1,3})?[²³]?|\s?[^\w\s.,])"
WITH_SIGN = re.compile(f"[+-]?{BEFORE}?{AMOUNT}{BEHIND}?")
#: What is taken off amounts beside signs of a currency.
CURRENCIES = frozenset({"%", "EUR", "USD", "GBP", "CHF", "JPY"})
ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$"
#: Shapes of dates that are not ISO's, with the order of their parts.
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%Y{0}%m{0}%d"
#: What may stand behind a date, and how it is read.
CLOCKS = (
    ("", ""),
    (r" \d{1,2}:\d{2}", " %H:%M"),
    (r" \d{1,2}:\d{2}:\d{2}", " %H:%M:%S"),
    (r" \d{1,2}:\d{2} [AaPp][Mm]", " %I:%M %p"),
    (r" \d{1,2}:\d{2}:\d{2} [AaPp][Mm]", " %I:%M:%S %p"),
)
#: Dates with the English name of the month, short or whole: nothing of them can be read in two ways.
NAMED_MONTHS = (
    (r"^\d{1,2} [A-Za-z]{3,9} \d{4}", "%d {0} %Y"),
    (r"^\d{1,2}-[A-Za-z]{3,9}-\d{4}", "%d-{0}-%Y"),
    (r"^[A-Za-z]{3,9} \d{1,2}, \d{4}", "{0} %d, %Y"),
)
LAST_EXACT = 2**53


@dataclass(frozen=True)
class Style:
    """How the other columns of a file write numbers: their decimal mark where one is sure, and its separator."""

    separator: str
    decimal: str = ""


@dataclass(frozen=True)
class Typed:
    """A column of its own type; `values` is int64, float64 or string, with nulls for gaps.

    odd: the one value that keeps a column of numbers from being one, "" where there is none or more than one.
    """

    values: pa.ChunkedArray
    kind: Kind
    note: str = ""
    odd: str = ""


def decimal_mark(column: pa.ChunkedArray) -> str:
    """The decimal mark that a column shows beyond doubt, "" where it shows none."""
    known = _known(column, GAPS)
    if not len(known) or _all(known, INTEGER):
        return ""
    for mark, pattern in ((".", POINT), (",", COMMA)):
        if _all(known, pattern) and not _thousands_like(known, mark):
            return mark
    for mark, decimal in THOUSANDS:
        if _all(known, _grouped(mark, decimal)) and _any(known, f"[{mark}]") and _any(known, f"[{decimal}]"):
            return decimal
    return ""


def typed(column: pa.ChunkedArray, style: Style) -> Typed:
    """The column in the one type that all of its values have; text where they have none in common."""
    known = _known(column, GAPS)
    if not len(known):
        return Typed(_without(column, TEXT_GAPS), "text", say("It holds no values."))
    if _all(known, INTEGER):
        return _integers(column)
    date = _dates(column, known)
    if date is not None:
        return date
    return _numbers(column, known, style) or _amounts(column, style) or _text(column)


def _integers(column: pa.ChunkedArray) -> Typed:
    numbers = pc.cast(_unsigned(_without(column, GAPS)), pa.int64())
    if not numbers.null_count:
        return Typed(numbers, "int")
    if max(abs(number) for number in _ends(numbers)) > LAST_EXACT:
        return Typed(_without(column, TEXT_GAPS), "text", say("Its whole numbers are too long for a column with gaps."))
    return Typed(pc.cast(numbers, pa.float64()), "float")


def _numbers(column: pa.ChunkedArray, known: pa.ChunkedArray, style: Style) -> Typed | None:
    """As numbers with a point, with a comma, or with marks of thousands, whichever all values are."""
    if _all(known, r"^[+-]?(0|[1-9]\d{0,39})$"):
        return Typed(_without(column, TEXT_GAPS), "text", say("Its whole numbers are too long to be numbers."))
    for mark, pattern in ((".", POINT), (",", COMMA)):
        if not _all(known, pattern):
            continue
        other = "," if mark == "." else "."
        # 1,234 and 1.234 can be read both ways; what other columns do decides, then what such files mostly do.
        usual = style.separator == "," if mark == "," else False
        if _thousands_like(known, mark) and (style.decimal == other or (not style.decimal and usual)):
            whole = pc.replace_substring(_without(column, GAPS), mark, "")
            return _with_note(_integers(whole), say("`{mark}` is read as the mark of thousands.", mark=mark))
        numbers = _without(column, GAPS)
        note = say("`,` is read as the decimal mark.") if mark == "," else ""
        if mark == ",":
            numbers = pc.replace_substring(numbers, ",", ".")
        return _with_note(finite(_floats(numbers)), note)
    for mark, decimal in THOUSANDS:
        if _all(known, _grouped(mark, decimal)):
            bare = pc.replace_substring(_without(column, GAPS), mark, "")
            note = say("`{mark}` is read as the mark of thousands.", mark=mark)
            if not _any(known, f"[{decimal}]"):
                return _with_note(_integers(bare), note)
            return _with_note(finite(_floats(pc.replace_substring(bare, decimal, "."))), note)
    return None


def _amounts(column: pa.ChunkedArray, style: Style) -> Typed | None:
    """Numbers beside each of which the same sign of a currency or of hundredths stands; a unit of measure stays."""
    sign = _beside(_known(column, GAPS))
    if sign not in CURRENCIES and (len(sign) != 1 or unicodedata.category(sign) != "Sc"):
        return None
    bare = pc.utf8_trim_whitespace(pc.replace_substring(_without(column, GAPS), sign, ""))
    known = _known(bare, GAPS)
    if sign != "%":  # no amount has three decimals
        style = next(
            (Style(style.separator, other) for mark, other in ((".", ","), (",", ".")) if _thousands_like(known, mark)),
            style,
        )
    found = _integers(bare) if _all(known, INTEGER) else _numbers(bare, known, style)
    return found and _with_note(found, say("`{sign}` was taken off its numbers.", sign=sign))


def _with_note(column: Typed, note: str) -> Typed:
    return Typed(column.values, column.kind, sentences(note, column.note))


def finite(numbers: pa.ChunkedArray) -> Typed:
    """Numbers with gaps where one is infinite, as no learner takes those."""
    infinite = pc.is_inf(numbers)
    count = pc.sum(infinite).as_py() or 0
    if not count:
        return Typed(numbers, "float")
    return Typed(
        pc.if_else(infinite, pa.scalar(None, pa.float64()), numbers),
        "float",
        say("Its infinite values are gaps: {count:,}.", count=count),
    )


def _floats(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(_unsigned(text), pa.float64())


def _unsigned(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without a plus, which Arrow takes for no sign of a number."""
    return pc.replace_substring_regex(text, r"^\+", "")


def _thousands_like(known: pa.ChunkedArray, mark: str) -> bool:
    """Whether each mark could be one of thousands: always three figures behind it, no leading zero, and no long
    number without it."""
    marked = known.filter(pc.match_substring(known, mark))
    if not len(marked):
        return False
    plain = known.filter(pc.invert(pc.match_substring(known, mark)))
    return _all(marked, rf"^[+-]?[1-9]\d{{0,2}}([{mark}]\d{{3}}){{1,6}}$") and not _any(plain, r"\d{4}")


def _grouped(mark: str, decimal: str) -> str:
    return rf"^[+-]?(0|[1-9]\d{{0,2}}([{mark}]\d{{3}}){{0,6}})([{decimal}]\d{{1,20}})?$"


def _dates(column: pa.ChunkedArray, known: pa.ChunkedArray) -> Typed | None:
    if _all(known, ISO):
        return _iso(column, known)
    for mark in (".", "/", "-"):
        for orders, shape in (
            ((DAY_FIRST, MONTH_FIRST), rf"^\d{{1,2}}[{mark}]\d{{1,2}}[{mark}]\d{{4}}"),
            ((YEAR_FIRST,), rf"^\d{{4}}[{mark}]\d{{1,2}}[{mark}]\d{{1,2}}"),
        ):
            for clock, told in CLOCKS:
                if _all(known, f"{shape}{clock}$"):
                    return _ordered(column, known, [order.format(mark) + told for order in orders])
    forms = (
        form.format(month) + told
        for shape, form in NAMED_MONTHS
        for clock, told in CLOCKS
        if _all(known, f"{shape}{clock}$")
        for month in ("%b", "%B")
    )
    form = next((form for form in forms if _round_trip(known, form)), None)
    return None if form is None else _ordered(column, known, [form])


def _ordered(column: pa.ChunkedArray, known: pa.ChunkedArray, formats: list[str]) -> Typed | None:
    """By the one order of parts that all values can be read in; text where there are two, or none."""
    fits = [form for form in formats if not pc.strptime(known, form, "s", error_is_null=True).null_count]
    real = [form for form in fits if _round_trip(known, form)]
    if len(real) != 1:
        if real and formats[0].startswith("%d.%m"):  # no country writes the month first with points
            real = real[:1]
        else:
            why = (
                say("It stays text, as either the day or the month may come first.")
                if real
                else say("It stays text, as some of its dates are in no calendar.")
            )
            return Typed(_without(column, TEXT_GAPS), "text", why)
    days = pc.strptime(_without(column, GAPS), real[0], "s", error_is_null=True)
    return Typed(as_text(days), "date text", say("Its dates are read as {order}.", order=_spoken(real[0])))


def _round_trip(known: pa.ChunkedArray, form: str) -> bool:
    """Whether the parts come back as they were: strptime makes 1 March of 30 February."""
    written = pc.strftime(pc.strptime(known, form, "s", error_is_null=True), form)
    padded = pc.replace_substring_regex(known, r"\b(\d)\b", r"0\1")
    same = pc.equal(pc.utf8_lower(written), pc.utf8_lower(padded))  # JAN is January, and pm is PM
    return bool(pc.all(pc.fill_null(same, False)).as_py())


def _spoken(form: str) -> str:
    date = re.split(" %[HI]", form)[0]
    return re.sub("%[mbB]", "month", date).replace("%d", "day").replace("%Y", "year")


def _iso(column: pa.ChunkedArray, known: pa.ChunkedArray) -> Typed:
    days_only = _all(known, r"^\d{4}-\d{2}-\d{2}$")
    zoned = _any(known, r"(Z|[+-]\d{2}:?\d{2})$") and not days_only
    try:
        if zoned and not _all(known, r"(Z|[+-]\d{2}:?\d{2})$"):
            return Typed(_without(column, TEXT_GAPS), "text", say("It stays text, as only some times name their zone."))
        unit = pa.timestamp("ns", "UTC") if zoned else pa.timestamp("ns") if not days_only else pa.date32()
        times = pc.cast(_without(column, GAPS), unit)
    except pa.ArrowInvalid:
        return Typed(
            _without(column, TEXT_GAPS), "text", say("It stays text, as some of its dates are in no calendar.")
        )
    return Typed(as_text(times), "date text", say("Its times are told in UTC.") if zoned else "")


def as_text(times: pa.ChunkedArray) -> pa.ChunkedArray:
    """Dates and times as ISO text; the time of day only where one of them has one."""
    if pa.types.is_date(times.type):
        return pc.strftime(times, "%Y-%m-%d")
    seconds = pc.cast(times, pa.timestamp("s", times.type.tz), safe=False)
    whole = pc.all(pc.equal(pc.floor_temporal(seconds, unit="day"), seconds)).as_py()
    return pc.strftime(seconds, "%Y-%m-%d" if whole is not False else "%Y-%m-%d %H:%M:%S")


def _text(column: pa.ChunkedArray) -> Typed:
    """Text, in which NA stands for no value unless all others are codes of two letters, as those of countries are."""
    known = _known(column, TEXT_GAPS)
    gaps = ("",) if len(known) and _all(known, TWO_LETTERS) else TEXT_GAPS
    number = pc.match_substring_regex(known, POINT)
    share = (pc.sum(number).as_py() or 0) / max(len(known), 1)
    odd = known.filter(pc.invert(number))
    note, alone = "", ""
    if len(odd) == 1 < len(known):  # also where few numbers repeat
        alone = odd[0].as_py()
    if 0.9 <= share < 1:
        rows = pc.sum(pc.is_in(pc.utf8_trim_whitespace(column), value_set=odd)).as_py()
        note = count(
            "It stays text, as {n:,} value is no number, such as {value}.",
            "It stays text, as {n:,} values are no numbers, such as {value}.",
            rows,
            value=repr(odd[0].as_py()[:40]),
        )
    elif share == 0 and (sign := _beside(known)):
        note = say(
            "It stays text, as `{sign}` stands beside its numbers. Take it out where they are amounts.", sign=sign
        )
    return Typed(_without(column, gaps), "text", note, alone)


def _beside(known: pa.Array) -> str:
    """What stands beside every number of a column, such as `€` or `kg`; "" where there are codes or no numbers."""
    found = WITH_SIGN.fullmatch(known[0].as_py()) if len(known) > 1 else None
    if found is None:
        return ""
    before, behind = re.escape(found["before"] or ""), re.escape(found["behind"] or "")
    all_have_it = bool(before or behind) and _all(known, f"^[+-]?{before}{AMOUNT}{behind}$")
    return (found["before"] or found["behind"]).strip() if all_have_it else ""


def _without(column: pa.ChunkedArray, gaps: tuple[str, ...]) -> pa.ChunkedArray:
    """The column with null where a value stands for none."""
    trimmed = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(trimmed, value_set=pa.array(gaps, column.type))
    return pc.if_else(missing, pa.scalar(None, column.type), trimmed if gaps is GAPS else column)


def _known(column: pa.ChunkedArray, gaps: tuple[str, ...]) -> pa.ChunkedArray:
    """The values that are some, without the spaces around them; each once where that is fewer."""
    trimmed = pc.utf8_trim_whitespace(column)
    values = pc.unique(trimmed)
    values = values.filter(pc.invert(pc.is_in(values, value_set=pa.array(gaps, column.type))))
    return values.drop_null()


def _all(values: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(values, pattern)).as_py() is not False


def _any(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _ends(numbers: pa.ChunkedArray) -> tuple[int, int]:
    ends = pc.min_max(numbers)
    return ends["min"].as_py(), ends["max"].as_py()
