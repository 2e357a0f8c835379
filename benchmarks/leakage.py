"""Precision and recall of a leakage detector on the runnable corpus in benchmarks/leakage_corpus.

Run as `python -m benchmarks.leakage --tool assay` or `--tool "COMMAND"`.  A command gets the path of one pipeline
as its last argument and prints JSON lines `{"code": ..., "certainty": "confirmed" | "suspected"}`, with `source`
as an optional third key.  Every case leaves one line in `--out`; a case that is there already is not run again.
"""

from __future__ import annotations

import argparse
import json
import random
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.leakage_corpus.corpus import PARTS, LeakCase, cases

CODES = (*(f"LEAK{n:03}" for n in range(1, 12)), *(f"OVR{n:03}" for n in range(1, 5)))
OUTSIDE = frozenset({"outside", "interference"})  # beyond a candidate's reach
INSIDE = frozenset({"inside", "static"})
#: Train far above hidden: a leaky pipeline may be called that or not (README of the corpus), an honest one may not.
BESIDE_A_LEAK = "OVR001"


@dataclass(frozen=True)
class View:
    """Which of the things said count: those of some sources, `sure` ones alone or all."""

    sources: frozenset[str]
    sure: bool = False


VIEWS: Mapping[str, View] = {
    "outside": View(OUTSIDE),
    "inside": View(INSIDE),
    "without the text": View(OUTSIDE | INSIDE - {"static"}),
    "all": View(OUTSIDE | INSIDE),
    "confirmed": View(OUTSIDE | INSIDE, sure=True),
}


@dataclass(frozen=True, order=True)
class Flag:
    """One thing a tool said about a case."""

    code: str
    certainty: str = "confirmed"
    source: str = "outside"
    where: str = ""
    what: str = ""


@dataclass(frozen=True)
class Said:
    """What a tool said about one case.

    extra: CPU seconds it used beside one train and one evaluate, in multiples of these; None where that is not known.
    notes: why a code was not judged.  alone: the part of `extra` that is asked for leaks and nothing else.
    """

    flags: tuple[Flag, ...] = ()
    extra: float | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    alone: float | None = None


@dataclass(frozen=True)
class Result(Said):
    """The same with the case's path and the time it took; `error` says why nothing was said."""

    path: str = ""
    seconds: float = 0.0
    error: str = ""


Tool = Callable[[LeakCase], Said]


def main() -> None:
    options = arguments()
    named = set(options.names)
    chosen = [case for case in cases() if options.part in {"all", case.part} and (not named or case.slug in named)]
    done = read(options.out)
    waiting = [case for case in chosen if case.path not in done]
    if options.order is not None:
        random.Random(options.order).shuffle(waiting)  # noqa: S311 - no secret
    if waiting:
        run_all(waiting, options.tool, options.jobs, options.out)
        done = read(options.out)
    for part in PARTS:
        if part_cases := [case for case in chosen if case.part == part]:
            print("\n".join(table(part, part_cases, done)), end="\n\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leakage", description=__doc__)
    parser.add_argument("--tool", required=True, help="`assay`, or a command that takes a path")
    parser.add_argument("--part", choices=(*PARTS, "all"), default="tuned")
    parser.add_argument("--names", nargs="+", default=(), metavar="NAME", help="these cases alone")
    parser.add_argument("--jobs", type=int, default=1, help="cases at once")
    parser.add_argument("--order", type=int, metavar="SEED", help="random: what is done so far is a fair sample")
    parser.add_argument("--out", type=Path, default=Path("out/leakage.jsonl"), help="one JSON line for each case")
    return parser.parse_args()


# --- running ------------------------------------------------------------------------------------------


def run_all(waiting: Sequence[LeakCase], name: str, jobs: int, out: Path) -> None:
    """Run the tool on every case and append each result as soon as it is there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with opened(name, out) as tool, ThreadPoolExecutor(jobs) as pool, out.open("a", encoding="utf-8") as lines:
        futures = [pool.submit(measured, tool, case) for case in waiting]
        for count, future in enumerate(as_completed(futures), 1):
            result = future.result()
            lines.write(json.dumps(asdict(result)) + "\n")
            lines.flush()
            print(f"{count}/{len(waiting)} {result.path} {result.seconds:.1f} s {result.error}", file=sys.stderr)


@contextmanager
def opened(name: str, out: Path) -> Iterator[Tool]:
    if name == "assay":
        from benchmarks.leakage_assay import opened as assay  # noqa: PLC0415 - other tools need no Docker

        with assay(out.parent / "runs") as tool:
            yield tool
    else:
        yield partial(command, shlex.split(name))


def measured(tool: Tool, case: LeakCase) -> Result:
    """A tool that breaks on a case has said nothing about it, and the result says so."""
    started = time.perf_counter()
    try:
        said, error = tool(case), ""
    except Exception as bug:
        said, error = Said(), repr(bug)[:300]
    seconds = round(time.perf_counter() - started, 3)
    return Result(said.flags, said.extra, said.notes, said.alone, case.path, seconds, error)


def command(words: Sequence[str], case: LeakCase) -> Said:
    done = subprocess.run([*words, str(case.location)], capture_output=True, text=True, check=True, timeout=600)
    return Said(tuple(sorted({Flag(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")})))


def read(out: Path) -> dict[str, Result]:
    """The results so far, by path; the last line for a path counts."""
    rows = map(json.loads, out.read_text("utf-8").splitlines()) if out.exists() else ()
    return {row["path"]: Result(**{**row, "flags": tuple(Flag(**flag) for flag in row["flags"])}) for row in rows}


# --- counting -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How often a code was rightly named, wrongly named, and left out."""

    right: int
    wrong: int
    left_out: int

    def __str__(self) -> str:
        named, there = self.right + self.wrong, self.right + self.left_out
        return f"{ratio(self.right, named)} {ratio(self.right, there)} {self.right:>3}/{there}, {self.wrong} wrong"


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "   -"


def table(part: str, chosen: Iterable[LeakCase], done: Mapping[str, Result]) -> Iterator[str]:
    """Precision and recall by code and over cases, honest pipelines flagged, and what it cost; by source."""
    judged = [(case, done[case.path]) for case in chosen if case.path in done]
    yield f"{part}: {len(judged)} cases; precision, recall, right/there"
    yield "".join(f"{name:<26}" for name in ("", *VIEWS)).rstrip()
    for code in CODES:
        counts = (count(code, judged, view) for view in VIEWS.values())
        yield "".join(f"{cell!s:<26}" for cell in (code, *counts)).rstrip()
    for name, view in VIEWS.items():
        yield totals(name, judged, view)
    yield from costs([result for _, result in judged])


def count(code: str, judged: Sequence[tuple[LeakCase, Result]], view: View) -> Count:
    right = wrong = left_out = 0
    for case, result in judged:
        named = code in said(result, view)
        right += named and code in case.codes
        wrong += named and code not in (*case.codes, *case.undecided) and (case.honest or code != BESIDE_A_LEAK)
        left_out += not named and code in case.codes
    return Count(right, wrong, left_out)


def said(result: Result, view: View) -> set[str]:
    """The codes that a result names, from these sources, confirmed ones alone where the view is of these."""
    sure = {"confirmed"} if view.sure else {"confirmed", "suspected"}
    return {flag.code for flag in result.flags if flag.source in view.sources and flag.certainty in sure}


def totals(name: str, judged: Sequence[tuple[LeakCase, Result]], view: View) -> str:
    leaky = [(case, said(result, view)) for case, result in judged if not case.honest]
    honest = [case.slug for case, result in judged if case.honest and said(result, view)]
    caught = sum(bool(codes & set(case.codes)) for case, codes in leaky)
    main = sum(case.codes[0] in codes for case, codes in leaky)
    return (
        f"{name}: leaky caught {caught}/{len(leaky)} ({ratio(caught, len(leaky))}), main code named {main}, "
        f"honest flagged {len(honest)}/{len(judged) - len(leaky)} {' '.join(honest)}"
    )


def costs(results: Sequence[Result]) -> Iterator[str]:
    if results:
        seconds = [result.seconds for result in results]
        yield f"seconds a case: median {statistics.median(seconds):.2f}, largest {max(seconds):.2f}"
    told = {
        "extra compute": [result.extra for result in results if result.extra is not None],
        "for leaks alone": [result.alone for result in results if result.alone is not None],
    }
    for name, multiples in told.items():
        if multiples:
            median, largest = statistics.median(multiples), max(multiples)
            yield f"{name}, x one train and evaluate: median {median:.2f}, largest {largest:.2f}"
    yield f"failed: {sum(bool(result.error) for result in results)}"


if __name__ == "__main__":
    main()
