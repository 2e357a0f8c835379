"""SVG attributes instead of a style sheet, for what lays out pages and applies no sheet to SVG."""

from __future__ import annotations

import re
from collections.abc import Mapping

PAPER, INK, QUIET, LINE, TRACK, ACCENT = "#ffffff", "#000000", "#444444", "#bbbbbb", "#dddddd", "#0a5c52"
GOOD, WARN, BAD = "#1d6843", "#7a4a00", "#8f2a1b"

#: By class, as report.css has them on paper; `band-n` colours what has no colour of its own.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "band-1": {"fill": BAD},
    "band-2": {"fill": WARN},
    "band-3": {"fill": ACCENT},
    "band-4": {"fill": GOOD},
    "is-good": {"fill": GOOD, "color": GOOD},
    "is-warn": {"fill": WARN, "color": WARN},
    "is-bad": {"fill": BAD, "color": BAD},
    "is-soft": {"fill": QUIET, "color": QUIET},
    "sev-critical": {"fill": BAD, "color": BAD},
    "sev-major": {"fill": WARN, "color": WARN},
    "sev-minor": {"fill": ACCENT, "color": ACCENT},
    "sev-info": {"fill": QUIET, "color": QUIET},
    "line": {"fill": "none", "stroke": "currentColor", "stroke-width": "1.8"},
    "ring": {"fill": "none", "stroke": "currentColor", "stroke-width": "1.8"},
    "empty": {"fill": "none", "stroke": QUIET},
    "track": {"fill": TRACK},
    "fill": {"fill": ACCENT},
    "minus": {"fill": "none", "stroke": QUIET},
    "unjudged": {"fill": PAPER, "stroke": QUIET, "stroke-dasharray": "3 3"},
    "cut": {"stroke": QUIET},
    "span": {"opacity": "0.38"},
    "dot": {"stroke": PAPER, "stroke-width": "2"},
    "whisker": {"stroke": INK, "stroke-width": "1.25"},
    "grid": {"stroke": LINE},
    "chance": {"stroke": QUIET, "stroke-width": "1.25", "stroke-dasharray": "4 4"},
    "ref": {"stroke": QUIET, "stroke-width": "1.25", "stroke-dasharray": "3 3"},
    "curve": {"fill": "none", "stroke": ACCENT, "stroke-width": "2.25"},
    "thin": {"stroke-width": "1.25"},
    "reference": {"fill": "none", "stroke": INK},
    "area": {"fill": ACCENT, "opacity": "0.16"},
    "point": {"fill": ACCENT, "stroke": PAPER, "stroke-width": "1.5"},
    "hollow": {"fill": PAPER, "stroke": ACCENT, "stroke-width": "2.25"},
    "count": {"fill": TRACK},
    "mark": {"stroke": INK, "stroke-width": "2.5"},
}
TEXT = {"fill": QUIET, "stroke": "none", "font-size": "12", "font-family": "sans-serif"}

#: What a candidate wrote is escaped, so that every such tag is ours.
_TAG = re.compile(r"<(svg|g|rect|line|circle|path|polyline|polygon|text)\b([^<>]*+)>")
_CLASSES = re.compile(r'\bclass="([^"<>]*+)"')


def inked(page: str) -> str:
    """The same page, each part of its drawings with the attributes of its classes."""
    return _TAG.sub(_with_attributes, page)


def _with_attributes(tag: re.Match[str]) -> str:
    name, rest = tag[1], tag[2]
    attributes = dict(TEXT) if name == "text" else {}
    found = _CLASSES.search(rest)
    for word in found[1].split() if found else ():
        attributes |= ATTRIBUTES.get(word, {})
    if name == "text" and found and " on" in found[1]:
        attributes |= {"fill": INK, "font-weight": "bold"}
    own = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{own}{rest}>"
