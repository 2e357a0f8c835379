"""What interference, the inside and the source text say of the leakage corpus, without Docker or hidden rows.

Run as `python -m benchmarks.leakage_inside tuned|untouched [OUT]`: some ten seconds a case.  One JSON line a case goes
to OUT, and a case that is there is not run again.  `benchmarks.leakage --tool assay` measures the whole grading.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.intake import from_path
from challenges import registry
from graders import probes
from graders.inquiry import follow_up
from graders.leakage.looks import looks
from graders.leakage.signal import Source
from graders.model import Case, Dataset
from sandbox.local import LocalSandbox
from tests.leakage_corpus.corpus import LeakCase, cases

SEED, DATA_SEED = 11, 5
SCOPE = frozenset(f"LEAK00{number}" for number in (1, 3, 4, 5, 6, 7, 8, 9))
SOURCES = (Source.INTERFERENCE, Source.INSIDE, Source.STATIC)
INTERFERING = (probes.EVALUATE_PERTURBED, probes.EVALUATE_STEADY)


def main(part: str, out: Path) -> None:
    """Run the cases of one part that are not in `out` yet, then print the table."""
    dataset, sandbox = registry.get("ml_pipeline").make(DATA_SEED), LocalSandbox()
    done = read(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("a", encoding="utf-8") as lines:
        for case in cases():
            if case.part == part and case.path not in done:
                done[case.path] = seen(case, dataset, sandbox)
                lines.write(json.dumps(done[case.path] | {"path": case.path}) + "\n")
                lines.flush()
                print(case.path, done[case.path]["signals"], file=sys.stderr)
    show([case for case in cases() if case.part == part], done)


def seen(leak: LeakCase, dataset: Dataset, sandbox: LocalSandbox) -> dict[str, Any]:
    """The codes each source names, from one traced evaluation and what it takes to compare it."""
    challenge = registry.get("ml_pipeline")
    submission = from_path(leak.location, challenge.packages)
    null = probes.permute_labels(dataset.public, challenge, SEED)
    first = probes.evaluation(probes.EVALUATE_NULL, null, challenge, SEED, traced=True)
    (run,) = sandbox.start(submission, [first]).result()
    # To `follow_up` this run is the evaluate whose doubts are to be settled, too.
    runs = {run.name: run, probes.EVALUATE: replace(run, name=probes.EVALUATE)}
    case = Case(submission, challenge, dataset, runs, sandbox.info, SEED, "")
    while asked := [probe for probe in follow_up(case) if probe.name in INTERFERING]:
        answers = sandbox.start(submission, asked).result()
        case = replace(case, runs={**case.runs, **{answer.name: answer for answer in answers}})
    found = {
        source.value: sorted({s.code for one in looks(case) if one.source is source for s in one.signals})
        for source in SOURCES
    }
    return {"signals": found}


def read(out: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, out.read_text("utf-8").splitlines()) if out.exists() else ()
    return {row["path"]: row for row in rows}


def show(part: list[LeakCase], done: dict[str, dict[str, Any]]) -> None:
    """Leaks in scope that were named by one of their codes, and honest pipelines that were named at all."""
    leaky = [case for case in part if SCOPE & set(case.codes)]
    honest = [case for case in part if case.honest]
    for name, sources in (*((source.value, (source,)) for source in SOURCES), ("all", SOURCES)):
        said = {case.path: {code for source in sources for code in done[case.path]["signals"][source]} for case in part}
        caught = sum(bool(said[case.path] & set(case.codes)) for case in leaky)
        flagged = [case.path for case in honest if said[case.path]]
        print(f"{name:13} caught {caught} of {len(leaky)}, honest flagged {len(flagged)} of {len(honest)} {flagged}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else f"out/leakage_{sys.argv[1]}.jsonl"))
