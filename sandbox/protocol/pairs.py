"""Two calls of predict in one process: the rows of each are a batch, and each has a run of its own.

Most of a small call is what comes before it: the fork, the submission's modules, and whatever of a library is used for
the first time.
"""

from __future__ import annotations

from dataclasses import replace

from graders.model.later import pd
from graders.model.probe import Action, Probe, Run


def joined(first: Probe, then: Probe) -> Probe | None:
    """The first call and the one that may come after it as one probe; None where they cannot share a process."""
    one, two = first.data, then.data
    if then.after != first.name or one is None or two is None or first.action is not Action.PREDICT:
        return None
    alike = replace(then, name=first.name, data=one, after=first.after, unless=first.unless)
    same = all(getattr(first, name) == getattr(alike, name) for name in first.__dataclass_fields__ if name != "data")
    if not same or first.essential or first.batches or first.timed or not one.dtypes.equals(two.dtypes):
        return None
    return replace(first, data=pd.concat([one, two]), batches=(len(one), len(two)))


def apart(run: Run, first: Probe, then: Probe) -> tuple[Run, Run]:
    """The runs of both calls, which went well together: the log is that of both, and time is shared by rows."""
    assert first.data is not None
    assert run.predictions is not None
    rows = len(first.data)
    share = rows / len(run.predictions)
    one, two = replace(_part(run, share), predictions=run.predictions[:rows]), _part(run, 1 - share)
    return one, replace(two, name=then.name, predictions=run.predictions[rows:])


def _part(run: Run, share: float) -> Run:
    waited = None if run.waited is None else share * run.waited
    return replace(run, seconds=share * run.seconds, cpu_seconds=share * run.cpu_seconds, waited=waited)
