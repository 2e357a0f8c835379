"""How the pages word and write things: names, places, prose and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from markupsafe import Markup, escape

from graders.model.finding import Severity
from graders.probes.names import title_of
from graders.report.rounding import METRIC, decimals
from graders.report.schema import Cell, Document, Element, Interval, Metrics, Place
from graders.tasks.asked import TASKS
from graders.tasks.metric import Metric
from graders.words import ENGLISH, N_, Message, Speaker, Text, as_sentence, count, say

BANDS = {4: N_("Strong"), 3: N_("Meets"), 2: N_("Partial"), 1: N_("Insufficient")}
BAND_CUTS = (40, 60, 80)
SECTIONS = {
    "model": N_("Model evidence"),
    "code": N_("Code evidence"),
    "production": N_("Production"),
    "responsibility": N_("Data responsibility and communication"),
}
#: What a table calls a metric that is not the challenge's own.  Pages of old reports know no other title.
METRICS = {
    name: metric.title for task in TASKS.values() for name, metric in task.metrics.items() if isinstance(metric, Metric)
} | {
    "brier": N_("Brier score"),
    "calibration_error": N_("calibration error"),
    "mean_pinball_loss": N_("mean pinball loss"),
}
FORMS = {"package": N_("Package"), "script": N_("Script"), "notebook": N_("Notebook")}
KINDS = {"core": N_("Asked of everybody"), "strength": N_("About a strength"), "evidence": N_("About a finding")}
#: Words of one value each, which templates show translated: severities, verdicts, endings and ways of seeing.
VALUES = (
    *(N_("critical"), N_("major"), N_("minor"), N_("info"), N_("confirmed"), N_("suspected"), N_("clean")),
    *(N_("not judged"), N_("yes"), N_("no"), N_("handled"), N_("crashed"), N_("answered without a word")),
    *(N_("two runs compared"), N_("seen in one run"), N_("read in the code")),
)
#: How many of a thing, by what templates call it.
COUNTED: Mapping[str, Callable[[int], Text]] = {
    "lines": lambda n: count("{n:,} line", "{n:,} lines", n),
    "notes": lambda n: count("{n:,} note", "{n:,} notes", n),
    "runs": lambda n: count("{n:,} run", "{n:,} runs", n),
    "rows": lambda n: count("{n:,} row", "{n:,} rows", n),
    "more rows": lambda n: count("{n:,} more row", "{n:,} more rows", n),
    "more observations": lambda n: count("{n:,} more observation", "{n:,} more observations", n),
    "smaller steps": lambda n: count("{n:,} smaller step", "{n:,} smaller steps", n),
}
MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![^T ])")
#: The gravest first.
SEVERITIES = tuple(reversed(Severity))
MINUS, SMALLEST_RANGE = "\u2212", "\u2013"
_NUMBER = Markup('<span class="n" data-of="{}">{}</span>')
_CODE = Markup("<code>{}</code>")
_NONE = Markup('<span class="none" title="{}">–</span>')
_RANGE = Markup(" <i>{}</i>")


def metric_name(metrics: Metrics) -> str:
    """The challenge's own metric at the beginning of a sentence."""
    return capital(metrics.title or METRICS.get(metrics.metric, metrics.metric))


def capital(title: str) -> str:
    """A title with a capital; the rest as it is, which may be a name such as ROC."""
    return title[:1].upper() + title[1:]


class Numbers:
    """Writes numbers of the document, each marked with the JSON pointer it was read from.

    Pages show no other figures, so page and document cannot disagree.
    """

    def __init__(self, document: Document, locale: str = ENGLISH) -> None:
        self._document, self._speaker = document, Speaker(locale)

    def __call__(self, *path: str | int, digits: int | None = 1) -> Markup:
        value: Any = reduce(_step, path, self._document)
        if value is None:
            return unmeasured(self._speaker)
        pointer = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
        return _NUMBER.format(pointer, in_digits(value, digits, self._speaker))


def _step(node: Any, key: str | int) -> Any:
    return getattr(node, str(key)) if isinstance(node, Element) else node[key]


_ENGLISH = Speaker(ENGLISH)


def in_digits(value: float, digits: int | None, speaker: Speaker = _ENGLISH) -> str:
    """A number with a fixed count of decimals, or with as many as it needs; a huge one as Python writes it."""
    as_python = digits is None or abs(value) >= 1e7
    text = repr(value).removesuffix(".0") if as_python else f"{value:,.{digits}f}"
    return speaker.number(text.replace("-", MINUS))


def unmeasured(speaker: Speaker = _ENGLISH) -> Markup:
    """The mark for what was not measured."""
    return _NONE.format(speaker.text(say("not measured")))


def fixed(value: float | None, digits: int, speaker: Speaker = _ENGLISH) -> Markup:
    """A number with so many decimals, or the mark for what was not measured."""
    return unmeasured(speaker) if value is None else escape(in_digits(value, digits, speaker))


def band_range(bands: Iterable[int]) -> str:
    """Bands as one number, or as the first and the last of those that an interval touches: `3`, `2–3`, `1–3`."""
    ends = sorted(bands)
    return SMALLEST_RANGE.join(map(str, dict.fromkeys(ends[:1] + ends[-1:])))


def cell(value: Cell, speaker: Speaker = _ENGLISH) -> Markup:
    """A cell of a table: words as they are, a number with the decimals of its size, its interval beside it."""
    if value is None:
        return unmeasured(speaker)
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Interval):
        return _with_interval(value, speaker)
    return escape(in_digits(value, 0 if isinstance(value, int) else decimals(value), speaker))


def _with_interval(score: Interval, speaker: Speaker) -> Markup:
    if score.value is None:
        return unmeasured(speaker)
    digits = decimals(score.value)
    value = escape(in_digits(score.value, digits, speaker))
    if score.low is None or score.high is None:
        return value
    return value + _RANGE.format(span(score.low, score.high, digits, speaker))


def span(low: float, high: float, digits: int = METRIC, speaker: Speaker = _ENGLISH) -> str:
    """Two ends of an interval; a dash would read as a minus before a negative end."""
    ends = in_digits(low, digits, speaker), in_digits(high, digits, speaker)
    return SMALLEST_RANGE.join(ends) if low >= 0 else speaker.text(say("{low} to {high}", low=ends[0], high=ends[1]))


def day(when: str, speaker: Speaker = _ENGLISH) -> str:
    """The day of a time of ISO 8601 as people write it: `31 March 2026`; another text as it is."""
    there = ISO_DAY.match(when)
    if there is None:
        return when
    number, told = int(there["day"]), {"month": say(MONTHS[int(there["month"]) - 1]), "year": there["year"]}
    if number == 1:  # which some languages write in their own way
        return speaker.text(say("1 {month} {year}", **told))
    return speaker.text(say("{day} {month} {year}", day=number, **told))


def prose(text: str) -> Markup:
    """A sentence with the parts between backticks set as code; everything is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    marked = (escape(part) if i % 2 == 0 else _CODE.format(part) for i, part in enumerate(parts))
    return Markup("").join(marked)


def sentence(text: str) -> Markup:
    """A phrase as a sentence: with a capital, unless it begins with code, and a full stop."""
    return prose(as_sentence(text))


def brief(text: str, limit: int = 85) -> tuple[str, bool]:
    """As many whole sentences or parts of one as fit, else the beginning, and whether anything is left out."""
    if len(text) <= limit:
        return text, False
    end = max(text.rfind(mark, 0, limit) for mark in (". ", "; "))
    return (text[:end] + "." if end > 0 else text[:limit].rsplit(" ", 1)[0] + " …"), True


def counted(n: int, noun: str, speaker: Speaker = _ENGLISH) -> str:
    """A count with its noun: `1 line`, `1,200 lines`; `noun` is a key of `COUNTED`."""
    return speaker.text(COUNTED[noun](n))


def run_title(name: str, speaker: Speaker = _ENGLISH) -> str:
    """What a run is called, with the key that it may end with."""
    title = title_of(name)
    return speaker.message(Message(title, {})) + name[len(title) :]


def place_text(place: Place, speaker: Speaker = _ENGLISH) -> str:
    """A place as people write it: `pipeline.py:13`, or `churn.ipynb, cell 3, line 2`."""
    if place.cell is None:
        return f"{place.path}:{place.line}" if place.line else str(place.path)
    if place.line:
        return speaker.text(say("{path}, cell {cell}, line {line}", path=place.path, cell=place.cell, line=place.line))
    return speaker.text(say("{path}, cell {cell}", path=place.path, cell=place.cell))


def minutes_to_read(document: Document) -> int:
    """For the summary, the plan and the reasons of the sections, at 230 words a minute."""
    plan = [text for item in document.debrief for text in (item.question, item.evidence, item.strong)]
    reasons = [c.why for section in document.sections for c in section.criteria]
    told = [item.text for item in (*document.summary.strengths, *document.summary.concerns)]
    return 1 + sum(len(text.split()) for text in (*plan, *reasons, *told)) // 230
