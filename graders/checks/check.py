"""What a check is, and asking one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from graders.model.case import NotApplicable, Prevented, Suggested
from graders.model.challenge import Challenge
from graders.model.contract import TaskName
from graders.model.finding import Evidence, Finding, Guide, Question, Severity, Status
from graders.source.code import Code
from graders.words import GAP, Message, Text, messages, say, sentences

if TYPE_CHECKING:  # whoever reads code alone has no facts of runs
    from graders.facts import Facts
    from graders.measure.metrics import Measured

Family = Literal["leakage", "performance", "code", "production", "responsibility"]
VerdictName = Literal["leakage", "overfitting", "reproducible"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One stable code, one examination.

    `examine` and `read` yield evidence against the submission, or none, or raise NotApplicable.  `read` needs no run;
    a check that has it alone is examined by it, too.

    A finding feeds one `verdict` at the head of the report, and moves the `criteria` that name it as a reason.  A
    confirmed one holds the band at 2 where `cap` says why; "" holds nothing.  The table or plot `shown_in` has the
    numbers behind it.  Without a place of its own it is asked about at one `function`.  Candidates see the words of an
    `open` check, which rest on their own files or on public rows alone.

    Guide and question may hold `{metric}` and `{unit}`, which `told` fills in; `by_task` has those of tasks that need
    others.
    """

    code: str
    title: str
    severity: Severity
    family: Family
    guide: Guide
    question: Question
    examine: Callable[[Facts], Iterable[Evidence]] | None = None
    read: Callable[[Code], Iterable[Evidence]] | None = None
    verdict: VerdictName | None = None
    cap: Callable[[Measured], str] | None = None
    criteria: tuple[str, ...] = ()
    shown_in: str = ""
    function: Literal["train", "evaluate", "predict"] = "predict"
    open: bool = False
    by_task: Mapping[TaskName, tuple[Guide, Question]] = field(default_factory=dict)


def told(check: Check, challenge: Challenge | None) -> tuple[Guide, Question]:
    """Guide and question in the words of a challenge; of none, for code that answers no challenge."""
    guide, question = check.guide, check.question
    words: dict[str, str] = {"metric": say("metric"), "unit": say("group")}
    if challenge is not None:
        from graders.measure.wording import unit_word  # noqa: PLC0415 - of a challenge alone
        from graders.tasks.asked import metric_of  # noqa: PLC0415

        guide, question = check.by_task.get(challenge.task, (guide, question))
        words = {"metric": metric_of(challenge).title, "unit": unit_word(challenge)}
    parts = [{name: filled(text, words) for name, text in vars(part).items()} for part in (guide, question)]
    return Guide(**parts[0]), Question(**parts[1])


def filled(text: str, words: Mapping[str, str]) -> Text:
    """A sentence with the words of a challenge in its gaps, such as `{metric}`."""
    parts = [_filled(message, words) for message in messages(text)]
    return parts[0] if len(parts) == 1 else sentences(*parts)


def _filled(message: Message, words: Mapping[str, str]) -> Text:
    gaps = {gap[1] for gap in GAP.finditer(message.id)}
    return say(message.id, **{name: word for name, word in {**message.values, **words}.items() if name in gaps})


def judge(check: Check, facts: Facts) -> Finding:
    """Ask one check about a case."""
    if check.examine is not None:
        return _asked(check, partial(check.examine, facts))
    return judge_code(check, facts.code)


def judge_code(check: Check, code: Code) -> Finding:
    """Ask one check about code that is read and not run; NotApplicable where it cannot be read off."""
    if check.read is None:
        return _finding(check, Status.NOT_APPLICABLE, note=say("it cannot be told without running the code"))
    return _asked(check, partial(check.read, code))


def _asked(check: Check, ask: Callable[[], Iterable[Evidence]]) -> Finding:
    """What came of it; a check that breaks spoils no other."""
    try:
        evidence = tuple(ask())
    except NotApplicable as why:
        suggested = why.evidence if isinstance(why, Suggested) else None
        finding = _finding(check, Status.NOT_APPLICABLE, note=why.reason)
        return replace(finding, prevented=isinstance(why, Prevented), suggested=suggested)
    except Exception as bug:
        log.exception("check %s broke", check.code)
        return _finding(check, Status.BROKEN, note=type(bug).__name__)
    return _finding(check, Status.FLAGGED if evidence else Status.PASSED, evidence=evidence)


def _finding(check: Check, status: Status, note: str = "", evidence: tuple[Evidence, ...] = ()) -> Finding:
    return Finding(check.code, check.title, status, check.severity, note, evidence=evidence)
