"""Three machines that are killed while they grade: the small end of `benchmarks.machines`."""

from __future__ import annotations

import pytest

from benchmarks import machines


@pytest.mark.slow
@pytest.mark.skipif(not machines.PROGRAMS.exists(), reason="needs the Debian package postgresql")
def test_whatever_is_killed_every_grading_ends_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With real containers, a database and an object store that go and come, and nothing left over."""
    monkeypatch.setattr(machines, "AWAY_SECONDS", 10.0)
    with machines.fleet() as running:
        machines.hand_in(running.http, 3)
        machines.torment(running, 3, 2)
        machines.until_done(running.engine)
        found = machines.counted(running, 3)
    assert {what: count for what, (count, _) in found.items()} == {what: right for what, (_, right) in found.items()}
