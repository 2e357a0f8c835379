"""The criteria of the rubric: each gives a share of its points, the reason, and the findings behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from graders import probes
from graders.metrics import Measured
from graders.model import Case, Certainty, Finding, FloatArray, NotApplicable
from graders.problems import summary
from graders.quality import communication, signals, tools
from graders.quality.sources import sources
from graders.scoring import Estimate, constant
from graders.verdicts import speaks_of_leakage


@dataclass(frozen=True, eq=False)
class Context:
    """What a criterion may look at."""

    case: Case
    measured: Measured
    findings: Mapping[str, Finding]

    def finding(self, code: str) -> Finding:
        """A finding that was judged; NotApplicable otherwise, with its reason."""
        found = self.findings[code]
        if found.status.value in {"not applicable", "broken"}:
            raise NotApplicable(found.note)
        return found


@dataclass(frozen=True, eq=False)
class Judged:
    """`share` of the criterion's points, from 0 to 1."""

    share: Estimate
    why: str
    findings: tuple[str, ...] = ()


def ramp(start: float, full: float) -> Callable[[FloatArray], FloatArray]:
    """From 0 at `start` to 1 at `full`, straight between, saturating outside; `full` may be the smaller."""
    return lambda values: np.clip((values - start) / (full - start), 0.0, 1.0)


def _at(value: float, start: float, full: float) -> float:
    return float(ramp(start, full)(np.asarray([value]))[0])


# --- model -------------------------------------------------------------------------------------------

#: The skill of the engineered reference pipeline; more is welcome and earns no more.
FULL_SKILL = 0.9


def predictive_quality(about: Context) -> Judged:
    skill = about.measured.skill
    auc = about.measured.hidden.score(0, 1)
    return Judged(
        skill.map(ramp(0.0, FULL_SKILL)),
        f"ROC AUC on hidden rows is {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}), {skill.value:.0%} of the way "
        f"from the baseline ({about.measured.baseline.value:.3f}) to the best attainable "
        f"({about.measured.oracle.value:.3f}).",
    )


def calibration(about: Context) -> Judged:
    error = about.measured.calibration_error
    return Judged(
        error.map(ramp(0.15, 0.05)),
        f"Predicted probabilities are off by {error.value:.3f} on average over ten bins; below .05 is full marks.",
    )


#: Shares of the points for a leak that is only suspected, and for a sure one that did not move the claim.
SUSPECTED_LEAK, HARMLESS_LEAK = 0.7, 0.35
MATERIAL_LEAKS = frozenset({"LEAK002", "OVR003"})


def leakage(about: Context) -> Judged:
    found = [finding for finding in about.findings.values() if speaks_of_leakage(finding)]
    leaks = [finding for finding in found if finding.flagged]
    if not leaks and not any(finding.status.value == "passed" for finding in found):
        raise NotApplicable("no probe for leakage could be run")
    if not leaks:
        return Judged(constant(1.0), "No way of looking found a leak.")
    sure = [finding for finding in leaks if finding.certainty is Certainty.CONFIRMED]
    codes = tuple(finding.code for finding in leaks)
    if not sure:
        return Judged(constant(SUSPECTED_LEAK), f"Suspected only: {sentence(leaks[0])}", codes)
    if not (MATERIAL_LEAKS & set(codes) or about.findings["OVR002"].flagged):
        return Judged(constant(HARMLESS_LEAK), f"{sentence(sure[0])} The claim hardly gains by it.", codes)
    return Judged(constant(0.0), sentence(sure[0]), codes)


def generalisation(about: Context) -> Judged:
    measured = about.measured
    errors = measured.hidden.map(lambda values: (measured.claimed - values) / measured.optimism_error)
    return Judged(
        errors.map(ramp(4.0, 1.0)),
        f"The candidate's own estimate is {measured.claimed:.3f} against {measured.hidden.value:.3f} on hidden rows: "
        f"{errors.value:+.1f} standard errors; up to 1 is full marks, 4 is none.",
        flagged(about, "OVR001", "OVR002"),
    )


# --- code --------------------------------------------------------------------------------------------


def structure(about: Context) -> Judged:
    found = sources(about.case)
    inside = signals.share_in_functions(found)
    longest = signals.longest_function(found)
    modules = len(found.product)
    shares = (_at(inside, 0.3, 0.85), _at(longest, 120, 40), _at(found.code_lines / modules, 400, 150))
    return Judged(
        constant(float(np.dot(shares, (0.4, 0.3, 0.3)))),
        f"{inside:.0%} of the code lies in functions, the longest has {longest} lines, "
        f"and {found.code_lines} lines are spread over {modules} module{'s' * (modules != 1)}.",
    )


def complexity(about: Context) -> Judged:
    if tools.ended_by_candidate(about.case, probes.RADON):
        return _unreadable("The complexity of the code could not be measured")
    functions = tools.complexities(about.case)
    tangled = sum(f.lines * _at(f.value, 7, 20) for f in functions)
    share = tangled / max(sum(f.lines for f in functions), 1)
    worst = max(functions, key=lambda f: f.value)
    return Judged(
        constant(_at(share, 0.5, 0.0)),
        f"The most complex function, {worst.name}, has cyclomatic complexity {worst.value}; "
        f"{share:.0%} of the code (weighted) lies in functions above 7.",
        flagged(about, "CODE001"),
    )


#: Violations of one of these in a hundred lines, by what they cost; style rules are not among them.
WEIGHTS = {"F401": 0.3, "F841": 0.5, "F8": 1.0, "F6": 1.0, "PLE": 3.0, "B": 0.7, "S307": 3.0, "E9": 3.0, "NPY": 0.5}
#: Below this many lines one slip would weigh as much as many in a real submission.
FEWEST_LINES = 100


def correctness(about: Context) -> Judged:
    if tools.ended_by_candidate(about.case, probes.RUFF):
        return _unreadable("Static analysis could not finish")
    found = tools.violations(about.case)
    if found is None:
        return Judged(constant(0.0), "Static analysis found more violations than it can list.")
    costs = [max((w for rule, w in WEIGHTS.items() if v.rule.startswith(rule)), default=0.0) for v in found]
    lines = max(sources(about.case).code_lines, FEWEST_LINES)
    density = 100 * sum(costs) / lines
    counted = sum(cost > 0 for cost in costs)
    return Judged(
        constant(_at(density, 3.0, 0.2)),
        f"{counted} likely error{'s' * (counted != 1)} by ruff in {sources(about.case).code_lines} lines of code.",
    )


def readability(about: Context) -> Judged:
    found = sources(about.case)
    annotated, documented = signals.annotated(found), signals.documented(found)
    return Judged(
        constant(0.5 * _at(annotated, 0.0, 0.8) + 0.5 * _at(documented, 0.0, 0.7)),
        f"{annotated:.0%} of parameters and returns are annotated; {documented:.0%} of public functions and classes "
        "have a docstring that says something.",
    )


def error_handling(about: Context) -> Judged:
    found = sources(about.case)
    swallowed = len(signals.swallowed(found))
    prints = len(signals.calls(found, frozenset({"print"})))
    logs = len(signals.calls(found, signals.LOGGERS))
    shares = (
        _at(swallowed, 2, 0),
        _at(prints, max(logs, 1) + 6, 0) if prints else 1.0 * (logs > 0),
        _at(signals.raises(found), 0, 2),
    )
    return Judged(
        constant(float(np.dot(shares, (0.4, 0.3, 0.3)))),
        f"{swallowed} handlers swallow every exception, {prints} calls print and {logs} log, "
        f"{signals.raises(found)} places raise an error of their own.",
        flagged(about, "CODE004"),
    )


def determinism(about: Context) -> Judged:
    found = about.finding("REPRO001")
    if found.flagged:
        return Judged(constant(0.2), sentence(found), ("REPRO001",))
    return Judged(
        constant(1.0), "Trained twice with different seeds of the harness, both models agree on every hidden row."
    )


def environment(about: Context) -> Judged:
    pinned = communication.pinned_share(about.case.submission)
    own = len(signals.absolute_paths(sources(about.case)))
    stated = "no requirements are stated" if pinned is None else f"{pinned:.0%} of the stated requirements are pinned"
    return Judged(
        constant(0.7 * (pinned or 0.0) + 0.3 * (own == 0)),
        f"{stated[0].upper()}{stated[1:]}; {own} absolute path{'s' * (own != 1)} in the code.",
        flagged(about, "REPRO002", "REPRO003"),
    )


def tests(about: Context) -> Judged:
    if tools.ended_by_candidate(about.case, probes.TESTS):
        return Judged(constant(0.0), f"The test run did not finish: {summary(about.case.runs[probes.TESTS])}.")
    found = tools.test_results(about.case)
    if not found.total:
        return Judged(constant(0.0), "No test was found.", flagged(about, "TEST001"))
    passed = found.passed / found.total
    return Judged(
        constant(passed * (0.3 + 0.7 * _at(found.coverage, 0.0, 0.8))),
        f"{found.passed} of {found.total} tests pass and cover {found.coverage:.0%} of the lines outside tests.",
        flagged(about, "TEST001"),
    )


def hygiene(about: Context) -> Judged:
    words = communication.words(about.case.submission)
    junk = len(about.case.submission.set_aside) if about.case.submission.form.value == "package" else 0
    return Judged(
        constant(0.6 * _at(words, 20, 150) + 0.4 * (junk == 0)),
        f"README and notes hold {words} words; {junk} things in the archive had to be set aside.",
        flagged(about, "DOC001"),
    )


# --- how a judgement is worded --------------------------------------------------------------------


def _unreadable(what: str) -> Judged:
    return Judged(constant(0.0), f"{what}: the files are too large or too deep for the tool to read.")


def flagged(about: Context, *codes: str) -> tuple[str, ...]:
    """Which of these codes are held against the submission."""
    return tuple(code for code in codes if code in about.findings and about.findings[code].flagged)


def sentence(finding: Finding) -> str:
    """The first piece of evidence of a finding as a sentence."""
    text = finding.evidence[0].what
    return f"{text[0].upper()}{text[1:]}."


CRITERIA: Mapping[str, Callable[[Context], Judged]] = {
    "predictive-quality": predictive_quality,
    "calibration": calibration,
    "leakage": leakage,
    "generalisation": generalisation,
    "structure": structure,
    "complexity-duplication": complexity,
    "correctness": correctness,
    "readability": readability,
    "error-handling": error_handling,
    "determinism": determinism,
    "environment": environment,
    "tests": tests,
    "hygiene": hygiene,
}
