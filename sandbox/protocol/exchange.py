"""A probe as a request to the harness, and the harness's reply as a run."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graders.model.probe import SIDES, Action, Probe, Run, Watch, left_out, not_run
from graders.model.submission import Submission
from sandbox.protocol import answers, pairs, wire
from sandbox.protocol.failure import Ending, Starved, attribute
from sandbox.protocol.names import STARVED

if TYPE_CHECKING:
    from sandbox.protocol.answers import Answer

log = logging.getLogger(__name__)
GRACE_SECONDS = 20.0  # to end and collect a probe that PID 1 has stopped, on a busy machine
CALLS = (Action.TRAIN, Action.EVALUATE, Action.PREDICT)
TRACED = (Action.TRAIN, Action.EVALUATE, Action.TESTS)


@dataclass(frozen=True)
class Measured:
    """What PID 1 counted of one probe, as in graders.model.Run."""

    seconds: float
    cpu_seconds: float = 0.0
    max_rss_mb: float = 0.0
    pace: float = 0.0
    waited: float | None = None


def check(probes: Sequence[Probe]) -> None:
    """ValueError where probes cannot go into one container, or one lacks what it needs."""
    if not probes:
        raise ValueError("no probes")
    if len({SIDES[probe.action] for probe in probes}) > 1:
        raise ValueError("probes of two sides may not share a container")
    for probe in probes:
        if probe.action in CALLS and probe.data is None:
            raise ValueError(f"{probe.name}: {probe.action} needs data")
        if probe.traced and probe.action not in TRACED:
            raise ValueError(f"{probe.name}: {probe.action} cannot be traced")
        if probe.batches and (probe.data is None or sum(probe.batches) != len(probe.data)):
            raise ValueError(f"{probe.name}: the batches do not add up to the rows")


def session(
    probes: Sequence[Probe],
    perform: Callable[[Probe], Run],
    watch: Watch,
    prepare: Callable[[Probe], None] = lambda _: None,
) -> tuple[Run, ...]:
    """The runs of probes, one after another, up to an essential one that failed.

    Those that are too late are left out, and those that the runs before them have made needless.

    `prepare` makes ready what a probe runs in; a probe has started when that is done.
    Once they are exhausted, the rest are not run and count as over the limit.
    Two calls that share a process are each made in one of their own where that does not end well.
    """

    def performed(probe: Probe, *told: str) -> Run:
        prepare(probe)
        for name in told:
            watch(name, "started")
        try:
            run = perform(probe)
        except Starved:  # once more; a second time there is nobody to grade
            prepare(probe)
            run = perform(probe)
        for name in told:
            watch(name, "ended")
        return run

    runs: list[Run] = []
    left = deque(probes)
    while left:
        probe = left.popleft()
        if left_out(probe, runs):
            continue
        if missed := not_run(probe, runs):
            runs.append(missed)
            continue
        both = pairs.joined(probe, left[0]) if left else None
        if both and not left_out(left[0], runs):
            runs.extend(_of_two(probe, left.popleft(), both, performed, runs))
            continue
        runs.append(performed(probe, probe.name))
        if probe.essential and not runs[-1].ok:
            break
    return tuple(runs)


def _of_two(
    probe: Probe, then: Probe, both: Probe, performed: Callable[..., Run], before: Sequence[Run]
) -> tuple[Run, Run]:
    """The runs of two calls that share a process; of two processes where they do not end well together."""
    run = performed(both, probe.name, then.name)
    one, two = pairs.apart(run, probe, then) if run.ok else (performed(probe, probe.name), None)
    return one, not_run(then, [*before, one]) or two or performed(then, then.name)


def rows(probe: Probe) -> int:
    return 0 if probe.data is None else len(probe.data)


def numbers(probe: Probe) -> int:
    """How many numbers an answer of predict has."""
    return rows(probe) * probe.contract.width


def request(probe: Probe) -> wire.Header:
    """All the harness is told of one probe, but for the submission, the model and the rows."""
    limits = probe.limits
    return {
        "action": str(probe.action),
        "seed": probe.seed,
        "batches": list(probe.batches),
        "timed": probe.timed,
        "traced": probe.traced,
        "copies": probe.copies,
        "sought": probe.sought,
        "row_by_row": probe.row_by_row,
        "first": list(probe.first),
        "cpu_seconds": limits.cpu_seconds,
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "model_mb": limits.model_mb,
        "log_kb": limits.log_kb,
        "contract": probe.contract.header(),
        "answer_limit": answers.limit(probe.action, numbers(probe), probe.traced),
    }


def patience(probe: Probe) -> float:
    """How long the host waits for a reply before it ends the container itself, in seconds."""
    return probe.limits.seconds * (1 + STARVED) + GRACE_SECONDS


def most(probe: Probe) -> int:
    """The most bytes a reply may have: answer, model with its list of files, log."""
    model = probe.limits.model_mb * 2**20 + wire.MAX_HEADER
    return answers.limit(probe.action, numbers(probe), probe.traced) + model + probe.limits.log_kb * 1024


def run(submission: Submission, probe: Probe, facts: wire.Header, blobs: list[bytes]) -> Run:
    """The run as the harness measured it; wire.ProtocolError where its reply is none."""
    try:
        raw, model, printed = blobs
        seconds, cpu, peak = (float(facts[name]) for name in ("seconds", "cpu_seconds", "max_rss_mb"))
        waited = facts.get("waited")
        measured = Measured(seconds, cpu, peak, float(facts.get("pace", 0)), None if waited is None else float(waited))
        files, size = facts.get("saved", (0, 0))
        ending = Ending(
            action=probe.action,
            limits=probe.limits,
            status=facts["status"],
            limit=facts["limit"],
            oom=facts["oom"],
            answer=read(raw, probe, submission),
            answer_state=facts["answer"],
            model_state=facts["model"],
            seconds=measured.seconds,
            cpu_seconds=measured.cpu_seconds,
            waited=measured.waited,
            peak_mb=measured.max_rss_mb,
            saved=(int(files), int(size)),
            answer_limit=answers.limit(probe.action, numbers(probe), probe.traced),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise wire.ProtocolError(f"a reply with something missing: {error!r}") from error
    return conclude(probe, ending, model, printed, measured)


def call_seconds(probe: Probe, answer: Answer) -> tuple[float, ...]:
    """CPU seconds of each call, where they were asked for and are as many as there were calls."""
    calls = len(probe.batches) or 1
    return answer.seconds if probe.timed and len(answer.seconds) == calls else ()


def read(raw: bytes, probe: Probe, submission: Submission) -> Answer | None:
    try:
        return answers.parse(raw, probe.action, rows(probe), submission, probe.contract) if raw else None
    except answers.Malformed:
        log.warning("probe %s of submission %s left rubbish for an answer", probe.name, submission.id)
        return None


def conclude(probe: Probe, ending: Ending, model: bytes, printed: bytes, measured: Measured) -> Run:
    exit_, failure = attribute(ending)
    fine, answer = failure is None, ending.answer
    return Run(
        name=probe.name,
        action=probe.action,
        exit=exit_,
        seconds=measured.seconds,
        cpu_seconds=measured.cpu_seconds,
        max_rss_mb=measured.max_rss_mb,
        pace=measured.pace,
        waited=measured.waited,
        predictions=answer.predictions if fine and answer else None,
        claims=answer.claims if fine and answer else {},
        model=model if fine and probe.action is Action.TRAIN else None,
        output=answer.output if fine and answer else "",
        watched=probe.traced,
        by_chance=answer.by_chance if fine and answer else None,
        failure=failure,
        log=printed.decode("utf-8", "replace"),
        saved_mb=len(model) / 2**20 if fine and probe.action is Action.TRAIN else 0.0,
        call_seconds=call_seconds(probe, answer) if fine and answer else (),
    )


def lost_run(probe: Probe, oom: bool, overdue: bool, complaints: str) -> Run:
    """The run of a probe whose container went away; SandboxError where that is our fault."""
    ending = Ending(probe.action, probe.limits, lost=True, oom=oom, overdue=overdue, complaints=complaints)
    return conclude(probe, ending, b"", b"", Measured(probe.limits.seconds if overdue else 0.0))
