"""Production, evidence and responsibility: each fault is named, the honest candidate is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.checks.production.cost import bill, compared, cost_of
from graders.checks.production.robustness import reactions
from graders.facts import Facts
from graders.model.challenge import Dataset
from graders.model.finding import Certainty, Severity, Status
from graders.model.probe import Action, Exit, Failure, Probe, Run
from graders.model.report import Report
from graders.model.submission import Location
from graders.probes import sessions, variants
from testing.builders import a_case, a_run
from tests.graders.cases import PIPELINE, finding, graded, points, table, the_challenge
from tests.scripted import Candidate, by_score

SHOPS = "predict unseen categories"
GAPS = "predict with values missing"
REORDERED = "predict with columns in another order"


def crash(name: str, line: int = 3) -> dict[str, Run]:
    failure = Failure("KeyError", "'assay-unseen'", (Location("pipeline.py", line),))
    return {name: Run(name, Action.PREDICT, Exit.CRASHED, failure=failure)}


def on(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Candidate:
    """Honest but for one probe."""
    return Candidate(predict=lambda probe: change(by_score(probe)) if probe.name == name else by_score(probe))


def first_half_off(answers: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(answers)) % 2 == 0, answers, np.clip(answers + 0.1, 0, 1))


def by_position(probe: Probe) -> np.ndarray:
    """Reads the column in third place, whatever it is."""
    third = pd.to_numeric(probe.data.iloc[:, 2], errors="coerce").fillna(0.0).clip(-30, 30)
    return 1 / (1 + np.exp(-third.to_numpy(dtype=np.float64)))


def of_one_shop(probe: Probe) -> np.ndarray:
    """Ranks the customers of one shop by chance."""
    there = (probe.data["shop"] == "east").to_numpy() if "shop" in probe.data else np.zeros(len(probe.data), bool)
    noise = np.random.default_rng(1).random(len(probe.data))
    return np.where(there, noise, by_score(probe))


def selects_by_age(probe: Probe) -> np.ndarray:
    age = pd.to_numeric(probe.data["age"], errors="coerce").fillna(30).to_numpy(dtype=np.float64)
    return np.clip(0.5 * by_score(probe) + 0.5 * (age >= 40), 0, 1)


def of_the_last_month(probe: Probe) -> np.ndarray:
    """Ranks the newest customers by chance."""
    dates = probe.data["snapshot_date"].astype(str)
    newest = (dates >= "2024-03").to_numpy()
    return np.where(newest, np.random.default_rng(1).random(len(probe.data)), by_score(probe))


def nudged_by_age(probe: Probe) -> np.ndarray:
    age = pd.to_numeric(probe.data["age"], errors="coerce").fillna(30).to_numpy(dtype=np.float64)
    return 0.97 * by_score(probe) + 0.03 * (age % 2)


def overconfident(probe: Probe) -> np.ndarray:
    return by_score(probe) ** 6


HONEST = Candidate()
HEAVY = Run(sessions.TRAIN, Action.TRAIN, Exit.OK, model=b"model", cpu_seconds=1.0, max_rss_mb=160.0, saved_mb=45.0)
LOG = Candidate(log=lambda probe: "shop: unknown" if probe.name == SHOPS else "")
MUTE = PIPELINE.replace("log.info(", "str(")
LIBRARY = (
    "/usr/lib/python3.11/site-packages/sklearn/preprocessing/_encoders.py:246: UserWarning: Found unknown categories "
    "in columns ['shop'] during transform.\n  warnings.warn(msg)\n"
)

#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "crashes on an unseen category": (Candidate(broken=crash(SHOPS)), "ROB001"),
    "moves rows that were left alone": (on(SHOPS, first_half_off), "ROB001"),
    "nonsense where values are missing": (on(GAPS, lambda p: np.full(len(p), 0.99)), "ROB002"),
    "reads columns by position": (Candidate(predict=by_position), "ROB003"),
    "batch and single differ": (on(sessions.PREDICT_TIMED, lambda p: p * 0.9), "SKEW001"),
    "slow calls": (Candidate(call_seconds=0.4), "PERF001"),
    "a large model": (Candidate(broken={sessions.TRAIN: HEAVY}), "PERF002"),
    "dear training": (Candidate(train_seconds=30.0), "PERF003"),
    "crashes without rows": (Candidate(broken=crash("predict no rows")), "ROB005"),
    "nonsense in other units": (on("predict in other units", lambda p: np.full(len(p), 0.99)), "ROB005"),
    "ranks the newest month by chance": (Candidate(predict=of_the_last_month), "SHIFT001"),
    "probabilities that are none": (Candidate(predict=overconfident), "EVAL005"),
    "a column that earns nothing": (Candidate(predict=nudged_by_age), "FEAT001"),
    "a group ranked by chance": (Candidate(predict=of_one_shop), "SLICE001"),
    "misses one group of people": (Candidate(predict=selects_by_age), "FAIR001"),
    "a sensitive column moves answers": (Candidate(predict=selects_by_age), "FAIR002"),
    "no interval": (HONEST, "EVAL003"),
    "no baseline": (HONEST, "EVAL002"),
    "nothing noticed": (HONEST, "DATA001"),
    "no plan": (HONEST, "MON001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    found = finding(graded(candidate, customers), code)
    assert found.flagged, found
    assert all(len(evidence.what) > 20 for evidence in found.evidence)


#: What the code says -> a code that must be flagged.
WRITTEN = {
    "accuracy decides": (
        "from sklearn.model_selection import cross_val_score\n\ncross_val_score(model, x, y)\n",
        "EVAL001",
    ),
    "decisions at .5": ("def calls(scores):\n    return scores >= 0.5\n", "EVAL004"),
}


@pytest.mark.parametrize(("text", "code"), WRITTEN.values(), ids=WRITTEN.keys())
def test_each_fault_in_the_code_is_named_with_its_place(text: str, code: str, customers: Dataset) -> None:
    """The code is flagged with file and line."""
    found = finding(graded(HONEST, customers, pipeline=f"{PIPELINE}\n\n{text}"), code)
    assert found.flagged, found
    assert found.evidence[0].where is not None
    assert (found.evidence[0].where.line or 0) > PIPELINE.count("\n")


def test_complexity_that_does_not_pay_is_named(customers: Dataset) -> None:
    """A dear model that ranks no better than a logistic regression is flagged, a cheap one is not."""
    simple = replace(customers, baseline_models={"logistic regression": customers.oracle})
    dear, cheap = graded(Candidate(train_seconds=30.0), simple), graded(HONEST, simple)
    assert finding(dear, "MODEL001").flagged
    assert "30" not in finding(cheap, "MODEL001").note
    assert not finding(cheap, "MODEL001").flagged


def overfit(probe: Probe) -> np.ndarray:
    """Half of it is noise."""
    return np.clip(0.3 * by_score(probe) + 0.7 * np.random.default_rng(2).random(len(probe.data)), 0, 1)


def test_a_simpler_model_that_does_better_is_told(customers: Dataset) -> None:
    """By how much, with an interval; it is no reproach, and not told of a model that keeps up."""
    simple = replace(customers, baseline_models={"logistic regression": customers.oracle})
    found = finding(graded(Candidate(predict=overfit), simple), "MODEL002")
    assert found.flagged
    assert found.severity is Severity.INFO
    assert re.search(r"logistic regression.*is 0?\.\d{3} \(0?\.\d{3} to 0?\.\d{3}\) more", found.evidence[0].what)
    assert not finding(graded(HONEST, simple), "MODEL002").flagged


ABOUT_BEHAVIOUR = ("ROB", "SKEW", "PERF", "SLICE", "SHIFT", "FAIR", "MODEL", "FEAT")


def test_the_honest_candidate_is_accused_of_nothing(customers: Dataset) -> None:
    """Nothing about behaviour is held against a model that scores each row alone by what matters."""
    report = graded(HONEST, customers)
    assert {f.code for f in report.findings if f.flagged and f.code.startswith(ABOUT_BEHAVIOUR)} == set()
    assert {f.code for f in report.findings if f.status is Status.BROKEN} == set()
    assert points(report, "cost") == 4.0
    assert points(report, "parity") == 4.0


def test_whoever_says_what_is_odd_does_better(customers: Dataset) -> None:
    """A log line for odd rows, and none for sound ones, is worth points and clears DATA001."""
    silent, spoken = graded(HONEST, customers), graded(LOG, customers)
    assert not finding(spoken, "DATA001").flagged
    for criterion in ("robustness", "data-validation"):
        assert points(spoken, criterion) > points(silent, criterion)


@pytest.mark.parametrize(("said", "pipeline"), [(LIBRARY, PIPELINE), ("shop: unknown", MUTE)])
def test_what_a_library_says_is_no_validation(said: str, pipeline: str, customers: Dataset) -> None:
    """A warning from a library's file counts for nothing, nor any line where no line of the submission writes one."""
    library = Candidate(log=lambda probe: said if probe.name == SHOPS else "")
    assert finding(graded(library, customers, pipeline=pipeline), "DATA001").flagged


def test_chatter_is_no_policy(customers: Dataset) -> None:
    """What is printed for every batch says nothing of odd rows, even with other numbers in it."""
    chatty = Candidate(log=lambda probe: f"scored {len(probe.data)} rows in {len(probe.name)} ms")
    assert finding(graded(chatty, customers), "DATA001").flagged


def test_an_error_raised_on_purpose_is_told_from_a_crash(customers: Dataset) -> None:
    """A place that raises is a refusal; any other line is a crash."""
    pipeline = PIPELINE.replace('    return data["score"]\n', '    raise ValueError("no such shop")\n')
    line = pipeline.splitlines().index('    raise ValueError("no such shop")') + 1
    refused = graded(Candidate(broken=crash(SHOPS, line)), customers, pipeline=pipeline)
    crashed = graded(Candidate(broken=crash(SHOPS)), customers, pipeline=pipeline)
    outcome = {row[0]: row[1] for row in table(refused, "robustness").rows}
    assert outcome["every category was one not seen before"] == "refused in words"
    assert not finding(refused, "ROB001").flagged
    assert finding(crashed, "ROB001").flagged


def test_a_busy_machine_is_held_against_nobody(customers: Dataset) -> None:
    """A probe that the wall clock ended is left out, of findings and of points."""
    slow = Failure("WALL_LIMIT", "60 s")
    late = {SHOPS: Run(SHOPS, Action.PREDICT, Exit.TIMED_OUT, failure=slow)}
    report = graded(Candidate(broken=late), customers)
    assert finding(report, "ROB001").status is Status.NOT_APPLICABLE
    assert points(report, "robustness") == pytest.approx(points(graded(HONEST, customers), "robustness"), abs=0.2)


def test_without_a_cost_baseline_cost_is_not_judged(customers: Dataset) -> None:
    """Figures of a machine nobody compared with are worth nothing: not judged, and no zero."""
    late = Run(sessions.PREDICT_TIMED, Action.PREDICT, Exit.TIMED_OUT, failure=Failure("WALL_LIMIT", "60 s"))
    report = graded(Candidate(broken={sessions.PREDICT_TIMED: late}), customers)
    assert points(report, "cost") is None
    assert "Not measured" in table(report, "cost").note


def test_calls_that_never_end_cost_everything(customers: Dataset) -> None:
    """Using up the CPU time of the timed calls is the dearest, and not a way around being judged."""
    spent = Run(sessions.PREDICT_TIMED, Action.PREDICT, Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", "30 s"))
    report = graded(Candidate(broken={sessions.PREDICT_TIMED: spent}), customers)
    assert finding(report, "PERF001").flagged
    assert points(report, "cost") == 0.0


def timed(call: float, total: float) -> dict[str, Run]:
    calls = len(sessions.WARM_UP) + sum(times for times, _ in sessions.TIMED)
    seconds = {"call_seconds": (call,) * calls, "cpu_seconds": total}
    return {
        sessions.TRAIN: a_run(sessions.TRAIN, cpu_seconds=1.0, saved_mb=1.0),
        sessions.PREDICT_TIMED: a_run(sessions.PREDICT_TIMED, Action.PREDICT, **seconds),
    }


def test_time_hidden_from_the_calls_shows_at_the_start() -> None:
    """A process that owns up to nothing is charged all of it before its first answer."""
    honest, liar = cost_of(timed(0.1, 3.0)), cost_of(timed(0.0, 3.0))
    assert honest.call(1).median == 0.1
    assert liar.start == 3.0
    case = a_case(*timed(0.0, 3.0).values(), cost_baseline=timed(0.1, 2.2))
    ratios = {found.name: found.ratio for found in compared(Facts(case))}
    assert ratios["start to first answer"] > 3


@pytest.mark.parametrize("speed", [1.0, 7.0])
def test_a_slow_machine_changes_nothing(speed: float) -> None:
    """Where submission and reference are slower alike, large costs compare as before."""
    case = a_case(*timed(8 * speed, 200 * speed).values(), cost_baseline=timed(2 * speed, 50 * speed))
    ratio = next(found.ratio for found in compared(Facts(case)) if found.name == "predict 1 row, median")
    assert ratio == pytest.approx(4, abs=0.1)


def test_a_busy_machine_changes_nothing() -> None:
    """Where our own work beside the submission took twice as long, its times count half."""
    quiet, busy = timed(0.2, 6.0), timed(0.4, 12.0)
    paced = {name: replace(run, pace=0.03) for name, run in quiet.items()}
    slowed = [replace(run, pace=0.06, cpu_seconds=2 * quiet[name].cpu_seconds) for name, run in busy.items()]
    ratios = [found.ratio for found in compared(Facts(a_case(*slowed, cost_baseline=paced)))]
    assert ratios == pytest.approx([1.0] * len(ratios))


def test_the_bill_shows_its_arithmetic() -> None:
    """Requests × seconds ÷ use × hours × price, each with its number."""
    use = replace(the_challenge().use, requests_per_second=30, core_hour=0.1, busy=0.5)
    text = bill(cost_of(timed(0.1, 3.0)).call(1), use)
    assert "30 requests/s × 0.100 CPU s = 3.0 cores" in text
    assert "438 EUR a month" in text


def test_variants_touch_what_they_say_and_nothing_else(customers: Dataset) -> None:
    """Half variants leave every other row alone; neutral ones change no value."""
    public = customers.public.drop(columns="churned")
    frames = variants.frames(the_challenge(), public, public.iloc[:40].reset_index(drop=True))
    sound = frames[variants.AS_THEY_ARE]
    untouched = ~variants.touched(len(sound))
    for variant in variants.VARIANTS:
        changed = frames[variant.name]
        if variant.half:
            pd.testing.assert_frame_equal(changed[untouched], sound[untouched], check_dtype=False)
        if variant.half and variant.name != "predict odd dates":  # these rows have no column of dates to change
            assert not changed[~untouched].astype(str).equals(sound[~untouched].astype(str))
        if variant.neutral:
            same = changed[sound.columns].reset_index(drop=True).astype(str)
            assert same.equals(sound.astype(str))


def test_the_timed_calls_see_no_hidden_row(customers: Dataset) -> None:
    """Their times are shown to people, so they must not be able to spell out a hidden row."""
    seen = set(customers.public["customer_id"]) | set(customers.hidden["customer_id"])
    session = sessions.predict_session(the_challenge(), customers, 1, b"model", None)
    told = [probe for probe in session if probe.timed or probe.name in variants.BY_NAME]
    assert len(told) == 1 + len(variants.VARIANTS)
    for probe in told:
        if probe.timed:
            assert not set(probe.data["customer_id"]) & seen, "nor any other that it may know"
        else:
            assert set(probe.data["customer_id"]) <= set(customers.public["customer_id"])


def test_reactions_need_sound_rows() -> None:
    """Without answers on sound rows there is nothing to compare with."""
    with pytest.raises(Exception, match="was not reached"):
        reactions(Facts(a_case()))


def certainty(report: Report, code: str) -> Certainty | None:
    return finding(report, code).certainty


README = """# Churn

The task: say which customers leave within 60 days, so that the shop can call them in time.

## Results

ROC AUC is {auc} on held-out customers, with a standard error of about .01 over shops and ages.

## Monitoring

Each month the share of missing age and of unknown shop values is compared with training; above 10 % the owner is woken.
Predictions by shop are watched, and the AUC once labels arrive after 60 days; if it falls we roll back.

## Limits

Not for customers of a shop that training has not seen, and not for anybody whose age is unknown.
"""


@pytest.mark.parametrize(
    ("auc", "flagged"),
    [(".78", False), ("0.79", False), ("93 %", True), ("0.95", True), ("above 0.9", True), (".60", False)],
)
def test_numbers_of_the_text_are_held_against_what_was_measured(auc: str, flagged: bool, customers: Dataset) -> None:
    """A claim within its margin or below holds; one far above does not, with file and line."""
    report = graded(HONEST, customers, **{"README.md": README.format(auc=auc)})
    found = finding(report, "DOC003")
    assert found.flagged is flagged, found
    if flagged:
        assert found.evidence[0].where == Location("README.md", 7)
        assert "we measured 0.80" in found.evidence[0].what


@pytest.mark.parametrize(
    "sentence",
    [
        "The baseline reaches an AUC of .95.",
        "On the training rows ROC AUC is 0.99.",
        "If AUC falls below .95 we retrain.",
        "A random split would have claimed an AUC of .97.",
        "The AUC of each shop lies between .95 and .99.",
        "The column alone has an AUC of .95.",
    ],
)
def test_numbers_of_something_else_are_left_alone(sentence: str, customers: Dataset) -> None:
    """Baselines, training scores, conditions and groups are no claim about the delivered model."""
    report = graded(HONEST, customers, **{"README.md": f"# Churn\n\n{sentence}\n"})
    assert not finding(report, "DOC003").flagged


def test_content_counts_and_keywords_do_not(customers: Dataset) -> None:
    """A plan tied to these data earns points; the same headings over empty phrases earn none."""
    empty = (
        "# Churn\n\n## Monitoring\n\nMonitoring is very important and drift, labels, alerts and retraining will be "
        "handled.\n"
        "\n## Limits\n\nThere are of course certain limits to what any model in this world can possibly do for us.\n"
    )
    content = graded(HONEST, customers, **{"README.md": README.format(auc=".78")})
    phrases = graded(HONEST, customers, **{"README.md": empty})
    assert not finding(content, "MON001").flagged
    assert not finding(content, "DOC002").flagged
    assert finding(phrases, "MON001").flagged
    assert finding(phrases, "DOC002").flagged
    assert points(content, "monitoring") > points(phrases, "monitoring")
    assert points(content, "communication") > points(phrases, "communication") + 1


def under_collected(customers: Dataset) -> Dataset:
    """The same customers, but most of those who left `west` early were not kept."""
    public = customers.public
    early = (public["snapshot_date"] < "2024-03") & (public["shop"] == "west") & (public["churned"] == 1)
    lost = early & (np.random.default_rng(2).random(len(public)) < 0.8)
    return replace(customers, public=public[~lost].reset_index(drop=True))


def test_the_under_collected_group_is_found_by_measurement(customers: Dataset) -> None:
    """Nobody tells the grader which group it is; where nothing is missing, nothing is found."""
    found = table(graded(HONEST, under_collected(customers)), "collection")
    assert found.rows[0][0] == "shop west"
    assert table(graded(HONEST, customers), "collection").rows == ()


def too_low_in_the_west(probe: Probe) -> np.ndarray:
    there = (probe.data["shop"] == "west").to_numpy() if "shop" in probe.data else np.zeros(len(probe.data), bool)
    return by_score(probe) * np.where(there, 0.6, 1.0)


def test_collection_bias_that_reaches_the_predictions_is_named(customers: Dataset) -> None:
    """A model that learnt what was not collected as not happening is flagged, one that is right is not."""
    biased = graded(Candidate(predict=too_low_in_the_west), under_collected(customers))
    assert certainty(biased, "DATA002") is Certainty.CONFIRMED
    assert "shop west" in finding(biased, "DATA002").evidence[0].what
    assert not any(
        evidence.certainty is Certainty.CONFIRMED
        for evidence in finding(graded(HONEST, under_collected(customers)), "DATA002").evidence
    )
