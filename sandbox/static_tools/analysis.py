"""Probes that only read a submission: ruff and radon, on this machine, in a process with limits.

Both parse and count, so that no container is needed for them: the command line, the candidate's own check and
grading all read in this one way.  The modules are written to a fresh folder under names of ours, which leaves
the candidate no settings, no shadowed imports and no file name to act through.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graders.model.probe import Action, Probe, Run, SandboxError
from graders.model.submission import Submission
from sandbox.protocol import exchange
from sandbox.protocol.answers import MAX_OUTPUT, Answer
from sandbox.protocol.failure import Ending
from sandbox.static_tools import analyser
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

#: What needs no container, since it executes nothing of the submission.
ANALYSES = {Action.RUFF: analyser.ruff, Action.RADON: analyser.radon}
#: More modules than this nobody writes for a take-home; the rest is left out.
MOST_MODULES = 1000
READERS = ForkServer("radon.visitors", "complexipy", "sandbox.static_tools.analyser")


def run(submission: Submission, probe: Probe) -> Run:
    """The run of one tool over all the code of a submission; its output names the candidate's own paths.

    Raises Starved where the wall clock ran out, SandboxError where the tool is missing.
    """
    if probe.action not in ANALYSES:
        raise ValueError(f"{probe.name}: {probe.action} executes the submission")
    limits = probe.limits
    bounds = Bounds(int(limits.cpu_seconds), limits.memory_mb, limits.seconds)
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        names = lay_out(Path(folder), submission)
        started, limit, output = time.monotonic(), None, None
        try:
            output = renamed(READERS.call(bounds, ANALYSES[probe.action], folder), names)
        except Overrun as overrun:
            limit = overrun.limit
        except (RuntimeError, ValueError):  # the tool gave up at this text
            pass
        except OSError as error:
            raise SandboxError(f"{probe.action} could not be run: {error!r}") from error
        seconds = time.monotonic() - started
    given = output is not None and len(output) <= MAX_OUTPUT
    ending = Ending(
        action=probe.action,
        limits=limits,
        status=0 if given else 1,
        limit=limit,
        answer=Answer(output=output) if given and output is not None else None,
        answer_state="given" if given else "none",
        seconds=seconds,
    )
    return exchange.conclude(probe, ending, b"", b"", exchange.Measured(seconds))


def lay_out(folder: Path, submission: Submission) -> dict[str, str]:
    """Write each module under a name of ours; the candidate's path by that name."""
    names = {f"m{number:04}.py": source for number, source in enumerate(submission.sources[:MOST_MODULES])}
    for name, source in names.items():
        (folder / name).write_bytes(source.text)
    return {name: source.path for name, source in names.items()}


def renamed(said: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What the tool says as JSON, with the candidate's paths in place of ours."""
    for item in (*said.get("violations", ()), *said.get("functions", ())):
        item["path"] = names[item["path"]]
    unreadable = [names[name] for name in said.get("unreadable", ())]
    return json.dumps({**said, "unreadable": unreadable})
