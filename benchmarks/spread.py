"""What five gradings of one submission differ in: `python -m benchmarks.spread [REFERENCE] [--times 5] [--busy 2]`.

`--busy N` keeps N processes spinning beside the gradings, so that a quiet machine is a busy one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from app.adapters.grading import grade_submission
from app.cli.grading import home
from app.intake import from_path
from challenges import registry
from graders.report.schema import Document
from sandbox.host.docker import DockerSandbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", nargs="?", default="good")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--busy", type=int, default=0)
    options = parser.parse_args()
    challenge = registry.get("ml_pipeline")
    submission = from_path(challenge.folder / "reference" / options.reference, challenge.packages)
    documents = []
    with DockerSandbox() as sandbox, spinning(options.busy):
        for number in range(options.times):
            documents.append(grade_submission(submission, challenge, sandbox, home=home()).document)
            load = os.getloadavg()[0]
            print(f"{number + 1}: {total(documents[-1]):.2f} of 100, load {load:.1f}", flush=True)
    points = [{"total": total(document)} | criteria(document) for document in documents]
    for name in points[0]:
        show(name, [of[name] for of in points])
    flagged = [{finding.code for finding in document.flagged} for document in documents]
    print("findings that are not in all:", sorted(set.union(*flagged) - set.intersection(*flagged)) or "none")


def total(document: Document) -> float | None:
    return document.overall.score if document.overall else None


def criteria(document: Document) -> dict[str, float | None]:
    """Points by criterion; None where it was not judged."""
    return {c.id: c.points for section in document.sections for c in section.criteria}


def show(name: str, points: list[float | None]) -> None:
    judged = [value for value in points if value is not None]
    missing = len(points) - len(judged)
    spread = max(judged) - min(judged) if judged else 0.0
    told = f"{min(judged):.2f} to {max(judged):.2f}, spread {spread:.2f} points" if judged else "never judged"
    print(f"{name:32}{told}" + (f", not judged {missing} times" if missing and judged else ""))


@contextlib.contextmanager
def spinning(count: int) -> Iterator[None]:
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
