"""report.json -> one HTML page that needs nothing else: no network and no second file.  It works without its script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from graders.catalog import BY_CODE
from graders.model.finding import Severity
from graders.report import plots, words
from graders.report.browser import browser
from graders.report.colour import NONE_KNOWN, Colours, coloured
from graders.report.rounding import decimals
from graders.report.schema import Document, Finding, Metrics, Overall, Section
from graders.report.translated import translated
from graders.words import ENGLISH, N_, Speaker, catalogue

TEMPLATES = Path(__file__).with_name("templates")

#: The page of each reader of a graded submission (see readers.py).
PAGES = {"interviewer": "graded", "recruiter": "graded", "candidate": "candidate"}
#: The parts of that page in their order, with what the list of contents calls them.
PARTS: Mapping[str, str] = {
    "lead": "",
    "minute": N_("In 60 seconds"),
    "interview": N_("Interview plan"),
    "sections": N_("Where the points are"),
    "findings": N_("Findings"),
    "code": N_("Code"),
    "evidence": N_("Model evidence"),
    "runs": N_("Run evidence"),
    "limits": N_("Provenance and limits"),
}
APPENDIX = ("code", "evidence", "runs")
NOT_FOR_RECRUITERS = ("interview", "code", "evidence", "runs")


def render(
    document: Document,
    *,
    appendix: bool = True,
    called: str = "",
    locale: str = ENGLISH,
    colours: Colours = NONE_KNOWN,
) -> str:
    """The page of a document that `document.document` made, also one cut for a reader or read back from report.json.

    Without the `appendix` it has what a meeting needs: neither code nor plots nor runs.  `called` is what to call
    whoever handed in; without it the page has the submission's id.  `locale` is the language, such as `de`.
    Lines of code whose `colours` are known need not be coloured again.
    """
    name = PAGES[document.reader] if document.status == "graded" else "ungraded"
    sheet, keys = style(), script()
    # Our own files, and their hashes are what the policy admits.
    own = {"style": Markup(sheet), "script": Markup(keys)}  # noqa: S704
    shown = {key: title for key, title in parts(document).items() if appendix or key not in APPENDIX}
    more = {"parts": shown, "short": not appendix, "policy": policy(sheet, keys)}
    more |= {"called": called} if called else {}
    return _template(name, locale).render(**context(document, locale, colours) | own | more)


def parts(document: Document) -> dict[str, str]:
    """The parts that the page of a graded document has, with their titles."""
    empty = {"interview": not document.debrief, "code": not document.sources}
    hidden = NOT_FOR_RECRUITERS if document.reader == "recruiter" else ()
    return {name: title for name, title in PARTS.items() if name not in hidden and not empty.get(name)}


def part(document: Document, name: str, *, locale: str = ENGLISH, **more: Any) -> Markup:
    """One part of the page for another page to embed inside an element of class `report`: `whole`, or a key of `PARTS`;
    for candidates `feedback`; for everybody `failure` where nothing was scored.

    `whole` takes `parts`, those to show with their titles.
    `interview` takes `notes`: by index in the plan, markup that takes the place of the ruled space for notes.
    `findings`, `feedback` and `failure` take `actions`: by code, markup that stands under a finding.
    """
    return Markup(_template(name, locale).render(**context(document, locale) | more))  # noqa: S704  # every value was escaped


def style() -> str:
    """The style sheet of the page: tokens, then rules that all hold inside `.report` alone."""
    return "".join((TEMPLATES / name).read_text("utf-8") for name in ("tokens.css", "report.css"))


def script() -> str:
    """The script of the page: keys, and links that open what they lead to."""
    return (TEMPLATES / "report.js").read_text("utf-8")


def policy(style: str, script: str) -> str:
    """The content security policy: nothing is admitted but this one style sheet and this one script."""
    sheet, keys = fingerprint(style), fingerprint(script)
    return (
        f"default-src 'none'; style-src 'sha256-{sheet}'; script-src 'sha256-{keys}'; base-uri 'none';"
        " form-action 'none'"
    )


def fingerprint(text: str) -> str:
    """SHA-256 as content security policies write it: in base64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def context(d: Document, locale: str = ENGLISH, colours: Colours = NONE_KNOWN) -> dict[str, Any]:
    """What the templates draw on: the document in a language, and what follows from it."""
    english, d = d, translated(d, locale)
    return {
        "d": d,
        "locale": locale,
        "n": words.Numbers(d, locale),
        "codes": {finding.code for finding in d.findings},
        "titles": {finding.code: finding.title for finding in d.findings},
        "parts": parts(d),
        "within": False,
        "called": d.submission.id,
        "short": False,
        "flagged": _flagged(d.findings),
        "by_points": _band_by_points(d.overall),
        "metric_names": _metric_names(d.metrics),
        "metric": words.metric_name(d.metrics),
        "browser": browser(d, colours),
        "gap": plots.gap(d.metrics),
        "tables": {
            table.id: (i, table, plots.drawing(i, table, english.metrics, english.measurements[i].columns))
            for i, table in enumerate(d.measurements)
        },
        "sees": _sees(d, Speaker(locale)),
        "minutes": words.minutes_to_read(d),
        "steps": _steps(d),
        "floor": _floor(d.sections),
        "phases": plots.phases(d.runs),
    }


def _template(name: str, locale: str = ENGLISH) -> Template:
    return _environment(locale).get_template(f"{name}.html.j2")


def compile_all() -> None:
    """Compile every template of the English page, so that processes forked from this one need not."""
    environment = _environment(ENGLISH)
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)


@lru_cache
def _environment(locale: str = ENGLISH) -> Environment:
    speaker = Speaker(locale)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters.update(
        place=partial(words.place_text, speaker=speaker),
        run_title=partial(words.run_title, speaker=speaker),
        prose=words.prose,
        sentence=words.sentence,
        brief=words.brief,
        capital=words.capital,
        day=partial(words.day, speaker=speaker),
        cell=partial(words.cell, speaker=speaker),
        fixed=partial(words.fixed, speaker=speaker),
    )
    environment.install_gettext_translations(catalogue(locale), newstyle=False)  # type: ignore[attr-defined] # extension
    environment.policies["ext.i18n.trimmed"] = True
    named = ("BANDS", "BAND_CUTS", "SECTIONS", "METRICS", "FORMS", "KINDS")
    environment.globals.update({name: getattr(words, name) for name in named})
    environment.globals.update({name: partial(getattr(words, name), speaker=speaker) for name in ("in_digits", "span")})
    environment.globals.update(Scale=plots.Scale, polyline=plots.polyline, around=plots.around, notes={}, actions={})
    environment.globals.update(DRAWINGS=plots.DRAWINGS, coloured=coloured, wilson=plots.wilson)
    environment.globals.update(roc_band=plots.roc_band, precision_band=plots.precision_band)
    environment.globals.update(outline=plots.outline, digits=decimals, counted=partial(words.counted, speaker=speaker))
    return environment


def _flagged(findings: Sequence[Finding]) -> list[tuple[int, Finding]]:
    """(index, finding) of what is held against the submission, the gravest first."""
    found = [(i, finding) for i, finding in enumerate(findings) if finding.flagged]
    return sorted(found, key=lambda pair: words.SEVERITIES.index(pair[1].severity))


def _steps(d: Document) -> list[tuple[str, str, str]]:
    """(what to do, code of the finding or nothing, what it is about), what weighs most first, each once."""
    found = [(f.severity, (f.guide.avoid, f.code, f.title)) for _, f in _flagged(d.findings) if f.guide]
    advice = [(c.next, "", c.title) for section in d.sections for c in section.criteria]
    grave = [step for severity, step in found if severity in (Severity.CRITICAL, Severity.MAJOR)]
    light = [step for severity, step in found if severity is Severity.MINOR]
    by_words = {step[0]: step for step in reversed((*grave, *advice, *light)) if step[0]}
    return list(reversed(by_words.values()))


def _band_by_points(overall: Overall | None) -> int:
    """The band the score alone would give, before any cap."""
    score = overall.score if overall else None
    return 1 + sum(score >= cut for cut in words.BAND_CUTS) if score else 0


def _metric_names(metrics: Metrics) -> list[str]:
    """Every metric of any group, those of the hidden rows first."""
    groups = (metrics.hidden, metrics.train, metrics.claimed, metrics.claimed_null)
    return list(dict.fromkeys(name for group in groups for name in group))


def _floor(sections: Sequence[Section]) -> str:
    """The section with the least share of its points, empty where none was judged."""
    shares = {s.id: s.points / s.max for s in sections if s.points is not None and s.max}
    return min(shares, key=lambda name: shares[name], default="")


def _sees(d: Document, speaker: Speaker) -> dict[str, tuple[str, str]]:
    """By code of a question: the id and the title of what to look at with it, where the page has it."""
    there = {table.id: (f"m-{table.id}", table.title) for table in d.measurements if table.rows}
    there |= {"runs": ("runs", speaker.text(N_("Run evidence")))}
    there |= {"calibration": ("calibration-plot", speaker.text(N_("Calibration")))} if d.curves.calibration else {}
    there |= {"gap": ("gap", speaker.text(N_("Claim and truth")))} if plots.gap(d.metrics) else {}
    asked = [BY_CODE[item.code] for item in d.debrief if item.code in BY_CODE]
    return {check.code: there[check.shown_in] for check in asked if check.shown_in in there}
