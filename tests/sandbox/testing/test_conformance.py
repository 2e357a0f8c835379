"""Every implementation does what sandbox/testing/conformance.py says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from graders.model.probe import Run, Sandbox
from sandbox.host.docker import DockerSandbox
from sandbox.host.local import LocalSandbox
from sandbox.testing.conformance import CASES, FACTS, Case, check_case, probe, submission

Started = dict[str, Future[tuple[Run, ...]]]


def start_all(sandbox: Sandbox, cases: list[Case]) -> Started:
    """All cases at once: they share nothing, so they may share the machine."""
    return {case.fact: sandbox.start(submission(case.source), [probe(case.action, case.limits)]) for case in cases}


@pytest.fixture(scope="module")
def in_docker(docker_sandbox: DockerSandbox) -> Started:
    return start_all(docker_sandbox, list(CASES))


@pytest.fixture(scope="module")
def on_this_machine(local_sandbox: LocalSandbox) -> Started:
    return start_all(local_sandbox, [case for case in CASES if not case.isolated])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_case_in_docker(case: Case, in_docker: Started) -> None:
    (run,) = in_docker[case.fact].result(timeout=300)
    check_case(case, run)


@pytest.mark.parametrize("case", [case for case in CASES if not case.isolated], ids=lambda case: case.fact)
def test_case_on_this_machine(case: Case, on_this_machine: Started) -> None:
    (run,) = on_this_machine[case.fact].result(timeout=300)
    check_case(case, run)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_fact(fact: Callable[[Sandbox], None], sandbox: Sandbox) -> None:
    fact(sandbox)
