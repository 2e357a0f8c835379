"""Every check of what was handed in, family by family."""

from __future__ import annotations

from graders.model import Check
from graders.quality import checks_beside, checks_code, checks_run, checks_trust, checks_words

CHECKS: tuple[Check, ...] = (
    *checks_code.CHECKS,
    *checks_words.CHECKS,
    *checks_trust.CHECKS,
    *checks_beside.CHECKS,
    *checks_run.CHECKS,
)
