"""Every check in one list, in the order reports show them.  Adding a check is adding it to its module."""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.code import checks as quality
from graders.checks.leakage import generalisation, reproducibility
from graders.checks.leakage import leaks as leakage
from graders.checks.performance import evaluation, shift, slices, worth
from graders.checks.production import cost, parity, robustness, validation
from graders.checks.responsibility import claims, fairness, writing

CHECKS: tuple[Check, ...] = (
    *leakage.CHECKS,
    *generalisation.CHECKS,
    *reproducibility.CHECKS,
    *evaluation.CHECKS,
    *worth.CHECKS,
    *shift.CHECKS,
    *slices.CHECKS,
    *quality.CHECKS,
    *robustness.CHECKS,
    *parity.CHECKS,
    *validation.CHECKS,
    *cost.CHECKS,
    *fairness.CHECKS,
    *writing.CHECKS,
    *claims.CHECKS,
)

BY_CODE = {check.code: check for check in CHECKS}
