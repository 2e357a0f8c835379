"""Precision and recall of a leakage detector on the runnable corpus in tests/leakage_corpus.

Run as `python -m benchmarks.leakage --tool assay` or `--tool "COMMAND"`.  A command gets the path of one pipeline
as its last argument and prints JSON lines `{"code": ..., "certainty": "confirmed" | "suspected"}`, with `source`
as an optional third key.  Every case leaves one line in `--out`; a case that is there already is not run again.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from tests.leakage_corpus.corpus import LeakCase, cases

CODES = (*(f"LEAK{n:03}" for n in range(1, 12)), "OVR002", "OVR003", "OVR004")
#: What each choice of `--sources` counts; the first two names are beyond a candidate's reach.
SOURCES: Mapping[str, frozenset[str]] = {
    "outside": frozenset({"outside", "interference"}),
    "inside": frozenset({"inside", "static"}),
    "all": frozenset({"outside", "interference", "inside", "static"}),
}


@dataclass(frozen=True, order=True)
class Flag:
    """One thing a tool said about a case."""

    code: str
    certainty: str = "confirmed"
    source: str = "outside"


@dataclass(frozen=True)
class Result:
    """What a tool said about one case; `error` says why it said nothing."""

    path: str
    seconds: float
    flags: tuple[Flag, ...] = ()
    error: str = ""


Tool = Callable[[LeakCase], tuple[Flag, ...]]


def main() -> None:
    options = arguments()
    chosen = [case for case in cases() if options.part in {"all", case.part}]
    done = read(options.out)
    waiting = [case for case in chosen if case.path not in done]
    if waiting:
        run_all(waiting, options.tool, options.jobs, options.out)
        done = read(options.out)
    for part in ("tuned", "untouched"):
        if part_cases := [case for case in chosen if case.part == part]:
            print("\n".join(table(part, part_cases, done, SOURCES[options.sources])))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leakage", description=__doc__)
    parser.add_argument("--tool", required=True, help="`assay`, or a command that takes a path")
    parser.add_argument("--part", choices=("tuned", "untouched", "all"), default="tuned")
    parser.add_argument("--sources", choices=tuple(SOURCES), default="all")
    parser.add_argument("--jobs", type=int, default=1, help="cases at once")
    parser.add_argument("--out", type=Path, default=Path("out/leakage.jsonl"), help="one JSON line for each case")
    return parser.parse_args()


# --- running ------------------------------------------------------------------------------------------


def run_all(waiting: Sequence[LeakCase], name: str, jobs: int, out: Path) -> None:
    """Run the tool on every case and append each result as soon as it is there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    tool, close = assay(jobs) if name == "assay" else (partial(command, shlex.split(name)), lambda: None)
    try:
        with ThreadPoolExecutor(jobs) as pool, out.open("a", encoding="utf-8") as lines:
            futures = [pool.submit(measured, tool, case) for case in waiting]
            for count, future in enumerate(as_completed(futures), 1):
                result = future.result()
                lines.write(json.dumps(asdict(result)) + "\n")
                lines.flush()
                print(f"{count}/{len(waiting)} {result.path} {result.seconds:.1f} s {result.error}", file=sys.stderr)
    finally:
        close()


def measured(tool: Tool, case: LeakCase) -> Result:
    """A tool that breaks on a case has said nothing about it, and the result says so."""
    started = time.perf_counter()
    try:
        flags, error = tool(case), ""
    except Exception as bug:
        flags, error = (), repr(bug)[:300]
    return Result(case.path, round(time.perf_counter() - started, 3), flags, error)


def command(words: Sequence[str], case: LeakCase) -> tuple[Flag, ...]:
    done = subprocess.run([*words, str(case.location)], capture_output=True, text=True, check=True, timeout=600)
    return tuple(sorted({Flag(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")}))


def assay(jobs: int) -> tuple[Tool, Callable[[], None]]:
    """Assay itself, as `assay grade` runs it, and what ends its sandbox."""
    from app.cli import home  # noqa: PLC0415 - other tools need neither Docker nor the challenge's data
    from app.grading import grade_submission  # noqa: PLC0415
    from app.intake import from_path  # noqa: PLC0415
    from challenges import registry  # noqa: PLC0415
    from sandbox.docker import DockerSandbox  # noqa: PLC0415

    challenge, box = registry.get("ml_pipeline"), DockerSandbox(warm=jobs)

    def grade(case: LeakCase) -> tuple[Flag, ...]:
        submission = from_path(case.location, challenge.packages)
        return tuple(sorted(set(flags(grade_submission(submission, challenge, box, home=home()).document))))

    return grade, box.close


def flags(document: Mapping[str, object]) -> Iterator[Flag]:
    """The flagged leakage and overfitting findings of a report.json, one for each piece of evidence."""
    if document["status"] != "graded":
        raise ValueError(f"ungraded: {document['problem']}")
    for finding in document["findings"]:  # type: ignore[attr-defined]  # a list, by the report's schema
        if finding["status"] == "flagged" and finding["code"] in CODES:
            for item in finding["evidence"]:
                yield Flag(finding["code"], item["certainty"], item.get("source") or "outside")


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
        return f"{ratio(self.right, named)} {ratio(self.right, there)}  {self.right}/{there}, {self.wrong} wrong"


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "   -"


def table(part: str, chosen: Iterable[LeakCase], done: Mapping[str, Result], sources: frozenset[str]) -> list[str]:
    """Precision and recall by code and over cases, honest pipelines flagged, and seconds a case."""
    judged = [(case, done[case.path]) for case in chosen if case.path in done]
    lines = [f"{part}: {len(judged)} cases", f"{'':<10} {'any certainty':<28} confirmed"]
    for code in CODES:
        counts = [count(code, judged, sources, sure) for sure in (False, True)]
        lines.append(f"{code:<10} " + " ".join(f"{c!s:<28}" for c in counts).rstrip())
    return [*lines, *totals(judged, sources)]


def count(code: str, judged: Sequence[tuple[LeakCase, Result]], sources: frozenset[str], sure: bool) -> Count:
    right = wrong = left_out = 0
    for case, result in judged:
        named = code in said(result, sources, sure)
        right += named and code in case.codes
        wrong += named and code not in (*case.codes, *case.undecided)
        left_out += not named and code in case.codes
    return Count(right, wrong, left_out)


def said(result: Result, sources: frozenset[str], sure: bool) -> set[str]:
    """The codes that a result names, from these sources, confirmed ones alone where `sure`."""
    return {f.code for f in result.flags if f.source in sources and (f.certainty == "confirmed" or not sure)}


def totals(judged: Sequence[tuple[LeakCase, Result]], sources: frozenset[str]) -> Iterator[str]:
    leaky = [(case, result) for case, result in judged if not case.honest]
    honest = [result for case, result in judged if case.honest]
    for sure, word in ((False, "any certainty"), (True, "confirmed")):
        caught = sum(bool(said(r, sources, sure) & set(c.codes)) for c, r in leaky)
        main = sum(c.codes[0] in said(r, sources, sure) for c, r in leaky)
        flagged = sum(bool(said(r, sources, sure)) for r in honest)
        yield (
            f"{word}: leaky caught {caught}/{len(leaky)} ({ratio(caught, len(leaky))}), main code named "
            f"{main}/{len(leaky)}, honest flagged {flagged}/{len(honest)}"
        )
    if judged:
        seconds = sorted(result.seconds for _, result in judged)
        yield f"seconds a case: median {statistics.median(seconds):.2f}, largest {seconds[-1]:.2f}"
    yield f"failed: {sum(bool(result.error) for _, result in judged)}\n"


if __name__ == "__main__":
    main()
