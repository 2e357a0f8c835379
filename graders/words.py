"""The sentences of a report in a reader's language: English, and every language that has a catalogue.

A sentence in Python is made by `say("{n} rows have {column}", n=3, column="age")`, or by `count` where a number decides
between singular and plural.  It is English, and remembers what it was made of, so that `Speaker` says it again in
another language.  Templates mark theirs with `{% trans %}` and `_()`, tables of words in Python with `N_`.
The language is a value that is passed in: the judgement knows no setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from numbers import Integral, Real
from pathlib import Path

ENGLISH = "en"
DOMAIN, FOLDER = "graders", Path(__file__).with_name("locale")
#: So many digits of a number are kept, more than any sentence shows: the last ones differ from machine to machine.
DIGITS = 9
#: A gap with its name and how a number in it is written.
GAP = re.compile(r"\{\{|\}\}|\{(\w{1,40})(?::([^{}]{1,20}))?\}")
ENDS = (".", "!", "?", "…", ":", '."')


@lru_cache
def catalogue(locale: str, domain: str = DOMAIN, folder: Path = FOLDER) -> NullTranslations:
    """The catalogue of a language, such as `fr` or `fr_CA`; the sentences as they stand where there is none.

    It is read as translators write it, `fr/LC_MESSAGES/DOMAIN.po`, so nothing has to be compiled or kept beside it.
    """
    path = folder / locale.partition("_")[0] / "LC_MESSAGES" / f"{domain}.po"
    if locale == ENGLISH or not path.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English does without
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.parts[-3]))
    compiled.seek(0)
    return GNUTranslations(compiled)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """The sentence as it is: it is only marked here, and translated where it is shown."""
    return sentence


@dataclass(frozen=True)
class Message:
    """A sentence of the catalogue and what fills its gaps; `plural` is its other form where `n` decides."""

    id: str
    values: Mapping[str, str | int | float | Text]
    plural: str = ""


class Text(str):
    """English that remembers the messages it was made of, one for each of its sentences."""

    messages: tuple[Message, ...] = ()


def say(sentence: str, /, **values: object) -> Text:
    """A sentence with its gaps filled."""
    return text_of([Message(sentence, {name: _value(value) for name, value in values.items()})])


def count(singular: str, plural: str, n: int, /, **values: object) -> Text:
    """The one of two sentences that goes with `n`, which fills the gap of that name."""
    return text_of([Message(singular, {name: _value(value) for name, value in {"n": n, **values}.items()}, plural)])


def gaps_of(template: str, message: str) -> dict[str, str] | None:
    """What fills the gaps of a template in a message that a library made of it; None for a message of another."""
    names = [gap[1] for gap in GAP.finditer(template)]
    first, *pieces = GAP.sub("\0", template).split("\0")
    if not message.startswith(first):
        return None
    values, start = {}, len(first)
    for number, (name, piece) in enumerate(zip(names, pieces, strict=True), 1):
        last = number == len(names)
        end = len(message) - len(piece) if last and message.endswith(piece) else message.find(piece, start)
        if end < start:
            return None
        values[name], start = message[start:end], end + len(piece)
    return values if start == len(message) else None


def sentences(*parts: str) -> Text:
    """Phrases and sentences, each said as a sentence; empty ones are left out."""
    whole = [part for part in parts if part]
    text = Text(" ".join(map(as_sentence, whole)))
    text.messages = tuple(message for part in whole for message in messages(part))
    return text


def text_of(made_of: Iterable[Message]) -> Text:
    """The text of these messages in English."""
    made = tuple(made_of)
    text = Text(Speaker(ENGLISH).text("", made))
    text.messages = made
    return text


def listed(parts: Iterable[str], separator: str = ", ") -> Text:
    """Words or phrases in a row; each stays what it was made of."""
    named = {f"part_{number}": part for number, part in enumerate(parts)}
    return say(separator.join(f"{{{name}}}" for name in named), **named)


def messages(text: str) -> tuple[Message, ...]:
    """What a text was made of: itself where it remembers nothing."""
    return text.messages if isinstance(text, Text) else (Message(str(text), {}),)


def as_sentence(phrase: str) -> str:
    """A phrase with a capital, unless it begins with code or the name of a file, and a full stop."""
    ended = not phrase or phrase.endswith(ENDS)
    named = any(sign in phrase.partition(" ")[0].rstrip(".,:") for sign in "._(")
    return (phrase if named else phrase[:1].upper() + phrase[1:]) + ("" if ended else ".")


def _value(value: object) -> str | int | float | Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(f"{float(value):.{DIGITS}g}") if isinstance(value, Real) else str(value)


@lru_cache
def _signs(locale: str) -> dict[int, str]:
    """What stands for the decimal point, the comma between thousands and the sign of per cent."""
    from babel import Locale  # noqa: PLC0415 - English does without
    from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415

    percent = Locale.parse(locale).percent_formats[None].pattern.lstrip("#,0.")
    return str.maketrans({".": get_decimal_symbol(locale), ",": get_group_symbol(locale), "%": percent})


class Speaker:
    """Says texts in a language, such as `de` or `pt_BR`."""

    def __init__(self, locale: str) -> None:
        self._known = catalogue(locale)
        self._signs = {} if locale == ENGLISH else _signs(locale)

    def text(self, text: str, made_of: Iterable[Message] = ()) -> str:
        """An English text in this language, by the messages it was made of, or as it stands in the catalogue."""
        parts = [self.message(message) for message in made_of or messages(text)]
        return " ".join(map(as_sentence, parts)) if len(parts) > 1 or text.endswith(ENDS) else "".join(parts)

    def message(self, message: Message) -> str:
        """One message with its gaps filled; a gap that nothing fills stays.

        Without values there are no gaps: such a text may be a candidate's own, and its braces are theirs.
        """
        if message.plural:
            pattern = self._known.ngettext(message.id, message.plural, int(float(str(message.values.get("n", 0)))))
        else:
            pattern = self._known.gettext(message.id) if message.id else ""
        return self.filled(pattern, message.values) if message.values else pattern

    def filled(self, pattern: str, values: Mapping[str, str | int | float | Text]) -> str:
        """A sentence of this language with its gaps filled, its numbers with the signs of this language."""
        return GAP.sub(lambda gap: self._value(gap, values), pattern)

    def number(self, written: str) -> str:
        """A number as English writes it, with the signs of this language."""
        return written.replace(" %", "%").translate(self._signs) if self._signs else written

    def _value(self, gap: re.Match[str], values: Mapping[str, str | int | float | Text]) -> str:
        if not gap[1]:
            return gap[0][0]  # a brace that is doubled stands for itself
        value = values.get(gap[1], gap[0])
        if isinstance(value, str):
            return self.text(value) if isinstance(value, Text) else value
        return self.number(format(value, gap[2] or ""))
