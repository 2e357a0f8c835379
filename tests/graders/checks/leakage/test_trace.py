"""Accounts are read strictly: nonsense is no account, and never an error of ours."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.checks.leakage.trace import read
from graders.model.case import NotApplicable

ROWS = 40


def packed(members: list[int], size: int = ROWS) -> str:
    bits = np.zeros(size, bool)
    bits[members] = True
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes())).decode()


def account(**changes: Any) -> dict[str, Any]:
    fit = {"id": 0, "at": 1, "place": 0, "kind": "Model", "role": "model", "rows": 0, "labels": "y", "fed": True}
    fit |= {
        "x": "ab",
        "y": "cd",
        "via": [],
        "parts": [],
        "stopped_on": -1,
        "tried": 0,
        "within": "",
        "kept": -1,
        "columns": [],
    }
    judged = {"id": 0, "at": 2, "place": 0, "how": "predict_proba", "fit": 0, "rows": 1, "value": None, "of": []}
    judged |= {"via": [], "scores": base64.b64encode(bytes(6)).decode()}
    sets = [{"bits": packed([0, 1, 5]), "unknown": 0, "repeated": 0}, {"bits": packed([7, 39]), "unknown": 1}]
    sets[1]["repeated"] = 0
    whole = {"version": 1, "rows": ROWS, "places": [["pipeline.py", 3]], "sets": sets, "fits": [fit]}
    return {**whole, "judged": [judged], "splits": [], "tables": [], "claims": {"roc_auc": 0.5}, "lost": {}, **changes}


def test_an_account_is_read() -> None:
    """Rows, places and scores come back as they were put down."""
    trace = read(json.dumps(account()), ROWS)
    fit, judged = trace.fits[0], trace.judged[0]
    assert fit.rows is not None
    assert judged.rows is not None
    assert fit.rows.members.tolist() == [0, 1, 5]
    assert judged.rows.members.tolist() == [7, 39]
    assert (judged.rows.unknown, judged.fit, len(judged.scores)) == (1, 0, 6)
    assert fit.place is not None
    assert (fit.place.path, fit.place.line) == ("pipeline.py", 3)


def test_a_set_of_rows_that_unpacks_to_megabytes_is_no_account() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()
    test_anything_else_is_no_account(json.dumps(account(sets=[{"bits": bomb, "unknown": 0, "repeated": 0}])))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps(account(rows=41)),
        json.dumps(account(version=2)),
        json.dumps(account(rows=True)),
        json.dumps(account(sets=[{"bits": packed([1], 80), "unknown": 0, "repeated": 0}])),
        json.dumps(account(sets=[{"bits": "ü", "unknown": 0, "repeated": 0}])),
        json.dumps(account(sets=[])),
        json.dumps(account(places=[["pipeline.py"]])),
        json.dumps(account(places=[["\u202e", 1]])),
        json.dumps(account(places=[["x" * 5000, 1]])),
        json.dumps(account(claims={"roc_auc": "0.9"})),
        json.dumps(account()).replace("0.5", "1e999"),
        json.dumps(account()).replace("0.5", "9" * 5000),
        json.dumps(account(lost=None)),
        json.dumps(account(fits=[{}])),
        json.dumps(account(judged=[{"id": 0}])),
        json.dumps(account(judged=account()["judged"] * 2)),
        json.dumps(account(lost={"x": -5})),
    ],
    ids=range(22),
)
def test_anything_else_is_no_account(text: str) -> None:
    """It is not applicable, with a sentence of ours."""
    with pytest.raises(NotApplicable, match=r"account|on record"):
        read(text, ROWS)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner), max_leaves=8
)


@settings(max_examples=150)
@given(st.sampled_from(sorted(account())), VALUES)
def test_no_field_can_break_the_reader(field: str, value: object) -> None:
    """Whatever stands in a field, the account is read or is none."""
    try:
        trace = read(json.dumps(account(**{field: value})), ROWS)
    except NotApplicable:
        return
    assert trace.rows == ROWS


@settings(max_examples=150)
@given(st.sampled_from(["fits", "judged"]), st.data(), VALUES)
def test_no_event_can_break_the_reader(kind: str, data: st.DataObject, value: object) -> None:
    """The same for the fields of an event."""
    whole = account()
    whole[kind][0][data.draw(st.sampled_from(sorted(whole[kind][0])))] = value
    try:
        trace = read(json.dumps(whole), ROWS)
    except NotApplicable:
        return
    assert len(trace.fits) == 1
