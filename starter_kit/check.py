"""What candidates run before they hand in: intake, static contract, and one small run of each function.

It is shipped with the starter kit and gives the codes that the server gives.  The submission runs on this
machine as it is, so it is for one's own work only.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from graders.measure import problems
from graders.model.contract import BINARY, Contract
from graders.model.later import pd
from graders.model.probe import Action, Exit, Probe, Run, Sandbox, SandboxError
from graders.model.report import Problem
from graders.model.submission import SetAside, Submission
from starter_kit.grader import Grader

OK, REFUSED, FAILED = 0, 2, 3
LABELLED_ROWS = 1500
UNLABELLED_ROWS = 500
LOG_LINES = 20
ASIDE_LINES = 20


class Read(Protocol):
    """What reads a submission from a path, with the import names on offer: intake, which lies above this package."""

    def __call__(self, path: Path, packages: frozenset[str], *, own: bool = False) -> Submission | Problem: ...


@dataclass(frozen=True)
class Facts:
    """What the check has to know of a challenge and its grader.

    target: the target column. group: the column of the statistical unit, if there is one.
    packages: the import names on offer. own: whether a submission may bring a lock of more packages.
    contract: what predict and evaluate must return.
    grader: what the work is graded with; None where that is what the check itself runs with.
    text: the columns of text.
    later: the column of time, where rows to predict are later ones of units that are known.
    """

    target: str
    group: str | None
    packages: frozenset[str]
    contract: Contract = BINARY
    grader: Grader | None = None
    text: tuple[str, ...] = ()
    own: bool = False
    later: str | None = None

    def rows(self, public_csv: Path) -> pd.DataFrame:
        """The public rows with the types they have in the grader: a key of figures stays text, NA a word."""
        texts = dict.fromkeys(self.text, "str")
        return pd.read_csv(public_csv, dtype=texts, keep_default_na=False, na_values=[""])

    @classmethod
    def parse(cls, text: str) -> Facts:
        """From a JSON object with these keys, as `challenges.kit.facts` writes it."""
        found = json.loads(text)
        grader = Grader(**found["grader"]) if found.get("grader") else None
        contract = Contract.parse(found["contract"]) if "contract" in found else BINARY
        texts = tuple(found.get("text", ()))
        packages, own = frozenset(found["packages"]), bool(found.get("own"))
        return cls(found["target"], found["group"], packages, contract, grader, texts, own, found.get("later"))


@dataclass(frozen=True, eq=False)
class CheckResult:
    """The verdict: `problem` is None when nothing is wrong.

    `submission` is None where intake refused it.  `runs` holds what was run until the first failure.
    `differences` says how this machine differs from the grader's, and what that may change.
    """

    problem: Problem | None
    submission: Submission | None = None
    runs: tuple[Run, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.problem is None


def run(handed_in: Submission | Problem, public: pd.DataFrame, facts: Facts, sandbox: Sandbox) -> CheckResult:
    """Check what intake made of a submission on a sample of the rows of `public`, which hold the target column.

    Raises SandboxError where this machine cannot run it at all.
    """
    if isinstance(handed_in, Problem):
        return CheckResult(handed_in)
    return smoke(handed_in, public, facts, sandbox)


def smoke(submission: Submission, public: pd.DataFrame, facts: Facts, sandbox: Sandbox) -> CheckResult:
    """Check a submission that intake has accepted, in the same way."""
    runs = _smoke(submission, public, facts, sandbox)
    failed = next((r for r in runs if not r.ok), None)
    differences = facts.grader.differences(submission) if facts.grader else ()
    return CheckResult(problems.problem(failed, facts.contract) if failed else None, submission, runs, differences)


def sample(public: pd.DataFrame, facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """About 1,500 labelled rows, and about 500 rows of other customers without the target.

    All rows of one customer are on the same side, unless later rows of the same are asked about; the order of the rows
    is kept.
    """
    units = pd.Series(range(len(public)), public.index) if facts.group is None else public[facts.group]
    groups = units.drop_duplicates().sample(frac=1.0, random_state=0)
    rows = groups.map(units.value_counts()).cumsum().to_numpy()
    if facts.later is not None:
        return _later(public[units.isin(groups[rows <= max(LABELLED_ROWS + UNLABELLED_ROWS, rows[0])])], facts)
    share = min(1.0, len(public) / (LABELLED_ROWS + UNLABELLED_ROWS))
    first = max(1, int(np.searchsorted(rows, LABELLED_ROWS * share)))
    last = max(first + 1, int(np.searchsorted(rows, (LABELLED_ROWS + UNLABELLED_ROWS) * share, side="right")))
    labelled = public[units.isin(groups.iloc[:first])]
    others = public[units.isin(groups.iloc[first:last])]
    return labelled.reset_index(drop=True), others.drop(columns=facts.target).reset_index(drop=True)


def _later(rows: pd.DataFrame, facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first three quarters of rows in time, and of the others those of units that have some among them."""
    times = rows[facts.later]
    early = times < times.sort_values(ignore_index=True)[len(rows) * LABELLED_ROWS // (LABELLED_ROWS + UNLABELLED_ROWS)]
    labelled = rows[early]
    others = rows[~early & rows[facts.group].isin(labelled[facts.group])]
    return labelled.reset_index(drop=True), others.drop(columns=facts.target).reset_index(drop=True)


def lines(result: CheckResult) -> list[str]:
    """The verdict as plain text, one printable line each."""
    found = [_told(run) for run in result.runs]
    if result.submission:
        found += _aside(result.submission.set_aside)
    differs = [f"  - {difference}" for difference in result.differences]
    if result.problem is None and not differs:
        return [_printable(line) for line in [*found, "All is well: the grader will accept this submission."]]
    if result.problem is None:
        heading = "Nothing is wrong on this machine, but it is not the grader's:"
        return [_printable(line) for line in [*found, heading, *differs]]
    found += ["This machine is not the grader's:", *differs] if differs else []
    where = f" [{result.problem.where}]" if result.problem.where else ""
    found += [f"{result.problem.code}{where}", f"  {result.problem.message}", f"  {result.problem.hint}"]
    return [_printable(line) for line in [*found, *_log(result.runs)]]


def main(argv: list[str], public_csv: Path, facts_json: Path, read: Read) -> int:
    """Check the submission named by the only argument, print the verdict, and return the exit status.

    0 nothing is wrong, 2 refused or broken, 3 this machine could not run it.
    """
    from sandbox.host.local import LocalSandbox  # noqa: PLC0415 - whoever brings another sandbox needs none of it

    if len(argv) != 1 or argv[0].startswith("-"):
        sys.stdout.write("usage: python check.py PATH   (a folder, an archive, pipeline.py or a notebook)\n")
        return REFUSED
    try:
        facts = Facts.parse(facts_json.read_text(encoding="utf-8"))
        with LocalSandbox() as box:
            result = run(read(Path(argv[0]), facts.packages, own=facts.own), facts.rows(public_csv), facts, box)
    except SandboxError as fault:
        sys.stdout.write(f"This machine could not run the check: {_printable(str(fault))}\n")
        return FAILED
    sys.stdout.write("\n".join(lines(result)) + "\n")
    return OK if result.ok else REFUSED


def _smoke(submission: Submission, public: pd.DataFrame, facts: Facts, sandbox: Sandbox) -> tuple[Run, ...]:
    """Train and evaluate, then predict with the model, as the grader does it; up to the first failure."""
    labelled, unlabelled = sample(public, facts)
    evaluate = Probe("evaluate", Action.EVALUATE, labelled, contract=facts.contract)
    first = [Probe("train", Action.TRAIN, labelled), evaluate]
    try:
        runs = sandbox.start(submission, first).result()
        if not all(r.ok for r in runs):
            return runs
        predict = Probe("predict", Action.PREDICT, unlabelled, model=runs[0].model, contract=facts.contract)
        return (*runs, *sandbox.start(submission, [predict]).result())
    finally:
        sandbox.finish(submission)


def _told(run: Run) -> str:
    if not run.ok:
        return f"{run.action:<9} {run.exit}"
    if run.action is Action.EVALUATE:
        claims = ", ".join(f"{name} {value:.3f}" for name, value in run.claims.items())
        return f"{run.action:<9} ok, {run.seconds:.1f} s, {claims}"
    return f"{run.action:<9} ok, {run.seconds:.1f} s"


def _aside(things: tuple[SetAside, ...]) -> list[str]:
    told = [f"set aside: {thing.where}: {thing.what}" for thing in things[:ASIDE_LINES]]
    return [*told, f"and {len(things) - ASIDE_LINES} more set aside"] if len(things) > ASIDE_LINES else told


def _log(runs: tuple[Run, ...]) -> list[str]:
    """The end of what the failed function printed; a crash leaves its traceback there."""
    failed = next((r for r in runs if r.exit is not Exit.OK), None)
    if failed is None:
        return []
    detail = [f"  {failed.failure.kind}: {failed.failure.message}"] if failed.failure else []
    return [*detail, *(f"  | {line}" for line in failed.log.splitlines()[-LOG_LINES:])]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
