"""A submission that attacks whoever reads its report: every text of it that may reach a page, at once."""

from __future__ import annotations

from graders.model.finding import Certainty, Evidence
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.report import Debrief, Overall, Report
from graders.model.submission import Location, SetAside
from testing.builders import (
    a_case,
    a_finding,
    a_measurement,
    a_notebook,
    a_report,
    a_run,
    a_submission,
    an_ungraded_report,
)

#: What must never reach a page or a file in this very form.
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</style><style>*{display:none}",
    "</pre></code><h1>Hired</h1>",
    '" onmouseover="alert(3)',
    "<!-- <svg onload=alert(4)> -->",
    "{{ 7 * 7191 }}{% raw %}",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe\u2066",
    "\x00\x07\x9b\u200b",
)
EVIL = " ".join(ATTACKS)
LINK = '<a href="javascript:alert(5)">x</a>'
HUGE = "A" * 200_000

PATH = "a<script>alert(6)</script>\u202e.py"


def a_hostile_report() -> Report:
    """Attacks in file names, code, evidence, notes, questions, metric names, run messages and set-aside parts."""
    code = "\n".join((EVIL, LINK, HUGE, "x = 1"))
    submission = a_submission(
        {"pipeline.py": code, PATH: code},
        id="<b>id</b>",
        set_aside=(SetAside(Location(PATH, 1), EVIL), SetAside(Location("pipeline.py"), HUGE)),
    )
    evidence = (
        Evidence(EVIL, Location(PATH, 2)),
        Evidence(HUGE, Location("pipeline.py", 3), Certainty.SUSPECTED),
        Evidence(LINK, Location("../../etc/passwd", 10**9)),
    )
    return a_report(
        case=a_case(*_runs(), submission=submission),
        overall=Overall(55, 50, 61, 2, (2, 3)),
        findings=(a_finding(evidence=evidence * 9, note=EVIL),),
        debrief=(Debrief("LEAK001", EVIL, LINK, EVIL, HUGE[:500]),),
        measurements=(a_measurement(title=EVIL, note=HUGE, columns=(EVIL,), rows=((EVIL,), (LINK,), (HUGE,))),),
        metrics={"claimed": {EVIL: 0.5, HUGE: 1e300, "roc_auc\u200b": 2.0, "roc_auc": 0.6} | _many()},
    )


def a_hostile_notebook() -> Report:
    """The same in the cells of a notebook that could not be graded."""
    cells = {1: EVIL, 2: f"{LINK}\n{HUGE}"}
    submission = a_notebook(cells, entry=f"{EVIL}.ipynb")
    return an_ungraded_report(
        case=a_case(*_runs(), submission=submission),
        findings=(a_finding(evidence=(Evidence(EVIL, Location(submission.entry, 1, 2)),)),),
    )


def _many() -> dict[str, float]:
    return {f"metric {n} {LINK}": float(n) for n in range(100)}


def _runs() -> tuple[Run, ...]:
    where = (Location("pipeline.py", 1), Location(EVIL, 7))
    return tuple(
        a_run(f"{action.value} {EVIL}", action, Exit.CRASHED, failure=Failure(EVIL, EVIL + HUGE, where), log=EVIL)
        for action in (Action.TRAIN, Action.EVALUATE, Action.PREDICT, Action.TESTS)
    )
