"""report.json -> one HTML page that needs nothing else: no network, no script, no second file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

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
            flagged=_flagged(document["findings"]),
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

    def __call__(self, *path: str | int, digits: int = 1) -> Markup:
        value = reduce(lambda node, key: node[key], path, self._document)
        if value is None:
            return Markup('<span class="none" title="not measured">–</span>')
        pointer = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
        return Markup('<span class="n" data-of="{}">{}</span>').format(pointer, in_digits(value, digits))


def in_digits(value: float, digits: int) -> str:
    """A number with a fixed count of decimals; one too large for that as Python writes it."""
    return f"{value:.{digits}f}" if abs(value) < 1e7 else repr(value)


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
    environment.filters["place"] = place_text
    words = {"BANDS": BANDS, "BAND_CUTS": BAND_CUTS, "SECTIONS": SECTIONS, "METRICS": METRICS}
    environment.globals.update(words, Scale=plots.Scale, polyline=plots.polyline)
    environment.globals.update(compared=plots.compared, gap_scale=plots.gap_scale, in_digits=in_digits)
    return environment


def _flagged(findings: list[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, finding) of what is held against the submission, the gravest first."""
    found = [(i, finding) for i, finding in enumerate(findings) if finding["status"] == "flagged"]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1]["severity"]))


def _metric_names(metrics: Mapping[str, Any]) -> list[str]:
    """Every metric of any group, those of the hidden rows first."""
    groups = ("hidden", "train", "claimed", "claimed_null")
    return list(dict.fromkeys(name for group in groups for name in metrics[group]))
