"""Blind mode hides who wrote it, in every text of theirs, and can be undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.model.finding import Evidence
from graders.model.submission import Location, SetAside
from graders.report import schema
from graders.report.document import document
from graders.report.html import render
from graders.report.redact import redact, restore
from testing.builders import a_case, a_check, a_finding, a_measurement, a_report, a_submission
from tests.graders.report.test_document import REPORTS, VALIDATOR

NAMES = ("Grace Müller-Hopper", "grace.hopper@example.org")


def text(given_: str, names: tuple[str, ...] = NAMES) -> str:
    """What becomes of a text of the candidate."""
    said = schema.SetAside(path=None, line=None, cell=None, what=given_)
    redacted, originals = redact(said, names)
    assert restore(redacted, originals) == said
    return redacted.what


@pytest.mark.parametrize(
    ("given_", "left"),
    [
        ("model by Grace Müller-Hopper", "model by [name 1]"),
        ("GRACE MULLER HOPPER", "[name 1]"),
        ("hopper_features(x)", "[name 1]_features(x)"),
        ("GraceModel and ghopper", "[name 1]Model and [name 2]"),
        ("mail grace.hopper@example.org", "mail [name 1]"),
        ("someone.else@mail.example.com", "[name 1]"),
        ("/Users/ghop/churn/data.csv", "/Users/[name 1]/churn/data.csv"),
        ("open('/home/g.h/x')", "open('/home/[name 1]/x')"),
        (r"C:\Users\gh\x", r"C:\Users\[name 1]\x"),
        ("see https://www.linkedin.com/in/gh-1906/", "see https://www.linkedin.com/in/[name 1]/"),
        ("https://github.com/amazing/churn", "https://github.com/[name 1]/churn"),
        ("amazing.github.io/churn", "[name 1].github.io/churn"),
        ('__author__ = "G. H."', '__author__ = "[name 1]"'),
        ("Author: Ada Lovelace <a@b.org>", "Author: [name 1] <[name 2]>"),
        ("# Candidate: Ada Lovelace, 2026", "# Candidate: [name 1], 2026"),
        ("Take-home\n# Submitted by Ada Lovelace", "Take-home\n# Submitted by [name 1]"),
        ('authors = [{name = "Ada Lovelace"}]', 'authors = [{name = "[name 1]"}]'),
        ('"authors": [{"name": "ada l."}]', '"authors": [{"name": "[name 1]"}]'),
        ('authors = ["Ada Lovelace <a@b.org>"]', 'authors = ["[name 1]<[name 2]>"]'),
        ("candidate features: Age", "candidate features: Age"),
        ("predictions made by Ridge", "predictions made by Ridge"),
        ("# Copyright (c) 2024 Ada Lovelace", "# Copyright (c) 2024 [name 1]"),
        ("a graceful degradation with grace", "a graceful degradation with grace"),  # words, not the person
        ("the author of the data is unknown", "the author of the data is unknown"),
        ("plain code = 1", "plain code = 1"),
    ],
)
def test_people_go_and_the_rest_stays(given_: str, left: str) -> None:
    """Names in any writing, addresses, home folders, profiles and authors go; words that look like names stay."""
    numbered = text(given_)
    shown = {mark: f"[name {n}]" for n, mark in enumerate(dict.fromkeys(_marks(numbered)), 1)}
    for mark, plain in shown.items():
        numbered = numbered.replace(mark, plain.replace("name", "NAME"))
    assert numbered.replace("NAME", "name") == left


def _marks(given_: str) -> list[str]:
    return re.findall(r"\[name \d+\]", given_)


def test_one_person_has_one_mark() -> None:
    """The same writing gets the same mark everywhere, another writing another one."""
    first, second, third = text("hopper, Hopper, hopper").split(", ")
    assert first == third != second


def a_personal_document() -> schema.Document:
    """Grace everywhere a candidate's text may stand."""
    source = '"""By Grace Hopper."""\n__author__ = "G. Hopper"\nPATH = "/home/ghopper/x.csv"\n'
    case = a_case(
        submission=a_submission(
            {"pipeline.py": source, "hopper/util.py": source},
            set_aside=(SetAside(Location("hopper/util.py", 1), "by Hopper"),),
        )
    )
    return document(
        a_report(
            case=case,
            findings=(a_finding(note="Hopper", evidence=(Evidence("says Hopper", Location("hopper/util.py", 1)),)),),
            measurements=(a_measurement(id="claims", rows=(("Hopper reaches", 0.9, None, None, None),)),),
            metrics={"claimed": {"roc_auc": 0.8, "hopper_score": 1.0}},
        ),
        {"LEAK001": a_check()},
    )


def test_no_text_of_the_candidate_names_them() -> None:
    """Sources, quotes, file names, evidence, notes, tables, claimed metrics and the page itself."""
    redacted, originals = redact(a_personal_document(), NAMES)
    assert "hopper" not in redacted.written().decode().lower()
    assert "hopper" not in render(redacted).lower()
    assert "/home/[name" in redacted.written().decode()
    assert restore(redacted, originals) == a_personal_document()


def test_links_between_parts_survive() -> None:
    """A file keeps one name in evidence and code browser, so its lines can still be linked to."""
    redacted, _ = redact(a_personal_document(), NAMES)
    assert redacted.findings[0].evidence[0].path in {source.path for source in redacted.sources}
    assert "hopper" not in str(redacted.sources).lower()


def test_our_own_words_stay() -> None:
    """A candidate called May Risk changes neither guide, nor question, nor title."""
    stored = a_personal_document()
    redacted, _ = redact(stored, ("May Fitted", "Where Scaler"))
    for key in ("guide", "question", "title"):
        assert getattr(redacted.findings[0], key) == getattr(stored.findings[0], key)
    assert redacted.challenge == stored.challenge


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_any_document_stays_one_and_comes_back(make: Any) -> None:
    """Redacted documents meet the schema and have a page, and restoring gives the first one back to the letter."""
    stored = document(make(), {})
    redacted, originals = redact(stored, ("Alert Script", "a@b.org"))
    VALIDATOR.validate(redacted.plain())
    assert render(redacted)
    assert restore(redacted, originals) == stored


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_restoring_is_exact(given_: str, names: list[str]) -> None:
    """Whatever the text and the names, placeholders that stand in it already included."""
    text(given_ + " [name 1] /home/xy/ Grace Hopper " + given_, (*names, "Grace Hopper"))
