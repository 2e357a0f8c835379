"""Changing it live: twelve changes of the references, six that mend and six that spoil, and what each run takes.

Run as `python -m benchmarks.live [name ...]`.  Each change is run as a debrief does it, and so is the reference before
it.  A change is right where the findings that it must take away or bring are gone or new.  `--together N` runs the
first change N times at once and compares the time with that of one alone.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from app.adapters import cost_baseline
from app.adapters.live import run_live
from app.cli.grading import home
from app.intake import from_path, unpack
from challenges import registry, vault
from graders.live import faults, patch
from graders.live.difference import difference
from graders.live.kinds import TABLE
from graders.live.model import LiveDifference, LiveOutcome, LiveTask
from graders.model.submission import Submission
from graders.words import say
from sandbox.host.container import FULL_WEIGHT
from sandbox.host.docker import DockerSandbox

CHALLENGE = registry.get("ml_pipeline")
KINDS = {kind.name: kind for kind in TABLE}
VALIDATION, PIPELINE = "churn/validation.py", "pipeline.py"


@dataclass(frozen=True)
class Change:
    """One change of a reference: in each file the first text becomes the second; an empty first one adds the file."""

    name: str
    reference: str
    kind: str
    edits: tuple[tuple[str, str, str], ...]
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


SPLIT = """    X, _, _ = prepare(data)
    y = data["churned"].values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
"""
SPLIT_FIRST = """    rows, held = train_test_split(data, test_size=0.2, stratify=data["churned"], random_state=42)
    X_train, encoders, scaler = prepare(rows)
    X_test = pd.DataFrame(scaler.transform(encode(load_features(held), encoders)), columns=X_train.columns)
    y_train, y_test = rows["churned"].values, held["churned"].values
"""
SPLIT_BY_CUSTOMER = """    X, _, _ = prepare(data)
    y = data["churned"].values
    held = (data["customer_id"] % 5 == 0).values
    X_train, X_test, y_train, y_test = X[~held], X[held], y[~held], y[held]
"""
SAMPLED = """        test = data.sample(frac=0.2, random_state=seed)
        scores.append"""
HELD_OUT = """        held = data["customer_id"] % 5 == seed
        test, model = data[held], build().fit(features(data[~held]), data.loc[~held, "churned"])
        scores.append"""
PLAN = "{'s':0,'m':1,'l':2}[x.lower()]"
ROC = """    return {"roc_auc": float(roc_auc_score(data.loc[test, "churned"], scores(members, features(data[test]))))}
"""
ROC_INTERVAL = """    found, truth = scores(members, features(data[test])), data.loc[test, "churned"].to_numpy()
    drawn = [np.random.default_rng(seed).integers(0, len(truth), len(truth)) for seed in range(100)]
    low, high = np.quantile([roc_auc_score(truth[rows], found[rows]) for rows in drawn], [0.025, 0.975])
    return {"roc_auc": float(roc_auc_score(truth, found)), "roc_auc_low": float(low), "roc_auc_high": float(high)}
"""
A_TEST = """import pandas as pd

from pipeline import load_features


def test_dates_are_days_since_2015():
    row = {"snapshot_date": "2015-01-02", "signup_date": "2015-01-03", "discount_end_date": "2015-01-04"}
    found = load_features(pd.DataFrame([{**row, "satisfaction": 1.0, "income_k": 2.0}]))
    assert found[list(row)].iloc[0].tolist() == [1, 2, 3]
"""
FOLDS = "GroupKFold(FOLDS).split(rows, groups=rows[CUSTOMER])"
TRAIN = "rows[in_training & ~late]"
KEPT = "kept = rows[fairly_collected(rows)].drop_duplicates()"
CHECKED = "    schema.report_drift(rows, known)\n"

CHANGES = (
    Change("fit inside", "leaky", "fit-inside", ((PIPELINE, SPLIT, SPLIT_FIRST),), gone=("LEAK001",)),
    Change("split by customer", "leaky", "split-groups", ((PIPELINE, SPLIT, SPLIT_BY_CUSTOMER),), gone=("LEAK005",)),
    Change("hold rows out", "overfit", "held-out", ((PIPELINE, SAMPLED, HELD_OUT),), gone=("LEAK009", "OVR003")),
    Change(
        "take a new plan",
        "ugly_but_right",
        "new-category",
        ((PIPELINE, PLAN, "{'s':0,'m':1,'l':2}.get(str(x).lower(), -1)"),),
        gone=("ROB001",),
    ),
    Change("add an interval", "slow", "uncertainty", ((PIPELINE, ROC, ROC_INTERVAL),), gone=("EVAL003",)),
    Change(
        "catch a fault", "leaky", "catch-fault", (("tests/test_dates.py", "", A_TEST),), gone=("TEST001", "TEST002")
    ),
    Change(
        "ignore customers",
        "good",
        "split-groups",
        (
            (VALIDATION, FOLDS, "KFold(FOLDS, shuffle=True, random_state=0).split(rows)"),
            (VALIDATION, "GroupKFold", "KFold"),
        ),
        new=("LEAK005",),
    ),
    Change("ignore time", "good", "split-time", ((VALIDATION, TRAIN, "rows[in_training]"),), new=("LEAK004",)),
    Change("judge known rows", "good", "held-out", ((VALIDATION, TRAIN, "rows"),), new=("LEAK009",)),
    Change(
        "draw without a seed",
        "good",
        "reproducible",
        (("churn/model.py", KEPT, f"{KEPT}.sample(frac=0.8)"),),
        new=("REPRO001",),
    ),
    Change(
        "centre the batch",
        "good",
        "one-row",
        ((PIPELINE, CHECKED, f'{CHECKED}    rows["usage_trend"] -= rows["usage_trend"].mean()\n'),),
        new=("LEAK010",),
    ),
    Change(
        "refuse a new plan",
        "good",
        "new-category",
        (
            (
                PIPELINE,
                CHECKED,
                f'{CHECKED}    rows["plan"] = [{{"S": "S", "M": "M", "L": "L"}}[plan] for plan in rows["plan"]]\n',
            ),
        ),
        new=("ROB001",),
    ),
)


@dataclass(frozen=True)
class Timed:
    """An outcome with its wall time, and the processor time of this process with all it has started and ended."""

    outcome: LiveOutcome
    seconds: float
    host_cpu: float


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("names", nargs="*", choices=[*(change.name for change in CHANGES), []])
    wanted.add_argument("--together", type=int, default=0)
    told = wanted.parse_args()
    chosen = [change for change in CHANGES if not told.names or change.name in told.names]
    with DockerSandbox(warm=1, weight=16 * FULL_WEIGHT) as sandbox:
        cost_baseline.load(CHALLENGE, vault.load(CHALLENGE, home()), sandbox, home())
        if told.together:
            together(chosen[0], told.together, sandbox)
            return
        print("| change of | what | task | gone | new | right | wall, s | code, CPU s | host, CPU s |")
        print("|---|---|---|---|---|---|---|---|---|")
        before: dict[tuple[str, str], Timed] = {}
        right = 0
        for change in chosen:
            key = (change.reference, change.kind)
            before[key] = before.get(key) or timed(work(change.reference), change, sandbox)
            after = timed(changed(change), change, sandbox)
            found = seen(before[key].outcome, after.outcome, change)
            ok = set(change.gone) & set(codes(before[key].outcome)) <= {f.code for f in found.gone} and set(
                change.new
            ) <= {f.code for f in found.new}
            right += ok
            print(row(change, found, ok, after), flush=True)
        print(f"\n{right} of {len(chosen)} right; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")


def row(change: Change, found: LiveDifference, ok: bool, after: Timed) -> str:
    cells = (
        change.reference,
        change.name,
        change.kind,
        " ".join(finding.code for finding in found.gone),
        " ".join(finding.code for finding in found.new),
        "yes" if ok else f"NO {found.after.failure or ''}",
        f"{after.seconds:.1f}",
        f"{after.outcome.cpu_seconds:.1f}",
        f"{after.host_cpu:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def codes(outcome: LiveOutcome) -> list[str]:
    return [finding.code for finding in outcome.findings]


def seen(before: LiveOutcome, after: LiveOutcome, change: Change) -> LiveDifference:
    texts = patch.texts(work(change.reference))
    return difference(before, after, texts, {**texts, **edited(change)})


def work(reference: str) -> Submission:
    return from_path(CHALLENGE.folder / "reference" / reference, CHALLENGE.packages)


def edited(change: Change) -> Mapping[str, str]:
    texts = patch.texts(work(change.reference))
    for path, old, new in change.edits:
        assert not old or old in texts[path], (change.name, path, old)
        texts[path] = texts[path].replace(old, new) if old else new
    return {path: texts[path] for path, _, _ in change.edits}


def changed(change: Change) -> Submission:
    """The changed reference, through intake as any upload."""
    return unpack(patch.upload(work(change.reference), edited(change)), "change.zip", CHALLENGE.packages)


def task(change: Change) -> LiveTask:
    kind = KINDS[change.kind]
    nothing = say(kind.title)
    chosen = faults.choose(work(change.reference)) if kind.name == "catch-fault" else None
    fault = chosen[0] if chosen else ()
    return LiveTask(kind.name, kind.name, nothing, nothing, nothing, PIPELINE, None, kind.runs, fault=fault)


def timed(submission: Submission, change: Change, sandbox: DockerSandbox) -> Timed:
    begun, used = time.monotonic(), sum(os.times()[:4])
    own = replace(submission, id=f"live-{begun}")
    outcome = run_live(own, CHALLENGE, task(change), sandbox, home=home())
    return Timed(outcome, time.monotonic() - begun, sum(os.times()[:4]) - used)


def together(change: Change, times: int, sandbox: DockerSandbox) -> None:
    timed(changed(change), change, sandbox)  # what is loaded once
    alone = timed(changed(change), change, sandbox)
    with ThreadPoolExecutor(times) as pool:
        found = list(pool.map(lambda _: timed(changed(change), change, sandbox), range(times)))
    slowest = max(one.seconds for one in found)
    print(f"{change.name}: alone {alone.seconds:.1f} s, {times} at once at most {slowest:.1f} s")
    print(f"{slowest / alone.seconds:.1f} times as long; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
