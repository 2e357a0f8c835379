"""Every implementation does what sandbox/testing/conformance.py says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graders.model.probe import SIDES, Run, Sandbox
from sandbox.host.docker import DockerSandbox
from sandbox.host.local import LocalSandbox
from sandbox.testing.conformance import CASES, FACTS, Case, check_case, probe, submission
from sandbox.testing.specimens import together

Ends = Callable[[Case], Run]


def start_all(sandbox: Sandbox, cases: list[Case]) -> Ends:
    """All cases at once: they share nothing, so they may share the machine; plain ones of a side share a container."""
    started = {
        case: (sandbox.start(submission(case.source), [probe(case.action, case.limits)]), 0)
        for case in cases
        if not case.plain
    }
    for side in ("labelled", "unlabelled"):
        plain = [case for case in cases if case.plain and SIDES[case.action] == side]
        session = sandbox.start(*together(plain))
        started |= {case: (session, number) for number, case in enumerate(plain)}

    def end(case: Case) -> Run:
        session, number = started[case]
        return session.result(timeout=300)[number]

    return end


@pytest.fixture(scope="module")
def in_docker(docker_sandbox: DockerSandbox) -> Ends:
    return start_all(docker_sandbox, list(CASES))


@pytest.fixture(scope="module")
def on_this_machine(local_sandbox: LocalSandbox) -> Ends:
    return start_all(local_sandbox, [case for case in CASES if not case.isolated])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_case_in_docker(case: Case, in_docker: Ends) -> None:
    check_case(case, in_docker(case))


@pytest.mark.parametrize("case", [case for case in CASES if not case.isolated], ids=lambda case: case.fact)
def test_case_on_this_machine(case: Case, on_this_machine: Ends) -> None:
    check_case(case, on_this_machine(case))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact(fact: Callable[[Sandbox], None], sandbox: Sandbox) -> None:
    fact(sandbox)
