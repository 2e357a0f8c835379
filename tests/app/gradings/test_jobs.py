"""Each grading has a row with its versions; who waits goes first, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.exceptions import GenericError
from obstore.store import MemoryStore
from sqlalchemy import text

from app.errors import Conflict
from app.gradings import service as regrade
from app.gradings.jobs import sweep
from app.opening import opened
from app.platform import queue
from app.ports import Service
from app.store import gradings, members
from app.store.blobs import Blobs, result_key
from app.store.rows import VERSIONS, State
from app.worker import jobs
from graders.model.probe import SandboxError
from testing import fakes
from testing.fakes import fake_ports
from testing.site import MakeSettings, Site
from testing.waiting import SECONDS, until
from tests.app.support.grading import Desk


@pytest.fixture
def service(make_settings: MakeSettings) -> Iterator[Service]:
    with opened(make_settings(tries=2), fake_ports) as made:
        yield made


def test_a_grading_keeps_what_it_was_made_with(service: Service) -> None:
    """Its row repeats the report: versions, band and score; its files lie under its own beginning."""
    desk = Desk(service)
    row = desk.graded("score 81")
    found = desk.grading(row.id, 1)
    assert (found.state, found.reason, found.begun, found.tries) == (State.GRADED, "first", 1, 1)
    assert all(found.versions[name] for name in VERSIONS)
    assert found.band == 4
    assert found.summary is not None
    assert (found.summary["score"], found.summary["flagged"]) == (81, ["LEAK001"])
    assert service.blobs.get(result_key(row.id, 1, 1, "report.json"))
    assert (row.state, row.report_run) == (State.GRADED, 1)


def waiting(service: Service) -> list[str]:
    """The organisations of the waiting gradings, the next one first."""
    query = "SELECT args->>'org_id' FROM procrastinate_jobs WHERE task_name = 'grade' ORDER BY priority DESC, id"
    with service.engine.connect() as connection:
        return [str(org) for org in connection.scalars(text(query))]


def test_organisations_take_turns(service: Service) -> None:
    """Four gradings of one organisation, then two of another: the other does not wait for all four."""
    with service.engine.begin() as connection:
        one, other = (members.add_organisation(connection, name) for name in ("One", "Other"))
        for org in (one, one, one, one, other, other):
            queue.enqueue_grading(connection, org, "ml_pipeline", "x" * 20, 1)
    assert waiting(service) == [one, other, one, other, one, one]


def test_who_waits_goes_before_every_regrade(service: Service) -> None:
    """Regrades asked for earlier come after a first grading handed in later, also of another organisation."""
    with service.engine.begin() as connection:
        one, other = (members.add_organisation(connection, name) for name in ("One", "Other"))
        for org, regraded in ((one, True), (one, True), (other, True), (one, False), (other, False)):
            queue.enqueue_grading(connection, org, "ml_pipeline", "x" * 20, 1, regrade=regraded)
    assert waiting(service) == [one, other, one, other, one]


def test_a_newcomer_does_not_overtake_for_ever(service: Service) -> None:
    """An organisation that comes back again and again starts from what waits now, not from the beginning."""
    with service.engine.begin() as connection:
        one, other = (members.add_organisation(connection, name) for name in ("One", "Other"))
        for _ in range(3):
            queue.enqueue_grading(connection, one, "ml_pipeline", "x" * 20, 1)
        oldest = "(SELECT id FROM procrastinate_jobs ORDER BY priority DESC LIMIT 1)"
        connection.execute(text(f"DELETE FROM procrastinate_jobs WHERE id = {oldest}"))  # noqa: S608
        queue.enqueue_grading(connection, other, "ml_pipeline", "x" * 20, 1)
    assert waiting(service) == [one, other, one]


def test_a_grading_that_waits_is_stopped_and_never_begins(service: Service) -> None:
    """The submission is `aborted`, says so, and its job finds nothing to do; a second stop is refused."""
    desk = Desk(service)
    row = desk.hand_in()
    assert regrade.abort(service, desk.who, row.id).grading.state is State.ABORTED
    with pytest.raises(Conflict, match="queued or running"):
        regrade.abort(service, desk.who, row.id)
    assert desk.grade(row.id, 1).begun == 0
    after = desk.row(row.id)
    assert (after.state, after.report_run) == (State.ABORTED, None)
    assert "No attempt was used" in str(after.problem)


def test_a_grading_that_goes_is_stopped_with_its_containers(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """Its worker is told to end them and nothing of it is kept; tried again, it is graded."""
    site = make_site()
    where = site.upload(f"until {tmp_path}/stopped").headers["location"]
    submission_id = where.rsplit("/", 1)[-1]
    site.wait(where, "grading")
    stopped = site.http.post(f"{where}/abort", headers=site.headers)
    assert (stopped.status_code, stopped.json()["state"]) == (200, "aborted")
    until(lambda: submission_id in fakes.abandoned)
    (tmp_path / "stopped").touch()
    seen = site.http.get(where, headers=site.headers).json()
    assert (seen["state"], seen["links"].get("report_json")) == ("aborted", None)
    again = site.http.post(f"{where}/retry", headers=site.headers)
    assert (again.status_code, again.headers["location"]) == (202, f"{where}/reports/2")
    assert site.wait(where)["state"] == "graded"
    assert [path.parent.parent.name for path in (site.settings.home / "blobs").rglob("report.json")] == ["2"]


def test_only_what_failed_or_was_stopped_is_tried_again(service: Service) -> None:
    """What is graded, or waits, is not; what failed on our side is, before all regrades, and then counts."""
    desk = Desk(service)
    graded, waits = desk.graded(), desk.hand_in()
    for row in (graded, waits):
        with pytest.raises(Conflict, match="tried again"):
            regrade.retry(service, desk.who, row.id)
    failed = desk.hand_in("sandbox down")
    for _ in range(2):
        with suppress(SandboxError):
            desk.grade(failed.id, 1)
    assert desk.row(failed.id).state is State.FAILED
    assert regrade.retry(service, desk.who, failed.id).grading.run == 2
    assert desk.row(failed.id).state is State.QUEUED
    desk.grade(failed.id, 2, unpack=lambda *_: fakes.unpack(b"ok", "pipeline.py", frozenset()))
    after = desk.row(failed.id)
    assert (after.state, after.report_run, after.problem) == (State.GRADED, 2, None)


def test_a_store_that_is_away_uses_no_try_up(service: Service) -> None:
    """However often it is asked in vain, the grading waits for it and is graded when it is back."""

    class Gone(Blobs):
        def get(self, key: str) -> bytes:
            raise GenericError(key)

    desk = Desk(service)
    row = desk.hand_in()
    for _ in range(service.settings.tries + 1):
        with pytest.raises(GenericError):
            Desk(replace(service, blobs=Gone(MemoryStore()))).grade(row.id, 1)
        assert (desk.grading(row.id, 1).state, desk.grading(row.id, 1).tries) == (State.QUEUED, 0)
    assert desk.grade(row.id, 1).state is State.GRADED


def test_what_a_killed_worker_wrote_is_swept(service: Service) -> None:
    """Files of the beginning that counts stay; those of one that came to nothing go, once nobody writes any more."""
    desk = Desk(service)
    row = desk.hand_in()
    with service.engine.begin() as connection:
        gradings.begin(connection, row.id, 1)
    service.blobs.put(result_key(row.id, 1, 1, "report.json"), b"{}")  # and there the worker died
    desk.grade(row.id, 1)
    late = result_key(row.id, 1, 1, "report.html")
    service.blobs.put(late, b"")  # of a beginning that was given up for dead
    before = set(service.blobs.keys())
    assert sweep(service, 3600) == 0
    assert sweep(service, 0) == 1
    assert before - set(service.blobs.keys()) == {late}
    assert sweep(service, 0) == 0


def test_a_regrade_that_lost_its_job_is_closed_and_harms_nothing(service: Service) -> None:
    """It fails with the reason; the report that counts goes on counting."""
    desk = Desk(service)
    row = desk.graded()
    run = regrade.ask(service, desk.who, row.id, "regrade", "why").grading.run
    with service.engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE (args->>'run')::int = :run"), {"run": run})
        jobs.close_orphans(connection)
    found = desk.grading(row.id, run)
    assert (found.state, desk.row(row.id)) == (State.FAILED, row)
    assert "our side" in str(found.problem)


@pytest.mark.parametrize("first", ["the worker", "the person"])
def test_a_stop_that_comes_as_the_result_does(service: Service, first: str) -> None:
    """Whoever writes first has it, the other one is told; they never wait for each other for ever."""
    desk = Desk(service)
    row = desk.hand_in()
    engine = service.engine
    with engine.begin() as connection:
        going = gradings.begin(connection, row.id, 1)
    assert going is not None
    facts = {"state": State.GRADED}

    def finish() -> bool:
        with engine.begin() as connection:
            return gradings.finish(connection, going, facts) is not None

    def stop() -> bool:
        with suppress(Conflict):
            regrade.abort(service, desk.who, row.id)
            return True
        return False

    with ThreadPoolExecutor(1) as pool, engine.begin() as connection:
        if first == "the worker":
            gradings.finish(connection, going, facts)
            other = pool.submit(stop)
        else:
            gradings.end(connection, row.id, 1, State.ABORTED, gradings.ABORTED)  # as regrade.abort does
            other = pool.submit(finish)
        with pytest.raises(TimeoutError):
            other.result(0.5)  # it waits for this transaction
        connection.commit()
        assert other.result(SECONDS) is False
    after = desk.row(row.id)
    assert after.state is (State.GRADED if first == "the worker" else State.ABORTED)
    assert desk.grading(row.id, 1).state is after.state
