"""What two traced runs say of leaky and of honest evaluations, in several styles."""

from __future__ import annotations

import pytest

from graders.checks.leakage.signal import Source
from tests.graders.checks.leakage import snippets
from tests.graders.checks.leakage.snippets import Snippet
from tests.graders.checks.leakage.traced import looks, public


@pytest.mark.parametrize("snippet", snippets.LEAKY, ids=lambda snippet: snippet.name)
def test_leaks_are_named(snippet: Snippet) -> None:
    """Each leak is named by its code and a line, and no other code is."""
    _, found = looks(snippet.source, public())
    signals = [signal for look in found for signal in look.signals]
    assert {signal.code for signal in signals} == snippet.says, signals
    assert all(signal.where is not None and signal.where.line for signal in signals), signals


@pytest.mark.parametrize("snippet", snippets.HONEST, ids=lambda snippet: snippet.name)
def test_nothing_is_held_against_the_honest(snippet: Snippet) -> None:
    """Lookalikes of leaks are no leaks; and non-interference says that it was able to look."""
    _, found = looks(snippet.source, public())
    assert [signal for look in found for signal in look.signals] == []
    (compared,) = [look for look in found if look.source is Source.INTERFERENCE]
    assert {"LEAK001", "LEAK007"} <= compared.able


def test_a_code_is_either_decided_or_blind_with_a_reason() -> None:
    """No code is both, and none of those a look is about is neither."""
    for snippet in (snippets.LEAKY[0], snippets.LEAKY[2], snippets.HONEST[0]):
        for look in looks(snippet.source, public())[1]:
            assert not look.able & look.blind.keys()
            assert {signal.code for signal in look.signals} <= look.able
            assert all(look.blind.values())


UNSEEDED = """
import numpy as np
def evaluate(data):
    return {"roc_auc": float(np.random.default_rng().random())}
"""


def test_runs_that_differ_by_themselves_are_not_compared() -> None:
    """A claim that the same run does not reproduce shows before anything is concluded from two runs."""
    with pytest.raises(AssertionError):
        looks(UNSEEDED, public())


NOTHING_KNOWN = """
def evaluate(data):
    return {"roc_auc": 0.5 + 0.3 * float(data["churned"].mean())}
"""


def test_a_claim_from_nowhere_is_not_judged() -> None:
    """Where no model was seen nothing is clean: every code is blind, with the reason."""
    _, found = looks(NOTHING_KNOWN, public())
    assert [look.source for look in found] == [Source.INSIDE]
    assert found[0].able == frozenset()
    assert len(found[0].blind) == 8
