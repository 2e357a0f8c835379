"""Whether predict works on single rows at all."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.checks.production.parity import of_a_library
from graders.facts import Facts
from graders.measure.problems import machine_was_slow, problem
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.probe import Action
from graders.probes.names import ProbeName
from graders.tasks.asked import contract_of
from graders.words import N_, say


def one_row_fails(facts: Facts) -> Iterator[Evidence]:
    run = facts.case.runs.get(ProbeName.PREDICT_PARTS)
    whole = facts.case.runs.get(ProbeName.PREDICT)
    if run is not None and machine_was_slow(run):
        raise NotApplicable(say("single rows were ended by the wall clock, which a busy machine can do"))
    if run is not None and whole is not None and whole.ok and not run.ok and run.action is Action.PREDICT:
        why = problem(run, contract_of(facts.case.challenge))
        yield Evidence(
            say("predict works on all rows at once but not on single rows: {message}", message=why.message.rstrip(".")),
            why.where,
        )
        yield from of_a_library(facts)


CHECKS = (
    Check(
        code="ROB004",
        title=N_("Fails on a one-row batch"),
        severity=Severity.MAJOR,
        family="production",
        criteria=(
            "parity",
            "robustness",
        ),
        shown_in="robustness",
        open=True,
        examine=one_row_fails,
        guide=Guide(
            detect=N_("predict is handed single rows and small batches after it handled all rows at once."),
            why=N_("Services are asked about one row at a time."),
            avoid=N_("Avoid statistics of the batch and reshapes that need many rows; test predict on one row."),
        ),
        question=Question(
            say("One request comes in. What does your predict do with a single row?"),
            say("traces it through the features; has or writes a test"),
            say("has never tried"),
        ),
    ),
)
