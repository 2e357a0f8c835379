"""What a lock of packages costs a grading: `python -m benchmarks.packages [--package skrub==0.11.0] [--rounds 3]`.

The reference `good` is graded without a lock, with one, and with one whose package its pipeline also imports, in turn
on this machine.  The first use of the lock is timed by itself; the ratios are those of the uses after it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from app.adapters.grading import grade_submission
from app.adapters.packages import home_of, index_of, packages
from app.cli.grading import home
from app.intake import unpack
from app.platform.settings import Settings
from challenges import registry, vault
from graders.archive import packed
from graders.model.challenge import Challenge
from graders.model.probe import Action, Probe
from graders.model.submission import Submission
from graders.record import load
from sandbox.host.docker import DockerSandbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", default="skrub==0.11.0")
    parser.add_argument("--rounds", type=int, default=3, help="0: only the parts, no gradings")
    options = parser.parse_args()
    challenge = replace(registry.get("ml_pipeline"), own_packages=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        with DockerSandbox(packages=home_of(settings), index=index_of(settings)) as sandbox:
            compare(challenge, options.package, options.rounds, settings, sandbox)


def compare(challenge: Challenge, package: str, rounds: int, settings: Settings, sandbox: DockerSandbox) -> None:
    name = package.partition("==")[0].replace("-", "_")
    sides = {
        "no lock": upload(challenge, "", ""),
        "a lock": upload(challenge, package, ""),
        "a lock, imported": upload(challenge, package, f"import {name}  # noqa: F401\n"),
    }
    started = time.perf_counter()
    first = received(sides["a lock"], challenge, settings)
    print(
        f"first use: found, fetched and read     {time.perf_counter() - started:6.1f} s  ({len(first.layer)} packages)"
    )
    started = time.perf_counter()
    sandbox.prepare(first)
    print(f"first use: laid over the image         {time.perf_counter() - started:6.1f} s", flush=True)
    parts(sides, challenge, settings, sandbox, max(rounds, 3))
    if not rounds:
        return
    dataset = vault.load(challenge, home())
    wall: dict[str, list[float]] = {side: [] for side in sides}
    cpu: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, data in sides.items():
            started = time.perf_counter()
            artifacts = grade_submission(received(data, challenge, settings), challenge, sandbox, home=home())
            wall[side].append(time.perf_counter() - started)
            case = load(artifacts.case, challenge, dataset)
            cpu[side].append(sum(run.cpu_seconds for run in case.runs.values()))
            told = artifacts.document.overall
            points = f"{told.score:.1f} points" if told and told.score is not None else "not scored"
            print(f"  {side:<18} {wall[side][-1]:6.1f} s {cpu[side][-1]:6.1f} CPU s, {points}", flush=True)
    for side in sides:
        times = statistics.median(w / n for w, n in zip(wall[side], wall["no lock"], strict=True))
        work = statistics.median(c / n for c, n in zip(cpu[side], cpu["no lock"], strict=True))
        print(
            f"{side:<18} {statistics.median(wall[side]):6.1f} s, {times:.2f} times;  "
            f"{statistics.median(cpu[side]):6.1f} CPU s of all runs, {work:.2f} times"
        )


def parts(
    sides: dict[str, bytes], challenge: Challenge, settings: Settings, sandbox: DockerSandbox, rounds: int
) -> None:
    """What a second use adds, by itself: to read the upload, to find the layer, to start and end one container."""
    rows = pd.DataFrame({"x": [1.0], challenge.target: [0]})
    probe = Probe("train", Action.TRAIN, rows)
    took: dict[str, list[tuple[float, float, float]]] = {"no lock": [], "a lock": []}
    for _ in range(rounds):
        for side, seconds in took.items():
            began = time.perf_counter()
            submission = received(sides[side], challenge, settings)
            read = time.perf_counter()
            sandbox.prepare(submission)
            found = time.perf_counter()
            empty = {"pipeline.py": b"def train(data, model_dir):\n    pass\n"}
            sandbox.start(replace(submission, files=empty, runnable=empty), [probe]).result()
            seconds.append((read - began, found - read, time.perf_counter() - found))
    for side, seconds in took.items():
        read, found, ran = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"{side:<18} read {read:.2f} s, layer found {found:.3f} s, one empty probe {ran:.2f} s", flush=True)


def upload(challenge: Challenge, package: str, head: str) -> bytes:
    """The reference as a zip, its requirements those of the lock besides, its pipeline with one more line."""
    folder = challenge.folder / "reference" / "good"
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    files["requirements.txt"] += f"{package}\n".encode()
    text = files["pipeline.py"].decode()
    at = text.index("\nimport ") + 1
    files["pipeline.py"] = f"{text[:at]}{head}{text[at:]}".encode()
    return packed(files)


def received(data: bytes, challenge: Challenge, settings: Settings) -> Submission:
    return packages(settings).received(partial(unpack, data, "work.zip"), challenge)


if __name__ == "__main__":
    main()
