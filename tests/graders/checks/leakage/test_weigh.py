"""How sure a leak is, given who saw it."""

from __future__ import annotations

import pytest

from graders.checks.leakage.signal import Look, Signal, Source
from graders.checks.leakage.weigh import MOST, explained_by_another, weighed
from graders.model.case import NotApplicable, Suggested
from graders.model.finding import Certainty, Evidence
from graders.model.submission import Location

CODE = "LEAK001"


def a_look(source: Source, signals: int = 1, code: str = CODE, blind: str = "") -> Look:
    seen = tuple(Signal(code, source, f"{source} {n}", Location("pipeline.py", n + 1)) for n in range(signals))
    return Look(source, seen, frozenset() if blind else frozenset({CODE}), {CODE: blind} if blind else {})


INSIDE, STATIC = a_look(Source.INSIDE), a_look(Source.STATIC)

#: who looked and what a measurement says of the effect -> the certainty
SEEN = {
    "measured from outside": ([a_look(Source.OUTSIDE)], "", Certainty.CONFIRMED),
    "measured by interference": ([a_look(Source.INTERFERENCE)], "", Certainty.CONFIRMED),
    "two that do not know of each other": ([INSIDE, STATIC], "", Certainty.CONFIRMED),
    "one log": ([INSIDE], "", Certainty.SUSPECTED),
    "one source text": ([STATIC], "", Certainty.SUSPECTED),
    "one log, and its effect was measured": ([INSIDE], "the claim is .2 too high", Certainty.CONFIRMED),
    "one log, though nobody else saw it": ([INSIDE, a_look(Source.INTERFERENCE, 0)], "", Certainty.SUSPECTED),
}


@pytest.mark.parametrize(("looks", "effect", "certainty"), SEEN.values(), ids=SEEN.keys())
def test_certainty_follows_from_who_saw_it(looks: list[Look], effect: str, certainty: Certainty) -> None:
    """A measurement, or two independent witnesses, confirm; one witness only suspects."""
    assert {evidence.certainty for evidence in weighed(CODE, looks, lambda: effect)} == {certainty}


def test_a_suspicion_says_why_it_is_none_other() -> None:
    """The last piece names the only witness, and why no measurement settled it."""
    blind = a_look(Source.INTERFERENCE, 0, blind="evaluate is not deterministic")
    told = weighed(CODE, [INSIDE, blind], lambda: "")[-1].what
    assert "Seen in one run" in told
    assert "Evaluate is not deterministic." in told


def test_the_surest_source_comes_first_and_none_is_endless() -> None:
    """Interference before the log before the source text, at most four of each."""
    told = weighed(CODE, [a_look(Source.STATIC, 9), a_look(Source.INSIDE, 9), a_look(Source.INTERFERENCE)], lambda: "")
    assert [e.source for e in told] == ["interference"] + MOST * ["inside"] + MOST * ["static"]


#: what else speaks for a leak, and whether claims are as they should be -> what becomes of what the text says
ALONE = {
    "nothing, and claims are sound": (CODE, [], True, False),
    "nothing, but a claim is in doubt": (CODE, [], False, True),
    "another leak, seen in a run": (CODE, [a_look(Source.INSIDE, code="LEAK005")], True, True),
    "another leak, read as well": (CODE, [a_look(Source.STATIC, code="LEAK005")], True, False),
    "nothing, and the leak moves no claim": ("LEAK010", [], False, False),
}


@pytest.mark.parametrize(("code", "beside", "sound", "suspected"), ALONE.values(), ids=ALONE.keys())
def test_the_text_alone_accuses_nobody_whose_claims_are_sound(
    code: str, beside: list[Look], sound: bool, suspected: bool
) -> None:
    """It is not judged then, and the place is told, even where a run looked and saw nothing."""
    looks = [a_look(Source.STATIC, code=code), Look(Source.INTERFERENCE, able=frozenset({CODE})), *beside]

    def evidence() -> tuple[Evidence, ...]:
        return weighed(code, looks, lambda: "", unlifted=lambda: sound)

    if suspected:
        assert {one.certainty for one in evidence()} == {Certainty.SUSPECTED}
        return
    with pytest.raises(Suggested, match=r"suggests it \(pipeline.py, line 1\)") as unjudged:
        evidence()
    assert unjudged.value.evidence == Evidence(
        "static 0", Location("pipeline.py", 1), Certainty.SUSPECTED, Source.STATIC.value
    )


#: the code in question, another that was measured and how -> whether that explains a claim that is too high
BESIDE = {
    "another kind": ("LEAK007", "LEAK001", Source.INTERFERENCE, True),
    "a rate that holds the own label": ("LEAK007", "LEAK002", Source.INTERFERENCE, False),
    "a column that is the outcome": ("LEAK007", "LEAK002", Source.OUTSIDE, True),
    "an own label, and no rate": ("LEAK001", "LEAK002", Source.INTERFERENCE, True),
    "another kind that one run alone shows": ("LEAK007", "LEAK001", Source.INSIDE, False),
}


@pytest.mark.parametrize(("code", "other", "source", "explains"), BESIDE.values(), ids=BESIDE.keys())
def test_a_measured_leak_of_another_kind_explains_a_claim(
    code: str, other: str, source: Source, explains: bool
) -> None:
    """A row's own label in its features is what a rate of labels does, where one is named."""
    assert explained_by_another(code, [a_look(source, code=other), a_look(Source.STATIC, code=code)]) is explains


@pytest.mark.parametrize("code", ["LEAK001", "LEAK009"])
def test_rows_that_were_followed_speak_against_the_text(code: str) -> None:
    """What rows were fitted and judged shows while the code runs; what a step learnt from them need not."""
    text = a_look(Source.STATIC, code=code)
    ran = Look(Source.INSIDE, (), frozenset({code}))
    assert bool(weighed(code, [text, ran], lambda: "")) is (code == "LEAK001")


def test_rows_seen_on_both_sides_may_have_guessed_labels() -> None:
    """Which of them the text tells."""
    both = Look(Source.INSIDE, a_look(Source.INSIDE, code="LEAK003").signals, frozenset({"LEAK003", "LEAK009"}))
    assert weighed("LEAK009", [a_look(Source.STATIC, code="LEAK009"), both], lambda: "")


def test_a_measurement_can_speak_against_the_text_alone() -> None:
    """Then nothing is said, and it is not judged where nobody else could see; a log of the run stands."""
    with pytest.raises(NotApplicable, match="no probe"):
        weighed(CODE, [STATIC], lambda: "", lambda: True)
    assert weighed(CODE, [INSIDE], lambda: "", lambda: True)


@pytest.mark.parametrize(
    ("outside", "certainty"),
    [
        (Look(Source.OUTSIDE, (Signal("LEAK010", Source.OUTSIDE, "moved"),), frozenset({"LEAK010"})), "confirmed"),
        (
            Look(Source.OUTSIDE, (Signal("LEAK010", Source.OUTSIDE, "moved", doubt="ties"),), frozenset({"LEAK010"})),
            "suspected",
        ),
        (Look(Source.OUTSIDE, able=frozenset({"LEAK010"})), None),
    ],
    ids=["it moved", "it moved, perhaps by ties", "it did not move"],
)
def test_the_text_names_the_cause_of_what_other_batches_showed(outside: Look, certainty: str | None) -> None:
    """Its line is told beside the measurement, and not against one."""
    told = weighed("LEAK010", [outside, a_look(Source.STATIC, code="LEAK010")], lambda: "")
    assert {evidence.certainty for evidence in told} == ({Certainty(certainty)} if certainty else set())
    assert any(evidence.where for evidence in told) is (certainty is not None)


def batches(signals: str = "", able: bool = True) -> Look:
    told = tuple(Signal(code, Source.OUTSIDE, "moved") for code in signals.split())
    return Look(
        Source.OUTSIDE, told, frozenset({"LEAK010"} if able else ()), {} if able else {"LEAK010": "ended early"}
    )


READS_ON, ANEW = a_look(Source.INTERFERENCE, code="LEAK010"), a_look(Source.STATIC, code="LEAK011")


@pytest.mark.parametrize(
    ("looks", "named"),
    [
        ([batches(), READS_ON], False),
        ([batches(), READS_ON, a_look(Source.STATIC, code="LEAK010")], False),
        ([batches("LEAK010"), READS_ON], True),
        ([batches(able=False), READS_ON], True),
        ([batches(), READS_ON, ANEW], True),
    ],
    ids=["it gave the same", "whatever the text says", "it moved", "it was not asked", "held-out rows are fitted anew"],
)
def test_whoever_predicts_the_same_in_other_batches_depends_on_none(looks: list[Look], named: bool) -> None:
    """Scores of evaluate may move with other held-out rows: a mean of the days before does so, and predict reads none.

    Whether such values leak nobody has seen then.
    """
    assert bool(weighed("LEAK010", looks, lambda: "")) is named
    inside = Look(Source.INSIDE, able=frozenset({"LEAK007"}))
    if named:
        assert weighed("LEAK007", [*looks, inside], lambda: "") == ()
        return
    with pytest.raises(NotApplicable, match="not the answers of predict"):
        weighed("LEAK007", [*looks, inside], lambda: "")


CLEAR = {
    "somebody who runs the code could have seen it": ([a_look(Source.INSIDE, 0)], None),
    "the source text alone clears nobody": ([a_look(Source.STATIC, 0)], "no probe"),
    "nobody could see": ([a_look(Source.INSIDE, 0, blind="rows went through a list")], "rows went through a list"),
    "nobody looked": ([], "no probe"),
    "another leak is no evidence of this one": ([a_look(Source.OUTSIDE, code="LEAK010")], None),
}


@pytest.mark.parametrize(("looks", "why"), CLEAR.values(), ids=CLEAR.keys())
def test_clean_needs_somebody_who_could_see(looks: list[Look], why: str | None) -> None:
    """Without a signal the answer is clean, or not judged with the reason."""
    if why is None:
        assert weighed(CODE, looks, lambda: "") == ()
        return
    with pytest.raises(NotApplicable, match=why):
        weighed(CODE, looks, lambda: "")
