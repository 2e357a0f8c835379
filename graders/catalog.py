"""Every check in one list, in the order reports show them.  Adding a check is adding it to its module."""

from __future__ import annotations

from graders import generalisation, reproducibility
from graders.leakage import checks as leakage
from graders.model import Check
from graders.quality import checks as quality

CHECKS: tuple[Check, ...] = (
    *leakage.CHECKS,
    *generalisation.CHECKS,
    *reproducibility.CHECKS,
    *quality.CHECKS,
)

BY_CODE = {check.code: check for check in CHECKS}
