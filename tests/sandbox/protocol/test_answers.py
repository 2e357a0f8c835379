"""What a hostile process may write in place of an answer, and what becomes of it."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.model.contract import Contract
from graders.model.probe import Action
from sandbox.protocol import answers
from sandbox.testing.conformance import submission

ROWS = 3


def raw(header: object, payload: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack(">I", len(text)) + text + payload


def parse(content: bytes, action: Action) -> answers.Answer:
    return answers.parse(content, action, ROWS, submission())


def values(*numbers: float) -> bytes:
    return raw({"done": True}, np.array(numbers, "<f8").tobytes())


def failure(**changes: object) -> bytes:
    honest = {"exception": "KeyError", "message": "x", "errno": 0, "frames": [["pipeline.py", 3]], "importing": False}
    return raw({"failure": honest | changes})


@pytest.mark.parametrize(
    ("content", "action", "kind"),
    [
        (values(0.1, 0.2), Action.PREDICT, "PRED_LENGTH"),
        (values(0.1, 0.2, 0.3, 0.4), Action.PREDICT, "PRED_LENGTH"),
        (raw({}, b"1234567"), Action.PREDICT, "PRED_LENGTH"),
        (values(0.1, math.nan, 0.3), Action.PREDICT, "PRED_NOT_FINITE"),
        (values(0.1, -math.inf, 0.3), Action.PREDICT, "PRED_NOT_FINITE"),
        (values(0.1, 1.0000001, 0.3), Action.PREDICT, "PRED_RANGE"),
        (values(0.1, -0.1, 0.3), Action.PREDICT, "PRED_RANGE"),
        (raw({}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": [0.5]}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": {"roc_auc": "0.5"}}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": {"roc_auc": True}}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": {"roc_auc": 0.5, "a\nb": 1}}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": {"roc_auc": 0.5, "a" * 61: 1}}), Action.EVALUATE, "CLAIMS_TYPE"),
        (raw({"claims": {"accuracy": 1}}), Action.EVALUATE, "CLAIMS_NO_METRIC"),
        (raw({"claims": {"roc_auc": math.nan}}), Action.EVALUATE, "CLAIMS_NOT_FINITE"),
        (raw({"claims": {"roc_auc": 10**400}}), Action.EVALUATE, "CLAIMS_NOT_FINITE"),
        (raw({"claims": {"roc_auc": 1.1}}), Action.EVALUATE, "CLAIMS_RANGE"),
        (raw({"problem": "PRED_LENGTH", "numbers": [1, 2]}), Action.PREDICT, "PRED_LENGTH"),
        (failure(), Action.TRAIN, "KeyError"),
        (failure(exception="ColumnNotFoundError"), Action.TRAIN, "ColumnNotFoundError"),
        (failure(exception="Evil<script>"), Action.TRAIN, "an exception of its own"),
        (failure(importing=True), Action.TRAIN, "IMPORT_FAILED"),
    ],
)
def test_a_bad_answer_has_its_name(content: bytes, action: Action, kind: str) -> None:
    """What is wrong with an answer is found on the grader's side, whatever the harness said."""
    answer = parse(content, action)
    assert answer.failure
    assert answer.failure.kind == kind
    assert answer.predictions is None
    assert not answer.claims


@pytest.mark.parametrize(
    ("content", "action"),
    [
        (b"", Action.TRAIN),
        (b"abc", Action.TRAIN),
        (struct.pack(">I", 2**31), Action.TRAIN),
        (struct.pack(">I", 4) + b"{}[]", Action.TRAIN),
        (raw([]), Action.TRAIN),
        (raw({"problem": "SOMETHING", "numbers": []}), Action.PREDICT),
        (raw({"problem": "PRED_LENGTH", "numbers": ["a text that should not get out", 1]}), Action.PREDICT),
        (raw({"problem": "PRED_LENGTH", "numbers": [1]}), Action.PREDICT),
        (raw({"problem": "PRED_LENGTH", "numbers": [10**40, 1]}), Action.PREDICT),
        (raw({"problem": ["PRED_LENGTH"], "numbers": []}), Action.PREDICT),
        (raw({"failure": 3}), Action.TRAIN),
        (failure(message=3), Action.TRAIN),
        (failure(exception=None), Action.TRAIN),
        (failure(errno="28"), Action.TRAIN),
        (raw({}, b"no json"), Action.RUFF),
        (raw({}, b"[" * 10_000), Action.RUFF),
    ],
)
def test_what_no_harness_writes_is_no_answer(content: bytes, action: Action) -> None:
    """Rubbish is Malformed, never half an answer."""
    with pytest.raises(answers.Malformed):
        parse(content, action)


@given(st.binary(max_size=200), st.sampled_from(list(Action)))
def test_any_bytes_are_an_answer_or_malformed(content: bytes, action: Action) -> None:
    """No bytes at all can raise anything else on the grader's side."""
    try:
        parse(struct.pack(">I", max(len(content) - 2, 0)) + content, action)
    except answers.Malformed:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)
fields = st.sampled_from(["problem", "numbers", "failure", "claims", "done"])


@given(st.dictionaries(fields, json_values), st.sampled_from(list(Action)))
def test_any_header_is_an_answer_or_malformed(header: dict[str, object], action: Action) -> None:
    """No JSON in the right places can raise anything else either."""
    try:
        parse(raw(header), action)
    except answers.Malformed:
        return


def test_frames_outside_the_submission_are_dropped() -> None:
    """Only files the candidate handed in are named, and only lines that can exist."""
    frames = [["/opt/x.py", 1], ["pipeline.py", -1], ["pipeline.py", "1"], 7, ["pipeline.py", 4], ["helper.py", True]]
    answer = parse(failure(frames=frames), Action.TRAIN)
    assert answer.failure
    assert [str(frame) for frame in answer.failure.frames] == ["pipeline.py, line 4"]


def test_messages_are_bounded_and_encodable() -> None:
    """A long message is cut and lone surrogates are replaced, so that every reader can store it."""
    answer = parse(failure(message="\ud800" + "x" * 10_000), Action.TRAIN)
    assert answer.failure
    assert answer.failure.message.encode() == b"?" + b"x" * 1999


def test_a_good_answer_is_the_numbers() -> None:
    """Honest values come through exactly, and cannot be changed afterwards."""
    answer = parse(values(0.0, 0.25, 1.0), Action.PREDICT)
    assert answer.predictions is not None
    assert answer.predictions.tolist() == [0.0, 0.25, 1.0]
    assert not answer.predictions.flags.writeable
    assert parse(raw({"claims": {"roc_auc": 1, "n": 2}}), Action.EVALUATE).claims == {"roc_auc": 1.0, "n": 2.0}
    assert parse(raw({}, b'{"a": 1}'), Action.RUFF).output == '{"a": 1}'


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([0.5, 1], (0.5, 1.0)),
        ([], ()),
        ([0.1, -1.0], ()),
        ([0.1, "0.2"], ()),
        ([True], ()),
        ([math.nan], ()),
        ([1e9], ()),
        ([0.1] * 2000, ()),
        ({"0": 1}, ()),
        (None, ()),
    ],
)
def test_times_of_calls_are_sensible_or_none(told: object, kept: tuple[float, ...]) -> None:
    """CPU times come from the candidate's process: one that makes no sense spoils all, and no prediction."""
    answer = parse(raw({"done": True, "seconds": told}, np.full(ROWS, 0.5).astype("<f8").tobytes()), Action.PREDICT)
    assert answer.seconds == kept
    assert answer.predictions is not None


CLASSES = Contract("log_loss", ("red", "green"), claim_high=None, higher=False)
NUMBERS = Contract("mae", low=None, high=None, claim_high=None, higher=False)


@pytest.mark.parametrize(
    ("content", "contract", "sentence"),
    [
        (values(*[0.5] * 3), CLASSES, "1 values for 3 rows"),
        (values(*[0.5] * 5, 0.6), CLASSES, "in 1 of 3 rows the probabilities do not sum to 1, by more than 0.001"),
        (values(0.1, math.inf, 3.0), NUMBERS, "1 of 3 values are missing or infinite"),
        (
            raw({"problem": "PRED_CLASSES", "numbers": [1, 0]}),
            CLASSES,
            "2 columns are wanted, one for each of red, green; this has 1 dimensions and 0 columns",
        ),
    ],
)
def test_an_answer_is_held_to_the_contract_of_its_challenge(content: bytes, contract: Contract, sentence: str) -> None:
    found = answers.parse(content, Action.PREDICT, ROWS, submission(), contract)
    assert found.failure is not None
    assert found.failure.message == sentence


def test_a_claim_names_the_key_that_is_wanted() -> None:
    for claim, sentence in (
        ({"roc_auc": 0.5}, "the key mae is missing"),
        ({"mae": -1.0}, "mae is negative, and it is a loss: 0 is perfect and more is worse"),
    ):
        found = answers.parse(raw({"claims": claim}), Action.EVALUATE, ROWS, submission(), NUMBERS)
        assert found.failure is not None
        assert found.failure.message == sentence


def test_rows_of_several_numbers_keep_their_shape() -> None:
    found = answers.parse(values(0.5, 0.5, 0.25, 0.75, 1, 0), Action.PREDICT, ROWS, submission(), CLASSES).predictions
    assert found is not None
    assert found.tolist() == [[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]


def test_no_rows_have_an_empty_answer_for_each_class() -> None:
    contract = Contract("log_loss", classes=("a", "b", "c"))
    assert answers.predictions(b"", 0, contract).predictions.shape == (0, 3)  # type: ignore[union-attr]
