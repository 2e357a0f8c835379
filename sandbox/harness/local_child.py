"""One probe in a process of its own on the candidate's machine: the counterpart of child.py without a container."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from typing import TYPE_CHECKING

from ..protocol import tree
from . import calls

if TYPE_CHECKING:
    import pandas as pd

SUBMISSION, MODEL, REQUEST, DATA, ANSWER, USAGE = "sub", "model", "request.json", "data.pkl", "answer", "usage"
PLANTED = "planted"


def main(work: str) -> None:
    """Read the request in `work`, perform it, leave the answer there, and end."""
    with open(os.path.join(work, REQUEST)) as file:
        request = json.load(file)
    import pandas  # noqa: F401, PLC0415  (loading it is no part of the candidate's time, as in a container)

    limit_cpu(time.process_time() + float(request["cpu_seconds"]))
    answer = perform(work, str(request["action"]), request)
    with open(os.path.join(work, ANSWER), "wb") as file:
        file.write(answer.encode())
    sys.stdout.flush()
    sys.stderr.flush()
    write_usage(work)
    os._exit(0)


def perform(work: str, action: str, request: dict[str, object]) -> calls.Answer:
    folder, model = os.path.join(work, SUBMISSION), os.path.join(work, MODEL)
    if action in calls.ACTIONS:
        call = calls.asked(request, folder, model, lambda: read_rows(work))
        return calls.perform(call)
    from . import tools  # noqa: PLC0415  (pytest and the analysers may be absent here, and only these probes need them)

    first = request.get("first", [])
    assert isinstance(first, list)
    with open(os.path.join(work, PLANTED), "rb") as file:
        return tools.perform(action, folder, tree.unpack(file.read()), first, bool(request.get("traced")))


def read_rows(work: str) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    rows: pd.DataFrame = pd.read_pickle(os.path.join(work, DATA))  # noqa: S301  (written by our own parent process)
    return rows


def limit_cpu(seconds: float) -> None:
    """End this process at its limit, where the system can."""
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_usage(work: str) -> None:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    usage = {"cpu_seconds": used.ru_utime + used.ru_stime, "max_rss_mb": used.ru_maxrss / 1024}
    with open(os.path.join(work, USAGE), "w") as file:
        json.dump(usage, file)
