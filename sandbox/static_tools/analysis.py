"""Probes that only read a submission: ruff and radon, in a child process on this machine, bounded in time and memory.

Both parse and count, so that no container is needed for them: the command line, the candidate's own check and
grading all read in this one way.  The modules are written to a fresh folder under names of ours, which leaves
the candidate no settings, no shadowed imports and no file name to act through.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from graders.model.probe import Action, Probe, Run
from graders.model.submission import Submission
from sandbox.protocol import exchange
from sandbox.protocol.answers import MAX_OUTPUT, Answer
from sandbox.protocol.failure import Ending

ANALYSER = Path(__file__).with_name("analyser.py")
#: What needs no container, since it executes nothing of the submission.
ANALYSES = frozenset({Action.RUFF, Action.RADON})
#: More modules than this nobody writes for a take-home; the rest is left out.
MOST_MODULES = 1000
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "RAYON_NUM_THREADS": "2"}


def run(submission: Submission, probe: Probe) -> Run:
    """The run of one tool over all the code of a submission; its output names the candidate's own paths."""
    if probe.action not in ANALYSES:
        raise ValueError(f"{probe.name}: {probe.action} executes the submission")
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        names = lay_out(Path(folder), submission)
        started = time.monotonic()
        status, said = child(probe, folder)
        seconds = time.monotonic() - started
    ending = Ending(
        action=probe.action,
        limits=probe.limits,
        status=status,
        limit="wall" if status is None else None,
        answer=Answer(output=renamed(said, names)) if status == 0 else None,
        answer_state="given" if status == 0 else "none",
        seconds=seconds,
    )
    return exchange.conclude(probe, ending, b"", b"", exchange.Measured(seconds))


def lay_out(folder: Path, submission: Submission) -> dict[str, str]:
    """Write each module under a name of ours; the candidate's path by that name."""
    names = {f"m{number:04}.py": source for number, source in enumerate(submission.sources[:MOST_MODULES])}
    for name, source in names.items():
        (folder / name).write_bytes(source.text)
    return {name: source.path for name, source in names.items()}


def child(probe: Probe, folder: str) -> tuple[int | None, bytes]:
    """Exit status and standard output of the analyser; the status is None where the wall clock ended it."""
    limits = probe.limits
    command = [sys.executable, "-I", str(ANALYSER), str(probe.action), folder]
    command += [str(int(limits.cpu_seconds)), str(limits.memory_mb)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd=folder,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, b""
    return (done.returncode or 0) if len(done.stdout) <= MAX_OUTPUT else 1, done.stdout


def renamed(said: bytes, names: dict[str, str]) -> str:
    """The analyser's JSON with the candidate's paths in place of ours."""
    found = json.loads(said)
    for item in (*found.get("violations", ()), *found.get("functions", ())):
        item["path"] = names[item["path"]]
    found["unreadable"] = [names[name] for name in found.get("unreadable", ())]
    return json.dumps(found)
