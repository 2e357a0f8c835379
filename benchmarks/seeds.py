"""What rows of their own change in the points of equal work: `python -m benchmarks.seeds [--seeds 30] [CHALLENGE ...]`.

Each seed makes the rows that one candidate would get.  A reference trains, evaluates and predicts on them, in processes
of this machine, and the criteria that rest on rows are judged by the grader's own functions.  The criteria on code,
tests, leaks and texts are held fixed: they judge the same files.  `CHALLENGE` is an id; `table` is a company's table,
of which each seed is another cut.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.intake import from_path
from benchmarks.own_tables import table
from challenges import registry, vault
from challenges.cut import cut
from challenges.tables import create, definition, reading
from challenges.tables.proposal import Wish, propose
from graders.catalog import CHECKS
from graders.facts import Facts
from graders.model.arrays import FloatArray
from graders.model.case import Case
from graders.model.challenge import Challenge, Dataset
from graders.model.submission import Submission
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.rubric.model import Context
from graders.rubric.points import CRITERIA
from sandbox.host.local import LocalSandbox

TABLE = "table"
REFERENCES = {
    "ml_pipeline": ("good", "notebook"),
    "store_demand": ("good", "notebook"),
    "ticket_routing": ("good", "overfit"),
    TABLE: ("sound", "constant"),
}
SEED = 7
JUDGED_BY = (ProbeName.PREDICT, ProbeName.PREDICT_PUBLIC)
HEAD = (
    "| challenge | reference | seeds | metric | skill | points of 25, mean | sd | from to | sd by criterion |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
#: What is judged of rows alone; all else is read in the code or follows from probes of it.
FROM_ROWS = ("predictive-quality", "calibration", "worst-slice", "generalisation")


@dataclass(frozen=True)
class Judged:
    """One reference on the rows of one seed: its metric on hidden rows, its skill, and points by criterion."""

    rows: int
    metric: float
    skill: float
    points: dict[str, float]
    off: str

    @property
    def total(self) -> float:
        return sum(self.points.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("challenges", nargs="*", default=["ml_pipeline"])
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--references", nargs="*")
    parser.add_argument("--each", action="store_true", help="say of each seed where its answers are off")
    options = parser.parse_args()
    print(HEAD)
    with LocalSandbox() as box, tempfile.TemporaryDirectory() as home:
        for name in options.challenges:
            challenge = made_of_a_table(Path(home)) if name == TABLE else registry.get(name)
            for reference in options.references or REFERENCES[name]:
                submission = from_path(challenge.folder / "reference" / reference, challenge.packages)
                rows = lots(challenge, options.seeds, Path(home))
                of_all = []
                for dataset in rows:
                    of_all.append(judged(challenge, submission, dataset, box))
                    if options.each:
                        print(f"seed {len(of_all) - 1}: {of_all[-1].total:.2f} points. {of_all[-1].off}", flush=True)
                show(name, reference, of_all)


def made_of_a_table(home: Path) -> Challenge:
    """A challenge of 8,000 rows of a company's table, one customer a row."""
    raw, plain = home / "raw.csv", home / "plain.parquet"
    table(8_000).to_csv(raw, index=False)
    reading.to_parquet(raw, plain)
    read = reading.from_parquet(plain)
    return create.create(read, propose(read, Wish(target="answer")).definition, home).challenge


def lots(challenge: Challenge, seeds: int, home: Path) -> Iterator[Dataset]:
    """The rows of each seed, as a candidate would get them."""
    if (challenge.folder / definition.FILE).exists():
        whole = vault.load(challenge, home)
        yield from (cut(challenge, whole, seed) for seed in range(seeds))
    else:
        yield from map(challenge.make, range(seeds))


def judged(challenge: Challenge, submission: Submission, dataset: Dataset, box: LocalSandbox) -> Judged:
    """Train, evaluate and predict, and what the grader makes of it."""
    trained, claimed = box.start(submission, sessions.counted_session(challenge, dataset, SEED)).result()
    asked = sessions.predict_session(challenge, dataset, SEED, [trained])
    told = box.start(submission, [probe for probe in asked if probe.name in JUDGED_BY]).result()
    runs = {run.name: run for run in (trained, claimed, *told)}
    facts = Facts(Case(submission, challenge, dataset, runs, box.info, SEED, "2026-11-28T00:00:00+00:00"))
    about, points = Context(facts.code, {}, CHECKS, facts), {c.id: c.points for c in challenge.rubric}
    measured = facts.measured
    shares = {name: CRITERIA[name](about).share.value * points[name] for name in FROM_ROWS}
    off = where_off(challenge, dataset, np.asarray(runs[ProbeName.PREDICT].predictions, dtype=float))
    return Judged(len(dataset.hidden), measured.hidden.value, measured.skill.value, shares, off)


def where_off(challenge: Challenge, dataset: Dataset, answers: FloatArray) -> str:
    """How far answers are from the best attainable, on groups that public rows have and on those that are new.

    Empty where there are no groups, and where an answer is no single number.
    """
    group = challenge.group
    if group is None or answers.ndim > 1:
        return ""
    known = dataset.hidden[group].isin(dataset.public[group]).to_numpy()
    off, error = answers - dataset.oracle, np.abs(answers - dataset.labels) - np.abs(dataset.oracle - dataset.labels)
    by_group = f"off by {off[known].mean():+.2f} on known groups, {off[~known].mean():+.2f} on new ones"
    return f"{by_group}, which have {error[~known].sum() / error.sum():.0%} of the excess error"


def show(name: str, reference: str, all_judged: Sequence[Judged]) -> None:
    metrics, skills = ([getattr(one, what) for one in all_judged] for what in ("metric", "skill"))
    totals = [one.total for one in all_judged]
    by_criterion = ", ".join(f"{np.std([one.points[c] for one in all_judged], ddof=1):.2f}" for c in FROM_ROWS)
    figures = (f"{np.mean(of):.3f} ± {np.std(of, ddof=1):.3f}" for of in (metrics, skills))
    spread = f"{np.mean(totals):.2f} | {np.std(totals, ddof=1):.2f} | {min(totals):.2f} to {max(totals):.2f}"
    print(
        f"| {name} | {reference} | {len(totals)} |",
        " | ".join(figures),
        "|",
        spread,
        "|",
        by_criterion,
        "|",
        flush=True,
    )


if __name__ == "__main__":
    main()
