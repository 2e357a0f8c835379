"""What every Sandbox must do, whatever it is made of.

`CASES` is a table of submissions and how each must end; `FACTS` are functions that put several probes and look
closer.  Both take any graders.model.Sandbox; cases that need real isolation say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from graders.model.probe import Action, Exit, Probe, Run, Sandbox
from graders.model.submission import Submission
from sandbox.testing.specimens import CASES, ROOMY, ROWS, Case, probe, rows, submission

__all__ = ["CASES", "FACTS", "ROOMY", "Case", "check_case", "probe", "run_one", "submission"]


def run_one(sandbox: Sandbox, probe: Probe, of: Submission) -> Run:
    (run,) = sandbox.start(of, [probe]).result(timeout=600)
    sandbox.finish(of)
    return run


def check_case(case: Case, run: Run) -> None:
    """The run ended as the case says, and carries nothing where it failed."""
    assert run.exit is case.exit, (run.exit, run.failure, run.log)
    assert (run.failure is None) == (case.exit is Exit.OK)
    if case.kind and run.failure:
        assert run.failure.kind == case.kind, run.failure
        assert case.message in run.failure.message, run.failure
    if not run.ok:
        assert run.predictions is None
        assert run.model is None
        assert not run.claims


def train_then_predict(sandbox: Sandbox) -> None:
    """What train saves is what predict finds, and the values come back exactly and in order."""
    train, evaluate = sandbox.start(submission(), [probe(Action.TRAIN), probe(Action.EVALUATE)]).result(600)
    assert train.ok, train
    assert evaluate.claims == {"roc_auc": 0.75, "n": ROWS}
    predict = run_one(sandbox, probe(Action.PREDICT, model=train.model), submission())
    expected = rows()["score"].to_numpy() * float(rows()["churned"].mean())
    assert predict.predictions is not None, predict
    assert np.array_equal(predict.predictions, expected)
    assert 0 < train.seconds < ROOMY.seconds
    assert train.max_rss_mb > 20


def rows_arrive_as_sent(sandbox: Sandbox) -> None:
    """Types, index, gaps and values of the rows are those of the probe."""
    sent = rows()
    facts = (sent.dtypes.astype(str).to_dict(), sent.index.tolist(), sent.index.name, sent.isna().sum().to_dict())
    source = f"""
    def evaluate(data):
        facts = (data.dtypes.astype(str).to_dict(), data.index.tolist(), data.index.name, data.isna().sum().to_dict())
        assert facts == {facts!r}, facts
        data.loc[:, "used"] = 0.0
        data["more"] = 1
        return {{"roc_auc": 0.5, "sum": data["score"].sum()}}
    """
    run = run_one(sandbox, probe(Action.EVALUATE), submission(source))
    assert run.ok, run.failure
    assert run.claims["sum"] == sent["score"].sum()


def sets_are_ordered_by_the_hash_seed(sandbox: Sandbox) -> None:
    """Processes of one `hash_seed` agree on the order of a set, and those of another need not, whoever asked before."""
    source = """
    import os
    def evaluate(data):
        names = [f"column {n}" for n in range(12)]
        kernel = os.environ.get("OPENBLAS_CORETYPE") == "Nehalem"
        return {"roc_auc": 0.5, "kernel": kernel} | {n: i for i, n in enumerate(set(names))}
    """
    asked = [replace(probe(Action.EVALUATE), name=str(n), hash_seed=s) for n, s in enumerate((5, 2**31 - 1, 5))]
    rounded = replace(asked[0], name="rounded", other_rounding=True)
    runs = sandbox.start(submission(source), [*asked, rounded]).result(600)
    orders = [[name for name in run.claims if name.startswith("column")] for run in runs]
    assert [run.failure for run in runs] == [None] * 4
    assert [run.claims["kernel"] for run in runs] == [0, 0, 0, 1]
    assert len(orders[0]) == 12
    assert orders[0] == orders[2] == orders[3] != orders[1]


def failures_name_their_place(sandbox: Sandbox) -> None:
    """A crash names the lines in the candidate's own files, outermost first, and no other file."""
    source = "import helper\ndef train(data, model_dir):\n    data.apply(helper.inner, axis=1)\n"
    of = submission(source, helper="def inner(row):\n    return row['no such column']\n")
    run = run_one(sandbox, probe(Action.TRAIN), of)
    assert run.failure
    assert run.failure.kind == "KeyError"
    assert [str(frame) for frame in run.failure.frames] == ["pipeline.py, line 3", "helper.py, line 2"]


def importing_is_told_apart(sandbox: Sandbox) -> None:
    """A failure while importing says so, with its kind and line; a missing function is named a bad answer."""
    syntax = run_one(sandbox, probe(Action.TRAIN), submission("x = 1\ndef train(:\n"))
    assert syntax.failure
    assert (syntax.exit, syntax.failure.kind) == (Exit.CRASHED, "IMPORT_FAILED")
    assert syntax.failure.message.startswith("SyntaxError")
    assert str(syntax.failure.frames[-1]) == "pipeline.py, line 2"
    absent = run_one(sandbox, probe(Action.TRAIN), submission("import no_such_package"))
    assert absent.failure
    assert absent.failure.message == "ModuleNotFoundError: No module named 'no_such_package'"
    missing = run_one(sandbox, probe(Action.TRAIN), submission("x = 1"))
    assert missing.failure
    assert (missing.exit, missing.failure.kind) == (Exit.BAD_OUTPUT, "NO_FUNCTION")


def seeds_are_set(sandbox: Sandbox) -> None:
    """The same seed gives the same draws from `random` and `numpy.random`, another seed gives others."""
    source = """
    import random
    import numpy as np
    def predict(data, model_dir):
        return [random.random() for _ in range(250)] + list(np.random.uniform(size=250))
    """
    probes = [probe(Action.PREDICT, name=str(i), seed=seed) for i, seed in enumerate((5, 5, 6))]
    first, same, other = (run.predictions for run in sandbox.start(submission(source), probes).result(600))
    assert first is not None
    assert same is not None
    assert other is not None
    assert np.array_equal(first, same)
    assert not np.any(first == other)


def batches_are_separate(sandbox: Sandbox) -> None:
    """Each batch is one call on its own rows; what a call does to them no other call sees."""
    source = """
    def predict(data, model_dir):
        values = data["score"] / len(data)
        data["score"] = 0.0
        data.drop(columns="score", inplace=True)
        return values
    """
    run = run_one(sandbox, probe(Action.PREDICT, batches=(1, 99, 400)), submission(source))
    sizes = np.repeat([1, 99, 400], [1, 99, 400])
    assert run.predictions is not None, run
    assert np.array_equal(run.predictions, rows()["score"].to_numpy() / sizes)


def two_calls_may_share_a_process(sandbox: Sandbox) -> None:
    """Each has its own rows and its own run, and finds what it would alone, but for what the other left in memory;
    where one fails, the other does not."""
    source = """
    calls = []
    def predict(data, model_dir):
        calls.append(len(data))
        assert data.index[0] == 10 and (data["score"] < 1e9).all()
        return (data["score"] > 0) / 16 + len(calls) / 4
    """
    few = rows(labelled=False)[:7]
    one, two = probe(Action.PREDICT, name="one"), probe(Action.PREDICT, name="two", data=few, after="one")
    heard: list[tuple[str, str]] = []

    def answered(asked: Probe, run: Run) -> set[float]:
        """Which calls of their process the answers to these rows are from."""
        assert asked.data is not None
        assert run.predictions is not None, run
        return set(4 * (run.predictions - (asked.data["score"] > 0) / 16))

    first, second = sandbox.start(submission(source), [one, two], lambda *told: heard.append(told)).result(600)
    assert [(run.name, run.exit) for run in (first, second)] == [("one", Exit.OK), ("two", Exit.OK)], (first, second)
    assert answered(one, first) == {1}
    assert answered(two, second) == {2}
    assert sorted(heard) == sorted((name, event) for name in ("one", "two") for event in ("started", "ended"))
    (alone,) = sandbox.start(submission(source), [two]).result(600)
    assert answered(two, alone) == {1}
    odd = replace(two, data=few.assign(score=1e9))
    first, second = sandbox.start(submission(source), [one, odd]).result(600)
    assert answered(one, first) == {1}
    assert second.failure is not None
    assert second.failure.kind == "AssertionError", second


def calls_are_timed(sandbox: Sandbox) -> None:
    """A timed probe tells the CPU time of each call, and sleeping costs none; any other probe tells nothing."""
    source = """
    import time
    def predict(data, model_dir):
        end = time.process_time() + (0.2 if len(data) > 1 else 0.0)
        while time.process_time() < end:
            pass
        time.sleep(0.3 if len(data) == 1 else 0.0)
        return [0.5] * len(data)
    """
    asked = probe(Action.PREDICT, batches=(1, ROWS - 1))
    run = run_one(sandbox, replace(asked, timed=True), submission(source))
    assert run.ok, run.failure
    single, many = run.call_seconds
    assert single < many
    assert single < 0.3
    assert many > 0.19
    assert run.cpu_seconds > 0.9 * (single + many)
    assert run_one(sandbox, asked, submission(source)).call_seconds == ()


def logs_are_bounded(sandbox: Sandbox) -> None:
    """A flood of output is cut at the limit and does no harm."""
    body = "print('start')\n    for _ in range(2000): print('x' * 10000)\n    return {'roc_auc': 0.5}"
    run = run_one(sandbox, probe(Action.EVALUATE), submission(f"def evaluate(data):\n    {body}"))
    assert run.ok, run.failure
    assert run.log.startswith("start\nxxx")
    assert len(run.log) == ROOMY.log_kb * 1024


def leftovers_are_ended(sandbox: Sandbox) -> None:
    """A process left behind neither holds up the answer nor stays."""
    source = """
    import os, time
    def evaluate(data):
        if os.fork() == 0:
            time.sleep(1000)
        return {"roc_auc": 0.5}
    """
    run = run_one(sandbox, probe(Action.EVALUATE), submission(source))
    assert run.ok, run.failure


def sessions_share_the_model_alone(sandbox: Sandbox) -> None:
    """What train leaves in its process, its environment or beside its files, predict does not find."""
    source = """
    import builtins, os
    from pathlib import Path
    def train(data, model_dir):
        builtins.left = os.environ["LEFT"] = "behind"
        Path("left").write_text("behind")
        (model_dir / "kept").write_text("0.25")
    def predict(data, model_dir):
        assert not hasattr(builtins, "left") and "LEFT" not in os.environ and not Path("left").exists()
        return [float((model_dir / "kept").read_text())] * len(data)
    """
    of = submission(source)
    train = run_one(sandbox, probe(Action.TRAIN), of)
    predict = run_one(sandbox, probe(Action.PREDICT, model=train.model), of)
    assert predict.ok, predict.failure


def probes_are_checked(sandbox: Sandbox) -> None:
    """What cannot be asked is refused at once with ValueError."""
    wrong: tuple[list[Probe], ...] = (
        [],
        [probe(Action.TRAIN), probe(Action.PREDICT)],
        [probe(Action.RUFF, data=None), probe(Action.EVALUATE)],
        [probe(Action.TRAIN, data=None)],
        [probe(Action.PREDICT, batches=(1, 2))],
    )
    for probes in wrong:
        try:
            sandbox.start(submission(), probes)
        except ValueError:
            continue
        raise AssertionError(f"accepted: {probes}")


def an_essential_failure_ends_the_session(sandbox: Sandbox) -> None:
    """After an essential probe that fails the rest is skipped; after any other the session goes on."""
    of = submission("def train(data, model_dir):\n    raise KeyError\n")
    probes = [probe(Action.TRAIN, name=str(i)) for i in range(3)]
    assert len(sandbox.start(of, probes).result(600)) == 3
    essential = [replace(probes[0], essential=True), *probes[1:]]
    assert [run.name for run in sandbox.start(of, essential).result(600)] == ["0"]


def every_probe_is_told_of(sandbox: Sandbox) -> None:
    """One run for each probe, in order, whatever became of the one before; the watch hears of each."""
    heard: list[tuple[str, str]] = []
    source = """
    import os
    def train(data, model_dir):
        os._exit(1)
    def evaluate(data):
        return {"roc_auc": 0.5}
    """
    probes = [probe(Action.TRAIN), probe(Action.EVALUATE)]
    runs = sandbox.start(submission(source), probes, lambda *told: heard.append(told)).result(600)
    assert [(run.name, run.exit) for run in runs] == [("train", Exit.NO_ANSWER), ("evaluate", Exit.OK)]
    assert heard == [(name, event) for name in ("train", "evaluate") for event in ("started", "ended")]


def a_traced_run_answers_the_same(sandbox: Sandbox) -> None:
    """It leaves an account as well, of the rows it was given; any other run and any other action leaves none."""
    source = """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    def train(data, model_dir):
        fit(data)
        (model_dir / "model").touch()
    def fit(data):
        return LogisticRegression().fit(data[["score", "age"]], data["churned"])
    def evaluate(data):
        return {"roc_auc": float(np.random.uniform()), "mean": fit(data).predict_proba(data[["score", "age"]]).mean()}
    """
    calls = [(action, traced) for action in (Action.EVALUATE, Action.TRAIN) for traced in (False, True)]
    probes = [probe(action, name=f"{action} {traced}", traced=traced) for action, traced in calls]
    plain, traced, train, traced_train = sandbox.start(submission(source), probes).result(600)
    assert traced.ok, traced.failure
    assert traced.claims == plain.claims
    assert (plain.output, train.output) == ("", "")
    for run in (traced, traced_train):
        account = json.loads(run.output)
        assert account["rows"] == ROWS
        assert [fit["kind"] for fit in account["fits"]] == ["LogisticRegression"]
    try:
        sandbox.start(submission(), [probe(Action.PREDICT, traced=True)])
    except ValueError:
        return
    raise AssertionError("a traced predict was accepted")


FACTS: tuple[Callable[[Sandbox], None], ...] = (
    an_essential_failure_ends_the_session,
    train_then_predict,
    rows_arrive_as_sent,
    sets_are_ordered_by_the_hash_seed,
    failures_name_their_place,
    importing_is_told_apart,
    seeds_are_set,
    batches_are_separate,
    two_calls_may_share_a_process,
    calls_are_timed,
    logs_are_bounded,
    leftovers_are_ended,
    sessions_share_the_model_alone,
    probes_are_checked,
    every_probe_is_told_of,
    a_traced_run_answers_the_same,
)
