"""report.json -> one HTML page that needs nothing else: no network, no script, no second file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from graders.report import plots

TEMPLATES = Path(__file__).with_name("templates")

BANDS = {4: "Strong", 3: "Meets", 2: "Partial", 1: "Insufficient"}
BAND_CUTS = (40, 60, 80)
SECTIONS = {
    "model": "Model evidence",
    "code": "Code evidence",
    "production": "Production",
    "responsibility": "Data responsibility and communication",
}
_CODE = Markup("<code>{}</code>")

METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "brier": "Brier score",
    "calibration_error": "Calibration error",
}
SEVERITIES = ("critical", "major", "minor", "info")


def render(document: Mapping[str, Any]) -> str:
    """The page of a document that `document.document` made, also one read back from report.json."""
    style = (TEMPLATES / "report.css").read_text("utf-8")
    page = "graded" if document["status"] == "graded" else "ungraded"
    return (
        _environment()
        .get_template(f"{page}.html.j2")
        .render(
            d=document,
            n=Numbers(document),
            style=Markup(style),  # noqa: S704  # our own file, and its hash is what the policy admits
            policy=policy(style),
            codes={finding["code"] for finding in document["findings"]},
            flagged=_flagged(document["findings"]),
            by_points=_band_by_points(document["overall"]),
            metric_names=_metric_names(document["metrics"]),
        )
    )


def policy(style: str) -> str:
    """The content security policy: nothing is admitted but this one style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


class Numbers:
    """Writes numbers of the document, each marked with the JSON pointer it was read from.

    Pages show no other figures, so page and document cannot disagree.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def __call__(self, *path: str | int, digits: int | None = 1) -> Markup:
        value: Any = reduce(_step, path, self._document)
        if value is None:
            return Markup('<span class="none" title="not measured">–</span>')
        pointer = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
        return Markup('<span class="n" data-of="{}">{}</span>').format(pointer, in_digits(value, digits))


def _step(node: Any, key: str | int) -> Any:
    return node[key]


def in_digits(value: float, digits: int | None) -> str:
    """A number with a fixed count of decimals, or with as many as it needs; a huge one as Python writes it."""
    if digits is None or abs(value) >= 1e7:
        return repr(value).removesuffix(".0")
    return f"{value:.{digits}f}"


def prose(text: str) -> Markup:
    """A sentence with the parts between backticks set as code; everything is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    marked = (escape(part) if i % 2 == 0 else _CODE.format(part) for i, part in enumerate(parts))
    return Markup("").join(marked)


def place_text(place: Mapping[str, Any]) -> str:
    """A place as people write it: `pipeline.py:13`, or `churn.ipynb, cell 3, line 2`."""
    path, line, cell = place["path"], place["line"], place["cell"]
    if cell is not None:
        return f"{path}, cell {cell}" + (f", line {line}" if line else "")
    return f"{path}:{line}" if line else str(path)


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(place=place_text, prose=prose)
    words = {"BANDS": BANDS, "BAND_CUTS": BAND_CUTS, "SECTIONS": SECTIONS, "METRICS": METRICS}
    environment.globals.update(words, Scale=plots.Scale, polyline=plots.polyline)
    environment.globals.update(compared=plots.compared, gap_scale=plots.gap_scale, in_digits=in_digits)
    return environment


def _flagged(findings: list[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, finding) of what is held against the submission, the gravest first."""
    found = [(i, finding) for i, finding in enumerate(findings) if finding["status"] == "flagged"]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1]["severity"]))


def _band_by_points(overall: Mapping[str, Any] | None) -> int:
    """The band the score alone would give, before any cap."""
    return 1 + sum(overall["score"] >= cut for cut in BAND_CUTS) if overall else 0


def _metric_names(metrics: Mapping[str, Any]) -> list[str]:
    """Every metric of any group, those of the hidden rows first."""
    groups = ("hidden", "train", "claimed", "claimed_null")
    return list(dict.fromkeys(name for group in groups for name in metrics[group]))
