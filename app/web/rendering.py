"""Templates into answers.  Everything is escaped unless a template says otherwise, and none does but for the brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from graders.report.words import BAND_CUTS, BANDS

PAGES = Path(__file__).parents[1] / "pages"

_templates = Environment(
    loader=FileSystemLoader(PAGES / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


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
    404: "Nothing here",
    405: "Not that way",
    401: "Sign in first",
    403: "Not yours to do",
    413: "Too large",
    429: "Too many requests",
    500: "Our fault",
    503: "Not ready",
}


def error_page(status: int, detail: str, hint: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """An error for a person with a browser."""
    title = ERRORS.get(status, "That did not work")
    return page("error.html", status, headers, title=title, detail=detail, hint=hint)


def moment(when: datetime) -> str:
    """A time for reading, in UTC; the page's script shows it in the reader's own zone as well."""
    return f"{when:%A} {when.day} {when:%B %Y, %H:%M} UTC"


def ago(when: datetime) -> str:
    """A time as people say it: `in 3 days`, `2 hours ago`; the exact one is a hover away."""
    seconds = (when - datetime.now(UTC)).total_seconds()
    size, unit = next(((s, u) for s, u in UNITS if abs(seconds) >= s), (1, ""))
    if not unit:
        return "just now" if seconds <= 0 else "in a moment"
    count = round(abs(seconds) / size)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if seconds > 0 else f"{words} ago"


UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def in_words(bands: Iterable[int]) -> str:
    """Bands as the report names them: `Strong`, or `Partial to meets` where the interval crosses a border."""
    ends = sorted(bands)
    return " to ".join(BANDS[band] for band in dict.fromkeys(ends[:1] + ends[-1:])).capitalize()


def span(summary: Mapping[str, Any]) -> str:
    """The interval of a total in whole points: `68 to 77`, or `56` where both ends are the same."""
    low, high = (f"{summary[end]:.0f}" for end in ("low", "high"))
    return low if low == high else f"{low}–{high}"


def capped(summary: Mapping[str, Any]) -> bool:
    """Whether a cap holds the band below the one that the points alone would give."""
    return bool(summary["caps"]) and summary["band"] < 1 + sum(summary["score"] >= cut for cut in BAND_CUTS)


_templates.filters.update(moment=moment, ago=ago, in_words=in_words, span=span, capped=capped)
