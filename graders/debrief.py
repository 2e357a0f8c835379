"""The interview plan of 45 minutes: two questions for everybody, up to four on what was found, one on a strength.

What the source text alone suggests of a leak is held against nobody.  An answer settles it best, so one of the four
asks about the gravest of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from graders.catalog import BY_CODE
from graders.checks.check import told
from graders.model.case import Case
from graders.model.finding import Certainty, Finding, Question, Severity
from graders.model.report import CriterionResult, Debrief, Overall, SectionResult
from graders.model.submission import Location, Submission
from graders.words import say, sentences

WALK_THROUGH = Question(
    say("Walk me through one row, from the raw file to the prediction."),
    say("names each transform, where it is fitted and where it could fail"),
    say("reads the code aloud, skips preprocessing"),
)
MONITORING = Question(
    (say("The model has been live for a month. What do you watch, what triggers an alert, and what do you do then?")),
    (
        say(
            "Names inputs, predictions, labels and operations, with thresholds and reasons. Names an "
            "owner, a rollback and when to retrain"
        )
    ),
    say('"check accuracy", with no labels in sight'),
)
STRENGTH = Question(
    say("This part is notably good. Which alternatives did you reject?"),
    say("at least two alternatives, with a criterion"),
    say('"it is best practice"'),
)
REVIEW = Question(
    say("Which part of your code would a reviewer object to first, and how would you change it?"),
    say("names a weakness of the design, what it would cost later, and a change with its price"),
    say("names only layout, or says that nothing is to be changed"),
)
#: What an answer to any of the questions is rated by, level 1 first (a behaviourally anchored scale).
LEVELS = (
    say("cannot locate or explain it"),
    say("explains it once prompted, without its consequence"),
    say("explains cause, consequence and a fix"),
    say("quantifies it, generalises it, says how to prevent or watch it"),
)

#: Questions that rest on no finding: on a criterion with nearly all of its points, on the range of the code.
OF_A_STRENGTH, OF_THE_RANGE = "CORE002", "CORE003"
MOST = 4
#: The competencies that the questions for everybody ask about already.
ASKED = frozenset({"MON"})
WEIGHTS = {Severity.CRITICAL: 8.0, Severity.MAJOR: 4.0, Severity.MINOR: 2.0, Severity.INFO: 1.0}
SUSPECTED = 0.6

#: The function that stands for a criterion where its strength is asked about; `train` for all others.
FUNCTIONS = {
    "leakage": "evaluate",
    "generalisation": "evaluate",
    "evaluation-design": "evaluate",
    "robustness": "predict",
    "cost": "predict",
    "parity": "predict",
    "data-validation": "predict",
}


def debrief(
    case: Case, findings: Sequence[Finding], sections: Sequence[SectionResult], overall: Overall | None = None
) -> tuple[Debrief, ...]:
    """At most one question a competency (the letters of a code), by severity times the points at stake.

    Where the range of the code reaches across the border of two bands, one question is about the code as a whole.
    """
    submission = case.submission
    plan = [_core("CORE001", WALK_THROUGH, definition(submission, "predict"))]
    unsettled = _suggested(case, findings) + _doubt(submission, sections, overall)
    plan += [_asked(case, finding, stake) for finding, stake in _chosen(findings, sections)][: MOST - len(unsettled)]
    plan += unsettled
    best = _strength(sections)
    if best is not None:
        where = definition(submission, FUNCTIONS.get(best.id, "train"))
        about = sentences(say("{title}: {why}", title=say(best.title), why=best.why))
        plan.append(Debrief(OF_A_STRENGTH, *_words(STRENGTH, about), kind="strength", minutes=4, where=where))
    return (*plan, _core("MON001", MONITORING, None))


def _core(code: str, question: Question, where: Location | None) -> Debrief:
    return Debrief(code, *_words(question, say("Asked of every candidate.")), kind="core", where=where)


def _asked(case: Case, finding: Finding, stake: float) -> Debrief:
    placed = next((one.where for one in finding.evidence if one.where is not None), None)
    words = _words(told(BY_CODE[finding.code], case.challenge)[1], finding.evidence[0].what)
    where = placed or definition(case.submission, BY_CODE[finding.code].function)
    return Debrief(finding.code, *words, where=where, stake=stake)


def _suggested(case: Case, findings: Sequence[Finding]) -> list[Debrief]:
    """A question on the gravest leak that the source text alone suggests, told as what it is."""
    gravest = max(findings, key=lambda one: WEIGHTS[one.severity] if one.suggested else 0.0, default=None)
    if gravest is None or gravest.suggested is None:
        return []
    open_yet = say("Only the code suggests it: no run shows it, and it costs no points.")
    told_as = replace(gravest.suggested, what=sentences(gravest.suggested.what, open_yet))
    return [_asked(case, replace(gravest, evidence=(told_as,)), 0.0)]


def _doubt(submission: Submission, sections: Sequence[SectionResult], overall: Overall | None) -> list[Debrief]:
    """A question on the code where the range of its points may decide the band."""
    code = next((section for section in sections if section.id == "code"), None)
    if overall is None or len(overall.bands) == 1 or code is None or code.low is None or code.high is None:
        return []
    low, high = (round(end, 1) for end in (code.low, code.high))
    if low == high:
        return []
    about = sentences(
        say("The points for code lie between {low} and {high}.", low=low, high=high), say("That may decide the band.")
    )
    return [Debrief(OF_THE_RANGE, *_words(REVIEW, about), where=definition(submission, "train"))]


def _competency(finding: Finding) -> str:
    return finding.code.rstrip("0123456789")


def _words(question: Question, evidence: str) -> tuple[str, str, str, str]:
    return question.ask, evidence, question.strong, question.weak


def _chosen(findings: Sequence[Finding], sections: Sequence[SectionResult]) -> list[tuple[Finding, float]]:
    """The findings to ask about with the points at stake, the weightiest first; none that changed nothing."""
    flagged = [(finding, _stake(finding, sections)) for finding in findings if finding.flagged]
    chosen: dict[str, tuple[Finding, float]] = {}
    for finding, stake in sorted(flagged, key=lambda pair: (-_weight(*pair), pair[0].code)):
        matters = stake > 0 or finding.severity is not Severity.INFO
        if matters and _competency(finding) not in ASKED and len(chosen) < MOST:
            chosen.setdefault(_competency(finding), (finding, stake))
    return list(chosen.values())


def _weight(finding: Finding, stake: float) -> float:
    sure = finding.certainty is Certainty.CONFIRMED
    return WEIGHTS[finding.severity] * (1.0 if sure else SUSPECTED) * (1.0 + stake)


def _stake(finding: Finding, sections: Sequence[SectionResult]) -> float:
    """The points lost in all criteria that name the finding."""
    criteria = [c for section in sections for c in section.criteria if finding.code in c.findings]
    return sum(c.max - c.points for c in criteria if c.points is not None)


def _strength(sections: Sequence[SectionResult]) -> CriterionResult | None:
    """The criterion of most points among those with nearly all of them that nothing speaks against."""
    clear = [c for section in sections for c in section.criteria if not c.findings]
    full = [c for c in clear if c.points is not None and c.points >= 0.9 * c.max]
    return max(full, key=lambda c: c.max, default=None)


def definition(submission: Submission, name: str) -> Location | None:
    """Where one of the three functions is defined: in the entry, else in the first module that defines it."""
    begins = re.compile(rb"def " + name.encode() + rb"\s*\(")
    for source in sorted(submission.sources, key=lambda source: source.path != submission.entry):
        lines = source.text.splitlines()
        found = next((n for n, line in enumerate(lines, 1) if begins.match(line)), None)
        if found is not None:
            return source.locate(found)
    return None
