"""Every check of what was handed in, family by family."""

from __future__ import annotations

from graders.checks.code import beside, running, structure, trust, words
from graders.model.finding import Check

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *words.CHECKS,
    *trust.CHECKS,
    *beside.CHECKS,
    *running.CHECKS,
)
