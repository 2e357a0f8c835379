"""Templates into answers.  Everything is escaped unless a template says otherwise, and none does but for the brief."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from app import words
from app.deadlines import is_zone, lasting, said
from app.impact import views as impact
from app.validity import views as validity
from app.web import labels
from app.words import N_, _, ngettext
from graders.report.words import BAND_CUTS, BANDS, prose

PAGES = Path(__file__).parents[1] / "pages"

_templates = Environment(
    loader=FileSystemLoader(PAGES / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_templates.policies["ext.i18n.trimmed"] = True
_templates.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined] # of the extension


def _sentence(text: str) -> Markup:
    """A sentence in the reader's language as text of a page.

    The extension's own `_` takes a sign of per cent for a gap, and text such as a title for markup.
    """
    return Markup(str(escape(_(text))).replace("&#39;", "'"))  # noqa: S704 - escaped; attributes stand in double quotes


_templates.globals["_"] = _sentence
_templates.globals.update(labels=labels, impact=impact, validity=validity)
_templates.globals.update(language=words.language, languages=words.LANGUAGES)


def fragment(name: str, /, **context: Any) -> str:
    """The text of one template."""
    return _templates.get_template(name).render(**context)


def page(name: str, status: int = 200, headers: dict[str, str] | None = None, /, **context: Any) -> HTMLResponse:
    """A whole page as an answer."""
    return HTMLResponse(fragment(name, **context), status, headers)


def seen(path: str) -> RedirectResponse:
    """After a form: to the page that shows what it did."""
    return RedirectResponse(path, 303)


ERRORS = {
    401: N_("Sign in first"),
    403: N_("You may not do this"),
    404: N_("Nothing here"),
    405: N_("This address does not take that"),
    413: N_("Too large"),
    429: N_("Too many requests"),
    500: N_("Our fault"),
    503: N_("Not ready"),
}


def error_page(status: int, code: str, detail: str, hint: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """An error for a person with a browser; `code` tells who may have followed a link that is none."""
    title = _(ERRORS[status]) if status in ERRORS else _("That did not work")
    return page("error.html", status, headers, title=title, detail=detail, hint=hint, lost=code == "not-found")


def moment(when: datetime) -> str:
    """A time for reading, on the clock of a member who has named a zone, else in UTC."""
    if words.zone() != "UTC" and is_zone(words.zone()):
        return said(when, words.zone())
    return _("{date}, {time} UTC").format(date=words.date(when), time=f"{when:%H:%M}")


def ago(when: datetime) -> str:
    """A time as people say it: `in 3 days`, `2 hours ago`; the exact one is a hover away."""
    seconds = (when - datetime.now(UTC)).total_seconds()
    ahead, size = seconds > 0, abs(seconds)
    if size >= 86400:
        n = round(size / 86400)
        words_of = ngettext("in {n} day", "in {n} days", n) if ahead else ngettext("{n} day ago", "{n} days ago", n)
    elif size >= 3600:
        n = round(size / 3600)
        words_of = ngettext("in {n} hour", "in {n} hours", n) if ahead else ngettext("{n} hour ago", "{n} hours ago", n)
    elif size >= 60:
        n = round(size / 60)
        later = ngettext("in {n} minute", "in {n} minutes", n)
        words_of = later if ahead else ngettext("{n} minute ago", "{n} minutes ago", n)
    else:
        return _("in a moment") if ahead else _("just now")
    return words_of.format(n=n)


def in_words(bands: Collection[int]) -> str:
    """Bands as the report names them: `Strong`, or `Partial to meets` where the interval crosses a border."""
    low, high = min(bands), max(bands)
    if low == high:
        return _(BANDS[low])
    return _("{low} to {high}").format(low=_(BANDS[low]), high=_(BANDS[high]).lower())


def span(summary: Mapping[str, Any]) -> str:
    """The interval of a total in whole points: `68 to 77`, or `56` where both ends are the same."""
    low, high = (f"{summary[end]:.0f}" for end in ("low", "high"))
    return low if low == high else f"{low}–{high}"


def capped(summary: Mapping[str, Any]) -> bool:
    """Whether a cap holds the band below the one that the points alone would give."""
    return bool(summary["caps"]) and summary["band"] < 1 + sum(summary["score"] >= cut for cut in BAND_CUTS)


_templates.filters.update(prose=prose, lasting=lasting, moment=moment, ago=ago, in_words=in_words)
_templates.filters.update(span=span, capped=capped, date=words.calendar_date, number=words.number)
