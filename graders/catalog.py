"""Every check in one list, in the order reports show them.  Adding a check is adding it to its module."""

from __future__ import annotations

from graders import generalisation, reproducibility
from graders.evidence import evaluation, fairness, shift, slices, worth
from graders.leakage import checks as leakage
from graders.model import Check
from graders.production import cost, parity, robustness, validation
from graders.quality import checks as quality
from graders.responsibility import claims, writing

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
