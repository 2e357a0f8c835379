"""People in the table: CHAL008 and CHAL009."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np

from challenges.tables import folds
from challenges.tables.lint.model import Finding, Level, Subject, quoted, share
from challenges.tables.proposal import describe_people, may_be_of_people
from graders.model.later import pd
from graders.words import N_, Text, count, say

MAIL = re.compile(r"(?<=[A-Za-z0-9._%+-])@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,4}")
PHONE = re.compile(
    r"(?:\+|00)\d{1,3}[ ()/.-]{0,2}\d(?:[ ()/.-]{0,2}\d){5,12}"
    r"|\(?0\d{2,5}\)?[ /-]\d(?:[ -]?\d){4,9}|\(?\d{3}\)?[ -]\d{3}-\d{4}"
)
IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?")
NAME_COLUMN = re.compile(
    r"(?:^|_)(?:first|last|given|family|middle|full|sur|fore|maiden|customer|client|patient|employee|contact)_?name$"
    r"|^(?:name|surname|vorname|nachname|nom|prenom|apellido|nombre)$"
)
PERSON = re.compile(r"[^\W\d_][\w'’.-]{0,30}(?:,? [^\W\d_][\w'’.-]{0,30}){0,3}")
#: A name with an initial and a word in capitals: things have no such names, whatever their column is called.
INITIAL, CAPITALS = re.compile(r"(?:^|[ .])[^\W\d_a-z]\.(?![\w.])"), re.compile(r"[^\W\d_a-z][\w'’-]{2}")
PLACE = re.compile(r"(?:^|_)(?:lat|lon|lng|long|latitude|longitude|street|address|strasse|adresse)(?:_|$)")
SHAPE = r"(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON) ?Z?M? ?\("  # well-known text (OGC 06-103r4)
LOOKED_AT = 4_000
PLACES = N_("precise places")
#: The kind of what names or finds a person, how sure it is, and how many values are of it.
Told = tuple[str, Level, int]


def personal(subject: Subject) -> Iterable[Finding]:
    """CHAL008, one finding for each kind.  What names or finds a person; told by share of the values, never quoted."""
    found: dict[tuple[str, Level], dict[str, Text]] = {}
    for entry in subject.definition.column:
        if entry.name == subject.definition.target or entry.name not in subject.public:
            continue
        values = subject.public[entry.name].dropna()
        values = values.sample(min(LOOKED_AT, len(values)), random_state=0)
        if told := _kind(entry.name, values):
            kind, level, hits = told
            found.setdefault((kind, level), {})[entry.name] = say(
                "{share} of the values of `{column}` that were looked at are {kind}.",
                share=share(hits, len(values)),
                column=entry.name,
                kind=say(kind),
            )
    for (kind, level), lines in found.items():
        why = say("Candidates get the public rows on their own machines, and may get personal data only for a reason.")
        do = say("Leave it out. Where rows of one person must stay together, replace it by a pseudonym.")
        if kind == PLACES:
            do = say("Leave it out, or round it: two decimals are about a kilometre.")
        title = count(
            "{columns} holds {kind}", "{columns} hold {kind}", len(lines), columns=quoted(lines), kind=say(kind)
        )
        yield Finding("CHAL008", level, title, tuple(lines.values()), why, do, tuple(lines))


def _kind(name: str, values: pd.Series) -> Told | None:
    """What a column's values are that names or finds a person, by the surest rule that fits."""
    plain = folds.plain(name)
    if len(values) < 5:
        return None
    if pd.api.types.is_numeric_dtype(values):
        return (PLACES, "warning", len(values)) if PLACE.search(plain) and _precise(values) else None
    texts = values.astype("str").str.slice(0, 300)
    return _addresses(texts) or _names(plain, texts) or _places(plain, texts) or _free_text(texts)


def _precise(numbers: pd.Series) -> bool:
    """Whether numbers are degrees with three decimals and more, nearly each of another place."""
    fine = (numbers * 1000 % 1 != 0).mean() > 0.5
    return bool(fine and numbers.abs().max() <= 180 and numbers.nunique() > 0.3 * len(numbers))


def _addresses(texts: pd.Series) -> Told | None:
    for kind, is_one, least in ADDRESSES:
        hits = sum(map(is_one, texts))
        if hits >= max(2, least * len(texts)):
            return kind, "error", hits
    return None


def _names(column: str, texts: pd.Series) -> Told | None:
    people = texts.map(lambda text: PERSON.fullmatch(text) is not None)
    if column == "name":  # of anything; people have at least two, and many of them
        people &= (texts.str.count(r"\b[^\W\d_a-z][\w'’.-]{0,30}") >= 2) & (_distinct(texts) > 0.3)
    persons = int(people.sum())
    initials = int((people & texts.str.contains(INITIAL) & texts.str.contains(CAPITALS)).sum())
    called = NAME_COLUMN.search(column) is not None and persons > 0.7 * len(texts)
    if (called or initials > 0.3 * len(texts)) and texts.nunique() > 30:
        return N_("names of people"), "error" if called else "warning", persons
    return None


def _places(column: str, texts: pd.Series) -> Told | None:
    named, drawn = PLACE.search(column) is not None, int(texts.str.match(SHAPE).sum())
    if drawn > 0.5 * len(texts) or (named and _distinct(texts) > 0.3):
        return PLACES, "warning", len(texts) if named else drawn
    return None


def _free_text(texts: pd.Series) -> Told | None:
    if not folds.is_prose(texts):
        return None
    return (
        N_("free text, which may name people"),
        "warning",
        int((texts.str.count(folds.WORD) >= folds.FEW_WORDS).sum()),
    )


def _distinct(texts: pd.Series) -> float:
    return texts.nunique() / len(texts)


def _is_mail(text: str) -> bool:
    return MAIL.search(text) is not None


def _is_phone(text: str) -> bool:
    return PHONE.fullmatch(text.strip()) is not None


def _is_iban(text: str) -> bool:
    return IBAN.fullmatch(text.strip()) is not None and _checked(text)


def _checked(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


#: What reaches a person: its kind, what tells one, and the share of values from which on the column holds them.
ADDRESSES: tuple[tuple[str, Callable[[str], bool], float], ...] = (
    (N_("mail addresses"), _is_mail, 0.02),
    (N_("telephone numbers"), _is_phone, 0.5),
    (N_("IBANs"), _is_iban, 0.02),
)


def sensitive(subject: Subject) -> Iterable[Finding]:
    """CHAL009."""
    definition, rows = subject.definition, subject.sample.rows
    apart = {definition.target, definition.group}
    of_people = describe_people(str(name) for name in rows if may_be_of_people(rows[name]))
    undeclared = [
        entry.name
        for entry in definition.column
        if entry.name not in apart and not entry.sensitive and entry.name in of_people and entry.name in rows
    ]
    if undeclared:
        why = say("Groups of people are compared only by columns that are declared.")
        do = say("Write `sensitive = true` at them, or drop them.")
        told = say("By their names these describe people: {columns}.", columns=quoted(undeclared))
        title = say("Sensitive columns are not declared")
        yield Finding("CHAL009", "warning", title, (told,), why, do, tuple(undeclared))
    declared = {entry.name for entry in definition.column if entry.sensitive}
    for name in sorted(declared & set(rows)):
        yield from _proxies(subject, name, declared)


def _proxies(subject: Subject, name: str, declared: set[str]) -> Iterable[Finding]:
    rows = subject.sample.rows
    column = folds.as_numbers(rows[name])
    if np.isnan(column).mean() > 0.5 or rows[name].nunique() < 2:
        return
    counts = rows[name].value_counts()
    upper = column > np.nanmedian(column) if len(counts) > 12 else (rows[name] == counts.index[0]).to_numpy()
    if not 0.05 < upper.mean() < 0.95:
        return
    sample = folds.Sample(rows, upper.astype(np.int64), subject.sample.unit, "binary", subject.sample.total)
    for other in subject.inputs:
        if other in declared or other == name:
            continue
        reach = folds.alone(sample, rows[other])
        if reach.low > 0.85:
            told = say(
                "`{other}` alone tells the groups of `{column}` apart with ROC AUC {reach}.",
                other=other,
                column=name,
                reach=reach.said,
            )
            why = say("A model without the sensitive column can still rest on it by way of the other.")
            do = say(
                "Write `sensitive = true` at `{other}` too, or say in the brief that it stands for `{column}`.",
                other=other,
                column=name,
            )
            title = say("`{other}` stands for `{column}`", other=other, column=name)
            yield Finding("CHAL009", "warning", title, subject.noted(told), why, do, (other,))
