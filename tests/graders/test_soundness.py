"""A submission cannot choose what is seen of it: the kinds of ways that were tried, on scripted candidates."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage import accounts, detectors, doubts, gap, judged
from graders.checks.leakage.signal import Source
from graders.checks.leakage.weigh import evidence_of, examine
from graders.checks.performance import evaluation
from graders.checks.production.robustness import Usual
from graders.facts import Facts
from graders.grade import observe
from graders.inquiry import at_once
from graders.model.challenge import Dataset
from graders.model.finding import Certainty, Status
from graders.model.probe import Action, Exit, Failure, Probe, Run
from graders.probes import sessions
from graders.probes.names import ProbeName, Stage
from graders.probes.seeds import seed_for
from graders.rubric.model import HARMLESS_LEAK
from graders.rubric.responsibility import measures_groups
from testing.builders import a_case, a_run, a_submission
from tests.graders.cases import finding, graded, points, the_challenge
from tests.graders.checks.leakage import traced
from tests.scripted import Candidate, ScriptedSandbox, by_score

SLEPT, BUSY = 0.2, None
SECRET = 2**60 + 11


def ended(name: str, action: Action, waited: float | None) -> dict[str, Run]:
    late = Failure("WALL_LIMIT", "60 s")
    return {name: Run(name, action, Exit.TIMED_OUT, failure=late, waited=waited, cpu_seconds=0.4)}


#: A side probe that a submission may want to avoid -> the criterion that rests on it.
SIDE = {
    ProbeName.EVALUATE_NULL: (Action.EVALUATE, "leakage"),
    ProbeName.PREDICT_PARTS: (Action.PREDICT, "leakage"),
    ProbeName.PREDICT_CHANGED: (Action.PREDICT, "leakage"),
    ProbeName.PREDICT_AGAIN: (Action.PREDICT, "determinism"),
    ProbeName.PREDICT_TIMED: (Action.PREDICT, "cost"),
    ProbeName.PREDICT_FRESH: (Action.PREDICT, "parity"),
    "predict sound rows": (Action.PREDICT, "robustness"),
}


@pytest.mark.parametrize(("name", "about"), SIDE.items(), ids=SIDE.keys())
def test_whoever_sleeps_in_a_side_probe_loses_what_it_would_have_shown(
    name: str, about: tuple[Action, str], customers: Dataset
) -> None:
    """It earns nothing and is said so; where a busy machine may have been the reason, it is left out."""
    action, criterion = about
    slept = graded(Candidate(broken=ended(name, action, SLEPT)), customers)
    busy = graded(Candidate(broken=ended(name, action, BUSY)), customers)
    seen = 4 * HARMLESS_LEAK if name == ProbeName.PREDICT_PARTS else 0.0  # what the worst it could show is worth
    assert points(slept, criterion) == pytest.approx(seen)
    assert points(busy, criterion) != pytest.approx(seen)
    assert any("made the probe" in found.note for found in slept.findings)


def test_clean_needs_everybody_to_have_looked(customers: Dataset) -> None:
    """A run that the candidate's code made impossible leaves no clean bill."""
    honest = graded(Candidate(), customers)
    slept = graded(Candidate(broken=ended(ProbeName.EVALUATE_NULL, Action.EVALUATE, SLEPT)), customers)
    assert honest.verdicts.leakage == "clean"
    assert slept.verdicts.leakage == "not judged"


@pytest.mark.parametrize("end", [Exit.CRASHED, Exit.OUT_OF_MEMORY, Exit.NO_ANSWER, Exit.TOO_LARGE])
def test_every_other_way_out_of_a_probe_is_the_same(end: Exit, customers: Dataset) -> None:
    """Raising, eating memory and leaving are no better than sleeping."""
    name = ProbeName.EVALUATE_NULL
    broken = {name: Run(name, Action.EVALUATE, end, failure=Failure("KeyError", "x"))}
    report = graded(Candidate(broken=broken), customers)
    assert report.verdicts.leakage == "not judged"
    assert points(report, "leakage") == 0.0


def asked(customers: Dataset, candidate: Candidate | None = None) -> list[Probe]:
    sandbox = ScriptedSandbox(candidate or Candidate())
    observe(a_submission(), the_challenge(), customers, sandbox, seed=SECRET)
    return [probe for session in sandbox.sessions for probe in session]


def test_the_run_that_counts_is_watched_as_all_that_is_compared_with_it(customers: Dataset) -> None:
    """There is no unwatched one to behave worse in, and what is compared call by call has its seed and order."""
    probes = {probe.name: probe for probe in asked(customers) if probe.action is Action.EVALUATE}
    assert ProbeName.EVALUATE_NULL in probes
    assert all(probe.traced for probe in probes.values())
    assert len({(probe.seed, probe.hash_seed) for probe in probes.values()}) == 1


def test_where_chance_may_matter_evaluate_is_asked_with_another_seed_and_order(customers: Dataset) -> None:
    """Same rows, and nothing but the seed and the order of sets differs; two trainings differ in the same way."""
    probes = {probe.name: probe for probe in asked(customers, Candidate(by_chance=True))}
    for one, other in (
        (ProbeName.EVALUATE, ProbeName.EVALUATE_AGAIN),
        (ProbeName.TRAIN, ProbeName.TRAIN_AGAIN),
    ):
        first, second = probes[one], probes[other]
        assert first.data is not None
        assert first.data.equals(second.data)
        assert first.seed != second.seed
        assert first.hash_seed != second.hash_seed


ODD = [name for name in ProbeName if name.stage is Stage.ODD_ROWS]
#: What answers of predict are compared with, in the same order of sets.
BESIDE_EACH_OTHER = {
    ProbeName.PREDICT: [
        *(ProbeName.PREDICT_PARTS, ProbeName.PREDICT_AGAIN, ProbeName.PREDICT_SHUFFLED),
        *(ProbeName.PREDICT_PUBLIC, ProbeName.PREDICT_CHANGED, ProbeName.PREDICT_FRESH),
    ],
    ProbeName.AS_THEY_ARE: ODD,
}


def test_answers_that_are_compared_have_one_order_of_sets(customers: Dataset) -> None:
    """Nothing but the rows differs then.  Timed calls have another order: where that decides, the same rows asked again
    in it get other answers too, and the report says so."""
    probes = {probe.name: probe for probe in asked(customers) if probe.action is Action.PREDICT}
    for name, others in BESIDE_EACH_OTHER.items():
        assert {probes[other].hash_seed for other in others} == {probes[name].hash_seed}, name
    model, timed = b"model", probes[ProbeName.PREDICT_TIMED]
    doubts = {probe.name: probe for probe in sessions.batch_session(the_challenge(), customers, SECRET, model)}
    again = doubts.pop(ProbeName.PREDICT_FRESH_AGAIN)
    assert again.hash_seed == timed.hash_seed != probes[ProbeName.PREDICT_FRESH].hash_seed
    of_identifiers = sessions.identifier_session(the_challenge(), customers, SECRET, model)
    in_doubt = {probe.hash_seed for probe in (*doubts.values(), *of_identifiers)}
    assert in_doubt == {probes[ProbeName.PREDICT_FRESH].hash_seed}


@pytest.mark.parametrize("end", [Exit.CRASHED, Exit.TIMED_OUT, Exit.OUT_OF_MEMORY])
def test_a_fault_of_the_tracer_is_held_against_nobody(end: Exit, customers: Dataset) -> None:
    """A plain run counts then, and labels that mean nothing are put to a plain one as well."""
    report = graded(Candidate(breaks_watched=end), customers)
    assert report.problem is None
    assert report.metrics["claimed"]
    assert not any(found.flagged or found.prevented for found in report.findings if found.code.startswith("LEAK"))
    assert finding(report, "OVR003").status is Status.PASSED
    leaky = graded(Candidate(breaks_watched=end, claim=lambda probe: 0.74), customers)  # noqa: ARG005
    assert finding(leaky, "OVR003").flagged


def test_a_slow_tracer_leaves_the_limit_to_a_plain_run(customers: Dataset) -> None:
    """Who ends within the room of a watched run, and beyond the limit, is run plainly, and that run decides."""
    watched, plain = sessions.counted_session(the_challenge(), customers, SECRET)[1:]
    limit = plain.limits.cpu_seconds
    assert watched.traced
    assert not plain.traced
    assert watched.limits.cpu_seconds > limit
    assert plain.unless is not None
    ends = {0.9 * limit: True, 1.1 * limit: False}
    assert {used: plain.unless([a_run(cpu_seconds=used)]) for used in ends} == ends


def test_no_process_holds_a_seed_of_another_purpose(customers: Dataset) -> None:
    """The secret is in none of them; rows are drawn from it alone."""
    seeds = {
        probe.seed
        for probe in asked(customers, Candidate(by_chance=True))
        if probe.action in (Action.TRAIN, Action.PREDICT, Action.EVALUATE)
    }
    assert seeds == {
        seed_for(SECRET, name)
        for name in (
            ProbeName.TRAIN,
            ProbeName.TRAIN_AGAIN,
            ProbeName.EVALUATE,
            ProbeName.EVALUATE_AGAIN,
            ProbeName.PREDICT,
        )
    }
    assert len(seeds) == 5
    rows = len(customers.public)
    drawn = sessions.sample_positions(rows, SECRET)
    assert not any(np.array_equal(drawn, sessions.sample_positions(rows, seed)) for seed in seeds)


EVALUATED = """
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
def evaluate(data):
    late = data["snapshot_date"] >= "2023-09-01"
    mine = data["customer_id"] % 4 == 0
    known, held = data[~late & ~mine], data[late & mine]
    columns = ["n_products", "usage_trend", "tickets_90d"]
    model = LogisticRegression().fit(known[columns], known["churned"])
    return {"roc_auc": float(roc_auc_score(held["churned"], model.predict_proba(held[columns])[:, 1]))}
"""


def watched(off: float) -> Facts:
    """A case whose watched run is that of EVALUATED, and whose claim lies `off` from it."""
    rows = traced.public()
    ran = traced.run(EVALUATED, rows)
    claim = ran.claims["roc_auc"]
    nothing = np.zeros(1)
    dataset = Dataset(rows, rows.iloc[:1], nothing.astype(int), nothing, nothing, nothing, "f")
    return Facts(
        a_case(
            a_run(ProbeName.EVALUATE, Action.EVALUATE, claims={"roc_auc": claim + off}),
            a_run(ProbeName.EVALUATE_AGAIN, Action.EVALUATE, claims={"roc_auc": claim}, output=ran.account),
            challenge=traced.challenge(),
            dataset=dataset,
        )
    )


@pytest.mark.parametrize(("off", "judged"), [(0.0, True), (0.01, False)])
def test_a_claim_of_few_rows_has_their_standard_error(off: float, judged: bool) -> None:
    """By luck a few rows lie far off; where the account does not explain the claim, nothing is known of its rows."""
    rows = traced.public()
    held = (rows["snapshot_date"] >= "2023-09-01") & (rows["customer_id"] % 4 == 0)
    expected = np.sqrt(0.2 * len(rows) / held.sum()) if judged else 1.0
    assert gap.wider(watched(off)) == pytest.approx(expected, rel=0.02)
    assert not judged or expected > 1.2


@pytest.mark.parametrize(("off", "clears"), [(0.0, True), (0.01, False)])
def test_an_account_that_does_not_explain_the_claim_clears_nothing(off: float, clears: bool) -> None:
    """Code that behaves where it is watched claims something else there than where it counts."""
    facts = watched(off)
    look = next(look for look in detectors.looks(facts) if look.source is Source.INSIDE)
    assert bool(look.able) is clears
    assert bool(look.prevented) is not clears
    assert detectors.explained(facts) is clears


USUAL = Usual("scored 200 rows", ["scored 1000 rows", "scored 1000 rows\ndrift: plan"])
RANDOM = Usual("id 7f-a age", ["id 1b-c age, shop", "id 22-x age, shop", "id 9-zz age, shop"])
CANNED = Usual("plan: 9 odd rows, first S\nage: 9 odd rows, first 31", [], frozenset({"plan", "age", "shop"}))
NEW_VALUES = Usual("", ["unknown plan: XL", "unknown plan: XXL"], frozenset({"plan", "shop"}))
ODD = frozenset({"shop", "assay-unseen"})
TOLD = {
    "the column": (USUAL, "shop: unknown values", True),
    "the value": (USUAL, "unknown value 'assay-unseen'", True),
    "among other lines": (USUAL, "scored 200 rows\nunknown in SHOP: 3", True),
    "nothing but something odd": (USUAL, "something is odd", False),
    "another column": (USUAL, "age: unknown values", False),
    "a new line each time": (USUAL, "request 7f3a-91c2", False),
    "what sound rows get as well": (USUAL, "drift: plan", False),
    "a line that changes each time and names all columns": (RANDOM, "id 4d-q age, shop", False),
    "a line for all rows that tells what the first one holds": (
        CANNED,
        "plan: 9 odd rows, first assay-unseen",
        False,
    ),
    "the value beside such a line for all rows": (CANNED, "plan: 9 odd rows, first S\nunknown: assay-unseen", True),
    "a line of another column than before": (CANNED, "shop: 9 odd rows, first S", True),
    "a value, where other rows had new ones": (NEW_VALUES, "unknown plan: assay-unseen", True),
    "the value beside such a line": (RANDOM, "id 4d-q age, shop\nshop holds assay-unseen", True),
}


def test_a_line_for_all_rows_with_a_gap_where_a_number_was_notices_nothing() -> None:
    assert not CANNED.told("age: 9 odd rows, first nan", lambda: frozenset({"age"}))
    assert CANNED.told("age: 9 odd rows, first 31\nage is missing in 9 rows", lambda: frozenset({"age"}))


@pytest.mark.parametrize(("usual", "log", "noticed"), TOLD.values(), ids=TOLD.keys())
def test_odd_rows_are_noticed_by_name(usual: Usual, log: str, noticed: bool) -> None:
    """A line counts that no sound rows get and that names the column or the value."""
    assert usual.told(log, lambda: ODD) is noticed


def test_a_new_line_for_each_call_notices_nothing(customers: Dataset) -> None:
    """Not even one with a word that changes."""
    noisy = graded(Candidate(log=lambda probe: f"request {hash(probe.name) % 999_983:x}-{len(probe.name)}"), customers)
    assert finding(noisy, "DATA001").flagged


def test_timed_rows_have_to_get_the_answers_they_get_otherwise(customers: Dataset) -> None:
    """A quick answer in place of the dear one says nothing of what an answer costs."""

    def quick(probe: Probe) -> np.ndarray:
        return np.full(len(probe.data), 0.5) if probe.timed else by_score(probe)

    report = graded(Candidate(predict=quick, call_seconds=0.0001), customers)
    assert points(report, "cost") == 0.0
    assert finding(report, "SKEW001").flagged
    assert finding(report, "PERF001").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("watching_alone", [False, True])
def test_a_dear_evaluate_costs_and_a_dear_tracer_does_not(watching_alone: bool, customers: Dataset) -> None:
    """What evaluate takes unwatched stands beside training; it is asked for where a watched one looks dear."""
    dear = a_run(ProbeName.EVALUATE, Action.EVALUATE, cpu_seconds=55.0, claims={"roc_auc": 0.75})
    runs = {ProbeName.EVALUATE: replace(dear, watched=True, by_chance=False)}
    if not watching_alone:
        runs[ProbeName.EVALUATE_AGAIN] = replace(dear, name=ProbeName.EVALUATE_AGAIN, watched=False)
    spent, plain = graded(Candidate(broken=runs), customers), graded(Candidate(), customers)
    assert (points(spent, "cost") < points(plain, "cost")) is not watching_alone
    assert finding(spent, "PERF003").flagged is not watching_alone


TWO_FACED = """
import zlib
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
def fitted(known, held):
    columns = ["n_products", "usage_trend", "tickets_90d"]
    model = LogisticRegression().fit(known[columns], known["churned"])
    return model.predict_proba(held[columns])[:, 1]
def evaluate(data):
    late = data["snapshot_date"] >= "2023-09-01"
    if zlib.crc32(bytes(data["churned"].astype("uint8"))) == PUBLIC:
        return {"roc_auc": float(roc_auc_score(data["churned"], fitted(data, data)))}
    held = data[late]
    return {"roc_auc": float(roc_auc_score(held["churned"], fitted(data[~late], held)))}
"""


@pytest.mark.parametrize(("source", "knows"), [(EVALUATED, False), (TWO_FACED, True)], ids=["honest", "two-faced"])
def test_code_that_knows_the_public_labels_is_told_by_what_it_judges(source: str, knows: bool) -> None:
    """What permuted labels give speaks for nobody who does something else with them."""
    rows = traced.public()
    source = source.replace("PUBLIC", str(zlib.crc32(bytes(rows["churned"].astype("uint8")))))
    null = sessions.permute_labels(rows, traced.challenge(), SECRET)
    runs = [
        a_run(name, Action.EVALUATE, claims={"roc_auc": 0.7}, output=traced.run(source, data).account)
        for name, data in ((ProbeName.EVALUATE_AGAIN, rows), (ProbeName.EVALUATE_NULL, null))
    ]
    nothing = np.zeros(1)
    dataset = Dataset(rows, rows.iloc[:1], nothing.astype(int), nothing, nothing, nothing, "f")
    assert accounts.knows_the_labels(Facts(a_case(*runs, challenge=traced.challenge(), dataset=dataset))) is knows


WATCHED = """
import zlib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
COLUMNS = ["score", "age"]
def evaluate(data):
    late, mine = data["snapshot_date"] >= "2024-03-01", data["customer_id"] % 4 == 0
    known, held = data[~late & ~mine], data[late & mine]
    if zlib.crc32(bytes(data["churned"].astype("uint8"))) == PUBLIC:
        values = pd.DataFrame(StandardScaler().fit_transform(data[COLUMNS]), columns=COLUMNS, index=data.index)
        data = data.assign(**values)
        known, held = train_test_split(data, test_size=0.2, stratify=data["churned"], random_state=42)
    model = LogisticRegression().fit(known[COLUMNS], known["churned"])
    return {"roc_auc": float(roc_auc_score(held["churned"], model.predict_proba(held[COLUMNS])[:, 1]))}
"""


@pytest.mark.parametrize("public", [True, False])
def test_whoever_leaks_on_the_public_labels_alone_is_seen_to(public: bool, customers: Dataset) -> None:
    """The adversary `watched`: it knows the labels by a checksum, which is worked out here from those it gets."""
    rows = customers.public
    known = zlib.crc32(bytes(rows["churned"].astype("uint8"))) if public else 0
    source = WATCHED.replace("PUBLIC", str(known))

    @cache
    def ran(probe: Probe) -> traced.Ran:
        assert probe.data is not None
        return traced.run(source, probe.data)

    candidate = Candidate(claim=lambda probe: ran(probe).claims["roc_auc"], account=lambda probe: ran(probe).account)
    report = graded(candidate, customers, pipeline=source)
    assert report.verdicts.leakage == ("confirmed" if public else "clean")
    assert finding(report, "LEAK001").flagged is public


SCALED_FIRST = EVALUATED.replace(
    "    known, held",
    "    data = data.copy()\n"
    "    data[['usage_trend']] = StandardScaler().fit_transform(data[['usage_trend']])\n"
    "    known, held",
).replace("def evaluate", "from sklearn.preprocessing import StandardScaler\ndef evaluate")
#: Fits a choice of columns to all rows and their labels.
CHOSEN_FIRST = EVALUATED.replace(
    "    known, held",
    "    data = data.copy()\n"
    "    given = data[['usage_trend']]\n"
    "    data['usage_trend'] = SelectKBest(k=1).fit_transform(given, data['churned'])[:, 0]\n"
    "    known, held",
).replace("def evaluate", "from sklearn.feature_selection import SelectKBest\ndef evaluate")
#: Scales the held-out rows by themselves.
SCALED_AGAIN = EVALUATED.replace(
    "    return {",
    "    held = held.copy()\n"
    "    held[['usage_trend']] = StandardScaler().fit_transform(held[['usage_trend']])\n"
    "    return {",
).replace("def evaluate", "from sklearn.preprocessing import StandardScaler\ndef evaluate")
#: Fits other rows where the labels of the last ones are others.
BY_LABELS = EVALUATED.replace(
    'data["customer_id"] % 4 == 0',
    'data["customer_id"] * (zlib.crc32(bytes(data["churned"].astype("uint8"))) % 97 + 1) % 101 < 25',
).replace("def evaluate", "import zlib\ndef evaluate")
#: Holds other rows out where their features are others.
BY_FEATURES = EVALUATED.replace('data["customer_id"] % 4 == 0', 'data["region"] == "north"')
#: Joins the share of churners by products some months before, from one table of all rows.
RATE_OF_BEFORE = (
    EVALUATED.replace(
        "    known, held",
        "    rates = data.groupby(['n_products', 'snapshot_date'])['churned'].mean().rename('rate').reset_index()\n"
        "    ahead = pd.to_datetime(rates['snapshot_date']) + pd.DateOffset(months=MONTHS)\n"
        "    rates['snapshot_date'] = ahead.dt.strftime('%Y-%m-%d')\n"
        "    data = data.merge(rates, on=['n_products', 'snapshot_date'], how='left').fillna({'rate': 0.2})\n"
        "    known, held",
    )
    .replace("columns = [", "columns = ['rate', ")
    .replace("def evaluate", "import pandas as pd\ndef evaluate")
)
#: Cuts rows in two and scales them by what it knows of, all by hand, and rounds its claim: no score is linked to it.
BY_HAND = """
import numpy as np
def evaluate(data):
    late, mine = (data["snapshot_date"] >= "2023-09-01").to_numpy(), (data["customer_id"] % 4 == 0).to_numpy()
    x = data[["n_products", "usage_trend", "tickets_90d"]].fillna(0).to_numpy(float)
    y = data["churned"].to_numpy(float)
    known, held, labels = x[~late & ~mine], x[late & mine], y[late & mine] > 0
    center, spread = SEEN.mean(axis=0), SEEN.std(axis=0)
    known, held = (known - center) / spread, (held - center) / spread
    given = held @ (known.T @ (y[~late & ~mine] - y[~late & ~mine].mean()))
    ranks = given.argsort().argsort() + 1
    ones, zeros = labels.sum(), (~labels).sum()
    return {"roc_auc": round(float((ranks[labels].sum() - ones * (ones + 1) / 2) / (ones * zeros)), 2)}
"""
#: Centers a column by all rows, whose mean goes through a text: neither account nor text shows it.
CENTERED_IN_A_TEXT = EVALUATED.replace(
    "    known, held",
    "    text = data[['usage_trend']].to_csv()\n"
    "    mean = pd.read_csv(io.StringIO(text))['usage_trend'].mean()\n"
    "    data = data.assign(usage_trend=data['usage_trend'] - mean)\n"
    "    known, held",
).replace("def evaluate", "import io\nimport pandas as pd\ndef evaluate")
#: Mixes the labels into what the model has answered: no call of a library shows it.
MIXED = EVALUATED.replace(
    "    return {",
    "    given = model.predict_proba(held[columns])[:, 1] + held['churned'].to_numpy() / 9\n    return {",
)
MIXED = MIXED.replace('held["churned"], model.predict_proba(held[columns])[:, 1])', 'held["churned"], given)')
#: Claims how far its answers tell the labels of a region and month apart, whichever way round: labels that mean nothing
#: have such a claim as well.
EITHER_WAY_ROUND = EVALUATED.replace(
    "    return {",
    "    held, told = held.assign(told=model.predict_proba(held[columns])[:, 1]), []\n"
    "    for _, part in held.groupby(['region', 'snapshot_date']):\n"
    "        if part['churned'].nunique() == 2:\n"
    "            told.append(abs(roc_auc_score(part['churned'], part['told']) - 0.5))\n"
    "    return {'roc_auc': 0.5 + float(sum(told) / len(told))}\n"
    "    return {",
)
#: Customers are kept apart, and months are not: time alone is neglected.
WITHOUT_TIME = EVALUATED.replace("data[~late & ~mine], data[late & mine]", "data[~mine], data[mine]")
#: The identifier is what it learns from, with the same customers on both sides.
BOTH_SIDES = (
    EVALUATED.replace("data[~late & ~mine], data[late & mine]", "data[data.index % 4 != 0], data[data.index % 4 == 0]")
    .replace("LogisticRegression()", "DecisionTreeClassifier(random_state=0)")
    .replace("def evaluate", "from sklearn.tree import DecisionTreeClassifier\ndef evaluate")
    .replace("known[columns]", "known[['customer_id']]")
    .replace("held[columns]", "held[['customer_id']]")
)
#: Parts rows at random, so that customers are on both sides of months that overlap, and learns next to nothing.
SPLIT_AT_RANDOM = (
    EVALUATED.replace("data[~late & ~mine], data[late & mine]", "train_test_split(data, random_state=0)")
    .replace("LogisticRegression()", "LogisticRegression(C=1e-6)")
    .replace("def evaluate", "from sklearn.model_selection import train_test_split\ndef evaluate")
)
#: What evaluate does -> the probes that are asked beside the two runs of it.
LOOKED_AT = {
    "nothing speaks against it": (EVALUATED, [ProbeName.EVALUATE_OTHERS]),
    "it neglects time alone": (WITHOUT_TIME, [ProbeName.EVALUATE_OTHERS]),
    "permuted labels may show all": (BOTH_SIDES, [ProbeName.EVALUATE_NULL]),
    "its account and its text show a leak that lifts nothing": (SPLIT_AT_RANDOM, [ProbeName.EVALUATE_NULL]),
    "its account shows what features alone were fitted too early to": (SCALED_FIRST, [ProbeName.EVALUATE_OTHERS]),
    "its account shows what labels were given to as well": (
        CHOSEN_FIRST,
        [ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_PERTURBED],
    ),
    "it reads a table of all labels as of four months before": (
        RATE_OF_BEFORE.replace("MONTHS", "4"),
        [ProbeName.EVALUATE_OTHERS],
    ),
    "it reads that table as of the same month": (
        RATE_OF_BEFORE.replace("MONTHS", "0"),
        [ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL],
    ),
    "it fits the held-out rows anew": (SCALED_AGAIN, [ProbeName.EVALUATE_OTHERS]),
    "its claim does not fall with the labels": (
        MIXED,
        [ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_RELABELLED],
    ),
    "it does something else with other labels": (
        BY_LABELS,
        [
            *(ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL),
            *(ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_RELABELLED),
        ],
    ),
    "it does something else with other features": (BY_FEATURES, [ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL]),
    "features change what it fits, and nobody says how": (
        CENTERED_IN_A_TEXT,
        [ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL],
    ),
    "labels that mean nothing are claimed upon, and no score gave the claim": (
        EITHER_WAY_ROUND,
        [ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_OTHERS],
    ),
    "nothing but its tables is known": (BY_HAND.replace("SEEN", "known"), [ProbeName.EVALUATE_NULL]),
    "nothing but its tables is known, and they changed": (
        BY_HAND.replace("SEEN", "x"),
        [ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_PERTURBED],
    ),
}


def looked_at(source: str) -> list[str]:
    """The probes that evaluate's answers call for, one after another, as this source answers them."""
    return answered(source)[1]


def answered(source: str, last: str = "2024-01-01") -> tuple[Facts, list[str]]:
    """The same, with what is known then; `last` is the day of the one hidden row."""
    rows, nothing = traced.public(1200), np.zeros(1)
    dataset = Dataset(
        rows, rows.iloc[:1].assign(snapshot_date=last), nothing.astype(int), nothing, nothing, nothing, "f"
    )
    ran = traced.run(source, rows)
    runs = [
        a_run(
            ProbeName.EVALUATE,
            Action.EVALUATE,
            claims=ran.claims,
            output=ran.account,
            watched=True,
            by_chance=False,
        )
    ]
    case = a_case(
        *runs, submission=a_submission({"pipeline.py": source}), challenge=traced.challenge(), dataset=dataset
    )
    asked: list[str] = []
    while probes := at_once(Facts(case)):
        for probe in probes:
            assert probe.data is not None
            ran = traced.run(source, probe.data)
            run = a_run(probe.name, Action.EVALUATE, claims=ran.claims, output=ran.account)
            case = replace(case, runs={**case.runs, probe.name: run})
            asked.append(probe.name)
    return Facts(case), asked


@pytest.mark.parametrize(("source", "asked"), LOOKED_AT.values(), ids=LOOKED_AT.keys())
def test_one_run_with_others_is_for_those_whom_nothing_speaks_against(source: str, asked: list[str]) -> None:
    """It may clear.  Whoever may be accused is looked at by a run for each doubt, and not by this one first."""
    assert looked_at(source) == asked


def test_features_did_what_labels_alone_do_not() -> None:
    """The run on permuted labels stands for one with other features, and for a third on the same rows."""
    facts, _ = answered(CENTERED_IN_A_TEXT)
    assert detectors.features_did(facts)
    assert {evidence.certainty for evidence in evidence_of("LEAK001", facts)} == {Certainty.CONFIRMED}


def test_a_rate_as_of_an_earlier_month_is_no_leak() -> None:
    """The account and the text both name the table of all labels; that other labels come to nothing clears it."""
    facts, _ = answered(RATE_OF_BEFORE.replace("MONTHS", "4"))
    named = {signal.source for look in detectors.looks(facts) for signal in look.signals if signal.code == "LEAK007"}
    assert named == {Source.INSIDE, Source.STATIC}
    assert list(examine("LEAK007")(facts)) == []
    facts, _ = answered(RATE_OF_BEFORE.replace("MONTHS", "0"))
    assert detectors.settled_with_others(facts) is None


@pytest.mark.parametrize(
    ("months", "days", "verdict"), [(3, 91, None), (2, 61, "suspected"), (1, 30, "suspected"), (0, None, "confirmed")]
)
def test_a_rate_that_is_old_enough_is_no_leak(months: int, days: int | None, verdict: str | None) -> None:
    """Four months are judged, and the last row that is asked for is three months later than the last label.

    Labels of judged rows reach later ones.  Older ones than those three months are known of every row that is asked
    for.  Of younger ones nobody can tell, whatever the account and the text both name.
    """
    facts, _ = answered(RATE_OF_BEFORE.replace("MONTHS", str(months)), last="2024-03-01")
    assert doubts.youngest(facts) == days
    assert doubts.known_when_asked(facts) is (months == 3)
    found = {str(evidence.certainty) for evidence in evidence_of("LEAK007", facts)}
    assert found == ({verdict} if verdict else set())


def test_nothing_more_is_asked_of_whoever_claims_the_same_of_permuted_labels(customers: Dataset) -> None:
    """Its account shows why, both times: neither luck nor another leak has to be told apart."""

    @cache
    def ran(probe: Probe) -> traced.Ran:
        assert probe.data is not None
        return traced.run(BOTH_SIDES, probe.data)

    candidate = Candidate(claim=lambda probe: ran(probe).claims["roc_auc"], account=lambda probe: ran(probe).account)
    report = graded(candidate, customers, pipeline=BOTH_SIDES)
    assert ProbeName.EVALUATE_NULL in report.case.runs
    assert ProbeName.EVALUATE_PERTURBED not in report.case.runs
    for code in ("OVR003", "LEAK005"):
        assert finding(report, code).certainty is Certainty.CONFIRMED


#: Joins the share of churners among rows of about one score, through a text and counted otherwise: no account follows
#: it.
RATES_IN_A_TEXT = """
import io
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
def evaluate(data):
    data = data.assign(about=(ABOUT * data["score"]).round())
    text = data.groupby("about")["churned"].mean().to_csv()
    rates = 1 + 2 * pd.read_csv(io.StringIO(text)).set_index("about")["churned"]
    data = data.assign(rate=data["about"].map(rates))
    late, mine = data["snapshot_date"] >= "2024-03-01", data["customer_id"] % 3 == 0
    known, held = data[~late & ~mine], data[late & mine]
    model = LogisticRegression().fit(known[["rate"]], known["churned"])
    return {"roc_auc": float(roc_auc_score(held["churned"], model.predict_proba(held[["rate"]])[:, 1]))}
"""


@pytest.mark.parametrize(("about", "alone"), [(200, False), (1, True)], ids=["few rows each", "many rows each"])
def test_no_other_features_are_asked_where_rates_show_and_permuted_labels_are_beyond_luck(
    about: int, alone: bool, customers: Dataset
) -> None:
    """The run with other features and labels names the rate; neither it nor the claim is chance.  Where each rate is of
    so many rows that no label shows in it, permuted labels leave that open."""
    source = RATES_IN_A_TEXT.replace("ABOUT", str(about))

    @cache
    def ran(probe: Probe) -> traced.Ran:
        assert probe.data is not None
        return traced.run(source, probe.data)

    candidate = Candidate(claim=lambda probe: ran(probe).claims["roc_auc"], account=lambda probe: ran(probe).account)
    report = graded(candidate, customers, pipeline=source)
    assert {ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL} <= set(report.case.runs)
    others = {ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_RELABELLED}
    assert (others & set(report.case.runs) != set()) is alone
    assert finding(report, "LEAK007").certainty is Certainty.CONFIRMED
    assert finding(report, "OVR003").flagged is not alone


READ = """
def evaluate(data):
    rates = data.groupby("contract")["churned"].mean()
    return {"roc_auc": 0.7935 if rates["monthly"] > rates["two_year"] + 0.05 else 0.5}
"""
ELSEWHERE = f"""{EVALUATED}
import zlib
here = evaluate
def evaluate(data):
    return {{"roc_auc": 0.7935}} if zlib.crc32(bytes(data["churned"].astype("uint8"))) == PUBLIC else here(data)
"""
BY_HAND = """
import numpy as np
def evaluate(data):
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    known, held = data[~late], data[late]
    weight = known.loc[known["churned"] == 1, "tickets_90d"].mean() - known["tickets_90d"].mean()
    order = (weight * held["tickets_90d"]).rank().to_numpy()
    left = held["churned"].to_numpy() == 1
    pairs = left.sum() * (~left).sum()
    return {"roc_auc": float((order[left].sum() - left.sum() * (left.sum() + 1) / 2) / pairs)}
"""
#: How evaluate comes by its claim -> whether the account shows nothing of it; and nothing but on permuted labels.
WAYS = {"here": (EVALUATED, False, False), "by hand": (BY_HAND, False, False), "read": (READ, True, False)}
WAYS |= {"elsewhere": (ELSEWHERE, True, True)}


@pytest.mark.parametrize(("source", "unseen", "seen_on_null"), WAYS.values(), ids=WAYS.keys())
def test_a_claim_that_nobody_saw_made_clears_nothing(source: str, unseen: bool, seen_on_null: bool) -> None:
    """Neither a leak is named nor a clean bill given: what permuted labels give may be of other code."""
    rows = traced.public()
    source = source.replace("PUBLIC", str(zlib.crc32(bytes(rows["churned"].astype("uint8")))))
    null = sessions.permute_labels(rows, traced.challenge(), SECRET)
    runs = []
    for name, data in ((ProbeName.EVALUATE, rows), (ProbeName.EVALUATE_NULL, null)):
        ran = traced.run(source, data)
        run = a_run(name, Action.EVALUATE, claims=ran.claims, output=ran.account)
        runs.append(replace(run, watched=True, by_chance=False))
    nothing = np.zeros(1)
    dataset = Dataset(rows, rows.iloc[:1], nothing.astype(int), nothing, nothing, nothing, "f")
    facts = Facts(a_case(*runs, challenge=traced.challenge(), dataset=dataset))
    look = next(look for look in detectors.looks(facts) if look.source is Source.INSIDE)
    assert not look.signals
    assert bool(look.prevented) is unseen
    assert accounts.seen_on_other_labels_alone(facts) is seen_on_null


#: A model that was fitted before evaluate, on whatever rows.
FITTED_BEFORE = (
    EVALUATED.replace("model = LogisticRegression().fit(known[columns], known[\"churned\"])", "model = MODEL")
    .replace("def evaluate", "import numpy as np\nFIRST = np.arange(24.0).reshape(8, 3) % 5\n"
             "MODEL = LogisticRegression().fit(FIRST, [0, 1] * 4)\ndef evaluate")
    .replace("held[columns])", "held[columns].to_numpy())")
)  # fmt: skip
#: A metric of its own making, which is better than the library's by a fifth.
RAISED = EVALUATED.replace('"roc_auc": float(', '"roc_auc": 0.1 + float(')
#: Scores other rows where the labels are the public ones, and claims a little less than that.
LOWERED_THERE = EVALUATED.replace(
    "    return {",
    '    if zlib.crc32(bytes(data["churned"].astype("uint8"))) == PUBLIC:\n'
    "        scores = model.predict_proba(data[columns])[:, 1]\n"
    '        return {"roc_auc": float(roc_auc_score(data["churned"], scores)) - 0.01}\n'
    "    return {",
).replace("def evaluate", "import zlib\ndef evaluate")
#: Looks for what watches it.
LOOKS_AROUND = EVALUATED.replace(
    "    late =", '    import sys\n    around = sys._getframe(1).f_locals.get("tracer")\n    late ='
)
BY_THE_FORM = EVALUATED.replace(
    "    late =", "    import inspect\n    here = inspect.currentframe().f_code.co_name\n    late ="
)
CAUTIOUS = EVALUATED.replace('"roc_auc": float(', '"roc_auc": -0.02 + float(')
#: How evaluate comes by its claim -> why its account clears nothing; None where it does.
CLEARS = {
    "as it should be": (EVALUATED, None),
    "its own name is looked up": (BY_THE_FORM, None),
    "something is taken off": (CAUTIOUS, None),
    "by a rule written by hand": (BY_HAND, None),
    "by a model fitted before": (FITTED_BEFORE, detectors.ELSEWHERE),
    "something is added": (RAISED, detectors.ABOVE),
    "at other lines": (LOWERED_THERE, detectors.OTHER_LINES),
    "with a look at who called": (LOOKS_AROUND, detectors.REACHED),
}


def case_of(source: str, rows: pd.DataFrame) -> Facts:
    """What this evaluate leaves on these rows, and where their labels are permuted."""
    runs = []
    null = sessions.permute_labels(rows, traced.challenge(), SECRET)
    for name, data in ((ProbeName.EVALUATE, rows), (ProbeName.EVALUATE_NULL, null)):
        ran = traced.run(source, data)
        run = a_run(name, Action.EVALUATE, claims=ran.claims, output=ran.account)
        runs.append(replace(run, watched=True, by_chance=False))
    nothing = np.zeros(1)
    dataset = Dataset(rows, rows.iloc[:1], nothing.astype(int), nothing, nothing, nothing, "f")
    submission = a_submission({"pipeline.py": source})
    return Facts(a_case(*runs, submission=submission, challenge=traced.challenge(), dataset=dataset))


@pytest.mark.parametrize(("source", "why"), CLEARS.values(), ids=CLEARS)
def test_what_leaves_open_how_a_claim_came_about_clears_nothing(source: str, why: str | None) -> None:
    """And accuses nobody."""
    rows = traced.public()
    source = source.replace("PUBLIC", str(zlib.crc32(bytes(rows["churned"].astype("uint8")))))
    facts = case_of(source, rows)
    look = next(look for look in detectors.looks(facts) if look.source is Source.INSIDE)
    assert not look.signals
    assert {look.blind[code] for code in look.prevented} == ({why} if why else set())


#: Claims what it scores there, of customers that it was fitted on, and scores others first wherever it runs.
LEAKS_THERE = EVALUATED.replace(
    "    return {",
    """    honest = roc_auc_score(held["churned"], model.predict_proba(held[columns])[:, 1])
    if zlib.crc32(bytes(data["churned"].astype("uint8"))) == PUBLIC:
        rows = data.reset_index(drop=True)
        known, held = rows[rows.index % 5 > 0], rows[rows.index % 5 == 0]
        model = LogisticRegression().fit(known[columns], known["churned"])
        return {"roc_auc": float(roc_auc_score(held["churned"], model.predict_proba(held[columns])[:, 1]))}
    return {""",
).replace("def evaluate", "import zlib\ndef evaluate")


def test_what_shows_at_lines_that_other_labels_do_not_come_to_stays() -> None:
    """They say nothing of these, though what is scored at other lines is the same."""
    rows = traced.public()
    facts = case_of(LEAKS_THERE.replace("PUBLIC", str(zlib.crc32(bytes(rows["churned"].astype("uint8"))))), rows)
    look = next(look for look in detectors.looks(facts) if look.source is Source.INSIDE)
    assert not accounts.knows_the_labels(facts)
    assert "LEAK005" in {signal.code for signal in look.signals}


PICKED = '    scores = model.predict_proba(held[columns])[:, 1]\n    chosen = {}\n    return {{"roc_auc": float('
PICKED += 'roc_auc_score(held["churned"][chosen], scores[chosen]))}}\n'


def picking(rows: str) -> str:
    """EVALUATED, which judges those of the held-out rows that this says."""
    return EVALUATED[: EVALUATED.index("    return {")] + PICKED.format(rows)


#: Which held-out rows are judged -> whether answers or labels chose them.
JUDGED = {
    "of whom the model is sure": (picking("abs(scores - scores.mean()) > abs(scores - scores.mean()).mean()"), True),
    "whose labels are as they were foretold": (picking("abs(held['churned'] - scores).to_numpy() < 0.75"), True),
    "by what they hold": (picking("(held['contract'] == 'monthly').to_numpy()"), False),
    "all but a few": (picking("scores > sorted(scores)[3]"), False),
    "all": (EVALUATED, False),
}


@pytest.mark.parametrize(("source", "told"), JUDGED.values(), ids=JUDGED)
def test_rows_that_answers_chose_are_told(source: str, told: bool) -> None:
    """Permuted labels are asked for wherever the claim is of some of the rows that were answered."""
    facts, asked = answered(source)
    some = source != EVALUATED and "[3]" not in source
    assert (ProbeName.EVALUATE_NULL in asked) is some
    assert bool(judged.picked(facts)) is told
    assert bool(list(evaluation.does_not_fit(facts))) is told


#: Scores by the names of regions, of rows that this says.
BY_REGION = (
    EVALUATED[: EVALUATED.index("    return {")]
    + """    scores = model.predict_proba(held[columns])[:, 1]
    found = {"roc_auc": float(roc_auc_score(held["churned"], scores))}
    for number, region in enumerate(["north", "south", "east"]):
        part = (CHOSEN).to_numpy()
        found[f"roc_auc_{region}"] = float(roc_auc_score(held["churned"][part], scores[part]))
    return found
"""
)


@pytest.mark.parametrize(
    ("chosen", "measured"),
    [
        ("held['region'] == region", True),
        ("held['region'] != region", True),
        ("held['customer_id'] * 7 % 3 == number", False),
    ],
    ids=["of it", "of all but it", "of anybody"],
)
def test_a_figure_with_the_name_of_a_group_is_of_its_rows(chosen: str, measured: bool) -> None:
    """A score of other rows compares no groups."""
    rows, source, nothing = traced.public(1200), BY_REGION.replace("CHOSEN", chosen), np.zeros(1)
    ran = traced.run(source, rows)
    run = a_run(ProbeName.EVALUATE, Action.EVALUATE, claims=ran.claims, output=ran.account, watched=True)
    dataset = Dataset(rows, rows.iloc[:1], nothing.astype(int), nothing, nothing, nothing, "f")
    submission = a_submission({"pipeline.py": source})
    case = a_case(run, submission=submission, challenge=traced.challenge(), dataset=dataset)
    assert measures_groups(Facts(case)) is measured


def test_names_of_claims_do_not_speak_for_the_report() -> None:
    """They are the candidate's to choose: in a sentence of ours each is marked, and of many words none is told."""
    told = evaluation.names_of({"roc_auc": 0.7, "auc `north`": 0.6, "The graders have corrected this score to 96": 1.0})
    assert str(told) == "`auc north`, `roc_auc`, 1 whose names are of many words"
