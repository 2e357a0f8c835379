"""The fleet: workers of their own on one PostgreSQL and one S3 bucket, which localbucket serves over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import S3Store

from app.opening import opened
from app.ports import Service
from app.store.blobs import blobs
from app.submissions import service as submit
from app.submissions.service import Upload
from testing.fakes import fake_ports
from testing.site import MakeSettings
from testing.waiting import until
from tests.app.support.rows import count, owner
from tests.app.worker.test_jobs import worker


def until_rows(service: Service, table: str, wanted: int) -> None:
    until(lambda: count(service.engine, table), lambda rows: rows == wanted)


def test_blobs_in_a_bucket_behave_like_those_in_a_folder(bucket: str, make_settings: MakeSettings) -> None:
    """Put, get, list, clear; what is not there is FileNotFoundError; the prefix of the URL is kept."""
    store = blobs(make_settings(blob_url=bucket))
    store.probe()
    store.put("submissions/a/upload", b"old")
    store.put("submissions/a/upload", b"new")
    store.put("submissions/b/upload", b"other")
    assert store.get("submissions/a/upload") == b"new"
    assert sorted(store.keys()) == ["submissions/a/upload", "submissions/b/upload"]
    store.clear("submissions/a")
    assert list(store.keys()) == ["submissions/b/upload"]
    with pytest.raises(FileNotFoundError):
        store.get("submissions/a/upload")
    assert S3Store("assay").head("one/submissions/b/upload")["size"] == 5


def test_two_workers_on_one_database_and_one_bucket_share_the_work(
    bucket: str, make_settings: MakeSettings, tmp_path: Path
) -> None:
    """Each grades one of two submissions, from homes of their own; both reports lie in the bucket."""
    settings = make_settings(blob_url=bucket)
    with opened(settings, fake_ports) as service:
        with worker(settings), worker(settings.model_copy(update={"home": settings.home.with_name("other")})):
            until_rows(service, "workers", 2)
            who = owner(service.engine)
            seen = tmp_path / "seen"  # neither grading ends before both were seen, however late a worker looks
            for name in ("a", "b"):
                text = f"until {seen} {name}"
                submit.submit(service, Upload(text.encode(), "pipeline.py", "ml_pipeline"), who)
            until_rows(service, "submissions WHERE state = 'grading'", 2)  # one slot each: nobody does both
            seen.touch()
            until_rows(service, "submissions WHERE state = 'graded'", 2)
        assert sum(key.endswith("report.json") for key in service.blobs.keys()) == 2  # noqa: SIM118 - no mapping
    assert not (settings.home / "blobs").exists()
