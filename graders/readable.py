"""The checks that need no run, in the order of the catalogue: what code that answers no challenge is judged by.

They are named here, so that whoever reads code alone loads no other; a test compares them with the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence

from graders.checks.check import Check
from graders.checks.code import beside, structure, trust, words
from graders.checks.production import portability
from graders.checks.responsibility import readme
from graders.model.case import NotApplicable
from graders.model.challenge import Criterion
from graders.model.finding import Finding
from graders.model.report import SectionResult
from graders.rubric.code import READ
from graders.rubric.scoring_rules import CodeContext
from graders.rubric.sections import section
from graders.source.code import Code
from graders.words import say

FAMILIES = ((beside, structure, trust, words), (portability,), (readme,))

CHECKS: tuple[Check, ...] = tuple(
    check
    for modules in FAMILIES
    for check in sorted((check for module in modules for check in module.CHECKS), key=lambda check: check.code)
    if check.read is not None
)
BY_CODE = {check.code: check for check in CHECKS}


def code_section(code: Code, criteria: Sequence[Criterion], findings: tuple[Finding, ...]) -> SectionResult:
    """The section on code as far as reading goes: what would have to be run is not judged."""
    context = CodeContext(code, {finding.code: finding for finding in findings}, CHECKS)
    unread = NotApplicable(say("it shows only where the code runs"))
    already = {criterion.id: unread for criterion in criteria if criterion.id not in READ}
    return section("code", criteria, lambda judge: judge(context), READ, already).result
