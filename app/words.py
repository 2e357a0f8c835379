"""Every sentence of a page, a mail or a refusal, in the language of whoever reads it.

In Python `_("Row {row} is empty.").format(row=3)`, and `ngettext` where a number decides; in templates `{% trans %}`.
`N_` marks a sentence that stands in a table; whoever shows it calls `_` with it.
`app/locale/assay.pot` lists all of them, for translators; `fr/LC_MESSAGES/assay.po` is one language.

Whoever answers a request, writes a mail or begins a command says once for whom: `reading_in`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date as date_type
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import ParamSpec, TypeVar

from graders.words import ENGLISH, N_, Speaker
from graders.words import catalogue as of_reports

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "N_",
    "_",
    "calendar_date",
    "date",
    "day",
    "filled",
    "language",
    "live_in",
    "nearest",
    "ngettext",
    "number",
    "prefer",
    "reading_in",
    "said_in",
    "speak",
    "zone",
]

T = TypeVar("T")
P = ParamSpec("P")
DOMAIN, FOLDER = "assay", Path(__file__).with_name("locale")
#: The languages on offer, each by its own name.
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
#: In this order they say what a terminal's language is.
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
#: The first of a month, where a language writes it in its own way.
FIRST = {"fr": "1er"}


@dataclass
class _Reader:
    """Who reads.  A request has one, which threads share: what a route learns of its reader holds for the page."""

    locale: str
    chosen: bool = False
    zone: str = "UTC"


_reader: ContextVar[_Reader] = ContextVar("reader", default=_Reader(ENGLISH))  # noqa: B039 - `prefer` leaves it alone


@lru_cache
def _catalogue(locale: str) -> NullTranslations:
    """The sentences of the service; what it shows of a report's own words is in the report's catalogue."""
    known = of_reports(locale, DOMAIN, FOLDER)
    known.add_fallback(of_reports(locale))
    return known


def _(sentence: str) -> str:
    """The sentence in the reader's language, its gaps still open."""
    return _catalogue(language()).gettext(sentence) if sentence else ""  # a catalogue's own head stands there


def ngettext(singular: str, plural: str, n: int) -> str:
    """The one of the two that goes with `n`."""
    return _catalogue(language()).ngettext(singular, plural, n)


def language() -> str:
    """The reader's language: a key of `LANGUAGES`."""
    return _reader.get().locale


def nearest(wanted: Iterable[str]) -> str | None:
    """The language on offer that the first of these names that we have leads to: `fr` for `fr-CA`; None for none."""
    known = (name.replace("_", "-").partition("-")[0].lower() for name in wanted)
    return next((name for name in known if name in LANGUAGES), None)


@contextmanager
def reading_in(locale: str, *, chosen: bool = False) -> Iterator[None]:
    """For whom sentences are made in this block: English where `locale` is none of ours.

    What the reader has `chosen` stays, whatever is learned of them.
    """
    token = _reader.set(_Reader(locale if locale in LANGUAGES else nearest([locale]) or ENGLISH, chosen))
    try:
        yield
    finally:
        _reader.reset(token)


def speak(environment: Mapping[str, str]) -> None:
    """The language of a terminal, from here on: what the variables of POSIX and gettext name first."""
    named = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    _reader.set(_Reader(nearest(name.partition(".")[0] for name in named.split(":")) or ENGLISH, chosen=True))


def prefer(locale: str) -> None:
    """What has just been learned of the reader of this block; nothing where we do not have the language."""
    reader = _reader.get(None)
    if reader is not None and not reader.chosen:
        reader.locale = nearest([locale]) or reader.locale


def live_in(zone: str) -> None:
    """The time zone in which the reader of this block is shown times: an IANA name."""
    reader = _reader.get(None)
    if reader is not None:
        reader.zone = zone


def zone() -> str:
    """The reader's time zone, an IANA name."""
    return _reader.get().zone


def said_in(locale: str, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What `function` returns or raises, with its sentences in this language; for another process."""
    with reading_in(locale):
        return function(*args, **named)


def spoken(text: str) -> str:
    """A sentence that `say` of graders/words.py made, in the reader's language."""
    return Speaker(language()).text(text)


def filled(sentence: str, **values: str | float) -> str:
    """A sentence of the reader's language with its gaps filled, its numbers with the signs of that language."""
    return Speaker(language()).filled(sentence, values)


def number(written: str) -> str:
    """A number as English writes it, with the signs of the reader's language."""
    return Speaker(language()).number(written)


def date(when: datetime) -> str:
    """`Tuesday 31 March 2026`."""
    return _date(when, N_("EEEE d MMMM y"))


def day(when: datetime) -> str:
    """`Tuesday 31 March`."""
    return _date(when, N_("EEEE d MMMM"))


def calendar_date(when: date_type) -> str:
    """`31 March 2026`."""
    return _date(when, N_("d MMMM y"))


def _date(when: date_type, pattern: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - most of what uses this module names no day

    written = format_date(when, _(pattern), locale=language())
    first = FIRST.get(language())
    return f" {written}".replace(" 1 ", f" {first} ", 1)[1:] if first and when.day == 1 else written
