"""The exit statuses of every command."""

from __future__ import annotations

from app.words import _

DONE, DIFFERENT, REFUSED, FAILED = 0, 1, 2, 3
STATED = _(
    "Exit status: 0 done, 1 a reference or the audit log is not as it must be, "
    "2 refused or mistyped, 3 our fault, 130 interrupted."
)
