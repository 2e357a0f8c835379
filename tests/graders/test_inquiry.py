"""What is asked next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graders.checks.leakage import accounts, lookup, outside, permuted
from graders.facts import Facts
from graders.inquiry import ALWAYS_SECONDS, LEAST, _probe, follow_up, on_batches, on_changes, on_identifiers
from graders.model.case import Case
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Failure
from graders.probes import sessions
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run, a_submission
from tests.graders.cases import the_challenge


def a_case_of(
    customers: Dataset, null: float, *, cpu: float = 1.0, post_outcome: float = 0.0, budget: float = 3.0
) -> Case:
    """An evaluate of `cpu` seconds, one claim on permuted labels, and a model resting on a post-outcome column."""
    labels = customers.public["churned"].to_numpy()
    noise = np.random.default_rng(0).random(len(labels))
    public = noise + post_outcome * labels
    crowd = sessions.crowd_positions(len(labels), 0)
    changed = {ProbeName.PREDICT_CHANGED: noise, ProbeName.PREDICT_KEPT: public / public.max()}
    runs = (
        a_run(cpu_seconds=cpu),
        a_run(ProbeName.EVALUATE, Action.EVALUATE, cpu_seconds=cpu, claims={"roc_auc": 0.75}, by_chance=False),
        a_run(ProbeName.EVALUATE_NULL, Action.EVALUATE, cpu_seconds=cpu, claims={"roc_auc": null}),
        a_run(ProbeName.PREDICT_PUBLIC, Action.PREDICT, predictions=public / public.max()),
        *(a_run(name, Action.PREDICT, predictions=answers[crowd]) for name, answers in changed.items()),
    )
    return a_case(*runs, challenge=replace(the_challenge(), follow_up_budget=budget), dataset=customers, seed=0)


ASKED = {
    "all is settled": ({"null": 0.51}, ()),
    "the null claim is high": ({"null": 0.53}, sessions.NULL_DRAWS[:1]),
    "it rests on a post-outcome column": ({"null": 0.5, "post_outcome": 1.0}, ()),
    "evaluate is dear": ({"null": 0.6, "cpu": ALWAYS_SECONDS, "budget": 0.5}, sessions.NULL_DRAWS[:1]),
}


@pytest.mark.parametrize(("facts", "names"), ASKED.values(), ids=ASKED.keys())
def test_only_doubts_are_followed_up_as_far_as_time_allows(
    facts: dict[str, float], names: tuple[str, ...], customers: Dataset
) -> None:
    """What is settled is not asked; what is too dear is left out from the end."""
    assert tuple(probe.name for probe in follow_up(Facts(a_case_of(customers, **facts)))) == names


DRAWN = {
    "the first fresh draw lies at chance": (0.53, (0.505,), ()),
    "it does not": (0.53, (0.52,), (2,)),
    "the second makes up for it": (0.53, (0.52, 0.495), ()),
    "two lie far above": (0.53, (0.65, 0.61), ()),
    "two lie above": (0.53, (0.55, 0.56), (3,)),
    "three are all there are": (0.53, (0.55, 0.56, 0.52), ()),
    "the first claim was low, and one lies very far above": (0.53, (0.85,), (2,)),
    "both lie very far above": (0.88, (0.85,), ()),
    "both lie far above, and no more than that": (0.68, (0.85,), (2,)),
    "the first lies higher than any luck": (0.97, (), ()),
    "the first may lie so high by luck": (0.6, (), (1,)),
}


@pytest.mark.parametrize(("first", "draws", "asked"), DRAWN.values(), ids=DRAWN.keys())
def test_fresh_draws_end_when_they_have_decided(
    first: float, draws: tuple[float, ...], asked: tuple[int, ...], customers: Dataset
) -> None:
    """One at a time, until their mean lies at chance, or two far above it, or three are there.  One is enough where it
    and the first claim are as sure together."""
    case = a_case_of(customers, first)
    hidden = a_run(ProbeName.PREDICT, Action.PREDICT, predictions=customers.hidden["score"].rank(pct=True).to_numpy())
    case = replace(case, runs={**case.runs, hidden.name: hidden})
    names = sessions.NULL_DRAWS[: len(draws)]
    answers = {n: a_run(n, Action.EVALUATE, claims={"roc_auc": d}) for n, d in zip(names, draws, strict=True)}
    found = follow_up(Facts(replace(case, runs={**case.runs, **answers})))
    assert [probe.name for probe in found] == [sessions.NULL_DRAWS[number - 1] for number in asked]


#: The same where the accounts show a leak that lifts such a claim.
EXPLAINED = {
    "too far above for luck": (0.72, (), ()),
    "too near to it": (0.54, (), (1,)),
    "one more decides": (0.68, (0.66,), ()),
    "not where the first claim was low": (0.53, (0.85,), (2,)),
}


@pytest.mark.parametrize(("first", "draws", "asked"), EXPLAINED.values(), ids=EXPLAINED.keys())
def test_fewer_draws_decide_where_accounts_show_why(
    first: float, draws: tuple[float, ...], asked: tuple[int, ...], customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permuted, "lifts_null", lambda facts: True)  # noqa: ARG005
    test_fresh_draws_end_when_they_have_decided(first, draws, asked, customers)


@pytest.mark.parametrize(("errors", "asked"), [(2.3, (2,)), (2.5, ())])
def test_a_mean_of_three_errors_decides_where_accounts_show_why(
    errors: float, asked: tuple[int, ...], customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the account alone suspects, and what one measurement alone suspects, confirm each other."""
    monkeypatch.setattr(permuted, "_error_of_one", lambda *_: 0.15 / errors)
    monkeypatch.setattr(permuted, "chance", lambda _: 0.5)
    test_fewer_draws_decide_where_accounts_show_why(0.62, (0.65,), asked, customers, monkeypatch)


@pytest.mark.parametrize(
    ("leaks", "first", "asked"), [(False, 0.55, (2,)), (True, 0.55, ()), (True, 0.53, (2,))], ids=str
)
def test_a_suspicion_is_enough_of_whom_other_features_convict(
    leaks: bool, first: float, asked: tuple[int, ...], customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another draw may clear of this, and only those profit who are not confirmed to leak."""
    monkeypatch.setattr(permuted, "leaks_features", lambda _: leaks)
    monkeypatch.setattr(permuted, "rows_judged", lambda _: 500)
    monkeypatch.setattr(permuted, "_error_of_one", lambda _: 0.018)
    monkeypatch.setattr(permuted, "chance", lambda _: 0.5)
    test_fresh_draws_end_when_they_have_decided(first, (0.535,), asked, customers)


@pytest.mark.parametrize(("witnesses", "asked"), [(1, (2,)), (2, ())])
def test_one_draw_is_enough_where_account_and_text_show_why(
    witnesses: int, asked: tuple[int, ...], customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What two measurements suspect, and two witnesses explain, is sure."""
    monkeypatch.setattr(permuted, "_error_of_one", lambda _: 0.03)
    monkeypatch.setattr(permuted, "chance", lambda _: 0.5)
    monkeypatch.setattr(permuted, "rows_judged", lambda _: 500)
    monkeypatch.setattr(permuted, "lifted_by_two", lambda _: witnesses == 2)
    test_fewer_draws_decide_where_accounts_show_why(0.61, (0.56,), asked, customers, monkeypatch)


LINKED, UNLINKED = True, False
#: Whether the account of the claim shows what gave it, the draw, the metric -> whether the claim is looked for by hand;
#: None where the run is not watched.
SOUGHT = {
    "permuted labels": (LINKED, ProbeName.EVALUATE_NULL, "roc_auc", True),
    "nothing was found where it counts": (UNLINKED, ProbeName.EVALUATE_NULL, "roc_auc", False),
    "a fresh draw, whose claim alone is asked": (LINKED, sessions.NULL_DRAWS[0], "roc_auc", None),
    "a fresh draw of a loss, whose order is asked too": (LINKED, sessions.NULL_DRAWS[0], "log_loss", True),
}


@pytest.mark.parametrize(("linked", "name", "metric", "sought"), SOUGHT.values(), ids=SOUGHT.keys())
def test_a_claim_by_hand_is_looked_for_where_that_tells_something(
    linked: bool, name: ProbeName, metric: str, sought: bool | None, customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "links_claim", lambda _: linked)
    case = a_case_of(customers, 0.53)
    runs = {run: answer for run, answer in case.runs.items() if run != name}
    asked = replace(case, runs=runs, challenge=replace(case.challenge, metric=metric))
    probe = _probe(name, Facts(asked))
    assert (probe.sought if probe.traced else None) is sought


@pytest.mark.parametrize(("rows", "asked"), [(0, (2,)), (500, ())], ids=["unknown", "known"])
def test_one_more_draw_decides_where_it_is_known_how_many_rows_were_judged(
    rows: int, asked: tuple[int, ...], customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permuted, "rows_judged", lambda facts: rows)  # noqa: ARG005
    monkeypatch.setattr(permuted, "FAR", np.inf)  # the first does not decide alone
    test_fresh_draws_end_when_they_have_decided(0.6, (0.61,), asked, customers)


def test_nothing_is_asked_twice(customers: Dataset) -> None:
    """Once answered, the same doubt raises no further probe."""
    case = a_case_of(customers, 0.53)
    answers = {p.name: a_run(p.name, Action.EVALUATE, claims={"roc_auc": 0.5}) for p in follow_up(Facts(case))}
    assert follow_up(Facts(replace(case, runs={**case.runs, **answers}))) == []


def test_a_dear_evaluate_is_followed_up_all_the_same_but_not_for_ever(customers: Dataset) -> None:
    """LEAST probes whatever they cost, and then no more than the budget allows."""
    case = a_case_of(customers, 0.53, cpu=ALWAYS_SECONDS, budget=0.5, post_outcome=1.0)
    asked: list[str] = []
    while found := follow_up(Facts(case)):
        asked += [probe.name for probe in found]
        answers = {p.name: a_run(p.name, Action.EVALUATE, claims={"roc_auc": 0.52}) for p in found}
        case = replace(case, runs={**case.runs, **answers})
    assert len(asked) == LEAST


def test_after_two_runs_that_met_a_limit_no_more_are_asked(customers: Dataset) -> None:
    """They would cost a minute each and say the same."""
    case = a_case_of(customers, 0.53)
    late = Failure("CPU_LIMIT", "60 s")
    ended = [
        a_run(name, action, exit=Exit.TIMED_OUT, failure=late)
        for name, action in ((ProbeName.TRAIN_AGAIN, Action.TRAIN), (ProbeName.EVALUATE_AGAIN, Action.EVALUATE))
    ]
    assert follow_up(Facts(replace(case, runs={**case.runs, ended[0].name: ended[0]})))
    assert not follow_up(Facts(replace(case, runs={**case.runs, **{run.name: run for run in ended}})))


def told(by_chance: bool | None, text: str = "", differ: float = 0.0) -> dict[str, Any]:
    return {"by_chance": by_chance, "text": text, "differ": differ}


SETS = "def halves(data):\n    return [unit for unit in set(data['customer_id'])]\n"
CLOCK = "import time\nSEED = int(time.time())\n"
LATER = "import time\ndef at(seed): return seed\nstarted = time.time_ns() // 1000\nat(started)\n"
BUDGET = "import time\nbegun = time.time()\nwhile time.time() - begun < 5:\n    pass\n"
TOOK = "import time\nbegun = time.time()\ntook = time.time() - begun\nprint('took', round(took, 1), time.time())\n"
CHILD = "import subprocess\nn = int(subprocess.run(['shuf'], capture_output=True).stdout)\n"
DEVICE = "entropy = open('/dev/urandom', 'rb').read(4)\n"
NAMED = "import uuid\nrun = uuid.uuid4().int\n"
SORTED = "LEFT = sorted(set('abc') - {'a'})\n"
HASHED = "n = 'seed'.__hash__()\n"
INTO = "def known(data, ids):\n    return [row in set(ids) for row in data]\n"
#: What speaks for or against chance -> whether evaluate is asked once more.
AGAIN = {
    "its process drew nothing": (told(False), False),
    "it drew something": (told(True), True),
    "it does not say": (told(None), True),
    "its text takes an order from a set": (told(False, SETS), True),
    "its text looks into a set": (told(False, INTO), False),
    "its text takes a seed from the clock": (told(False, CLOCK), True),
    "its text hands a moment on under another name": (told(False, LATER), True),
    "its text stops when a time is up": (told(False, BUDGET), True),
    "its text says how long it took": (told(False, TOOK), False),
    "another process may draw": (told(False, CHILD), True),
    "its text reads entropy": (told(False, DEVICE), True),
    "its text makes a unique name": (told(False, NAMED), True),
    "its text hashes a text": (told(False, HASHED), True),
    "its text sorts what is left of a set": (told(False, SORTED), False),
    "two trainings gave other answers": (told(False, differ=0.1), True),
}


@pytest.mark.parametrize(("told", "again"), AGAIN.values(), ids=AGAIN.keys())
def test_evaluate_is_asked_again_wherever_chance_may_matter(
    told: dict[str, Any], again: bool, customers: Dataset
) -> None:
    """A claim is taken for the same under another seed only where nothing speaks for chance."""
    case = a_case_of(customers, 0.5)
    hidden = np.full(len(customers.hidden), 0.5)
    runs = [
        replace(case.runs[ProbeName.EVALUATE], by_chance=told["by_chance"]),
        a_run(ProbeName.PREDICT, Action.PREDICT, predictions=hidden),
        a_run(ProbeName.PREDICT_AGAIN, Action.PREDICT, predictions=hidden + told["differ"]),
    ]
    text = a_submission().runnable["pipeline.py"] + told["text"].encode()
    case = replace(case, submission=a_submission({"pipeline.py": text.decode()}))
    case = replace(case, runs={**case.runs, **{run.name: run for run in runs}})
    asked = follow_up(Facts(case))
    assert (ProbeName.EVALUATE_AGAIN in [probe.name for probe in asked]) is again
    assert not any(probe.traced for probe in asked if probe.name == ProbeName.EVALUATE_AGAIN)


BATCH = (ProbeName.PREDICT_BESIDE, ProbeName.PREDICT_FRESH_AGAIN)
STEPS = (
    *(ProbeName.PREDICT_BESIDE, ProbeName.PREDICT_FEW, ProbeName.PREDICT_FEW_PARTS),
    *(ProbeName.PREDICT_ROW_BY_ROW, ProbeName.PREDICT_ROW_BY_ROW_PARTS, ProbeName.PREDICT_FRESH_AGAIN),
)
FACTORS = "from sklearn.decomposition import NMF\nmodel = NMF(3)\n"
#: By how much answers change in parts, of rows beside other ones and asked again (None: not asked yet), and a text
#: beside the pipeline's -> what is asked.
ON_BATCHES = {
    "batches agree": (0.0, None, "", ()),
    "batches differ": (0.2, None, "", BATCH),
    "batches differ, with a step that works on all rows": (0.2, None, FACTORS, STEPS),
    "other rows decide": (0.2, (0.2, 0.0), "", ()),
    "they do, and another order of sets as well": (0.2, (0.2, 0.1), "", (ProbeName.PREDICT_FRESH_TWICE,)),
    "they do not": (0.2, (0.0, 0.0), "", (ProbeName.PREDICT_ROUNDED,)),
}


@pytest.mark.parametrize(("in_parts", "answered", "text", "names"), ON_BATCHES.values(), ids=ON_BATCHES.keys())
def test_rounding_is_asked_about_where_other_rows_change_nothing(
    in_parts: float, answered: tuple[float, float] | None, text: str, names: tuple[str, ...], customers: Dataset
) -> None:
    """Libraries are loaded anew for it, which costs more than all other calls together.  Steps of libraries see single
    rows where the text has such steps alone: who knows that rows come so could excuse himself by it."""
    hidden, fresh = np.full(len(customers.hidden), 0.5), np.full(sessions.SAMPLE, 0.5)
    at = len(sessions.sample_positions(len(hidden), 0))
    answers = {
        ProbeName.PREDICT: hidden,
        ProbeName.PREDICT_PARTS: hidden[:at] + in_parts,
        ProbeName.PREDICT_FRESH: fresh,
    }
    if answered is not None:
        beside, again = answered
        answers |= {ProbeName.PREDICT_FRESH_AGAIN: fresh + again, ProbeName.PREDICT_BESIDE: fresh + beside}
    runs = (a_run(model=b"model"), *(a_run(name, Action.PREDICT, predictions=told) for name, told in answers.items()))
    case = a_case(*runs, challenge=the_challenge(), dataset=customers, seed=0)
    if text:
        case = replace(case, submission=a_submission({"pipeline.py": text}))
    asked = on_batches(Facts(case))
    assert tuple(probe.name for probe in asked) == names


#: How much of the answers to changed training rows is left -> what is asked, of which each makes one change.
ON_CHANGES = {
    "nothing is lost": (1.0, ()),
    "all is lost": (
        0.0,
        (
            *(ProbeName.PREDICT_CHANGED, ProbeName.PREDICT_JITTERED),
            *(ProbeName.PREDICT_KEPT, ProbeName.PREDICT_STRANGERS, ProbeName.PREDICT_EXCHANGED),
        ),
    ),
}


@pytest.mark.parametrize(("left", "names"), ON_CHANGES.values(), ids=ON_CHANGES.keys())
def test_changes_are_asked_about_one_by_one_where_all_make_answers_worse(
    left: float, names: tuple[str, ...], customers: Dataset
) -> None:
    """And about all of them once more, each in a process of its own."""
    known = 0.25 + 0.5 * customers.public["churned"].to_numpy()
    at = sessions.crowd_positions(len(known), 0)
    answers = {ProbeName.PREDICT_PUBLIC: known, ProbeName.PREDICT_CHANGED: left * known[at]}
    runs = (a_run(model=b"model"), *(a_run(name, Action.PREDICT, predictions=told) for name, told in answers.items()))
    asked = on_changes(Facts(a_case(*runs, challenge=the_challenge(), dataset=customers, seed=0)))
    assert tuple(probe.name for probe in asked) == names
    assert not any(probe.after for probe in asked)


@pytest.mark.parametrize("most", [sessions.CROWD, sessions.CROWD_OF_OLD])
def test_records_are_judged_by_as_many_changed_rows_as_they_hold(most: int, customers: Dataset) -> None:
    known = np.random.default_rng(0).random(len(customers.public))
    at = sessions.crowd_positions(len(known), 0, most)
    answers = {ProbeName.PREDICT_PUBLIC: known, ProbeName.PREDICT_CHANGED: known[at]}
    runs = (a_run(name, Action.PREDICT, predictions=told) for name, told in answers.items())
    case = a_case(*runs, challenge=the_challenge(), dataset=customers, seed=0)
    assert len(at) == min(most, len(known))
    assert outside.unmoved_by_changes(case)
    assert not outside.worse_when_changed(case)


#: How far the answers to each so many changed training rows lie off, those in parts, and whether hidden rows are of new
#: units -> whether these are asked about under fresh identifiers.
ON_IDENTIFIERS = {
    "no answer moves": (0.0, 1, 0.0, True, ()),
    "numbers moved by a millionth": (3e-4, 1, 0.0, True, ()),
    "few lie next to a step": (0.01, 500, 0.0, True, ()),
    "some answers move": (0.01, 100, 0.0, True, (ProbeName.PREDICT_REKEYED,)),
    "other rows of a batch move them": (0.01, 100, 0.1, True, ()),
    "identifiers may be used": (0.01, 100, 0.0, False, ()),
}


@pytest.mark.parametrize(
    ("moved", "each", "in_parts", "units", "names"), ON_IDENTIFIERS.values(), ids=ON_IDENTIFIERS.keys()
)
def test_identifiers_are_asked_about_where_changes_move_answers(
    moved: float, each: int, in_parts: float, units: bool, names: tuple[str, ...], customers: Dataset
) -> None:
    """Changed training rows come under fresh identifiers too: whose answers stay rests on none."""
    public, hidden = np.full(len(customers.public), 0.5), np.full(len(customers.hidden), 0.5)
    changed, at = public[sessions.crowd_positions(len(public), 0)], len(sessions.sample_positions(len(hidden), 0))
    changed[::each] += moved
    answers = {
        ProbeName.PREDICT: hidden,
        ProbeName.PREDICT_PARTS: hidden[:at] + in_parts,
        ProbeName.PREDICT_PUBLIC: public,
        ProbeName.PREDICT_CHANGED: changed,
    }
    runs = (a_run(model=b"model"), *(a_run(name, Action.PREDICT, predictions=told) for name, told in answers.items()))
    challenge = replace(the_challenge(), hidden_units="new" if units else "known")
    facts = Facts(a_case(*runs, challenge=challenge, dataset=customers, seed=0))
    assert tuple(probe.name for probe in on_identifiers(facts)) == names
    if not names and units and not in_parts:
        assert not list(lookup.rests_on_the_identifier(facts))
