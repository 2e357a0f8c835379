"""A regrade stands beside the report that counts, says what changed, and counts once a person says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, text

from app.artifacts import Artifacts
from app.errors import Conflict, NotFound
from app.gradings import batches, difference
from app.gradings import service as regrade
from app.opening import opened
from app.ports import Service
from app.store import audit, gradings
from app.store.blobs import result_key
from app.store.reports import Filter
from app.store.rows import State
from graders.model.challenge import Challenge
from graders.model.finding import Status
from graders.model.probe import Watch
from graders.model.submission import Submission
from graders.report.document import document
from graders.report.readers import for_reader
from graders.report.schema import Document, Reader
from testing import fakes
from testing.builders import a_check, a_criterion, a_finding, a_report, a_section, an_ungraded_report
from testing.fakes import fake_ports
from testing.site import MakeSettings
from tests.app.support.grading import Desk


@pytest.fixture
def service(make_settings: MakeSettings) -> Iterator[Service]:
    with opened(make_settings(tries=2), fake_ports) as made:
        yield made


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


def ask(desk: Desk, submission_id: str, kind: str = "regrade", *, pinned: bool = False) -> int:
    return regrade.ask(desk.service, desk.who, submission_id, kind, "an appeal", pinned=pinned).grading.run


def test_a_regrade_stands_beside_the_report_that_counts(desk: Desk) -> None:
    """Both reports are there; the submission, and what its candidate sees, is as it was."""
    row = desk.graded("score 50")
    run = ask(desk, row.id)
    assert desk.row(row.id) == row
    found = desk.grade(row.id, run, grade=scores(85))
    assert (found.run, found.reason, found.state, found.band) == (2, "regrade", State.GRADED, 4)
    assert found.requested_by == desk.who.actor
    assert desk.row(row.id) == row
    assert [stored(desk, row.id, n)["overall"]["score"] for n in (1, 2)] == [50, 85]


def scores(score: float) -> object:
    """A grading that gives this score, whatever was handed in."""

    def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:  # noqa: ARG001
        return fakes.artifacts(submission, "", score)

    return grade


def stored(desk: Desk, submission_id: str, run: int) -> dict[str, dict[str, object]]:
    begun = desk.grading(submission_id, run).begun
    found: dict[str, dict[str, object]] = json.loads(
        desk.service.blobs.get(result_key(submission_id, run, begun, "report.json"))
    )
    return found


def test_a_rescore_judges_the_stored_case_and_runs_nothing(desk: Desk) -> None:
    """The upload may even be gone."""
    row = desk.graded("score 50")

    def never(*_: object) -> Artifacts:
        raise AssertionError("something was run")

    found = desk.grade(row.id, ask(desk, row.id, "rescore"), grade=never, unpack=never)
    assert found.summary is not None
    assert (found.state, found.summary["score"]) == (State.GRADED, 52)


def test_a_case_of_other_data_is_not_rescored(desk: Desk) -> None:
    """It fails at once, says what to do instead, and is not tried again."""
    row = desk.graded("other data")
    found = desk.grade(row.id, ask(desk, row.id, "rescore"))
    assert (found.state, found.tries) == (State.FAILED, 1)
    assert "ask for a regrade" in str(found.problem)
    assert desk.row(row.id).state is State.GRADED


def test_a_pinned_regrade_is_made_with_the_versions_of_old_or_not_at_all(desk: Desk) -> None:
    """The versions stand in its row from the start; a worker that has others ends it and says which."""
    row = desk.graded()
    same = desk.grade(row.id, ask(desk, row.id, pinned=True))
    assert (same.state, same.versions) == (State.GRADED, desk.grading(row.id, 1).versions)

    def newer(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:
        made = fakes.grade(submission, challenge, watch)
        provenance = made.document.provenance.model_copy(update={"image": "newer", "rubric_version": "newer"})
        return replace(made, document=made.document.model_copy(update={"provenance": provenance}))

    run = ask(desk, row.id, pinned=True)
    other = desk.grade(row.id, run, grade=newer)
    assert (other.state, other.tries, other.versions) == (State.FAILED, 1, same.versions)
    assert "another image, rubric version" in str(other.problem)
    free = desk.grade(row.id, ask(desk, row.id), grade=newer)
    assert (free.state, free.image, free.rubric_version) == (State.GRADED, "newer", "newer")


def test_an_upload_that_intake_refuses_by_now_is_not_tried_again(desk: Desk) -> None:
    """The regrade fails with the code of the refusal; the report that counts stays."""
    row = desk.graded()

    def refuse(*_: object) -> Submission:
        return fakes.unpack(b"refuse me", "pipeline.py", frozenset())

    found = desk.grade(row.id, ask(desk, row.id), unpack=refuse)
    assert (found.state, found.tries) == (State.FAILED, 1)
    assert "NO_ENTRY" in str(found.problem)
    assert desk.row(row.id) == row


def test_one_regrade_at_a_time_of_what_has_a_report(desk: Desk) -> None:
    """Refused while another waits, without a report, and for a rescore that is pinned; unknown where it is not ours."""
    row, waits = desk.graded(), desk.hand_in()
    ask(desk, row.id)
    stranger = Desk(desk.service)
    for who, submission_id, kind, pinned, expected in (
        (desk.who, row.id, "rescore", False, Conflict),
        (desk.who, waits.id, "regrade", False, Conflict),
        (desk.who, row.id, "rescore", True, Conflict),
        (desk.who, "f" * 20, "regrade", False, NotFound),
        (stranger.who, row.id, "regrade", False, NotFound),
    ):
        with pytest.raises(expected):
            regrade.ask(desk.service, who, submission_id, kind, "why", pinned=pinned)
    assert len(all_of(desk, row.id)) == 2


def all_of(desk: Desk, submission_id: str) -> list[object]:
    with desk.service.engine.connect() as connection:
        return list(gradings.of_submission(connection, submission_id))


def test_adopting_makes_the_other_report_count_and_is_audited_with_its_reason(desk: Desk) -> None:
    """Run and state of the submission follow; the old report can be adopted again."""
    row = desk.graded("crash")
    desk.grade(row.id, ask(desk, row.id), grade=scores(85))
    assert desk.row(row.id).state is State.UNGRADED
    regrade.adopt(desk.service, desk.who, row.id, 2, "the image lacked a package")
    with pytest.raises(Conflict, match="counts already"):
        regrade.adopt(desk.service, desk.who, row.id, 2, "again")
    after = desk.row(row.id)
    assert (after.state, after.report_run) == (State.GRADED, 2)
    with desk.service.engine.begin() as connection:
        entry = audit.of_organisation(connection, desk.who.org_id)[0]
        detail = json.loads(entry.detail)
        assert (entry.action, entry.actor) == ("report-adopted", desk.who.actor)
        assert detail == {"run": 2, "replaced": 1, "reason": "the image lacked a package"}
    regrade.adopt(desk.service, desk.who, row.id, 1, "no, it was right")
    assert desk.row(row.id).state is State.UNGRADED


def test_only_a_report_is_adopted(desk: Desk) -> None:
    """Not one that waits, nor one that is not there, nor a stranger's."""
    row = desk.graded()
    run = ask(desk, row.id)
    for who, which, expected in (
        (desk.who, run, Conflict),
        (desk.who, 7, NotFound),
        (Desk(desk.service).who, 1, NotFound),
    ):
        with pytest.raises(expected):
            regrade.adopt(desk.service, who, row.id, which, "why")


# What changed


def a_document(score: float = 72.41, **changes: object) -> Document:
    made = document(a_report(**changes), {"LEAK001": a_check()})
    assert made.overall is not None
    return made.model_copy(update={"overall": made.overall.model_copy(update={"score": score, "band": 3})})


def test_a_diff_names_versions_points_and_findings() -> None:
    """What stayed as it was is left out."""
    old = a_document(findings=(a_finding("LEAK001"), a_finding("DOC001", Status.PASSED), a_finding("TEST001")))
    new = a_document(
        80.0,
        rubric_version="2",
        findings=(
            a_finding("LEAK001", Status.PASSED),
            a_finding("DOC001"),
            a_finding("TEST001"),
            a_finding("SEC001", Status.PASSED),
        ),
        sections=(a_section("model", a_criterion(points=14.0), a_criterion("N1", 1.0, 2)),),
    )
    found = difference.compare(old, new)
    assert found["versions"] == {"rubric_version": {"old": "1", "new": "2"}}
    assert found["overall"]["score"] == {"old": 72.41, "new": 80.0}
    points = {each["id"]: each["points"] for each in found["criteria"]}
    assert points["M1a"] == {"old": 11.3, "new": 14.0}
    assert points["N1"] == {"old": None, "new": 1.0}
    assert points["C1a"] == {"old": 7.1, "new": None}
    codes = {name: [each["code"] for each in each_list] for name, each_list in found["findings"].items()}
    assert codes == {"came": ["DOC001"], "went": ["LEAK001"], "changed": ["SEC001"]}


def test_a_diff_of_a_report_with_itself_is_empty() -> None:
    """No noise of its own."""
    found = difference.compare(a_document(), a_document())
    assert found["versions"] == {}
    assert found["criteria"] == found["sections"] == []
    assert not any(found["findings"].values())


@pytest.mark.parametrize("reader", ["interviewer", "recruiter", "candidate"])
def test_a_diff_takes_any_cut_and_what_was_not_graded(reader: Reader) -> None:
    """A candidate's cut holds no score, an ungraded report no sections: both can be compared."""
    graded, not_graded = (
        for_reader(document(report, {"LEAK001": a_check()}), reader) for report in (a_report(), an_ungraded_report())
    )
    found = difference.compare(not_graded, graded)
    assert found["status"] == {"old": "ungraded", "new": "graded"}
    assert found["overall"]["band"] == {"old": None, "new": 3}
    assert (found["overall"]["score"]["new"] is None) == (reader == "candidate")


# Many at once


def test_many_are_graded_again_by_a_filter_after_all_who_wait(desk: Desk) -> None:
    """Of three reports the two that pass are asked for, in the background; progress counts them as they end."""
    low, high, other = (desk.graded(f"score {score}") for score in (50, 85, 86))
    busy = desk.graded("score 87")
    ask(desk, busy.id)
    waits = desk.hand_in()
    engine = desk.service.engine
    made = batches.ask(desk.service, desk.who, Filter(band=4), "rescore", "a new rubric")
    assert (made.total, made.done, made.reason) == (2, 0, "rescore")
    with engine.begin() as connection:
        assert first_in_line(connection) == waits.id
    assert len(all_of(desk, low.id)) == 1
    assert len(all_of(desk, busy.id)) == 2
    desk.grade(high.id, 2)
    assert batches.progress(desk.service, desk.who, made.id).states == {State.GRADED: 1, State.QUEUED: 1}
    assert batches.abort(desk.service, desk.who, made.id).states == {State.GRADED: 1, State.ABORTED: 1}
    with pytest.raises(Conflict):
        batches.abort(desk.service, desk.who, made.id)
    with pytest.raises(NotFound):
        batches.progress(desk.service, Desk(desk.service).who, made.id)
    assert desk.row(other.id).state is State.GRADED


def first_in_line(connection: Connection) -> str:
    """Of the submissions whose grading waits (a job may outlive its grading)."""
    query = (
        "SELECT lock FROM procrastinate_jobs job JOIN gradings ON submission_id = lock AND run = (args->>'run')::int"
        " WHERE state = 'queued' ORDER BY priority DESC, job.id LIMIT 1"
    )
    return str(connection.scalar(text(query)))


def test_many_that_are_pinned_carry_their_own_versions(desk: Desk) -> None:
    """Each those of its own report."""
    row = desk.graded()
    batches.ask(desk.service, desk.who, Filter(), "regrade", "why", pinned=True)
    assert desk.grading(row.id, 2).versions == desk.grading(row.id, 1).versions


def test_a_filter_that_nothing_passes_is_refused(desk: Desk) -> None:
    """Also where the only report is being graded again, and where it is another organisation's."""
    row = desk.graded()
    for who, only in ((desk.who, Filter(flagged="NONE001")), (Desk(desk.service).who, Filter())):
        with pytest.raises(Conflict):
            batches.ask(desk.service, who, only, "regrade", "why")
    ask(desk, row.id)
    with pytest.raises(Conflict):
        batches.ask(desk.service, desk.who, Filter(flagged="LEAK001"), "regrade", "why")


def test_two_thousand_are_asked_for_at_once(desk: Desk) -> None:
    """It is a few statements, whatever their number."""
    row = desk.graded()
    copy = (
        "INSERT INTO {0} SELECT (r).* FROM (SELECT jsonb_populate_record({0}, jsonb_build_object('{1}',"
        " lpad(to_hex(n), 20, '0'))) AS r FROM {0}, generate_series(1, 2000) n WHERE {1} = :id) made"
    )
    with desk.service.engine.begin() as connection:
        for table, name in (("submissions", "id"), ("gradings", "submission_id")):
            connection.execute(text(copy.format(table, name)), {"id": row.id})
    statements: list[str] = []

    def count(_: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(desk.service.engine, "before_cursor_execute", count)
    made = batches.ask(desk.service, desk.who, Filter(), "rescore", "why")
    event.remove(desk.service.engine, "before_cursor_execute", count)
    assert made.total == 2001
    assert 0 < len(statements) < 30
