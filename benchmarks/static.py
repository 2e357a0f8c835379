"""How well the static analysis tells leaks in public scripts, and how long it takes.

Usage: python -m benchmarks.static LABELLED [UNIT]

LABELLED is a checkout of tahh1/data-leakage-detection at 8103ad7 (data/Experiment1, its csv, src); UNIT one of
malusamayo/leakage-analysis (tests).  Nothing of either is kept here; what their csv calls a pair is an
invocation of their intermediate form, so their own transformer in LABELLED/src is run to number the calls.
"""

from __future__ import annotations

import csv
import hashlib
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pairs import Call, labelled_pair
from graders.checks.leakage.static import Analysis, Pair, analyse


@dataclass(frozen=True)
class Case:
    """One labelled script, its labels, and what the analysis made of it; `pair` is None where it was not found."""

    name: str
    before: bool
    overlap: bool
    analysis: Analysis
    pair: Pair | None
    exact: bool
    seconds: float

    @property
    def half(self) -> str:
        return "AB"[hashlib.sha256(f"static{self.name}".encode()).digest()[-1] % 2 == 0]


def main() -> None:
    labelled = Path(sys.argv[1])
    cases = [case(labelled, row) for row in rows(labelled)]
    for title, part in (
        ("all", cases),
        ("half A, tuned on", [c for c in cases if c.half == "A"]),
        ("half B", [c for c in cases if c.half == "B"]),
    ):
        show(title, part)
    seconds = sorted(c.seconds for c in cases)
    print(f"CPU seconds a file: median {statistics.median(seconds):.3f}, max {seconds[-1]:.3f}")
    if len(sys.argv) > 2:
        unit_tests(Path(sys.argv[2]) / "tests")


def rows(labelled: Path) -> list[dict[str, str]]:
    with (labelled / "data/Additional Labeled Data.csv").open() as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def case(labelled: Path, row: dict[str, str]) -> Case:
    path = labelled / "data/Experiment1" / f"{row['File']}.py"
    text = path.read_text()
    started = time.process_time()
    analysis = analyse(text)
    seconds = time.process_time() - started
    calls = labelled_pair(labelled, text, row["pair"])
    return Case(
        row["File"],
        float(row["preproc GT"]) > 0,
        float(row["overlap GT"]) > 0,
        analysis,
        matching(analysis, *calls[:2]) if calls else None,
        bool(calls and calls[2] == 0),
        seconds,
    )


def matching(analysis: Analysis, trained: Call, asked: Call) -> Pair | None:
    """The pair at the labelled lines; where one line asks twice, the one that starts at the same column."""
    here = [p for p in analysis.pairs if (p.trained.line, p.asked.line) == (trained.line, asked.line)]
    return next((p for p in here if p.asked.column == asked.column), here[0] if here else None)


def show(title: str, cases: list[Case]) -> None:
    exact = [c for c in cases if c.exact]
    print(f"{title}: {len(cases)} files, {len(exact)} of them with a pair numbered exactly as labelled")
    print("  fitted before, by file       ", agreement(cases, lambda c: before(c.analysis.pairs), lambda c: c.before))
    print("  fitted before, exact pairs   ", agreement(exact, lambda c: before([c.pair]), lambda c: c.before))
    print(
        "  overlap, exact pairs         ",
        agreement(exact, lambda c: bool(c.pair and c.pair.overlap), lambda c: c.overlap),
    )


def before(pairs: Iterable[Pair | None]) -> bool:
    return any(p.fitted_before for p in pairs if p is not None)


def agreement(cases: list[Case], said: Callable[[Case], bool], true: Callable[[Case], bool]) -> str:
    hits = sum(said(c) and true(c) for c in cases)
    claims, leaks = sum(map(said, cases)), sum(map(true, cases))
    precision, recall = hits / max(claims, 1), hits / max(leaks, 1)
    return f"P {precision:.3f} R {recall:.3f} F1 {2 * hits / max(claims + leaks, 1):.3f} ({leaks} leaks)"


def unit_tests(folder: Path) -> None:
    """Verdicts on the other project's unit tests: is there a leak of the kind the test is about?"""
    right, total = 0, 0
    for name, kind in (("test_preprocessing.py", before), ("test_overlap.py", overlapping)):
        for file, leaks in re.findall(r"template\(\"(.+?)\",\s*\[(.*?)\]", (folder / name).read_text(), re.DOTALL):
            said = kind(analyse((folder / "inputs" / file).read_text()).pairs)
            total += 1
            right += said is bool(leaks.strip())
            if said is not bool(leaks.strip()):
                print(f"  {name} {file}: said {said}")
    print(f"unit tests: {right} of {total} verdicts right")


def overlapping(pairs: Iterable[Pair]) -> bool:
    return any(p.overlap for p in pairs)


if __name__ == "__main__":
    main()
