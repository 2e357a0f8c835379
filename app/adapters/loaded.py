"""What a process that judges is forked with, so that no grading pays for it: late imports, and compiled templates."""

from __future__ import annotations

import pandas  # noqa: F401 - loaded late everywhere else
import pyarrow.pandas_compat  # noqa: F401 - loaded by the first column of texts
import scipy.special  # noqa: F401

from app.adapters import grading  # noqa: F401
from graders.report.html import compile_all

compile_all()
