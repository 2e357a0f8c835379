"""What a process that judges is forked with, so that no grading pays for it: late imports, and compiled templates."""

from __future__ import annotations

import scipy.special  # noqa: F401

from app.adapters import grading  # noqa: F401
from graders.report.html import compile_all

compile_all()
