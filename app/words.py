"""Every sentence of a page, a mail or a refusal: English, until a catalogue of another language is added.

In Python `_("Row {row} is empty.").format(row=3)`, and `ngettext` where a number decides; in templates `{% trans %}`.
`N_` marks a sentence that stands in a table; whoever shows it calls `_` with it.
`app/locale/assay.pot` lists all of them, for translators.
"""

from __future__ import annotations

import gettext
from datetime import datetime

from graders.words import N_

__all__ = ["N_", "_", "date", "day", "ngettext"]


def _(sentence: str) -> str:
    """The sentence in the reader's language, its gaps still open."""
    return gettext.gettext(sentence)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The one of the two that goes with `n`."""
    return gettext.ngettext(singular, plural, n)


DAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)
MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def date(when: datetime) -> str:
    """`Tuesday 31 March 2026`."""
    names = {"weekday": _(DAYS[when.weekday()]), "month": _(MONTHS[when.month - 1])}
    return _("{weekday} {day} {month} {year}").format(day=when.day, year=when.year, **names)


def day(when: datetime) -> str:
    """`Tuesday 31 March`."""
    names = {"weekday": _(DAYS[when.weekday()]), "month": _(MONTHS[when.month - 1])}
    return _("{weekday} {day} {month}").format(day=when.day, **names)
