"""The `assay` command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from testing.waiting import SECONDS


def assay(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "assay"), *words]
    variables = os.environ | {"ASSAY_HOME": str(home), "COLUMNS": "200"} | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, env=variables, timeout=2 * SECONDS)
