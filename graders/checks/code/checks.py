"""Every check of what was handed in, family by family."""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.code import beside, structure, trust, words

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *words.CHECKS,
    *trust.CHECKS,
    *beside.CHECKS,
)
