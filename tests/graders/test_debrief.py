"""The interview plan: the same frame for everybody, filled with what matters most about this candidate."""

from __future__ import annotations

from graders.debrief import debrief
from graders.model.finding import Certainty, Evidence, Finding, Severity, Status
from graders.model.report import Debrief, Overall, SectionResult
from graders.model.submission import Location
from testing.builders import a_case, a_criterion, a_finding, a_notebook, a_section


def a_plan(*findings: Finding, sections: tuple[SectionResult, ...] = ()) -> tuple[Debrief, ...]:
    return debrief(a_case(), findings, sections)


def flagged(code: str, severity: Severity = Severity.MINOR, certainty: Certainty = Certainty.CONFIRMED) -> Finding:
    return a_finding(code, severity=severity, evidence=(Evidence("seen", None, certainty),))


def asked(*findings: Finding, sections: tuple[SectionResult, ...] = ()) -> list[str]:
    return [item.code for item in a_plan(*findings, sections=sections) if item.kind == "evidence"]


def test_everybody_gets_the_same_frame_in_45_minutes() -> None:
    """The walk-through first, a strength last but one, monitoring last; time is left for the candidate's questions."""
    many = [flagged(code) for code in ("LEAK001", "OVR002", "ROB003", "DATA001", "TEST001", "MON001")]
    strong = a_section("model", a_criterion(points=14.0, max=14.0))
    plan = a_plan(*many, sections=(strong,))
    assert [item.code for item in plan if item.kind != "evidence"] == ["CORE001", "CORE002", "MON001"]
    assert [plan[0].code, plan[-1].code, len(plan)] == ["CORE001", "MON001", 7]
    assert 35 <= sum(item.minutes for item in plan) <= 45


def test_severity_times_points_at_stake_decides() -> None:
    """A minor finding that costs much comes before a major one that costs nothing; a suspicion counts less."""
    lost = a_section("code", a_criterion("tests", 0.0, 5.0, findings=("TEST001",)))
    assert asked(flagged("ROB003", Severity.MAJOR), flagged("TEST001"), sections=(lost,)) == ["TEST001", "ROB003"]
    assert asked(flagged("ROB003", certainty=Certainty.SUSPECTED), flagged("SKEW001")) == ["SKEW001", "ROB003"]
    stakes = {item.code: item.stake for item in a_plan(flagged("TEST001"), sections=(lost,))}
    assert stakes["TEST001"] == 5.0


def test_one_question_a_competency_and_none_that_everybody_gets() -> None:
    """The weightiest of a competency is asked about; monitoring is asked of everybody anyway."""
    assert asked(flagged("LEAK001"), flagged("LEAK002", Severity.CRITICAL), flagged("MON001")) == ["LEAK002"]


def test_what_the_text_alone_suggests_is_asked_about() -> None:
    """It is told as what it is, with its place, and takes the place of the least of four questions."""
    read = Evidence("Scaled over all rows.", Location("pipeline.py", 9), Certainty.SUSPECTED, "static")
    suggested = a_finding("LEAK001", status=Status.NOT_APPLICABLE, severity=Severity.CRITICAL, suggested=read)
    (question,) = (item for item in a_plan(suggested) if item.kind == "evidence")
    assert question.where == read.where
    assert question.evidence.startswith(read.what)
    assert question.evidence.endswith("no run shows it, and it costs no points.")
    minor = a_finding("LEAK009", status=Status.NOT_APPLICABLE, severity=Severity.MINOR, suggested=read)
    four = [flagged(code) for code in ("DATA001", "OVR002", "ROB003", "TEST001")]
    assert asked(minor, suggested, *four) == ["DATA001", "OVR002", "ROB003", "LEAK001"]
    assert asked(a_finding("LEAK001", status=Status.NOT_APPLICABLE)) == []


def test_what_is_open_is_no_strength() -> None:
    """All points of a criterion that the text alone speaks against are not asked about as a strength."""
    held = a_criterion("leakage", 8.0, 8.0, findings=("LEAK001",))
    best = a_criterion("ranking", 6.0, 6.0)
    plan = a_plan(sections=(a_section("model", held, best),))
    assert [item.evidence for item in plan if item.kind == "strength"] == [f"{best.title}: {best.why}"]


def test_each_question_has_a_place_to_look_at() -> None:
    """That of the evidence; else the function that stands for the competency, also in a cell of a notebook."""
    placed = a_finding("ROB003", evidence=(Evidence("seen", Location("pipeline.py", 3)),))
    where = {item.code: item.where for item in a_plan(placed, flagged("LEAK002"))}
    assert where["ROB003"] == Location("pipeline.py", 3)
    assert where["LEAK002"] == Location("pipeline.py", 18)  # def evaluate
    assert where["CORE001"] == Location("pipeline.py", 22)  # def predict
    in_cell = debrief(a_case(submission=a_notebook()), (), ())
    assert in_cell[0].where == Location("churn.ipynb", 22, 3)


def test_nothing_found_leaves_the_frame() -> None:
    """Without findings and strengths two questions remain."""
    assert [item.code for item in a_plan()] == ["CORE001", "MON001"]


def test_where_the_range_of_the_code_may_decide_the_band_the_code_is_asked_about() -> None:
    """It takes the place of the least of four questions; where there is no doubt, nothing changes."""
    many = [flagged(code) for code in ("LEAK001", "OVR002", "ROB003", "DATA001")]
    code = a_section("code", a_criterion("structure", 5.0, 7.0), low=12.0, high=28.0)
    doubtful, sure = (Overall(61.0, 52.0, 69.0, 3, bands) for bands in ((2, 3), (3,)))
    plans = [[item.code for item in debrief(a_case(), many, (code,), total)] for total in (doubtful, sure)]
    assert plans[0] == ["CORE001", "DATA001", "LEAK001", "OVR002", "CORE003", "MON001"]
    assert plans[1] == ["CORE001", "DATA001", "LEAK001", "OVR002", "ROB003", "MON001"]
