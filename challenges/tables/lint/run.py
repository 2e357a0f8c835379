"""All checks of the linter, in the order of their codes."""

from __future__ import annotations

from challenges.tables.lint.answers import gives_away, order_predicts
from challenges.tables.lint.columns import labels, public, quality
from challenges.tables.lint.model import Check, Finding, Subject
from challenges.tables.lint.people import personal, sensitive
from challenges.tables.lint.room import no_room, too_slow
from challenges.tables.lint.sides import both_sides, differs, moves_in_time, too_few

CHECKS: dict[str, Check] = {
    "CHAL001": gives_away,
    "CHAL002": order_predicts,
    "CHAL003": both_sides,
    "CHAL004": moves_in_time,
    "CHAL005": too_few,
    "CHAL006": no_room,
    "CHAL007": differs,
    "CHAL008": personal,
    "CHAL009": sensitive,
    "CHAL010": quality,
    "CHAL011": too_slow,
    "CHAL012": public,
    "CHAL013": labels,
}


def lint(subject: Subject) -> tuple[Finding, ...]:
    """What there is to say about a challenge; the same for the same subject."""
    return tuple(finding for check in CHECKS.values() for finding in check(subject))
